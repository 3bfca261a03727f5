"""The residual networks of he2016, section 4.2, for images of 32×32 pixels."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.resnet import Shortcut, basic_unit, lay_stage, unit_names
from archdb.model.attributes import Count


@block("cifar_stage")
def cifar_stage(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    units: Count,
    stride: Count = 1,
    shortcut: Shortcut = "padding",
) -> None:
    """A column of the table in he2016, section 4.2: 2 × units layers of `width` filters.

    Shortcuts are the identity, and where the map is halved option A, which has no parameters, or
    `shortcut`: projection is option B. Units are named res2a, res2b1, res2b2, ... as in the
    authors' deeper Caffe files.
    """
    first = {"stride": stride, "shortcut": "identity" if stride == 1 else shortcut}
    lay_stage(net, unit_names(name, units, True), basic_unit, first, {"width": width})
