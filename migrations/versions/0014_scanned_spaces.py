"""Profiles bear the space of their network, and an index holds what is asked of all of a space."""

from alembic import op

revision = "0014"
down_revision = "0013"

SCANNED = (
    *("space", "is_native", "macs", "weight_params", "bias_params", "norm_params", "depth"),
    *("receptive_field_h", "receptive_field_w", "receptive_field_note", "network_id"),
)


def upgrade() -> None:
    op.execute("alter table profile add column space text")
    op.execute(
        "update profile set space = n.space from network n"
        " where n.id = profile.network_id and n.space is not null"
    )
    op.create_index("ix_profile_space", "profile", SCANNED)


def downgrade() -> None:
    op.execute("drop trigger if exists space_updated")
    op.drop_index("ix_profile_space", "profile")
    op.execute("alter table profile drop column space")
