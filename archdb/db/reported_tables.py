"""The tables of published figures: what is printed, and what explains it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import CheckConstraint, Column, ForeignKey, Text

from archdb.db.columns import WITHOUT_ROWID, Whole, json, of_network, table

#: The interval of what the digits stand for: whole numbers, and by what both are divided, since
#: halves and parts of a per cent are among the bounds.
BOUNDS = ("at_least", "below", "bound_divisor")


def _interval() -> list[Any]:
    return [
        *[Column(name, Whole, nullable=False) for name in BOUNDS],
        CheckConstraint("at_least < below", name="interval"),
        CheckConstraint("bound_divisor > 0", name="bound_divisor"),
    ]


published = table(
    "published",
    Column("figure", Text, primary_key=True, nullable=False),
    Column("architecture", Text, index=True),
    *[Column(name, Text, nullable=False) for name in ("printed_as", "quantity")],
    *[Column(name, Text) for name in ("scope", "layers")],
    *[Column(name, Text, nullable=False) for name in ("value", "unit")],
    *_interval(),
    *[Column(name, Text) for name in ("convention", "input")],
    Column("citation", Text, ForeignKey("citation.key"), nullable=False, index=True),
    *[Column(name, Text, nullable=False) for name in ("place", "seen")],
    Column("note", Text),
    json("layers"),
    **WITHOUT_ROWID,
    comment="A figure that a publication prints, in its digits. architecture names a network, or is"
    " NULL where archdb does not have it; layers: JSON list of name globs. What is printed so is at"
    " least at_least / bound_divisor, and less than below / bound_divisor.",
)

figure_value = table(
    "figure_value",
    Column("figure", Text, primary_key=True, nullable=False),
    Column("reading", Text, primary_key=True, nullable=False),
    of_network(index=True),
    Column("revision", Whole, nullable=False),
    *[Column(name, Text, nullable=False) for name in ("architecture", "input")],
    Column("layers", Text),
    Column("convention", Text, index=True),
    Column("weighed", Whole),
    Column("divisor", Whole),
    CheckConstraint("reading in ('printed', 'explained')", name="reading"),
    **WITHOUT_ROWID,
    comment="Our value of a published figure as it is read, printed or explained: weighed / divisor"
    " of the network at `revision`. Triggers take away what no longer holds.",
)

unread_figure = table(
    "unread_figure",
    Column("figure", Text, primary_key=True, nullable=False),
    **WITHOUT_ROWID,
    comment="Published figures whose values are to be worked out again.",
)

published_explanation = table(
    "published_explanation",
    Column(
        "figure",
        Text,
        ForeignKey("published.figure", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
    ),
    *[Column(name, Text) for name in ("architecture", "input", "layers", "convention", "unit")],
    *[Column(name, Text) for name in ("digits", "sum")],
    Column("sum_value", Whole),
    *_interval(),
    *[Column(name, Text) for name in ("status", "because")],
    CheckConstraint("status in ('erratum', 'open', 'not comparable')", name="status"),
    CheckConstraint("status is null or because is not null", name="because"),
    json("layers"),
    **WITHOUT_ROWID,
    comment="How a published figure has to be read to agree with ours, or why it does not.",
)
