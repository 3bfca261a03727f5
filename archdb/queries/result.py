"""What every question answers with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar

from archdb.text import printable


class Result:
    """Rows under column names, exact: rounding and separators are the renderer's business.

    `notes` are sentences that belong to the figures (an input that changes a layer, a total
    that is open and why). `pairs` are columns, by index, whose values are to be compared;
    `subjects` are the networks that the figures belong to, each with its input.
    """

    __slots__ = ("columns", "notes", "pairs", "rows", "subjects")

    #: How a notebook shows a result. archdb.render, which stands to the right of queries, sets it.
    html: ClassVar[Callable[[Result], str] | None] = None

    def __init__(
        self,
        columns: Iterable[str],
        rows: Iterable[Sequence[Any]],
        notes: Iterable[str] = (),
        pairs: Iterable[tuple[int, int]] = (),
        subjects: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.columns = list(columns)
        self.rows = [tuple(row) for row in rows]
        self.notes = list(notes)
        self.pairs = list(pairs)
        self.subjects = list(subjects)

    def to_dicts(self) -> list[dict[str, Any]]:
        """One dict per row, by column name."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    def column(self, name: str) -> list[Any]:
        """One column's values; KeyError where there is none of that name."""
        if name not in self.columns:
            raise KeyError(name)
        at = self.columns.index(name)
        return [row[at] for row in self.rows]

    def __len__(self) -> int:
        return len(self.rows)

    def __repr__(self) -> str:
        return printable(f"Result({len(self.rows)} rows: {', '.join(self.columns)})")

    def _repr_html_(self) -> str | None:
        return Result.html(self) if Result.html else None
