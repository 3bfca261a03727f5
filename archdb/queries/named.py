"""Networks under names such as vgg16+fc-to-conv: rewritten when they are asked for, not stored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.model.input_spec import rest
from archdb.model.names import name_parts

if TYPE_CHECKING:
    from archdb.model.graph import Network
    from archdb.model.input_spec import InputSpec
    from archdb.queries.reader import Reader
    from archdb.rewrite import Note
    from archdb.sources.records import Seed


class RewriteResult(NamedTuple):
    """A stored network, what the rules of its name make of it, and what they left alone."""

    base: Network
    network: Network
    notes: tuple[Note, ...]
    #: What the file or library says of the base, where it is not of the database.
    outside: Seed | None = None
    #: The axes that the file leaves open, to which the request has given extents.
    axes: frozenset[str] = frozenset()

    @property
    def is_outside(self) -> bool:
        """Whether the base is of a file or a library, and not in the database."""
        return self.outside is not None

    @property
    def is_stored(self) -> bool:
        """Whether it is a network of the database, and there was no rule."""
        return self.network is self.base and not self.is_outside

    def classes(self, stated: int | None) -> int | None:
        """How many it tells apart: as many as are stated of its base, or as its output now has
        where a rule has changed that."""
        stated = self.outside.classes if self.outside else stated
        if self.network is self.base:
            return stated
        from archdb.rewrite.variant import classes

        return classes(stated, self.base, self.network)


#: A network that is meant: the word for a stored one, or what the rules of a name have made.
NetworkRef = str | RewriteResult


def without_rules(network: Network) -> RewriteResult:
    """A stored network in memory."""
    return RewriteResult(network, network, ())


def network_refs(reader: Reader, names: Sequence[str], spec: InputSpec = None) -> list[NetworkRef]:
    """The words for stored networks as they are, and what the rules of the others make, or what
    files and libraries have. `spec`: the sizes of what files leave open.

    Says which layers the rules leave alone. Raises as `rewrite_named` does.
    """
    read = [outside(reader, name, spec) for name in names]
    if any(read):
        notify_skipped(reader, filter(None, read))
        rest = iter(
            network_refs(reader, [n for n, made in zip(names, read, strict=True) if not made])
        )
        return [made or next(rest) for made in read]
    if not any(_has_rules(reader, word) for word in names):
        return list(names)
    with reader.snapshot():
        split = [_split_rules(reader, word) for word in names]
        made = _rewrite_each(reader, [pair for pair in split if pair[1]])
    notify_skipped(reader, made)
    left = iter(made)
    return [next(left) if rules else word for word, (_, rules) in zip(names, split, strict=True)]


def name_of(reader: Reader, network: NetworkRef) -> str:
    """The network's own name; NotFoundError with the nearest names where none is stored."""
    return reader.resolve(network) if isinstance(network, str) else network.network.name


def rewrite_named(
    reader: Reader,
    names: Iterable[Any],
    rules: Sequence[str] = (),
    only: str | None = None,
    spec: InputSpec = None,
) -> list[RewriteResult]:
    """The networks that are named, with or without rules, under these rules besides. `spec`: the
    sizes of what files leave open.

    Raises NotFoundError where there is no such network, UsageError where what follows a plus is
    no rule, and another ArchdbError where a rule cannot keep what it promises.
    """
    names = list(names)
    read = [_read_outside(reader, name, spec) for name in names]
    with reader.snapshot():
        split = [_split_rules(reader, n) for n, made in zip(names, read, strict=True) if not made]
        rest = iter(_rewrite_each(reader, [(name, [*own, *rules]) for name, own in split], only))
    return [
        _rewrite_outside(made[0], [*made[1], *rules], only) if made else next(rest) for made in read
    ]


def without_axes(spec: InputSpec, networks: Iterable[NetworkRef]) -> InputSpec:
    """What of a specification is about inputs, and not about axes that a file leaves open."""
    axes = {axis for one in networks if not isinstance(one, str) for axis in one.axes}
    return rest(spec, axes) if axes else spec


def outside(reader: Reader, name: Any, spec: InputSpec = None) -> RewriteResult | None:
    """The network of a file, of a library's model, or one in memory (archdb.from_torch), under the
    rules of its name; None for the name of a stored one."""
    if isinstance(name, RewriteResult):
        return name
    read = _read_outside(reader, name, spec)
    return read and _rewrite_outside(*read)


def _read_outside(
    reader: Reader, name: Any, spec: InputSpec
) -> tuple[RewriteResult, Sequence[str]] | None:
    """What `outside` gives as it is read, and the rules that its name has."""
    if isinstance(name, RewriteResult):
        return name, ()
    from archdb.queries.outside import read

    found = read(reader, name, spec)
    if found is None:
        return None
    return RewriteResult(found.network, found.network, (), found.seed, found.axes), found.rules


def _rewrite_outside(
    made: RewriteResult, rules: Sequence[str], only: str | None = None
) -> RewriteResult:
    if not rules:
        return made
    return _rewrite_one(made.base, rules, only)._replace(outside=made.outside, axes=made.axes)


def _rewrite_each(
    reader: Reader, split: Iterable[tuple[str, Sequence[str]]], only: str | None = None
) -> list[RewriteResult]:
    split = list(split)
    bases = {name: reader.load(name) for name in dict(split)}
    return [_rewrite_one(bases[name], rules, only) for name, rules in split]


def _rewrite_one(base: Network, rules: Sequence[str], only: str | None) -> RewriteResult:
    if not rules:
        return without_rules(base)
    from archdb.rewrite import apply

    return RewriteResult(base, *apply(base, rules, only))


def stored_name(reader: Reader, name: str) -> str:
    """The stored network of a name, with rules or without; NotFoundError where there is none."""
    return _split_rules(reader, name)[0]


def _split_rules(reader: Reader, name: str) -> tuple[str, Sequence[str]]:
    """The stored network of a name, and its rules."""
    if not _has_rules(reader, name):
        return reader.resolve(name), ()
    from archdb.rewrite import REGISTRY
    from archdb.rewrite.names import steps

    for base, rules in name_parts(name):
        if rules is not None and reader.stored(base):
            return reader.resolve(base), [step.text for step in steps(rules)]
    base, _, rest = name.partition("+")
    word = re.split("[=@+]", rest)[0]
    return reader.resolve(base if word in REGISTRY else name), ()


def _has_rules(reader: Reader, name: str) -> bool:
    """Whether it has a plus, and no network is called so as it stands."""
    return "+" in name and not reader.stored(name)


def stored_part(reader: Reader, name: str) -> tuple[str, str]:
    """The stored network of a name, and the rules behind it; no network, of a file."""
    for base, rules in name_parts(name):
        found = reader.stored(base)
        if found:
            return str(found[0][0]), rules or ""
    return "", ""


def notify_skipped(reader: Reader, made: Iterable[RewriteResult]) -> None:
    """Say which layers the rules of names have left alone, and why."""
    for one in made:
        for note in one.notes:
            reader.notify(f"note: {one.network.name}: {note}")
