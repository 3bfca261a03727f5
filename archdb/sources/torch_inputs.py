"""What a module is run on: tensors of its shapes on the meta device, which have no numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import nn
from torch.nn.parameter import is_lazy

from archdb.errors import DefinitionError


def without_numbers(tensor: Any) -> Any:
    """A tensor of that shape without numbers, a parameter if it is one."""
    empty = torch.empty_like(tensor, device="meta")
    if isinstance(tensor, nn.Parameter):
        return nn.Parameter(empty, requires_grad=tensor.requires_grad)
    return empty


class Fed(NamedTuple):
    """What a module is called with, and the tensors among it by the names of inputs."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    tensors: dict[str, Any]


def shapes_of(inputs: Sequence[Any]) -> list[tuple[int, ...]]:
    """The shapes without the batch of all that a module is given."""
    return [_shape(given) for given in _each(inputs).values() if given is not None]


def fed(inputs: Sequence[Any], batch: int) -> Fed:
    """The arguments on the meta device: those in their places are called input, input2, …, those
    of a mapping by their keys. None stays what it is."""
    named = _each(inputs)
    made = {name: None if x is None else _example(x, batch) for name, x in named.items()}
    keys = {key for given in inputs if isinstance(given, Mapping) for key in given}
    return Fed(
        tuple(made[name] for name in named if name not in keys),
        {name: made[name] for name in named if name in keys},
        {name: tensor for name, tensor in made.items() if tensor is not None},
    )


def _each(inputs: Sequence[Any]) -> dict[str, Any]:
    """What a module is given, by the names that inputs get."""
    named: dict[str, Any] = {}
    place = 0
    for given in inputs:
        if isinstance(given, Mapping):
            named |= {str(key): value for key, value in given.items()}
        else:
            place += 1
            named[f"input{place}" if place > 1 else "input"] = given
    return named


def _shape(given: Any) -> tuple[int, ...]:
    shape = given.shape[1:] if isinstance(given, torch.Tensor) else given
    if not isinstance(shape, Sequence) or not all(type(n) is int and n > 0 for n in shape):
        raise DefinitionError(
            f"an input is {given!r:.60}, which is neither a shape nor a tensor",
            remedy="give shapes without the batch, (3, 224, 224), tensors with it, None, or a"
            " dictionary of these by the names of arguments",
        )
    return tuple(shape)


def _example(given: Any, batch: int) -> Any:
    """An input on the meta device; of one extent it is tokens, if it is no tensor itself."""
    shape = (batch, *_shape(given))
    if isinstance(given, torch.Tensor):
        return torch.empty(shape, dtype=given.dtype, device="meta")
    return torch.empty(shape, dtype=torch.long if len(shape) == 2 else torch.float32, device="meta")


def written_to(args: tuple[Any, ...]) -> int:
    """How often the first argument was written into, if it is a tensor."""
    return int(args[0]._version) if args and isinstance(args[0], torch.Tensor) else 0


def tensors_in(value: Any) -> Iterator[Any]:
    """The tensors in what a function or a network gives."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from tensors_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from tensors_in(item)


def stored_shape(key: str, tensor: Any) -> Sequence[int]:
    """The shape of a parameter or buffer; a lazy module has none before it has seen an input."""
    if is_lazy(tensor):
        raise DefinitionError(
            f"has no shape for '{key}' yet",
            remedy="a lazy module takes it from its first input: call the module once before",
        )
    return tuple(tensor.shape)
