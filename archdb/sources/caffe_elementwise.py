"""Caffe's layers that work element by element in archdb's ops."""

from __future__ import annotations

from archdb.sources.caffe import Prototxt, layer
from archdb.sources.lowering.base import UnmappedError
from archdb.sources.prototext import Message

#: Types that are one op without attributes.
PLAIN = {
    "Sigmoid": "sigmoid",
    "TanH": "tanh",
    "AbsVal": "abs",
    "BNLL": "softplus",
    "ReLU6": "relu6",
    "Mish": "mish",
    "HardSwish": "hard_swish",
    "SeLu": "selu",
    "SELU": "selu",
}


@layer(*PLAIN)
def plain(net: Prototxt, part: Message) -> str:
    """One op."""
    return net.lay(PLAIN[part.word("type")], net.only())


@layer("ReLU")
def relu(net: Prototxt, part: Message) -> str:
    own = part.message("relu_param")
    slope = own.number("negative_slope", 0)
    if own.flag("relu6", False):
        return net.lay("relu6", net.only())
    if slope:
        return net.lay("leaky_relu", net.only(), slope=slope)
    return net.lay("relu", net.only())


@layer("PReLU")
def prelu(net: Prototxt, part: Message) -> str:
    shared = part.message("prelu_param").flag("channel_shared", False)
    return net.weighted("prelu", net.only(), shared=shared)


@layer("ELU")
def elu(net: Prototxt, part: Message) -> str:
    return net.lay("elu", net.only(), alpha=part.message("elu_param").number("alpha", 1))


@layer("Swish")
def swish(net: Prototxt, part: Message) -> str:
    if part.message("swish_param").number("beta", 1) != 1:
        raise UnmappedError("has a factor in its sigmoid")
    return net.lay("swish", net.only())


@layer("Clip")
def clip(net: Prototxt, part: Message) -> str:
    own = part.message("clip_param")
    return net.lay("clip", net.only(), low=own.number("min", 0), high=own.number("max", 0))


@layer("Threshold")
def threshold(net: Prototxt, part: Message) -> str:
    value = part.message("threshold_param").number("threshold", 0)
    return net.lay("compare", net.only(), how="greater", value=value)


@layer("Dropout")
def dropout(net: Prototxt, part: Message) -> str:
    rate = part.message("dropout_param").number("dropout_ratio", 0.5)
    return net.lay("dropout", net.only(), rate=rate)


@layer("Softmax")
def softmax(net: Prototxt, part: Message) -> str:
    axis, bottom = part.message("softmax_param").integer("axis", 1), net.only()
    shape = net.net.shapes[bottom]
    if axis == 1 and (shape is None or len(shape) in (1, 3)):  # that of channels
        return net.lay("softmax", bottom)
    return net.lay("softmax", bottom, axis=net.axis(bottom, axis))


@layer("Power")
def power(net: Prototxt, part: Message) -> str:
    """(shift + scale x) ** power, of which what changes nothing is left out."""
    own = part.message("power_param")
    bottom = _affine(net, own, net.only(), own.number("power", 1) == 1)
    if own.number("power", 1) == 1:
        return bottom
    return net.lay("power", bottom, value=own.number("power", 1))


@layer("Exp", "Log")
def exponential(net: Prototxt, part: Message) -> str:
    """e ** (shift + scale x), or the natural logarithm of that."""
    kind = part.word("type").lower()
    own = part.message(f"{kind}_param")
    if own.number("base", -1) > 0:
        raise UnmappedError("has another base than e")
    return net.lay(kind, _affine(net, own, net.only(), False))


def _affine(net: Prototxt, own: Message, bottom: str, last: bool) -> str:
    """shift + scale x; `last`: nothing comes behind it, so it has the layer's name."""
    scale, shift = own.number("scale", 1), own.number("shift", 0)
    if scale != 1:
        more = "" if last and not shift else "scale"
        bottom = net.lay("rescale", bottom, more=more, factor=scale)
    if shift:
        bottom = net.lay("add", bottom, more="" if last else "shift", value=shift)
    return bottom


@layer("Eltwise")
def eltwise(net: Prototxt, part: Message) -> str:
    """Sums, each perhaps times a number; products; maxima."""
    own, bottoms = part.message("eltwise_param"), net.some()
    how = own.choice("operation", ("PROD", "SUM", "MAX"), "SUM")
    if how != "SUM":
        op, made = "multiply" if how == "PROD" else "maximum", bottoms[0]
        for at, bottom in enumerate(bottoms[1:], 2):
            more = "" if at == len(bottoms) else f"first_{at}"
            made = net.lay(op, made, bottom, more=more)
        return made
    factors = own.numbers("coeff") or [1.0] * len(bottoms)
    scaled = [
        bottom if factor == 1 else net.lay("rescale", bottom, more=f"times_{at}", factor=factor)
        for at, (bottom, factor) in enumerate(zip(bottoms, factors, strict=False), 1)
    ]
    return net.lay("add", *scaled)
