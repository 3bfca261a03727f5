"""A Result as a page shows it: numbers to the right, units in the head, names that lead on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import quote

from archdb.queries.result import Column, Result
from archdb.render.formats import NOTHING, cells, larger, numeric
from archdb.render.paper_table import KINDS
from archdb.serve.parameters import quoted
from archdb.text import inline, shortened

#: A number with the unit that it is printed in, or nothing.
_NUMBER = re.compile(r"[-−~≈<>]?\s*\d[\d,]*(\.\d+)?(e-?\d+)?(\s?[A-Za-z%°µ/²]{1,12})?|–")
#: Letters from which on a value is prose, which needs room.
PROSE = 28
#: Of a value of text, as much as a page shows.
LONGEST = 600


class Head(NamedTuple):
    """A column's head: its name, its unit, and whether it holds numbers."""

    name: str
    unit: str
    right: bool
    href: str = ""


class Cell(NamedTuple):
    """A value as it is read; `larger` of its pair; `unit` where its row has one of its own."""

    text: str
    #: What its look hangs on: n of a number, none, prose.
    of: str = ""
    larger: bool = False
    href: str = ""
    unit: str = ""


class Row(NamedTuple):
    cells: list[Cell]
    #: Whether it says that networks differ.
    differs: bool = False


class Group(NamedTuple):
    name: str
    unit: str
    span: int


class View(NamedTuple):
    """A table on a page."""

    heads: list[Head]
    rows: list[Row]
    notes: list[str]
    #: Quantities above the networks that share them: name, unit, how many columns each spans.
    groups: list[Group]

    def only(self, *, differs: bool) -> View:
        """The rows that differ, or those that do not."""
        return self._replace(rows=[row for row in self.rows if row.differs == differs], notes=[])


def path(*parts: str) -> str:
    """'/networks/a%2Fb' of parts."""
    return "".join([f"/{quoted(part, '+=@*,:~!$()')}" for part in parts])


#: Where a value of each quantity leads to.
LINKS: dict[str, Callable[[str], str]] = {
    "architecture": lambda value: path("networks", value),
    "variant_of": lambda value: path("networks", value),
    "citation": lambda value: path("citations", value),
    "convention": lambda value: "" if "," in value else path("conventions", value),
    "relation": lambda value: path("schema", value),
    "space": lambda value: path("spaces", value),
    "doi": lambda value: f"https://doi.org/{quote(value, safe='/().;:-_<>')}",
    "source": lambda value: path("citations", value.partition(",")[0]) if ", " in value else "",
    "url": lambda value: value if value.startswith(("https://", "http://")) else "",
}


def view(result: Result, links: dict[str, Callable[[str], str]] | None = None) -> View:
    """The whole table; `links` say where values lead besides, by the names of columns."""
    leads = {**LINKS, **(links or {})}
    columns = [leads.get(column.name) for column in result.schema]
    texts = cells(result)
    right = _right(result, texts)
    heads = [
        Head(_name(column), "" if _is_grouped(column) else _unit(column), number, _network(column))
        for column, number in zip(result.schema, right, strict=True)
    ]
    found, beside = [], _beside(result)
    for row, line in zip(result.rows, texts, strict=True):
        marked = larger(result, row)
        shown = [
            EMPTY[right[at]]
            if value is None
            else Cell(text, "n" * right[at], at in marked)
            if isinstance(value, (int, float))
            else _worded(text, value, right[at], columns[at])
            for at, (text, value) in enumerate(zip(line, row, strict=True))
        ]
        found.append(Row(shown, any(differ(row) for differ in beside)))
    notes = [inline(note) for note in result.notes]
    groups = _groups(result.schema) if any(map(_is_grouped, result.schema)) else []
    made = View(heads, found, notes, groups)
    return _units_beside(made) if result.columns[:2] == ["quantity", "unit"] else made


#: No value, and where its column holds numbers.
EMPTY = (Cell(NOTHING, "none"), Cell(NOTHING, "n none"))


def _worded(text: str, value: Any, right: bool, lead: Callable[[str], str] | None) -> Cell:
    """A value that is no number."""
    of = "n" if right else ""
    if len(text) > PROSE and " " in text:
        of = f"{of} prose".strip()
    href = lead(value) if lead is not None and value and isinstance(value, str) else ""
    return Cell(_times(shortened(text, LONGEST)), of, href=href)


def _units_beside(made: View) -> View:
    """The unit of each row beside its quantity, and not in a column of its own."""
    rows = []
    for row in made.rows:
        quantity, unit, *rest = row.cells
        own = "" if unit.text in KINDS else unit.text
        rows.append(Row([Cell(*quantity[:4], own), *rest], row.differs))
    return made._replace(heads=[made.heads[0], *made.heads[2:]], rows=rows)


def _right(result: Result, texts: Sequence[Sequence[str]]) -> list[bool]:
    """Which columns hold numbers, or such as are printed with a unit."""
    columns = zip(*texts, strict=True) if texts else [()] * len(result.schema)
    return [
        number or (any(text != NOTHING for text in column) and all(map(_NUMBER.fullmatch, column)))
        for number, column in zip(numeric(result), columns, strict=True)
    ]


def _is_grouped(column: Column) -> bool:
    """Whether its neighbours are the same quantity of other networks."""
    return column.network is not None and column.name == f"{column.network} {column.quantity}"


def _name(column: Column) -> str:
    """What stands above a column: below a quantity, the network alone."""
    if _is_grouped(column):
        return inline(str(column.network))
    return inline(column.name.replace("_", " ") if column.network is None else column.name)


def _network(column: Column) -> str:
    own = column.network is not None and (column.network == column.name or _is_grouped(column))
    return path("networks", str(column.network)) if own else ""


def _unit(column: Column) -> str:
    return "" if column.unit is None or column.unit in KINDS else inline(column.unit)


def _times(text: str) -> str:
    """'3×224×224' of a shape."""
    parts = text.split("x") if "x" in text else ()
    return "×".join(parts) if parts and all(part.isdigit() for part in parts) else text


def _beside(result: Result) -> list[Callable[[Sequence[Any]], bool]]:
    """What says of a row of a comparison that its networks are not the same in it: a change that is
    named, or else values that stand side by side."""
    changes = [i for i, column in enumerate(result.schema) if column.name.endswith(" change")]
    if changes:
        return [lambda row: any(row[i] not in (None, "", "same", "=") for i in changes)]
    same: dict[str, list[int]] = {}
    for i, column in enumerate(result.schema):
        if column.network is not None:
            same.setdefault(column.quantity or "", []).append(i)
    return [partial(_differ, some) for some in same.values() if len(some) > 1]


def _differ(columns: Sequence[int], row: Sequence[Any]) -> bool:
    return len({str(row[i]) for i in columns}) > 1


def _groups(schema: Iterable[Column]) -> list[Group]:
    found: list[Group] = []
    for column in schema:
        name, unit = ("", "")
        if _is_grouped(column):
            name, unit = inline(str(column.quantity)), _unit(column)
        if found and name and found[-1].name == name:
            found[-1] = found[-1]._replace(span=found[-1].span + 1)
        else:
            found.append(Group(name, unit, 1))
    return found
