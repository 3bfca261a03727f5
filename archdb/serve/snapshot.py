"""The private copy that all answers come from: no lock on the user's file, nothing to write to.

It is made in a process of its own, `python -m archdb.serve.snapshot FILE COPY`, as what is stale
may have to be derived again, and the hash of the dataset to be worked out.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from archdb.db.connection import state
from archdb.errors import ArchdbError, DatabaseError
from archdb.queries.provenance import Release

#: What the directories of copies are called, before the number of the process that made each.
PREFIX = "archdb-serve-"


class Snapshot(NamedTuple):
    """A copy of a database, which nobody changes, and which dataset it holds."""

    path: Path
    dataset: Release
    #: Another one means other answers.
    identity: str


class Copying:
    """A copy on its way, in a directory of its own: whoever begins it may do something else
    meanwhile."""

    def __init__(self, source: Path) -> None:
        self.source, self.stamp = source, state(source)
        _sweep()
        self.directory = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        self.copy = self.directory / "archdb.sqlite"
        words = [sys.executable, "-m", "archdb.serve.snapshot", str(source), str(self.copy)]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def finish(self) -> Snapshot:
        """What has been copied. Raises DatabaseError where that could not be done."""
        try:
            output, _ = self._process.communicate()
            said = json.loads(output or '{"fault": "the process that copies it has ended"}')
            if "fault" in said:
                raise DatabaseError(said["fault"], remedy=said.get("remedy", "")).at(
                    str(self.source)
                )
        except BaseException:
            self._process.kill()
            self.remove()
            raise
        return Snapshot(self.copy, Release(*said["dataset"]), said["identity"])

    def remove(self) -> None:
        """Leave nothing behind."""
        shutil.rmtree(self.directory, ignore_errors=True)


def _sweep() -> None:
    """Remove copies of services that were killed and so could not do it."""
    for place in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        owner = place.name.removeprefix(PREFIX).partition("-")[0]
        if owner.isdigit() and Path("/proc/self").exists() and not Path(f"/proc/{owner}").exists():
            shutil.rmtree(place, ignore_errors=True)


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
            database.reader.dataset = found = release(database.reader)
            said = {"dataset": found, "identity": identity(database.reader)}
        Path(copy).chmod(0o400)
    except ArchdbError as error:
        said = {"fault": error.what, "remedy": error.remedy}
    print(json.dumps(said))


if __name__ == "__main__":
    main(*sys.argv[1:])
