"""The catalogue against independent implementations, product by product, recorded by
oracles/record_calls.py: parameters, running statistics, MACs of layers with weights and of
attention, to the last digit.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from bundled import profile, shortcuts_last

from archdb.analysis.profile import Profile
from archdb.model.shape import parse

WHOLE_CATALOGUE = True
ORACLES = Path(__file__).parent / "oracles"
Call = tuple[int, int, int]


def rows(name: str) -> list[dict[str, str]]:
    with (ORACLES / name).open() as file:
        return list(csv.DictReader(file))


TOTALS = rows("calls_totals.csv")
CALLS = rows("calls.csv")
each = pytest.mark.parametrize(
    "row", TOTALS, ids=[f"{row['architecture']}-{row['library']}" for row in TOTALS]
)


def joined(calls: Iterable[Call]) -> list[Call]:
    """Products of activations in a row as one, with the last one's output: attention is scores and
    weighted values, whether it is stored whole or spelled out."""
    found: list[Call] = []
    for elements, params, macs in calls:
        if params == 0 and found and found[-1][1] == 0:
            macs += found.pop()[2]
        found.append((elements, params, macs))
    return found


def products(found: Profile) -> Iterator[Call]:
    """Elements of the output, weights and biases, and MACs of what contracts its input."""
    for _, counts in shortcuts_last(found):
        params = counts["weight_params"] + counts["bias_params"]
        yield counts["out_elements"], params, counts["macs"]


@each
def test_totals_equal_the_oracle(row: dict[str, str]) -> None:
    found = profile(row["architecture"], parse(row["input"])).totals
    params = sum(found[f"{role}_params"] for role in ("weight", "bias", "norm"))
    macs = int(row["weight_macs"]) + int(row["product_macs"])
    assert (params, found["buffers"], found["macs"]) == (
        int(row["params"]),
        int(row["buffers"]),
        macs,
    )


@each
def test_products_equal_the_oracle_in_order(row: dict[str, str]) -> None:
    key = row["architecture"], row["library"]
    theirs = [
        (int(call["elements"]), int(call["params"]), int(call["macs"]))
        for call in CALLS
        if (call["architecture"], call["library"]) == key
    ]
    found = profile(row["architecture"], parse(row["input"]))
    assert joined(products(found)) == joined(theirs)
