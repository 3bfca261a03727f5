"""Sections of a Darknet cfg file that join outputs or move their elements, in archdb's ops."""

from __future__ import annotations

from archdb.errors import DefinitionError
from archdb.sources.darknet import Cfg, Section, section
from archdb.sources.darknet_sections import activate
from archdb.sources.laying import pretty
from archdb.sources.lowering.base import UnmappedError


@section("upsample")
def upsample(cfg: Cfg, part: Section) -> None:
    """Each element repeated `stride` times both ways, perhaps times a number."""
    cfg.map()
    stride, scale = part.integer("stride", 2), part.number("scale", 1)
    if stride < 0:
        raise UnmappedError("of a negative stride, which adds up windows")
    cfg.lay("resize2d", how="nearest", scale=stride)
    if scale != 1:
        cfg.lay("rescale", more="scale", factor=scale)


@section("crop")
def crop(cfg: Cfg, part: Section) -> None:
    """The middle of an image, its numbers from 0 to 1 brought to -1 to 1 unless told not to."""
    _, height, width = cfg.map()
    rows = height - part.integer("crop_height", 1)
    columns = width - part.integer("crop_width", 1)
    if min(rows, columns) < 0:
        raise DefinitionError(f"cuts more out of {height}×{width} than there is")
    sides = [rows // 2, rows - rows // 2, columns // 2, columns - columns // 2]
    cfg.lay("trim2d", sides=sides)
    if not part.integer("noadjust", 0):
        cfg.lay("rescale", more="scale", factor=2)
        cfg.lay("add", more="shift", value=-1)


@section("route")
def route(cfg: Cfg, part: Section) -> None:
    """The outputs of other sections side by side, of each perhaps only one of so many groups."""
    groups, chosen = part.integer("groups", 1), part.integer("group_id", 0)
    read = cfg.of(part, "layers")
    if groups > 1:
        read = [_group(cfg, name, groups, chosen) for name in read]
    if len(read) == 1:
        cfg.now = read[0]
        return
    shapes = [cfg.net.shape(name) for name in read]
    if len({x[1:] for x in shapes}) > 1:  # Darknet makes a vector of maps of unequal size
        read = [cfg.lay("flatten", name, more=f"flatten_{at}") for at, name in enumerate(read)]
    cfg.lay("concat", *read)


def _group(cfg: Cfg, name: str, groups: int, chosen: int) -> str:
    channels = cfg.net.shape(name)[0]
    part = channels // groups
    if not part or not 0 <= chosen < groups:
        raise DefinitionError(f"there is no group {chosen} of {groups} of {channels} channels")
    start, stop = chosen * part, (chosen + 1) * part
    return cfg.lay("slice_channels", name, more="group", start=start, stop=stop)


@section("shortcut")
def shortcut(cfg: Cfg, part: Section) -> None:
    """Sums with other sections' outputs. Of a larger map every so-manieth row and column is taken;
    channels that one has more of are left as they are, or out."""
    if part.word("weights_type", "none") != "none":
        raise UnmappedError("with weights is a sum that archdb has no op for")
    if part.number("alpha", 1) != 1 or part.number("beta", 1) != 1:
        raise UnmappedError("scales what it adds")
    added = [_fitted(cfg, name, at) for at, name in enumerate(cfg.of(part, "from"))]
    cfg.lay("add", cfg.now, *added)
    activate(cfg, part)


def _fitted(cfg: Cfg, name: str, at: int) -> str:
    """Another output in the shape of that which it is added to."""
    (channels, *size), (other, *from_size) = cfg.net.shape(cfg.now), cfg.net.shape(name)
    into, number = cfg.now, f"_{at + 1}" if at else ""
    strides = {n // m for n, m in zip(from_size, size, strict=False)}
    if len(size) != len(from_size) or len(strides) > 1 or 0 in strides:
        shapes = [pretty(cfg.net.shapes[source]) for source in (name, cfg.now)]
        raise UnmappedError(f"adds {shapes[0]} to {shapes[1]}")
    if max(strides, default=1) > 1:
        pooled = {"kernel": 1, "stride": max(strides), "rounding": "ceil"}
        name = cfg.lay("max_pool2d", name, more=f"stride{number}", **pooled)
    beyond = [n - m for n, m in zip(cfg.net.shape(name)[1:], size, strict=True)]
    if any(beyond):
        name = cfg.lay("trim2d", name, more=f"trim{number}", sides=[0, beyond[0], 0, beyond[1]])
    if other < channels:
        name = cfg.lay("pad_channels", name, more=f"pad{number}", after=channels - other)
    elif other > channels:
        name = cfg.lay("slice_channels", name, more=f"cut{number}", stop=channels)
    cfg.now = into
    return name


@section("scale_channels", "sam")
def gate(cfg: Cfg, part: Section) -> None:
    """The output of another section times this one, which may be one factor a channel."""
    if part.integer("scale_wh", 0):
        raise UnmappedError("scales positions")
    (other,) = cfg.of(part, "from")[:1]
    cfg.map()
    cfg.lay("multiply", other, cfg.now)
    activate(cfg, part)


@section("reorg")
def reorg(cfg: Cfg, part: Section) -> None:
    """Positions to channels, in the order of Darknet's reorg_cpu, which takes the map as one of
    fewer channels and more positions first."""
    channels, height, width = cfg.map()
    stride = part.integer("stride", 1)
    if part.integer("extra", 0):  # a vector, with so many zeros behind it
        cfg.lay("flatten", more="flatten")
        cfg.lay("pad", sides=[[0, part.integer("extra", 0)]])
        return
    if part.integer("flatten", 0):
        raise UnmappedError("with flatten moves elements in another order")
    outer = channels // stride**2 if stride > 0 else 0
    if not outer or channels % stride**2:
        raise DefinitionError(f"{channels} channels do not divide by the square of {stride}")
    if part.integer("reverse", 0):
        cfg.lay("reshape", more="split", shape=[stride, stride, outer, height, width])
        cfg.lay("permute", more="order", order=[2, 3, 0, 4, 1])
        cfg.lay("reshape", shape=[outer, height * stride, width * stride])
        return
    if height % stride or width % stride:
        raise DefinitionError(f"{height}×{width} does not divide by {stride}")
    cfg.lay("reshape", more="split", shape=[outer, height, stride, width, stride])
    cfg.lay("permute", more="order", order=[2, 4, 0, 1, 3])
    out = [channels * stride**2, height // stride, width // stride]
    cfg.lay("reshape", shape=out)
