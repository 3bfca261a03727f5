"""What convolutions and pools have in common: weights, and where their windows stand."""

from __future__ import annotations

from typing import Any, NamedTuple

from archdb.model.attributes import MODES
from archdb.sources.lowering.arranging import image, plain
from archdb.sources.lowering.axes import channel_axis
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.values import BATCH, Axis, Value
from archdb.sources.neutral import Call

#: How many axes the windows of a kind slide over.
TRANSPOSED = {"conv_transpose1d": 1, "conv_transpose2d": 2, "conv_transpose3d": 3}


def each(value: Any, axes: int) -> list[int]:
    """One number for each axis, of a number, a list, or a list of one."""
    numbers = list(value) if isinstance(value, list | tuple) else [value]
    return [int(n) for n in (numbers * axes if len(numbers) == 1 else numbers)]


def sides(value: Any, axes: int) -> Any:
    """Padding as ops have it, of numbers for both ends of each axis, or of pairs; or a mode."""
    if isinstance(value, str):
        if value not in MODES:
            raise UnmappedError(f"pads by the mode {value}")
        return value
    numbers = list(value) if isinstance(value, list | tuple) else [value]
    if numbers and isinstance(numbers[0], list | tuple):
        return [int(side) for pair in numbers for side in pair]
    return [side for n in each(numbers, axes) for side in (n, n)]


class Weights(NamedTuple):
    """What a layer multiplies by: the shape of its weight, the tensors that it holds, what its op
    is told of them, and the layers that work out what it does not hold."""

    shape: tuple[int, ...]
    tensors: tuple[str, ...]
    attributes: dict[str, Any]
    inputs: list[Value]


def weights(net: Lowering, call: Call, rank: int) -> Weights:
    """Weight and bias of a call, stored or worked out."""
    weight, bias = net.get(call.arguments["weight"]), call.arguments.get("bias")
    names: tuple[str, ...] = ()
    attributes: dict[str, Any] = {"bias": bias is not None}
    inputs = []
    if net.trains(weight) and len(weight.shape) == rank:
        shape, names = weight.shape, weight.names
        shape = shape[::-1] if call.arguments.get("turned") else shape
    else:
        worked_out = net.realised(weight)
        if call.arguments.get("turned"):
            worked_out = worked_out._replace(axes=worked_out.axes[::-1])
        kernel = plain(net, worked_out)
        shape = kernel.full(net.batch)
        inputs.append(kernel)
        attributes["kernel_input"] = True
    held = None if bias is None else net.get(bias)
    if net.trains(held):
        names += held.names
    elif held is not None:
        inputs.append(plain(net, net.realised(held)))
        attributes["bias_input"] = True
    return Weights(shape, names, attributes, inputs)


def single(value: Any) -> Any:
    """An attribute of one axis: the number itself where it is a list of one."""
    return value[0] if isinstance(value, list) and len(value) == 1 else value


def placed(net: Lowering, value: Value, extents: int) -> tuple[Value, tuple[Axis, ...]]:
    """The value as an op over so many extents takes it, and the axes of what that op gives: a
    sequence stands as length and features, so its channels come last."""
    if extents > 1:
        x = image(net, value, extents)
        return x, x.axes
    if len(value.axes) != 3 or value.axes[0] != BATCH:
        raise UnmappedError("needs a batch, channels and a length")
    turned = value._replace(axes=(BATCH, value.axes[2], value.axes[1]))
    straight = plain(net, turned)
    if channel_axis(straight) != 1:
        straight = net.reshape(straight, tuple(straight.shape), straight.axes, main=False)
    axes = (BATCH, Axis((1,)), Axis((0,)))
    return straight._replace(axes=axes), axes


@rule(*TRANSPOSED)
def transposed(net: Lowering, call: Call) -> Value:
    """A transposed convolution."""
    given, axes = call.arguments, TRANSPOSED[call.kind]
    held = weights(net, call, axes + 2)
    _, per_group, *kernel = held.shape
    groups = int(given.get("groups", 1))
    x, out = placed(net, net.value(given["input"]), axes)
    op = net.make(
        call.kind,
        filters=per_group * groups,
        kernel=single(kernel),
        stride=single(each(given.get("stride", 1), axes)),
        padding=sides(given.get("padding", 0), axes),
        output_padding=single(each(given.get("output_padding", 0), axes)),
        dilation=single(each(given.get("dilation", 1), axes)),
        groups=groups,
        **held.attributes,
    )
    return net.lay(op, x, *held.inputs, axes=out, tensors=held.tensors)
