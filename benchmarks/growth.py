"""Whether the cost of a point stays the same as a search space grows.

    python benchmarks/growth.py [--points N]      with archdb installed for python

One build of the space, in one process; the clock and the size of the file are read after each
thousand points. A build that slowed down as the file grew, or kept what it has written in memory,
would show here. The points come in the space's own order, which is a shuffle, so that each thousand
is like the next; the number of their layer rows is printed beside it.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import tempfile
import time
from pathlib import Path

from archdb.db import build, spaces
from archdb.spaces import find

STEP = 1000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=15_625)
    chosen = parser.parse_args()
    space = find("nasbench201")
    seen: list[tuple[float, float, float]] = []  # processor time, bytes, peak memory
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "space.sqlite")
        build.create(path, seeded=False)
        empty = path.stat().st_size

        def mark(done: int, total: int) -> None:
            if done and done % STEP == 0:
                used = resource.getrusage(resource.RUSAGE_SELF)
                seen.append(
                    (time.process_time(), path.stat().st_size - empty, used.ru_maxrss / 1024)
                )

        begin = time.process_time()
        spaces.build(path, space, chosen.points, mark)
    print("| points | ms of processor a point | kB a point | peak MB |\n| --- | --- | --- | --- |")
    costs = []
    for i, (now, size, peak) in enumerate(seen):
        cost = (now - (seen[i - 1][0] if i else begin)) / STEP
        costs.append(cost)
        points = (i + 1) * STEP
        print(f"| {points:,} | {1e3 * cost:.2f} | {size / points / 1e3:.1f} | {peak:.0f} |")
    half = len(costs) // 2
    first, last = statistics.median(costs[:half]), statistics.median(costs[-half:])
    sizes = [size / ((i + 1) * STEP) for i, (_, size, _) in enumerate(seen)]
    print(f"\ntime a point, second half to first: {last / first:.2f}", file=sys.stdout)
    print(f"bytes a point, at the end to after the first thousand: {sizes[-1] / sizes[0]:.3f}")


if __name__ == "__main__":
    main()
