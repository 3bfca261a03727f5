"""Every op archdb knows: one small class each, all four facts in one place."""

from archdb.ops import (  # noqa: F401  (importing a module registers its ops)
    activation,
    along,
    arithmetic,
    attention,
    convolution,
    cutting,
    dense,
    einsum,
    joining,
    learned,
    moving,
    normalization,
    pooling,
    products,
    rearranging,
    recurrent,
    reduction,
    resampling,
    resizing,
    response_norm,
    sampling,
    scaling,
    sequence,
    shaping,
    smooth,
    transposed,
    transposed_axes,
    unary,
    unknown,
    vector_norm,
    volume,
    volume_pool,
)
from archdb.ops.base import BIAS, BUFFER, NORM, REGISTRY, WEIGHT, Gemm, Op, Tensor, Work, make

__all__ = ["BIAS", "BUFFER", "NORM", "REGISTRY", "WEIGHT", "Gemm", "Op", "Tensor", "Work", "make"]
