"""archdb as its users run it: in this process, as a process of its own, or on a terminal."""

import os
import re
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from click.testing import CliRunner

from archdb.cli import main

#: What a terminal is told besides characters: colours, and where to go.
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Answer(NamedTuple):
    """Exit status, and what stood on standard output and standard error."""

    status: int
    out: str
    err: str


def archdb(*words: str, database: Path | str | None = None, given: str | bytes = "") -> Answer:
    """A command in this process; what is no exit is raised here."""
    place = ["--database", str(database)] if database is not None else []
    done = CliRunner().invoke(main, [*place, *words], input=given, catch_exceptions=False)
    return Answer(done.exit_code, done.stdout, done.stderr)


def process(
    *words: str,
    database: Path | None = None,
    env: Mapping[str, str] | None = None,
    **options: Any,
) -> Answer:
    """A command as a process of its own."""
    done = subprocess.run(
        command(*words, database=database),
        env={**os.environ, **(env or {})},
        capture_output=True,
        encoding="utf-8",
        check=False,
        **options,
    )
    return Answer(done.returncode, done.stdout, done.stderr)


def command(*words: str, database: Path | None = None) -> list[str]:
    """The words that start archdb as a process."""
    place = ["--database", str(database)] if database is not None else []
    return [sys.executable, "-m", "archdb", *place, *words]


#: Waits for another writer as long as it takes: on a busy machine, what the other does may be a
#: matter of more than the seconds that a command waits.
PATIENT = """
from archdb.cli import main
from archdb.db import faults
faults.BUSY_SECONDS = 3600.0
main()
"""


def patient(*words: str, database: Path | None = None) -> list[str]:
    """The words that start archdb as a process that never finds the file locked."""
    _, _, _, *rest = command(*words, database=database)
    return [sys.executable, "-c", PATIENT, *rest]


def terminal(
    *words: str,
    database: Path | None = None,
    columns: int = 120,
    env: Mapping[str, str] | None = None,
    script: str = "from archdb.cli import main; main()",
) -> Answer:
    """A command on a terminal so wide; both streams are shown on it, and stand in `out`.

    `script` is run in place of archdb, to change it before it starts.
    """
    import fcntl  # not on Windows, where the tests of terminals are skipped
    import pty
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
    plain = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "COLUMNS")}
    running = subprocess.Popen(
        [sys.executable, "-c", script, *command(*words, database=database)[3:]],
        env={**plain, "TERM": "xterm-256color", "PAGER": "cat", **(env or {})},
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    shown = b""
    while part := _read(ours):
        shown += part
    os.close(ours)
    return Answer(running.wait(), shown.decode("utf-8").replace("\r\n", "\n"), "")


def _read(ours: int) -> bytes:
    try:
        return os.read(ours, 65536)
    except OSError:  # Linux's way to say that the other side has hung up
        return b""


def refused(answer: Answer, *signs: str, status: int = 1) -> None:
    """An error in words: its status, nothing on standard output, no traceback, and the signs."""
    assert answer.status == status, answer
    assert answer.out == ""
    assert "Error: " in answer.err
    assert "Traceback" not in answer.err
    for sign in signs:
        assert sign in answer.err


def files(directory: Path) -> dict[str, bytes]:
    """All files of a directory by name, hidden ones too, to the last byte."""
    return {path.name: path.read_bytes() for path in directory.iterdir() if path.is_file()}


def killed_while_writing(path: Path) -> None:
    """A change half on disk: its journal must be rolled back before anyone can read."""
    script = """
import os, sqlite3, sys
client = sqlite3.connect(sys.argv[1], isolation_level=None)
client.execute("pragma cache_size = 1")
client.execute("begin")
client.execute("update citation set venue = ''")
client.execute("update profile set macs = 0")
os.kill(os.getpid(), 9)
"""
    subprocess.run([sys.executable, "-c", script, str(path)], check=False)
