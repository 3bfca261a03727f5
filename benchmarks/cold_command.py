"""A comparison from the shell, against the same answer from torchinfo.

    python benchmarks/cold_command.py PEERS      with archdb installed for python

PEERS is a Python with torch (CPU), torchvision and torchinfo. Whole processes in turn, medians. The
script builds both networks on the meta device, without weights, which is the fastest that torchinfo
can be asked.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time

RUNS = 3
SCRIPT = """
try:
    import tvstub
except ImportError:
    pass
import torch, torchvision, torchinfo
for name in ("vgg16", "alexnet"):
    with torch.device("meta"):
        net = getattr(torchvision.models, name)(weights=None).eval()
        given = torch.empty(1, 3, 224, 224)
    found = torchinfo.summary(net, input_data=given, device="meta", verbose=0)
    print(name, found.total_params, found.total_mult_adds)
"""


def seconds(command: list[str], environment: dict[str, str]) -> float:
    begin = time.perf_counter()
    subprocess.run(command, check=True, env=environment, capture_output=True)
    return time.perf_counter() - begin


def main(python: str) -> None:
    theirs = {**os.environ, "PYTHONPATH": os.environ.get("PEERS_PATH", "")}
    with tempfile.TemporaryDirectory() as directory:
        database = f"{directory}/archdb.sqlite"
        archdb = [sys.executable, "-m", "archdb", "--database", database]
        seconds([*archdb, "db", "init"], dict(os.environ))
        times = [
            (
                seconds([*archdb, "compare", "vgg16", "alexnet"], dict(os.environ)),
                seconds([python, "-c", SCRIPT], theirs),
            )
            for _ in range(RUNS + 1)
        ][1:]
    ours, peer = (statistics.median(side) for side in zip(*times, strict=True))
    ratio = statistics.median(other / one for one, other in times)
    print(f"archdb {ours:.2f} s, torchinfo {peer:.2f} s: {ratio:.0f} times (at least 30)")


if __name__ == "__main__":
    main(sys.argv[1]) if len(sys.argv) == 2 else sys.exit(__doc__)
