"""Database files that appear whole or not at all, and copies of them."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from archdb.db.connection import explained, read_only, read_write
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


def copied(path: Path) -> Path:
    """A copy of a database beside it, named after the moment."""
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
    copy = path.with_name(f"{path.name}.{moment}.bak")
    try:
        with (
            contextlib.closing(read_only(path)) as old,
            contextlib.closing(read_write(copy)) as new,
        ):
            old.backup(new)
    except sqlite3.Error as error:
        copy.unlink(missing_ok=True)
        raise explained(error, path) from None
    return copy
