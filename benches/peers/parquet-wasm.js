import init, { ParquetFile } from "parquet-wasm/esm";
import { tableFromIPC } from "apache-arrow";
import { CHARTED, COLUMNS, JUMP, WORD, brush, coded, counted, plain, serve } from "./common.js";

let opened;
let charts;

const read = async (url, options) => {
    opened ??= ParquetFile.fromUrl(url);
    const table = await (await opened).read(options);
    return tableFromIPC(table.intoIPCStream());
};

const values = (table, name) => {
    const vector = table.getChild(name);
    return vector.nullCount === 0 && name !== "prompt" ? vector.toArray() : [...vector];
};

const rows = (table) => {
    const columns = COLUMNS.map((name) => table.getChild(name));
    return plain(
        Array.from({ length: table.numRows }, (_, row) =>
            Object.fromEntries(COLUMNS.map((name, at) => [name, columns[at].get(row)])),
        ),
    );
};

serve({
    ready: () => init({ module_or_path: "parquet_wasm_bg.wasm" }),
    histograms: async (url) => {
        const table = await read(url, { columns: ["cfg", "step"] });
        return { cfg: counted(values(table, "cfg")), step: counted(values(table, "step")) };
    },
    firstRows: async (url) => rows(await read(url, { columns: COLUMNS, limit: 100 })),
    jump: async (url) => rows(await read(url, { columns: COLUMNS, offset: JUMP, limit: 100 })),
    search: async (url) => {
        const table = await read(url, { columns: ["prompt"] });
        let count = 0;
        for (const prompt of table.getChild("prompt")) if (prompt?.toLowerCase().includes(WORD)) count++;
        return count;
    },
    filter: async (url) => {
        const table = await read(url, { columns: ["cfg", "step"] });
        const cfg = values(table, "cfg");
        const step = values(table, "step");
        const places = [];
        for (let row = 0; row < table.numRows; row++) {
            if (cfg[row] >= 10 && cfg[row] <= 15 && Number(step[row]) === 50) places.push(row);
        }
        const first = places.slice(0, 50);
        const shown = rows(
            await read(url, { columns: COLUMNS, offset: first[0], limit: first.at(-1) + 1 - first[0] }),
        );
        return { count: places.length, rows: first.map((place) => shown[place - first[0]]) };
    },
    load: async (url) => {
        const table = await read(url, { columns: CHARTED });
        const columns = CHARTED.map((name) => values(table, name));
        charts = { cfg: Float32Array.from(columns[0]), coded: columns.map(coded) };
    },
    update: (range) => brush(charts.cfg, charts.coded, range),
});
