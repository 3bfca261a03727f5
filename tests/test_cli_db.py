"""archdb db init, upgrade, info; where the default database is; archdb derive."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb, files, process, refused

from archdb.db.connection import APPLICATION_ID, HEAD
from archdb.version import __version__


def info(database: Path) -> dict[str, object]:
    answer = archdb("db", "info", "--format", "json", database=database)
    return {row["item"]: row["value"] for row in json.loads(answer.out)}


def ask(database: Path, statement: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(database)) as client, client:
        return client.execute(statement).fetchall()


# init


def test_init_makes_a_whole_database_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "archdb.sqlite"
    answer = archdb("db", "init", database=path)
    assert (answer.status, answer.out, answer.err) == (0, "", f"created {path}\n")
    assert list(files(tmp_path)) == ["archdb.sqlite"]
    assert ask(path, "pragma application_id") == [(APPLICATION_ID,)]
    assert ask(path, "pragma integrity_check") == [("ok",)]
    assert ask(path, "select count(*) from network") == [(18,)]
    assert archdb("check", database=path).err == "no faults\n"


def test_an_empty_one_has_no_networks_and_takes_imports(tmp_path: Path) -> None:
    path = tmp_path / "archdb.sqlite"
    assert archdb("db", "init", "--empty", database=path).status == 0
    assert info(path)["networks"] == 0
    refused(archdb("show", "vgg16", database=path), "no network is called 'vgg16'")
    assert archdb("list", database=path).status == 0
    assert json.loads(archdb("list", "--format", "json", database=path).out) == []
    seed = Path(__file__).parents[1] / "seeds" / "nets" / "nin.toml"
    assert archdb("import", str(seed), database=path).err == "imported nin\n"
    assert archdb("check", database=path).err == "no faults\n"


def test_init_replaces_nothing(database: Path) -> None:
    before = files(database.parent)
    refused(archdb("db", "init", database=database), str(database), "is there already")
    assert files(database.parent) == before


def test_two_builds_hold_the_same(built: Path, tmp_path: Path) -> None:
    path = tmp_path / "archdb.sqlite"
    archdb("db", "init", database=path)
    with closing(sqlite3.connect(path)) as one, closing(sqlite3.connect(built)) as other:
        assert list(one.iterdump()) == list(other.iterdump())


def test_permissions_are_those_of_any_new_file(tmp_path: Path) -> None:
    path, other = tmp_path / "archdb.sqlite", tmp_path / "other"
    archdb("db", "init", database=path)
    other.touch()
    assert path.stat().st_mode == other.stat().st_mode


# Where it is.


def test_the_default_is_made_on_first_use_and_said_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    path = tmp_path / "data" / "archdb" / "archdb.sqlite"
    first = archdb("list", "nin")
    assert first.status == 0
    assert first.err == f"creating {path} from the bundled networks (first use)\n"
    assert list(files(path.parent)) == ["archdb.sqlite"]
    second = archdb("list", "nin")
    assert second.err == ""
    assert second.out == first.out


def test_wrong_words_make_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    for words in (("--help",), ("compare", "--by", "x"), ("query",), ("--version",), ("nope",)):
        archdb(*words)
    assert list(tmp_path.iterdir()) == []


def test_the_environment_names_one(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHDB_DATABASE", str(database))
    assert archdb("list", "nin") == archdb("list", "nin", database=database)
    monkeypatch.setenv("ARCHDB_DATABASE", str(database.with_name("missing.sqlite")))
    refused(archdb("list", "nin"), "there is no database here")
    assert archdb("list", "nin", database=database).status == 0, "an option goes before it"


def test_the_environment_makes_no_directories(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ARCHDB_DATABASE", str(tmp_path / "a" / "b.sqlite"))
    refused(archdb("db", "init"), "does not exist", "create it first")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["{}", "sqlite:///{}"])
def test_a_path_or_a_url(form: str, database: Path) -> None:
    assert archdb("list", "nin", database=form.format(database)).status == 0


def test_a_path_relative_to_where_one_stands(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(database.parent)
    for place in ("archdb.sqlite", "./archdb.sqlite", "sqlite:///archdb.sqlite"):
        assert archdb("show", "nin", "--input", "256", database=place).status == 0


# info


def test_info_says_what_is_there(database: Path) -> None:
    archdb("show", "vgg16", "--input", "256", database=database)
    found = info(database)
    assert found["path"] == str(database)
    assert found["archdb version"] == __version__
    assert found["schema revision"] == HEAD
    assert found["networks"] == 18
    assert found["profiles"] == 18 + 1
    assert found["stale profiles"] == 0
    assert found["bytes"] == database.stat().st_size
    assert [(found["layers"],)] == ask(database, "select count(*) from layer")


def test_info_counts_what_is_stale_and_mends_nothing(database: Path) -> None:
    ask(database, "update layer set filters = 65 where name = 'conv1_1'")
    stale = ask(database, "select count(*) from layer where name = 'conv1_1'")
    assert [(info(database)["stale profiles"],)] == stale
    assert [(info(database)["stale profiles"],)] == stale


# derive


def test_derive_says_when_all_is_fresh(database: Path) -> None:
    before = files(database.parent)
    answer = archdb("derive", database=database)
    assert (answer.status, answer.out, answer.err) == (0, "", "all figures are fresh\n")
    assert files(database.parent) == before


def test_derive_at_another_input(database: Path) -> None:
    answer = archdb("derive", "vgg_d", "nin", "--input", "256", database=database)
    assert answer.err.splitlines() == [
        "vgg16 is derived at 3x256x256",
        "nin is derived at 3x256x256",
    ]
    inputs = "select count(*) from architecture_summary where input = '3x256x256'"
    assert ask(database, inputs) == [(2,)]


def test_derive_everything_again_changes_no_figure(database: Path) -> None:
    figures = "select * from layer_summary order by architecture, input, position"
    before = ask(database, figures)
    assert archdb("derive", "--all", database=database).status == 0
    assert ask(database, figures) == before


def test_derive_all_or_none(database: Path) -> None:
    before = files(database.parent)
    refused(archdb("derive", "vgg16", "alexnet", "--input", "24", database=database), "pool5")
    refused(archdb("derive", "vgg16", "nonesuch", database=database), "nonesuch")
    refused(archdb("derive", "--input", "40", database=database), "names of networks", status=2)
    assert files(database.parent) == before


def test_completion_offers_names_and_never_writes(database: Path) -> None:
    words = {
        "_ARCHDB_COMPLETE": "bash_complete",
        "COMP_WORDS": "archdb show vgg16",
        "COMP_CWORD": "2",
    }
    env = {**words, "ARCHDB_DATABASE": str(database)}
    assert process(env=env).out.split() == ["plain,vgg16", "plain,vgg16_c"]
    ask(database, "update meta set value = '0.0.1'")
    before = files(database.parent)
    assert process(env=env).err == ""
    assert files(database.parent) == before, "an older database is not upgraded by the tab key"
    missing = str(database.with_name("missing.sqlite"))
    offered = process(env={**words, "ARCHDB_DATABASE": missing})
    assert (offered.out.split(), offered.err) == ([], "")


def test_the_path_is_printed_whether_or_not_a_database_is_there(tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere.sqlite"
    answer = archdb("db", "path", database=nowhere)
    assert (answer.status, answer.out) == (0, f"{nowhere}\n")
    assert not nowhere.exists()
