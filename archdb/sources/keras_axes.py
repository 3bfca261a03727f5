"""Functions of Keras that work along axes, which are told in Keras's order, in archdb's ops."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from archdb.errors import DefinitionError
from archdb.sources.keras_config import Value
from archdb.sources.keras_net import Call, KerasNet, layer
from archdb.sources.keras_options import option, options, several
from archdb.sources.lowering.base import UnmappedError

REDUCTIONS = {
    "op:mean": "reduce_mean",
    "op:reduce_mean": "reduce_mean",
    "op:sum": "reduce_sum",
    "op:reduce_sum": "reduce_sum",
    "op:max": "reduce_max",
    "op:amax": "reduce_max",
    "op:reduce_max": "reduce_max",
    "op:min": "reduce_min",
    "op:amin": "reduce_min",
    "op:prod": "reduce_product",
    "op:var": "reduce_variance",
}
PAD_MODES = {"constant": "constant", "reflect": "reflect", "edge": "replicate", "wrap": "circular"}


def places(net: KerasNet, rank: int) -> list[int]:
    """For each of archdb's axes which of Keras's it is, counted without the batch."""
    own = list(range(rank))
    return own if rank < 3 or net.channels_first else [rank - 1, *own[:-1]]


def settled(net: KerasNet, made: Value, at: list[int]) -> Value:
    """A tensor of which `at` says, for each axis, which one it is to be in Keras's order, with its
    axes where archdb has them."""
    order = [sorted(at)[place] for place in places(net, len(at))]
    if order == at:
        return made
    return net.lay("permute", made, more="turned", order=[at.index(axis) for axis in order])


def _one(net: KerasNet, call: Call) -> tuple[Value, list[int]]:
    """What is read, as Keras has it, and which of Keras's axes each of its axes is."""
    value = Value(net.plain(call.one()))
    return value, places(net, len(net.net.shape(value.layer)))


def _own(axis: Any, rank: int) -> int:
    """A stated axis, counted without the batch."""
    if type(axis) is not int or not -rank <= axis <= rank or axis == 0:
        raise UnmappedError(f"works along axis {axis}")
    return axis - 1 if axis > 0 else axis + rank


@layer(*REDUCTIONS)
def reduced(net: KerasNet, call: Call) -> Value:
    value, at = _one(net, call)
    stated, keep = option(call, "axis"), bool(option(call, "keepdims", False))
    axes = [_own(axis, len(at)) for axis in several(stated)]
    if not axes or options(call, "axis", "keepdims", "initial", "x", "name", "input_tensor"):
        raise UnmappedError("works over the batch, or is told more than axes")
    name = _name(call)
    made = net.lay(REDUCTIONS[name], value, axes=[at.index(axis) for axis in axes], keep=keep)
    return made if keep else settled(net, made, [axis for axis in at if axis not in axes] or [0])


def _name(call: Call) -> str:
    stated = str(call.config.get("function") or call.part.kind).rpartition(".")[2]
    return f"op:{stated.lower()}"


@layer("op:transpose")
def transposed(net: KerasNet, call: Call) -> Value:
    value, at = _one(net, call)
    axes = several(option(call, "axes", option(call, "perm")))
    if sorted(axes) != list(range(len(at) + 1)) or axes[0] != 0:
        raise UnmappedError(f"orders its axes by {axes}")
    return settled(net, value, [axes.index(axis + 1) - 1 for axis in at])


@layer("op:expand_dims")
def expanded(net: KerasNet, call: Call) -> Value:
    value, at = _one(net, call)
    new = _own(option(call, "axis"), len(at) + 1)
    made = net.lay("stack", value, axis=len(at))
    return settled(net, made, [*(axis + (axis >= new) for axis in at), new])


@layer("op:squeeze")
def squeezed(net: KerasNet, call: Call) -> Value:
    value, at = _one(net, call)
    for axis in sorted({_own(axis, len(at)) for axis in several(option(call, "axis"))}):
        value = net.lay("select", value, axis=at.index(axis), index=0)
        at.remove(axis)
    return settled(net, value, at)


@layer("op:split")
def split(net: KerasNet, call: Call) -> list[Value]:
    """Equal parts, or parts that begin at stated places."""
    value, at = _one(net, call)
    axis = at.index(_own(option(call, "axis", 0), len(at)))
    count = net.net.shape(value.layer)[axis]
    stated = option(call, "indices_or_sections", option(call, "num_or_size_splits"))
    if type(stated) is int and 0 < stated <= count and count % stated == 0:
        ends = list(range(0, count + 1, count // stated))
    else:
        ends = [0, *several(stated), count]
    if len(ends) < 3 or ends != sorted(set(ends)):
        raise DefinitionError(f"cannot part {count} by {stated}")
    return [
        net.lay("slice", value, more=f"part_{number}", axis=axis, start=start, stop=stop)
        for number, (start, stop) in enumerate(pairwise(ends), 1)
    ]


@layer("op:stack")
def stacked(net: KerasNet, call: Call) -> Value:
    if not call.inputs:
        raise DefinitionError("reads no tensor")
    rank = len(net.shape(call.inputs[0]))
    return stack_along(net, call.inputs, _own(option(call, "axis", 0), rank + 1))


def stack_along(net: KerasNet, values: list[Value], new: int, more: str = "") -> Value:
    """Tensors side by side along a new axis, number `new` of Keras's."""
    plain = [Value(net.plain(value)) for value in values]
    at = [axis + (axis >= new) for axis in places(net, len(net.net.shape(plain[0].layer)))]
    wanted = places(net, len(at) + 1)
    for place in range(len(at), -1, -1):
        if [*at[:place], new, *at[place:]] == wanted:
            return net.lay("stack", *plain, more=more, axis=place)
    return settled(net, net.lay("stack", *plain, more=more, axis=len(at)), [*at, new])


@layer("op:pad")
def padded(net: KerasNet, call: Call) -> Value:
    value, at = _one(net, call)
    width, mode = option(call, "pad_width"), str(option(call, "mode", "constant")).lower()
    if not isinstance(width, list) or len(width) != len(at) + 1 or width[0] != [0, 0]:
        raise UnmappedError(f"pads by {width}")
    if mode not in PAD_MODES:
        raise UnmappedError(f"pads by the mode {mode}")
    sides = [width[axis + 1] for axis in at]
    return net.lay("pad", value, sides=sides, mode=PAD_MODES[mode])


@layer("op:get_item", "op:getitem")
def taken(net: KerasNet, call: Call) -> Value:
    """Slices and single elements, axis by axis; the batch whole."""
    value, at = _one(net, call)
    stated = call.node.kwargs.get("slice_spec") or call.node.kwargs.get("key")
    parts = several(stated or (*call.node.args[1:], None)[0])
    if not parts or len(parts) > len(at) + 1 or _slice(parts[0]) not in ((0, None, 1), None):
        raise UnmappedError("takes parts of the batch")
    for axis, part in enumerate(parts[1:]):
        here = at.index(axis)
        if type(part) is int:
            value = net.lay("select", value, axis=here, index=part)
            at.remove(axis)
            continue
        bounds = _slice(part)
        if bounds is None:
            raise UnmappedError(f"takes {part!r}")
        start, stop, step = bounds
        if bounds != (0, None, 1):
            ends: dict[str, Any] = (
                {} if stop is None else {"stop": min(stop, net.net.shape(value.layer)[here])}
            )
            value = net.lay("slice", value, axis=here, start=start, step=step, **ends)
    return settled(net, value, at)


def _slice(part: Any) -> tuple[int, int | None, int] | None:
    """Start, stop and step of a slice, however it is written; None where it is none."""
    own = part.get("config", part) if isinstance(part, dict) else None
    if not isinstance(own, dict) or "start" not in own:
        return None
    start, stop, step = own["start"] or 0, own.get("stop"), own.get("step")
    step = 1 if step is None else step
    return (start, stop, step) if type(start) is int and type(step) is int and step > 0 else None


@layer("op:normalize", "UnitNormalization")
def normalized(net: KerasNet, call: Call) -> Value:
    """By the Euclidean norm along one axis."""
    value, at = _one(net, call)
    (axis,) = several(option(call, "axis", -1))
    if option(call, "order", 2) != 2:
        raise UnmappedError("normalises by another norm")
    return net.lay("l2_norm", value, scale=False, axis=at.index(_own(axis, len(at))))
