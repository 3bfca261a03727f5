"""Normalisation."""

from __future__ import annotations

from typing import Any

from archdb.sources.lowering.arranging import image, plain
from archdb.sources.lowering.axes import along, told
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.elementwise import per_element
from archdb.sources.lowering.values import Value
from archdb.sources.neutral import Call

#: Norms of each channel, with learned statistics or its own.
CHANNELWISE = {"batch_norm": "batch_norm", "instance_norm": "instance_norm"}
VECTORWISE = {"layer_norm": "layer_norm", "rms_norm": "rms_norm"}


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
    running = [call.arguments.get(name) for name in ("running_mean", "running_var")]
    statistics = None not in running
    for ref in running if statistics else ():
        names += net.stored(ref).names
    value, axis = along(net, net.value(call.arguments["input"]), 1)
    if any(a.batch and a.at for a in value.axes):
        raise UnmappedError("the batch is folded into another axis")
    op = net.make(CHANNELWISE[call.kind], **attributes, **told(value, axis), statistics=statistics)
    return per_element(net, op, value, tensors=names)


@rule("group_norm")
def group_norm(net: Lowering, call: Call) -> Value:
    """The channels in groups."""
    attributes, names = learned(net, call)
    value, axis = along(net, plain(net, net.value(call.arguments["input"])), 1)
    groups = int(call.arguments["num_groups"])
    op = net.make("group_norm", groups=groups, **attributes, **told(value, axis))
    return per_element(net, op, value, tensors=names)


@rule(*VECTORWISE)
def vectorwise(net: Lowering, call: Call) -> Value:
    """Each position over its features, or over the last axes."""
    attributes, names = learned(net, call)
    if "rms" in call.kind:
        attributes.pop("shift")
    value = net.value(call.arguments["input"])
    count = len(net.integers(call.arguments["normalized_shape"]))
    if count == 1:
        value, axis = along(net, value, len(value.axes) - 1)
        where = told(value, axis)
    else:
        value = plain(net, value)
        where = {"axes": [at for axis in value.axes[-count:] for at in axis.at]}
    op = net.make(VECTORWISE[call.kind], **attributes, **where)
    return per_element(net, op, value, tensors=names)


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
