"""Networks of the user's own seed files."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import Connection, text

from archdb.db import writer
from archdb.db.engine import writing
from archdb.errors import ArchdbError, DefinitionError, nearest
from archdb.sources import toml
from archdb.sources.records import Seed


def import_files(path: Path, files: Iterable[Path], *, replace: bool = False) -> list[str]:
    """Store the networks of seed files; all of them or none. Returns their names."""
    references = toml.bundled_references()
    loaded = [(file, toml.load(file, references)) for file in files]
    _check_once(loaded)
    with writing(path) as connection:
        for file, seed in loaded:
            try:
                _may_store(connection, seed.name, replace)
                writer.insert_seed(connection, seed, "imported")
            except ArchdbError as error:
                raise error.at(str(file)) from None
        for file, seed in loaded:  # only now, because a base may come in a later file
            _check_base(connection, seed, file)
    return [seed.name for _, seed in loaded]


def _check_once(loaded: Iterable[tuple[Path, Seed]]) -> None:
    """Of two files that define one network, one would be lost whatever was asked for."""
    first: dict[str, Path] = {}
    for file, seed in loaded:
        if seed.name in first:
            raise DefinitionError(
                f"defines the network '{seed.name}', and so does {first[seed.name]}",
                remedy="give one of them another name, or import one of the two",
            ).at(str(file))
        first[seed.name] = file


def _may_store(connection: Connection, name: str, replace: bool) -> None:
    row = connection.execute(
        text("select origin from network where name = :name"), {"name": name}
    ).one_or_none()
    if row is not None and not replace:
        raise DefinitionError(
            f"there is already a network '{name}' ({row.origin})",
            remedy="give it another name, or put it in place of the other with --replace",
        )


def _check_base(connection: Connection, seed: Seed, file: Path) -> None:
    rows = connection.execute(text("select name, variant_of from network"))
    bases = {row.name: row.variant_of for row in rows}
    if seed.variant_of is not None and seed.variant_of not in bases:
        raise DefinitionError(
            f"is a variant of '{seed.variant_of}', which is no network",
            remedy=nearest(seed.variant_of, bases),
        ).at(f"{file}, {seed.name}")
    line = [seed.name]
    while (base := bases.get(line[-1])) is not None:
        line.append(base)
        if line.count(base) > 1:
            raise DefinitionError(
                f"is a variant of itself: {' → '.join(line)}", remedy="a base is no variant of it"
            ).at(f"{file}, {seed.name}")
