"""Issue 10: an export honours the umask, fills the directory one stands in, leaves no litter."""

from __future__ import annotations

import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from command import archdb, command, refused

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and signals are POSIX's")


def run(*words: str, database: Path, cwd: Path, umask: int = 0o022) -> tuple[int, str]:
    """A process in a directory, under a umask: its status, and what it says."""
    ended = subprocess.run(
        command(*words, database=database),
        cwd=cwd,
        umask=umask,
        capture_output=True,
        encoding="utf-8",
    )
    return ended.returncode, ended.stderr


@posix
@pytest.mark.parametrize("umask", [0o077, 0o027, 0o022])
def test_nobody_may_read_more_than_the_umask_says(umask: int, built: Path, tmp_path: Path) -> None:
    assert run("export", "out", database=built, cwd=tmp_path, umask=umask)[0] == 0
    made = [tmp_path / "out", *(tmp_path / "out").rglob("*")]
    assert len(made) > 10
    assert [path for path in made if stat.S_IMODE(path.stat().st_mode) & umask] == []


@pytest.mark.parametrize("target", [".", "", "./", "../here"])
def test_the_directory_that_one_stands_in_is_filled(
    target: str, built: Path, tmp_path: Path
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    inode = here.stat().st_ino
    status, said = run("export", target or str(here), database=built, cwd=here)
    assert status == 0, said
    assert here.stat().st_ino == inode, "it is the same directory"
    assert (here / "SHA256SUMS").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["here"]


def test_a_directory_that_is_not_empty_is_left_alone(built: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", "utf-8")
    refused(archdb("export", str(tmp_path), database=built), "is not empty", status=1)
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


KILLED = """
import os, signal
from archdb.export import dataset
dataset._write = lambda *words: os.kill(os.getpid(), signal.SIGKILL)
from archdb.cli import main
main()
"""


@posix
def test_what_a_killed_export_left_is_gone_after_the_next(built: Path, tmp_path: Path) -> None:
    words = ["--database", str(built), "export", str(tmp_path / "out")]
    killed = subprocess.run([sys.executable, "-c", KILLED, *words], capture_output=True)
    assert killed.returncode == -signal.SIGKILL
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".archdb-")
    assert run("export", str(tmp_path / "out"), database=built, cwd=tmp_path)[0] == 0
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
