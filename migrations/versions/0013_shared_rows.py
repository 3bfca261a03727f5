"""Derived rows stored once, and lists of them for each profile; packed points.

What was derived is derived again by whoever upgrades.
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STATED = (
    *("kernel_h", "kernel_w", "stride_h", "stride_w", "dilation_h", "dilation_w", "padding"),
    *("stated_pad_top", "stated_pad_bottom", "stated_pad_left", "stated_pad_right"),
    *("groups", "filters", "units", "bias", "rounding", "attributes"),
)
SHAPES = ("in_channels", "in_height", "in_width", "out_channels", "out_height", "out_width")
PADS = ("pad_top", "pad_bottom", "pad_left", "pad_right")
COUNTS = (
    *("weight_params", "bias_params", "norm_params", "buffers"),
    *("macs", "bias_adds", "adds", "muls", "comparisons", "divisions", "exponentials"),
    *("in_elements", "out_elements", "stride_elements", "unbiased_kernels"),
)
GEMM = ("gemm_m", "gemm_n", "gemm_k")
FIELD = (
    *("receptive_field_h", "receptive_field_w", "effective_stride_h", "effective_stride_w"),
    *("effective_padding_h", "effective_padding_w", "receptive_field_note"),
)
TEXTS = ("padding", "rounding", "attributes", "out_shape", "receptive_field_note")
SHARED = ("fact_row", "field_row", "layer_row", "op_row", "block_row", "resolution_row")
LISTS = ("layers", "ops", "blocks", "resolutions")


def upgrade() -> None:
    _shared(
        "fact_row",
        sa.Column("op", sa.Text(), nullable=False),
        *[_column(name, sa.Integer()) for name in STATED],
        *map(_column, (*SHAPES, *PADS, *COUNTS, *GEMM, "out_shape")),
    )
    _shared("field_row", *map(_column, FIELD))
    _shared(
        "layer_row",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("block", sa.Text()),
        sa.Column("auxiliary", sa.Integer(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("weights_of", sa.Text()),
        sa.Column("fact", WHOLE, nullable=False),
        sa.Column("field", WHOLE, nullable=False),
        _column("depth"),
        _json("layer_row", "inputs"),
    )
    _group("op_row", sa.Column("op", sa.Text(), nullable=False), _position())
    names = [sa.Column(name, sa.Text()) for name in ("block", "kind", "attributes", "parent")]
    _group("block_row", *names, _position())
    size = map(_column, ("out_height", "out_width"))
    _group("resolution_row", sa.Column("resolution", sa.Text(), nullable=False), *size)
    op.create_table(
        "profile_row",
        sa.Column("profile_id", WHOLE, nullable=False),
        *[sa.Column(name, sa.Text(), nullable=False) for name in LISTS],
        *[_json("profile_row", name) for name in LISTS],
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["profile.id"],
            name=op.f("fk_profile_row_profile_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("profile_id", name=op.f("pk_profile_row")),
        sqlite_strict=True,
    )
    op.drop_table("layer_profile")
    op.execute("delete from meta where key = 'derivation'")
    op.execute(
        "alter table network add column packed integer default '0' not null"
        " constraint ck_network_packed check (packed in (0, 1, 2))"
    )


def downgrade() -> None:
    op.execute("update network set packed = 0 where packed = 1")  # a trigger lays their rows
    triggers = "select name from sqlite_master where type = 'trigger' and sql like '%{}%'"
    for words in ("packed", "profile_row"):
        for (name,) in op.get_bind().exec_driver_sql(triggers.format(words)).all():
            op.execute(f"drop trigger {name}")
    op.execute("alter table network drop column packed")
    for table in ("profile_row", *SHARED):
        op.drop_table(table)
    op.create_table(
        "layer_profile",
        sa.Column("profile_id", WHOLE, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        *map(_column, (*SHAPES, *PADS, *COUNTS, *GEMM, "depth", *FIELD, "out_shape")),
        sa.ForeignKeyConstraint(
            ["profile_id"],
            ["profile.id"],
            name=op.f("fk_layer_profile_profile_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("profile_id", "position", name=op.f("pk_layer_profile")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _column(name: str, kind: sa.types.TypeEngine = WHOLE) -> sa.Column:
    return sa.Column(name, sa.Text() if name in TEXTS else kind)


def _position() -> sa.Column:
    return sa.Column("position", sa.Integer())


def _json(table: str, name: str) -> sa.CheckConstraint:
    valid = f"{name} is null or json_valid({name})"
    return sa.CheckConstraint(valid, name=op.f(f"ck_{table}_{name}"))


def _shared(name: str, *columns: sa.Column | sa.CheckConstraint) -> None:
    op.create_table(
        name,
        sa.Column("id", WHOLE, nullable=False),
        sa.Column("digest", WHOLE, nullable=False),
        *columns,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_strict=True,
    )
    op.create_index(f"ix_{name}_digest", name, ["digest"])


def _group(name: str, *columns: sa.Column) -> None:
    _shared(name, *columns, *map(_column, ("layers", *COUNTS)))
