"""Stages of networks that label every pixel: dilated VGG, SegNet, U-Net and the context module."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Counts, Flag, Offset, Text
from archdb.ops.activation import Dropout, Relu
from archdb.ops.convolution import Conv2d
from archdb.ops.joining import Concat
from archdb.ops.normalization import BatchNorm
from archdb.ops.shaping import Crop2d
from archdb.ops.transposed import ConvTranspose2d


@block("dilated_stage")
def dilated_stage(
    net: NetworkBuilder,
    name: str,
    *,
    width: Count,
    convs: Count,
    padding: Offset,
    dilation: Count = 1,
) -> None:
    """3×3 convolutions of one width with ReLU, as a stage of VGG but with padding and dilation
    of their own (chen2015, section 3.1; yu2016, section 4)."""
    number = name.removeprefix("conv")
    rest = {"padding": padding, "dilation": dilation}
    for i in range(1, convs + 1):
        net.conv_relu(f"{name}_{i}", f"relu{number}_{i}", width, 3, **rest)


@block("bilinear_upsampling")
def bilinear_upsampling(
    net: NetworkBuilder, name: str, *, classes: Count, kernel: Count, stride: Count
) -> None:
    """Scores made `stride` times as fine by a transposed convolution that is fixed at bilinear
    interpolation (long2015, section 3.3); dense over the classes, as Caffe computes it."""
    rest = {"stride": stride, "bias": False, "fixed": True}
    net.add(name, ConvTranspose2d(filters=classes, kernel=kernel, **rest))


@block("context_layer")
def context_layer(
    net: NetworkBuilder, name: str, *, width: Count, dilation: Count, padding: Offset
) -> None:
    """A column of yu2016, Table 1: a dilated 3×3 convolution and its truncation, max(0, x)."""
    relu = name.replace("conv", "relu") if "conv" in name else f"{name}_relu"
    net.conv_relu(name, relu, width, 3, padding=padding, dilation=dilation)


@block("segnet_encoder")
def segnet_encoder(net: NetworkBuilder, name: str, *, width: Count, convs: Count) -> None:
    """Convolutions of one width, each with batch normalisation and ReLU, before a pool
    (badrinarayanan2017, Figure 2)."""
    number = name.removeprefix("conv")
    for i in range(1, convs + 1):
        _conv_bn_relu(net, f"{name}_{i}", f"relu{number}_{i}", width)


@block("segnet_decoder")
def segnet_decoder(net: NetworkBuilder, name: str, *, widths: Counts) -> None:
    """The mirror image of an encoder, behind its upsampling (badrinarayanan2017, Figure 2): the
    layers count down, from that of the encoder's last convolution."""
    stage = name.removesuffix("_D")
    number = stage.removeprefix("conv")
    for i, width in zip(range(len(widths), 0, -1), widths, strict=True):
        _conv_bn_relu(net, f"{stage}_{i}_D", f"relu{number}_{i}_D", width)


def _conv_bn_relu(net: NetworkBuilder, name: str, relu: str, width: int) -> None:
    """A 3×3 convolution with bias, as Caffe-SegNet has it, its normalisation and its ReLU."""
    net.add(name, Conv2d(filters=width, kernel=3, padding=1))
    net.add(f"{name}_bn", BatchNorm())
    net.add(relu, Relu())


@block("unet_down")
def unet_down(net: NetworkBuilder, name: str, *, width: Count, dropout: Flag = False) -> None:
    """A level of the contracting path: two unpadded 3×3 convolutions with ReLU
    (ronneberger2015, Figure 1); maps a, b, c of level `name`, as in the authors' Caffe files."""
    net.conv_relu(f"conv_{name}a-b", f"relu_{name}b", width, 3)
    net.conv_relu(f"conv_{name}b-c", f"relu_{name}c", width, 3)
    if dropout:
        net.add(f"dropout_{name}c", Dropout(rate=0.5))


@block("unet_up")
def unet_up(net: NetworkBuilder, name: str, *, width: Count, skip: Text) -> None:
    """A level of the expansive path (ronneberger2015, Figure 1): a 2×2 up-convolution, the map
    of the same level (layer `skip`) cropped to its size, and two unpadded 3×3 convolutions with
    ReLU over both."""
    below, level = net.last.rpartition("_")[2], name.replace("u", "d")
    up = ConvTranspose2d(filters=width, kernel=2, stride=2)
    upsampled = net.add(f"upconv_{below}_{name}a", up)
    cropped = net.add(f"crop_{level}c-{level}cc", Crop2d(), skip, upsampled)
    net.add(f"concat_{level}cc_{name}a-b", Concat(), upsampled, cropped)
    net.conv_relu(f"conv_{name}b-c", f"relu_{name}c", width, 3)
    net.conv_relu(f"conv_{name}c-d", f"relu_{name}d", width, 3)
