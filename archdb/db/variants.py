"""A network rewritten by rules, stored as a variant of what it was made from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import Connection, text

from archdb.analysis.differences import between, definitions
from archdb.analysis.profile import derive
from archdb.db.writer import insert_seed
from archdb.errors import DefinitionError, UsageError
from archdb.model.names import PLUS, lower_case
from archdb.sources.records import Difference, Seed

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
    rules = network.name.removeprefix(base.name + PLUS)
    seed = Seed(
        name=name,
        title=f"{header.title}, {rules.replace(PLUS, ', ')}",
        family=header.family,
        year=header.year,
        aliases=(),
        variant_of=base.name,
        classes=_classes(header.classes, base, network),
        differences=tuple(differences(base, network, rules)),
        sources=(),
        references=(),
        network=network,
    )
    insert_seed(connection, seed, "imported")


def _classes(stated: int | None, base: Network, network: Network) -> int | None:
    """As many as the base has, or as the output now has where a rule has changed that."""
    before, after = (_given_out(one) for one in (base, network))
    return stated if after == before else after


def _given_out(network: Network) -> int | None:
    last = [layer.name for layer in network if not layer.auxiliary][-1]
    channels: int | None = derive(network).layer(last)["out_channels"]
    return channels


def differences(base: Network, network: Network, why: str) -> Iterator[Difference]:
    """How the layer rows of a network differ from those of its base, equal changes together."""
    together: dict[tuple[str, str, str], list[str]] = {}
    for change in between(definitions(base), definitions(network)):
        together.setdefault(change[:3], []).append(_literal(change.layer))
    for (what, there, here), layers in together.items():
        yield Difference(what, there, here, tuple(layers), why)


def _literal(name: str) -> str:
    """A glob that only this name matches."""
    return re.sub(r"([*?[])", r"[\1]", name)
