"""The tables. Each column states its unit and meaning; migrations create them, views show them.

Counts are 64-bit integers, flags are 0 or 1, attributes that few ops have are JSON. Tables may
change by migration; analysts read the views.
"""

from __future__ import annotations

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
)

from archdb.analysis.totals import TOTAL_COLUMNS
from archdb.db.columns import AUTOINCREMENT, WITHOUT_ROWID, Whole, derived, flag, of_network, table
from archdb.db.definition_tables import (
    alias,
    block,
    citation,
    difference,
    edge,
    import_line,
    layer,
    meta,
    metadata,
    network,
    point,
    source,
    space,
)
from archdb.db.reported_tables import (
    figure_value,
    published,
    published_explanation,
    unread_figure,
)
from archdb.db.shared_tables import (
    block_row,
    fact_row,
    field_row,
    layer_row,
    op_row,
    profile_row,
    resolution_row,
)
from archdb.model.components import TRAINED

#: What is asked of all networks of a space, in the order in which equal ones stand together: an
#: index holds it, so that no row of profile or network is looked for at random (space_total).
SCANNED = (
    *("is_native", "macs", *TRAINED, "depth"),
    *("receptive_field_h", "receptive_field_w", "receptive_field_note", "network_id"),
)

profile = table(
    "profile",
    Column("id", Whole, primary_key=True),
    of_network(),
    Column("input", Text, nullable=False),
    Column("is_native", Integer, nullable=False),
    Column("revision", Whole, nullable=False),
    *derived(TOTAL_COLUMNS),
    Column("content", Text),
    Column("figures", Text),
    Column("space", Text),
    UniqueConstraint("network_id", "input"),
    Index("ix_profile_space", "space", *SCANNED),
    flag("is_native"),
    **AUTOINCREMENT,
    comment="A network at an input size: totals, derived from the layer rows at `revision`."
    " Stale where that is not the network's revision; views show none that is stale. content and"
    " figures: hashes of the rows that it was derived from, and of what was derived; of networks of"
    " the catalogue, at their native inputs. space: the network's.",
)

convention = table(
    "convention",
    Column("name", Text, primary_key=True, nullable=False),
    Column("sentence", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("divisor", Integer, nullable=False, server_default="1"),
    Column("missing", Text),
    Column("origin", Text, server_default="imported"),
    CheckConstraint("divisor > 0", name="divisor"),
    CheckConstraint("origin in ('bundled', 'imported')", name="origin"),
    **WITHOUT_ROWID,
    comment="Ways of counting, each a weighted sum over components of the layers, over its divisor."
    " missing: what the tool counts besides, and no component holds. origin: bundled, or imported"
    " where it is your own.",
)

convention_weight = table(
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
    **WITHOUT_ROWID,
    comment="What one of a quantity of an op counts for; an op without a row is not priced.",
)

column_dictionary = table(
    "column_dictionary",
    Column("relation", Text, primary_key=True, nullable=False),
    Column("column", Text, primary_key=True, nullable=False),
    Column("position", Integer, nullable=False),
    *[Column(name, Text, nullable=False) for name in ("unit", "meaning", "origin")],
    Column("citation", Text),
    CheckConstraint("origin in ('stored', 'derived')", name="origin"),
    **WITHOUT_ROWID,
    comment="Every column of the analyst views: unit, meaning, where it comes from.",
)

__all__ = [
    "alias",
    "block",
    "block_row",
    "citation",
    "column_dictionary",
    "convention",
    "convention_weight",
    "difference",
    "edge",
    "fact_row",
    "field_row",
    "figure_value",
    "import_line",
    "layer",
    "layer_row",
    "meta",
    "metadata",
    "network",
    "op_row",
    "point",
    "profile",
    "profile_row",
    "published",
    "published_explanation",
    "resolution_row",
    "source",
    "space",
    "unread_figure",
]
