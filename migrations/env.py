"""Runs revisions on the connection that archdb hands over, inside its transaction.

By hand (`alembic -x database=FILE ...`), on a connection of its own.
"""

from alembic import context

from archdb.db.engine import engine_for
from archdb.db.tables import metadata


def run(connection) -> None:
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    database = context.get_x_argument(as_dictionary=True)["database"]
    with engine_for(database).begin() as own:
        run(own)
