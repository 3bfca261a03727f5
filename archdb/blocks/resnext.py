"""Stages of xie2017, with the units of he2016 whose 3×3 convolution is in groups."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.resnet import bottleneck_unit, lay_stage, unit_names
from archdb.model.attributes import Count, Flag


@block("resnext_stage")
def resnext_stage(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    groups: Count,
    out: Count,
    units: Count,
    stride: Count = 1,
    numbered: Flag = False,
) -> None:
    """A row of xie2017, Table 1: [1×1, width; 3×3, width, C = groups; 1×1, out] × units.

    The first unit halves the map in its 3×3 (xie2017, section 4). `numbered` as in
    bottleneck_stage.
    """
    first = {"stride": stride, "stride_in": "3x3", "shortcut": "projection"}
    shared = {"width": width, "out": out, "groups": groups}
    lay_stage(net, unit_names(name, units, numbered), bottleneck_unit, first, shared)
