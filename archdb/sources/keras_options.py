"""What a function of Keras is told: by its configuration, or among the arguments of a call."""

from __future__ import annotations

from typing import Any

from archdb.sources.keras_config import Ref, refs
from archdb.sources.keras_net import Call

#: Of every layer, whatever it does.
ABOUT = ("name", "function", "trainable", "dtype")


def option(call: Call, name: str, default: Any = None) -> Any:
    """One option; the default where it is not told, or told to be none."""
    found = call.config.get(name)
    if found is None:
        found = call.node.kwargs.get(name)
    return default if found is None else found


def options(call: Call, *known: str) -> dict[str, Any]:
    """What else a function is told that may change what it does."""
    told = {**call.config, **call.node.kwargs}
    beside = {
        name: value
        for name, value in told.items()
        if name not in (*ABOUT, *known) and value is not None and next(refs(value), None) is None
    }
    for at, value in enumerate(call.node.args[1:], 1):
        if not isinstance(value, Ref) and value is not None and not isinstance(value, list):
            beside[f"argument {at}"] = value
    return beside


def several(value: Any) -> list[Any]:
    """A list, of one where a value stands alone, of none where there is none."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
