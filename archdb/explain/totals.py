"""All totals of a network at a glance, and which explanation tells more of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from archdb.analysis.receptive_field import FIELD_COLUMNS, Field
from archdb.errors import UsageError, nearest
from archdb.explain import chain, paths, quantity
from archdb.explain.network import NetworkTrace, Table
from archdb.explain.quantity import SUMS
from archdb.explain.steps import number

FIELDS = ("receptive_field", "effective_stride", "effective_padding", *FIELD_COLUMNS[:-1])
OTHERS: dict[str, Callable[[NetworkTrace], Table]] = {
    "depth": paths.depth_table,
    "peak_activation_elements": paths.peak_table,
}
QUANTITIES = (*SUMS, *OTHERS, *FIELDS)
BY = ("block", "layer")


def explain_total(trace: NetworkTrace, wanted: str, by: str, layer: str | None = None) -> Table:
    """How one quantity comes together; of fields, that of `layer` if it is given.

    Raises UsageError where there is no such quantity.
    """
    if wanted in FIELDS:
        return chain.table(trace, layer or chain.target(trace))
    if wanted in OTHERS:
        return OTHERS[wanted](trace)
    if wanted not in SUMS:
        raise UsageError(
            f"no quantity is called '{wanted}'",
            remedy=nearest(wanted, QUANTITIES) or f"there are: {', '.join(QUANTITIES)}",
        )
    return quantity.sum_table(trace, wanted, by)


def overview(trace: NetworkTrace) -> Table:
    """A row for each total: its value and, in a few words, what it is made of."""
    rows: list[tuple[Any, ...]] = [(name, *_sum(trace, name)) for name in SUMS]
    totals = trace.profile.totals
    longest = paths.longest(trace)
    ends = f"{longest[0]} to {longest[-1]}, the longest path" if longest else "no weight layers"
    rows.append(("depth", totals["depth"], ends))
    if totals["peak_activation_elements"] is not None:
        at, alive = paths.peak(trace)
        said = f"{len(alive)} outputs, when {at.name} has run"
        rows.append(("peak_activation_elements", totals["peak_activation_elements"], said))
    name = chain.target(trace)
    field = trace.fields[name]
    size = "x".join(map(str, field.size)) if isinstance(field, Field) else None
    rows.append(("receptive_field", size, f"of {name}" if size else str(field)))
    return Table(("quantity", "value", "made_of"), rows, [])


def _sum(trace: NetworkTrace, name: str) -> tuple[int | None, str]:
    terms = quantity.terms(trace, name)
    value = quantity.total(terms)
    if value is None:
        return None, str(trace.profile.totals["note"])
    if not terms:
        return value, "no layer"
    most = max(terms, key=lambda term: term.value or 0)
    share = quantity.percent(most.value, value)
    if most.value == 1:
        return value, f"{number(len(terms))} layers"
    if len(terms) == 1:
        return value, f"{most.layer.name} alone"
    return value, f"{len(terms)} layers, the largest {most.layer.name} ({share} %)"
