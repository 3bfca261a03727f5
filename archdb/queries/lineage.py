"""Variants: how they say they differ from their base, and how their rows really do."""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterator
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from archdb.analysis.differences import (
    MOVED,
    Change,
    Definition,
    Definitions,
    attribute_texts,
    changes_between,
    definitions,
    summarize_changes,
)
from archdb.queries.named import NetworkRef, network_refs
from archdb.queries.provenance import Note
from archdb.queries.result import Result

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

PAIRS = ("kernel", "stride", "dilation")
PADS = ("pad_top", "pad_bottom", "pad_left", "pad_right")
SCALARS = ("groups", "filters", "units", "rounding", "weights_of")


def differences(reader: Reader, base: str, variant: str) -> list[Change]:
    """All differences between the layer rows of two networks, layers matched by name."""
    return changes_between(*(definition_rows(reader, name) for name in (base, variant)))


def definition_rows(reader: Reader, network: str) -> Definitions:
    """What defines each layer of a network, read from its rows, which need define no network. One
    that is packed has none, and nobody has changed it."""
    rows = reader.run_named("definition", name=network).to_dicts()
    if not rows:
        return definitions(reader.load(network))
    return {
        row["layer"]: Definition(row["op"], tuple(json.loads(row["inputs"])), _attributes(row))
        for row in rows
    }


def definitions_of(reader: Reader, network: NetworkRef) -> Definitions:
    """What defines each layer of a network that is meant."""
    if isinstance(network, str):
        return definition_rows(reader, reader.resolve(network))
    return definitions(network.network)


def _attributes(row: dict[str, Any]) -> dict[str, str]:
    from archdb.ops import REGISTRY  # start-up counts, and few commands compare attributes

    pairs = {name: [row[f"{name}_h"], row[f"{name}_w"]] for name in PAIRS}
    found: dict[str, Any] = {name: pair for name, pair in pairs.items() if None not in pair}
    sides = [row[pad] for pad in PADS]
    found["padding"] = sides if row["padding"] == "explicit" else row["padding"]
    found |= {name: row[name] for name in SCALARS}
    found["bias"] = None if row["bias"] is None else bool(row["bias"])
    if row["op"] in REGISTRY:
        found |= REGISTRY[row["op"]].declaration.left_out()
    return attribute_texts(found | (json.loads(row["attributes"]) if row["attributes"] else {}))


def lineage(reader: Reader, name: str) -> Result:
    """The stated differences of a network from its base, and of that from its own, and so on."""
    (network,) = network_refs(reader, [name])
    stored = reader.resolve(network) if isinstance(network, str) else network.base.name
    line = ancestors(reader, stored)
    result = reader.run_named("lineage", name=stored)
    if not isinstance(network, str):
        from archdb.rewrite.variant import differences as made

        both = (network.network.name, stored)
        changes = made(network.base, network.network)
        own = [(*both, *d[:3], json.dumps(d.layers), d.why) for d in changes]
        line, result.rows = [both[0], *line], own + result.rows
    result.notes = [
        Note(f"{variant} is a variant of {base}", "base", (variant, base))
        for variant, base in pairwise(line)
    ] or [Note(f"{line[0]} is a variant of no other network", "base", line[:1])]
    return result


def rules_of(reader: Reader, name: str) -> str:
    """The rules that make a network of what it is a variant of ('width=0.75'): those of its name,
    those that it was stored by, or the width that it is shipped at; '' where it is no such."""
    from archdb.rewrite import REGISTRY
    from archdb.rewrite.multiplier import load_shipped

    base = [*ancestors(reader, name), ""][1]
    for one in load_shipped():
        if (one.network, one.base, one.because) == (name, base, None):
            return f"width={one.factor}"
    reasons = {row["why"] for row in reader.run_named("stated", name=name).to_dicts()}
    why = reasons.pop() if len(reasons) == 1 else ""
    return why if re.split(r"[=@+]", why)[0] in REGISTRY else ""


def stated_differences(reader: Reader, name: str, most: int = 4) -> list[str]:
    """How a network says it differs from its base, in so many sentences at the most."""
    rows = reader.run_named("stated", name=name).to_dicts()
    lines = summarize_changes(
        Change(row["what"], row["base"], row["here"], glob)
        for row in rows
        for glob in _globs(row["layers"])
    )
    left = len(lines) - most
    return [*lines[:most], f"and {left} more"] if left > 0 else lines


def are_kin(reader: Reader, first: str, second: str) -> bool:
    """Whether two stored networks are variants of one, or one of the other."""
    return not set(ancestors(reader, first)).isdisjoint(ancestors(reader, second))


def ancestors(reader: Reader, name: str) -> list[str]:
    """A stored network, what it is a variant of, what that is a variant of, and so on."""
    return [name for (name,) in reader.recall("ancestors", name=name)]


def undeclared_differences(reader: Reader, broken: Container[str] = ()) -> list[tuple[str, str]]:
    """(network, fault) where the stated differences are not those found in the rows.

    `broken` are networks whose rows define none: of them nothing is found.
    """
    faults = []
    for variant, base in reader.run_named("variants").rows:
        if variant not in broken and base not in broken:
            stated = reader.run_named("stated", name=variant).to_dicts()
            changes = _find_changes(reader, base, variant, stated)
            faults += [(variant, fault) for fault in _faults(base, stated, changes)]
    return faults


def _find_changes(
    reader: Reader, base: str, variant: str, stated: list[dict[str, Any]]
) -> list[Change]:
    """How the rows of a variant differ from its base's, layers matched by name; by structure where
    the variant says that layers have moved, which names do not tell."""
    if all(row["what"] != MOVED for row in stated):
        return differences(reader, base, variant)
    from archdb.analysis.alignment import align

    return align(reader.load(base), reader.load(variant)).changes()


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
