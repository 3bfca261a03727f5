"""Convolutions: a window that slides over one to three axes, also where the batch is folded."""

from __future__ import annotations

from typing import Any

from archdb.ops import Op
from archdb.sources.lowering.arranging import image, is_folded, plain
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.slicing import chosen
from archdb.sources.lowering.values import BATCH, ONE, Axis, Value
from archdb.sources.lowering.windows import Weights, each, placed, sides, single, weights
from archdb.sources.neutral import Call

#: How many axes the windows of a kind slide over.
CONVOLUTIONS = {"conv1d": 1, "conv2d": 2, "conv3d": 3}
#: More layers than so many for one call are no help to anyone.
MOST_COPIES = 32


@rule(*CONVOLUTIONS)
def convolution(net: Lowering, call: Call) -> Value:
    """A convolution, of each channel alone where there are as many groups as channels."""
    given, axes = call.arguments, CONVOLUTIONS[call.kind]
    x = net.value(given["input"])
    if _has_own_kernels(net, call, x):
        return _of_own_kernels(net, call, x)
    held = weights(net, call, axes + 2)
    if is_folded(x) and axes == 3:
        return _one_by_one(net, call, x, held)
    if is_folded(x):
        return _beside(net, call, x, held)
    x, out = placed(net, x, axes)
    op = _op(net, call, held, int(given.get("groups", 1)), x.full(net.batch)[1])
    return net.lay(op, x, *held.inputs, axes=out, tensors=held.tensors)


def _window(call: Call, held: Weights) -> dict[str, Any]:
    given, axes = call.arguments, CONVOLUTIONS[call.kind]
    return {
        "kernel": list(held.shape[2:]),
        "stride": each(given.get("stride", 1), axes),
        "padding": sides(given.get("padding", 0), axes),
        "dilation": each(given.get("dilation", 1), axes),
    }


def _op(net: Lowering, call: Call, held: Weights, groups: int, channels: int) -> Op:
    attributes = {**_window(call, held), **held.attributes}
    axes, filters = CONVOLUTIONS[call.kind], held.shape[0]
    if axes == 1:
        attributes = {name: single(value) for name, value in attributes.items()}
    if groups == channels > 1 and axes == 2 and not held.inputs:
        return net.make("depthwise_conv2d", multiplier=filters // groups, **attributes)
    return net.make(call.kind, filters=filters, groups=groups, **attributes)


def _beside(net: Lowering, call: Call, value: Value, held: Weights) -> Value:
    """Where the batch is folded into something, that is one axis more, along which the window is
    1 wide."""
    found, axes = _window(call, held), CONVOLUTIONS[call.kind] + 1
    if held.inputs or isinstance(found["padding"], str):
        raise UnmappedError("the batch is folded into another axis")
    first, channels, *positions = value.axes
    more = {"kernel": [1], "stride": [1], "padding": [0, 0], "dilation": [1]}
    x = image(net, value._replace(axes=(BATCH, channels, Axis(first.at), *positions)), axes)
    op = net.make(
        f"conv{axes}d",
        filters=held.shape[0],
        groups=int(call.arguments.get("groups", 1)),
        **{name: more[name] + numbers for name, numbers in found.items()},
        **held.attributes,
    )
    own = [Axis((at,)) for at in range(2, axes + 1)]
    out = (Axis((1,), True, first.inner), Axis((0,)), *own)
    return net.lay(op, x, axes=out, tensors=held.tensors)


def _one_by_one(net: Lowering, call: Call, value: Value, held: Weights) -> Value:
    """Volumes that the batch is folded into, each by a layer with the weights of the first."""
    first, *others = value.axes
    x = plain(net, value._replace(axes=(BATCH, Axis(first.at), *others)))
    count = x.bare()[1]
    if held.inputs or count > MOST_COPIES:
        raise UnmappedError("the batch is folded into another axis")
    volumes = [image(net, chosen(net, x, 1, at), 3) for at in range(count)]
    op = _op(net, call, held, int(call.arguments.get("groups", 1)), 0)
    laid = [net.lay(op, v, axes=v.axes, tensors=held.tensors) for v in volumes]
    axes = (Axis((0,), True, first.inner), *(Axis((at,)) for at in range(1, 5)))
    return net.lay(net.make("stack", axis=0), *laid, axes=axes, main=False)


def _has_own_kernels(net: Lowering, call: Call, value: Value) -> bool:
    """Whether each image has kernels of its own: the batch is folded into the channels, and there
    are as many times more groups (yang2019)."""
    return bool(
        int(call.arguments.get("groups", 1)) % net.batch == 0
        and value.bare()[0] == 1
        and value.axes[1].batch
        and not value.axes[1].inner
    )


def _of_own_kernels(net: Lowering, call: Call, value: Value) -> Value:
    """A convolution of one image by the kernels that were worked out of it."""
    kernel = net.value(call.arguments["weight"])
    if not kernel.axes[0].batch or kernel.axes[0].inner or call.arguments.get("bias") is not None:
        raise UnmappedError("the batch is folded into another axis")
    bare = (Axis(axis.at) for axis in kernel.axes)
    kernel = plain(net, kernel._replace(axes=tuple(bare)))
    one = value._replace(axes=(BATCH, Axis(value.axes[1].at), *value.axes[2:]))
    x, out = placed(net, one, CONVOLUTIONS[call.kind])
    held = Weights(tuple(kernel.shape), (), {"bias": False, "kernel_input": True}, [kernel])
    groups = int(call.arguments["groups"]) // net.batch
    op = _op(net, call, held, groups, x.full(net.batch)[1])
    found = net.lay(op, x, kernel, axes=out)
    return found._replace(axes=(ONE, out[1]._replace(batch=True), *out[2:]))
