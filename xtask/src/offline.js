// Serves the app's own files where the network does not. Data is not its business: the data thread keeps that.
//
// Every file but the page has a name that changes with what is in it. The page comes from the network
// while there is one, so that a new version is seen at once; it then asks for files by new names, which
// are not kept here yet and come from the network as well. Tabs with the page before go on with the
// files before: this script is replaced, and those are dropped, once the last of these tabs is closed.

// How long the network has to answer with the page.
const PATIENCE_MILLIS = 3_000;

const HOME = new URL("./", location.href);
const PREFIX = `vitrine ${HOME.pathname} `;
const NAME = PREFIX + VERSION;
const ADDRESSES = new Set(FILES.map((name) => new URL(name, HOME).href));

async function install() {
    const page = await fetch(HOME, { cache: "no-cache" });
    // While a new version is being put onto the server, page and files may not belong together yet.
    if (!page.ok || !(await page.clone().text()).includes(START)) {
        throw new Error("the page is of another version");
    }
    const cache = await caches.open(NAME);
    await cache.addAll([...ADDRESSES]);
    await cache.put(HOME, page);
}

async function tidy() {
    const names = await caches.keys();
    await Promise.all(
        names.filter((name) => name.startsWith(PREFIX) && name !== NAME).map((name) => caches.delete(name)),
    );
}

async function page(request) {
    const kept = await (await caches.open(NAME)).match(HOME);
    const late = new Promise((resolve) => setTimeout(resolve, PATIENCE_MILLIS));
    const asked = fetch(request).catch(() => undefined);
    const answer = await (kept ? Promise.race([asked, late]) : asked);
    if (answer && (answer.ok || answer.type === "opaqueredirect")) {
        return answer;
    }
    return kept ?? answer ?? Response.error();
}

async function file(request) {
    return (await (await caches.open(NAME)).match(request, { ignoreSearch: true })) ?? fetch(request);
}

addEventListener("install", (event) => event.waitUntil(install()));
addEventListener("activate", (event) => event.waitUntil(tidy()));
addEventListener("fetch", (event) => {
    const { request } = event;
    const url = new URL(request.url);
    if (request.method !== "GET" || url.origin !== HOME.origin) {
        return;
    }
    if (request.mode === "navigate") {
        if (url.pathname === HOME.pathname || url.pathname === `${HOME.pathname}index.html`) {
            event.respondWith(page(request));
        }
    } else if (ADDRESSES.has(url.origin + url.pathname)) {
        event.respondWith(file(request));
    }
});
