"""What a network of the user's own can be called."""

from __future__ import annotations

from sqlalchemy import Connection, text

from archdb.errors import DefinitionError, UsageError
from archdb.model.names import PLUS, lower_case


def check_name(name: str) -> None:
    """Raises UsageError where a network cannot be called so."""
    try:
        lower_case(name)
    except DefinitionError as error:
        raise UsageError(error.what, remedy=error.remedy) from None
    except ValueError:
        raise UsageError(f"'{name}' cannot be a name: it needs a word in lower case") from None
    if PLUS in name:
        raise UsageError(f"'{name}' cannot be a name: a plus stands before a rule")


def check_free(connection: Connection, name: str) -> None:
    """Raises DefinitionError where another network is called so."""
    taken = text("select 1 from network where name = :name")
    if connection.execute(taken, {"name": name}).first():
        raise DefinitionError(f"there is already a network '{name}'", remedy="give another name")
