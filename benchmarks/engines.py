"""Layers of a space as Parquet through DuckDB against SQLite, and its derivation by Spark.

    python benchmarks/engines.py [--points N] [--spark]      with archdb[duckdb,spark] installed

In one process: the figures of N points of nasbench201 from definitions, in processor time; then a
GROUP BY over all layers, by DuckDB from the exported files and by SQLite from the database, medians
of five in processor time, the opening of the files not counted. With --spark, by the clock: a build
by one core and by two, of which each must write the rows of the single process, to the last value.
"""

from __future__ import annotations

import argparse
import os
import resource
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

from archdb import arrow
from archdb.db import build, spaces
from archdb.engines.parquet import export_space
from archdb.queries.reader import Reader
from archdb.spaces import find

SPACE = "nasbench201"
#: Directories of figures, and what they hold.
KINDS: dict[str, arrow.What] = {"totals": "totals", "layers": "rows"}
GROUPED = "select op, count(*), sum(macs), sum(out_elements) from {} group by op order by op"


def spent(work: Callable[[], object], clock: Callable[[], float] = time.process_time) -> float:
    begin = clock()
    work()
    return clock() - begin


def derived(points: int, what: arrow.What) -> int:
    batches = arrow.derive(arrow.definitions(find(SPACE), range(points)), what)
    return sum(batch.num_rows for batch in batches)


def grouped(directory: Path, points: int) -> None:
    database, files = directory / "space.sqlite", directory / "parquet"
    build.create(database, seeded=False)
    spaces.build(database, find(SPACE), points)
    with Reader(database) as reader:
        export_space(reader, SPACE, files)
    with sqlite3.connect(database) as sqlite, duckdb.connect() as duck:
        ways = {
            "SQLite": lambda: sqlite.execute(GROUPED.format("layer_summary")).fetchall(),
            "DuckDB": lambda: duck.sql(
                GROUPED.format(f"read_parquet('{files}/layers/*.parquet')")
            ).fetchall(),
        }
        assert ways["SQLite"]() == ways["DuckDB"]()
        times = {
            name: statistics.median(spent(way) for _ in range(5)) for name, way in ways.items()
        }
    size = sum(file.stat().st_size for file in (files / "layers").iterdir())
    for name, seconds in times.items():
        print(f"{name}: {1e3 * seconds:.0f} ms")
    print(f"SQLite to DuckDB: {times['SQLite'] / times['DuckDB']:.0f} times")
    print(f"layers as Parquet: {size / points / 1e3:.2f} kB a point")


def said(files: Path, kind: str) -> list[tuple[object, ...]]:
    """How many rows of this kind there are, and a hash over all their values, in any order."""
    made = arrow.DEFINITION if kind == "definitions" else arrow.schema(KINDS[kind])
    columns = ", ".join(f'"{name}"' for name in sorted({*made.names} - {"fault"}))
    rows = f"select row({columns}) as r from read_parquet('{files}/{kind}/*.parquet')"
    return duckdb.sql(f"select count(*), sum(hash(r)::hugeint) from ({rows})").fetchall()


def by_spark(directory: Path, points: int) -> None:
    from archdb.engines.spark import build as build_by_spark

    kinds = ("definitions", *KINDS)
    expected = {kind: said(directory / "parquet", kind) for kind in kinds}
    clock = {}
    for cores in (1, 2):
        target = directory / f"spark{cores}"
        clock[cores] = spent(
            lambda target=target, cores=cores: build_by_spark(
                SPACE, target, points, f"local[{cores}]"
            ),
            time.perf_counter,
        )
        found = {kind: said(target, kind) for kind in kinds}
        assert found == expected, (found, expected)
        counts = ", ".join(f"{rows[0][0]:,} {kind}" for kind, rows in found.items())
        print(
            f"Spark by {cores}: {clock[cores]:.0f} s by the clock; {counts}: each equal to the"
            f" single process; load {os.getloadavg()[0]:.1f}",
            flush=True,
        )
    print(f"two cores are {clock[1] / clock[2]:.2f} times as fast as one")
    print(f"this process took {_peak()} MB at most")


def _peak() -> int:
    """What of memory this process, the driver's Python, has taken at most, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=15_625)
    parser.add_argument("--spark", action="store_true")
    chosen = parser.parse_args()
    for what in ("totals", "rows"):
        seconds = spent(lambda what=what: derived(chosen.points, what))
        print(f"{what}: {1e3 * seconds / chosen.points:.2f} ms of processor a point")
    with tempfile.TemporaryDirectory() as directory:
        grouped(Path(directory), chosen.points)
        if chosen.spark:
            by_spark(Path(directory), chosen.points)


if __name__ == "__main__":
    main()
