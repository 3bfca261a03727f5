"""The catalogue against independent implementations, recorded by oracles/record.py.

Parameters, buffers and MACs of convolution and linear layers, to the last digit; for many networks
layer by layer, in order.
"""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bundled import shortcuts_last, weighted

from archdb.analysis.profile import Profile, derive
from archdb.model.graph import Layer
from archdb.model.shape import parse, pretty
from archdb.resources import bundled
from archdb.sources import toml

WHOLE_CATALOGUE = True

ORACLES = Path(__file__).parent / "oracles"


def rows(name: str) -> list[dict[str, str]]:
    with (ORACLES / name).open() as file:
        return list(csv.DictReader(file))


TOTALS = rows("totals.csv")
NETWORKS = {(row["architecture"], row["library"]): row for row in rows("networks.csv")}
LAYERED = sorted(key for key, row in NETWORKS.items() if row["layers"] != "no")


@cache
def references() -> dict[str, toml.Reference]:
    return toml.bundled_references()


@cache
def profile(architecture: str, size: str | None) -> Profile:
    path = bundled("seeds") / "nets" / f"{architecture}.toml"
    return derive(toml.load(path, references()).network, parse(size) if size else None)


@pytest.mark.parametrize("row", TOTALS, ids=lambda row: f"{row['architecture']}-{row['library']}")
def test_totals_equal_the_oracle(row: dict[str, str]) -> None:
    found = profile(row["architecture"], row["input"]).totals
    params = sum(found[f"{role}_params"] for role in ("weight", "bias", "norm"))
    assert (params, found["buffers"], found["macs"]) == (
        int(row["params"]),
        int(row["buffers"]),
        int(row["macs"]),
    )


def flat(output: str) -> str:
    """A map of one position and a vector are one thing: some write the classifier as 1×1."""
    return output.removesuffix("x1x1")


def described(layer: Layer, row: dict[str, Any]) -> tuple[str, int, int]:
    shape = (row["out_channels"], row["out_height"], row["out_width"])
    output = pretty(tuple(extent for extent in shape if extent is not None)).replace("×", "x")
    return flat(output), row["weight_params"] + row["bias_params"], row["macs"]


@pytest.mark.parametrize("architecture, library", LAYERED)
def test_layers_equal_the_oracle_in_order(architecture: str, library: str) -> None:
    network = NETWORKS[architecture, library]
    order = {"stored": weighted, "shortcut-last": shortcuts_last}[network["layers"]]
    ours = [described(*pair) for pair in order(profile(architecture, network["input"]))]
    theirs = [
        (flat(row["output"]), int(row["params"]), int(row["macs"]))
        for row in rows("layers.csv")
        if (row["architecture"], row["library"]) == (architecture, library)
    ]
    assert ours == theirs


def test_enough_networks_are_compared_layer_by_layer() -> None:
    assert len({architecture for architecture, _ in LAYERED}) >= 25


@pytest.mark.parametrize("row", rows("released.csv"), ids=lambda row: row["architecture"])
def test_totals_equal_the_released_file(row: dict[str, str]) -> None:
    """Figures worked out from the authors' Caffe files by record_released.py."""
    found = profile(row["architecture"], row["input"]).totals
    params = sum(found[f"{role}_params"] for role in ("weight", "bias", "norm"))
    assert (params, found["macs"]) == (int(row["params"]), int(row["macs"]))
