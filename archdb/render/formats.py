"""A Result as text: one function per format.

Machine formats (json, ndjson, csv, tsv) keep every integer exact and NULL as null or nothing;
reading formats (table, html) group digits by thousands and align numbers. Tables for papers,
which scale and round, are made in archdb.render.paper_table.
"""

from __future__ import annotations

import csv as csv_module
import io
import json as json_module
import re
from collections.abc import Callable, Iterable
from math import isinf
from typing import Any, NamedTuple, TextIO

from archdb.queries.result import Result
from archdb.rounding import significant
from archdb.text import cells_of, inline, printable

NOTHING = "–"
#: Digits of what need not be whole.
SIGNIFICANT = 6
#: How many rows a notebook shows.
SHOWN = 60
#: Integers that are names of something and take no separators.
UNGROUPED = {"year"}


def _plain(value: Any) -> Any:
    """A value that every format can hold: bytes as hexadecimal, infinity as a word."""
    if isinstance(value, float) and isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value.hex() if isinstance(value, bytes) else value


def json(result: Result) -> str:
    """An array of objects, one to a line."""
    rows = ",\n ".join(_objects(result))
    return f"[{rows}]\n"


def ndjson(result: Result) -> str:
    """One object to a line."""
    return "".join(f"{row}\n" for row in _objects(result))


def _objects(result: Result) -> Iterable[str]:
    for row in result.rows:
        named = dict(zip(result.columns, map(_plain, row), strict=True))
        text = json_module.dumps(named, ensure_ascii=False)
        yield printable(text, escape=lambda sign: json_module.dumps(sign)[1:-1])


def csv(result: Result) -> str:
    """RFC 4180, but for lines that end in a line feed alone; NULL is an empty field."""
    out = io.StringIO()
    writer = csv_writer(out)
    writer.writerow(result.columns)
    writer.writerows([[_plain(value) for value in row] for row in result.rows])
    return out.getvalue()


class _LineFeeds(NamedTuple):
    """A file for a CSV writer, which is told of both ends of line and so quotes either in a field;
    its own line ends in a line feed alone."""

    out: TextIO

    def write(self, line: str) -> int:
        return self.out.write(line.removesuffix("\r\n") + "\n")


def csv_writer(out: TextIO) -> Any:
    """The standard library's writer of CSV, in the one dialect that archdb writes."""
    return csv_module.writer(_LineFeeds(out), lineterminator="\r\n")


def tsv(result: Result) -> str:
    """Fields between tabs; a tab, line feed or backslash in a value is escaped by a backslash."""
    lines = [result.columns, *result.rows]
    return "".join("\t".join(map(_escape, line)) + "\n" for line in lines)


def _escape(value: Any) -> str:
    text = "" if value is None else str(_plain(value))
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


#: Text that a spreadsheet works out instead of showing it; a number that is text is none.
_FORMULA = re.compile(r"\s*[=+\-@\uff0b\uff0d\uff1d\uff20]|[\t\r\n]")
_NUMBER = re.compile(r"[+-]?[0-9][0-9,]*(\.[0-9]*)?(e[+-]?[0-9]+)?", re.IGNORECASE)


def for_spreadsheets(result: Result) -> Result:
    """The result with an apostrophe before all text that a spreadsheet takes for a formula."""

    def text(value: Any) -> Any:
        if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
            return f"'{value}"
        return value

    rows = [tuple(map(text, row)) for row in result.rows]
    schema = [column._replace(name=text(column.name)) for column in result.schema]
    return Result(schema, rows, result.notes)


def heads(result: Result) -> list[str]:
    """Column names as a person reads them; SQL without an alias may hold line feeds."""
    return [inline(name) for name in result.columns]


def cells(result: Result) -> list[list[str]]:
    """All values as a person reads them; where a row names its quantity, as values of that."""
    at = result.at("quantity")
    if at is not None:
        return [[cell(value, str(row[at])) for value in row] for row in result.rows]
    quantities = [column.quantity or "" for column in result.schema]
    return [list(map(cell, row, quantities)) for row in result.rows]


def cell(value: Any, quantity: str) -> str:
    """One value, grouped by thousands: integers exact, others to six digits or a tenth."""
    if value is None:
        return NOTHING
    if isinstance(value, str):
        return inline(value)
    if isinstance(value, int):
        return str(value) if quantity in UNGROUPED else f"{value:,}"
    if isinstance(value, float):
        digits, e, power = significant(value, SIGNIFICANT).partition("e")
        return (digits.rstrip("0").rstrip(".") if "." in digits else digits) + e + power
    return inline(str(_plain(value)))


def numeric(result: Result) -> list[bool]:
    """Which columns hold numbers, and so are aligned to the right."""
    columns = zip(*result.rows, strict=True) if result.rows else [()] * len(result.columns)
    return [any(isinstance(value, (int, float)) for value in column) for column in columns]


def table(result: Result) -> str:
    """Aligned columns in plain text."""
    body = cells(result)
    right = numeric(result)
    widths = [max(map(len, column)) for column in zip(heads(result), *body, strict=True)] or [0]

    def line(texts: Iterable[str]) -> str:
        parts = (
            text.rjust(width) if number else text.ljust(width)
            for text, width, number in zip(texts, widths, right, strict=True)
        )
        return "  ".join(parts).rstrip() + "\n"

    rule = line("─" * width for width in widths)
    lines = list(map(line, body))
    if 0 < result.leading < len(lines):
        lines.insert(result.leading, rule)
    return line(heads(result)) + rule + "".join(lines)


def html(result: Result) -> str:
    """A table for notebooks: at most SHOWN rows, and how many there are where these are more; the
    larger of a pair is bold, notes stand below."""
    from html import escape

    rows, result = len(result), result[:SHOWN]
    right = numeric(result)
    bolds = [larger(result, row) for row in result.rows]

    def row(tag: str, texts: Iterable[str], bold: set[int]) -> str:
        line = "".join(
            f'<{tag} style="text-align:{"right" if number else "left"}">'
            + (f"<b>{escape(text)}</b>" if i in bold else escape(text))
            + f"</{tag}>"
            for i, (text, number) in enumerate(zip(texts, right, strict=True))
        )
        return f"<tr>{line}</tr>"

    head = row("th", heads(result), set())
    body = "".join(row("td", texts, bold) for texts, bold in zip(cells(result), bolds, strict=True))
    said = [f"{SHOWN} of {rows:,} rows are shown"] if rows > SHOWN else []
    notes = "".join(f"<p>{escape(inline(note))}</p>" for note in [*said, *result.notes])
    return f"<table><thead>{head}</thead><tbody>{body}</tbody></table>{notes}"


def larger(result: Result, row: tuple[Any, ...]) -> set[int]:
    """Indexes of the values that are the larger ones of their pairs."""
    found = set()
    for a, b in result.pairs:
        if all(isinstance(row[i], (int, float)) for i in (a, b)) and row[a] != row[b]:
            found.add(a if row[a] > row[b] else b)
    return found


def vertical(result: Result) -> str:
    """One field a line, a rule above each row."""
    names = heads(result)
    wide = max(map(cells_of, names), default=0)
    blocks = []
    for number, texts in enumerate(cells(result), 1):
        lines = [f"{padded(name, wide)}  {text}" for name, text in zip(names, texts, strict=True)]
        blocks.append("\n".join([f"── {number} ──", *lines, ""]))
    return "".join(blocks)


def padded(text: str, wide: int, *, right: bool = False) -> str:
    blanks = " " * (wide - cells_of(text))
    return blanks + text if right else text + blanks


FORMATS: dict[str, Callable[[Result], str]] = {
    "table": table,
    "vertical": vertical,
    "json": json,
    "csv": csv,
    "tsv": tsv,
    "ndjson": ndjson,
}
