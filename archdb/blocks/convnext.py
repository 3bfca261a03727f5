"""ConvNeXt's block and what lies between its stages, named by torchvision's module paths.

torchvision moves the channels last and multiplies by matrices where 1×1 convolutions stand here
(liu2022, section 2.4); weights and work are the same.
"""

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count
from archdb.ops.activation import Gelu
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d, DepthwiseConv2d
from archdb.ops.scaling import ChannelScale
from archdb.ops.vector_norm import LayerNorm


@block("convnext_unit")
def convnext_unit(net: NetworkBuilder, name: str, *, width: Count) -> None:
    """ConvNeXt block (liu2022, Figure 4): depthwise 7×7, layer normalisation, 1×1 to four times
    the width, GELU, 1×1 back, layer scale, beside an identity."""
    source = net.last
    net.add(f"{name}.block.0", DepthwiseConv2d(kernel=7, padding=3))
    net.add(f"{name}.block.2", LayerNorm())
    net.add(f"{name}.block.3", Conv2d(filters=4 * width, kernel=1))
    net.add(f"{name}.block.4", Gelu())
    net.add(f"{name}.block.5", Conv2d(filters=width, kernel=1))
    net.add(f"{name}.layer_scale", ChannelScale())
    net.add(f"{name}.add", Add(), net.last, source)


@block("convnext_stage")
def convnext_stage(net: NetworkBuilder, name: str, *, width: Count, blocks: Count) -> None:
    """A stage of liu2022, section 3: C and B."""
    for i in range(blocks):
        convnext_unit(net, f"{name}.{i}", width=width)


@block("convnext_downsample")
def convnext_downsample(net: NetworkBuilder, name: str, *, width: Count) -> None:
    """Layer normalisation and a 2×2 convolution in stride 2 (liu2022, section 2.6)."""
    net.add(f"{name}.0", LayerNorm())
    net.add(f"{name}.1", Conv2d(filters=width, kernel=2, stride=2))
