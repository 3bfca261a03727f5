"""What datasette is told about a database: what each view and column is, and the saved queries.

`datasette archdb.sqlite --metadata metadata.json`, as its documentation describes that file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from archdb.dataset.release import release
from archdb.export.relations import view_descriptions
from archdb.export.texts import words
from archdb.queries.sql import defaults, saved, saved_names

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: How many rows a page has; and what shows a network on a page of its own.
PAGE = 100


def metadata(reader: Reader, name: str) -> dict[str, Any]:
    """The whole file, for a database that datasette calls `name` (the stem of its file's name)."""
    said = words()
    return {
        "title": said["title"],
        "description": f"{said['abstract']} {release(reader)}.",
        "license": said["license"],
        "databases": {name: {"tables": _views(reader), "queries": _queries()}},
    }


def _views(reader: Reader) -> dict[str, Any]:
    """Each view with its sentence; each column with its unit, its meaning and whether it is
    stored."""
    sentences = view_descriptions(reader)
    found: dict[str, Any] = {}
    known = reader.run('select relation, "column", unit, meaning, origin from column_dictionary')
    for relation, column, unit, meaning, origin in known.rows:
        view = found.setdefault(
            relation, {"description": sentences.get(relation, ""), "size": PAGE, "columns": {}}
        )
        view["columns"][column] = f"{f'{unit}; ' if unit else ''}{meaning} ({origin})"
    return found


def _queries() -> dict[str, Any]:
    """The saved queries; a field of theirs that is left empty is its default."""
    found = {}
    for name in saved_names():
        text = saved(name)
        head, body = _parted(text)
        given = defaults(text)
        for parameter, value in given.items():
            body = re.sub(rf":{parameter}\b", _filled(parameter, value), body)
        found[name] = {
            "title": name.replace("_", " "),
            "description": head,
            "sql": body,
            "params": list(given),
        }
    return found


def _parted(text: str) -> tuple[str, str]:
    """What stands at the head of a statement, but for its parameters; and the statement."""
    lines = text.splitlines()
    count = next(at for at, line in enumerate(lines) if not line.startswith("--"))
    said = [line.removeprefix("--").strip() for line in lines[:count]]
    return " ".join(line for line in said if line[:1] != ":"), "\n".join(lines[count:])


def _filled(parameter: str, value: str | int | None) -> str:
    """A parameter whose field may be empty, as SQL."""
    given = f"nullif(:{parameter}, '')"
    if value is None:
        return given
    if isinstance(value, int):
        return f"cast(coalesce({given}, {value}) as integer)"
    return f"coalesce({given}, '{value}')"
