"""Records what independent implementations say of the catalogue's networks.

Run by hand, never by the tests, in an environment with torch (CPU), torchvision, timm, pytorchcv
and Keras (torch backend):

    KERAS_BACKEND=torch python tests/oracles/record.py

networks.csv says whether a network's layers are recorded one by one, and how their order compares:
`stored` as archdb has it, `shortcut-last` where a projection runs behind the branch it bypasses.

It builds each network of networks.csv without weights (torch's meta device), hooks every
convolution and fully connected layer, and writes totals.csv, layers.csv and versions.csv beside
itself. The tests compare these files with what archdb derives; they need no framework.
"""

from __future__ import annotations

import csv
import os
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import version
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

os.environ.setdefault("KERAS_BACKEND", "torch")

import torch

HERE = Path(__file__).parent
LIBRARIES = ("torch", "torchvision", "timm", "pytorchcv", "keras")


class Weighted(NamedTuple):
    """A weight layer as it ran: shapes as channels x height x width, batch left out."""

    output: str
    params: int
    macs: int


class Record(NamedTuple):
    params: int
    buffers: int
    layers: list[Weighted]


def main(only: list[str]) -> None:
    totals, layers = [], []
    for row in csv.DictReader((HERE / "networks.csv").open()):
        if only and row["architecture"] not in only:
            continue
        build = keras if row["library"] == "keras" else torch_library
        record = build(row["constructor"], _shape(row["input"]))
        macs = sum(layer.macs for layer in record.layers)
        key = (row["architecture"], row["library"])
        totals.append((*key, row["input"], record.params, record.buffers, macs))
        if row["layers"] != "no":
            layers += [(*key, i, *layer) for i, layer in enumerate(record.layers)]
        print(*totals[-1])
    if only:
        return
    _write("totals.csv", "architecture library input params buffers macs", totals)
    _write("layers.csv", "architecture library number output params macs", layers)
    _write("versions.csv", "library version", [(name, version(name)) for name in LIBRARIES])


def _write(name: str, header: str, rows: list[tuple[Any, ...]]) -> None:
    with (HERE / name).open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header.split())
        writer.writerows(rows)


def _shape(text: str) -> tuple[int, ...]:
    return tuple(map(int, text.split("x")))


# torch


def record_torch(build: Callable[[], torch.nn.Module], shape: tuple[int, ...]) -> Record:
    """Parameters, buffers and weight layers in order of execution, on the meta device."""
    with torch.device("meta"):
        model = build().eval()
        layers: list[Weighted] = []
        for module in model.modules():
            if isinstance(module, WEIGHTED):
                module.register_forward_hook(lambda m, x, y: layers.append(_weighted(m, x[0], y)))
        with torch.no_grad():
            model(torch.zeros(1, *shape))
    params = sum(p.numel() for p in model.parameters())
    buffers = sum(
        b.numel()
        for name, b in model.named_buffers()
        if name.endswith(("running_mean", "running_var"))
    )
    return Record(params, buffers, layers)


WEIGHTED = (torch.nn.Conv2d, torch.nn.Linear, torch.nn.ConvTranspose2d)


def _weighted(module: torch.nn.Module, x: torch.Tensor, y: torch.Tensor) -> Weighted:
    """MACs: each weight of a filter once at each output (of a transposed one, at each input)."""
    weight: torch.Tensor = module.weight  # type: ignore[assignment]
    if isinstance(module, torch.nn.ConvTranspose2d):
        macs = x[0].numel() * prod(weight.shape[1:])
    else:
        macs = y[0].numel() * prod(weight.shape[1:])
    params = sum(p.numel() for p in module.parameters())
    return Weighted("x".join(map(str, y.shape[1:])), params, macs)


def _namespace() -> dict[str, Any]:
    """What a constructor in networks.csv may name: m is torchvision.models, cv pytorchcv.models."""
    library = torch.library.Library("torchvision", "FRAGMENT")
    for name in ("nms", "qnms"):  # compiled ops that no network needs, but the import does
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _KEPT.append(library)
    import pytorchcv.models as cv
    from pytorchcv.model_provider import get_model
    from timm import create_model
    from torchvision import models, ops

    given = {"m": models, "ops": ops, "cv": cv, "get_model": get_model, "import_": import_module}
    return {**given, "create_model": create_model, **PATCHES}


_KEPT: list[Any] = []


def torch_library(constructor: str, shape: tuple[int, ...]) -> Record:
    """`constructor` is an expression over _namespace."""
    if not _NAMESPACE:
        _NAMESPACE.update(_namespace())
    return record_torch(lambda: eval(constructor, _NAMESPACE), shape)


_NAMESPACE: dict[str, Any] = {}


# Where a library's network is a stated variant of ours, the one difference is taken back.


class _Padded(torch.nn.Module):
    """Option A of he2016: every other position, zeros for the channels that are missing."""

    def __init__(self, extra: int, stride: int) -> None:
        super().__init__()
        self.extra, self.stride = extra, stride

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = x[:, :, :: self.stride, :: self.stride]
        return torch.nn.functional.pad(x, (0, 0, 0, 0, 0, self.extra))


def _resizing(model: torch.nn.Module) -> Iterator[Any]:
    return (unit for unit in model.modules() if getattr(unit, "resize_identity", False))


def option_a(model: torch.nn.Module) -> torch.nn.Module:
    """pytorchcv's CIFAR nets project; the paper's pad."""
    for unit in _resizing(model):
        conv = getattr(unit.identity_conv, "conv", unit.identity_conv)
        unit.identity_conv = _Padded(conv.out_channels - conv.in_channels, conv.stride[0])
    return model


def stride_first(model: torch.nn.Module) -> torch.nn.Module:
    """pytorchcv strides in the 3×3; the authors' release in the first 1×1."""
    for unit in _resizing(model):
        body = unit.body
        body.conv1.conv.stride, body.conv2.conv.stride = body.conv2.conv.stride, (1, 1)
    return model


def no_first_bn(model: Any) -> Any:
    """pytorchcv normalises a second time behind the stem's pool; the authors' release does not."""
    conv = model.features.stage1.unit1.body.conv1
    conv.bn, conv.activ = torch.nn.Identity(), torch.nn.Identity()
    return model


def on_cpu(build: Callable[[], torch.nn.Module]) -> torch.nn.Module:
    """torchvision's RegNet looks at the values of its widths, which the meta device has not."""
    with torch.device("cpu"):
        return build().to("meta")


def unpadded_pool(model: torch.nn.Module) -> torch.nn.Module:
    """torchvision pads a DenseNet's first pool; the first port to TF-slim did not."""
    model.features.pool0.padding = 0  # type: ignore[union-attr]
    return model


PATCHES = {
    "unpadded_pool": unpadded_pool,
    "on_cpu": on_cpu,
    "option_a": option_a,
    "stride_first": stride_first,
    "no_first_bn": no_first_bn,
}


# Keras


def keras(constructor: str, shape: tuple[int, ...]) -> Record:
    """`constructor` is an expression over keras.applications, called a. Layers in graph order."""
    import keras as library

    model = eval(constructor, {"a": library.applications, "import_": import_module})
    layers = [w for layer in _leaves(model) if (w := _keras_weighted(layer)) is not None]
    params = sum(prod(weight.shape) for weight in model.trainable_weights)
    moving = (w for w in model.weights if w.path.endswith(("moving_mean", "moving_variance")))
    buffers = sum(prod(weight.shape) for weight in moving)
    return Record(params, buffers, layers)


def _leaves(model: Any) -> Iterator[Any]:
    for layer in model.layers:
        if hasattr(layer, "layers"):
            yield from _leaves(layer)
        else:
            yield layer


def _keras_weighted(layer: Any) -> Weighted | None:
    """A convolution (depthwise, separable: one after the other) or dense layer."""
    kind = type(layer).__name__
    if kind not in ("Conv2D", "DepthwiseConv2D", "SeparableConv2D", "Dense"):
        return None
    *place, channels = layer.output.shape[1:]
    positions = prod(place)
    params = layer.count_params()
    kernels = [w for w in layer.weights if "bias" not in w.path.split("/")[-1]]
    macs = positions * sum(prod(kernel.shape) for kernel in kernels)
    return Weighted("x".join(map(str, (channels, *place))), params, macs)


if __name__ == "__main__":
    main(sys.argv[1:])
