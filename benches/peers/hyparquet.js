import { asyncBufferFromUrl, cachedAsyncBuffer, parquetMetadataAsync, parquetRead, parquetReadObjects } from "hyparquet";
import { CHARTED, COLUMNS, JUMP, WORD, brush, coded, counted, plain, serve } from "./common.js";

let opened;
let charts;

const open = (url) => {
    opened ??= (async () => {
        const file = cachedAsyncBuffer(await asyncBufferFromUrl({ url }));
        return { file, metadata: await parquetMetadataAsync(file) };
    })();
    return opened;
};

const objects = async (url, columns, rowStart, rowEnd) => {
    const { file, metadata } = await open(url);
    return parquetReadObjects({ file, metadata, columns, rowStart, rowEnd });
};

/// A whole column, without an object for each row.
const column = async (url, name) => {
    const { file, metadata } = await open(url);
    const chunks = [];
    await parquetRead({ file, metadata, columns: [name], onChunk: (chunk) => chunks.push(chunk) });
    chunks.sort((a, b) => a.rowStart - b.rowStart);
    return chunks.length === 1 ? chunks[0].columnData : chunks.flatMap((chunk) => [...chunk.columnData]);
};

serve({
    histograms: async (url) => {
        const [cfg, step] = await Promise.all([column(url, "cfg"), column(url, "step")]);
        return { cfg: counted(cfg), step: counted(step) };
    },
    firstRows: async (url) => plain(await objects(url, COLUMNS, 0, 100)),
    jump: async (url) => plain(await objects(url, COLUMNS, JUMP, JUMP + 100)),
    search: async (url) => {
        const prompts = await column(url, "prompt");
        let count = 0;
        for (const prompt of prompts) if (prompt?.toLowerCase().includes(WORD)) count++;
        return count;
    },
    filter: async (url) => {
        const [cfg, step] = await Promise.all([column(url, "cfg"), column(url, "step")]);
        const places = [];
        for (let row = 0; row < cfg.length; row++) {
            if (cfg[row] >= 10 && cfg[row] <= 15 && Number(step[row]) === 50) places.push(row);
        }
        const first = places.slice(0, 50);
        const shown = plain(await objects(url, COLUMNS, first[0], first.at(-1) + 1));
        return { count: places.length, rows: first.map((place) => shown[place - first[0]]) };
    },
    load: async (url) => {
        const columns = [];
        for (const name of CHARTED) columns.push(await column(url, name));
        charts = { cfg: Float32Array.from(columns[0]), coded: columns.map(coded) };
    },
    update: (range) => brush(charts.cfg, charts.coded, range),
});
