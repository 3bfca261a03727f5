"""Seeds and profiles into rows, in place of what was there."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, text

from archdb.analysis.fingerprint import fingerprint
from archdb.analysis.inputs import native_inputs
from archdb.analysis.profile import Profile, derive
from archdb.analysis.totals import TOTAL_COLUMNS
from archdb.db import tables
from archdb.db.content import content_of, content_of_rows, figures_of
from archdb.db.engine import driver, insert_many
from archdb.db.networks import inputs_of, load
from archdb.db.profile_lists import LISTS, lists_for
from archdb.errors import DefinitionError, ShapeError
from archdb.model.graph import Network
from archdb.sources.records import Reference, Seed


def insert_seed(connection: Connection, seed: Seed, origin: str) -> None:
    """Store a seed with its sources and its native profile, in place of a network of that name.

    Raises DefinitionError where a name is taken, ShapeError where the network does not derive.
    """
    profile = derive(seed.network)
    _check_names(connection, seed)
    remove(connection, "name = :name", name=seed.name)
    network_id = _insert_header(connection, seed, origin)
    _insert_sources(connection, network_id, seed)
    _insert_differences(connection, network_id, seed)
    save_profile(connection, network_id, seed.network, profile, native=True)
    connection.execute(text("update network set packed = 0 where id = :id"), {"id": network_id})


def _insert_header(connection: Connection, seed: Seed, origin: str) -> int:
    """The network's own row and its other names; the id that it is given."""
    header = ("name", "title", "family", "year", "variant_of", "classes")
    insert_many(
        connection,
        tables.network,
        (*header, "origin", "structure", "packed"),
        [(*(getattr(seed, column) for column in header), origin, fingerprint(seed.network), 1)],
    )
    network_id: int = connection.execute(text("select last_insert_rowid()")).scalar_one()
    for alias in seed.aliases:  # a client that checks no foreign keys may have left it behind
        connection.execute(text("delete from alias where name = :name"), {"name": alias})
    insert_many(
        connection, tables.alias, ("name", "network_id"), [(a, network_id) for a in seed.aliases]
    )
    return network_id


def _insert_sources(connection: Connection, network_id: int, seed: Seed) -> None:
    """What its sources cite, where that is not there yet, and the sources."""
    save_references(connection, seed.references)
    insert_many(
        connection,
        tables.source,
        ("network_id", "number", "claim", "citation", "place"),
        [(network_id, i, *source) for i, source in enumerate(seed.sources)],
    )


def _insert_differences(connection: Connection, network_id: int, seed: Seed) -> None:
    """How it says it differs from its base."""
    insert_many(
        connection,
        tables.difference,
        ("network_id", "number", "what", "base", "here", "layers", "why"),
        [
            (network_id, i, d.what, d.base, d.here, json.dumps(d.layers), d.why)
            for i, d in enumerate(seed.differences)
        ],
    )


def save_references(connection: Connection, references: Iterable[Reference]) -> None:
    """Those publications that are not there yet."""
    known = {row.key for row in connection.execute(text("select key from citation"))}
    new = {r.key: r for r in references if r.key not in known}
    insert_many(
        connection,
        tables.citation,
        Reference._fields,
        map(citation_row, new.values()),
    )


def citation_row(reference: Reference) -> tuple[Any, ...]:
    """The row of a publication."""
    authors = json.dumps(reference.authors, ensure_ascii=False)
    return reference._replace(authors=authors)  # type: ignore[arg-type]


def _check_names(connection: Connection, seed: Seed) -> None:
    """Each name and alias belongs to one network only, and none is a variant of itself."""
    if seed.variant_of == seed.name:
        raise DefinitionError("is a variant of itself").at(seed.name)
    names = (seed.name, *seed.aliases)
    taken = connection.execute(
        text(
            "select name, name as owner from network union all"
            " select a.name, n.name from alias a join network n on n.id = a.network_id"
        )
    )
    owners = {row.name: row.owner for row in taken}
    for i, name in enumerate(names):
        owner = owners.get(name, seed.name)
        if owner != seed.name:
            raise DefinitionError(f"the name '{name}' already belongs to '{owner}'").at(seed.name)
        if name in names[:i]:
            raise DefinitionError(f"has the name '{name}' twice").at(seed.name)


#: Tables whose rows are a network's, those that point to others first.
HANGING = (
    *("edge", "layer", "block", "difference", "source", "alias", "point", "import_line"),
    "figure_value",
)


def remove(connection: Connection, which: str, **values: Any) -> None:
    """Delete the networks of a condition, and all that hangs on them.

    Said in full, because an upgrade runs while foreign keys are not enforced.
    """
    deleted = connection.execute(text(f"delete from network where {which} returning id"), values)
    networks = {"ids": json.dumps(deleted.scalars().all())}
    gone = "network_id in (select value from json_each(:ids))"
    remove_profiles(connection, gone, **networks)
    for table in HANGING:
        connection.execute(text(f"delete from {table} where {gone}"), networks)


def remove_profiles(connection: Connection, which: str, **values: Any) -> None:
    """Delete the profiles of a condition, with their lists."""
    deleted = connection.execute(text(f"delete from profile where {which} returning id"), values)
    keys = [{"id": key} for key in deleted.scalars()]
    if keys:  # behind their profile: lists alone cannot be deleted
        connection.execute(text("delete from profile_row where profile_id = :id"), keys)


def save_profile(
    connection: Connection, network_id: int, network: Network, profile: Profile, *, native: bool
) -> None:
    """The derived rows of one profile of a network, in place of those at the same input."""
    key = {"network": network_id, "input": profile.input}
    remove_profiles(connection, "network_id = :network and input = :input", **key)
    revision, space, packed = connection.execute(
        text("select revision, space, packed from network where id = :network"), key
    ).one()
    hashes: tuple[str | None, ...] = (None, None)
    if native and space is None:
        rows = content_of_rows(network) if packed else content_of(driver(connection), network_id)
        hashes = rows, figures_of(profile)
    totals = [profile.totals[column] for column in TOTAL_COLUMNS]
    of_network = ("space", "content", "figures")
    insert_many(
        connection,
        tables.profile,
        (*("network_id", "input", "is_native", "revision"), *TOTAL_COLUMNS, *of_network),
        [(network_id, key["input"], int(native), revision, *totals, space, *hashes)],
    )
    profile_id = connection.execute(text("select last_insert_rowid()")).scalar_one()
    lists = lists_for(connection).of(network, profile)
    insert_many(connection, tables.profile_row, ("profile_id", *LISTS), [(profile_id, *lists)])


def refresh(connection: Connection, network_id: int) -> None:
    """Derive all profiles of a network again from its rows as they stand.

    An input that the changed network cannot take loses its profile; the native one must derive.
    Nothing is written before all is derived, so an error of the rows needs no rollback.
    """
    network = load(driver(connection), network_id)
    derived = [derive(network)]
    others = connection.execute(
        text("select input from profile where network_id = :id and is_native = 0"),
        {"id": network_id},
    )
    connection.execute(
        text("update network set structure = :structure where id = :id"),
        {"id": network_id, "structure": fingerprint(network)},
    )
    for row in others.all():
        with contextlib.suppress(ShapeError):
            profile = derive(network, inputs_of(network, row.input))
            if profile.input not in [other.input for other in derived]:
                derived.append(profile)
    remove_profiles(connection, "network_id = :id", id=network_id)
    for i, profile in enumerate(derived):
        save_profile(connection, network_id, network, profile, native=i == 0)


def profile_at(connection: Connection, network_id: int, text: str) -> None:
    """Derive and store the profile of a stored network at inputs in their text."""
    network = load(driver(connection), network_id)
    inputs = inputs_of(network, text)
    native = inputs == native_inputs(network)
    save_profile(connection, network_id, network, derive(network, inputs), native=native)
