"""Normalisation."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.arranging import plain
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.elementwise import channel_axis, per_element
from archdb.sources.lowering.values import Value
from archdb.sources.neutral import Call

#: Of batch and instance norm; `running` are the statistics that were learned.
CHANNELWISE = {"batch_norm": "batch_norm", "instance_norm": "instance_norm"}


def learned(net: Lowering, call: Call) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Epsilon, scale and shift, and the names of the tensors of a norm."""
    given = call.arguments
    scale, shift = given.get("weight"), given.get("bias")
    names: tuple[str, ...] = ()
    for ref in (scale, shift):
        if ref is not None:
            names += net.stored(ref).names
    attributes: dict[str, Any] = {"scale": scale is not None, "shift": shift is not None}
    if given.get("eps") is not None:
        attributes["epsilon"] = float(given["eps"])
    return attributes, names


@rule(*CHANNELWISE)
def channelwise(net: Lowering, call: Call) -> Value:
    """Each channel by its own mean and variance, learned or its own."""
    attributes, names = learned(net, call)
    value = net.value(call.arguments["input"])
    running = [call.arguments.get(name) for name in ("running_mean", "running_var")]
    statistics = None not in running
    for ref in running if statistics else ():
        names += net.stored(ref).names
    if value.axes[1].at != (channel_axis(value),):
        value = plain(net, value)
    if len(value.axes) < 2 or value.axes[1].at != (channel_axis(value),):
        raise UnmappedError("its channels are not those of a map, sequence or vector")
    op = net.make(CHANNELWISE[call.kind], **attributes, statistics=statistics)
    return per_element(net, op, value, tensors=names)


@rule("group_norm")
def group_norm(net: Lowering, call: Call) -> Value:
    """The channels in groups."""
    attributes, names = learned(net, call)
    value = plain(net, net.value(call.arguments["input"]))
    if value.axes[1].at != (channel_axis(value),):
        raise UnmappedError("its channels are not those of a map or vector")
    op = net.make("group_norm", groups=int(call.arguments["num_groups"]), **attributes)
    return per_element(net, op, value, tensors=names)


@rule("layer_norm")
def layer_norm(net: Lowering, call: Call) -> Value:
    """Each position over its channels or features."""
    if len(net.integers(call.arguments["normalized_shape"])) != 1:
        raise UnmappedError("normalises over several axes")
    attributes, names = learned(net, call)
    value = net.value(call.arguments["input"])
    if value.axes[-1].at != (channel_axis(value),):
        value = plain(net, value)
    if value.axes[-1].at != (channel_axis(value),) or len(value.shape) > 3:
        raise UnmappedError(f"works along the last of {len(value.axes)} axes")
    return per_element(net, net.make("layer_norm", **attributes), value, tensors=names)


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
    return per_element(net, op, plain(net, net.value(given["input"])))
