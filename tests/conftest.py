"""What all tests share: none sees the user's own database, and none is timed."""

import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from points import POINTS

from archdb.api import Database
from archdb.db import build, spaces
from archdb.resources import bundled
from archdb.spaces import find

# The same draws in every run: a clean checkout passes or fails, whatever the day. The larger
# profile looks further; what it finds becomes a test of its own.
PROFILE = {"deadline": None, "database": None, "print_blob": True}
settings.register_profile("archdb", derandomize=True, **PROFILE)
settings.register_profile("nightly", max_examples=2000, **PROFILE)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "archdb"))


@pytest.fixture(scope="session", autouse=True)
def signals_are_obeyed() -> None:
    """A shell that runs the tests in the background ignores Ctrl-C, and so would all that they
    start."""
    for name in ("SIGINT", "SIGHUP", "SIGQUIT"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_IGN:
            ours = signal.default_int_handler if name == "SIGINT" else signal.SIG_DFL
            signal.signal(number, ours)


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


#: The catalogue that most tests build databases from: the networks of the first release. A module
#: that is about all networks says WHOLE_CATALOGUE = True.
FEW = (
    *("alexnet", "alexnet_owt", "googlenet", "lenet5", "lenet5_modern", "nin"),
    *("resnet18", "resnet34", "resnet50", "resnet50_v1_5", "resnet101", "resnet152"),
    *("vgg11", "vgg11_lrn", "vgg13", "vgg16", "vgg16_c", "vgg19"),
)


@pytest.fixture(scope="session")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of seeds with FEW networks and no published figures, so that building a
    database takes no time."""
    place = tmp_path_factory.mktemp("few") / "seeds"
    shutil.copytree(bundled("seeds"), place, ignore=shutil.ignore_patterns("nets", "published"))
    (place / "nets").mkdir()
    for name in FEW:
        shutil.copy(bundled("seeds") / "nets" / f"{name}.toml", place / "nets")
    return place


@pytest.fixture(scope="module", autouse=True)
def catalogue(request: pytest.FixtureRequest, few: Path) -> Iterator[None]:
    """The catalogue of this module's tests, and of the processes that they start."""
    with pytest.MonkeyPatch.context() as patch:
        if not getattr(request.module, "WHOLE_CATALOGUE", False):
            patch.setenv("ARCHDB_SEEDS", str(few))
        yield


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database of all bundled networks, made once: to be copied and never written."""
    path = tmp_path_factory.mktemp("whole") / "archdb.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("ARCHDB_SEEDS", raising=False)
        build.create(path)
    return path


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, few: Path) -> Path:
    """A database of FEW networks, made once: to be copied and never written."""
    path = tmp_path_factory.mktemp("built") / "archdb.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHDB_SEEDS", str(few))
        build.create(path)
    return path


def alone(database: Path, place: Path) -> Path:
    """A copy in a new directory."""
    place.mkdir()
    return Path(shutil.copy(database, place / "archdb.sqlite"))


@pytest.fixture
def database(built: Path, tmp_path: Path) -> Path:
    """A copy of that database for one test, alone in a directory."""
    return alone(built, tmp_path / "database")


@pytest.fixture(scope="session")
def filled(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """FEW networks of the catalogue and some points of a search space: never written."""
    path = Path(shutil.copy(built, tmp_path_factory.mktemp("filled") / "archdb.sqlite"))
    spaces.build(path, find("nasbench201"), POINTS)
    return path


@pytest.fixture
def file(filled: Path, tmp_path: Path) -> Path:
    """A copy of that database for one test, alone in a directory."""
    return alone(filled, tmp_path / "file")


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Database]:
    """A database without networks."""
    path = tmp_path / "empty.sqlite"
    build.create(path, seeded=False)
    with Database(path) as database:
        yield database
