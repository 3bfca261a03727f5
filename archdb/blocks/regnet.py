"""RegNet's block and stages, named by torchvision's module paths."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.mobilenet import excite, member_names, normed_conv
from archdb.model.attributes import Count, Flag
from archdb.ops.activation import Relu
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d

EPSILON = 1e-5


@block("regnet_unit")
def regnet_unit(
    net: NetworkBuilder,
    name: str,
    *,
    input: Count,
    width: Count,
    group_width: Count,
    stride: Count = 1,
    se: Flag = False,
) -> None:
    """The X block (radosavovic2020, Figure 4): 1×1, 3×3 in groups of `group_width` channels,
    1×1, without a bottleneck (b = 1), beside a shortcut that is a 1×1 convolution where the
    shape changes. The Y block squeezes and excites behind the 3×3, to a quarter of the
    channels that come in (section 4)."""
    source = straight = net.last
    if stride > 1 or input != width:
        projection = Conv2d(filters=width, kernel=1, stride=stride, bias=False)
        straight = normed_conv(net, member_names(f"{name}.proj"), projection, epsilon=EPSILON)
        net.last = source
    pointwise = Conv2d(filters=width, kernel=1, bias=False)
    groups = width // group_width
    grouped = Conv2d(filters=width, kernel=3, stride=stride, padding=1, groups=groups, bias=False)
    normed_conv(net, member_names(f"{name}.f.a"), pointwise, "relu", EPSILON)
    normed_conv(net, member_names(f"{name}.f.b"), grouped, "relu", EPSILON)
    if se:
        excite(net, f"{name}.f.se", width, input // 4)
    normed_conv(net, member_names(f"{name}.f.c"), pointwise, epsilon=EPSILON)
    net.add(f"{name}.add", Add(), straight, net.last)
    net.add(f"{name}.activation", Relu())


@block("regnet_stage")
def regnet_stage(
    net: NetworkBuilder,
    name: str,
    *,
    input: Count,
    width: Count,
    depth: Count,
    group_width: Count,
    se: Flag = False,
) -> None:
    """`depth` blocks of `width` channels, the first in stride 2: w_i and d_i of radosavovic2020,
    Figures 15 and 16. Blocks of trunk_output.block1 are called block1-0, block1-1, ..."""
    own = name.rpartition(".")[2]
    for i in range(depth):
        shape = {"input": input, "stride": 2} if i == 0 else {"input": width}
        unit = f"{name}.{own}-{i}"
        regnet_unit(net, unit, width=width, group_width=group_width, se=se, **shape)
