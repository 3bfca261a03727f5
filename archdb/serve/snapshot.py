"""The private copy that all answers come from: no lock on the user's file, nothing to write to.

It is made in a process of its own, `python -m archdb.serve.snapshot FILE COPY`, as what is stale
may have to be derived again, and the hash of the dataset to be worked out.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from archdb.errors import ArchdbError, DatabaseError
from archdb.queries.provenance import Release


class Snapshot(NamedTuple):
    """A copy of a database, which nobody changes, and which dataset it holds."""

    path: Path
    dataset: Release
    #: Another one means other answers.
    identity: str


def make(source: Path, copy: Path) -> Snapshot:
    """Copy a database as it stands. Raises DatabaseError where that cannot be done."""
    words = [sys.executable, "-m", "archdb.serve.snapshot", str(source), str(copy)]
    run = subprocess.run(words, capture_output=True, text=True, check=False)
    try:
        said = json.loads(run.stdout)
    except ValueError:
        raise DatabaseError("cannot be copied: the process that does so has ended").at(
            str(source)
        ) from None
    if "fault" in said:
        raise DatabaseError(said["fault"], remedy=said["remedy"]).at(str(source))
    return Snapshot(copy, Release(*said["dataset"]), said["identity"])


def main(source: str, copy: str) -> None:
    """Make the copy, and say what it holds, or what is wrong."""
    from archdb.api import Database
    from archdb.dataset.release import identity, release
    from archdb.db.copying import copy as copied

    said: dict[str, object]
    try:
        copied(Path(source), Path(copy))
        with Database(copy, migrate=True, notify=lambda message: None) as database:
            database.refresh()
            said = {"dataset": release(database.reader), "identity": identity(database.reader)}
        Path(copy).chmod(0o400)
    except ArchdbError as error:
        said = {"fault": error.what, "remedy": error.remedy}
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
