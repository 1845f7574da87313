// What every peer is asked, and how it is timed. A peer answers with plain numbers and strings, so
// that answers can be held against each other.

export const COLUMNS = ["prompt", "cfg", "step", "sampler", "width", "height"];
export const CHARTED = ["cfg", "step", "sampler", "width", "height"];
export const JUMP = 1_234_000;
export const WORD = "lighting";

/// The range of cfg scale that each of twenty brush updates asks for.
export const BRUSHES = Array.from({ length: 20 }, (_, index) => [5 + index / 4, 10 + index / 4]);

const rounded = (value) => (typeof value === "bigint" ? Number(value) : value);

/// Rows as lists of values in the order of COLUMNS.
export const plain = (rows) => rows.map((row) => COLUMNS.map((name) => rounded(row[name]) ?? null));

/// How often each value of a column occurs, in the order of the values.
export const counted = (values) => {
    const counts = new Map();
    for (let i = 0; i < values.length; i++) counts.set(values[i], (counts.get(values[i]) ?? 0) + 1);
    return [...counts]
        .filter(([value]) => value !== null && !Number.isNaN(value))
        .map(([value, count]) => [rounded(value), count])
        .sort((a, b) => a[0] - b[0]);
};

/// Codes instead of values, so that counting is a loop over small integers.
export const coded = (values) => {
    const codes = new Map();
    const out = new Uint16Array(values.length);
    for (let i = 0; i < values.length; i++) {
        let code = codes.get(values[i]);
        if (code === undefined) codes.set(values[i], (code = codes.size));
        out[i] = code;
    }
    return { codes: out, count: codes.size };
};

/// One brush update as one would write it by hand: five histograms of the rows in a range of cfg scale.
/// Each chart leaves out its own clause, so that of cfg scale counts every row.
export const brush = (cfg, charts, [from, to]) => {
    const histograms = charts.map(({ count }) => new Uint32Array(count));
    let passing = 0;
    for (let i = 0; i < cfg.length; i++) {
        histograms[0][charts[0].codes[i]]++;
        if (!(cfg[i] >= from && cfg[i] < to)) continue;
        passing++;
        for (let c = 1; c < charts.length; c++) histograms[c][charts[c].codes[i]]++;
    }
    return passing;
};

/// Makes a peer available to the one who measures: `run(task)` gives milliseconds and the answer.
export const serve = (peer) => {
    const url = new URL(location.href).searchParams.get("file");
    // A module that breaks down never answers.
    const broken = new Promise((_, reject) => {
        addEventListener("error", (event) => reject(new Error(event.message)));
    });
    broken.catch(() => {});
    window.run = async (task) => {
        const start = performance.now();
        const answer = await Promise.race([peer[task](url), broken]);
        return { millis: performance.now() - start, answer };
    };
    // Twenty updates; the median of their times.
    window.brushes = async () => {
        await peer.load(url);
        const times = [];
        const answer = [];
        for (const range of BRUSHES) {
            const start = performance.now();
            answer.push(Number(await peer.update(range)));
            times.push(performance.now() - start);
        }
        times.sort((a, b) => a - b);
        return { millis: times[10], answer };
    };
    Promise.resolve(peer.ready?.()).then(
        () => { window.ready = performance.now(); },
        (error) => { window.failed = String(error); },
    );
};
