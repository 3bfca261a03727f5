"""What Spark runs on: a Java that is recent enough, whose chatter nobody has to read."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from archdb.errors import ArchdbError

#: The oldest Java that pyspark 4 runs on.
OLDEST = 17
_REMEDY = (
    f"install Java {OLDEST} or later (Debian: openjdk-17-jre-headless), and let JAVA_HOME name it"
    " or be unset"
)
#: A line that says what went wrong: a Python or Java exception, an entry of Spark's log.
_SAID = re.compile(r"^(?:Caused by: |Exception in thread .*? )?[\w.$]*(?:Error|Exception): (.+)")
_LOGGED = re.compile(r"^\S+ \S+ ERROR \w+: (.+)")


def check() -> None:
    """Raises ArchdbError where the Java that Spark would take is missing or too old: that of
    JAVA_HOME if it is set, else the first of PATH."""
    home = os.environ.get("JAVA_HOME")
    program = str(Path(home) / "bin" / "java") if home else shutil.which("java")
    if program is None:
        raise ArchdbError("Spark needs Java, and there is none here", remedy=_REMEDY)
    try:
        said = subprocess.run([program, "-version"], capture_output=True, text=True, check=False)
    except OSError as error:
        whose = f"JAVA_HOME is {home}, and {program}" if home else program
        raise ArchdbError(
            f"Spark needs Java, but {whose} cannot be run: {error.strerror}", remedy=_REMEDY
        ) from None
    version = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    if version is None or int(version[1]) < OLDEST:
        found = f"is Java {version[1]}" if version else "does not tell its version"
        raise ArchdbError(f"Spark needs Java {OLDEST}, and {program} {found}", remedy=_REMEDY)


@contextlib.contextmanager
def unheard() -> Iterator[IO[str]]:
    """A file that takes what this process and all that it starts write to standard error."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as log:
        sys.stderr.flush()
        kept = os.dup(2)
        os.dup2(log.fileno(), 2)
        try:
            yield log
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)


def cause(*texts: str) -> str:
    """The innermost cause that errors or logs tell of, the first of them that does; else how the
    first begins."""
    for text in texts:
        lines = [*filter(None, map(str.rstrip, text.splitlines()))]
        told = [m for m in (_SAID.match(line) or _LOGGED.match(line) for line in lines) if m]
        if told:
            return str(told[-1][1])
    return next(iter(texts[0].splitlines()), "it does not say why")
