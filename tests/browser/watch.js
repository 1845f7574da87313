// Notes when what is on the screen came to stay, in milliseconds since the navigation. Runs before anything of the
// page does, and looks at it once a frame.
(() => {
    const stood = window.stood = {};
    const grid = () => document.querySelector("[role=grid]:is([aria-label='Rows'], [aria-label='Images'])");
    const fields = () => document.querySelector("[role=group][aria-label='Fields']");

    // Whether something can be seen: within the window, and within the part of the page that scrolls it.
    const inSight = (element) => {
        const box = element.getBoundingClientRect();
        const frame = element.closest("[role=grid], [role=group][aria-label='Fields']")?.getBoundingClientRect();
        const top = Math.max(0, frame?.top ?? 0);
        const bottom = Math.min(innerHeight, frame?.bottom ?? innerHeight);
        return box.height > 0 && box.width > 0 && box.bottom > top && box.top < bottom && box.right > 0 && box.left < innerWidth;
    };

    // The rows of a grid in sight: none while they don't fill its place yet.
    const rows = () => {
        const all = [...grid()?.querySelectorAll("[role=row][aria-rowindex]") ?? []];
        const lowest = Math.max(...all.map((row) => row.getBoundingClientRect().bottom));
        const bottom = Math.min(grid()?.getBoundingClientRect().bottom ?? 0, innerHeight);
        const whole = lowest >= bottom || all.length >= Number(grid()?.getAttribute("aria-rowcount"));
        return whole ? all.filter(inSight) : [];
    };

    // A tile has its prompt as its name, unless it is blurred.
    const hasPrompt = (row) => grid().getAttribute("aria-label") === "Images"
        ? [...row.querySelectorAll("[role=gridcell]")].some((tile) => tile.getAttribute("aria-label"))
        : [...row.querySelectorAll("[role=gridcell][data-prose]")].every((cell) => cell.dataset.state !== "pending");
    const detailHasPrompt = () => !new URL(location).searchParams.has("row")
        || fields()?.querySelector("section[aria-label='Prompt'] h2");

    // An image that is on its way stands in a place of its own.
    const ofImage = (element) => element.closest("[data-state=pending]:not([role=gridcell], dd)") !== null;
    const waits = () => [...document.querySelectorAll(".skeleton, [role=gridcell][data-state=pending], [aria-busy=true]")]
        .some((element) => inSight(element) && !ofImage(element));
    const reads = () => [...document.querySelectorAll("button[aria-label^='Stop reading']")].some(inSight);
    const counted = () => {
        const line = [...document.querySelectorAll("[role=status]")].map((line) => line.textContent).find((text) => /^\d/.test(text));
        return line !== undefined && !/% (read|searched)/.test(line);
    };

    const images = () => [...document.querySelectorAll("[role=gridcell] [data-state], [role=group] figure [data-state]")]
        .filter((place) => place.matches(":has(> img, > svg, > i, > span, > button)") && inSight(place));
    const isHere = (place) => [...place.querySelectorAll("img")].some((image) => image.complete && image.naturalWidth > 0);

    const settings = ["cfg", "step"].map((column) => `[role=group][data-column="${column}"]`);
    const stages = {
        prompts: () => { const seen = rows(); return seen.length > 0 && seen.every(hasPrompt) && detailHasPrompt(); },
        charts: () => settings.every((chart) => document.querySelector(chart))
            && performance.getEntriesByName("vitrine:histograms").length > 0,
        rest: () => rows().length > 0 && detailHasPrompt() && !waits() && !reads() && counted(),
        image: () => images().some(isHere),
        images: () => { const seen = images(); return seen.some(isHere) && seen.every((place) => place.dataset.state !== "pending"); },
    };
    const search = () => {
        // Someone who means it says so where a search reads much.
        [...document.querySelectorAll("button")].find((button) => button.textContent.trim() === "Read and search")?.click();
    };
    const look = (now) => {
        if (new URL(location).searchParams.has("q")) search();
        for (const [stage, stands] of Object.entries(stages)) {
            if (!stands()) delete stood[stage];
            else stood[stage] ??= now;
        }
        requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
})();
