"""Counting conventions against what the named tools say, to the last digit.

tools_modules.csv and tools.csv were recorded by oracles/record_tools.py, which runs each tool on
single modules and on whole networks; tool_pages.csv has figures that tools and papers print.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archdb import conventions, seeds
from archdb.derive import LAYER_COLUMNS, at_input, derive
from archdb.facts import FACT_COLUMNS, facts_of
from archdb.graph import Network
from archdb.ops import make
from archdb.ops.shape import parse
from archdb.paths import bundled
from archdb.published import interval

ORACLES = Path(__file__).parent / "oracles"

#: The conventions that must each be held against three networks or more. `flop` is archdb's own
#: and is worked out by hand in test_cli_convention.
NAMED = {
    *("mac", "torchvision", "fvcore", "ptflops", "ptflops_aten", "thop", "ultralytics_thop"),
    *("torchinfo", "torch_flop_counter", "calflops", "deepspeed", "keras_params", "onnx_tool"),
    *("netscope", "convnet_burden", "timm", "timm_activations", "open_model_zoo", "tf_slim"),
    *("conv_only", "imgclsmob"),
}


def rows(name: str) -> list[dict[str, str]]:
    with (ORACLES / name).open() as file:
        return list(csv.DictReader(file))


CONVENTIONS = {found.name: found for found in conventions.bundled()}
WEIGHTS: dict[str, dict[str, dict[str, int]]] = {name: {} for name in CONVENTIONS}
for _found in CONVENTIONS.values():
    for _op, _quantity, _weight in _found.weights:
        WEIGHTS[_found.name].setdefault(_op, {})[_quantity] = _weight


def worth(weights: dict[str, int], row: dict[str, Any]) -> int:
    trainable = sum(row[f"{role}_params"] for role in ("weight", "bias", "norm"))
    counts = {**row, "params": trainable}
    return sum(weight * counts[quantity] for quantity, weight in weights.items())


@cache
def layers(architecture: str, size: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Name, op and row of each layer outside auxiliary heads, which no tool ran."""
    path = bundled("seeds") / "nets" / f"{architecture}.toml"
    network = seeds.load(path, seeds.bundled_references()).network
    main = [layer for layer in at_input(network, parse(size)) if not layer.auxiliary]
    found = derive(Network(network.name, main))
    return [
        (layer.name, layer.op.name, dict(zip(LAYER_COLUMNS, row, strict=True)))
        for layer, row in zip(found.network.layers, found.rows, strict=True)
    ]


# Single modules.


@pytest.mark.parametrize(
    "row", rows("tools_modules.csv"), ids=lambda row: f"{row['convention']}-{row['module']}"
)
def test_a_module_counts_as_the_tool_says(row: dict[str, str]) -> None:
    (module,) = [
        known
        for known in rows("modules.csv")
        if (known["module"], known["input"]) == (row["module"], row["input"])
    ]
    weights = WEIGHTS[row["convention"]].get(module["op"])
    if weights is None:
        assert (row["convention"], module["op"]) in UNPRICED
        return
    op = make(module["op"], json.loads(module["attributes"]))
    facts = facts_of(op, (parse(module["input"]),))
    counts = dict(zip(FACT_COLUMNS, facts.columns, strict=True))
    assert worth(weights, counts) == int(row["value"])


#: What no sum of components gives. The convention's file says what is missing.
UNPRICED = {
    *((tool, "lrn") for tool in ("ptflops", "calflops", "deepspeed")),
    *((tool, "resize2d") for tool in ("calflops", "deepspeed")),
    *((tool, "conv_transpose2d") for tool in ("thop", "torchinfo", "calflops", "onnx_tool")),
    ("calflops", "prelu"),
    ("onnx_tool", "pad2d"),
}


# Whole networks.

#: Where a library's network has a layer more (or less) than ours, which no other figure tells: an
#: adaptive pool that leaves 7 x 7 as it is. Its op, attributes and input.
MORE = {
    **dict.fromkeys(
        [(vgg, "torchvision") for vgg in ("vgg11", "vgg13", "vgg16", "vgg19")],
        ("adaptive_avg_pool2d", {"bins": (7, 7)}, (512, 7, 7)),
    ),
}
#: Layers that a library writes as functions and not as modules: globs of their names.
FUNCTIONS = {
    "googlenet_torchvision": ["*relu*"],
    "inception_v3": ["*/Relu", "Mixed*Pool_*"],
    "block_inception_v3_b": ["*/Relu", "*AvgPool*"],
    "block_inception_v3_c": ["*/Relu", "*AvgPool*"],
    **dict.fromkeys(
        [f"densenet{depth}" for depth in (121, 161, 169, 201, 264)], ["features.relu5", "avgpool"]
    ),
    **dict.fromkeys(["mobilenet_v2", "mobilenet_v2_140"], ["Logits/AvgPool"]),
    "deeplabv3_resnet50": ["*interpolate"],
}
#: Layers that no tool sees as what they are: a mean over height and width.
MEANS = {
    "mnasnet1_0": ["mean"],
    **dict.fromkeys([f"shufflenet_v2_x{width}" for width in ("0_5", "1_0", "1_5", "2_0")], ["mean"]),
}
#: Modules of a class of their own, derived from the one that the tool knows.
DERIVED = {
    f"convnext_{size}": ["features.0.1", "features.?.0"]
    for size in ("tiny", "small", "base", "large")
}
#: What a function counts for, where that is not what the module does.
AS_FUNCTIONS: dict[str, dict[str, dict[str, int]]] = {
    "ptflops": {
        "relu": {"out_elements": 1},
        "max_pool2d": {"in_elements": 1},
        "avg_pool2d": {"in_elements": 1},
        "global_avg_pool2d": {"in_elements": 1},
        "resize2d": {"out_elements": 1},
    },
    **dict.fromkeys(["thop", "ultralytics_thop"], {}),
}
