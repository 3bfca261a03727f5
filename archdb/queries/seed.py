"""A network as the seed that makes it again: a stored one, what rules make of it, or a file's."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from archdb.model.graph import Network
from archdb.model.names import PLUS
from archdb.queries.named import RewriteResult, notify_skipped, rewrite_named
from archdb.rewrite import variant
from archdb.sources.records import Difference, Reference, Seed, Source

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

HEADER = "select title, family, year, variant_of, classes from network where name = :name"
OF = "where network_id = (select id from network where name = :name)"
ALIASES = f"select name from alias {OF} order by name"
SOURCES = f"select claim, citation, place from source {OF} order by number"
DIFFERENCES = f"select what, base, here, layers, why from difference {OF} order by number"
REFERENCES = (
    f"select {', '.join(Reference._fields)} from citation"
    f" where key in (select citation from source {OF}) order by key"
)
#: What is no part of a name that is made of the words of a rule.
_SIGNS = re.compile(r"[^a-z0-9_.-]+")


def seed_of(reader: Reader, name: str, new_name: str | None = None) -> Seed:
    """The seed of a network, perhaps under a new name; under that it has no aliases."""
    (made,) = rewrite_named(reader, [name])
    notify_skipped(reader, [made])
    if made.network is not made.base:
        return variant_seed(reader, made, new_name or _SIGNS.sub("_", made.network.name).strip("_"))
    seed = _base(reader, made)
    return seed if new_name is None else _called(seed, new_name)


def variant_seed(reader: Reader, made: RewriteResult, name: str) -> Seed:
    """The seed of what rules have made of a network: a variant of that, which states how it
    differs, where it is stored."""
    seed = _base(reader, made)
    rules = variant.rules_of(made.base, made.network)
    differences = () if made.is_outside else variant.differences(made.base, made.network)
    rewritten = seed._replace(
        title=f"{seed.title}, {rules.replace(PLUS, ', ')}",
        variant_of=None if made.is_outside else made.base.name,
        classes=made.classes(seed.classes),
        differences=tuple(differences),
        sources=(),
        references=(),
        network=made.network,
    )
    return _called(rewritten, name)


def _base(reader: Reader, made: RewriteResult) -> Seed:
    return made.outside or _stored(reader, made.base)


def _stored(reader: Reader, network: Network) -> Seed:
    key = {"name": network.name}
    (header,) = reader.run(HEADER, key).to_dicts()
    return Seed(
        **header,
        name=network.name,
        aliases=tuple(reader.run(ALIASES, key).column("name")),
        differences=tuple(
            Difference(what, base, here, tuple(json.loads(layers)), why)
            for what, base, here, layers, why in reader.run(DIFFERENCES, key)
        ),
        sources=tuple(Source(*row) for row in reader.run(SOURCES, key)),
        references=tuple(_reference(row) for row in reader.run(REFERENCES, key).to_dicts()),
        network=network,
    )


def _reference(row: dict[str, Any]) -> Reference:
    return Reference(**{**row, "authors": tuple(json.loads(row["authors"]))})


def _called(seed: Seed, name: str) -> Seed:
    return seed._replace(name=name, aliases=(), network=seed.network.called(name))
