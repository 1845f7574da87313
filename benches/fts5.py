"""Asks SQLite's FTS5 what an index of texts is asked, as a page would that reads the database by ranges:
`fts5.py TABLE COLUMN [FOLDER]`, with apsw and pyarrow.

Runs of rows with the same text are one document, as in an index of ours. Each query is asked of a database that was just
opened, and what it reads is noted where SQLite reads files: every page is a request of its own, one behind the other, because
the page before says which is the next. The database is left in FOLDER, and taken as it is where it is there already.
"""

import os
import sys
import tempfile
import time

import apsw
import pyarrow.parquet as parquet

PAGE_BYTES = 4096

QUERIES = [
    ("art", "art"),
    ("castle", "castle"),
    ("waterhouse", "waterhouse"),
    ('"concept art"', '"concept art"'),
    ('"the castle"', '"the castle"'),
    ('"trending on artstation"', '"trending on artstation"'),
    ("castl*", "castl*"),
    ("art*", "art*"),
    ("a*", "a*"),
]


class Counted(apsw.VFS):
    """Files that note what is read of them."""

    def __init__(self):
        self.reads = []
        super().__init__("counted", "")

    def xOpen(self, name, flags):
        return CountedFile(name, flags, self.reads)


class CountedFile(apsw.VFSFile):
    def __init__(self, name, flags, reads):
        self.reads = reads
        super().__init__("", name, flags)

    def xRead(self, amount, offset):
        self.reads.append((offset, amount))
        return super().xRead(amount, offset)


def texts(path, column):
    """The texts of runs of rows."""
    last = None
    for batch in parquet.ParquetFile(path).iter_batches(columns=[column]):
        for text in batch.column(0).to_pylist():
            if text != last:
                yield text or ""
            last = text


def make(database, path, column, detail):
    if os.path.exists(database):
        return
    half = database + ".half"
    if os.path.exists(half):
        os.remove(half)
    began = time.time()
    db = apsw.Connection(half)
    db.execute(f"pragma page_size={PAGE_BYTES}; pragma journal_mode=off; pragma synchronous=off")
    tokenizer = "unicode61 remove_diacritics 2"
    db.execute(f"create virtual table texts using fts5(text, content='', detail={detail}, tokenize='{tokenizer}')")
    with db:
        rows = ((number, text) for number, text in enumerate(texts(path, column), 1))
        db.executemany("insert into texts(rowid, text) values(?, ?)", rows)
        db.execute("insert into texts(texts) values('optimize')")
    db.execute("vacuum")
    db.close()
    os.rename(half, database)
    print(f"{detail}: written in {time.time() - began:.0f} s", file=sys.stderr)


def ask(database, counted, query):
    """Documents, bytes and requests."""
    db = apsw.Connection(database, flags=apsw.SQLITE_OPEN_READONLY, vfs="counted")
    # What every visit reads once: the schema, and what FTS5 keeps of itself.
    db.execute("select count(*) from texts where texts match 'zzzzzz'").fetchall()
    counted.reads.clear()
    found = db.execute("select count(*) from texts where texts match ?", (query,)).fetchall()[0][0]
    pages = [(offset, amount) for offset, amount in counted.reads if amount >= PAGE_BYTES]
    db.close()
    return found, sum(amount for _, amount in pages), len(pages)


def main(path, column, folder=None):
    folder = folder or tempfile.mkdtemp()
    counted = Counted()
    columns = []
    for detail in ("full", "none"):
        database = os.path.join(folder, f"fts5-{detail}.db")
        make(database, path, column, detail)
        columns.append((detail, database))
    sizes = ", ".join(f"{detail} {os.path.getsize(database) / 1e6:.0f} MB" for detail, database in columns)
    print(f"SQLite {apsw.sqlite_lib_version()}, detail: {sizes}\n")
    print("| query | documents | full, KB | requests | none, KB | requests |\n|---|--:|--:|--:|--:|--:|")
    for shown, query in QUERIES:
        cells = []
        for detail, database in columns:
            if detail == "none" and " " in query:
                cells += ["-", "-"]
                continue
            found, read, requests = ask(database, counted, query)
            cells += [f"{read / 1e3:.0f}", str(requests)]
            if detail == "full":
                documents = found
        print(f"| `{shown}` | {documents} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main(*sys.argv[1:])
