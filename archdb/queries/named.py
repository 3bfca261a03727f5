"""Networks under names such as vgg16+fc-to-conv: rewritten when they are asked for, not stored."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from archdb.db.connection import can_be_written
from archdb.queries.reader import Reader

if TYPE_CHECKING:
    from archdb.model.graph import Network
    from archdb.model.input_size import Words
    from archdb.rewrite import Note


class RewriteResult(NamedTuple):
    """A stored network, what the rules of its name make of it, and what they left alone."""

    base: Network
    network: Network
    notes: tuple[Note, ...]

    @property
    def is_stored(self) -> bool:
        """Whether there was no rule."""
        return self.network is self.base


def rewritten(
    reader: Reader, names: Iterable[str], rules: Sequence[str] = (), only: str | None = None
) -> list[RewriteResult]:
    """The networks that are named, with or without rules, under these rules besides.

    Raises NotFoundError where there is no such network, UsageError where what follows a plus is
    no rule, and another ArchdbError where a rule cannot keep what it promises.
    """
    with reader.snapshot():
        asked = [_parted(reader, name) for name in names]
        bases = {name: reader.load(name) for name in dict(asked)}
    return [_rewritten(bases[name], [*own, *rules], only) for name, own in asked]


def _rewritten(base: Network, rules: Sequence[str], only: str | None) -> RewriteResult:
    if not rules:
        return RewriteResult(base, base, ())
    from archdb.rewrite import apply

    return RewriteResult(base, *apply(base, rules, only))


def _parted(reader: Reader, name: str) -> tuple[str, Sequence[str]]:
    """The stored network of a name, and its rules."""
    if not _has_rules(reader, name):
        return reader.resolve(name), ()
    from archdb.rewrite import REGISTRY
    from archdb.rewrite.names import steps

    for at in [i for i, sign in enumerate(name) if sign == "+"][::-1]:  # names may have a plus, too
        if reader.run_named("resolve", name=name[:at].lower()).rows:
            return reader.resolve(name[:at]), [step.words for step in steps(name[at + 1 :])]
    base, _, rest = name.partition("+")
    word = re.split("[=@+]", rest)[0]
    return reader.resolve(base if word in REGISTRY else name), ()


def _has_rules(reader: Reader, name: str) -> bool:
    """Whether it has a plus, and no network is called so as it stands."""
    return "+" in name and not reader.run_named("resolve", name=name.lower()).rows


@contextlib.contextmanager
def holding(
    reader: Reader, names: Sequence[str], inputs: Words = None
) -> Iterator[tuple[Reader, list[str]]]:
    """A reader that has all these networks, and their names in it.

    It is the given one unless a name holds rules, or other inputs are asked of a file that cannot
    be written; then one of a scratch database beside it, in which the rewritten networks and the
    profiles are stored like any others, and which is gone afterwards.
    """
    kept = inputs is None or can_be_written(reader.path)
    if kept and not any(_has_rules(reader, name) for name in names):
        yield reader, list(names)
        return
    from archdb.db.engine import writing
    from archdb.db.scratch import scratch
    from archdb.db.variants import insert_variant

    with reader.snapshot() as opened:
        made = rewritten(reader, names)
        notify_skipped(reader, made)
        lines = (reader.run_named("ancestors", name=one.base.name).column("name") for one in made)
        wanted = sorted({name for line in lines for name in line})
        with scratch(opened, reader.path, wanted) as path:
            with writing(path) as connection:
                variants = {one.network.name: one for one in made if not one.is_stored}
                for name, one in variants.items():
                    insert_variant(connection, one.base, one.network, name)
            with Reader(
                path, notify=reader.notify, progress=reader.progress, deriver=reader.deriver
            ) as held:
                called = zip(names, made, strict=True)
                yield held, [name if one.is_stored else one.network.name for name, one in called]


def notify_skipped(reader: Reader, made: Iterable[RewriteResult]) -> None:
    """Say which layers the rules of names have left alone, and why."""
    for one in made:
        for note in one.notes:
            reader.notify(f"note: {one.network.name}: {note}")
