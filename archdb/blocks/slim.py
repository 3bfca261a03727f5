"""Branches of a module as TF-slim lays and names them.

The Inception networks after the first are released in TF-slim: a module holds Branch_0,
Branch_1, ... side by side, a branch Conv2d_0a_1x1, Conv2d_0b_3x3, ...; each convolution has
no bias and is followed by batch normalisation and ReLU. Padding is same, or valid where it
is said.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Padding, Pair
from archdb.ops import Op
from archdb.ops.activation import Relu
from archdb.ops.convolution import Conv2d
from archdb.ops.joining import Concat
from archdb.ops.normalization import BatchNorm
from archdb.ops.pooling import AvgPool2d, MaxPool2d

#: How the reductions of Inception v3 and later halve the map.
HALVE = {"stride": 2, "padding": "valid"}


class Step(NamedTuple):
    """One op of a branch, under its name there; `normed`: batch normalisation and ReLU follow."""

    name: str
    op: Op
    normed: bool


def conv(place: str, filters: int, kernel: Any, **rest: Any) -> Step:
    """Conv2d_0a_1x1 where `place` is 0a and the kernel 1; pairs are (height, width)."""
    height, width = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    name = "_".join(filter(None, ("Conv2d", place, f"{height}x{width}")))
    rest = {"padding": "same", **rest}
    return Step(name, Conv2d(filters=filters, kernel=kernel, bias=False, **rest), True)


def avg_pool(place: str) -> Step:
    """The 3×3 average within a module, size kept."""
    pool = AvgPool2d(kernel=3, stride=1, padding="same", rounding="floor")
    return Step(f"AvgPool_{place}_3x3", pool, False)


def max_pool(place: str, **rest: Any) -> Step:
    """The 3×3 maximum within a module, size kept unless said otherwise."""
    pool = MaxPool2d(kernel=3, rounding="floor", **{"stride": 1, "padding": "same", **rest})
    return Step(f"MaxPool_{place}_3x3", pool, False)


def lay(net: NetworkBuilder, prefix: str, step: Step, *inputs: str) -> str:
    """One step, in a branch or (empty prefix) outside; the name of its last layer."""
    name = f"{prefix}/{step.name}" if prefix else step.name
    net.add(name, step.op, *inputs)
    return norm_relu(net, name) if step.normed else name


def norm_relu(net: NetworkBuilder, name: str) -> str:
    """The normalisation and ReLU of the convolution called `name`."""
    net.add(f"{name}/BatchNorm", BatchNorm(epsilon=1e-3))
    return net.add(f"{name}/Relu", Relu())


#: A step, or two side by side whose outputs are stacked.
Branch = Sequence[Step | tuple[Step, Step]]


def _branch(net: NetworkBuilder, prefix: str, branch: Branch, source: str) -> str:
    last = source
    for step in branch:
        if isinstance(step, Step):
            last = lay(net, prefix, step, last)
        else:
            sides = [lay(net, prefix, side, last) for side in step]
            last = net.add(f"{prefix}/concat", Concat(), *sides)
    return last


def module(net: NetworkBuilder, name: str, branches: Iterable[Branch]) -> str:
    """Branches that read the layer just laid, and the concatenation of their ends."""
    source = net.last
    ends = [
        _branch(net, f"{name}/Branch_{number}", branch, source)
        for number, branch in enumerate(branches)
    ]
    return net.add(f"{name}/concat", Concat(), *ends)


def reduce(net: NetworkBuilder, name: str, single: int, *double: int) -> str:
    """A strided 3×3, a strided double 3×3 behind a 1×1 and a pool, side by side."""
    first, second, last = double
    branches: list[Branch] = [
        [conv("1a", single, 3, **HALVE)],
        [conv("0a", first, 1), conv("0b", second, 3), conv("1a", last, 3, **HALVE)],
        [max_pool("1a", **HALVE)],
    ]
    return module(net, name, branches)


@block("slim_conv2d")
def slim_conv2d(
    net: NetworkBuilder,
    name: str,
    *,
    filters: Count,
    kernel: Pair,
    stride: Pair = (1, 1),
    padding: Padding = "same",
) -> None:
    """A convolution without bias, its batch normalisation and ReLU (tfslim)."""
    net.add(
        name, Conv2d(filters=filters, kernel=kernel, stride=stride, padding=padding, bias=False)
    )
    norm_relu(net, name)
