"""What a module is run on: tensors of its shapes on the meta device, which have no numbers."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn


def without_numbers(tensor: Any) -> Any:
    """A tensor of that shape without numbers, a parameter if it is one."""
    empty = torch.empty_like(tensor, device="meta")
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(empty, requires_grad=tensor.requires_grad)
    return empty


def shape_of(given: Any) -> tuple[int, ...]:
    return tuple(given.shape[1:]) if isinstance(given, torch.Tensor) else tuple(given)


def example(given: Any, batch: int) -> Any:
    """An input on the meta device; of one extent it is tokens, if it is no tensor itself."""
    shape = (batch, *shape_of(given))
    if isinstance(given, torch.Tensor):
        return torch.empty(shape, dtype=given.dtype, device="meta")
    return torch.empty(shape, dtype=torch.long if len(shape) == 2 else torch.float32, device="meta")
