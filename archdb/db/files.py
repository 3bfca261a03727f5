"""Database files that appear whole or not at all, and copies of them."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from archdb.db.connection import read_only, read_write
from archdb.db.faults import FAULTS, to_database_error
from archdb.db.unfinished import workplace
from archdb.errors import ArchdbError, DatabaseError

#: What a file is called until it is finished.
PART = "archdb.sqlite"


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
    with contextlib.ExitStack() as stack:
        try:
            part = stack.enter_context(workplace(path.parent)) / PART
            part.touch()  # with the mode of any other file; SQLite's may be a narrower one
        except OSError as error:
            raise DatabaseError(f"cannot be created: {error.strerror}").at(str(path)) from None
        try:
            yield part
        except ArchdbError as error:
            # The user asked for `path` and has never heard of the file beside it.
            places = (str(path) if place == str(part) else place for place in error.places)
            error.places = tuple(places)
            raise
        _place(part, path)


def _place(part: Path, path: Path) -> None:
    """Give the finished file its name, unless another process was faster."""
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


class Copy(NamedTuple):
    """A copy of a database, and whether it has been made just now."""

    path: Path
    new: bool


def copy_beside(path: Path) -> Copy:
    """A copy of a database beside it, with the mode of its file, named after what it holds.

    So whoever copies one state again, because the first try was killed, finds the copy there.
    """
    with contextlib.ExitStack() as stack:
        try:
            part = stack.enter_context(workplace(path.parent)) / PART
        except OSError as error:
            raise DatabaseError(
                f"cannot be changed, because no copy can be made beside it: {error.strerror}",
                remedy="give a copy in a directory that can be written with --database",
            ).at(str(path)) from None
        try:
            with (
                contextlib.closing(read_only(path)) as old,
                contextlib.closing(read_write(part)) as new,
            ):
                old.backup(new)
        except FAULTS as error:
            raise to_database_error(error, path) from None
        copy = path.with_name(_copy_name(path, part))
        if copy.exists():
            return Copy(copy, new=False)
        shutil.copymode(path, part)
        part.replace(copy)
        return Copy(copy, new=True)


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
