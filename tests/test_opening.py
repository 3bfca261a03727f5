"""Opening a database in Python: it writes nothing unless asked, and threads may share it."""

import shutil
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from command import files

import archdb
from archdb.api import Database
from archdb.cli import COMMANDS
from archdb.errors import DatabaseError, UsageError
from archdb.queries.reader import Reader


def make_older(path: Path) -> Path:
    """As a database of an earlier version."""
    with closing(sqlite3.connect(path)) as client, client:
        client.execute("update meta set value = '0.0.1' where key = 'archdb_version'")
    return path


# Nothing is written.


def test_opening_and_reading_write_nothing(database: Path) -> None:
    before = files(database.parent)
    with archdb.open(database) as db:
        db.compare("vgg16", "alexnet", by="op")
        assert db.list("vgg*")
        assert db.check().rows == []
    assert files(database.parent) == before


def test_a_missing_file_is_made_where_that_is_asked(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    with pytest.raises(DatabaseError, match="there is no database here"):
        archdb.open(path)
    assert not path.exists()
    said: list[str] = []
    with archdb.open(path, create=True, notify=said.append) as db:
        assert "vgg16" in db.names()
    assert said == [f"creating {path} from the bundled networks (first use)"]


def test_the_default_is_not_made_where_that_is_forbidden(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with pytest.raises(DatabaseError, match="there is no database here"):
        archdb.open(create=False)
    assert list(tmp_path.iterdir()) == []


def test_an_older_file_is_upgraded_where_that_is_asked(database: Path) -> None:
    make_older(database)
    before = files(database.parent)
    with pytest.raises(DatabaseError, match=r"older archdb: 0\.0\.1.*\n.*migrate=True"):
        archdb.open(database)
    with archdb.open(database, any_age=True) as db:
        assert db.resolve("vgg_d") == "vgg16"
    assert files(database.parent) == before
    said: list[str] = []
    with archdb.open(database, migrate=True, notify=said.append) as db:
        assert db.resolve("vgg_d") == "vgg16"
    assert "upgraded, after a copy to" in said[0]
    archdb.open(database).close()


def test_a_reader_by_itself_derives_nothing(database: Path) -> None:
    from archdb.queries.compare import show

    before = files(database.parent)
    with Reader(database) as reader:
        assert show(reader, "nin", "total", None, None)
        with pytest.raises(DatabaseError, match="opened for reading alone"):
            show(reader, "nin", "total", ("256",), None)
    assert files(database.parent) == before


# Threads.


def test_threads_share_a_database(database: Path) -> None:
    names = ["vgg16", "alexnet", "nin", "lenet5", "googlenet", "resnet50"] * 4
    barrier = threading.Barrier(6)
    with archdb.open(database) as db:
        expected = {name: db.show(name).rows for name in names}

        def ask(name: str) -> tuple[str, list[tuple[object, ...]], int]:
            barrier.wait(60)
            shown = db.show(name).rows
            count = db.query("select count(*) from layer_summary where architecture = :n", n=name)
            return name, shown, count[0][0]

        with ThreadPoolExecutor(6) as pool:
            for name, rows, layers in pool.map(ask, names):
                assert rows == expected[name]
                assert layers > 0


def test_each_thread_has_a_connection_which_goes_with_it(database: Path) -> None:
    with archdb.open(database) as db:
        seen: list[int] = []

        def ask() -> None:
            db.resolve("nin")
            seen.append(len(db._all))

        for _ in range(3):
            thread = threading.Thread(target=ask)
            thread.start()
            thread.join()
        assert seen == [2, 2, 2], "the main thread's, and the one at work"


def test_what_threads_derive_at_once_is_derived(database: Path) -> None:
    sizes = [225, 226, 227, 228]
    with archdb.open(database) as db, ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda size: db.show("nin", input=size).networks[0].input, sizes))
    assert found == [f"3x{size}x{size}" for size in sizes]


def test_a_closed_database_says_so(database: Path) -> None:
    db = archdb.open(database)
    db.close()
    with pytest.raises(DatabaseError, match="has been closed"):
        db.names()


# Capabilities.

#: Commands whose methods are called otherwise: `import` is a word of Python's, and groups have one
#: for each of their commands. What answers other programs for as long as it runs has none.
METHODS = {
    "import": ["import_"],
    "space": ["space_build", "space_list"],
    "db": ["db_info"],
    "mcp": [],
    "serve": [],
}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_a_method(command: str) -> None:
    for name in METHODS.get(command, [command.replace("-", "_")]):
        assert callable(getattr(Database, name)), name


def test_a_database_has_a_reader_and_is_none(database: Path) -> None:
    with archdb.open(database) as db:
        assert not isinstance(db, Reader)
        assert isinstance(db.reader, Reader)


def test_files_are_made_upgraded_and_repaired(tmp_path: Path) -> None:
    path = tmp_path / "new.sqlite"
    assert archdb.init(path, empty=True) == path
    with pytest.raises(DatabaseError, match="is there already"):
        archdb.init(path)
    make_older(path)
    assert archdb.upgrade(path).copy.exists()
    assert archdb.repair(path).copy.exists()
    with archdb.open(path) as db:
        assert dict(db.db_info().rows)["path"] == str(path)


def test_one_layer() -> None:
    rows = Database.calc("conv2d", (3, 227, 227), filters=96, kernel=11, stride=4)
    words = Database.calc("conv2d", "3x227x227", filters="96", kernel="11", stride="4")
    assert rows.rows == words.rows
    assert {row[0]: row[2] for row in rows}["params"] == 96 * (3 * 11 * 11 + 1)
    with pytest.raises(UsageError, match="no op 'conv9d'"):
        Database.calc("conv9d", "3x8x8")


def test_what_has_changed(database: Path, tmp_path: Path) -> None:
    old = Path(shutil.copy(database, tmp_path / "old.sqlite"))
    with archdb.open(database) as db:
        assert db.diff(old).rows == []
        db.store("lenet5", "width=2", new_name="lenet5_wide")
        assert {row[0] for row in db.diff(old)} == {"lenet5_wide"}


# Provenance.


def test_a_result_names_its_dataset(database: Path) -> None:
    with archdb.open(database) as db:
        result = db.compare("vgg16", "nin", convention="flop")
        dataset = result.provenance.dataset
        assert dataset is not None
        assert dict(db.info().rows)["content hash"] == dataset.content
        assert result.provenance.networks == (("vgg16", "3x224x224"), ("nin", "3x224x224"))
        assert result.provenance.conventions == ("flop",)
        listed = db.query("select architecture, input, macs from architecture_summary limit 1")
        assert [one.name for one in listed.provenance.networks] == [listed[0][0]]


def test_of_a_file_that_has_been_changed_since_no_hash_is_given(database: Path) -> None:
    with archdb.open(database) as db:
        result = db.show("nin")
        with closing(sqlite3.connect(database)) as client, client:
            client.execute("update network set title = 'another' where name = 'nin'")
        with pytest.raises(DatabaseError, match="has been changed since"):
            result.provenance  # noqa: B018
        assert db.show("nin").provenance.dataset is not None
