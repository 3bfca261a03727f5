"""The universal inverted bottleneck of MobileNetV4, named by timm's module paths."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.mobilenet import Names, normed_conv
from archdb.model.attributes import Count, Size
from archdb.ops import Op
from archdb.ops.arithmetic import Add
from archdb.ops.convolution import Conv2d, DepthwiseConv2d


def _names(name: str) -> Names:
    return f"{name}.conv", f"{name}.bn", f"{name}.act"


def _depthwise(kernel: int, stride: int) -> Op:
    conv: Op = DepthwiseConv2d(kernel=kernel, stride=stride, padding="same", bias=False)
    return conv


@block("uib")
def uib(
    net: NetworkBuilder,
    name: str,
    *,
    input: Count,
    start: Size = 0,
    middle: Size = 0,
    expand: Count,
    out: Count,
    stride: Count = 1,
) -> None:
    """Universal inverted bottleneck (qin2024, section 3): a depthwise convolution, 1×1 to `expand`
    times the channels with ReLU, a depthwise convolution with ReLU, 1×1 to `out`, each normalised,
    beside an identity. A depthwise convolution of kernel 0 is left out: both are ExtraDW, the
    second alone IB, the first alone ConvNext, none FFN. The last of them has the stride."""
    source, wide = net.last, input * expand
    if start:
        own = 1 if middle else stride
        normed_conv(net, _names(f"{name}.dw_start"), _depthwise(start, own))
    normed_conv(net, _names(f"{name}.pw_exp"), Conv2d(filters=wide, kernel=1, bias=False), "relu")
    if middle:
        normed_conv(net, _names(f"{name}.dw_mid"), _depthwise(middle, stride), "relu")
    normed_conv(net, _names(f"{name}.pw_proj"), Conv2d(filters=out, kernel=1, bias=False))
    if stride == 1 and input == out:
        net.add(f"{name}.add", Add(), net.last, source)


@block("conv_norm_relu")
def conv_norm_relu(
    net: NetworkBuilder, name: str, *, filters: Count, kernel: Count, stride: Count = 1
) -> None:
    """A convolution, batch normalisation and ReLU: what stands before and behind the
    universal inverted bottlenecks (qin2024, section 5)."""
    conv = Conv2d(filters=filters, kernel=kernel, stride=stride, padding="same", bias=False)
    normed_conv(net, _names(name), conv, "relu")
