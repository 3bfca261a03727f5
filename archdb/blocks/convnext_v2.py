"""ConvNeXt V2's block, named as in the authors' release.

The release moves the channels last and multiplies by matrices where 1×1 convolutions stand here;
weights and work are the same.
"""

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count
from archdb.ops.activation import Gelu
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d, DepthwiseConv2d
from archdb.ops.response_norm import GlobalResponseNorm
from archdb.ops.vector_norm import LayerNorm


@block("convnext_v2_stage")
def convnext_v2_stage(net: NetworkBuilder, name: str, *, width: Count, blocks: Count) -> None:
    """Blocks of ConvNeXt V2 (woo2023, Figure 5): as ConvNeXt's, with global response normalisation
    behind the GELU and without layer scale."""
    for i in range(blocks):
        unit, source = f"{name}.{i}", net.last
        net.add(f"{unit}.dwconv", DepthwiseConv2d(kernel=7, padding=3))
        net.add(f"{unit}.norm", LayerNorm())
        net.add(f"{unit}.pwconv1", Conv2d(filters=4 * width, kernel=1))
        net.add(f"{unit}.act", Gelu())
        net.add(f"{unit}.grn", GlobalResponseNorm())
        net.add(f"{unit}.pwconv2", Conv2d(filters=width, kernel=1))
        net.add(f"{unit}.add", Add(), net.last, source)
