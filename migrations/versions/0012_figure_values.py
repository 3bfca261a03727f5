"""Our values of published figures as rows, and which of them are to be worked out again."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"

WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STRICT = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade() -> None:
    op.create_table(
        "figure_value",
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("reading", sa.Text(), nullable=False),
        sa.Column("network_id", WHOLE, nullable=False),
        sa.Column("revision", WHOLE, nullable=False),
        *[sa.Column(name, sa.Text(), nullable=False) for name in ("architecture", "input")],
        *[sa.Column(name, sa.Text()) for name in ("layers", "convention")],
        *[sa.Column(name, WHOLE) for name in ("weighed", "divisor")],
        sa.CheckConstraint(
            "reading in ('printed', 'explained')", name=op.f("ck_figure_value_reading")
        ),
        sa.ForeignKeyConstraint(
            ["network_id"],
            ["network.id"],
            name=op.f("fk_figure_value_network_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("figure", "reading", name=op.f("pk_figure_value")),
        **STRICT,
    )
    op.create_index("ix_figure_value_network_id", "figure_value", ["network_id"])
    op.create_index("ix_figure_value_convention", "figure_value", ["convention"])
    op.create_table(
        "unread_figure",
        sa.Column("figure", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("figure", name=op.f("pk_unread_figure")),
        **STRICT,
    )
    op.execute("insert into unread_figure select figure from published")


def downgrade() -> None:
    op.execute("drop trigger if exists network_refreshed")
    for table in ("published", "explanation", "convention", "convention_weight"):
        for event in ("inserted", "updated", "deleted"):
            op.execute(f"drop trigger if exists {table}_{event}")
    op.drop_table("unread_figure")
    op.drop_index("ix_figure_value_convention", "figure_value")
    op.drop_index("ix_figure_value_network_id", "figure_value")
    op.drop_table("figure_value")
