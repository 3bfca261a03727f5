"""What a search space in the file costs questions that have nothing to do with it.

    python benchmarks/beside_space.py [DATABASE]

with archdb installed for that Python. DATABASE holds the catalogue and nasbench201; it is built,
in a few minutes, where none is given. Whole processes on it and on a file without the space, run in
turn; processor time of the process and its children, medians of 5. The bar is 1.2 for each.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 5
BAR = 1.2
ARCHDB = str(Path(sys.executable).with_name("archdb"))
SUMS = "select * from convention_total where architecture in ('vgg16', 'alexnet') and is_native"
COMMANDS = (
    ("compare", "vgg16", "alexnet"),
    ("compare", "vgg16", "alexnet", "--convention", "flop"),
    ("compare", "vgg16", "alexnet", "--format", "latex"),
    ("graph", "vgg16"),
    ("cite", "vgg16"),
    ("info",),
    ("list",),
    ("list", "--convention", "flop"),
    ("plot", "depth", "vgg16", "--output", "depth.svg"),
    ("published", "vgg16"),
    ("published",),
    ("query", "select 1"),
    ("query", SUMS),
    ("query", "select avg(depth) from architecture_summary where year = 2020 and space is null"),
)


def processor(words: tuple[str, ...], database: str, place: str) -> float:
    """Seconds of processor that one whole process takes, with its children."""
    environment = {**os.environ, "ARCHDB_DATABASE": database, "ARCHDB_TIMEOUT": "600"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([ARCHDB, *words], check=True, capture_output=True, cwd=place, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def build(place: Path, *, space: bool) -> str:
    database = str(place / ("space.sqlite" if space else "catalogue.sqlite"))
    subprocess.run([ARCHDB, "--database", database, "db", "init"], check=True, capture_output=True)
    if space:
        words = [ARCHDB, "--database", database, "space", "build", "nasbench201"]
        subprocess.run(words, check=True, capture_output=True)
    return database


def main() -> None:
    missed = []
    with tempfile.TemporaryDirectory() as place:
        without = build(Path(place), space=False)
        given = sys.argv[1:]
        beside = str(Path(given[0]).resolve()) if given else build(Path(place), space=True)
        print(f"{'ms of processor without':>24} {'with':>8} {'ratio':>6}  command")
        for words in COMMANDS:
            pairs = [
                (processor(words, without, place), processor(words, beside, place))
                for _ in range(RUNS + 1)
            ][1:]
            one, other = (statistics.median(side) for side in zip(*pairs, strict=True))
            ratio = other / one
            print(
                f"{one * 1000:24.0f} {other * 1000:8.0f} {ratio:6.2f}  {' '.join(words)}",
                flush=True,
            )
            if ratio > BAR:
                missed.append(" ".join(words))
    if missed:
        sys.exit(f"above {BAR}: {'; '.join(missed)}")


if __name__ == "__main__":
    main()
