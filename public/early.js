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

// What the host adds is read before the page is there: it is asked for beside the code. Where it was empty at
// the last visit, the page does not wait for it, and begins anew should it have something to say now.
const catalog = document.querySelector("meta[name=vitrine-catalog]")?.content;
if (catalog) {
    const EMPTY = "vitrine-catalog-empty";
    const remembered = (act) => {
        try {
            return act(localStorage);
        } catch {
            return null;
        }
    };
    const says = (text) => {
        try {
            const { comment, tables, ...rest } = JSON.parse(text);
            return !Array.isArray(tables) || tables.length > 0 || Object.keys(rest).length > 0;
        } catch {
            return true;
        }
    };
    const asked = fetch(catalog, { cache: "no-cache" }).then(async (answer) => {
        // A folder without one is as good as an empty one.
        if (!answer.ok && answer.status !== 404) {
            throw answer.status;
        }
        const text = answer.ok ? await answer.text() : "";
        return text !== "" && says(text) ? text : "";
    });
    const wasEmpty = remembered((storage) => storage.getItem(EMPTY)) !== null;
    if (!wasEmpty) {
        globalThis.vitrineCatalog = asked;
    }
    asked.then((text) => {
        if (text === "") {
            remembered((storage) => storage.setItem(EMPTY, ""));
        } else if (wasEmpty) {
            remembered((storage) => storage.removeItem(EMPTY));
            location.reload();
        }
    }).catch(() => {});
}

// What serves the page without a network. It is of no use to this visit, which therefore comes first.
if ("serviceWorker" in navigator && document.querySelector("meta[name=vitrine-worker]")) {
    addEventListener("load", () => {
        setTimeout(() => navigator.serviceWorker.register("./sw.js").catch(() => {}), 3_000);
    });
}
