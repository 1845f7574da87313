// What the page names: files whose names change with what is in them, so that all are of the same make as the page.
const named = (what) => document.querySelector(`meta[name=vitrine-${what}]`)?.content;

const root = document.documentElement;
const parameters = new URLSearchParams(location.search);
const remembered = (act) => {
    try {
        return act(localStorage);
    } catch {
        return null;
    }
};

// What stands until the page's own code runs is in the colours that were chosen. It is the start page, or a table
// without rows; anything else begins with the mark.
const theme = remembered((storage) => storage.getItem("vitrine.theme"));
if (theme === "light" || theme === "dark") {
    root.dataset.theme = theme;
}
const table = parameters.get("table");
if (table !== null && !parameters.has("embed") && /^[\w-]+$|\.parquet$/.test(table)) {
    root.dataset.shell = "table";
}

// Where the page's own code can't be fetched or begun, that is said in its place.
// An answer may come before the rest of the page does.
const failed = () => {
    if (document.getElementById("shell") || document.readyState === "loading") {
        root.dataset.shell = "failed";
    }
};
addEventListener("error", ({ target }) => {
    if (target instanceof HTMLScriptElement) {
        failed();
    }
}, true);
addEventListener("unhandledrejection", failed);

// Files that are chosen or dropped before the page is there are kept for it, and a form sends nobody away.
const early = (type, act) => addEventListener(type, (event) => {
    if (document.getElementById("shell")) {
        act(event);
    }
}, true);
early("dragover", (event) => {
    if (event.dataTransfer.types.includes("Files")) {
        event.preventDefault();
    }
});
early("drop", (event) => {
    if (event.dataTransfer.files.length > 0) {
        event.preventDefault();
        globalThis.vitrineFiles = event.dataTransfer.files;
    }
});
early("change", ({ target }) => { globalThis.vitrineFiles = target.files ?? globalThis.vitrineFiles; });
early("submit", (event) => event.preventDefault());

// What the page's own script fetches once it runs is asked for beside it, and handed over then. (A hint to preload would
// do in other browsers, but WebKit fetches again what was preloaded.)
const ahead = new Map();
const ask = (name) => {
    const { href } = new URL(name, document.baseURI);
    const answer = fetch(href);
    // Whoever takes it says so where it fails.
    answer.catch(() => {});
    ahead.set(href, answer);
};
globalThis.vitrineFetch = (url, init) => {
    const answer = ahead.get(`${url}`);
    ahead.delete(`${url}`);
    return answer ?? fetch(url, init);
};
const askAll = (what) => named(what)?.split(" ").filter(Boolean).forEach(ask);
askAll("code");

// A link to a table needs the data thread: its script and its code are fetched beside the page's, not after them,
// and the code is compiled while it comes.
const worker = named("worker") ?? "./worker.js";
if (table !== null) {
    const code = named("worker-code");
    const thread = new Worker(worker, { type: "module", name: code ? "handed" : "" });
    thread.addEventListener("message", () => { thread.listens = true; }, { once: true });
    thread.addEventListener("error", () => { thread.failed = true; }, { once: true });
    globalThis.vitrineWorker = thread;
    if (code) {
        fetch(code).then(async (answer) => {
            if (!answer.ok) {
                throw answer.status;
            }
            const streams = answer.headers.get("content-type")?.startsWith("application/wasm");
            return streams ? WebAssembly.compileStreaming(answer) : WebAssembly.compile(await answer.arrayBuffer());
        }).catch(() => null).then((code) => thread.postMessage({ code }));
    }
} else {
    // Without one the page needs the module and the styles of the start page, which it could name only once it runs.
    askAll("start");
    const style = named("style");
    if (style) {
        const hint = document.createElement("link");
        Object.assign(hint, { rel: "preload", as: "style", href: style });
        document.head.append(hint);
    }
}

// What the host adds is read before the page is there: it is asked for beside the code. Where it was empty at
// the last visit, the page does not wait for it, and begins anew should it have something to say now.
const catalog = named("catalog");
if (catalog) {
    const EMPTY = "vitrine-catalog-empty";
    const SAYS = "vitrine-catalog-says";
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
    const isKept = (key) => remembered((storage) => storage.getItem(key)) !== null;
    const wasEmpty = isKept(EMPTY);
    // Links on the start page that stands are without what a link to it may say, and a host may have a start page of
    // its own.
    if (location.search === "" && !isKept(SAYS)) {
        root.dataset.shell = "start";
    }
    if (!wasEmpty) {
        globalThis.vitrineCatalog = asked;
    }
    asked.then((text) => {
        const [now, before] = text === "" ? [EMPTY, SAYS] : [SAYS, EMPTY];
        remembered((storage) => {
            storage.removeItem(before);
            storage.setItem(now, "");
        });
        if (text !== "" && wasEmpty) {
            location.reload();
        } else if (text !== "" && root.dataset.shell === "start") {
            delete root.dataset.shell;
        }
    }).catch(() => {});
}

// What serves the page without a network. It is of no use to this visit, which therefore comes first.
if ("serviceWorker" in navigator && named("worker")) {
    addEventListener("load", () => {
        setTimeout(() => navigator.serviceWorker.register("./sw.js").catch(() => {}), 3_000);
    });
}
