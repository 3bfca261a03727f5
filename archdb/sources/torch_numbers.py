"""Numbers that a forward pass asks for and that depend on shapes alone, as whether a mask of ones
is all ones: worked out on the processor, since the meta device has none."""

from __future__ import annotations

from math import prod
from typing import Any, NamedTuple

import torch

#: What is asked of a tensor for its numbers.
ASKED = {"item", "tolist", "__bool__", "__int__", "__float__", "__index__", "is_nonzero", "equal"}
#: No tensor of more elements is worked out.
LARGEST = 2**22
#: Functions whose numbers nobody can foretell.
_UNTOLD = (
    "rand",
    "empty",
    "normal",
    "bernoulli",
    "multinomial",
    "dropout",
    "uniform",
    "exponential",
)


class _Made(NamedTuple):
    """A tensor that depends on no input and no weight: the call that gives it, and which of what
    that gives it is."""

    func: Any
    args: Any
    kwargs: Any
    place: int


class Numbers:
    """How tensors that depend on shapes alone were made, by the tensors' ids."""

    def __init__(self) -> None:
        self.made: dict[int, _Made] = {}

    def note(self, func: Any, args: Any, kwargs: Any, out: list[Any]) -> None:
        """Remember a call; what reads other tensors than such is forgotten."""
        name = getattr(func, "__name__", "")
        told = self._told((args, kwargs))
        known = told is not None and not any(word in name for word in _UNTOLD)
        for place, tensor in enumerate(out):
            self.made.pop(id(tensor), None)
            if known and prod(tensor.shape) <= LARGEST:
                self.made[id(tensor)] = _Made(func, told[0], told[1], place)

    def written(self, tensor: Any) -> None:
        """What was written into has other numbers than it was made with, and so may its views."""
        if id(tensor) in self.made or id(tensor._base) in self.made:
            self.made.clear()

    def real(self, tensor: Any) -> Any:
        """The tensor with its numbers; None where they depend on more than shapes."""
        made = self.made.get(id(tensor))
        return None if made is None else _worked_out(made, {})

    def _told(self, value: Any) -> Any:
        """Arguments with how their tensors were made; None where one is unknown."""
        if isinstance(value, torch.Tensor):
            return self.made.get(id(value))
        if isinstance(value, dict):
            found = {key: self._told(item) for key, item in value.items()}
            lost = any(found[key] is None for key in value if value[key] is not None)
            return None if lost else found
        if isinstance(value, list | tuple) and not isinstance(value, torch.Size):
            items = [self._told(item) for item in value]
            lost = any(
                new is None for new, old in zip(items, value, strict=True) if old is not None
            )
            return None if lost else type(value)(items)
        return value


def _worked_out(made: _Made, known: dict[int, Any]) -> Any:
    """The tensor, on the processor, by the calls that lead to it."""
    if id(made) not in known:
        args, kwargs = _real(made.args, known), _real(made.kwargs, known)
        if "device" in kwargs:
            kwargs = {**kwargs, "device": "cpu"}
        out = made.func(*[_here(arg) for arg in args], **kwargs)
        known[id(made)] = out if isinstance(out, list | tuple) else [out]
    return known[id(made)][made.place]


def _here(argument: Any) -> Any:
    """A device that is told in its place, as the processor."""
    told = str(argument) == "meta" and isinstance(argument, str | torch.device)
    return "cpu" if told else argument


def _real(value: Any, known: dict[int, Any]) -> Any:
    if isinstance(value, _Made):
        return _worked_out(value, known)
    if isinstance(value, dict):
        return {key: _real(item, known) for key, item in value.items()}
    if isinstance(value, list | tuple) and not isinstance(value, torch.Size):
        return type(value)(_real(item, known) for item in value)
    return value
