// Notes when what is on the screen came to stay, in milliseconds since the navigation. Runs before anything of the
// page does, and looks at it once a frame.
(() => {
    const stood = window.stood = {};
    const drawn = (element) => element.getClientRects().length > 0;
    const inSight = (element, frame) => {
        const box = element.getBoundingClientRect();
        return box.height > 0 && box.bottom > frame.top && box.top < frame.bottom && box.right > 0 && box.left < innerWidth;
    };
    const screen = () => ({ top: 0, bottom: innerHeight });
    const grid = () => document.querySelector("[role=grid]:is([aria-label='Rows'], [aria-label='Images'])");
    const fields = () => document.querySelector("[role=group][aria-label='Fields']");

    // What of a grid is in sight: nothing while it does not fill its place yet.
    const rows = () => {
        const box = grid()?.getBoundingClientRect();
        if (!box) return [];
        const frame = { top: box.top, bottom: Math.min(box.bottom, innerHeight) };
        const all = [...document.querySelectorAll("[role=grid] [role=row][aria-rowindex]")];
        const lowest = Math.max(...all.map((row) => row.getBoundingClientRect().bottom));
        const whole = lowest >= frame.bottom || all.length >= Number(grid().getAttribute("aria-rowcount"));
        return whole ? all.filter((row) => inSight(row, frame)) : [];
    };

    const isTile = (cell) => cell.id.startsWith("tile-");
    const hasPrompt = (row) => [...row.querySelectorAll("[role=gridcell]")].every((cell) =>
        isTile(cell) ? !inSight(cell, screen()) || cell.getAttribute("aria-label") || cell.querySelector("[data-state]:not([data-state=pending])")
            : !(cell.hasAttribute("data-prose") && cell.dataset.state === "pending"));
    const detailHasPrompt = () => !new URL(location).searchParams.has("row")
        || fields()?.querySelector("section[aria-label='Prompt'] h2");

    // An image that is on its way stands in a place of its own.
    const ofImage = (element) => element.closest("[data-state=pending]:not([role=gridcell], dd)") !== null;
    const waits = () => [...document.querySelectorAll(".skeleton, [role=gridcell][data-state=pending], [aria-busy=true]")]
        .some((element) => drawn(element) && inSight(element, screen()) && !ofImage(element));
    const reads = () => [...document.querySelectorAll("button[aria-label^='Stop reading']")]
        .some((element) => drawn(element) && inSight(element, screen()));
    const counted = () => {
        const line = [...document.querySelectorAll("[role=status]")].map((line) => line.textContent).find((text) => /^\d/.test(text));
        return line !== undefined && !/% (read|searched)/.test(line);
    };

    // Places of images in sight.
    const places = () => [...document.querySelectorAll("[role=gridcell] [data-state], [role=group] figure [data-state]")]
        .filter((place) => place.matches(":has(> img, > svg, > i, > span, > button)") && inSight(place, screen()));
    const isHere = (place) => [...place.querySelectorAll("img")].some((image) => image.complete && image.naturalWidth > 0);

    const settings = ["cfg", "step"];
    const chart = (column) => document.querySelector(`[role=group][data-column="${column}"]`);
    const marked = (name) => performance.getEntriesByName(name)[0]?.startTime;

    const stages = {
        prompts: () => { const seen = rows(); return seen.length > 0 && seen.every(hasPrompt) && detailHasPrompt(); },
        charts: () => settings.every(chart) && marked("vitrine:histograms") !== undefined,
        rest: () => rows().length > 0 && detailHasPrompt() && !waits() && !reads() && counted(),
        image: () => places().some(isHere),
        images: () => { const seen = places(); return seen.some(isHere) && seen.every((place) => place.dataset.state !== "pending" ); },
    };
    const look = (now) => {
        // Someone who means it says so where a search reads much.
        [...document.querySelectorAll("button")].find((button) => button.textContent.trim() === "Read and search")?.click();
        for (const [stage, stands] of Object.entries(stages)) {
            if (!stands()) delete stood[stage];
            else stood[stage] ??= now;
        }
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})();
