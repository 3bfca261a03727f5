"""Depthwise separable convolutions, inverted residuals and what the MobileNets make of them.

MobileNet v1 and v2 are named as in the authors' TF-slim files: a convolution, its /BatchNorm and
its /Relu. MobileNetV3 is named by torchvision's module paths: .0, .1 and .2 of the same.
"""

from collections.abc import Callable
from functools import partial
from itertools import count
from typing import Annotated

from archdb.blocks.base import NetworkBuilder, block
from archdb.blocks.widths import MOBILENET_V2, MOBILENET_V3, scale_channels
from archdb.model.attributes import Count, Flag, Number, choice
from archdb.ops import Op, make
from archdb.ops.arithmetic import Add, Multiply
from archdb.ops.convolution import Conv2d, DepthwiseConv2d
from archdb.ops.factor import Factor
from archdb.ops.normalization import BatchNorm
from archdb.ops.pooling import GlobalAvgPool2d

#: The non-linearities of these networks.
Activation = Annotated[str, choice("relu", "relu6", "hard_swish", "swish")]
#: The names of a convolution, of its normalisation and of its activation.
Names = tuple[str, str, str]


def slim(name: str, activation: str = "") -> Names:
    """TF's names, which call an activation by its op."""
    return name, f"{name}/BatchNorm", f"{name}/{activation.capitalize()}"


def member_names(name: str, activation: str = "") -> Names:
    """PyTorch's names for the members of a sequence."""
    return f"{name}.0", f"{name}.1", f"{name}.2"


def normed_conv(
    net: NetworkBuilder, names: Names, conv: Op, activation: str = "", epsilon: float = 1e-3
) -> str:
    """A convolution, its batch normalisation and, unless it is linear, its activation."""
    net.add(names[0], conv)
    last = net.add(names[1], BatchNorm(epsilon=epsilon))
    return net.add(names[2], make(activation, {})) if activation else last


def excite(
    net: NetworkBuilder,
    name: str,
    channels: int,
    squeezed: int,
    inner: str = "relu",
    gate: str = "sigmoid",
) -> str:
    """Squeeze-and-excitation in 1×1 convolutions, named by torchvision's module paths."""
    maps = net.last
    net.add(f"{name}.avgpool", GlobalAvgPool2d())
    net.add(f"{name}.fc1", Conv2d(filters=squeezed, kernel=1))
    net.add(f"{name}.activation", make(inner, {}))
    net.add(f"{name}.fc2", Conv2d(filters=channels, kernel=1))
    factors = net.add(f"{name}.scale_activation", make(gate, {}))
    return net.add(f"{name}.mul", Multiply(), maps, factors)


def inverted(
    net: NetworkBuilder,
    part: Callable[[str], str],
    names: Callable[..., Names],
    *,
    expanded: int,
    depthwise: Op,
    squeeze: Callable[[str], object] | None = None,
    out: int,
    activation: str,
    epsilon: float = 1e-3,
) -> None:
    """The branch of an inverted residual: 1×1 to `expanded` channels (0: as many as there are,
    so it is left out), depthwise convolution, perhaps squeeze-and-excitation, linear 1×1 to
    `out`. `part` says what expand, depthwise, squeeze and project are called."""
    if expanded:
        widen = Conv2d(filters=expanded, kernel=1, bias=False)
        normed_conv(net, names(part("expand"), activation), widen, activation, epsilon)
    normed_conv(net, names(part("depthwise"), activation), depthwise, activation, epsilon)
    if squeeze:
        squeeze(part("squeeze"))
    narrow = Conv2d(filters=out, kernel=1, bias=False)
    normed_conv(net, names(part("project")), narrow, epsilon=epsilon)


def sequence(name: str) -> Callable[[str], str]:
    """Parts that a release numbers in order: name.0, name.1, ..."""
    numbers = count()
    return lambda part: f"{name}.{next(numbers)}"


@block("scaled_conv_slim")
def scaled_conv_slim(
    net: NetworkBuilder,
    name: str,
    *,
    filters: Count,
    kernel: Count,
    stride: Count = 1,
    symmetric: Flag = False,
    activation: Activation,
    width: Factor = 1.0,
) -> None:
    """A convolution of `filters` times `width`, normalised and activated, as TF-slim names it;
    `symmetric` where it is padded by half its kernel, and not as TensorFlow does."""
    conv = Conv2d(
        filters=scale_channels(filters, width),
        kernel=kernel,
        stride=stride,
        padding=kernel // 2 if symmetric else "same",
        bias=False,
    )
    normed_conv(net, slim(name, activation), conv, activation)


@block("conv_norm")
def conv_norm(
    net: NetworkBuilder,
    name: str,
    *,
    filters: Count,
    kernel: Count,
    stride: Count = 1,
    activation: Activation,
    epsilon: Number = 1e-5,
) -> None:
    """A convolution without bias padded by half its kernel, batch normalisation, activation:
    torchvision's Conv2dNormActivation."""
    half = kernel // 2
    conv = Conv2d(filters=filters, kernel=kernel, stride=stride, padding=half, bias=False)
    normed_conv(net, member_names(name), conv, activation, epsilon)


@block("depthwise_separable")
def depthwise_separable(
    net: NetworkBuilder, name: str, *, out: Count, stride: Count = 1, width: Factor = 1.0
) -> None:
    """Depthwise 3×3 and pointwise 1×1 convolution, each normalised, with ReLU (howard2017,
    Figure 3, right): a pair of rows of Table 1. `out` is unscaled."""
    depthwise = DepthwiseConv2d(kernel=3, stride=stride, padding="same", bias=False)
    normed_conv(net, slim(f"{name}_depthwise", "relu"), depthwise, "relu")
    pointwise = Conv2d(filters=scale_channels(out, width), kernel=1, bias=False)
    normed_conv(net, slim(f"{name}_pointwise", "relu"), pointwise, "relu")


@block("inverted_residual", MOBILENET_V2)
def inverted_residual(
    net: NetworkBuilder,
    name: str,
    *,
    input: Count,
    t: Count = 6,
    c: Count,
    s: Count = 1,
    width: Factor = 1.0,
) -> None:
    """Bottleneck with inverted residual (sandler2018, Table 1; Figure 4d): from `input` channels
    expanded `t` times to `c`, in stride `s`. `input` and `c` are unscaled."""
    source, narrow, out = net.last, scale_channels(input, width), scale_channels(c, width)
    inverted(
        net,
        lambda part: f"{name}/{part}",
        slim,
        expanded=narrow * t if t > 1 else 0,
        depthwise=DepthwiseConv2d(kernel=3, stride=s, padding="same", bias=False),
        out=out,
        activation="relu6",
    )
    if s == 1 and narrow == out:
        net.add(f"{name}/add", Add(), net.last, source)


@block("inverted_residual_stage", MOBILENET_V2)
def inverted_residual_stage(
    net: NetworkBuilder,
    name: str,
    *,
    first: Count,
    input: Count,
    t: Count,
    c: Count,
    n: Count,
    s: Count,
    width: Factor = 1.0,
) -> None:
    """A row of sandler2018, Table 2: `n` bottlenecks, the first in stride `s`. Units are called
    expanded_conv_`first` and on, as the authors' file numbers them."""
    for i in range(n):
        shape = {"input": input, "s": s} if i == 0 else {"input": c}
        inverted_residual(net, f"expanded_conv_{first + i}", t=t, c=c, width=width, **shape)


@block("bneck", MOBILENET_V3)
def bneck(
    net: NetworkBuilder,
    name: str,
    *,
    input: Count,
    k: Count,
    exp: Count,
    out: Count,
    se: Flag = False,
    nl: Annotated[str, choice("RE", "HS")],
    s: Count,
) -> None:
    """Bottleneck of MobileNetV3 (howard2019, Figure 4; a row of Tables 1 and 2): kernel `k`,
    `exp` channels within, squeeze-and-excitation to a quarter of them where `se` (section 5.3),
    non-linearity `nl`."""
    source = net.last
    gate = partial(
        excite, net, channels=exp, squeezed=scale_channels(exp, 0.25), gate="hard_sigmoid"
    )
    inverted(
        net,
        sequence(f"{name}.block"),
        member_names,
        expanded=exp if exp != input else 0,
        depthwise=DepthwiseConv2d(kernel=k, stride=s, padding=k // 2, bias=False),
        squeeze=gate if se else None,
        out=out,
        activation="relu" if nl == "RE" else "hard_swish",
    )
    if s == 1 and input == out:
        net.add(f"{name}.add", Add(), net.last, source)
