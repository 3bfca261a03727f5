"""Published figures, and what explains them."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    bound = sa.Double().with_variant(sa.REAL(), "sqlite")
    op.create_table(
        "published",
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("architecture", sa.Text(), nullable=True),
        sa.Column("printed_as", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=True),
        sa.Column("layers", sa.Text(), nullable=True),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("at_least", bound, nullable=False),
        sa.Column("below", bound, nullable=False),
        sa.Column("convention", sa.Text(), nullable=True),
        sa.Column("input", sa.Text(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("at_least < below", name=op.f("ck_published_interval")),
        sa.CheckConstraint("layers is null or json_valid(layers)", name=op.f("ck_published_layers")),
        sa.ForeignKeyConstraint(["citation"], ["citation.key"], name=op.f("fk_published_citation")),
        sa.PrimaryKeyConstraint("figure", name=op.f("pk_published")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_published_architecture"), "published", ["architecture"])
    op.create_index(op.f("ix_published_citation"), "published", ["citation"])
    op.create_table(
        "published_explanation",
        sa.Column("figure", sa.Text(), nullable=False),
        sa.Column("architecture", sa.Text(), nullable=True),
        sa.Column("input", sa.Text(), nullable=True),
        sa.Column("layers", sa.Text(), nullable=True),
        sa.Column("convention", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("digits", sa.Text(), nullable=True),
        sa.Column("sum", sa.Text(), nullable=True),
        sa.Column("sum_value", bound, nullable=True),
        sa.Column("at_least", bound, nullable=False),
        sa.Column("below", bound, nullable=False),
        sa.Column("status", sa.Text(), nullable=True),
        sa.Column("because", sa.Text(), nullable=True),
        sa.CheckConstraint("at_least < below", name=op.f("ck_published_explanation_interval")),
        sa.CheckConstraint(
            "layers is null or json_valid(layers)", name=op.f("ck_published_explanation_layers")
        ),
        sa.CheckConstraint(
            "status in ('erratum', 'open', 'not comparable')",
            name=op.f("ck_published_explanation_status"),
        ),
        sa.CheckConstraint(
            "status is null or because is not null", name=op.f("ck_published_explanation_because")
        ),
        sa.ForeignKeyConstraint(
            ["figure"],
            ["published.figure"],
            name=op.f("fk_published_explanation_figure"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("figure", name=op.f("pk_published_explanation")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("published_explanation")
    op.drop_table("published")
