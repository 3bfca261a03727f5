"""Lineage in rows: classes, structure hashes, stated differences."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    # Plain SQL, because a batch migration would build the table anew, and not as a strict one.
    op.execute(
        "alter table network add column classes integer"
        " constraint ck_network_classes check (classes > 0)"
    )
    op.execute("alter table network add column structure text not null default ''")
    op.create_index("ix_network_structure", "network", ["structure"])
    op.create_table(
        "difference",
        sa.Column("network_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("base", sa.Text(), nullable=False),
        sa.Column("here", sa.Text(), nullable=False),
        sa.Column("layers", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.CheckConstraint("base <> here", name=op.f("ck_difference_change")),
        sa.CheckConstraint("layers is null or json_valid(layers)", name=op.f("ck_difference_layers")),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["network.id"],
            name=op.f("fk_difference_network_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("network_id", "number", name=op.f("pk_difference")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("difference")
    op.drop_index("ix_network_structure", "network")
    op.execute("alter table network drop column structure")
    op.execute("alter table network drop column classes")
