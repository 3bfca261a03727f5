"""A network rewritten by rules, stored as a variant of what it was made from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from archdb.db.writer import insert_seed
from archdb.errors import DefinitionError, UsageError
from archdb.model.names import PLUS, lower_case
from archdb.rewrite import variant
from archdb.sources.records import Seed

if TYPE_CHECKING:
    from archdb.model.graph import Network


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


def insert_variant(connection: Connection, base: Network, network: Network, name: str) -> None:
    """Store what rules made of a stored network, under a name of its own."""
    header = connection.execute(
        text("select title, family, year, classes from network where name = :name"),
        {"name": base.name},
    ).one()
    rules = variant.rules_of(base, network)
    seed = Seed(
        name=name,
        title=f"{header.title}, {rules.replace(PLUS, ', ')}",
        family=header.family,
        year=header.year,
        aliases=(),
        variant_of=base.name,
        classes=variant.classes(header.classes, base, network),
        differences=tuple(variant.differences(base, network)),
        sources=(),
        references=(),
        network=network,
    )
    insert_seed(connection, seed, "imported")
