"""The fire module, named as in the authors' Caffe files."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count
from archdb.ops.joining import Concat


@block("fire")
def fire(net: NetworkBuilder, name: str, *, s1: Count, e1: Count, e3: Count) -> None:
    """1×1 squeeze, then 1×1 and 3×3 expand side by side (iandola2016, Figure 1).

    The columns of iandola2016, Table 1: s1×1, e1×1, e3×3.
    """

    def conv(part: str, filters: int, kernel: int, *inputs: str) -> str:
        names = f"{name}/{part}", f"{name}/relu_{part}"
        return net.conv_relu(*names, filters, kernel, *inputs, padding=kernel // 2)

    squeeze = conv("squeeze1x1", s1, 1)
    one = conv("expand1x1", e1, 1, squeeze)
    three = conv("expand3x3", e3, 3, squeeze)
    net.add(f"{name}/concat", Concat(), one, three)
