"""Caffe's pools, and what gives maps another size, in archdb's ops."""

from __future__ import annotations

from typing import Any

from archdb.errors import DefinitionError
from archdb.sources.caffe import Prototxt, layer
from archdb.sources.caffe_weights import pair, sides
from archdb.sources.laying import OpenError
from archdb.sources.lowering.base import UnmappedError
from archdb.sources.prototext import Message

NEURONS = ("MAX", "AVE", "STOCHASTIC")
WORDS = {"MAX": "max", "AVE": "avg", "AVE_EXC_PAD": "avg", "AVE_TF": "avg"}
#: A pyramid of so many levels has 4 to that power of bins.
MOST_LEVELS = 8


@layer("Pooling")
def pooling(net: Prototxt, part: Message) -> str | list[str]:
    """Windows that round up unless told; a second top says where the maxima were."""
    own = part.message("pooling_param")
    how, tops = own.choice("pool", NEURONS, "MAX"), part.words("top")
    if how not in WORDS or len(tops) > 1 + (how == "MAX"):
        raise UnmappedError(f"pools by {how}, or into {len(tops)} blobs")
    rounding = own.choice("round_mode", ("CEIL", "FLOOR"), "CEIL").lower()
    rounding = rounding if own.flag("ceil_mode", True) else "floor"
    kernel, stride = pair(own, "kernel_size", "kernel", 0), pair(own, "stride", "stride", 1)
    padding = sides(own)
    if own.flag("global_pooling", False):
        return net.lay(f"global_{WORDS[how]}_pool2d", net.only())
    if min(kernel) < 1:
        raise DefinitionError("does not say its kernel_size")
    told: dict[str, Any] = {"kernel": kernel, "stride": stride, "padding": padding}
    made = net.lay(f"{WORDS[how]}_pool2d", net.only(), rounding=rounding, **told)
    return [made] * len(tops) if len(tops) > 1 else made


@layer("Upsample")
def unpooled(net: Prototxt, part: Message) -> str:
    """Back to where the maxima were that a pool found (badrinarayanan2017)."""
    own, bottoms = part.message("upsample_param"), net.some()
    pool = net.net.layers[bottoms[-1]].op
    if len(bottoms) != 2 or not hasattr(pool, "kernel") or not hasattr(pool, "stride"):
        raise UnmappedError("has no pool that says where its maxima were")
    own.integer("scale", 2)
    size = [own.integer(name, 0) for name in ("upsample_h", "upsample_w")]
    told: dict[str, Any] = {"size": size} if min(size) > 0 else {}
    return net.lay("max_unpool2d", *bottoms, kernel=pool.kernel, stride=pool.stride, **told)


@layer("Interp")
def interpolated(net: Prototxt, part: Message) -> str:
    """To a stated size, or by factors between the corners, which stay where they are (chen2015)."""
    own, (bottom, *by) = part.message("interp_param"), net.some()
    if by and own.flag("use_blob_size", True):
        told: dict[str, Any] = {"how": "bilinear", "align_corners": True, "sized_by": "interp"}
        return net.lay("resize2d", bottom, by[0], **told)
    cut = own.integer("pad_beg", 0) + own.integer("pad_end", 0)
    zoom, shrink = own.integer("zoom_factor", 1), own.integer("shrink_factor", 1)
    if min(zoom, shrink) < 1:
        raise DefinitionError(f"zooms by {zoom} and shrinks by {shrink}")
    stated = [own.integer(name, 0) for name in ("height", "width")]
    if cut:
        raise UnmappedError("cuts off what it interpolates")
    extents = net.net.shape(bottom)[1:]
    usual = [(n - 1) // shrink * zoom + 1 for n in extents]
    size = [n or other for n, other in zip(stated, usual, strict=True)]
    return net.lay("resize2d", bottom, how="bilinear", align_corners=True, size=size)


@layer("SPP")
def pyramid(net: Prototxt, part: Message) -> str:
    """Pools into 1, 2, 4, … bins along each side, one after the other as one vector (he2014)."""
    own, bottom = part.message("spp_param"), net.only()
    levels, how = own.integer("pyramid_height", 0), own.choice("pool", NEURONS, "MAX")
    if not 1 <= levels <= MOST_LEVELS or how not in WORDS:
        raise UnmappedError(f"is a pyramid of {levels} levels, by {how}")
    parts = []
    for level in range(levels):
        bins, extents = 2**level, net.net.shape(bottom)[1:]
        kernel = [-(-n // bins) for n in extents]
        pad = [(k * bins - n + 1) // 2 for k, n in zip(kernel, extents, strict=True)]
        told: dict[str, Any] = {"kernel": kernel, "stride": kernel, "padding": pad}
        made = net.lay(f"{WORDS[how]}_pool2d", bottom, more=f"{bins}", rounding="ceil", **told)
        parts.append(net.lay("flatten", made, more=f"{bins}_flat"))
    return net.lay("concat", *parts) if levels > 1 else parts[0]


@layer("ROIPooling", "PSROIPooling")
def regions(net: Prototxt, part: Message) -> str:
    """One map for each region; how many there are depends on the numbers."""
    own = part.message("roi_pooling_param")
    bins = [own.integer("pooled_h", 0), own.integer("pooled_w", 0)]
    channels = net.net.shape(net.some()[0])[0]
    if part.word("type") == "PSROIPooling":
        own = part.message("psroi_pooling_param")
        bins, channels = [own.integer("group_size", 0)] * 2, own.integer("output_dim", 0)
    if min(*bins, channels) < 1:
        raise DefinitionError("does not say into how many bins it pools")
    raise OpenError("pools regions, as many as are proposed", (), (channels, *bins))


@layer("Im2col", "LSTMUnit", "BatchReindex", "Filter", "Pad", "ResizeBilinear", "Squeeze")
def without_weights(net: Prototxt, part: Message) -> str:
    raise OpenError("has no weights, and archdb has no layer for it")
