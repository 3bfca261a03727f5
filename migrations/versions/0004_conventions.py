"""Conventions with a divisor, and the two components that some of them count."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    # Plain SQL, because a batch migration would build the tables anew, and not as strict ones.
    op.execute(
        "alter table convention add column divisor integer not null default '1'"
        " constraint ck_convention_divisor check (divisor > 0)"
    )
    op.execute("alter table convention add column missing text")
    op.execute("alter table layer_profile add column stride_elements integer")
    op.execute("alter table layer_profile add column unbiased_kernels integer")


def downgrade() -> None:
    op.execute("alter table layer_profile drop column unbiased_kernels")
    op.execute("alter table layer_profile drop column stride_elements")
    op.execute("alter table convention drop column missing")
    op.execute("alter table convention drop column divisor")
