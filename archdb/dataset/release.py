"""Which dataset this is: its version, and hashes of what it says.

What is bundled and what a user has added are told apart, so that a hash in a paper is the same for
everybody who has the same release. The rows of layers, and the figures that follow from them, are
hashed where they are written (archdb.db.content); what remains is read in a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from archdb.dataset.canonical import Relation, definition
from archdb.db.content import content_of, hash_of
from archdb.queries.provenance import Release as Release
from archdb.queries.result import Result
from archdb.text import inline

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: Whose the networks, conventions and publications are that a hash covers.
BUNDLED, IMPORTED = "bundled", "imported"
#: Tables whose rows are hashed network by network where they are written.
HASHED = {"block", "edge", "layer"}
#: Search spaces are neither: their points are laid by archdb where somebody asks for them.
SPACES = {"point", "space"}
_CITED = """key in (select citation from source s join network n on n.id = s.network_id
    where n.origin = '{origin}' and n.space is null)"""
_BY_ARCHDB = f"""({_CITED.format(origin=BUNDLED)} or key in (select citation from published)
    or key in (select citation from column_dictionary))"""
#: Publications are bundled where something bundled cites them, whoever else does.
CITED = {BUNDLED: _BY_ARCHDB, IMPORTED: f"{_CITED} and not {_BY_ARCHDB}"}
#: Which rows of a table are whose; of all others their network says it.
WHOSE = {
    "network": "t.origin = '{origin}' and t.space is null",
    "convention": "origin = '{origin}'",
    "convention_weight": "convention in (select name from convention where origin = '{origin}')",
    "published": "'{origin}' = 'bundled'",
    "published_explanation": "'{origin}' = 'bundled'",
}


def release(reader: Reader) -> Release:
    """The release that a database holds, and how many networks of the user's own are beside it."""
    if reader.dataset is not None:
        return reader.dataset
    with reader.snapshot():
        version = reader.run("select value from meta where key = 'archdb_version'").column("value")
        own = reader.run(_OWN).rows[0][0]
        return Release(inline("".join(version)), content(reader, BUNDLED), own)


_OWN = "select count(*) from network where space is null and origin = 'imported'"


def content(reader: Reader, origin: str) -> str:
    """The hash of all that defines the BUNDLED dataset, or what is IMPORTED beside it: networks
    with their names, sources and differences, conventions, publications, published figures."""
    with reader.snapshot():
        rows = [
            (one.name, one.columns, reader.run(_whose(one, origin)).rows)
            for one in definition(reader)
            if one.name not in HASHED | SPACES
        ]
        return hash_of([*rows, ("content", ("architecture", "content"), _contents(reader, origin))])


def figures(reader: Reader, origin: str = BUNDLED) -> str:
    """The hash of what is derived from them at native inputs, where it is not stale."""
    rows = reader.run_named("hashes", origin=origin).to_dicts()
    known = [(row["architecture"], row["figures"]) for row in rows if row["figures"]]
    return hash_of([("figures", ("architecture", "figures"), known)])


def identity(reader: Reader) -> str:
    """One hash of all that a file says: bundled, the user's own, and how much of which spaces.
    Another one means other answers, so that a service can hand it out for what it has answered."""
    with reader.snapshot():
        spaces = reader.run("select space, wanted, built from space_summary order by space")
        contents = (release(reader).content, content(reader, IMPORTED))
        hashes = [(found,) for found in (*contents, figures(reader), figures(reader, IMPORTED))]
        return hash_of(
            [
                ("meta", ("key", "value"), reader.run("select * from meta order by key").rows),
                ("hashes", ("hash",), hashes),
                ("space", spaces.columns, spaces.rows),
            ]
        )


def _whose(relation: Relation, origin: str) -> str:
    """The statement for the rows of a table that are bundled, or the user's own."""
    of_network = "n.origin = '{origin}' and n.space is null"
    where = CITED[origin] if relation.name == "citation" else WHOSE.get(relation.name, of_network)
    return f"{relation.source} where {where.format(origin=origin)} order by {relation.order}"


def _contents(reader: Reader, origin: str) -> Iterator[tuple[str, str]]:
    """Each network with the hash of its rows: as stored with its figures, or of the rows as they
    are now where these are stale."""
    for row in reader.run_named("hashes", origin=origin).to_dicts():
        stored = row["content"]
        if stored is None:
            with reader.snapshot() as opened:
                stored = content_of(opened, row["id"])
        yield row["architecture"], stored


def info(reader: Reader) -> Result:
    """Version, hashes and sizes of the dataset, a row for each; then what is beside it."""
    dataset, own = release(reader), content(reader, IMPORTED)
    rows: list[tuple[str, Any]] = [
        ("dataset version", dataset.version),
        ("content hash", dataset.content),
        ("figures hash", figures(reader)),
        ("networks of your own", dataset.own),
        ("content hash of your own", None if own == hash_of([]) else own),
    ]
    for relation in definition(reader):
        if relation.name not in SPACES:
            counted = reader.run(f"select count(*) from ({_whose(relation, BUNDLED)})").rows[0][0]
            rows.append((f"rows of {relation.name}", counted))
    spaces = reader.run("select space, built from space_summary order by space")
    rows += [(f"points of {space}", built) for space, built in spaces]
    return Result(["item", "value"], rows)
