"""The views as files, and the column dictionary that their comments are.

A view says what it is behind its first line, and each of its columns ends a line with
`-- unit; origin; meaning [citation]`. SQLite keeps a view's text, so `.schema layer_summary`
shows the comments to anyone who opens the file; the table `column_dictionary` holds the same
words as rows. Lines in braces stand for one of each component (`expansion`).
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from archdb.db.expansion import expand

_HERE = Path(__file__).parent
_COLUMN = re.compile(
    r"^.*?(?P<column>\w+),?\s+-- (?P<unit>[^;]+); (?P<origin>stored|derived); (?P<meaning>.*?)"
    r"(?: \[(?P<citation>\w+)\])?$"
)


class Entry(NamedTuple):
    """One row of column_dictionary."""

    relation: str
    column: str
    position: int
    unit: str
    meaning: str
    origin: str
    citation: str | None


def views() -> dict[str, str]:
    """The `create view` statement of each view, in an order in which each follows what it reads."""
    files = (_HERE / "views").glob("*.sql")
    texts = {path.stem: expand(path.read_text("utf-8")) for path in files}
    placed: dict[str, str] = {}
    while len(placed) < len(texts):
        for name in sorted(texts.keys() - placed.keys()):
            reads = {
                other
                for other in texts
                if other != name and re.search(rf"\b{other}\b", _bare(texts[name]))
            }
            if reads <= placed.keys():
                placed[name] = texts[name]
    return placed


def triggers() -> dict[str, str]:
    """The `create trigger` statement of each trigger."""
    text = (_HERE / "triggers.sql").read_text("utf-8")
    templates = re.findall(r"^create trigger .*?\nend;", text, flags=re.DOTALL | re.MULTILINE)
    statements = [each for template in templates for each in _for_each_table(template)]
    return {statement.split()[2]: statement for statement in statements}


#: Tables that a trigger in braces stands for.
_TABLES = {
    "{own}": ("layer", "edge", "block"),
    "{shared}": ("fact_row", "field_row", "layer_row", "op_row", "block_row", "resolution_row"),
}


def _for_each_table(template: str) -> list[str]:
    for word, tables in _TABLES.items():
        if word in template:
            return [template.replace(word, table) for table in tables]
    return [template]


def entries() -> list[Entry]:
    """All rows of column_dictionary: those of the views, and its own."""
    found = [entry for name, text in views().items() for entry in _entries(name, text)]
    return found + [
        Entry("column_dictionary", column, position, "text", meaning, "stored", None)
        for position, (column, meaning) in enumerate(_OWN.items())
    ]


_OWN = {
    "relation": "the view",
    "column": "its column",
    "position": "place of the column, from 0",
    "unit": "what one of it is",
    "meaning": "what it says",
    "origin": "stored, or derived from what is stored",
    "citation": "key of the publication that defines it",
}


def _bare(text: str) -> str:
    return re.sub(r"--.*", "", text)


def _entries(relation: str, text: str) -> list[Entry]:
    rows = [match for line in text.splitlines() if (match := _COLUMN.match(line))]
    return [
        Entry(
            relation,
            row["column"],
            position,
            row["unit"],
            row["meaning"],
            row["origin"],
            row["citation"],
        )
        for position, row in enumerate(rows)
    ]
