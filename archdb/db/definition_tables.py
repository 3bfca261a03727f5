"""The tables that are stored: citations, networks and the layer rows that define them."""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    text,
)

from archdb.analysis.layer_costs import PADS
from archdb.db.columns import (
    AUTOINCREMENT,
    WITHOUT_ROWID,
    Whole,
    flag,
    json,
    of_network,
    only_where,
    positive,
    table,
    whole_pair,
)

meta = table(
    "meta",
    Column("key", Text, primary_key=True, nullable=False),
    Column("value", Text, nullable=False),
    **WITHOUT_ROWID,
    comment="What made this database, the archdb version; and its user's own queries by name, each"
    " under 'query:NAME'.",
)
metadata = meta.metadata

citation = table(
    "citation",
    Column("key", Text, primary_key=True, nullable=False),
    *[Column(name, Text, nullable=False) for name in ("kind", "authors", "title")],
    Column("year", Integer, nullable=False),
    Column("venue", Text),
    Column("doi", Text),
    Column("url", Text),
    json("authors"),
    **WITHOUT_ROWID,
    comment="Publications and released files. authors: JSON list of 'Family, Given'.",
)

space = table(
    "space",
    Column("name", Text, primary_key=True, nullable=False),
    Column("title", Text, nullable=False),
    Column("citation", Text, ForeignKey("citation.key"), nullable=False),
    Column("size", Whole, nullable=False),
    Column("wanted", Whole, nullable=False),
    CheckConstraint("size > 0", name="size"),
    CheckConstraint("wanted between 0 and size", name="wanted"),
    **WITHOUT_ROWID,
    comment="Search spaces: size counts their points, wanted those that a build was asked for.",
)

network = table(
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
    Column("classes", Integer),
    Column("origin", Text, nullable=False),
    Column("structure", Text, nullable=False, server_default="", index=True),
    Column("revision", Whole, nullable=False, server_default="0"),
    Column("space", Text, ForeignKey("space.name")),
    Column("number", Integer),
    Column("stale", Integer, nullable=False, server_default="1"),
    Column("packed", Integer, nullable=False, server_default="0"),
    Index(None, "space", "number", unique=True),
    Index("ix_network_stale", "name", sqlite_where=text("stale = 1")),
    CheckConstraint("name <> '' and name = lower(name) and instr(name, ' ') = 0", name="name"),
    CheckConstraint("year between 1943 and 2999", name="year"),
    CheckConstraint("origin in ('bundled', 'imported')", name="origin"),
    CheckConstraint("variant_of <> name", name="variant_of"),
    CheckConstraint("classes > 0", name="classes"),
    flag("stale"),
    CheckConstraint("packed in (0, 1, 2)", name="packed"),
    **AUTOINCREMENT,
    comment="One row is one exact network. revision counts changes of its layer rows; structure is"
    " a hash of the graph with the names left out. space and number: of which search space it is a"
    " point, and which; no space: it belongs to the catalogue. stale: 1 where there are no figures"
    " of its rows as they stand. packed: 1 where its layers, edges and blocks stand in the lists of"
    " its profile alone, 2 while rows are made of these.",
)

point = table(
    "point",
    of_network(primary_key=True),
    Column("attribute", Text, primary_key=True, nullable=False),
    Column("value", Text, nullable=False),
    Index(None, "attribute", "value"),
    **WITHOUT_ROWID,
    comment="Where a network stands in its search space: one row an attribute; numbers as text.",
)

alias = table(
    "alias",
    Column("name", Text, primary_key=True, nullable=False),
    of_network(index=True),
    **WITHOUT_ROWID,
    comment="Other names of a network.",
)

source = table(
    "source",
    of_network(primary_key=True),
    Column("number", Integer, primary_key=True, nullable=False),
    Column("claim", Text, nullable=False),
    Column("citation", Text, ForeignKey("citation.key"), nullable=False, index=True),
    Column("place", Text, nullable=False),
    **WITHOUT_ROWID,
    comment="Which publication vouches for what of a network, and where in it.",
)

difference = table(
    "difference",
    of_network(primary_key=True),
    Column("number", Integer, primary_key=True, nullable=False),
    *[Column(name, Text, nullable=False) for name in ("what", "base", "here", "layers", "why")],
    json("layers"),
    CheckConstraint("base <> here", name="change"),
    **WITHOUT_ROWID,
    comment="How a variant differs from its base, as stated; layers: JSON list of name globs.",
)

import_line = table(
    "import_line",
    of_network(primary_key=True),
    Column("number", Integer, primary_key=True, nullable=False),
    *[Column(name, Text, nullable=False) for name in ("subject", "item")],
    *[Column(name, Whole) for name in ("stated", "derived")],
    Column("note", Text),
    **WITHOUT_ROWID,
    comment="What was said of a network when it was imported from a file or a library, line by"
    " line: the file's counts beside those that were derived.",
)

block = table(
    "block",
    of_network(primary_key=True),
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
    json("attributes"),
    **WITHOUT_ROWID,
    comment="Rows of a paper's table that stand for several layers; perhaps inside another.",
)

layer = table(
    "layer",
    of_network(primary_key=True),
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
    Column("weights_of", Text),
    ForeignKeyConstraint(
        ["network_id", "block"],
        ["block.network_id", "block.name"],
        deferrable=True,
        initially="DEFERRED",
    ),
    UniqueConstraint("network_id", "name"),
    CheckConstraint("position >= 0", name="position"),
    CheckConstraint("name <> ''", name="name"),
    flag("auxiliary"),
    flag("bias"),
    *positive("kernel_h", "kernel_w", "stride_h", "stride_w"),
    *positive("dilation_h", "dilation_w", "groups", "filters", "units"),
    *[CheckConstraint(f"{name} >= 0", name=name) for name in PADS],
    CheckConstraint("padding in ('explicit', 'same', 'valid')", name="padding"),
    CheckConstraint(only_where("padding = 'explicit'", PADS), name="explicit_padding"),
    *[whole_pair(pair) for pair in ("kernel", "stride", "dilation")],
    CheckConstraint("rounding in ('floor', 'ceil')", name="rounding"),
    json("attributes"),
    **WITHOUT_ROWID,
    comment="The definition: one row a layer, in an order in which each follows what it reads."
    " Shared attributes are columns; an op's own are JSON. Pads are stated only where padding is"
    " explicit: same and valid are modes, and their pads are derived. weights_of: the layer whose"
    " tensors it uses.",
)

edge = table(
    "edge",
    of_network(primary_key=True),
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
    **WITHOUT_ROWID,
    comment="Which layer (by position) reads which; slot is the place among its inputs, from 0.",
)
