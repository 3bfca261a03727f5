"""What confirms each network from outside: parameters and MACs that archdb had no part in.

Three kinds, each held to what archdb derives by a test: an implementation in a library
(oracles/totals.csv, test_oracles.py; where attention is in it, oracles/calls_totals.csv,
test_oracle_calls.py), a file that the authors or a port released, counted by
oracles/record_released.py (oracles/released.csv, test_oracles.py), and the paper's table worked
out by hand (by_hand.py, test_bundled_by_hand.py).
"""

import csv
from collections import defaultdict
from pathlib import Path

from by_hand import BY_HAND

ORACLES = Path(__file__).parent / "oracles"

#: The kinds, as docs/confirmed.md heads its columns.
KINDS = ("library", "released file", "by hand")


def confirmations() -> dict[str, dict[str, list[str]]]:
    """Of every network that has one: by kind, what says the same."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in (*_rows("totals.csv"), *_rows("calls_totals.csv")):
        found[row["architecture"]]["library"].append(row["library"])
    for row in _rows("released.csv"):
        found[row["architecture"]]["released file"].append(row["release"])
    for name in BY_HAND:
        found[name]["by hand"].append("yes")
    return found


def _rows(name: str) -> list[dict[str, str]]:
    with (ORACLES / name).open() as file:
        return list(csv.DictReader(file))
