"""Where files are made until they are finished: a directory that is gone when its maker is.

Its maker holds a lock on a file in it for as long as it lives, however it ends. So whoever makes
another one can tell what a killed process has left, and removes that, whatever the clock says.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from archdb.db.connection import UNFINISHED
from archdb.errors import ArchdbError

PREFIX, SUFFIX = UNFINISHED
LOCK = "lock"


@contextlib.contextmanager
def workplace(beside: Path) -> Iterator[Path]:
    """A new directory in the directory `beside`, for nobody else, with all in it removed at last.

    What others have left there is removed first. Raises OSError where it cannot be made.
    """
    sweep(beside)
    place, lock = _made(beside)
    try:
        yield place
    finally:
        os.close(lock)
        _remove(place)


def sweep(directory: Path) -> None:
    """Remove what killed processes have left in a directory; what belongs to a live one stays."""
    for place in directory.glob(f"{PREFIX}*{SUFFIX}"):
        with contextlib.suppress(OSError):  # somebody else's, or gone already
            _sweep(place)


@contextlib.contextmanager
def alone(place: Path) -> Iterator[None]:
    """A directory for work that a later process may complete, made if need be, and held by one
    process at a time. Raises ArchdbError where another one holds it."""
    place.mkdir(parents=True, exist_ok=True)
    lock = _open_lock(place, os.O_CREAT)
    try:
        if not _is_mine(place, lock):
            raise ArchdbError(
                "another process is at work there", remedy="wait until it has ended"
            ).at(str(place))
        yield
    finally:
        os.close(lock)


def _sweep(place: Path) -> None:
    try:
        lock = _open_lock(place)
    except FileNotFoundError:
        place.rmdir()  # left, or made, a moment ago: then its maker makes another
        return
    try:
        _take(lock)
        _remove(place)
    finally:
        os.close(lock)


def _made(beside: Path) -> tuple[Path, int]:
    """A new directory, and its lock. A sweep between the making of both takes it away again."""
    while True:
        place = Path(tempfile.mkdtemp(prefix=PREFIX, suffix=SUFFIX, dir=beside))
        with contextlib.suppress(FileNotFoundError):
            lock = _open_lock(place, os.O_CREAT)
            if _is_mine(place, lock):
                return place, lock
            os.close(lock)


def _open_lock(place: Path, flags: int = 0) -> int:
    return os.open(place / LOCK, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0) | flags, 0o600)


def _is_mine(place: Path, lock: int) -> bool:
    """Whether the file is locked now and still the one in the directory."""
    try:
        _take(lock)
    except OSError as error:
        # A file system without locks has no sweeps either, which take one too.
        return error.errno not in (errno.EAGAIN, errno.EACCES)
    with contextlib.suppress(FileNotFoundError):
        return os.path.samestat((place / LOCK).stat(), os.fstat(lock))
    return False


def _take(lock: int) -> None:
    """Lock a file until it is closed; OSError where another process has it."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(lock, msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _remove(place: Path) -> None:
    """Remove a directory, the lock last: without it nobody could tell that the rest is left."""
    with contextlib.suppress(OSError):
        for entry in place.iterdir():
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry, ignore_errors=True)
            elif entry.name != LOCK:
                entry.unlink()
        (place / LOCK).unlink()
        place.rmdir()
