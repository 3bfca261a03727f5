"""Every op against torch's or Keras's layer of the same attributes, recorded by
oracles/record_ops.py: output shape, parameters, buffers and MACs, or that there is no such layer.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from archdb.analysis.layer_costs import COUNTED, COUNTS, facts_of
from archdb.errors import DefinitionError
from archdb.model.shape import parse, text
from archdb.ops import REGISTRY, make

Row = dict[str, str]

#: What no framework has as a layer: where a network begins, what archdb does not know, the ops of
#: 1998, a region, and factors that are one line in any framework.
WITHOUT = {
    *("input", "unknown", "partial_conv2d", "subsample2d", "rbf", "scaled_tanh"),
    *(
        "psroi_pool2d",
        "channel_scale",
        "global_response_norm",
        "rescale",
        "zero",
        "parameter",
        "constant",
        "rope",
    ),
}


def recorded(path: Path) -> dict[str, list[Row]]:
    """The rows of each library and op."""
    found: dict[str, list[Row]] = {}
    with path.open() as file:
        for row in csv.DictReader(file):
            found.setdefault(f"{row['library']} {row['op']}", []).append(row)
    return found


FILES = ("ops.csv", "tensors.csv")
ROWS: dict[str, list[Row]] = {}
for _file in FILES:
    for _key, _rows in recorded(Path(__file__).parent / "oracles" / _file).items():
        ROWS.setdefault(_key, []).extend(_rows)


def derived(row: Row) -> tuple[str, ...]:
    """Output, params, buffers and MACs as the file has them."""
    try:
        op = make(row["op"], json.loads(row["attributes"]))
        facts = facts_of(op, tuple(map(parse, row["inputs"].split())))
    except DefinitionError:
        return "refused", "", "", ""
    counts = dict(zip(COUNTS, facts.columns[COUNTED], strict=True))
    params = sum(counts[f"{role}_params"] for role in ("weight", "bias", "norm"))
    assert facts.out is not None
    return text(facts.out), str(params), str(counts["buffers"]), str(counts["macs"])


def test_every_op_that_a_framework_has_is_compared() -> None:
    assert {key.split()[1] for key in ROWS} == set(REGISTRY) - WITHOUT


@pytest.mark.parametrize("key", ROWS)
def test_op_equals_the_oracle(key: str) -> None:
    said = [(row["output"], row["params"], row["buffers"], row["macs"]) for row in ROWS[key]]
    wrong = [
        (row["attributes"], row["inputs"], theirs, ours)
        for row, theirs in zip(ROWS[key], said, strict=True)
        if (ours := derived(row)) != (*theirs[:3], theirs[3] or ours[3])
    ]
    assert wrong == []
