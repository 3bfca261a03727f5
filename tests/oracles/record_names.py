"""Records what the names mean that the catalogue shares with a library.

Run by hand, never by the tests, in the environment of record.py (pytorchcv is not needed):

    KERAS_BACKEND=torch python tests/oracles/record_names.py

Each name of names.csv is built, run once on torch's meta device, and its convolutions, fully
connected layers, normalisations and dropouts are written to names_layers.csv with everything that
makes them what they are, and how many there are of each: channels in and out, kernel, stride,
padding (top, bottom, left, right), dilation, groups and bias; epsilon, scale and shift; rate.
The tests hold the network of that name to them.
"""

from __future__ import annotations

import csv
import os
import warnings
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")

import torch
from record import PATCHES, _leaves

HERE = Path(__file__).parent
Quad = tuple[int, int, int, int]


def main() -> None:
    found = []
    for row in csv.DictReader((HERE / "names.csv").open()):
        shape = tuple(map(int, row["input"].split("x")))
        layers = (keras if row["library"] == "keras" else torch_library)(row["constructor"], shape)
        found += [(row["name"], *layer, times) for layer, times in sorted(layers.items())]
        print(row["name"], sum(layers.values()))
    with (HERE / "names_layers.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("name", "kind", "settings", "times"))
        writer.writerows(found)


def said(*settings: object) -> str:
    """What the tests say of archdb's layer, too: numbers with blanks between."""
    flat: list[str] = []
    for each in settings:
        parts = each if isinstance(each, tuple | list) else (each,)
        flat += [format(part, "g") if isinstance(part, float) else str(part) for part in parts]
    return " ".join(flat)


def conv(
    shape: tuple[int, int], kernel: Any, stride: Any, pads: Quad, dilation: Any, *rest: object
) -> tuple[str, str]:
    return "conv", said(shape, kernel, stride, pads, dilation, *rest)


# torch


def torch_library(constructor: str, shape: tuple[int, ...]) -> Counter[tuple[str, str]]:
    from timm import create_model
    from torchvision import models

    names = {"m": models, "create_model": create_model, **PATCHES}
    layers: Counter[tuple[str, str]] = Counter()
    with torch.device("meta"), torch.no_grad():
        model = eval(constructor, names).eval()
        for module in model.modules():
            if (layer := _of_module(module)) is not None:
                module.register_forward_hook(lambda m, x, y, layer=layer: layers.update([layer]))
        model(torch.zeros(1, *shape))
    if rate := getattr(model, "drop_rate", 0):  # timm drops by a function
        layers["dropout", said(float(rate))] += 1
    return layers


def _of_module(module: torch.nn.Module) -> tuple[str, str] | None:
    match module:
        case torch.nn.Conv2d():
            assert type(module) is torch.nn.Conv2d, "padded on the way, which this does not see"
            (top, left), shape = module.padding, (module.in_channels, module.out_channels)
            pads, bias = (top, top, left, left), module.bias is not None
            sliding = module.kernel_size, module.stride, pads, module.dilation
            return conv(shape, *sliding, module.groups, bias)
        case torch.nn.Linear():
            return "linear", said(module.in_features, module.out_features, module.bias is not None)
        case torch.nn.BatchNorm2d():
            affine = module.affine
            return "norm", said(module.num_features, float(module.eps), affine, affine)
        case torch.nn.Dropout() if module.p > 0:
            return "dropout", said(float(module.p))
    return None


# Keras


def keras(constructor: str, shape: tuple[int, ...]) -> Counter[tuple[str, str]]:
    import keras as library

    model = eval(constructor, {"a": library.applications, "import_": import_module})
    return Counter(each for layer in _leaves(model) for each in _of_layer(layer))


def _of_layer(layer: Any) -> list[tuple[str, str]]:
    kind = type(layer).__name__
    if kind == "BatchNormalization":
        settings = layer.input.shape[-1], float(layer.epsilon), layer.scale, layer.center
        return [("norm", said(*settings))]
    if kind == "Dense":
        return [("linear", said(layer.input.shape[-1], layer.units, layer.use_bias))]
    if kind == "Dropout":
        return [("dropout", said(float(layer.rate)))]
    if kind not in ("Conv2D", "SeparableConv2D"):
        return []
    channels, filters = layer.input.shape[-1], layer.output.shape[-1]
    sliding = layer.kernel_size, layer.strides, _pads(layer), layer.dilation_rate
    if kind == "Conv2D":
        return [conv((channels, filters), *sliding, layer.groups, layer.use_bias)]
    pointwise = (1, 1), (1, 1), (0, 0, 0, 0), (1, 1)
    return [
        conv((channels, channels), *sliding, channels, False),
        conv((channels, filters), *pointwise, 1, layer.use_bias),
    ]


def _pads(layer: Any) -> Quad:
    """Of its own, or of the layer of zeros before it."""
    before = layer.input._keras_history.operation
    if type(before).__name__ == "ZeroPadding2D":
        (top, bottom), (left, right) = before.padding
        return top, bottom, left, right
    if layer.padding == "valid":
        return 0, 0, 0, 0
    ends = []
    for axis, size in enumerate(layer.input.shape[1:3]):
        reach = (layer.kernel_size[axis] - 1) * layer.dilation_rate[axis] + 1
        steps = -(-size // layer.strides[axis]) - 1
        missing = max(steps * layer.strides[axis] + reach - size, 0)
        ends += [missing // 2, missing - missing // 2]
    return ends[0], ends[1], ends[2], ends[3]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main()
