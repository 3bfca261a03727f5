"""What layers of a search space's points have no part in the result, and the cost without them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

UNITS = {"params": "parameters", "macs": "MAC"}


def live(reader: Reader, subjects: Sequence[Any]) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Rows (quantity, unit, one value for each subject), and notes of what is left out of them.

    None where no subject is a point of a search space: elsewhere nothing is laid in vain.
    """
    costs = [reader.run_named("cost", **subject._asdict()).to_dicts()[0] for subject in subjects]
    if all(cost["space"] is None for cost in costs):
        return [], []
    rows = [
        (f"live_{q}", unit, *(cost[f"live_{q}"] for cost in costs)) for q, unit in UNITS.items()
    ]
    return rows, [note for cost in costs for note in _left_out(cost)]


def _left_out(cost: dict[str, Any]) -> list[str]:
    without = [(cost[quantity] or 0) - (cost[f"live_{quantity}"] or 0) for quantity in UNITS]
    if not any(without):
        return []
    return [
        f"{cost['architecture']}: {without[0]:,} params and {without[1]:,} MACs are counted of"
        " layers that the result does not depend on; live_params and live_macs leave them out"
    ]
