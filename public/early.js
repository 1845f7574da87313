// The data thread's script; its name changes with what is in it, so that it is always of the same make as
// the page.
const worker = document.querySelector("meta[name=vitrine-worker]")?.content ?? "./worker_loader.js";

// A link to a table needs the data thread: its code is fetched beside the page's, not after it.
if (new URLSearchParams(location.search).has("table")) {
    const thread = new Worker(worker);
    thread.addEventListener("message", () => { thread.listens = true; }, { once: true });
    globalThis.vitrineWorker = thread;
} else {
    // Without one the page needs the module and the styles of the start page, which it could name only once it runs.
    const modules = document.querySelector("meta[name=vitrine-start]")?.content ?? "";
    for (const module of modules.split(" ").filter(Boolean)) {
        const hint = document.createElement("link");
        Object.assign(hint, { rel: "preload", as: "fetch", crossOrigin: "anonymous", href: module });
        document.head.append(hint);
    }
    const style = document.querySelector("meta[name=vitrine-style]")?.content;
    if (style) {
        const hint = document.createElement("link");
        Object.assign(hint, { rel: "preload", as: "style", href: style });
        document.head.append(hint);
    }
}

// What the host adds is read before the page is there: it is asked for beside the code.
const catalog = document.querySelector("meta[name=vitrine-catalog]")?.content;
if (catalog) {
    globalThis.vitrineCatalog = fetch(catalog, { cache: "no-cache" });
    globalThis.vitrineCatalog.catch(() => {});
}

// What serves the page without a network. It is of no use to this visit, which therefore comes first.
if ("serviceWorker" in navigator && document.querySelector("meta[name=vitrine-worker]")) {
    addEventListener("load", () => {
        setTimeout(() => navigator.serviceWorker.register("./sw.js").catch(() => {}), 3_000);
    });
}
