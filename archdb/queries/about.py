"""What a network is, beside its figures: title, paper, other names, base, accuracies on record."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import TYPE_CHECKING

from archdb.queries.lineage import rules_of, stated_differences
from archdb.queries.named import stored_part
from archdb.queries.result import Result

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: Of so many sources an accuracy is told.
MOST = 4


def about(reader: Reader, name: str) -> Result:
    """Rows (what, text), without those that there is nothing to say for; of a name with rules, what
    its base is, and of a file none."""
    stored, rules = stored_part(reader, name)
    found = _rows(reader, stored, rules) if stored else ()
    return Result(["what", "text"], [row for row in found if row[1]])


def _rows(reader: Reader, stored: str, rules: str) -> Iterator[tuple[str, str]]:
    row = reader.run_named("about", name=stored).to_dicts()[0]
    rewritten = f", rewritten by {rules}" if rules else ""
    yield "title", f"{row['title']}{rewritten} ({row['family']}, {row['year']})"
    yield from _papers(reader, stored)
    if rules:
        yield "variant of", stored
        return
    yield "also called", row["aliases"] or ""
    yield "variant of", _base(reader, stored, row["variant_of"])
    yield "accuracy", _accuracies(reader, stored)


def _papers(reader: Reader, name: str) -> Iterator[tuple[str, str]]:
    for row in reader.run_named("citations", name=name, whole=False).to_dicts():
        families = [author.split(",")[0] for author in json.loads(row["authors"])]
        who = f"{families[0]} et al." if len(families) > 2 else " and ".join(families)
        where = f". {row['venue']}" if row["venue"] else ""
        yield "paper", f"{who} ({row['year']}): {row['title']}{where} [{row['key']}]"


def _base(reader: Reader, name: str, base: str | None) -> str:
    if base is None:
        return ""
    changes = rules_of(reader, name) or "; ".join(stated_differences(reader, name))
    return f"{base} ({changes})" if changes else base


def _accuracies(reader: Reader, name: str) -> str:
    """The best top-1 accuracy of each source, with the digits that the source prints."""
    rows = reader.run_named("top1_errors", name=name).rows
    told = [f"{100 - Decimal(value)} % ({citation})" for citation, value in rows[:MOST]]
    more = f", {len(rows) - MOST} more: archdb published {name}" if len(rows) > MOST else ""
    return f"top-1 {', '.join(told)}{more}" if told else ""
