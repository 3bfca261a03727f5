"""Our values of published figures, as rows, so that nobody who looks at them works them out.

Triggers take away the values of figures whose text, explanation, convention or network has changed,
and note the figures in `unread_figure`; archdb reads these again before it answers.
"""

from __future__ import annotations

import sqlite3
from functools import cache
from pathlib import Path

from archdb.db.expansion import expand

_HERE = Path(__file__).parent / "readings"
#: What tells which reading of which figure of which network a value is of.
READING = (
    *("figure", "reading", "network_id", "revision", "architecture", "input"),
    *("layers", "convention"),
)
VALUE = ("figure", "reading", "weighed", "divisor")


@cache
def _select(name: str) -> str:
    """The statement for rows of READING (wanted) or VALUE (weighed), of `:all` figures or of those
    that are noted."""
    return expand((_HERE / f"{name}.sql").read_text("utf-8")).rstrip("; \n")


def refresh(connection: sqlite3.Connection) -> None:
    """Work out the values that have been taken away, or were never there."""
    if connection.execute("select 1 from unread_figure limit 1").fetchone():
        list_readings(connection)
        connection.execute(
            "update figure_value as v set weighed = r.weighed, divisor = r.divisor"
            f" from ({_select('weighed')}) r where v.figure = r.figure and v.reading = r.reading",
            {"all": 0},
        )
        connection.execute("delete from unread_figure")


def list_readings(connection: sqlite3.Connection) -> None:
    """How the figures that are noted are read: of which network, at which input; no values yet."""
    noted = "figure in (select figure from unread_figure)"
    connection.execute(f"delete from figure_value where {noted}")
    connection.execute(
        f"insert into figure_value ({', '.join(READING)}) {_select('wanted')}", {"all": 0}
    )


def differing(connection: sqlite3.Connection) -> list[str]:
    """The figures whose values are not what they are worked out to be."""
    found = set()
    for name, columns in (("wanted", READING), ("weighed", VALUE)):
        worked_out = set(connection.execute(_select(name), {"all": 1}))
        stored = set(connection.execute(f"select {', '.join(columns)} from figure_value"))
        found |= {row[0] for row in worked_out ^ stored}
    return sorted(found)
