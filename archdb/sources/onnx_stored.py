"""What an initialiser of an ONNX file is: learned, a statistic, or a constant."""

from __future__ import annotations

from math import prod

from archdb.sources.neutral import BUFFER, CONSTANT, PARAMETER, Tensor
from archdb.sources.onnx_parts import OnnxTensor


def stored_tensor(name: str, tensor: OnnxTensor, buffer: bool, learned: bool = False) -> Tensor:
    """Whole numbers and single ones are constants, unless they are known to be `learned`;
    statistics are buffers, all others are learned."""
    if learned and prod(tensor.shape) > 1:
        return Tensor(name, tensor.shape, tensor.dtype, PARAMETER, None)
    whole = tensor.dtype in ("int64", "int32", "bool", "string", "uint64")
    if whole or (prod(tensor.shape) == 1 and len(tensor.shape) <= 1):
        return Tensor(name, tensor.shape, tensor.dtype, CONSTANT, tensor.data)
    role = BUFFER if buffer else PARAMETER
    return Tensor(name, tensor.shape, tensor.dtype, role, None)
