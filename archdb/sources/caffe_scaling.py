"""Caffe's factors and addends for each channel, learned or another layer's, in archdb's ops."""

from __future__ import annotations

from archdb.errors import DefinitionError
from archdb.sources.caffe import Prototxt, layer
from archdb.sources.caffe_left import not_asked
from archdb.sources.lowering.base import UnmappedError
from archdb.sources.prototext import Message


@layer("Scale")
def scale(net: Prototxt, part: Message) -> str:
    """A factor for each channel: of its own, which may be a batch normalisation's, or of a second
    bottom."""
    own, bottoms = part.message("scale_param"), net.some()
    axis = own.integer("axis", 1)
    shift = own.flag("bias_term", False)
    if len(bottoms) == 2 and shift:
        raise UnmappedError("has an addend of its own, and another layer's factor")
    if len(bottoms) == 2:
        return net.lay("multiply", bottoms[0], _spread(net, bottoms[1], bottoms[0], axis))
    extents = _own_extents(net, own, bottoms[0], axis)
    if not _of_channels(extents):
        factor = net.weighted("parameter", more="factors", shape=extents, role="norm")
        made = net.lay("multiply", bottoms[0], factor)
        return _shifted(net, made, "bias", extents) if shift else made
    before = net.net.layers[bottoms[0]]
    alone = before.weights_of is None and net.readers[bottoms[0]] == 1 and not not_asked(part)
    if getattr(before.op, "scale", None) is False and alone:
        op = before.op.like(scale=True, shift=shift)
        net.net.layers[bottoms[0]] = before._replace(op=op)
        return bottoms[0]
    made = net.weighted("channel_scale", bottoms[0])
    return _shifted(net, made, "bias", extents) if shift else made


@layer("BN")
def bn(net: Prototxt, part: Message) -> str:
    """With scale and shift (PSPNet's); at use SegNet's has these alone."""
    own, bottom = part.message("bn_param"), net.only()
    epsilon, mode = own.number("eps", 1e-5), own.choice("bn_mode", ("LEARN", "INFERENCE"), "LEARN")
    own.number("momentum", 0)
    if mode == "LEARN":
        return net.weighted("batch_norm", bottom, epsilon=epsilon)
    made = net.weighted("channel_scale", bottom)
    return _shifted(net, made, "bias", _own_extents(net, own, bottom, 1))


def _own_extents(net: Prototxt, own: Message, bottom: str, axis: int) -> list[int]:
    """The shape of what a layer learns, in the axes of what it reads: so many from one on have
    numbers of their own, the others share theirs."""
    shape, count = net.net.shape(bottom), own.integer("num_axes", 1)
    first = net.axis(bottom, axis)
    last = len(shape) if count < 0 else first + count
    return [extent if first <= at < last else 1 for at, extent in enumerate(shape)]


def _of_channels(extents: list[int]) -> bool:
    return all(extent == 1 for extent in extents[1:])


def _shifted(net: Prototxt, bottom: str, more: str, extents: list[int]) -> str:
    """A learnt addend."""
    bias = net.lay("parameter", more=f"{more or 'sum'}_parameter", shape=extents, role="bias")
    return net.lay("add", bottom, bias, more=more)


def _spread(net: Prototxt, factor: str, onto: str, axis: int) -> str:
    """A smaller blob, in as many axes as that which it meets, from an axis of which it stands."""
    small, large = net.net.shape(factor), net.net.shape(onto)
    before = 0 if axis == 0 else net.axis(onto, axis)
    after = len(large) - before - len(small)
    if after < 0:
        raise UnmappedError("is spread over axes that there are none of")
    if not before and not after:
        return factor
    extents = [*(1 for _ in range(before)), *small, *(1 for _ in range(after))]
    return net.lay("reshape", factor, more="spread", shape=extents)


@layer("Bias")
def bias(net: Prototxt, part: Message) -> str:
    own, bottoms = part.message("bias_param"), net.some()
    axis = own.integer("axis", 1)
    if len(bottoms) == 2:
        return net.lay("add", bottoms[0], _spread(net, bottoms[1], bottoms[0], axis))
    return _shifted(net, bottoms[0], "", _own_extents(net, own, bottoms[0], axis))


@layer("Axpy")
def axpy(net: Prototxt, part: Message) -> str:
    """A factor for each channel, times a blob, plus another (hu2018)."""
    bottoms = net.some()
    if len(bottoms) != 3:
        raise DefinitionError(f"reads {len(bottoms)} blobs, not a factor and two more")
    factor = _spread(net, bottoms[0], bottoms[1], 0)
    return net.lay("add", net.lay("multiply", bottoms[1], factor, more="product"), bottoms[2])
