"""Ghost modules and bottlenecks, named by the module paths of the authors' PyTorch file."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.mobilenet import Names, member_names, normed_conv
from archdb.blocks.widths import scale_channels
from archdb.model.attributes import Count, Flag
from archdb.ops.activation import HardSigmoid, Relu
from archdb.ops.arithmetic import Add, Multiply
from archdb.ops.convolution import Conv2d, DepthwiseConv2d
from archdb.ops.joining import Concat
from archdb.ops.pooling import GlobalAvgPool2d

EPSILON = 1e-5


@block("ghost_module")
def ghost_module(net: NetworkBuilder, name: str, *, out: Count, relu: Flag) -> None:
    """Ghost module (han2020, Figure 2b): half of the `out` maps by a 1×1 convolution, the other
    half from those by a depthwise 3×3 (ratio s = 2, kernel d = 3)."""
    activation = "relu" if relu else ""
    primary = Conv2d(filters=out // 2, kernel=1, bias=False)
    cheap = DepthwiseConv2d(kernel=3, padding=1, bias=False)
    names = member_names(f"{name}.primary_conv"), member_names(f"{name}.cheap_operation")
    intrinsic = normed_conv(net, names[0], primary, activation, EPSILON)
    ghosts = normed_conv(net, names[1], cheap, activation, EPSILON)
    net.add(f"{name}.cat", Concat(), intrinsic, ghosts)


@block("ghost_bottleneck")
def ghost_bottleneck(
    net: NetworkBuilder,
    name: str,
    *,
    input: Count,
    kernel: Count,
    exp: Count,
    out: Count,
    se: Flag = False,
    stride: Count,
) -> None:
    """Ghost bottleneck (han2020, Figure 3; a row of Table 1): a ghost module to `exp` maps, a
    depthwise convolution where the map is halved, squeeze-and-excitation where `se`, a linear
    ghost module to `out`. The shortcut is depthwise and 1×1 where the shape changes."""
    source = net.last
    depthwise = DepthwiseConv2d(kernel=kernel, stride=stride, padding=kernel // 2, bias=False)
    ghost_module(net, f"{name}.ghost1", out=exp, relu=True)
    if stride > 1:
        normed_conv(net, _pair(f"{name}.conv_dw", f"{name}.bn_dw"), depthwise, epsilon=EPSILON)
    if se:
        _excite(net, f"{name}.se", exp)
    ghost_module(net, f"{name}.ghost2", out=out, relu=False)
    branch, straight = net.last, source
    if stride > 1 or input != out:
        net.last = source
        path = [f"{name}.shortcut.{i}" for i in range(4)]
        normed_conv(net, _pair(path[0], path[1]), depthwise, epsilon=EPSILON)
        pointwise = Conv2d(filters=out, kernel=1, bias=False)
        straight = normed_conv(net, _pair(path[2], path[3]), pointwise, epsilon=EPSILON)
    net.add(f"{name}.add", Add(), branch, straight)


def _pair(conv: str, norm: str) -> Names:
    """A convolution and its normalisation, without an activation."""
    return conv, norm, ""


def _excite(net: NetworkBuilder, name: str, channels: int) -> None:
    """Squeeze-and-excitation to a quarter of the channels, rounded to multiples of 4."""
    maps = net.last
    net.add(f"{name}.avg_pool", GlobalAvgPool2d())
    net.add(f"{name}.conv_reduce", Conv2d(filters=scale_channels(channels, 0.25, 4), kernel=1))
    net.add(f"{name}.act1", Relu())
    net.add(f"{name}.conv_expand", Conv2d(filters=channels, kernel=1))
    factors = net.add(f"{name}.gate_fn", HardSigmoid())
    net.add(f"{name}.mul", Multiply(), maps, factors)
