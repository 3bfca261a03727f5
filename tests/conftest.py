"""What all tests share: none sees the user's own database, and none is timed."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from archdb.db import build

settings.register_profile("archdb", deadline=None, database=None, print_blob=True)
settings.load_profile("archdb")


@pytest.fixture(scope="session", autouse=True)
def no_user_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The directory in which the default database is made, instead of the user's own."""
    with pytest.MonkeyPatch.context() as patch:
        data = tmp_path_factory.mktemp("data")
        patch.delenv("ARCHDB_DATABASE", raising=False)
        patch.setenv("XDG_DATA_HOME", str(data))
        yield data


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update",
        action="store_true",
        help="write the outputs shown in README.md and docs/, and the golden files, anew",
    )


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of all bundled networks, made once: to be copied and never written."""
    path = tmp_path_factory.mktemp("built") / "archdb.sqlite"
    build.create(path)
    return path


@pytest.fixture
def database(built: Path, tmp_path: Path) -> Path:
    """A copy of that database for one test, alone in a directory."""
    place = tmp_path / "database"
    place.mkdir()
    return Path(shutil.copy(built, place / "archdb.sqlite"))
