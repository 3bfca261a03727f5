"""Database files that appear whole or not at all, and copies of them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from archdb.db.connection import read_only, read_write
from archdb.db.faults import FAULTS, explained
from archdb.errors import ArchdbError, DatabaseError

#: After so long an unfinished file is what a killed run has left.
LEFT_SECONDS = 24 * 3600


@contextlib.contextmanager
def whole(path: Path) -> Iterator[Path]:
    """A file to fill beside `path`, which is put there when it is finished, and else removed.

    Where another process has put one there meanwhile, that one stays. Raises DatabaseError
    where there is no such directory, or nothing can be written in it.
    """
    if not path.parent.is_dir():
        raise DatabaseError(
            f"the directory {path.parent} does not exist", remedy="create it first"
        ).at(str(path))
    _sweep(path.parent)
    try:
        handle, name = tempfile.mkstemp(prefix=".archdb-", suffix=".part", dir=path.parent)
    except OSError as error:
        raise DatabaseError(f"cannot be created: {error.strerror}").at(str(path)) from None
    os.close(handle)
    part = Path(name)
    try:
        yield part
        _place(part, path)
    except ArchdbError as error:
        # The user asked for `path` and has never heard of the file beside it.
        error.places = tuple(str(path) if place == name else place for place in error.places)
        raise
    finally:
        for left in (part, Path(f"{part}-journal")):
            left.unlink(missing_ok=True)


def _sweep(directory: Path) -> None:
    """Remove what killed runs have left; a live one is never so old."""
    for left in directory.glob(".archdb-*.part*"):
        with contextlib.suppress(OSError):
            if time.time() - left.stat().st_mtime > LEFT_SECONDS:
                left.unlink()


def _place(part: Path, path: Path) -> None:
    """Give the finished file its name, unless another process was faster."""
    part.chmod(0o666 & ~_umask())
    try:
        os.link(part, path)
    except FileExistsError:
        if not path.exists():
            raise DatabaseError(
                "is a link to a file that is not there", remedy="remove the link"
            ).at(str(path)) from None
    except OSError:  # a file system without hard links
        if not path.exists():
            part.replace(path)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


class Copy(NamedTuple):
    """A copy of a database, and whether it has been made just now."""

    path: Path
    new: bool


def copied(path: Path) -> Copy:
    """A copy of a database beside it, with the mode of its file, named after what it holds.

    So whoever copies one state again, because the first try was killed, finds the copy there.
    """
    _sweep(path.parent)
    try:
        handle, name = tempfile.mkstemp(prefix=".archdb-", suffix=".part", dir=path.parent)
    except OSError as error:
        raise DatabaseError(
            f"cannot be changed, because no copy can be made beside it: {error.strerror}",
            remedy="give a copy in a directory that can be written with --database",
        ).at(str(path)) from None
    os.close(handle)
    part = Path(name)
    try:
        with (
            contextlib.closing(read_only(path)) as old,
            contextlib.closing(read_write(part)) as new,
        ):
            old.backup(new)
        copy = path.with_name(_copy_name(path, part))
        if copy.exists():
            return Copy(copy, new=False)
        shutil.copymode(path, part)
        part.replace(copy)
        return Copy(copy, new=True)
    except FAULTS as error:
        raise explained(error, path) from None
    finally:
        for left in (part, Path(f"{part}-journal")):
            left.unlink(missing_ok=True)


def _copy_name(path: Path, part: Path) -> str:
    """A name that the directory can hold, that of a journal of the copy as well."""
    with part.open("rb") as file:
        digest = hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=6)).hexdigest()
    ending = f".{digest}.bak"
    room = os.pathconf(path.parent, "PC_NAME_MAX") if hasattr(os, "pathconf") else NAME_MAX
    stem = os.fsencode(path.name)[: room - len(f"{ending}-journal")]
    return stem.decode("utf-8", "ignore") + ending


#: How long the name of a file may be where the system does not say.
NAME_MAX = 255
