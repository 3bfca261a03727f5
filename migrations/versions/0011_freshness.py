"""Which networks are stale, and hashes of what their figures were derived from."""

from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.execute(
        "alter table network add column stale integer default '1' not null"
        " constraint ck_network_stale check (stale in (0, 1))"
    )
    op.execute(
        "update network set stale = 0 where id in ("
        " select network_id from profile p where is_native = 1 and not exists (select 1"
        " from profile q where q.network_id = p.network_id and q.revision <> network.revision))"
    )
    op.execute("create index ix_network_stale on network (name) where stale = 1")
    op.execute("alter table profile add column content text")
    op.execute("alter table profile add column figures text")


#: Triggers that an earlier archdb does not have, and that name the columns.
TRIGGERS = (
    *("network_inserted", "revision_counted", "stale_updated"),
    *("profile_inserted", "profile_deleted", "profile_replaced", "profile_overwritten"),
)


def downgrade() -> None:
    for trigger in TRIGGERS:
        op.execute(f"drop trigger if exists {trigger}")
    op.execute("alter table profile drop column figures")
    op.execute("alter table profile drop column content")
    op.execute("drop index ix_network_stale")
    op.execute("alter table network drop column stale")
