"""Torch's functions by name: what ATen calls them, and their arguments in order."""

from __future__ import annotations

from typing import Any

from archdb.sources.torch_arguments import ARGUMENTS, SYNONYMS

#: Methods, operators and functions that ATen has under another name.
RENAMED = {
    "__matmul__": "matmul",
    "__rmatmul__": "rmatmul",
    "__getitem__": "getitem",
    "__setitem__": "setitem",
    "__rsub__": "rsub",
    "__rtruediv__": "rdiv",
    "__rdiv__": "rdiv",
    "__rpow__": "rpow",
    "__neg__": "neg",
    "negative": "neg",
    "subtract": "sub",
    "multiply": "mul",
    "divide": "div",
    "true_divide": "div",
    "concat": "cat",
    "concatenate": "cat",
    "swapaxes": "transpose",
    "swapdims": "transpose",
    "moveaxis": "movedim",
    "hardswish": "hard_swish",
    "hardsigmoid": "hard_sigmoid",
    "upsample": "interpolate",
    "clip": "clamp",
    "view_as": "reshape_as",
    "absolute": "abs",
    "gather": "take_along_dim",
}
#: Methods that take one list as several arguments: x.view(2, 3) and x.view([2, 3]).
SPREAD = {"reshape", "view", "expand", "permute", "repeat", "tile", "flip", "einsum"}


def kind_of(name: str) -> str:
    """The kind of a function of that name: add for add_, __iadd__ and torch.add."""
    if name in RENAMED:
        return RENAMED[name]
    bare = name
    if name.startswith("__") and name.endswith("__"):
        bare = name.strip("_")
        bare = bare[1:] if bare[:1] in "ir" and bare[1:] in _OPERATORS else bare
        bare = {"truediv": "div"}.get(bare, bare)
    elif name.endswith("_") and not name.startswith("_"):
        bare = name.rstrip("_")
    return RENAMED.get(bare, bare)


_OPERATORS = {"add", "sub", "mul", "truediv", "div", "pow", "matmul", "and", "or"}


def arguments_of(kind: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """The arguments of a call by name; those without a name by their place, '0', '1', …"""
    names = ARGUMENTS.get(kind, ("input",))
    if kind in SPREAD and len(args) > 2:
        args = (args[0], list(args[1:]))
    found = {
        names[place] if place < len(names) else str(place): value
        for place, value in enumerate(args)
    }
    return found | {SYNONYMS.get(name, name): value for name, value in kwargs.items()}
