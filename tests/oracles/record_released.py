"""Counts the Caffe files that authors released, with nothing of archdb.

Run by hand, never by the tests, on a folder that holds the files at their places:
FOLDER/owner/repository/path, as released.csv names them with blanks and slashes between:

    python tests/oracles/record_released.py FOLDER

released.csv says what is counted: the file, the shape that goes in (a training file crops its
images, so the shape is not always written there), and, where a file holds more than the one
network, the first and the last layer of it. `params` and `macs` are written; a file that is not
in the folder keeps its figures. Trainable numbers are those that the file lets learn: a filter
with lr_mult 0 is fixed, running statistics are no parameters. MACs are those of convolution,
deconvolution and inner products, bias not included.
"""

from __future__ import annotations

import csv
import re
import sys
from collections.abc import Iterator
from math import prod
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
COLUMNS = ("architecture", "release", "input", "first", "last", "params", "macs")
Shape = tuple[int, ...]
Message = dict[str, list[Any]]

TOKEN = re.compile(r'\s*(?:#[^\n]*\s*)*("[^"]*"|\'[^\']*\'|[{}:]|[^\s{}:#]+)?')


def main(folder: Path) -> None:
    with (HERE / "released.csv").open() as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        path = folder / row["release"].replace(" ", "/", 1)
        if path.exists():
            shape = tuple(map(int, row["input"].split("x")))
            layers = spanned(parse(path.read_text()), row["first"], row["last"])
            row["params"], row["macs"] = map(str, count(layers, shape))
            print(*row.values())
        else:
            print(f"not there: {path}", file=sys.stderr)
    with (HERE / "released.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


# Protocol buffers as text


def parse(text: str) -> Message:
    tokens = (match[1] for match in TOKEN.finditer(text) if match[1])
    return _message(tokens)


def _message(tokens: Iterator[str]) -> Message:
    """Fields in order, each a list: all may be repeated. Ends at the brace that closes it."""
    fields: Message = {}
    for name in tokens:
        if name == "}":
            break
        mark = next(tokens)
        value: Any = next(tokens) if mark == ":" else mark
        if value == "{":
            value = _message(tokens)
        fields.setdefault(name, []).append(value.strip("\"'") if type(value) is str else value)
    return fields


def spanned(net: Message, first: str, last: str) -> list[Message]:
    """The layers of the network that is meant, those of training alone left out."""
    layers = [layer for layer in net.get("layer", net.get("layers", [])) if not _training(layer)]
    names = [layer["name"][0] for layer in layers]
    start = names.index(first) if first else 0
    return layers[start : names.index(last) + 1 if last else None]


def _training(layer: Message) -> bool:
    return any(each.get("phase") == ["TRAIN"] for each in layer.get("include", []))


# What layers do


def count(layers: list[Message], shape: Shape) -> tuple[int, int]:
    """Trainable numbers and multiply-accumulates."""
    known: dict[str, Shape] = {}
    params = macs = 0
    for layer in layers:
        bottoms = [known.get(name, shape) for name in layer.get("bottom", [])]
        if not bottoms:  # a data layer: what it gives is the shape stated
            bottoms = [shape]
        out, learnt, work = figures(layer, bottoms)
        params, macs = params + learnt, macs + work
        known.update(dict.fromkeys(layer.get("top", []), out))
    return params, macs


def figures(layer: Message, bottoms: list[Shape]) -> tuple[Shape, int, int]:
    """Shape that comes out, trainable numbers, multiply-accumulates."""
    kind, shape = layer["type"][0].lower().replace("_", ""), bottoms[0]
    if kind in ("convolution", "deconvolution"):
        return convolved(layer, shape, kind == "deconvolution")
    if kind == "innerproduct":
        options = layer["inner_product_param"][0]
        units, size = int(options["num_output"][0]), prod(shape)
        return (units,), units * size + units * _biased(options), units * size
    if kind == "pooling":
        return pooled(layer["pooling_param"][0], shape), 0, 0
    if kind in ("bn", "scale") and len(bottoms) == 1:
        biased = kind == "bn" or _biased(layer["scale_param"][0], "false")
        return shape, shape[0] * (1 + biased), 0
    if kind == "concat":
        return (sum(bottom[0] for bottom in bottoms), *shape[1:]), 0, 0
    if kind == "crop":
        return (shape[0], *bottoms[1][1:]), 0, 0
    if kind == "upsample":
        return upsampled(layer["upsample_param"][0], shape), 0, 0
    if kind == "reshape":
        return (*map(int, layer["reshape_param"][0]["shape"][0]["dim"][1:]),), 0, 0
    if kind in PASSING:
        return bottoms[-1 if kind == "axpy" else 0], 0, 0
    raise ValueError(f"no rule for {kind} in {layer['name'][0]}")


#: Layers that give what comes in, of its shape, and learn nothing. BatchNorm holds statistics;
#: Axpy scales its second input by the first and adds the third.
PASSING = {"data", "denseimagedata", "input", "python", "relu", "dropout", "lrn"}
PASSING |= {"softmax", "softmaxwithloss", "softmaxloss", "accuracy", "eltwise", "sigmoid"}
PASSING |= {"batchnorm", "axpy"}


def _number(options: Message, *names: str, default: int) -> int:
    return next((int(options[name][0]) for name in names if name in options), default)


def _biased(options: Message, default: str = "true") -> bool:
    return bool(options.get("bias_term", [default])[0] == "true")


def _pairs(options: Message) -> Iterator[tuple[int, int, int, int]]:
    """Kernel, stride, padding and dilation of height and of width."""
    for axis in ("h", "w"):
        yield (
            _number(options, f"kernel_{axis}", "kernel_size", default=0),
            _number(options, f"stride_{axis}", "stride", default=1),
            _number(options, f"pad_{axis}", "pad", default=0),
            _number(options, "dilation", "hole", default=1),
        )


def convolved(layer: Message, shape: Shape, backwards: bool) -> tuple[Shape, int, int]:
    options = layer["convolution_param"][0]
    filters, groups = int(options["num_output"][0]), _number(options, "group", default=1)
    windows = list(_pairs(options))
    extents = [
        (size - 1) * stride + kernel - 2 * pad
        if backwards
        else (size + 2 * pad - dilation * (kernel - 1) - 1) // stride + 1
        for size, (kernel, stride, pad, dilation) in zip(shape[1:], windows, strict=True)
    ]
    weights = prod(kernel for kernel, *_ in windows) * shape[0] * filters // groups
    out = (filters, *extents)
    fixed = any(param.get("lr_mult") == ["0"] for param in layer.get("param", []))
    learnt = 0 if fixed else weights + filters * _biased(options)
    return out, learnt, weights * prod(shape[1:] if backwards else out[1:])


def pooled(options: Message, shape: Shape) -> Shape:
    """Caffe rounds up, and drops a last window that would start in the padding behind."""
    if options.get("global_pooling") == ["true"]:
        return (shape[0], 1, 1)
    extents = []
    for size, (kernel, stride, pad, _) in zip(shape[1:], _pairs(options), strict=True):
        count = -((kernel - size - 2 * pad) // stride) + 1
        extents.append(count - (pad > 0 and (count - 1) * stride >= size + pad))
    return (shape[0], *extents)


def upsampled(options: Message, shape: Shape) -> Shape:
    scale = _number(options, "scale", default=2)
    height = _number(options, "upsample_h", default=shape[1] * scale)
    return (shape[0], height, _number(options, "upsample_w", default=shape[2] * scale))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
