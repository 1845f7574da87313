// Finds and reads things as people do. Runs in the page for each question that a test asks.
const clean = (text) => (text ?? "").replace(/\s+/g, " ").trim();

const seen = (element) => element.getClientRects().length > 0
    && getComputedStyle(element).visibility !== "hidden"
    && !element.closest("[aria-hidden=true], [inert]");

const IMPLICIT = {
    button: "button, summary, input[type=button], input[type=submit]",
    link: "a[href]",
    list: "ul, ol",
    heading: "h1, h2, h3, h4, h5, h6",
    textbox: "input:not([type]), input[type=text], input[type=url], textarea",
    searchbox: "input[type=search]",
    checkbox: "input[type=checkbox]",
    radio: "input[type=radio]",
    combobox: "select",
    file: "input[type=file]",
    // Without a role of its own in the standard: what a field for a secret is looked for by.
    password: "input[type=password]",
    dialog: "dialog[open]",
    main: "main",
    mark: "mark",
    slider: "input[type=range]",
    progressbar: "progress",
    region: "section[aria-label]",
    navigation: "nav",
};

const nameOf = (element) => {
    const ids = element.getAttribute("aria-labelledby");
    if (ids) return clean(ids.split(" ").map((id) => document.getElementById(id)?.textContent).join(" "));
    const label = element.getAttribute("aria-label");
    if (label) return clean(label);
    if (element.labels?.length) return clean([...element.labels].map((label) => label.textContent).join(" "));
    return clean(element.textContent) || clean(element.title);
};

const find = (role, name) => {
    const selector = [`[role="${role}"]`, ...(IMPLICIT[role] ? [IMPLICIT[role]] : [])].join(", ");
    return [...document.querySelectorAll(selector)]
        .filter((element) => role === "file" || seen(element))
        .filter((element) => name === null || nameOf(element) === name || nameOf(element).startsWith(name + " "));
};

const chart = (column) => document.querySelector(`[role=group][data-column="${CSS.escape(column)}"]`);

const numberIn = (text) => {
    const digits = clean(text).match(/\d[\d,]*/);
    return digits ? Number(digits[0].replaceAll(",", "")) : null;
};

const questions = {
    find: (role, name) => find(role, name)[0] ?? null,
    names: (role) => find(role, null).map(nameOf),
    texts: (role) => find(role, null).map((element) => clean(element.innerText)),
    slider: (column, end) => [...(chart(column)?.querySelectorAll("[role=slider]") ?? [])][end] ?? null,
    slider_text: (column, end) =>
        [...(chart(column)?.querySelectorAll("[role=slider]") ?? [])][end]?.getAttribute("aria-valuetext") ?? null,
    plot_box: (column) => {
        const box = chart(column)?.querySelector("[role=img]")?.getBoundingClientRect();
        return box ? [box.left, box.top, box.width, box.height] : null;
    },
    plot: (column) => chart(column)?.querySelector("[role=img]") ?? null,
    charts: () => [...document.querySelectorAll("[role=group][data-column]")].map((group) => group.dataset.column),
    bar: (column, label) => [...(chart(column)?.querySelectorAll("button") ?? [])]
        .find((button) => clean(button.innerText).startsWith(label + " ")) ?? null,
    // Each value of a chart of categories, and how many rows it has here.
    bars: (column) => {
        const bars = [...(chart(column)?.querySelectorAll("li button[aria-pressed]") ?? [])].map((button) => clean(button.innerText));
        return bars.map((text) => {
            const at = text.lastIndexOf(" ");
            return [text.slice(0, at), numberIn(text.slice(at + 1))];
        });
    },
    // What the result line says, once it rests on everything and nothing is under way.
    settled: () => {
        // Views of something else than rows have none of these grids, and are settled when nothing is under way.
        const grid = document.querySelector("[role=grid]:is([aria-label='Rows'], [aria-label='Images'])");
        if (!grid && !/[?&]view=(groups|plot|differences)/.test(location.search)) return null;
        const busy = grid ? grid.getAttribute("aria-busy") === "true" : !document.querySelector("[data-state=idle]");
        if (busy) return null;
        const line = find("status", null).map((element) => clean(element.innerText)).find((text) => /^\d/.test(text));
        if (!line || /% (read|searched)/.test(line)) return null;
        const count = numberIn(line);
        return !grid || count === Number(grid.dataset.count ?? grid.getAttribute("aria-rowcount")) ? count : null;
    },
    // The rows on the screen, as far as they are read: place in the result, and texts by column.
    rows: () => [...document.querySelectorAll("[role=grid] [role=row][aria-rowindex]")].map((row) => ({
        place: Number(row.getAttribute("aria-rowindex")),
        cells: Object.fromEntries([...row.querySelectorAll("[role=gridcell]")].map((cell) =>
            [cell.dataset.column, cell.dataset.state === "pending" ? null : clean(cell.innerText)])),
    })).sort((a, b) => a.place - b.place),
    // The images within a part of the page that are on the screen: what became of each.
    images: (role, name) => {
        const part = find(role, name)[0];
        const box = part?.getBoundingClientRect();
        return [...(part?.querySelectorAll("[data-state]:has(> img, > svg, > i, > span)") ?? [])]
            .filter((well) => {
                const own = well.getBoundingClientRect();
                return own.width > 0 && own.bottom > box.top && own.top < Math.min(box.bottom, innerHeight);
            })
            .map((well) => {
                const image = well.querySelector("img");
                return {
                    state: well.dataset.state,
                    width: image?.complete ? image.naturalWidth : 0,
                    height: image?.complete ? image.naturalHeight : 0,
                    says: clean(well.innerText),
                };
            });
    },
    marks: () => performance.getEntriesByType("mark").map((mark) => [mark.name, mark.startTime]),
    query: () => location.search,
    width: () => [document.documentElement.scrollWidth, innerWidth],
    outline: () => clean(document.body.innerText).slice(0, 3000),
};

const [question, ...rest] = arguments;
return questions[question](...rest);
