"""Shapes that channels, height and width do not state."""

from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.execute("alter table layer_profile add column out_shape text")


def downgrade() -> None:
    op.execute("alter table layer_profile drop column out_shape")
