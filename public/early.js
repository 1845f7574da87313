// A link to a table needs the data thread: its code is fetched beside the page's, not after it.
if (new URLSearchParams(location.search).has("table")) {
    const worker = new Worker("./worker_loader.js");
    worker.addEventListener("message", () => { worker.listens = true; }, { once: true });
    globalThis.vitrineWorker = worker;
}
