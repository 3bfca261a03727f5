"""No figure is shown stale: what is, or is missing, is derived before it is read.

SQLAlchemy and the ops are imported only where something must be derived.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from archdb.errors import ArchdbError, DatabaseError

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: How often a question is put again because another program has changed rows meanwhile.
ATTEMPTS = 5


@contextlib.contextmanager
def fresh(reader: Reader, names: Sequence[str], wanted: str | None = None) -> Iterator[list[str]]:
    """The inputs, as text, of fresh profiles of these networks, from one state of the file."""
    for _ in range(ATTEMPTS):
        inputs = profiles(reader, names, wanted)
        with reader.snapshot():
            if all(_has_profile(reader, *pair) for pair in zip(names, inputs, strict=True)):
                yield inputs
                return
    raise DatabaseError(
        f"another program keeps changing the rows of {some(names)}",
        remedy="try again when it has finished",
    ).at(str(reader.path))


def profiles(reader: Reader, names: Sequence[str], wanted: str | None = None) -> list[str]:
    """The inputs, as text, of fresh profiles; those that are missing are derived, all or none.

    `wanted` is an input size in the user's words; None means the native one.
    """
    stale = [name for name in names if reader.ask("stale_one", name=name).rows]
    for fault in _derive_again(reader, stale).values():
        raise fault
    inputs = [_input(reader, name, wanted) for name in names]
    pairs = zip(names, inputs, strict=True)
    missing = [pair for pair in pairs if not _has_profile(reader, *pair)]
    if missing:
        from archdb.db.profiles import add

        add(reader.path, missing)
    return inputs


def _input(reader: Reader, name: str, wanted: str | None) -> str:
    native = str(reader.ask("native", name=name).rows[0][0])
    if wanted is None:
        return native
    from archdb.ops.shape import parse, resize, text

    return text(resize(wanted, parse(native)))


def _has_profile(reader: Reader, name: str, input: str) -> bool:
    return input in reader.ask("inputs", name=name).column("input")


def freshen(reader: Reader) -> dict[str, ArchdbError]:
    """Derive every stale network again; the faults, by name, of those whose rows define none.

    Views show none of the latter until their rows are mended.
    """
    faults = _derive_again(reader, reader.ask("stale").column("name"))
    for fault in faults.values():
        reader.say(f"left out: {fault}")
    return faults


def _derive_again(reader: Reader, stale: Sequence[str]) -> dict[str, ArchdbError]:
    if not stale:
        return {}
    from archdb.db.profiles import refresh

    try:
        faults = refresh(reader.path, stale, reader.progress)
    except DatabaseError as error:
        changed = f"the rows of {some(stale)} have changed and cannot be derived again"
        error.what = f"{changed}: {error.what}"
        raise
    mended = [name for name in stale if name not in faults]
    if mended:
        reader.say(f"derived again, because the rows have changed: {some(mended)}")
    return faults


def some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
