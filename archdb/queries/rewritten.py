"""Networks under names such as vgg16+fc-to-conv: rewritten when they are asked for, not stored."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from archdb.queries.reader import Reader

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archdb.graph import Network

#: Between a network's name and a rule, and between rules.
PLUS = "+"


@contextlib.contextmanager
def holding(reader: Reader, names: Sequence[str]) -> Iterator[tuple[Reader, list[str]]]:
    """A reader that has all these networks, and their names in it.

    It is the given one unless a name holds rules; then one of a scratch database beside it, in
    which the rewritten networks are stored like any others, and which is gone afterwards.
    """
    if not any(is_rewritten(reader, name) for name in names):
        yield reader, list(names)
        return
    from archdb.db.scratch import scratch

    wanted = [_split(reader, name) for name in names]
    with scratch(reader.path, sorted(_with_ancestors(reader, wanted))) as path:
        notes = _put(path, [(base, rules) for base, rules in wanted if rules])
        with Reader(path, say=reader.say, progress=reader.progress) as held:
            for note in notes:
                reader.say(note)
            yield held, [PLUS.join(filter(None, pair)) for pair in wanted]


def is_rewritten(reader: Reader, name: str) -> bool:
    """Whether a name holds rules: it has a plus, and no network is called so as it stands."""
    return PLUS in name and not reader.ask("resolve", name=name.lower()).rows


def _split(reader: Reader, name: str) -> tuple[str, str]:
    """(network, rules), the rules empty where there are none."""
    if not is_rewritten(reader, name):
        return reader.resolve(name), ""
    base, _, rules = name.partition(PLUS)
    return reader.resolve(base), rules


def _with_ancestors(reader: Reader, wanted: Sequence[tuple[str, str]]) -> set[str]:
    lines = [reader.ask("ancestors", name=base).column("name") for base, _ in wanted]
    return {name for line in lines for name in line}


def _put(path: Path, wanted: Sequence[tuple[str, str]]) -> list[str]:
    """Store each base rewritten; what the rules left alone, in sentences."""
    from archdb.db.engine import writing
    from archdb.rewrite import apply

    said = []
    with writing(path) as connection:
        for base, rules in wanted:
            rewritten = apply(_base(connection, base), rules)
            _store(connection, base, f"{base}{PLUS}{rules}", rewritten.network)
            said += [f"{base}{PLUS}{rules}: {note}" for note in rewritten.notes]
    return said


def _base(connection: Connection, name: str) -> Network:
    from archdb.db.rows import load
    from archdb.db.store import id_of

    return load(connection, id_of(connection, name))


def _store(connection: Connection, base: str, name: str, network: Network) -> None:
    from archdb.db.store import put_variant

    put_variant(connection, base, name, network)
