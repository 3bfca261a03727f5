"""Cells of NASNet-A (zoph2018, Figure 4), named as in TF-slim."""

from typing import Annotated

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Text, choice
from archdb.ops.activation import Relu
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d, DepthwiseConv2d
from archdb.ops.joining import Concat
from archdb.ops.normalization import BatchNorm
from archdb.ops.pooling import AvgPool2d, MaxPool2d
from archdb.ops.shaping import Pad2d, Trim2d

#: How the output of the cell before the last is fitted to the present one: as it is; by a 1×1
#: convolution, where its channels differ; by a factorised reduction, where its map is larger.
Fit = Annotated[str, choice("as is", "1x1", "halved")]

#: The pairs that a cell adds up: operation and state it reads, twice. State 0 is the cell's
#: input after a 1×1 convolution, 1 the output of the cell before; each sum is one state more.
Pairs = tuple[tuple[str, int, str, int], ...]
NORMAL: Pairs = (
    ("separable_5x5", 0, "separable_3x3", 1),
    ("separable_5x5", 1, "separable_3x3", 1),
    ("avg", 0, "none", 1),
    ("avg", 1, "avg", 1),
    ("separable_3x3", 0, "none", 0),
)
REDUCTION: Pairs = (
    ("separable_5x5", 0, "separable_7x7", 1),
    ("max", 0, "separable_7x7", 1),
    ("avg", 0, "separable_5x5", 1),
    ("none", 3, "avg", 2),
    ("separable_3x3", 2, "max", 0),
)


def _norm(net: NetworkBuilder, name: str) -> str:
    return net.add(name, BatchNorm(epsilon=1e-3))


def _conv(net: NetworkBuilder, name: str, filters: int, *inputs: str) -> str:
    return net.add(name, Conv2d(filters=filters, kernel=1, bias=False), *inputs)


def _separable(
    net: NetworkBuilder, prefix: str, operation: str, filters: int, stride: int, source: str
) -> str:
    """ReLU, depthwise and pointwise convolution and normalisation, twice (zoph2018, A.4)."""
    kernel = int(operation[-1])
    net.last = source
    for number in (1, 2):
        name = f"{prefix}/{operation}_{number}"
        sliding = {"stride": stride if number == 1 else 1, "padding": "same"}
        net.add(f"{name}/relu", Relu())
        net.add(f"{name}/depthwise", DepthwiseConv2d(kernel=kernel, bias=False, **sliding))
        _conv(net, f"{name}/pointwise", filters)
        _norm(net, f"{prefix}/bn_{operation.replace('arable', '')}_{number}")
    return net.last


def _apply(
    net: NetworkBuilder, prefix: str, operation: str, filters: int, stride: int, source: str
) -> str:
    """One of a pair's operations on a state; the name of what it yields."""
    sliding = {"kernel": 3, "stride": stride, "padding": "same", "rounding": "floor"}
    if operation == "none":
        return source
    if operation == "avg":
        return net.add(f"{prefix}/AvgPool2D", AvgPool2d(**sliding), source)
    if operation == "max":
        return net.add(f"{prefix}/MaxPool2D", MaxPool2d(**sliding), source)
    return _separable(net, prefix, operation, filters, stride, source)


def _halve(net: NetworkBuilder, name: str, filters: int) -> str:
    """Factorised reduction: every second position, and of the map shifted by one position,
    each through a 1×1 convolution to half the maps (zoph2018, A.4)."""
    source = net.last
    every_second = AvgPool2d(kernel=1, stride=2, padding="valid", rounding="floor")
    net.add(f"{name}/path1_pool", every_second, source)
    first = _conv(net, f"{name}/path1_conv", filters // 2)
    net.add(f"{name}/path2_pad", Pad2d(padding=(0, 1, 0, 1)), source)
    net.add(f"{name}/path2_shift", Trim2d(sides=(1, 0, 1, 0)))
    net.add(f"{name}/path2_pool", every_second)
    second = _conv(net, f"{name}/path2_conv", filters // 2)
    net.add(f"{name}/final_path", Concat(), first, second)
    return _norm(net, f"{name}/final_path_bn")


def _fit_state(net: NetworkBuilder, name: str, filters: int, before: str, fit: str) -> str:
    """State 1 of a cell."""
    if fit == "as is":
        return before
    net.add(f"{name}/prev_relu", Relu(), before)
    if fit == "halved":
        return _halve(net, name, filters)
    _conv(net, f"{name}/prev_1x1", filters)
    return _norm(net, f"{name}/prev_bn")


def _cell(
    net: NetworkBuilder, name: str, filters: int, before: str, fit: str, pairs: Pairs, stride: int
) -> list[str]:
    """The states of a cell; only operations on its two inputs have a stride."""
    source = net.last
    prev = _fit_state(net, name, filters, before, fit)
    net.add(f"{name}/relu", Relu(), source)
    _conv(net, f"{name}/1x1", filters)
    states = [_norm(net, f"{name}/beginning_bn"), prev]
    for number, (left, i, right, j) in enumerate(pairs):
        prefix = f"{name}/comb_iter_{number}"
        sides = [
            _apply(net, f"{prefix}/{side}", what, filters, stride if k < 2 else 1, states[k])
            for side, what, k in (("left", left, i), ("right", right, j))
        ]
        states.append(net.add(f"{prefix}/combine/add", Add(), *sides))
    return states


@block("nasnet_normal")
def nasnet_normal(
    net: NetworkBuilder, name: str, *, filters: Count, before: Text, fit: Fit
) -> None:
    """Normal cell of NASNet-A (zoph2018, Figure 4, left). `before`: the cell before the last."""
    states = _cell(net, name, filters, before, fit, NORMAL, 1)
    net.add(f"{name}/cell_output", Concat(), *states[1:])


@block("nasnet_reduction")
def nasnet_reduction(
    net: NetworkBuilder, name: str, *, filters: Count, before: Text, fit: Fit
) -> None:
    """Reduction cell of NASNet-A (zoph2018, Figure 4, right). `before`: the cell before the
    last."""
    states = _cell(net, name, filters, before, fit, REDUCTION, 2)
    net.add(f"{name}/cell_output", Concat(), *states[3:])
