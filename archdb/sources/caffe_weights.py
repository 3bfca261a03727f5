"""Caffe's layers with weights and windows in archdb's ops."""

from __future__ import annotations

from typing import Any

from archdb.errors import DefinitionError
from archdb.sources.caffe import Prototxt, layer
from archdb.sources.laying import grouped
from archdb.sources.lowering.base import UnmappedError
from archdb.sources.prototext import Message


def pair(own: Message, both: str, short: str, default: int) -> list[int]:
    """A pair (height, width), said by one field twice, once for both, or by two fields."""
    stated = own.integers(both)
    if len(stated) > 2:
        raise UnmappedError(f"has a {both} of {len(stated)} axes")
    spread = stated * (3 - len(stated)) or [default, default]
    return [own.integer(f"{short}_h", spread[0]), own.integer(f"{short}_w", spread[1])]


def sides(own: Message) -> list[int]:
    """Padding by `pad`, or of each side by a field of its own: top, bottom, left and right."""
    height, width = pair(own, "pad", "pad", 0)
    usual = zip("tblr", (height, height, width, width), strict=True)
    return [own.integer(f"pad_{side}", default) for side, default in usual]


def _outputs(own: Message) -> int:
    if not own.all("num_output"):
        raise DefinitionError("does not say its num_output")
    return own.integer("num_output", 0)


@layer("Convolution", "Deconvolution", "ConvolutionDepthwise", "DepthwiseConvolution")
def convolution(net: Prototxt, part: Message) -> list[str]:
    """One for each bottom, all with the same weights."""
    own = part.message("convolution_param")
    kernel = pair(own, "kernel_size", "kernel", 0)
    if min(kernel) < 1:
        raise DefinitionError("does not say its kernel_size")
    if own.integer("axis", 1) != 1:
        raise UnmappedError("works along other axes than channels, height and width")
    filters, groups = _outputs(own), own.integer("group", 1)
    if part.word("type") == "ConvolutionDepthwise":
        groups = filters
    told: dict[str, Any] = {
        "kernel": kernel,
        "stride": pair(own, "stride", "stride", 1),
        "padding": sides(own),
        "dilation": pair(own, "dilation", "dilation", 1),
        "bias": own.flag("bias_term", True),
    }
    first, *others = net.some()
    if part.word("type") == "Deconvolution":
        op = "conv_transpose2d"
        told |= {"filters": filters, "groups": groups, "fixed": _frozen(part)}
    else:
        op, counts = grouped(net.net.shapes[first], filters, groups)
        told |= counts
    made = [net.weighted(op, first, **told)]
    for bottom in others:
        made.append(net.lay(op, bottom, weights_of=made[0], **told))
    return made


def _frozen(part: Message) -> bool:
    """Whether a layer's first tensor is never trained: an interpolation."""
    rates = [p.number("lr_mult", 1) for p in part.all("param") if isinstance(p, Message)]
    old = part.numbers("blobs_lr")
    return (rates or old or [1.0])[0] == 0


@layer("InnerProduct")
def inner_product(net: Prototxt, part: Message) -> str:
    """All that stands behind the axis, with every output."""
    own, bottom = part.message("inner_product_param"), net.only()
    told = {"units": _outputs(own), "bias": own.flag("bias_term", True)}
    shape = net.net.shapes[bottom]
    if shape is None or (len(shape) in (1, 3) and own.integer("axis", 1) == 1):
        return net.weighted("linear", bottom, **told)
    axis = net.axis(bottom, own.integer("axis", 1))
    if axis == 0:
        return net.weighted("linear", net.lay("flatten", bottom, more="flatten"), **told)
    if axis == 1 and len(shape) == 2:
        return net.weighted("linear", bottom, **told)
    raise UnmappedError(f"works along the axes behind {axis} of {len(shape)}")


@layer("LRN")
def lrn(net: Prototxt, part: Message) -> str:
    own = part.message("lrn_param")
    region = own.choice("norm_region", ("ACROSS_CHANNELS", "WITHIN_CHANNEL"), "ACROSS_CHANNELS")
    return net.lay(
        "lrn",
        net.only(),
        size=own.integer("local_size", 5),
        alpha=own.number("alpha", 1),
        beta=own.number("beta", 0.75),
        k=own.number("k", 1),
        within=region == "WITHIN_CHANNEL",
    )


@layer("BatchNorm")
def batch_norm(net: Prototxt, part: Message) -> str:
    """Without scale and shift, which a layer Scale behind it has."""
    epsilon = part.message("batch_norm_param").number("eps", 1e-5)
    return net.weighted("batch_norm", net.only(), epsilon=epsilon, scale=False, shift=False)


@layer("MVN")
def mvn(net: Prototxt, part: Message) -> str:
    """Normalised by mean and variance of each map, or of all."""
    own = part.message("mvn_param")
    if not own.flag("normalize_variance", True):
        raise UnmappedError("takes the mean away and no more")
    told: dict[str, Any] = {"epsilon": own.number("eps", 1e-9), "scale": False, "shift": False}
    if own.flag("across_channels", False):
        return net.lay("group_norm", net.only(), groups=1, **told)
    return net.lay("instance_norm", net.only(), **told)


@layer("Normalize")
def normalize(net: Prototxt, part: Message) -> str:
    """Each position by its length over the channels, times a factor for each (liu2016)."""
    own = part.message("norm_param")
    if own.flag("across_spatial", True) or own.flag("channel_shared", True):
        raise UnmappedError("is by the length of the whole map, or with one factor")
    return net.weighted("l2_norm", net.only())


@layer("Embed")
def embed(net: Prototxt, part: Message) -> str:
    own = part.message("embed_param")
    made = net.weighted(
        "embedding", net.only(), vocabulary=own.integer("input_dim", 0), units=_outputs(own)
    )
    if not own.flag("bias_term", True):
        return made
    told = {"shape": [1, _outputs(own)], "role": "bias"}
    return net.lay("add", made, net.lay("parameter", more="bias_parameter", **told), more="bias")
