"""The tables of published figures: what is printed, and what explains it."""

from __future__ import annotations

from sqlalchemy import REAL, CheckConstraint, Column, Double, ForeignKey, Text
from sqlalchemy.types import TypeEngine

from archdb.db.domains import KEYED, json, table

#: A bound of an interval; halves are among them.
Bound: TypeEngine[float] = Double().with_variant(REAL(), "sqlite")

published = table(
    "published",
    Column("figure", Text, primary_key=True, nullable=False),
    Column("architecture", Text, index=True),
    *[Column(name, Text, nullable=False) for name in ("printed_as", "quantity")],
    *[Column(name, Text) for name in ("scope", "layers")],
    *[Column(name, Text, nullable=False) for name in ("value", "unit")],
    *[Column(name, Bound, nullable=False) for name in ("at_least", "below")],
    *[Column(name, Text) for name in ("convention", "input")],
    Column("citation", Text, ForeignKey("citation.key"), nullable=False, index=True),
    *[Column(name, Text, nullable=False) for name in ("place", "seen")],
    Column("note", Text),
    CheckConstraint("at_least < below", name="interval"),
    json("layers"),
    **KEYED,
    comment="A figure that a publication prints, in its digits. architecture names a network, or is"
    " NULL where archdb does not have it; layers: JSON list of name globs.",
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
    Column("sum_value", Bound),
    *[Column(name, Bound, nullable=False) for name in ("at_least", "below")],
    *[Column(name, Text) for name in ("status", "because")],
    CheckConstraint("at_least < below", name="interval"),
    CheckConstraint("status in ('erratum', 'open', 'not comparable')", name="status"),
    CheckConstraint("status is null or because is not null", name="because"),
    json("layers"),
    **KEYED,
    comment="How a published figure has to be read to agree with ours, or why it does not.",
)
