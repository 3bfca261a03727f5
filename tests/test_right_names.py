"""Issue 10, item 10: a name that the catalogue shares with a library means the library's network.

The names are built and looked through by oracles/record_names.py: every convolution, fully
connected layer, normalisation and dropout with all that makes it what it is.
"""

import csv
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from bundled import profile

from archdb.analysis.profile import Profile
from archdb.model.graph import Layer
from archdb.sources.toml import bundled_files, bundled_references, load

WHOLE_CATALOGUE = True
ORACLES = Path(__file__).parent / "oracles"
SEEDS = [load(path, bundled_references()) for path in bundled_files()]
MEANT = {name: seed.name for seed in SEEDS for name in (seed.name, *seed.aliases)}


def rows(name: str) -> list[dict[str, str]]:
    with (ORACLES / name).open() as file:
        return list(csv.DictReader(file))


NAMES = [row["name"] for row in rows("names.csv")]
SETTINGS = rows("names_layers.csv")


def said(*settings: object) -> str:
    """As record_names.py says it."""
    return " ".join(format(each, "g") if type(each) is float else str(each) for each in settings)


def of_layer(found: Profile, layer: Layer) -> tuple[str, str] | None:
    op: Any = layer.op
    row = found.layer(layer.name)
    kind = type(op).__name__
    if kind in ("Conv2d", "DepthwiseConv2d"):
        pads = [row[f"pad_{side}"] for side in ("top", "bottom", "left", "right")]
        groups = op.groups if kind == "Conv2d" else row["in_channels"]
        shape = row["in_channels"], row["out_channels"]
        bias = row["bias_params"] > 0
        return "conv", said(*shape, *op.kernel, *op.stride, *pads, *op.dilation, groups, bias)
    if kind == "Linear":
        features = row["weight_params"] // op.units
        return "linear", said(features, op.units, row["bias_params"] > 0)
    if kind == "BatchNorm":
        return "norm", said(row["out_channels"], float(op.epsilon), op.scale, op.shift)
    if kind == "Dropout":
        return "dropout", said(float(op.rate))
    return None


@pytest.mark.parametrize("name", NAMES)
def test_a_name_means_what_it_means_in_its_library(name: str) -> None:
    found = profile(MEANT[name])
    main = [layer for layer in found.network if not layer.auxiliary]
    ours = Counter(each for layer in main if (each := of_layer(found, layer)))
    theirs = {
        (row["kind"], row["settings"]): int(row["times"]) for row in SETTINGS if row["name"] == name
    }
    assert ours == theirs


@pytest.mark.parametrize("library", ["torchvision", "keras", "timm"])
def test_every_name_that_names_a_library_is_looked_through(library: str) -> None:
    named = {meant for name, meant in MEANT.items() if library in name.split("_")}
    assert named <= {MEANT[name] for name in NAMES}


#: Names that were another network's here, in the library that gives them: what is other there.
ELSEWHERE = {
    "inceptionv3": "pytorchcv and pretrainedmodels: dropout of 0.5, as inception_v3_torchvision",
    "inception_v1": "TF-slim: normalised, 3×3 where the paper has 5×5",
    "inception_bn": "MXNet: a bias at every convolution",
    "bninception": "pytorchcv and pretrainedmodels: a bias at every convolution",
    "inception_v2_caffe": "no one network: a Caffe file of that name is TF-slim's",
    "mobilenet_v1_100": "timm: symmetric padding, ReLU6, epsilon, no dropout",
    "mobilenet_v2_100": "timm: symmetric padding, epsilon, no dropout",
    "mobilenetv2_140": "timm: symmetric padding, epsilon, no dropout",
    "mobilenetv3_large_100": "timm: epsilon, a 1×1 convolution in the head, no dropout",
    "mobilenetv3_small_100": "timm: epsilon, a 1×1 convolution in the head, no dropout",
    "mnasnet_100": "timm: no dropout",
    "mnasnet_b1": "the authors' TensorFlow: SAME padding, epsilon",
    "efficientnetv2_s": "timm: symmetric padding, epsilon",
    "nasnetamobile": "pretrainedmodels: padded by hand, and cropped",
    "nasnet_4a1056": "pytorchcv: a row of padding too many",
    "resnet50_v1": "Gluon: a bias at every 1×1",
    "resnet101_v1": "Gluon: a bias at every 1×1",
    "resnet152_v1": "Gluon: a bias at every 1×1",
    "resnet50_v2": "Keras: the last unit of a stage strides, biases; resnet_v2_50_keras",
    "resnet101_v2": "Keras: the last unit of a stage strides, biases; resnet_v2_101_keras",
    "resnet152_v2": "Keras: the last unit of a stage strides, biases; resnet_v2_152_keras",
    "resnet200_v2": "as resnet50_v2; Keras has no such depth",
    "seresnet50": "timm strides in the 3×3, pytorchcv in the first 1×1",
    "seresnet101": "timm strides in the 3×3, pytorchcv in the first 1×1",
    "wrn50_2": "pytorchcv: biases and no normalisation",
    "wrn101_2": "as wrn50_2",
}


@pytest.mark.parametrize("name", ELSEWHERE)
def test_a_name_of_another_network_is_none_here(name: str) -> None:
    assert name not in MEANT


def test_keras_counts_of_its_second_resnets() -> None:
    """What keras.io prints: all numbers, running statistics among them."""
    printed = {50: 25_613_800, 101: 44_675_560, 152: 60_380_648}
    for depth, numbers in printed.items():
        totals = profile(f"resnet_v2_{depth}_keras").totals
        roles = ("weight_params", "bias_params", "norm_params", "buffers")
        assert sum(totals[role] for role in roles) == numbers
    biases = 64 + 3 * 256 + 4 * 512 + 6 * 1024 + 3 * 2048 + 256 + 512 + 1024 + 2048 + 1000
    assert profile("resnet_v2_50_keras").totals["bias_params"] == biases


def test_torchvisions_mobilenet_has_other_windows_and_equal_counts() -> None:
    """A map of even size halves either way; the windows begin a row apart."""
    tensorflow, torch = profile("mobilenet_v2"), profile("mobilenet_v2_torchvision")
    assert tensorflow.totals["macs"] == torch.totals["macs"] == 300_774_272
    stems = [found.layer("Conv") for found in (tensorflow, torch)]
    assert [(stem["pad_top"], stem["pad_bottom"]) for stem in stems] == [(0, 1), (1, 1)]
