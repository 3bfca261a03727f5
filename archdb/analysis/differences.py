"""How the layers of two networks differ that bear the same name, change by change."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from archdb.model.graph import Network
    from archdb.ops import Op


#: What differs where a layer stands elsewhere: names do not tell, structure does.
MOVED = "moved"


class Change(NamedTuple):
    """One layer in which two networks differ: `what` is attribute, op, inputs, layer or MOVED."""

    what: str
    base: str
    here: str
    layer: str


class Definition(NamedTuple):
    """What defines a layer, in words: its op, what it reads, and the attributes that it states or
    leaves at their default, as '3', '1x7', '0,1,0,1', 'true'."""

    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, str]


Definitions = Mapping[str, Definition]


def definitions(network: Network) -> Definitions:
    """The definition of each layer, by name."""
    return {
        layer.name: Definition(
            layer.op.name,
            layer.inputs,
            op_attributes(layer.op) | {"weights_of": layer.weights_of or ""},
        )
        for layer in network
    }


def changes_between(there: Definitions, here: Definitions) -> list[Change]:
    """All differences between two networks, layers matched by name."""
    found: list[Change] = []
    for name in [*there, *(name for name in here if name not in there)]:
        if name not in here:
            found.append(Change("layer", there[name].op, "", name))
        elif name not in there:
            found.append(Change("layer", "", here[name].op, name))
        else:
            found += _layer_changes(name, there, here)
    return found


def _layer_changes(name: str, there: Definitions, here: Definitions) -> list[Change]:
    old, new = there[name], here[name]
    found = []
    before, after = _inputs(old, there, here), _inputs(new, here, there)
    if before != after:
        found.append(Change("inputs", before, after, name))
    if old.op != new.op:
        return [*found, Change("op", old.op, new.op, name)]
    return [
        *found,
        *(Change(*change, name) for change in attribute_changes(old.attributes, new.attributes)),
    ]


def _inputs(definition: Definition, own: Definitions, other: Definitions) -> str:
    """What a layer reads, looking through layers that the other network does not have: that they
    are gone is one difference, and not also one of every layer behind them."""
    names = []
    for name in definition.inputs:
        while name not in other and len(own[name].inputs) == 1:
            (name,) = own[name].inputs
        names.append(name)
    return ", ".join(names)


def attribute_changes(
    was: Mapping[str, str], now: Mapping[str, str]
) -> Iterable[tuple[str, str, str]]:
    """(attribute, before, after), by name; what is not stated is an empty text."""
    for name in sorted(was.keys() | now.keys()):
        before, after = was.get(name, ""), now.get(name, "")
        if before != after:
            yield name, before, after


def op_attributes(op: Op) -> dict[str, str]:
    """The attributes that an op states or leaves at their default, as text."""
    return attribute_texts({**op.declaration.left_out(), **op.attributes()})


def attribute_texts(values: Mapping[str, Any]) -> dict[str, str]:
    """Attribute values as text: padding by its sides, two numbers as height and width."""
    texts = {name: _text(value) for name, value in values.items()}
    padding = values.get("padding")
    if isinstance(padding, (list, tuple)):
        texts["padding"] = _pads(*padding)
    return texts


def _pair(height: int, width: int) -> str:
    return str(height) if height == width else f"{height}x{width}"


def _pads(top: int, bottom: int, left: int, right: int) -> str:
    if (top, left) == (bottom, right):
        return _pair(top, left)
    return f"{top},{bottom},{left},{right}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)) and all(isinstance(item, int) for item in value):
        return _pair(*value) if len(value) == 2 else "x".join(map(str, value))
    if isinstance(value, (list, tuple)):
        return json.dumps(value)
    return "" if value is None else str(value)


def summarize_changes(changes: Iterable[Change]) -> list[str]:
    """Changes in sentences, equal ones together: 'groups: 2 → 1 in conv2, conv4, conv5'."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for change in changes:
        together.setdefault(change[:3], []).append(change.layer)
    return [
        f"{what}: {base or 'none'} → {here or 'none'} in {some(layers)}"
        for (what, base, here), layers in together.items()
    ]


def some(layers: list[str]) -> str:
    """Names, the first six of many."""
    shown = ", ".join(layers[:6])
    return shown if len(layers) <= 6 else f"{shown} and {len(layers) - 6} more"
