"""A Result on a terminal: a row is a line, whatever the width.

Columns that have no room are left out, and named; prose is cut at its end; numbers and names are
shown whole or not at all. What a result puts first (`Result.priority`) is left out last; of the
rest, prose goes before names, and names before numbers, each from the right.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from archdb.queries.result import Result
from archdb.render.formats import cells, heads, larger, numeric, padded
from archdb.text import cells_of

BETWEEN, RULE, CUT = "  ", "─", "…"
#: So many columns are shown in any case: a table of keys without values says nothing. What is too
#: long for its line, the terminal breaks.
KEPT = 2
#: To how few cells prose may be cut before its column is left out; in the first column, whose words
#: tell the rows apart.
LEAST, LEAST_OF_KEYS = 14, 30
LARGER, BOLD, PLAIN = "\x1b[1;36m", "\x1b[1m", "\x1b[0m"
NUMBER, NAME, PROSE = range(3)


class Drawn(NamedTuple):
    """The text of a table, and the columns that had no room in it."""

    text: str
    left_out: list[str]


class _Column(NamedTuple):
    """A column as text: `kind` is NUMBER, NAME (one word each) or PROSE."""

    name: str
    head: tuple[str, str]
    texts: list[str]
    kind: int
    least_prose: int

    @property
    def least(self) -> int:
        """The fewest cells that it can be shown in."""
        head = max(map(cells_of, self.head))
        return max(head, min(self.least_prose, self.most) if self.kind == PROSE else self.most)

    @property
    def most(self) -> int:
        """As many cells as it has anything to show in."""
        return max(map(cells_of, (*self.head, *self.texts)))


def table(result: Result, width: int | None, color: bool = False) -> Drawn:
    """Lines of at most `width` cells; None: as wide as the result is."""
    columns = _columns(result)
    shown = list(range(len(columns))) if width is None else _that_fit(result, columns, width)
    wide = _widths([columns[i] for i in shown], width)
    bold = [larger(result, row) if color else set() for row in result.rows]
    every = set(shown) if color else set()
    parts = zip(*(columns[i].head for i in shown), strict=True)
    lines = [_line(columns, shown, wide, part, every, BOLD) for part in parts if any(part)]
    rule = BETWEEN.join(RULE * count for count in wide)
    lines.append(rule)
    for number, marked in enumerate(bold):
        if number and number == result.leading:
            lines.append(rule)
        texts = [columns[i].texts[number] for i in shown]
        lines.append(_line(columns, shown, wide, texts, marked, LARGER))
    left_out = [column.name for i, column in enumerate(columns) if i not in set(shown)]
    return Drawn("".join(f"{line}\n" for line in lines), left_out)


def _columns(result: Result) -> list[_Column]:
    body = list(zip(*cells(result), strict=True)) or [()] * len(result.columns)
    found: list[_Column] = []
    for name, texts, number in zip(heads(result), body, numeric(result), strict=True):
        prose = any(" " in text for text in texts)
        kind = NUMBER if number else PROSE if prose else NAME
        longest = max(map(cells_of, texts), default=0)
        least = LEAST if found else LEAST_OF_KEYS
        found.append(_Column(name, folded(name, longest), list(texts), kind, least))
    return found


def folded(name: str, longest: int) -> tuple[str, str]:
    """A heading in two lines where it is wider than what stands below; the first may be empty."""
    places = [i + 1 for i, sign in enumerate(name[:-1]) if sign in " _/"]
    if cells_of(name) <= longest or not places:
        return "", name
    at = min(places, key=lambda i: max(cells_of(name[:i].rstrip()), cells_of(name[i:])))
    return name[:at].rstrip(), name[at:]


def _that_fit(result: Result, columns: Sequence[_Column], width: int) -> list[int]:
    """The indexes of the columns that are shown, in the order of the result."""
    shown: list[int] = []
    room = width + len(BETWEEN)
    for i in _by_priority(result, columns):
        needed = columns[i].least + len(BETWEEN)
        if needed <= room or len(shown) < KEPT:
            shown.append(i)
            room -= needed
    return sorted(shown)


def _by_priority(result: Result, columns: Sequence[_Column]) -> list[int]:
    names = result.columns
    first = [names.index(name) for name in result.priority if name in names] or [0][: len(names)]
    rest = [i for i in range(len(names)) if i not in first]
    return [*first, *sorted(rest, key=lambda i: (columns[i].kind, i))]


def _widths(columns: Sequence[_Column], width: int | None) -> list[int]:
    """Each column's cells: what is left of the width goes to prose, from the left."""
    if width is None:
        return [column.most for column in columns]
    wide = [column.least for column in columns]
    room = width - sum(wide) - len(BETWEEN) * (len(columns) - 1)
    if room < 0:  # the long values of the last reach over its end
        wide[-1] = max(*map(cells_of, columns[-1].head), wide[-1] + room)
        return wide
    for i, column in enumerate(columns):
        more = max(0, min(room, column.most - wide[i]))
        wide[i] += more
        room -= more
    return wide


def _line(
    columns: Sequence[_Column],
    shown: Sequence[int],
    wide: Sequence[int],
    texts: Iterable[str],
    marked: set[int],
    mark: str,
) -> str:
    parts = []
    for i, count, text in zip(shown, wide, texts, strict=True):
        text = _cut(text, count) if columns[i].kind == PROSE else text
        part = padded(text, count, right=columns[i].kind == NUMBER)
        parts.append(f"{mark}{part}{PLAIN}" if i in marked and text else part)
    return BETWEEN.join(parts).rstrip()


def _cut(text: str, wide: int) -> str:
    if cells_of(text) <= wide:
        return text
    while cells_of(text) > wide - 1:
        text = text[:-1]
    return text.rstrip() + CUT
