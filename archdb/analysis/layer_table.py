"""The layer rows of a network at an input, grouped, added up and weighed: the one place for that.

A table has the same columns whether its rows are stored (`queries.profiles`) or were worked out a
moment ago (`Profile.table`): PLACE, then those of a layer row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from archdb.analysis.weighing import Convention, Number
from archdb.model.components import TRAINED

#: Where a layer stands; `auxiliary` is true for layers of a head that totals leave out.
PLACE = ("layer", "op", "block", "auxiliary")

Row = tuple[Any, ...]


def params(row: Mapping[str, Any]) -> int | None:
    """Trainable numbers in all, of a row with a column for each role; None where one is open."""
    values = [row[role] for role in TRAINED]
    return None if None in values else sum(values)


class LayerTable:
    """Rows in order of execution. Counts are exact integers, None where one is open."""

    __slots__ = ("_at", "rows")

    def __init__(self, columns: Iterable[str], rows: Sequence[Row]) -> None:
        self._at = {column: at for at, column in enumerate(columns)}
        self.rows = rows

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def main(self) -> LayerTable:
        """The rows that totals are over."""
        at = self._at["auxiliary"]
        return self._with([row for row in self.rows if not row[at]])

    @property
    def heads(self) -> LayerTable:
        """The rows of auxiliary heads."""
        at = self._at["auxiliary"]
        return self._with([row for row in self.rows if row[at]])

    def at(self, positions: Iterable[int]) -> LayerTable:
        """The rows at these positions."""
        return self._with([self.rows[position] for position in positions])

    def column(self, name: str) -> list[Any]:
        """One value for each row: of a column, or its `params`."""
        if name == "params":
            rows = zip(*map(self.column, TRAINED), strict=True)
            return [None if None in roles else sum(roles) for roles in rows]
        at = self._at[name]
        return [row[at] for row in self.rows]

    def dicts(self, columns: Sequence[str]) -> list[dict[str, Any]]:
        """Some columns of each row, by name."""
        rows = zip(*map(self.column, columns), strict=True)
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def groups(self, by: str) -> dict[Any, LayerTable]:
        """The rows of each op, block, resolution, layer or depth: in order of their first, but
        resolutions from the largest map on."""
        found: dict[Any, list[Row]] = {}
        for key, row in zip(self.keys(by), self.rows, strict=True):
            found.setdefault(key, []).append(row)
        order = sorted(found, key=falling_size) if by == "resolution" else list(found)
        return {key: self._with(found[key]) for key in order}

    def keys(self, by: str) -> Iterable[Any]:
        """What each row is grouped under."""
        key, columns = KEYS.get(by, (None, (by,)))
        values = map(self.column, columns)
        return map(key, *values) if key else next(values)

    def total(self, quantity: str) -> int | None:
        """The sum of a count, or of the parameters; None where one is open."""
        if quantity == "params":
            return params({role: self.total(role) for role in TRAINED})
        values = self.column(quantity)
        return None if None in values else sum(values)

    def known(self, quantity: str) -> int | None:
        """The sum of what is counted; None where nothing is."""
        values = [value for value in self.column(quantity) if value is not None]
        return sum(values) if values else None

    def totals(self, quantities: Iterable[str]) -> dict[str, int | None]:
        """The sum of each of these."""
        return {quantity: self.total(quantity) for quantity in quantities}

    def weigh(self, convention: Convention) -> Number | None:
        """What the rows count for; None where an op is open, or is not priced."""
        parts = [
            convention.weigh(op, group.totals(convention.weights.get(op, ())))
            for op, group in self.groups("op").items()
        ]
        return convention.divide(None if None in parts else sum(filter(None, parts)))

    def outputs(self) -> list[str | None]:
        """Shapes: '64x28x28', '128x512' of a sequence, '4096'; None behind an unknown op."""
        return list(map(_output, *map(self.column, OUT)))

    def _with(self, rows: Sequence[Row]) -> LayerTable:
        table = LayerTable((), rows)
        table._at = self._at
        return table


#: The shape of an output: of a sequence (features, length, None), of a vector (features, None,
#: None), of any other tensor in text; behind an unknown op nothing.
OUT = ("out_channels", "out_height", "out_width", "out_shape")


def _output(
    channels: int | None, height: int | None, width: int | None, stated: str | None
) -> str | None:
    if stated is not None:
        return stated
    shape = (height, channels) if width is None else (channels, height, width)
    return "x".join(str(extent) for extent in shape if extent is not None) or None


def resolution(
    channels: int | None, height: int | None, width: int | None, stated: str | None
) -> str:
    """Under which size an output is grouped: '28x28', 'length 128', 'vector', '8x4x4x64'."""
    if channels is None:
        return stated or "unknown"
    if height is None:
        return "vector"
    return f"length {height}" if width is None else f"{height}x{width}"


def falling_size(resolution: str) -> tuple[bool, int, int, str]:
    """What sorts resolutions: maps by falling size, sequences by falling length, and the rest."""
    height, _, width = resolution.partition("x")
    if height.isdecimal() and width.isdecimal():
        return False, -int(height) * int(width), -int(height), ""
    length = resolution.removeprefix("length ")
    return True, 0, -int(length) if length.isdecimal() else 0, resolution


def _block(block: str | None, layer: str) -> str:
    """The innermost block; a layer outside any block stands for itself."""
    return layer if block is None else block


#: What rows are grouped under that no column says: from which columns it follows.
KEYS: dict[str, tuple[Callable[..., str], Sequence[str]]] = {
    "block": (_block, ("block", "layer")),
    "resolution": (resolution, OUT),
}
