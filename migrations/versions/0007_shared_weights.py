"""Layers that use the weights of another."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("alter table layer add column weights_of text")


def downgrade() -> None:
    op.execute("alter table layer drop column weights_of")
