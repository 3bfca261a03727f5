"""Rows of a paper's table that stand for several plain layers."""

from archdb.blocks.base import NetworkBuilder, block
from archdb.model.attributes import Count, Counts


@block("conv_stage")
def conv_stage(net: NetworkBuilder, name: str, *, width: Count, kernels: Counts) -> None:
    """Convolutions of one width, size kept, each with ReLU: a cell of simonyan2015, Table 1.

    Named as in the authors' Caffe files: stage conv3 holds conv3_1, relu3_1, conv3_2, ...
    """
    number = name.removeprefix("conv")
    for i, kernel in enumerate(kernels, start=1):
        net.conv_relu(f"{name}_{i}", f"relu{number}_{i}", width, kernel, padding=kernel // 2)
