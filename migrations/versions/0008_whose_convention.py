"""Whose a convention is: archdb's, which an upgrade replaces, or a user's own."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.execute(
        "alter table convention add column origin text default 'imported'"
        " constraint ck_convention_origin check (origin in ('bundled', 'imported'))"
    )
    op.execute("update convention set origin = null")  # of those that are there nobody knows


def downgrade() -> None:
    op.execute("alter table convention drop column origin")
