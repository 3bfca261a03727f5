"""A full disk: an error in words, nothing half-written, nothing left lying about."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import Answer, archdb, files, process, refused

from archdb.db import build, spaces
from archdb.spaces import find

#: Far less than a database of the bundled networks, and more than its schema.
SMALL = 200_000


def limited(*words: str, most: int = SMALL, **options: Any) -> Answer:
    """A command that may write no file larger than so many bytes."""
    resource = pytest.importorskip("resource")

    def small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

    return process(*words, preexec_fn=small_files_only, **options)


def test_a_database_that_outgrows_its_limit_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "archdb.sqlite"
    refused(limited("db", "init", database=path), str(path), "nothing was changed")
    assert files(tmp_path) == {}


def test_nor_is_the_default_one(tmp_path: Path) -> None:
    answer = limited("list", env={"XDG_DATA_HOME": str(tmp_path)})
    path = tmp_path / "archdb" / "archdb.sqlite"
    refused(answer, f"creating {path}", str(path), "nothing was changed")
    assert files(path.parent) == {}
    assert process("list", env={"XDG_DATA_HOME": str(tmp_path)}).status == 0, "later it can be"


@pytest.mark.parametrize(
    "words",
    [("show", "resnet152", "--input", "256"), ("derive", "--all")],
    ids=lambda words: words[0],
)
def test_a_database_that_must_grow_stays_as_it_is(words: tuple[str, ...], database: Path) -> None:
    before = files(database.parent)
    answer = limited(*words, database=database, most=database.stat().st_size)
    refused(answer, str(database), "nothing was changed")
    assert files(database.parent) == before


@pytest.fixture
def disk(tmp_path: Path, built: Path) -> Iterator[Path]:
    """A disk of its own with room for one database and hardly more."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if not hasattr(os, "geteuid") or os.geteuid() != 0 or mount is None:
        pytest.skip("only root can mount a small disk")
    size = f"size={built.stat().st_size + 2**18}"
    words = [mount, "-t", "tmpfs", "-o", size, "tmpfs", str(place)]
    mounted = subprocess.run(words, capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("no small disk can be mounted here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def fill(disk: Path, spare: int = 0) -> None:
    """Leave so many bytes on the disk."""
    with (disk / "filler").open("wb") as filler:
        free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
        filler.write(b"\0" * max(free - spare, 0))


@pytest.mark.parametrize("spare", [0, 4096, 100_000, 400_000])
def test_no_database_is_made_on_a_full_disk(spare: int, disk: Path) -> None:
    fill(disk, spare)
    refused(archdb("db", "init", database=disk / "archdb.sqlite"), str(disk / "archdb.sqlite"))
    assert list(files(disk)) == ["filler"]


@pytest.mark.parametrize(
    "words",
    [("show", "resnet152", "--input", "256"), ("derive", "--all"), ("db", "upgrade")],
    ids=lambda words: words[0],
)
@pytest.mark.parametrize("spare", [0, 8192])
def test_a_database_on_a_full_disk_stays_as_it_is(
    words: tuple[str, ...], spare: int, disk: Path, built: Path
) -> None:
    database = Path(shutil.copy(built, disk))
    fill(disk, spare)
    before = files(disk)
    refused(archdb(*words, database=database), str(database), "nothing was changed")
    assert files(disk) == before


def test_points_on_a_full_disk_are_not_there(disk: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    database = tmp_path / "points.sqlite"
    build.create(database, seeded=False)
    spaces.build(database, find("vgg_widths"), 12)
    fill(disk)
    words = ("export", "--space", "vgg_widths", str(disk / "points"))
    refused(archdb(*words, database=database), f"{disk / 'points'}: cannot be written", "No space")
    assert list(files(disk)) == ["filler"]
    (disk / "filler").unlink()
    assert archdb(*words, database=database).status == 0


def test_reading_goes_on(disk: Path, built: Path) -> None:
    database = Path(shutil.copy(built, disk))
    fill(disk)
    assert archdb("compare", "vgg16", "alexnet", database=database).status == 0
    assert archdb("check", database=database).status == 0
