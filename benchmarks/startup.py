"""How long archdb takes to start, as a ratio to what it cannot do without.

    python benchmarks/startup.py        with archdb installed for that python

Whole processes, run in turn so that a busy machine slows both sides; medians of 20. Ratios and
not seconds, because they are what a change of archdb moves; only a sweep has its bar in seconds.
Bytecode is kept, as it is where archdb is installed.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

RUNS = 20
ARCHDB = str(Path(sys.executable).with_name("archdb"))
COMPARE = ("compare", "vgg16", "alexnet")
LAYER = {"--input": "3x227x227", "--filters": "96", "--kernel": "11", "--stride": "4"}
SWEEP = ("sweep", "resnet50", "--input", "128..524:4")  # 100 sizes
CALC = ("calc", "conv2d", *(word for option in LAYER.items() for word in option))

#: What works a network out of its stored rows and writes nothing.
DERIVING = (
    *("rewrite vgg16 fc-to-conv", "explain resnet50", "explain resnet50/conv1"),
    *("sweep resnet50 --input 224", "explain-number vgg16 15.61G"),
    *("compare vgg16 vgg16+fc-to-conv", "show vgg16+fc-to-conv"),
)

Command = Callable[[], list[str]]


def importing(names: str) -> Command:
    return lambda: [sys.executable, "-c", f"import {names}"]


def asking(database: str, words: str) -> Command:
    return lambda: [ARCHDB, "--database", database, *words.split()]


def seconds(command: list[str]) -> float:
    """The time of one whole process."""
    begin = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - begin


def alternating(first: Command, second: Command) -> tuple[float, float]:
    """Medians of both, after one run of each that is not counted."""
    times = [(seconds(first()), seconds(second())) for _ in range(RUNS + 1)][1:]
    one, other = zip(*times, strict=True)
    return statistics.median(one), statistics.median(other)


def report(what: str, command: Command, base: str, bar: float) -> bool:
    """Print one ratio; whether it is within its bar."""
    taken, least = alternating(command, importing(base))
    ratio = taken / least
    within = ratio <= bar
    print(
        f"{what}: {1000 * taken:.0f} ms, {ratio:.2f} times `import {base}` ({1000 * least:.0f} ms);"
        f" at most {bar}: {'yes' if within else 'NO'}"
    )
    return within


def report_seconds(what: str, command: Command, bar: float) -> bool:
    """Print a time; whether it is within its bar."""
    taken = statistics.median([seconds(command()) for _ in range(1 + RUNS // 4)][1:])
    within = taken <= bar
    print(f"{what}: {taken:.2f} s; at most {bar:g} s: {'yes' if within else 'NO'}")
    return within


def main() -> int:
    with tempfile.TemporaryDirectory() as directory:
        for name in ("ARCHDB_DATABASE", "PYTHONDONTWRITEBYTECODE"):
            os.environ.pop(name, None)
        os.environ["XDG_DATA_HOME"] = directory
        fresh = (f"{directory}/{number}.sqlite" for number in range(RUNS + 2))
        built = next(fresh)
        seconds([ARCHDB, "db", "init"])
        seconds([ARCHDB, "--database", built, "db", "init"])
        within = [
            report(
                "compare, --database given",
                lambda: [ARCHDB, "--database", built, *COMPARE],
                "click",
                2.5,
            ),
            report(
                "query, in a process of its own",
                lambda: [ARCHDB, "--database", built, "query", "select 1"],
                "click",
                3.0,
            ),
            report("calc, no database", lambda: [ARCHDB, *CALC], "click", 2.5),
            report("compare, default database", lambda: [ARCHDB, *COMPARE], "click", 2.5),
            report(
                "list --sort macs",
                lambda: [ARCHDB, "--database", built, "list", "--sort", "macs"],
                "click",
                2.5,
            ),
            *[report(words, asking(built, words), "click", 2.5) for words in DERIVING],
            report(
                "building the default database",
                lambda: [ARCHDB, "--database", next(fresh), "db", "init"],
                "sqlalchemy, alembic",
                12.0,
            ),
            report_seconds(
                "sweep of 100 input sizes", lambda: [ARCHDB, "--database", built, *SWEEP], 3
            ),
        ]
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main())
