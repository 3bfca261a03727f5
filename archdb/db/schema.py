"""The tables. Each column states its unit and meaning; migrations create them, views show them.

Counts are 64-bit integers, flags are 0 or 1, attributes that few ops have are JSON. Tables may
change by migration; analysts read the views.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)

from archdb.facts import COUNTS, GEMM, PADS, SHAPES
from archdb.receptive import FIELD_COLUMNS
from archdb.totals import TOTAL_COLUMNS

NAMING = {
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)
Whole = BigInteger().with_variant(Integer, "sqlite")
TEXTS = {"receptive_field_layer", "receptive_field_note", "note"}


def _table(name: str, *columns: Any, rowid: bool = True, comment: str) -> Table:
    return Table(
        name, metadata, *columns, comment=comment, sqlite_strict=True, sqlite_with_rowid=rowid
    )


def _derived(names: tuple[str, ...]) -> list[Column[Any]]:
    return [Column(name, Text() if name in TEXTS else Whole) for name in names]


def _flag(name: str) -> CheckConstraint:
    return CheckConstraint(f"{name} in (0, 1)", name=name)


def _positive(*names: str) -> list[CheckConstraint]:
    return [CheckConstraint(f"{name} > 0", name=name) for name in names]


def _json(name: str) -> CheckConstraint:
    return CheckConstraint(f"{name} is null or json_valid({name})", name=name)


def _of_network(column: str = "network_id", **more: Any) -> Column[Any]:
    key = ForeignKey("network.id", ondelete="CASCADE")
    return Column(column, Whole, key, nullable=False, **more)


meta = _table(
    "meta",
    Column("key", Text, primary_key=True, nullable=False),
    Column("value", Text, nullable=False),
    rowid=False,
    comment="What made this database: the archdb version.",
)

citation = _table(
    "citation",
    Column("key", Text, primary_key=True, nullable=False),
    Column("kind", Text, nullable=False),
    Column("authors", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("venue", Text),
    Column("doi", Text),
    Column("url", Text),
    _json("authors"),
    rowid=False,
    comment="Publications and released files. authors: JSON list of 'Family, Given'.",
)

network = _table(
    "network",
    Column("id", Whole, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("title", Text, nullable=False),
    Column("family", Text, nullable=False, index=True),
    Column("year", Integer, nullable=False),
    Column(
        "variant_of",
        Text,
        ForeignKey("network.name", deferrable=True, initially="DEFERRED"),
        index=True,
    ),
    Column("origin", Text, nullable=False),
    Column("revision", Whole, nullable=False, server_default="0"),
    CheckConstraint("name <> '' and name = lower(name) and instr(name, ' ') = 0", name="name"),
    CheckConstraint("year between 1943 and 2999", name="year"),
    CheckConstraint("origin in ('bundled', 'imported')", name="origin"),
    CheckConstraint("variant_of <> name", name="variant_of"),
    comment="One row is one exact network. revision counts changes of its layer rows.",
)

alias = _table(
    "alias",
    Column("name", Text, primary_key=True, nullable=False),
    _of_network(index=True),
    rowid=False,
    comment="Other names of a network.",
)

source = _table(
    "source",
    _of_network(primary_key=True),
    Column("number", Integer, primary_key=True, nullable=False),
    Column("claim", Text, nullable=False),
    Column("citation", Text, ForeignKey("citation.key"), nullable=False, index=True),
    Column("place", Text, nullable=False),
    rowid=False,
    comment="Which publication vouches for what of a network, and where in it.",
)

block = _table(
    "block",
    _of_network(primary_key=True),
    Column("name", Text, primary_key=True, nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("attributes", Text, nullable=False),
    Column("parent", Text),
    ForeignKeyConstraint(
        ["network_id", "parent"],
        ["block.network_id", "block.name"],
        deferrable=True,
        initially="DEFERRED",
    ),
    UniqueConstraint("network_id", "position"),
    _json("attributes"),
    rowid=False,
    comment="Rows of a paper's table that stand for several layers; perhaps inside another.",
)

layer = _table(
    "layer",
    _of_network(primary_key=True),
    Column("position", Integer, primary_key=True, nullable=False),
    Column("name", Text, nullable=False),
    Column("op", Text, nullable=False),
    Column("block", Text),
    Column("auxiliary", Integer, nullable=False, server_default="0"),
    *[Column(name, Integer) for name in ("kernel_h", "kernel_w", "stride_h", "stride_w")],
    Column("padding", Text),
    *[Column(name, Integer) for name in PADS],
    *[Column(name, Integer) for name in ("dilation_h", "dilation_w", "groups")],
    *[Column(name, Integer) for name in ("filters", "units", "bias")],
    Column("rounding", Text),
    Column("attributes", Text),
    ForeignKeyConstraint(
        ["network_id", "block"],
        ["block.network_id", "block.name"],
        deferrable=True,
        initially="DEFERRED",
    ),
    UniqueConstraint("network_id", "name"),
    CheckConstraint("position >= 0", name="position"),
    CheckConstraint("name <> ''", name="name"),
    _flag("auxiliary"),
    _flag("bias"),
    *_positive("kernel_h", "kernel_w", "stride_h", "stride_w"),
    *_positive("dilation_h", "dilation_w", "groups", "filters", "units"),
    *[CheckConstraint(f"{name} >= 0", name=name) for name in PADS],
    CheckConstraint("padding in ('explicit', 'same', 'valid')", name="padding"),
    CheckConstraint("(padding = 'explicit') = (pad_top is not null)", name="explicit_padding"),
    CheckConstraint("rounding in ('floor', 'ceil')", name="rounding"),
    _json("attributes"),
    rowid=False,
    comment="The definition: one row a layer, in an order in which each follows what it reads."
    " Shared attributes are columns; an op's own are JSON. Pads are stated only where padding is"
    " explicit: same and valid are modes, and their pads are derived.",
)

edge = _table(
    "edge",
    _of_network(primary_key=True),
    Column("reader", Integer, primary_key=True, nullable=False),
    Column("slot", Integer, primary_key=True, nullable=False),
    Column("source", Integer, nullable=False),
    *[
        ForeignKeyConstraint(
            ["network_id", end],
            ["layer.network_id", "layer.position"],
            ondelete="CASCADE",
            onupdate="CASCADE",
            deferrable=True,
            initially="DEFERRED",
        )
        for end in ("reader", "source")
    ],
    CheckConstraint("slot >= 0", name="slot"),
    CheckConstraint("reader <> source", name="loop"),
    Index(None, "network_id", "source"),
    rowid=False,
    comment="Which layer (by position) reads which; slot is the place among its inputs, from 0.",
)

profile = _table(
    "profile",
    Column("id", Whole, primary_key=True),
    _of_network(),
    Column("input", Text, nullable=False),
    Column("is_native", Integer, nullable=False),
    Column("revision", Whole, nullable=False),
    *_derived(TOTAL_COLUMNS),
    UniqueConstraint("network_id", "input"),
    _flag("is_native"),
    comment="A network at an input size: totals, derived from the layer rows at `revision`."
    " Stale where that is not the network's revision; views show none that is stale.",
)

layer_profile = _table(
    "layer_profile",
    Column(
        "profile_id",
        Whole,
        ForeignKey("profile.id", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
    ),
    Column("position", Integer, primary_key=True, nullable=False),
    *_derived((*SHAPES, *PADS, *COUNTS, *GEMM, "depth", *FIELD_COLUMNS)),
    rowid=False,
    comment="A layer at an input size; position is that of the layer row.",
)

convention = _table(
    "convention",
    Column("name", Text, primary_key=True, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("source", Text, nullable=False),
    rowid=False,
    comment="Ways of counting operations, each a weighted sum over components of the layers.",
)

convention_weight = _table(
    "convention_weight",
    Column(
        "convention",
        Text,
        ForeignKey("convention.name", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
    ),
    Column("op", Text, primary_key=True, nullable=False),
    Column("quantity", Text, primary_key=True, nullable=False),
    Column("weight", Integer, nullable=False),
    rowid=False,
    comment="What one of a quantity of an op counts for; an op without a row is not priced.",
)

column_dictionary = _table(
    "column_dictionary",
    Column("relation", Text, primary_key=True, nullable=False),
    Column("column", Text, primary_key=True, nullable=False),
    Column("position", Integer, nullable=False),
    Column("unit", Text, nullable=False),
    Column("meaning", Text, nullable=False),
    Column("origin", Text, nullable=False),
    Column("citation", Text),
    CheckConstraint("origin in ('stored', 'derived')", name="origin"),
    rowid=False,
    comment="Every column of the analyst views: unit, meaning, where it comes from.",
)
