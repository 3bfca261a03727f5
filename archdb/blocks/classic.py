"""Stages of later re-issues of the classic nets."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Counts
from archdb.ops.activation import Relu
from archdb.ops.convolution import Conv2d
from archdb.ops.normalization import BatchNorm


@block("conv_bn_stage")
def conv_bn_stage(net: NetworkBuilder, name: str, *, width: Count, kernels: Counts) -> None:
    """A conv_stage with batch normalisation before each ReLU; the convolutions keep their biases,
    as torchvision's VGG nets have it (models/vgg.py, make_layers)."""
    number = name.removeprefix("conv")
    for i, kernel in enumerate(kernels, start=1):
        conv = Conv2d(filters=width, kernel=kernel, padding=kernel // 2)
        net.add(f"{name}_{i}", conv)
        net.add(f"bn{number}_{i}", BatchNorm())
        net.add(f"relu{number}_{i}", Relu())
