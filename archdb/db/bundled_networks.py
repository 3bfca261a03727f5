"""The bundled networks beside a user's own: whose a name is, and what is kept.

A user's names win. A bundled network or other name that a user has taken is stored under that
name and '-bundled'; one that is bundled no longer is kept as the user's where a network of the
user's is a variant of it. Nothing of that goes without a word, at once and by `archdb check`.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence

from sqlalchemy import Connection, bindparam, text

from archdb.db import reported_figures, writer
from archdb.db.engine import Progress, silent
from archdb.sources import reported, toml
from archdb.sources.records import Reference, Seed

#: What stands behind a bundled name that is a user's already, and behind a user's word for a
#: publication or convention that archdb has taken.
BUNDLED, IMPORTED = "-bundled", "-imported"


def insert_bundled(connection: Connection, progress: Progress = silent) -> list[str]:
    """All bundled networks, in place of those that an earlier release bundled, and what is
    published of them. Returns what the user has to know, in sentences."""
    references = toml.bundled_references()
    loaded = [toml.load(file, references) for file in toml.bundled_files()]
    said = _retire(connection, {seed.name for seed in loaded})
    own = _cited_by_archdb(connection)
    writer.remove(connection, "origin = 'bundled'")
    said += _save_references(connection, references, own)
    names = _names(connection, loaded)
    for done, seed in enumerate(loaded):
        progress(done, len(loaded))
        writer.insert_seed(connection, _renamed_seed(seed, names), "bundled")
    _follow(connection, names)
    reported_figures.insert_reported(
        connection,
        [f._replace(architecture=_name(f.architecture, names)) for f in reported.bundled_figures()],
        [
            e._replace(architecture=_name(e.architecture, names))
            for e in reported.bundled_explanations()
        ],
        references,
    )
    progress(len(loaded), len(loaded))
    return said + [beside_note(theirs, ours) for theirs, ours in names.items()]


def beside_note(theirs: str, ours: str) -> str:
    """Under which name a bundled network stands beside a user's."""
    return f"'{theirs}' means your own network; the bundled one is called '{ours}' here"


def free(name: str, suffix: str, taken: Container[str]) -> str:
    """The name with a suffix, or more of them, that nobody has."""
    while name in taken:
        name += suffix
    return name


def _retire(connection: Connection, today: set[str]) -> list[str]:
    """Keep as the user's what is bundled no longer and a network of the user's hangs on."""
    rows = connection.execute(text("select name, variant_of, origin from network")).all()
    base = {row.name: row.variant_of for row in rows}
    gone = {
        row.name for row in rows if row.origin == "bundled" and _original(row.name) not in today
    }
    kept: dict[str, str] = {}
    for row in rows:
        name, above = row.name, row.variant_of
        while row.origin == "imported" and above in gone and above not in kept:
            kept[above] = name
            name, above = above, base[above]
    if kept:
        connection.execute(
            text("update network set origin = 'imported' where name in :kept").bindparams(
                bindparam("kept", list(kept), expanding=True)
            )
        )
    said = [
        f"'{name}' is bundled no longer; it is kept as a network of your own, because"
        f" '{variant}' is a variant of it"
        for name, variant in kept.items()
    ]
    left = sorted(gone - kept.keys())
    return said + [f"'{name}' is bundled no longer, and in the copy only" for name in left]


def _original(name: str) -> str:
    """What a bundled network is called where nobody has taken its name."""
    while name.endswith(BUNDLED):
        name = name.removesuffix(BUNDLED)
    return name


def _names(connection: Connection, loaded: Sequence[Seed]) -> dict[str, str]:
    """Bundled names that are a user's already, each with the one that it gets instead."""
    rows = connection.execute(
        text(
            "select name from network union select name from alias"
            " where network_id in (select id from network)"
        )
    )
    theirs = set(rows.scalars())
    every = [name for seed in loaded for name in (seed.name, *seed.aliases)]
    taken = theirs.union(every)
    return {name: free(name + BUNDLED, BUNDLED, taken) for name in every if name in theirs}


def _name(name: str | None, names: Mapping[str, str]) -> str | None:
    return None if name is None else names.get(name, name)


def _renamed_seed(seed: Seed, names: Mapping[str, str]) -> Seed:
    """A seed under the names that it has in this file."""
    name = names.get(seed.name, seed.name)
    return seed._replace(
        name=name,
        aliases=tuple(names.get(alias, alias) for alias in seed.aliases),
        variant_of=_name(seed.variant_of, names),
        network=seed.network.called(name),
    )


def _follow(connection: Connection, names: Mapping[str, str]) -> None:
    """A user's variant of a bundled network goes with it from one of its names to the other."""
    lost = connection.execute(
        text(
            "select distinct variant_of from network where variant_of is not null"
            " and variant_of not in (select name from network)"
        )
    )
    for name in list(lost.scalars()):
        original = _original(name)
        connection.execute(
            text("update network set variant_of = :now where variant_of = :name"),
            {"name": name, "now": names.get(original, original)},
        )


def _cited_by_archdb(connection: Connection) -> set[str]:
    """Publications that an earlier release has brought."""
    rows = connection.execute(
        text(
            "select s.citation from source s join network n on n.id = s.network_id"
            " where n.origin = 'bundled' union select citation from published"
            " union select citation from space union select citation from column_dictionary"
        )
    )
    return set(rows.scalars())


def _save_references(
    connection: Connection, references: Mapping[str, Reference], own: set[str]
) -> list[str]:
    """Publications in today's words. One of the user's that stands under a key of today's gets
    another key; what nothing cites any longer goes."""
    connection.execute(
        text(
            "delete from citation where key not in (select citation from source"
            " union select citation from space union select citation from column_dictionary"
            " where citation is not null)"
        )
    )
    rows = connection.execute(text("select * from citation")).all()
    return list(_tell_apart(connection, [tuple(row) for row in rows], references, own))


def _tell_apart(
    connection: Connection,
    rows: Sequence[tuple[object, ...]],
    references: Mapping[str, Reference],
    own: set[str],
) -> Iterator[str]:
    taken = {str(row[0]) for row in rows} | references.keys()
    for row in rows:
        key = str(row[0])
        if key not in references or row == writer.citation_row(references[key]):
            continue
        if key in own:
            connection.execute(text("delete from citation where key = :key"), {"key": key})
            writer.save_references(connection, [references[key]])
            continue
        change = {"key": key, "now": free(key + IMPORTED, IMPORTED, taken)}
        connection.execute(text("update citation set key = :now where key = :key"), change)
        connection.execute(text("update source set citation = :now where citation = :key"), change)
        yield f"what you cite as '{key}' is called '{change['now']}' now: archdb has taken the key"
