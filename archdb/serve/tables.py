"""A Result as the body of an answer, in each form that every table has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from math import isinf
from types import NoneType
from typing import TYPE_CHECKING, Any

from archdb.queries.provenance import Note, Release
from archdb.queries.result import Column, Result
from archdb.render import formats
from archdb.serve.address import MEDIA, Target
from archdb.serve.reply import Reply

if TYPE_CHECKING:
    from archdb.api import Database
    from archdb.queries.reader import Reader

#: The largest integer up to which JavaScript has all.
EXACT = 2**53 - 1
PAPERS = {"md": "markdown", "tex": "latex"}


def body(database: Database, dataset: Release, target: Target, result: Result) -> Reply:
    """The table in the form that is asked for."""
    form = target.form
    if form == "json":
        text = envelope(result, target, dataset, meanings(database))
    elif form in PAPERS:
        text = _for_paper(database, result, PAPERS[form])
    elif form == "parquet":
        from archdb.queries.frames import to_parquet

        return Reply(MEDIA[form], to_parquet(result))
    else:
        text = formats.FORMATS[form](result)
    return Reply(MEDIA[form], text.encode("utf-8", "backslashreplace"))


def _for_paper(database: Database, result: Result, form: str) -> str:
    from archdb.dataset.provenance import paper
    from archdb.queries.units import describe
    from archdb.render import paper_formats

    beside = paper(database.reader, describe(database.reader, result))
    return paper_formats.FORMATS[form](result, beside, {})


def meanings(database: Database) -> dict[str, str]:
    """What each quantity means, by its name."""

    def question(reader: Reader) -> dict[str, str]:
        rows = reader.run_named("column_units").rows
        return {name: meaning for name, _, meaning in rows}

    found: dict[str, str] = database.reader.once("meanings", question)
    return found


def envelope(result: Result, target: Target, dataset: Release, known: Mapping[str, str]) -> str:
    """The table with all that belongs to it."""
    as_text = target.values.get("integers") == "text"
    rows: list[Any] = values(result.rows, as_text=as_text)
    if target.values.get("shape") == "objects":
        rows = [dict(zip(result.columns, row, strict=True)) for row in rows]
    said = {
        "columns": [_column(result, at, known) for at in range(len(result.schema))],
        "rows": rows,
        "row_count": len(rows),
        "truncated": None,
        **beside(result, target, dataset),
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")) + "\n"


def beside(result: Result, target: Target, dataset: Release) -> dict[str, Any]:
    """What belongs to rows that are no part of them."""
    return {
        "notes": [_note(note) for note in result.notes],
        "subjects": [subject._asdict() for subject in result.networks],
        "conventions": result.conventions,
        "dataset": dataset._asdict(),
        "links": links(target),
    }


def links(target: Target) -> dict[str, str]:
    """The same in every form."""
    return {"self": target.url, **target.forms}


def _column(result: Result, at: int, known: Mapping[str, str]) -> dict[str, Any]:
    column: Column = result.schema[at]
    found = {"name": column.name, "unit": column.unit, "type": _type(result, at)}
    meaning = known.get(column.quantity or "")
    return found | {
        k: v
        for k, v in (
            ("quantity", column.quantity),
            ("network", column.network),
            ("meaning", meaning),
        )
        if v is not None
    }


def _type(result: Result, at: int) -> str | None:
    """integer, number or text; None where no row has a value."""
    kinds = {type(row[at]) for row in result.rows} - {type(None)}
    if not kinds:
        return None
    if kinds <= {int, bool}:
        return "integer"
    return "number" if kinds <= {int, float, bool} else "text"


def _note(note: str) -> dict[str, Any]:
    if not isinstance(note, Note) or not note.kind:
        return {"text": str(note)}
    return {**note.facts, "text": str(note), "kind": note.kind, "networks": list(note.networks)}


def values(rows: Iterable[Sequence[Any]], *, as_text: bool) -> list[list[Any]]:
    """Rows that JSON can hold."""
    plain = (str, NoneType) if as_text else (int, str, NoneType)
    return [
        [cell if type(cell) in plain else value(cell, as_text=as_text) for cell in row]
        for row in rows
    ]


def value(cell: Any, *, as_text: bool = False) -> Any:
    """A value that JSON can hold: bytes as hexadecimal, infinity as a word."""
    if isinstance(cell, bytes):
        return cell.hex()
    if isinstance(cell, float) and isinf(cell):
        return "Infinity" if cell > 0 else "-Infinity"
    if as_text and isinstance(cell, int) and abs(cell) > EXACT:
        return str(cell)
    return cell
