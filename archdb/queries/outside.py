"""Networks that are named and in no database: of files, of installed libraries, in memory."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from archdb.model.names import name_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archdb.model.graph import Network
    from archdb.model.input_spec import InputSpec
    from archdb.queries.reader import Reader
    from archdb.sources.records import Seed

#: What was told of files, which is said once, however often they are named.
_TOLD: WeakKeyDictionary[Reader, set[str]] = WeakKeyDictionary()


class Outside(NamedTuple):
    """A network as it is read: what its file or library says of it, the axes left open there to
    which the request has given extents, and the rules behind its name."""

    network: Network
    seed: Seed
    axes: frozenset[str] = frozenset()
    rules: Sequence[str] = ()


def read(reader: Reader, name: Any, spec: InputSpec = None) -> Outside | None:
    """The network of a file or a library's model, with the rules of its name, or one in memory
    (archdb.from_torch); None for the name of a stored one. Says what is to be known of it.

    Raises UsageError on what is no rule, and as the front ends do.
    """
    if not isinstance(name, str):
        from archdb.sources.records import Seed

        seed = name if isinstance(name, Seed) else name.seed()
        return Outside(seed.network, seed)
    if reader.isolated or not {".", ":"} & set(name):
        return None
    from archdb.sources.base import check_format, is_outside

    for place, rules in name_parts(name):
        if reader.stored(place):
            return None
        if is_outside(place):
            own = _rules(rules)
            return _read(reader, place, spec)._replace(rules=own)
    with contextlib.suppress(OSError):  # the name is longer than any path
        if Path(name).is_file():
            check_format(name)
    return None


def _rules(words: str | None) -> Sequence[str]:
    from archdb.rewrite.names import steps

    return [] if words is None else [step.text for step in steps(words)]


def _read(reader: Reader, place: str, spec: InputSpec) -> Outside:
    from archdb.sources import base, toml
    from archdb.sources.sizes import Sizes, sizes

    own = place.rpartition("/")[2] or place
    given = Sizes(sizes(spec), only_open=True)
    made = base.read(place, own, given)
    if made is None:
        seed = toml.load(Path(place), toml.bundled_references())
        return Outside(seed.network.called(own), seed)
    told = _TOLD.setdefault(reader, set())
    for line in made.report.summary():
        note = f"note: {made.network.name}: {line.removeprefix('note: ')}"
        if note not in told:
            told.add(note)
            reader.notify(note)
    return Outside(made.network, made.seed(), frozenset(given.extents))
