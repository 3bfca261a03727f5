"""The tables of derived figures: each distinct row once, and of a profile the lists of its rows.

Networks repeat themselves and each other: of three million layers of a search space, some tens of
thousands differ. A list is a JSON array of ids, which a view opens with json_each.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, ForeignKey, Index, Integer, Text

from archdb.analysis.layer_costs import COUNTS, FACT_COLUMNS
from archdb.analysis.receptive_field import FIELD_COLUMNS
from archdb.db.columns import Whole, derived, json, table
from archdb.db.networks import STATED_OP

_TEXT = ("padding", "rounding", "attributes")
#: What is added up over a group of layers.
GROUP = ("layers", *COUNTS)


def _shared(name: str, *columns: Any, comment: str) -> Any:
    """A table of distinct rows; `digest`, a checksum of all else, finds a row again."""
    key = (Column("id", Whole, primary_key=True), Column("digest", Whole, nullable=False))
    return table(name, *key, *columns, Index(None, "digest"), comment=comment)


fact_row = _shared(
    "fact_row",
    Column("op", Text, nullable=False),
    *[Column(name, Text if name in _TEXT else Integer) for name in STATED_OP],
    *derived(FACT_COLUMNS),
    comment="An op as a layer states it, on the shapes that arrive: what it comes to. out_shape:"
    " the output's shape, where channels, height and width do not state it.",
)

field_row = _shared(
    "field_row",
    *derived(FIELD_COLUMNS),
    comment="The receptive field behind a layer.",
)

layer_row = _shared(
    "layer_row",
    Column("name", Text, nullable=False),
    Column("block", Text),
    Column("auxiliary", Integer, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("weights_of", Text),
    Column("fact", Whole, nullable=False),
    Column("field", Whole, nullable=False),
    *derived(("depth",)),
    json("inputs"),
    comment="A layer under its name in its place. inputs: JSON list of the names of the layers that"
    " it reads. fact and field: ids of fact_row and field_row.",
)

op_row = _shared(
    "op_row",
    Column("op", Text, nullable=False),
    Column("position", Integer),
    *derived(GROUP),
    comment="All layers of one op, but those of auxiliary heads, and where the first stands.",
)

block_row = _shared(
    "block_row",
    *[Column(name, Text) for name in ("block", "kind", "attributes", "parent")],
    Column("position", Integer),
    *derived(GROUP),
    comment="All layers of one block, but those of auxiliary heads; a layer outside any block is"
    " one of its own, without a kind.",
)

resolution_row = _shared(
    "resolution_row",
    Column("resolution", Text, nullable=False),
    *derived(("out_height", "out_width")),
    *derived(GROUP),
    comment="All layers of one size of output, but those of auxiliary heads.",
)

profile_row = table(
    "profile_row",
    Column(
        "profile_id",
        Whole,
        ForeignKey("profile.id", ondelete="CASCADE"),
        primary_key=True,
        nullable=False,
    ),
    *[Column(name, Text, nullable=False) for name in ("layers", "ops", "blocks", "resolutions")],
    *[json(name) for name in ("layers", "ops", "blocks", "resolutions")],
    comment="Which rows a profile is made of: JSON lists of ids, of layer_row in order of"
    " execution, of op_row, block_row and resolution_row.",
)

#: The tables of distinct rows, and how those of each are found: by which column of profile_row,
#: or of layer_row.
LISTED = {
    layer_row: "layers",
    op_row: "ops",
    block_row: "blocks",
    resolution_row: "resolutions",
}
PARTS = {fact_row: "fact", field_row: "field"}
