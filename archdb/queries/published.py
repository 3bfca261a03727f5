"""What others print about a network, beside what archdb derives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archdb.errors import NotFoundError, UsageError, nearest
from archdb.queries.freshness import refresh_stale
from archdb.queries.result import Result

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

VERDICTS = ("agrees", "explained", "contradicts", "not comparable")
#: How a figure was read, in words; those read in the source itself need none.
UNSEEN = {
    "conversion": "in a conversion of the source to text",
    "second-hand": "where another work quotes them",
    "memory": "not at all, but written down from memory",
}


def published(reader: Reader, name: str | None, verdict: str | None) -> Result:
    """One row for each figure, of a network or of all, with its verdict.

    Raises NotFoundError where there is none, UsageError where there is no such verdict.
    """
    if verdict is not None and verdict not in VERDICTS:
        raise UsageError(
            f"'{verdict}' is no verdict",
            remedy=nearest(verdict, VERDICTS) or f"there are: {', '.join(VERDICTS)}",
        )
    network = None if name is None else reader.resolve(name)
    refresh_stale(reader, points=False)
    result = reader.run_named("published", name=network, verdict=verdict)
    if not result.rows:
        whose = f"of {network}" if network else "in this database"
        which = f"published figure {whose}" + (f" has the verdict '{verdict}'" if verdict else "")
        raise NotFoundError(f"no {which}", remedy="archdb published shows those of all networks")
    result.notes = _notes(result)
    return result


def _notes(result: Result) -> list[str]:
    """Which of the figures were not read where they are printed."""
    seen = result.column("seen")
    return [
        f"{seen.count(how)} of {len(seen)} figures were read {words}"
        for how, words in UNSEEN.items()
        if how in seen
    ]


def verdicts(reader: Reader) -> str:
    """How many figures there are of each verdict, in a sentence; none, where there are none."""
    rows = reader.run_named("verdicts").rows
    if not rows:
        return ""
    counts = {verdict: f"{figures} {_SAID[verdict]}" for verdict, figures, _ in rows}
    open = sum(row[2] for row in rows)
    if open:
        counts["contradicts"] += f" ({open} open questions)"
    said = ", ".join(counts[verdict] for verdict in VERDICTS if verdict in counts)
    return f"{sum(row[1] for row in rows)} published figures: {said}"


_SAID = {
    "agrees": "agree",
    "explained": "explained",
    "contradicts": "contradict",
    "not comparable": "not comparable",
}
