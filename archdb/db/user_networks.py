"""Networks of the user's own: of seed files, of other formats' files, of installed libraries."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from archdb.db import figure_values, tables, writer
from archdb.db.engine import driver, insert_many, writing
from archdb.db.variants import check_name
from archdb.errors import ArchdbError, DefinitionError, UsageError, nearest
from archdb.model.shape import Shape
from archdb.sources import base, toml
from archdb.sources.records import Reference, Seed
from archdb.sources.report import Line, Report

#: Where a seed stands that is given as its bytes.
READ = "standard input"


class Network(NamedTuple):
    """A network to be stored: where it is from, and what is said of its import."""

    place: str
    seed: Seed
    report: Report | None = None


def load(
    words: Iterable[Any], name: str | None = None, sizes: Mapping[str, Shape] | None = None
) -> list[Network]:
    """The networks that words mean: files, and models of libraries; some may be read already, as
    `Imported` or as the bytes of a seed. `name`: what the one network is to be called; `sizes`:
    shapes of inputs, by name."""
    words = list(words)
    if name is not None and len(words) != 1:
        raise UsageError("a name is for one network", remedy="import the files one by one")
    if name is not None:
        check_name(name)
    references = toml.bundled_references()
    found = [_read(word, name, sizes or {}, references) for word in words]
    _check_once(found)
    return found


def _read(
    word: Any, name: str | None, sizes: Mapping[str, Shape], references: Mapping[str, Reference]
) -> Network:
    if isinstance(word, bytes):
        try:
            return Network(READ, _called(toml.loads(word, references), name))
        except ArchdbError as error:
            raise error.at(READ) from None
    given = isinstance(word, base.Imported)
    place = "" if given else os.fspath(word)
    made = word if given else base.read(place, name, sizes)
    if made is None:
        base.check_format(place)
        return Network(place, _called(toml.load(Path(place), references), name))
    seed = made.seed()
    return Network(place or seed.name, _called(seed, name), made.report)


def _called(seed: Seed, name: str | None) -> Seed:
    """The seed under another name, or its own."""
    if name is None or name == seed.name:
        return seed
    return seed._replace(name=name, network=seed.network.called(name))


def store(
    path: Path, networks: Iterable[Network], *, replace: bool = False, dry_run: bool = False
) -> None:
    """Store networks; all of them or none. `dry_run`: all that would be refused is, and nothing is
    kept."""
    networks = list(networks)
    with writing(path) as connection:
        for network in networks:
            try:
                _may_store(connection, network.seed.name, replace)
                writer.insert_seed(connection, network.seed, "imported")
                _insert_report(connection, network)
            except ArchdbError as error:
                raise error.at(network.place) from None
        for network in networks:  # only now, because a base may come in a later file
            _check_base(connection, network.seed, network.place)
        if dry_run:
            connection.rollback()
            return
        figure_values.refresh(driver(connection))


def _insert_report(connection: Connection, network: Network) -> None:
    if network.report is None:
        return
    query = text("select id from network where name = :name")
    key = connection.execute(query, {"name": network.seed.name}).scalar_one()
    rows = [(key, number, *line) for number, line in enumerate(network.report.lines)]
    insert_many(connection, tables.import_line, ("network_id", "number", *Line._fields), rows)


def _check_once(loaded: Iterable[Network]) -> None:
    """Of two files that define one network, one would be lost whatever was asked for."""
    first: dict[str, str] = {}
    for place, seed, _ in loaded:
        if seed.name in first:
            raise DefinitionError(
                f"defines the network '{seed.name}', and so does {first[seed.name]}",
                remedy="give one of them another name, or import one of the two",
            ).at(place)
        first[seed.name] = place


def _may_store(connection: Connection, name: str, replace: bool) -> None:
    row = connection.execute(
        text("select origin from network where name = :name"), {"name": name}
    ).one_or_none()
    if row is not None and not replace:
        raise DefinitionError(
            f"there is already a network '{name}' ({row.origin})",
            remedy="give it another name by --as, or put it in place of the other with --replace",
        )


def _check_base(connection: Connection, seed: Seed, place: str) -> None:
    rows = connection.execute(text("select name, variant_of from network"))
    bases = {row.name: row.variant_of for row in rows}
    if seed.variant_of is not None and seed.variant_of not in bases:
        raise DefinitionError(
            f"is a variant of '{seed.variant_of}', which is no network",
            remedy=nearest(seed.variant_of, bases),
        ).at(f"{place}, {seed.name}")
    line = [seed.name]
    while (above := bases.get(line[-1])) is not None:
        line.append(above)
        if line.count(above) > 1:
            raise DefinitionError(
                f"is a variant of itself: {' → '.join(line)}", remedy="a base is no variant of it"
            ).at(f"{place}, {seed.name}")
