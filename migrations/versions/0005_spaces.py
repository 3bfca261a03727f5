"""Search spaces: their points, and totals that tell what a result depends on."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TOTALS = (
    *("live_params", "live_macs", "pointwise_params", "pointwise_macs"),
    *("linear_params", "linear_macs"),
    *("costliest_layer", "costliest_op", "costliest_macs"),
)


def upgrade() -> None:
    op.create_table(
        "space",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("size", WHOLE, nullable=False),
        sa.Column("wanted", WHOLE, nullable=False),
        sa.CheckConstraint("size > 0", name=op.f("ck_space_size")),
        sa.CheckConstraint("wanted between 0 and size", name=op.f("ck_space_wanted")),
        sa.ForeignKeyConstraint(["citation"], ["citation.key"], name=op.f("fk_space_citation")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_space")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.execute(
        "alter table network add column space text"
        " constraint fk_network_space references space (name)"
    )
    op.execute("alter table network add column number integer")
    op.create_index("ix_network_space_number", "network", ["space", "number"], unique=True)
    op.create_table(
        "point",
        sa.Column("network_id", WHOLE, nullable=False),
        sa.Column("attribute", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["network_id"], ["network.id"], name=op.f("fk_point_network_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("network_id", "attribute", name=op.f("pk_point")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index("ix_point_attribute_value", "point", ["attribute", "value"])
    for name in TOTALS:
        kind = "text" if name in ("costliest_layer", "costliest_op") else "integer"
        op.execute(f"alter table profile add column {name} {kind}")


def downgrade() -> None:
    for name in reversed(TOTALS):
        op.execute(f"alter table profile drop column {name}")
    op.drop_table("point")
    op.drop_index("ix_network_space_number", "network")
    op.execute("alter table network drop column number")
    op.execute("alter table network drop column space")
    op.drop_table("space")
