"""Building a search space, against writing the same rows with nothing around it.

    python benchmarks/space_build.py [--points N] [--keep FILE]    with archdb installed for python

The floor is sqlite3.executemany alone: the rows that a build has written, in its order and as many
to a transaction, into a new database with the same tables, indexes and triggers, foreign keys not
enforced, as SQLite has it by default. Reading the rows is not counted. Both run as processes of
their own, in turn; medians of the rounds, by the clock and in processor time (on a machine that
has other things to do, only the latter says something).
"""

from __future__ import annotations

import argparse
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SPACE = "nasbench201"
BATCH = 250
#: Tables whose rows networks share.
SHARED = ("fact_row", "field_row", "layer_row", "op_row", "block_row", "resolution_row")
#: Tables in the order in which a build fills them, and the column by which a batch is read.
TABLES = {
    "network": "id",
    "point": "network_id",
    "profile": "network_id",
    "profile_row": "profile_id",
}


def archdb(database: Path, *words: str) -> None:
    command = [sys.executable, "-m", "archdb", "--database", str(database), *words]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


Times = tuple[float, float]


def build(database: Path, points: int) -> Times:
    """Seconds of a build into a new database, the process's own start included: by the clock, and
    of the processor."""
    database.unlink(missing_ok=True)
    archdb(database, "db", "init", "--empty")
    begin, used = time.perf_counter(), children()
    archdb(database, "space", "build", SPACE, "--limit", str(points))
    return time.perf_counter() - begin, children() - used


def children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def floor(built: Path, database: Path) -> Times:
    """Seconds that executemany and commit take for the rows of `built`."""
    database.unlink(missing_ok=True)
    archdb(database, "db", "init", "--empty")
    source = sqlite3.connect(built)
    target = sqlite3.connect(database, isolation_level=None)
    target.execute("pragma cache_size = -65536")
    for table in ("citation", "space", *SHARED):
        copy(source, target, table, "1 = 1", ())
    (last,) = source.execute("select max(id) from network").fetchone()
    taken = used = 0.0
    for first in range(1, last + 1, BATCH):
        rows = {}
        for table, key in TABLES.items():
            found = source.execute(
                f"select * from {table} where {key} between ? and ?", (first, first + BATCH - 1)
            )
            rows[table] = (marks(found), found.fetchall())
        begin, before = time.perf_counter(), time.process_time()
        target.execute("begin immediate")
        for table, (places, batch) in rows.items():
            target.executemany(f"insert into {table} values ({places})", batch)
        target.execute("commit")
        taken += time.perf_counter() - begin
        used += time.process_time() - before
    return taken, used


def copy(
    source: sqlite3.Connection,
    target: sqlite3.Connection,
    table: str,
    where: str,
    values: tuple[int, ...],
) -> None:
    found = source.execute(f"select * from {table} where {where}", values)
    target.executemany(f"insert or ignore into {table} values ({marks(found)})", found.fetchall())


def marks(cursor: sqlite3.Cursor) -> str:
    return ", ".join("?" * len(cursor.description))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=15_625)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="leave the built database there")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        built, plain = (
            chosen.keep or Path(directory, "built.sqlite"),
            Path(directory, "floor.sqlite"),
        )
        times = []
        for _ in range(chosen.rounds):
            whole = build(built, chosen.points)
            if not times:  # later, a child's peak would be this process's own when it was forked
                peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
            times.append((whole, floor(built, plain)))
        size, least = built.stat().st_size, plain.stat().st_size
        rows = sum(
            sqlite3.connect(built).execute(f"select count(*) from {table}").fetchone()[0]
            for table in TABLES
        )
    print(f"{chosen.points:,} points, {rows:,} rows, {chosen.rounds} rounds")
    for at, what in enumerate(("by the clock", "of the processor")):
        whole, alone = (
            statistics.median(side[at] for side in sides) for sides in zip(*times, strict=True)
        )
        ratio = statistics.median(one[at] / other[at] for one, other in times)
        print(f"{what}: build {whole:.1f} s, floor {alone:.1f} s: {ratio:.2f} times (at most 3)")
    print(
        f"file {size / 1e6:.0f} MB, floor's {least / 1e6:.0f} MB:"
        f" {size / least:.2f} times (at most 1.3)"
    )
    print(f"peak memory {peak:.0f} MB (at most 300)")


if __name__ == "__main__":
    main()
