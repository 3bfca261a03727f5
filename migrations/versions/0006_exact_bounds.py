"""Bounds of published figures in whole numbers; the rows are archdb's own and are put in anew."""

from collections.abc import Callable

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    whole = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    _remake(
        lambda: [
            *(sa.Column(name, whole, nullable=False) for name in ("at_least", "below")),
            sa.Column("bound_divisor", whole, nullable=False),
        ],
        whole,
        lambda table: [
            sa.CheckConstraint("bound_divisor > 0", name=op.f(f"ck_{table}_bound_divisor"))
        ],
    )


def downgrade() -> None:
    real = sa.Double().with_variant(sa.REAL(), "sqlite")
    _remake(
        lambda: [sa.Column(name, real, nullable=False) for name in ("at_least", "below")],
        real,
        lambda table: [],
    )


def _remake(
    bounds: Callable[[], list[sa.Column]],
    total: sa.types.TypeEngine,
    checks: Callable[[str], list[sa.CheckConstraint]],
) -> None:
    """Both tables, with these columns for an interval and this type of a sum."""
    op.drop_table("published_explanation")
    op.drop_table("published")
    _published(bounds(), checks("published"))
    _explanation(bounds(), total, checks("published_explanation"))


def _published(bounds: list[sa.Column], checks: list[sa.CheckConstraint]) -> None:
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
        *bounds,
        sa.Column("convention", sa.Text(), nullable=True),
        sa.Column("input", sa.Text(), nullable=True),
        sa.Column("citation", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("seen", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint("at_least < below", name=op.f("ck_published_interval")),
        sa.CheckConstraint("layers is null or json_valid(layers)", name=op.f("ck_published_layers")),
        *checks,
        sa.ForeignKeyConstraint(["citation"], ["citation.key"], name=op.f("fk_published_citation")),
        sa.PrimaryKeyConstraint("figure", name=op.f("pk_published")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_published_architecture"), "published", ["architecture"])
    op.create_index(op.f("ix_published_citation"), "published", ["citation"])


def _explanation(
    bounds: list[sa.Column], total: sa.types.TypeEngine, checks: list[sa.CheckConstraint]
) -> None:
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
        sa.Column("sum_value", total, nullable=True),
        *bounds,
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
        *checks,
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
