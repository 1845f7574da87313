"""Writes a table again as another program lays it out: `layouts.py WRITER TABLE FOLDER`.

The file is called after the writer and its version, and is left as it is where it is there already.
"""

import os
import sys


def pyarrow(source, named):
    """As the Hub's own libraries write today: with a page index, and pages that end by what they hold."""
    import pyarrow
    import pyarrow.parquet as parquet

    path = named(f"pyarrow {pyarrow.__version__.split('.')[0]}, page index, content-defined chunks")
    if path:
        table = parquet.read_table(source)
        parquet.write_table(table, path, write_page_index=True, use_content_defined_chunking=True)
    return path


def duckdb(source, named):
    """With its defaults."""
    import duckdb

    path = named(f"DuckDB {'.'.join(duckdb.__version__.split('.')[:2])}")
    if path:
        duckdb.sql(f"copy (from '{source}') to '{path}' (format parquet)")
    return path


def polars(source, named):
    """With its defaults."""
    import polars

    path = named(f"Polars {'.'.join(polars.__version__.split('.')[:2])}")
    if path:
        polars.read_parquet(source).write_parquet(path)
    return path


def main(writer, source, folder):
    def named(title):
        whole = os.path.join(folder, f"{title}.parquet")
        if os.path.exists(whole):
            return None
        print(f"writing {whole}")
        return os.path.join(folder, f"{title}.half")

    os.makedirs(folder, exist_ok=True)
    half = {"pyarrow": pyarrow, "duckdb": duckdb, "polars": polars}[writer](source, named)
    # A file that was not written to its end must not be taken for the table.
    if half:
        os.rename(half, half.removesuffix("half") + "parquet")


if __name__ == "__main__":
    main(*sys.argv[1:])
