"""How a network's total comes together: its terms by block or layer, the largest of them, the sum.

Sums are over the main layers; auxiliary heads have totals of their own. Depth and the peak of
live elements are no sums: the longest path and the largest live set are shown instead.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archdb.analysis.layer_costs import Facts
from archdb.analysis.layer_table import params
from archdb.explain import layer as on_paper
from archdb.explain.network import NetworkTrace, Table
from archdb.explain.steps import number, product
from archdb.model.components import PARAMS, TOTALLED
from archdb.model.graph import Layer
from archdb.rounding import nearest

#: What each sum is of, in a sentence.
SUMS = {
    **{each.name: each.of_sum for each in (PARAMS, *TOTALLED)},
    "multiplications": "macs + muls of each layer",
    "additions": "of each sum of n products n − 1 additions, then bias_adds + adds",
    "activations": "output elements of the convolution and linear layers",
    "weighted_layers": "one for each layer that contracts its input with weights",
    "layers": "one for each layer",
    "aux_params": "params of the auxiliary heads",
    "aux_macs": "macs of the auxiliary heads",
}
TOTAL = "total"
COLUMNS = ("layers", "value", "percent", "largest", "numbers")


class Term(NamedTuple):
    """What one layer adds to a total; None where an unknown op leaves it open."""

    layer: Layer
    value: int | None


def terms(trace: NetworkTrace, quantity: str) -> list[Term]:
    """The layers that add to a sum, in order of execution; those that add nothing are left out."""
    wanted, auxiliary = quantity.removeprefix("aux_"), quantity.startswith("aux_")
    layers = [layer for layer in trace.layers.values() if layer.auxiliary is auxiliary]
    found = (Term(layer, _value(trace, layer.name, wanted)) for layer in layers)
    return [term for term in found if term.value != 0]


def _value(trace: NetworkTrace, name: str, quantity: str) -> int | None:
    facts = trace.facts[name]
    if quantity == "layers":
        return 1
    if quantity in ("activations", "weighted_layers"):
        return _weighted(facts, quantity) if facts.settled else None
    columns = trace.rows[name]
    if quantity == "params":
        return params(columns)
    if quantity in ("multiplications", "additions"):
        work = getattr(on_paper, quantity)
        return int(work(trace.layer_trace(name))) if facts.counted else None
    value: int | None = columns[quantity]
    return value


def _weighted(facts: Facts, quantity: str) -> int | None:
    if not facts.weighted:
        return 0
    return facts.elements if quantity == "activations" else 1


def total(found: list[Term]) -> int | None:
    """The sum of the terms; None where one of them is open."""
    values = [term.value for term in found]
    return None if None in values else sum(values)  # type: ignore[arg-type]


def sum_table(trace: NetworkTrace, quantity: str, by: str) -> Table:
    """A row for each block or layer that adds something, and a last one for the sum."""
    found = terms(trace, quantity)
    whole = total(found)
    groups: dict[str, list[Term]] = {}
    keys = dict(zip(trace.layers, trace.profile.table.keys(by), strict=True))
    for term in found:
        groups.setdefault(keys[term.layer.name], []).append(term)
    rows = [(name, *_row(trace, quantity, part, whole)) for name, part in groups.items()]
    rows.append((TOTAL, len(found), whole, 100.0 if whole else None, None, None))
    return Table((by, *COLUMNS), rows, list(_notes(trace, quantity, found, whole)))


def _row(
    trace: NetworkTrace, quantity: str, part: list[Term], whole: int | None
) -> tuple[int | float | str | None, ...]:
    value, most = total(part), max(part, key=lambda term: term.value or 0)
    numbers = _numbers(trace, quantity, most)
    return len(part), value, percent(value, whole), most.layer.name, numbers


def percent(value: int | None, whole: int | None) -> float | None:
    """A share, to a tenth."""
    return nearest(1000 * value, whole) / 10 if value is not None and whole else None


def _numbers(trace: NetworkTrace, quantity: str, term: Term) -> str | None:
    """The arithmetic of one layer's term."""
    if term.value is None:
        return None
    if quantity == "activations":
        return product(trace.facts[term.layer.name].out or ())
    wanted = quantity.removeprefix("aux_")
    steps = on_paper.steps(trace.layer_trace(term.layer.name))
    shown = [step.numbers for step in steps if step.quantity == wanted]
    return shown[0] if shown and shown[0] else number(term.value)


def _notes(
    trace: NetworkTrace, quantity: str, found: list[Term], whole: int | None
) -> Iterator[str]:
    yield f"{quantity}: {SUMS[quantity]}"
    if whole is None:
        yield str(trace.profile.totals["note"])
    elif len(found) > 1:
        most = sorted(found, key=lambda term: -(term.value or 0))[:3]
        yield "the largest terms: " + ", ".join(
            f"{term.layer.name} {number(term.value or 0)} ({percent(term.value, whole)} %)"
            for term in most
        )
