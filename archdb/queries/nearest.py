"""The networks of the catalogue by how much has to be changed to make one of another."""

from __future__ import annotations

import json
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

from archdb.analysis.aligned_layer import SAME
from archdb.analysis.alignment import Alignment, align
from archdb.analysis.alignment_summary import summarize
from archdb.db.networks import SHARED, columns_of
from archdb.errors import UsageError
from archdb.model.names import PLUS
from archdb.ops import REGISTRY, Op
from archdb.ops.base import no_params
from archdb.queries.named import rewrite_named
from archdb.queries.result import Result

if TYPE_CHECKING:
    from archdb.model.input_spec import InputSpec
    from archdb.queries.reader import Reader

#: The rule that folds batch normalisation into what it follows.
FOLD = "fold-bn"
#: How many networks are aligned for each that is wanted: those with the most layers in common.
PER_WANTED, FEWEST = 2, 8
#: How many sentences say what differs.
_MOST_SENTENCES = 2
_KIND = ("op", *SHARED, "attributes")

#: Attributes that may be written otherwise where the same arrives.
_AXES = ("axis", "axes", "axis_names", "shape")

#: How many layers of each kind a network has.
Kinds = Counter[tuple[Any, ...]]


def nearest(reader: Reader, name: Any, count: int = 5, spec: InputSpec = None) -> Result:
    """The networks from which a network takes the fewest edits, by structure alone: how many, how
    many layers are the same, and what differs. Networks that have the fewest layers in common are
    not looked at more closely. A network without batch normalisation, as exporters leave it, is
    compared with the others as it would be folded into them. `spec`: the sizes that a file leaves
    open.

    Raises NotFoundError where there is no such network, UsageError on a count below one.
    """
    if count < 1:
        raise UsageError(f"cannot show {count} networks", remedy="ask for one or more")
    with reader.snapshot():
        (subject,) = rewrite_named(reader, [name], spec=spec)
        others = _kinds(reader)
        others.pop(subject.network.name, None)
        if not any(layer.op.affine for layer in subject.network):
            others = dict(_without_norms(*other) for other in others.items())
        own = _compared(Kinds((x.op.name, *columns_of(x.op)) for x in subject.network))
        looked_at = max(PER_WANTED * count, FEWEST)
        near = sorted(others, key=lambda other: _distance(own, others[other]))[:looked_at]
        rows: list[tuple[str, int, int, str]] = []
        for other in near:
            worst = sorted(row[1] for row in rows)[count - 1 : count]
            if worst and _fewest_edits(own, others[other]) > worst[0]:
                continue
            alignment = align(rewrite_named(reader, [other])[0].network, subject.network)
            same = sum(row.status == SAME for row in alignment.rows)
            rows.append((other, alignment.edits, same, _describe(alignment)))
    rows.sort(key=lambda row: row[1])
    columns = ["architecture", "edits", "same_layers", "differences"]
    return Result(columns, rows[:count], priority=columns)


def _kinds(reader: Reader) -> dict[str, Kinds]:
    found: dict[str, Kinds] = {}
    for row in reader.run_named("layer_kinds").to_dicts():
        kind = tuple(row[column] for column in _KIND)
        found.setdefault(row["architecture"], Kinds())[kind] = row["layers"]
    return {name: _compared(kinds) for name, kinds in found.items()}


def _compared(kinds: Kinds) -> Kinds:
    """Without what may be written otherwise: ops that have more than one writing and no weights,
    and what is said of axes and extents."""
    found = Kinds()
    for (op, *columns, attributes), layers in kinds.items():
        known = REGISTRY.get(op, Op)
        if known is Op or known.writing is Op.writing or known.params is not no_params:
            found[(op, *columns, _without_axes(attributes))] += layers
    return found


@cache
def _without_axes(attributes: str | None) -> str | None:
    if not attributes or not any(f'"{word}"' in attributes for word in _AXES):
        return attributes
    values = json.loads(attributes)
    return json.dumps({key: value for key, value in values.items() if key not in _AXES})


def _without_norms(name: str, kinds: Kinds) -> tuple[str, Kinds]:
    """A network with its batch normalisation folded in, under the name that says so."""
    norms = {
        kind
        for kind in kinds
        if getattr(REGISTRY.get(kind[0]), "affine", Op.affine) is not Op.affine
    }
    if not norms:
        return name, kinds
    bias = _KIND.index("bias")
    folded = Kinds()
    for kind, layers in kinds.items():
        if kind not in norms:  # the shift of the norm is the bias of what it follows
            biased = kind[bias] is not None
            folded[(*kind[:bias], 1, *kind[bias + 1 :]) if biased else kind] += layers
    return f"{name}{PLUS}{FOLD}", folded


def _describe(alignment: Alignment) -> str:
    lines = summarize(alignment)
    left = len(lines) - _MOST_SENTENCES
    more = [f"{left} more"] if left > 0 else []
    return "; ".join([*lines[:_MOST_SENTENCES], *more]) or "same structure"


def _distance(one: Kinds, other: Kinds) -> int:
    """How many layers differ in kind, and how many in op."""
    return _apart(one, other) + _apart(_ops(one), _ops(other))


def _fewest_edits(one: Kinds, other: Kinds) -> int:
    """At the least so many edits make one of the other: a layer changed changes two counts, one
    that only one of them has but one."""
    more = abs(one.total() - other.total())
    return -(-(_apart(one, other) + more) // 2)


def _apart(one: Counter[Any], other: Counter[Any]) -> int:
    return (one - other).total() + (other - one).total()


def _ops(kinds: Kinds) -> Counter[str]:
    found: Counter[str] = Counter()
    for kind, layers in kinds.items():
        found[kind[0]] += layers
    return found
