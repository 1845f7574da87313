import { AsyncDuckDB, DuckDBDataProtocol, VoidLogger } from "@duckdb/duckdb-wasm";
import { CHARTED, COLUMNS, JUMP, WORD, plain, serve } from "./common.js";

let connection;
let registered;

const ask = async (url, sql) => {
    registered ??= connection.db.registerFileURL("t.parquet", url, DuckDBDataProtocol.HTTP, false);
    await registered;
    return (await connection.link.query(sql)).toArray();
};

const select = COLUMNS.join(", ");
const counts = async (url, name) => {
    const rows = await ask(
        url,
        `select ${name} as value, count(*) as count from 't.parquet' where ${name} is not null group by 1 order by 1`,
    );
    return rows.map((row) => [Number(row.value), Number(row.count)]).filter(([value]) => !Number.isNaN(value));
};

serve({
    ready: async () => {
        const db = new AsyncDuckDB(new VoidLogger(), new Worker("duckdb-worker.js"));
        await db.instantiate(new URL("duckdb.wasm", location.href).href);
        // Without this it reads the whole file.
        await db.open({ filesystem: { reliableHeadRequests: true, allowFullHTTPReads: false } });
        connection = { db, link: await db.connect() };
    },
    histograms: async (url) => ({ cfg: await counts(url, "cfg"), step: await counts(url, "step") }),
    firstRows: async (url) => plain(await ask(url, `select ${select} from 't.parquet' limit 100`)),
    jump: async (url) => plain(await ask(url, `select ${select} from 't.parquet' limit 100 offset ${JUMP}`)),
    search: async (url) => {
        const rows = await ask(url, `select count(*) as count from 't.parquet' where prompt ilike '%${WORD}%'`);
        return Number(rows[0].count);
    },
    filter: async (url) => {
        const clause = "cfg >= 10 and cfg <= 15 and step = 50";
        const rows = await ask(url, `select count(*) as count from 't.parquet' where ${clause}`);
        const shown = await ask(url, `select ${select} from 't.parquet' where ${clause} limit 50`);
        return { count: Number(rows[0].count), rows: plain(shown) };
    },
    load: (url) => ask(url, `create table charted as select ${CHARTED.join(", ")} from 't.parquet'`),
    update: async ([from, to]) => {
        const clause = `where cfg >= ${from} and cfg < ${to}`;
        const group = (name, where) => ask("", `select ${name}, count(*) from charted ${where} group by 1`);
        await Promise.all(CHARTED.map((name, at) => group(name, at === 0 ? "" : clause)));
        const rows = await ask("", `select count(*) as count from charted ${clause}`);
        return rows[0].count;
    },
});
