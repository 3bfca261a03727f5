"""Normalisation."""

from __future__ import annotations

from typing import Any, NamedTuple

from archdb.sources.lowering.arithmetic import joined
from archdb.sources.lowering.arranging import image, is_folded, per_channel, plain
from archdb.sources.lowering.axes import along, told
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.elementwise import per_element
from archdb.sources.lowering.values import ONE, Value
from archdb.sources.neutral import Call

#: Norms of each channel, with learned statistics or its own.
CHANNELWISE = {"batch_norm": "batch_norm", "instance_norm": "instance_norm"}
VECTORWISE = {"layer_norm": "layer_norm", "rms_norm": "rms_norm"}


class Learned(NamedTuple):
    """Epsilon, scale and shift as ops have them, the names of the tensors, and what is multiplied
    and added by layers of their own, because it is worked out."""

    attributes: dict[str, Any]
    names: tuple[str, ...]
    behind: list[tuple[str, Value]]


def learned(net: Lowering, call: Call, apart: bool = False) -> Learned:
    """What a norm has of its own; `apart`, all of it is multiplied and added behind the norm."""
    given = call.arguments
    found = Learned({"scale": False, "shift": False}, (), [])
    for name, attribute, op in (("weight", "scale", "multiply"), ("bias", "shift", "add")):
        if given.get(name) is None:
            continue
        tensor = net.get(given[name])
        if net.trains(tensor) and not found.behind and not apart:
            found.attributes[attribute] = True
            found = found._replace(names=found.names + tensor.names)
        else:
            found.behind.append((op, net.realised(tensor)))
    if given.get("eps") is not None:
        found.attributes["epsilon"] = float(given["eps"])
    return found


def followed(net: Lowering, value: Value, held: Learned, dim: int) -> Value:
    """The products and sums behind a norm, along the axis `dim`."""
    for op, other in held.behind:
        rank = len(value.axes)
        axes = tuple(other.axes[0] if at == dim % rank else ONE for at in range(rank))
        value = joined(net, net.make(op), [value, other._replace(axes=axes)])
    return value


@rule(*CHANNELWISE)
def channelwise(net: Lowering, call: Call) -> Value:
    """Each channel by its own mean and variance, learned or its own."""
    running = [call.arguments.get(name) for name in ("running_mean", "running_var")]
    statistics = None not in running
    value = net.value(call.arguments["input"])
    if not statistics and is_folded(value):
        return _by_its_own(net, CHANNELWISE[call.kind], value, learned(net, call, apart=True))
    held = learned(net, call)
    names = held.names
    for ref in running if statistics else ():
        names += net.stored(ref).names
    value, axis = along(net, value, 1)
    where = told(value, axis)
    op = net.make(CHANNELWISE[call.kind], **held.attributes, **where, statistics=statistics)
    return followed(net, per_element(net, op, value, tensors=names), held, 1)


def _by_its_own(net: Lowering, name: str, value: Value, held: Learned) -> Value:
    """Each channel of what the batch is folded into by its own mean and variance."""
    op = net.make(name, **held.attributes, statistics=False)
    found = per_channel(net, value, len(value.axes) - 2, lambda x: per_element(net, op, x))
    return followed(net, found, held, 1)


@rule("group_norm")
def group_norm(net: Lowering, call: Call) -> Value:
    """The channels in groups."""
    held = learned(net, call)
    value, axis = along(net, plain(net, net.value(call.arguments["input"])), 1)
    groups = int(call.arguments["num_groups"])
    op = net.make("group_norm", groups=groups, **held.attributes, **told(value, axis))
    return followed(net, per_element(net, op, value, tensors=held.names), held, 1)


@rule(*VECTORWISE)
def vectorwise(net: Lowering, call: Call) -> Value:
    """Each position over its features, or over the last axes."""
    held = learned(net, call)
    if "rms" in call.kind:
        held.attributes.pop("shift")
    value = net.value(call.arguments["input"])
    count = len(net.integers(call.arguments["normalized_shape"]))
    if count == 1:
        value, axis = along(net, value, len(value.axes) - 1)
        where = told(value, axis)
    else:
        value = plain(net, value)
        if any(axis.batch for axis in value.axes[-count:]):
            raise UnmappedError("works along the batch")
        where = {"axes": [at for axis in value.axes[-count:] for at in axis.at]}
    op = net.make(VECTORWISE[call.kind], **held.attributes, **where)
    return followed(net, per_element(net, op, value, tensors=held.names), held, -1)


@rule("global_response_norm")
def global_response_norm(net: Lowering, call: Call) -> Value:
    """Channels of a map, whose axis is `dim`, scaled by how they respond beside each other."""
    held = learned(net, call)
    value, dim = net.value(call.arguments["input"]), int(call.arguments["dim"])
    order = [0, dim, *(at for at in range(1, len(value.axes)) if at != dim)]
    first = value._replace(axes=tuple(value.axes[at] for at in order))
    op = net.make("global_response_norm", epsilon=held.attributes["epsilon"])
    found = per_element(net, op, image(net, first, 2), tensors=held.names)
    return found._replace(axes=tuple(found.axes[order.index(at)] for at in range(len(order))))


@rule("local_response_norm")
def local_response_norm(net: Lowering, call: Call) -> Value:
    """Across neighbouring channels; torch divides alpha by the size, as Caffe does."""
    given = call.arguments
    op = net.make(
        "lrn",
        size=int(given["size"]),
        alpha=float(given.get("alpha", 1e-4)),
        beta=float(given.get("beta", 0.75)),
        k=float(given.get("k", 1.0)),
        divide_alpha=bool(given.get("divide_alpha", True)),
    )
    return per_element(net, op, image(net, net.value(given["input"]), 2))


@rule("normalize")
def normalize(net: Lowering, call: Call) -> Value:
    """Vectors divided by their Euclidean norm."""
    given = call.arguments
    if float(given.get("p", 2)) != 2:
        raise UnmappedError(f"divides by a norm of order {given['p']}")
    value, axis = along(net, net.value(given["input"]), int(given.get("dim", 1)))
    return per_element(net, net.make("l2_norm", scale=False, **told(value, axis)), value)
