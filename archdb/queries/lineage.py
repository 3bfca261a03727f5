"""Variants: how they say they differ from their base, and how their rows really do."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.queries.result import Result

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

PAIRS = ("kernel", "stride", "dilation")
PADS = ("pad_top", "pad_bottom", "pad_left", "pad_right")
SCALARS = ("groups", "filters", "units", "bias", "rounding")


class Change(NamedTuple):
    """One layer in which two networks differ: `what` is an attribute, op, inputs or layer."""

    what: str
    base: str
    here: str
    layer: str


Rows = dict[str, dict[str, Any]]


def differences(reader: Reader, base: str, variant: str) -> list[Change]:
    """All differences between the layer rows of two networks, layers matched by name."""
    return between(*(definition_rows(reader, name) for name in (base, variant)))


def between(there: Rows, here: Rows) -> list[Change]:
    """All differences between two definitions, layers matched by name."""
    found: list[Change] = []
    for name in [*there, *(name for name in here if name not in there)]:
        if name not in here:
            found.append(Change("layer", there[name]["op"], "", name))
        elif name not in there:
            found.append(Change("layer", "", here[name]["op"], name))
        else:
            found += _changes(name, there, here)
    return found


def definition_rows(reader: Reader, network: str) -> Rows:
    """The rows that define a network, by layer."""
    return {row["layer"]: row for row in reader.run_named("definition", name=network).to_dicts()}


def _changes(name: str, there: Rows, here: Rows) -> list[Change]:
    old, new = there[name], here[name]
    found = []
    before, after = _inputs(old, there, here), _inputs(new, here, there)
    if before != after:
        found.append(Change("inputs", before, after, name))
    if old["op"] != new["op"]:
        return [*found, Change("op", old["op"], new["op"], name)]
    was, now = _attributes(old), _attributes(new)
    changed = (w for w in sorted(was.keys() | now.keys()) if was.get(w, "") != now.get(w, ""))
    return [*found, *(Change(w, was.get(w, ""), now.get(w, ""), name) for w in changed)]


def _inputs(row: dict[str, Any], own: Rows, other: Rows) -> str:
    """What a layer reads, looking through layers that the other network does not have: that they
    are gone is one difference, and not also one of every layer behind them."""
    names = []
    for name in json.loads(row["inputs"]):
        while name not in other and len(json.loads(own[name]["inputs"])) == 1:
            (name,) = json.loads(own[name]["inputs"])
        names.append(name)
    return ", ".join(names)


def _attributes(row: dict[str, Any]) -> dict[str, str]:
    """All attributes that a layer row states or leaves at their default, as text: '3', '1x7',
    '0,1,0,1', 'true'."""
    from archdb.ops import REGISTRY  # start-up counts, and few commands compare attributes

    found = {name: _pair(row[f"{name}_h"], row[f"{name}_w"]) for name in PAIRS}
    found["padding"] = row["padding"] or ""
    if row["padding"] == "explicit":
        found["padding"] = _pads(*(row[pad] for pad in PADS))
    for name in SCALARS:
        found[name] = "" if row[name] is None else str(row[name])
    found["weights_of"] = row["weights_of"] or ""
    if row["bias"] is not None:
        found["bias"] = "true" if row["bias"] else "false"
    own = json.loads(row["attributes"]) if row["attributes"] else {}
    if row["op"] in REGISTRY:
        own = REGISTRY[row["op"]].declaration.left_out() | own
    return found | {name: _text(value) for name, value in own.items()}


def _pair(height: int | None, width: int | None) -> str:
    if height is None:
        return ""
    return str(height) if height == width else f"{height}x{width}"


def _pads(top: int, bottom: int, left: int, right: int) -> str:
    if (top, left) == (bottom, right):
        return _pair(top, left)
    return f"{top},{bottom},{left},{right}"


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list) and all(isinstance(item, int) for item in value):
        return _pair(*value) if len(value) == 2 else "x".join(map(str, value))
    if isinstance(value, list):
        return json.dumps(value)
    return "" if value is None else str(value)


def summarize_changes(changes: Iterable[Change]) -> list[str]:
    """Changes in sentences, equal ones together: 'groups: 2 → 1 in conv2, conv4, conv5'."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for change in changes:
        together.setdefault(change[:3], []).append(change.layer)
    return [
        f"{what}: {base or 'none'} → {here or 'none'} in {_some(layers)}"
        for (what, base, here), layers in together.items()
    ]


def _some(layers: list[str]) -> str:
    shown = ", ".join(layers[:6])
    return shown if len(layers) <= 6 else f"{shown} and {len(layers) - 6} more"


def lineage(reader: Reader, name: str) -> Result:
    """The stated differences of a network from its base, and of that from its own, and so on."""
    line = reader.run_named("ancestors", name=reader.resolve(name)).column("name")
    result = reader.run_named("lineage", name=line[0])
    result.notes = [f"{variant} is a variant of {base}" for variant, base in pairwise(line)] or [
        f"{line[0]} is a variant of no other network"
    ]
    return result


def stated(reader: Reader, name: str, most: int = 4) -> list[str]:
    """How a network says it differs from its base, in so many sentences at the most."""
    rows = reader.run_named("stated", name=name).to_dicts()
    lines = summarize_changes(
        Change(row["what"], row["base"], row["here"], glob)
        for row in rows
        for glob in _globs(row["layers"])
    )
    left = len(lines) - most
    return [*lines[:most], f"and {left} more"] if left > 0 else lines


def common_base(reader: Reader, first: str, second: str) -> str | None:
    """The network that two others are variants of (one of them perhaps), or None."""
    ancestors = [
        reader.run_named("ancestors", name=name).column("name") for name in (first, second)
    ]
    return next((name for name in ancestors[0] if name in ancestors[1]), None)


def undeclared_differences(reader: Reader, broken: Container[str] = ()) -> list[tuple[str, str]]:
    """(network, fault) where the stated differences are not those found in the rows.

    `broken` are networks whose rows define none: of them nothing is found.
    """
    faults = []
    for variant, base in reader.run_named("variants").rows:
        if variant not in broken and base not in broken:
            stated = reader.run_named("stated", name=variant).to_dicts()
            changes = differences(reader, base, variant)
            faults += [(variant, fault) for fault in _faults(base, stated, changes)]
    return faults


def _faults(base: str, stated: list[dict[str, Any]], changes: list[Change]) -> Iterator[str]:
    """What is found and not stated, then what is stated, glob by glob, and not found."""
    claims = [
        Change(row["what"], row["base"], row["here"], glob)
        for row in stated
        for glob in _globs(row["layers"])
    ]
    for line in summarize_changes(
        change for change in changes if not any(_covers(c, change) for c in claims)
    ):
        yield f"differs from {base} without saying so: {line}"
    for line in summarize_changes(
        claim for claim in claims if not any(_covers(claim, c) for c in changes)
    ):
        yield f"says that it differs from {base}, but does not: {line}"


def _globs(layers: str) -> list[str]:
    """The globs of a stated difference; an empty one, which fits no layer, if there are none."""
    found = json.loads(layers)
    return [str(glob) for glob in (found if isinstance(found, list) else [found])] or [""]


def _covers(claim: Change, change: Change) -> bool:
    named = change.layer == claim.layer or fnmatchcase(change.layer, claim.layer)
    return named and claim[:3] == change[:3]
