"""Counting conventions against what the named tools say, to the last digit.

tools_modules.csv and tools.csv were recorded by oracles/record_tools.py, which runs each tool on
single modules and on whole networks; tool_pages.csv has figures that tools and papers print.
"""

from __future__ import annotations

import csv
import json
from fnmatch import fnmatchcase
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from archdb.analysis import conventions
from archdb.analysis.inputs import resize_network
from archdb.analysis.layer_costs import FACT_COLUMNS, facts_of
from archdb.analysis.profile import LAYER_COLUMNS, derive
from archdb.model.graph import Network
from archdb.model.shape import parse
from archdb.ops import make
from archdb.resources import bundled
from archdb.sources import toml
from archdb.sources.reported import interval

WHOLE_CATALOGUE = True

ORACLES = Path(__file__).parent / "oracles"

#: The conventions that must each be held against three networks or more. `flop` is archdb's own
#: and is worked out by hand in test_cli_convention.
NAMED = {
    *("mac", "torchvision", "fvcore", "ptflops", "ptflops_aten", "thop", "ultralytics_thop"),
    *("torchinfo", "torch_flop_counter", "calflops", "deepspeed", "keras_params", "onnx_tool"),
    *("netscope", "convnet_burden", "timm", "timm_activations", "open_model_zoo", "tf_slim"),
    *("conv_only", "imgclsmob", "mmcv", "mmpretrain", "thop_2019"),
    *("pycls", "pycls_activations", "convnet_burden_features"),
    "imgclsmob_global",
}


def rows(name: str) -> list[dict[str, str]]:
    with (ORACLES / name).open() as file:
        return list(csv.DictReader(file))


CONVENTIONS = {found.name: found for found in conventions.bundled()}
WEIGHTS: dict[str, dict[str, dict[str, int]]] = {name: {} for name in CONVENTIONS}
for _found in CONVENTIONS.values():
    for _op, _quantity, _weight in _found.rows():
        WEIGHTS[_found.name].setdefault(_op, {})[_quantity] = _weight


def worth(weights: dict[str, int], row: dict[str, Any]) -> int:
    trainable = sum(row[f"{role}_params"] for role in ("weight", "bias", "norm"))
    counts = {**row, "params": trainable}
    return sum(weight * counts[quantity] for quantity, weight in weights.items())


@cache
def layers(architecture: str, size: str) -> list[tuple[str, str, dict[str, Any]]]:
    """Name, op and row of each layer outside auxiliary heads, which no tool ran."""
    path = bundled("seeds") / "nets" / f"{architecture}.toml"
    network = toml.load(path, toml.bundled_references()).network
    main = [layer for layer in resize_network(network, parse(size)) if not layer.auxiliary]
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
    *((tool, "conv_transpose2d") for tool in ("mmcv", "thop_2019")),
    ("thop_2019", "avg_pool2d"),
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
#: Numbers that a library keeps and that are of no layer of ours: mean, variance and a counter of
#: the normalisation of inputs.
NUMBERS = {(f"efficientnet_b{i}", "keras"): 3 + 3 + 1 for i in range(8)}
#: Layers that a library writes as functions and not as modules: globs of networks, and of layers.
FUNCTIONS = {
    "googlenet_torchvision": ["*relu*"],
    "inception_v3": ["*/Relu", "Mixed*Pool_*"],
    "block_inception_v3_?": ["*/Relu", "*AvgPool*"],
    "densenet???": ["features.relu5", "avgpool"],
    "mobilenet_v2*": ["Logits/AvgPool"],
    "deeplabv3_resnet50": ["*interpolate"],
}
#: Pools over the whole map that pytorchcv writes as pools of 7×7.
WINDOWED = {
    **{"resnet50": ["pool5"], "darknet19": ["avgpool"]},
    **{"se_resnet50": ["pool5/7x7_s1"], "mobilenet_v1": ["Logits/AvgPool_1a"]},
}
#: Pools that no tool sees as such: written as a mean over height and width.
MEANS = {"mnasnet1_0": ["mean"], "shufflenet_v2_*": ["mean"]}
#: Modules of a class of their own, derived from the one that the tool knows.
DERIVED = {"convnext_*": ["features.0.1", "features.[246].0", "classifier.0"]}
#: Convolutions of 1 x 1 that a library writes as linear layers over positions.
LINEAR = {
    "convnext_*": ["*.block.3", "*.block.5"],
    "inception_v3": ["Logits/Conv2d_1c_1x1"],
    "mobilenet_v[12]*": ["Logits/Conv2d_1c_1x1"],
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
    "thop": {},
    "thop_2019": {},
    "ultralytics_thop": {},
    "mmcv": {},
}
#: What a pool over the whole map counts for that is written as one of 7×7: 7 + 1 where the window
#: is taken for its side.
AS_WINDOWS = {"onnx_tool": {"in_elements": 1}, "thop_2019": {"out_elements": 7 + 1}}
#: What tools that tell them from convolutions count for linear layers.
AS_LINEAR = {
    **{"torchinfo": {"params": 1}, "calflops": {"macs": 2}, "deepspeed": {"macs": 2}},
    **{"mmcv": {"macs": 1}, "thop_2019": {"macs": 2, "out_elements": -1}},
}


def named(architecture: str, layer: str, table: dict[str, list[str]]) -> bool:
    return any(
        fnmatchcase(architecture, networks) and any(fnmatchcase(layer, glob) for glob in globs)
        for networks, globs in table.items()
    )


def price(convention: str, architecture: str, layer: str, op: str) -> dict[str, int] | None:
    """What a tool counts for a layer of a library's network, written as the library has it."""
    weights = WEIGHTS[convention].get(op)
    if named(architecture, layer, FUNCTIONS):
        return AS_FUNCTIONS.get(convention, {op: weights}).get(op, {})
    if named(architecture, layer, MEANS):
        return {"in_elements": 1} if convention == "onnx_tool" else {}
    if named(architecture, layer, WINDOWED) and convention in AS_WINDOWS:
        return AS_WINDOWS[convention]
    if named(architecture, layer, DERIVED) and convention in ("ptflops", "thop", "mmcv"):
        return {}
    if named(architecture, layer, LINEAR):
        return AS_LINEAR.get(convention, weights)
    return weights


def total(convention: str, row: dict[str, str]) -> int | None:
    """What a convention gives for the network as a library has it: without the softmax at the end
    of ours, because its classifiers end in logits. None where an op is not priced."""
    architecture = row["architecture"]
    sum = NUMBERS.get((architecture, row["library"]), 0)
    for layer, op, counts in layers(architecture, row["input"]):
        weights = price(convention, architecture, layer, op)
        if op == "softmax":
            continue
        if weights is None:
            return None
        sum += worth(weights, counts)
    if more := MORE.get((architecture, row["library"])):
        op, attributes, shape = more
        facts = facts_of(make(op, attributes), (shape,))
        counts = dict(zip(FACT_COLUMNS, facts.columns, strict=True))
        sum += worth(WEIGHTS[convention].get(op, {}), counts)
    return sum


RECORDED = rows("tools.csv")


@pytest.mark.parametrize(
    "row", RECORDED, ids=lambda row: f"{row['convention']}-{row['architecture']}-{row['library']}"
)
def test_a_network_counts_as_the_tool_says(row: dict[str, str]) -> None:
    found = total(row["convention"], row)
    if found is None:
        ops = {op for _, op, _ in layers(row["architecture"], row["input"])}
        assert any((row["convention"], op) in UNPRICED for op in ops)
    elif row["value"].isdigit():
        assert found == int(row["value"])
    else:  # torchvision's own, in thousand millions
        least, below = interval(row["value"].removesuffix("G"), "G")
        assert least <= found < below


# Figures in print.


@pytest.mark.parametrize(
    "row",
    PAGES := rows("tool_pages.csv"),
    ids=lambda row: f"{row['convention']}-{row['architecture']}-{row['upto']}",
)
def test_a_printed_figure_is_met(row: dict[str, str]) -> None:
    """Up to a layer where the page says so, for as many images as it counts. A value halfway
    between two printed ones may be printed as either: 18.8025 is 18.802 to C's printf."""
    convention, sum = row["convention"], 0
    for layer, op, counts in layers(row["architecture"], row["input"]):
        sum += worth(WEIGHTS[convention][op], counts)
        if layer == row["upto"]:
            break
    bytes_of_one = 4 if row["unit"] == "MiB" else 1
    value = sum * int(row["images"]) * bytes_of_one / CONVENTIONS[convention].divisor
    least, below = interval(row["value"], row["unit"])
    assert least <= value <= below


def test_each_convention_is_held_against_three_networks() -> None:
    priced = [row for row in RECORDED if total(row["convention"], row) is not None]
    for name in NAMED:
        held = {row["architecture"] for row in [*priced, *PAGES] if row["convention"] == name}
        assert len(held) >= 3, name
