"""Issue 10, 'Upgrades': a user's networks and names win, or have a stated new name.

A later release is another directory of seeds (ARCHDB_SEEDS), an older one an older version number.
"""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import Answer, archdb, files, patient
from rows import ask

from archdb.analysis.conventions import bundled as bundled_conventions

SEED = """name = "{name}"
title = "{name}"
family = "Own"
year = 2024
{more}
[net]
input = [3, 8, 8]
layers = [["conv", "conv2d", {{filters = {filters}, kernel = 3}}]]
"""


def seed(place: Path, name: str, filters: int = 4, more: str = "") -> Path:
    """A seed file of one convolution: filters · (3 · 3² + 1) parameters."""
    path = place / f"{name}.toml"
    path.write_text(SEED.format(name=name, filters=filters, more=more), "utf-8")
    return path


def bundle(place: Path, name: str, filters: int, more: str = "") -> Path:
    """The same as a release has it, which says where it comes from."""
    claims = ("paper", "layer table")
    cited = "".join(
        f'[[source]]\nclaim = "{claim}"\ncite = "simonyan2015"\nwhere = "Table 1"\n'
        for claim in claims
    )
    return seed(place, name, filters, more + "\n" + cited)


def params(filters: int) -> int:
    return filters * (3 * 9 + 1)


def tamper(database: Path, statements: str) -> None:
    with closing(sqlite3.connect(database)) as client:
        client.executescript(statements)


def counted(database: Path, name: str) -> Any:
    answer = archdb("show", name, "--format", "json", database=database)
    assert answer.status == 0, answer
    (network,) = json.loads(answer.out)[0].keys() - {"quantity", "unit"}
    return next(row[network] for row in json.loads(answer.out) if row["quantity"] == "params")


@pytest.fixture
def later(few: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The seeds of a later release, to add to and to take from."""
    place = tmp_path / "later"
    shutil.copytree(few, place)
    monkeypatch.setenv("ARCHDB_SEEDS", str(place))
    return place / "nets"


def imported(database: Path, place: Path, name: str, **words: Any) -> None:
    answer = archdb("import", str(seed(place, name, **words)), database=database)
    assert answer.status == 0, answer


def upgraded(database: Path, *words: str) -> Answer:
    """What the first command of a later release says: it finds an older number in the file."""
    tamper(database, "update meta set value = '0.0.9' where key = 'archdb_version'")
    answer = archdb(*(words or ("list",)), database=database)
    assert answer.status == 0, answer
    return answer


def said_by_check(database: Path) -> str:
    answer = archdb("check", database=database)
    assert answer.status == 0, answer
    return answer.err


# Names.


def test_a_users_network_stays_where_a_release_bundles_its_name(
    database: Path, tmp_path: Path, later: Path
) -> None:
    imported(database, tmp_path, "mine", filters=4)
    bundle(later, "mine", 9)
    sentence = "'mine' means your own network; the bundled one is called 'mine-bundled' here"
    assert f"note: {sentence}\n" in upgraded(database).err
    assert (counted(database, "mine"), counted(database, "mine-bundled")) == (params(4), params(9))
    assert sentence in said_by_check(database)
    assert sentence in upgraded(database).err, "the next upgrade says it again"
    assert counted(database, "mine-bundled") == params(9)


def test_variants_and_other_names_follow_the_bundled_network(
    database: Path, tmp_path: Path, later: Path
) -> None:
    imported(database, tmp_path, "mine", filters=4)
    bundle(later, "mine", 9, 'aliases = ["also"]')
    bundle(later, "wider", 11, 'variant_of = "mine"')
    upgraded(database)
    assert counted(database, "also") == params(9)
    base = ask(database, "select variant_of from network where name = 'wider'")
    assert base == [("mine-bundled",)]


@pytest.mark.parametrize("theirs", ["name", "alias"])
def test_another_name_that_the_user_has(
    theirs: str, database: Path, tmp_path: Path, later: Path
) -> None:
    """A release takes the user's name, or other name, for another name of a network of its own."""
    if theirs == "name":
        imported(database, tmp_path, "word", filters=4)
    else:
        imported(database, tmp_path, "mine", filters=4, more='aliases = ["word"]')
    bundle(later, "theirs", 9, 'aliases = ["word"]')
    sentence = "'word' means your own network; the bundled one is called 'word-bundled' here"
    assert sentence in upgraded(database, "db", "upgrade").err
    assert counted(database, "word") == params(4)
    assert counted(database, "word-bundled") == counted(database, "theirs") == params(9)
    assert sentence in said_by_check(database)


def test_a_name_of_the_users_that_is_another_name_of_his(
    database: Path, tmp_path: Path, later: Path
) -> None:
    """The release bundles a network under what is only another name of the user's."""
    imported(database, tmp_path, "mine", filters=4, more='aliases = ["word"]')
    bundle(later, "word", 9)
    upgraded(database)
    assert (counted(database, "word"), counted(database, "word-bundled")) == (params(4), params(9))


def test_what_was_put_in_place_of_a_bundled_network_stays(
    database: Path, tmp_path: Path, later: Path
) -> None:
    before = counted(database, "nin")
    answer = archdb("import", "--replace", str(seed(tmp_path, "nin", 4)), database=database)
    assert answer.status == 0
    upgraded(database)
    assert (counted(database, "nin"), counted(database, "nin-bundled")) == (params(4), before)


def test_even_the_new_name_may_be_the_users(database: Path, tmp_path: Path, later: Path) -> None:
    for name, filters in (("mine", 4), ("mine-bundled", 5)):
        imported(database, tmp_path, name, filters=filters)
    bundle(later, "mine", 9)
    upgraded(database)
    names = ("mine", "mine-bundled", "mine-bundled-bundled")
    assert [counted(database, name) for name in names] == [params(4), params(5), params(9)]


def test_a_bundled_network_gets_its_name_back(database: Path, tmp_path: Path, later: Path) -> None:
    imported(database, tmp_path, "mine", filters=4)
    bundle(later, "mine", 9)
    upgraded(database)
    imported(database, tmp_path, "own", filters=3, more='variant_of = "mine-bundled"')
    tamper(database, "pragma foreign_keys = on; delete from network where name = 'mine'")
    upgraded(database)
    assert counted(database, "mine") == params(9)
    assert ask(database, "select variant_of from network where name = 'own'") == [("mine",)]


# What is bundled no longer.


def test_a_base_that_is_bundled_no_longer_is_kept(
    database: Path, tmp_path: Path, later: Path
) -> None:
    imported(database, tmp_path, "mine", filters=4, more='variant_of = "vgg16_c"')
    before = counted(database, "vgg16_c")
    for name in ("vgg16_c", "nin"):
        (later / f"{name}.toml").unlink()
    err = upgraded(database).err
    assert "'vgg16_c' is bundled no longer; it is kept as a network of your own" in err
    assert "because 'mine' is a variant of it" in err
    assert "'nin' is bundled no longer, and in the copy only" in err
    assert counted(database, "vgg16_c") == before
    assert ask(database, "pragma foreign_key_check") == []


# Conventions and publications.


CONVENTION = (
    "insert into convention (name, sentence, source) values ('{0}', 'mine', 'me');"
    "insert into convention_weight values ('{0}', 'conv2d', 'macs', 7);"
)


def test_a_users_convention_stays(database: Path, later: Path) -> None:
    tamper(database, CONVENTION.format("own"))
    upgraded(database)
    assert archdb("db", "repair", database=database).status == 0
    weights = "select weight from convention_weight where convention = 'own'"
    assert ask(database, weights) == [(7,)]
    said_by_check(database)


def test_a_convention_whose_name_a_release_takes(database: Path, later: Path) -> None:
    """The user's `mac` of a database without ours is kept under another name."""
    tamper(database, "delete from convention_weight; delete from convention")
    tamper(database, CONVENTION.format("mac"))
    err = upgraded(database).err
    assert "your convention 'mac' is called 'mac-imported' now" in err
    ours = next(len(list(c.rows())) for c in bundled_conventions() if c.name == "mac")
    counts = "select convention, count(*) from convention_weight where convention like 'mac%'"
    assert ask(database, counts + " group by 1") == [("mac", ours), ("mac-imported", 1)]


def test_publications_are_those_of_today(database: Path, tmp_path: Path, later: Path) -> None:
    """A bundled one in today's words; one of the user's under a key of today's keeps its own."""
    paper = '[reference.KEY]\nauthors = ["Doe, Jane"]\ntitle = "Mine"\nyear = 2001\n'
    cited = '[[source]]\nclaim = "paper"\ncite = "zeiler2014"\nwhere = "Table 1"\n'
    more = paper.replace("KEY", "zeiler2014") + cited
    tamper(database, "update citation set title = 'old' where key = 'simonyan2015'")
    references = later.parent / "references"
    kept = {path: path.read_text("utf-8") for path in references.glob("*.toml")}
    for path, text in kept.items():
        path.write_text(text.replace("[zeiler2014]", "[another]"), "utf-8")
    imported(database, tmp_path, "mine", more=more)
    for path, text in kept.items():
        path.write_text(text, "utf-8")
    assert "'zeiler2014' is called 'zeiler2014-imported' now" in upgraded(database).err
    found = ask(
        database,
        "select citation from source join network n on n.id = network_id where n.name = 'mine'",
    )
    assert found == [("zeiler2014-imported",)]
    titles = dict(ask(database, "select key, title from citation"))
    assert titles["zeiler2014-imported"] == "Mine"
    assert titles["simonyan2015"] != "old"


# Older rows.


def test_older_rows_are_put_into_todays_form(database: Path, tmp_path: Path, later: Path) -> None:
    """What an older archdb left out because it was the default is written, and the hash follows:
    two equal networks have one structure, and nothing in which they differ."""
    for name in ("mine", "twin"):
        imported(database, tmp_path, name, filters=4)
    tamper(
        database,
        "update layer set dilation_h = null, dilation_w = null, groups = null, padding = null,"
        " pad_top = null, pad_bottom = null, pad_left = null, pad_right = null"
        " where op = 'conv2d' and network_id = (select id from network where name = 'mine');"
        "update network set structure = 'of old' where name = 'mine'",
    )
    upgraded(database)
    rows = ask(
        database,
        "select l.op, l.dilation_h, l.groups, l.padding, l.pad_top, l.attributes, n.structure"
        " from layer l join network n on n.id = l.network_id where n.name in ('mine', 'twin')",
    )
    assert len(set(rows)) == 2, "an input and a convolution, twice the same"
    answer = archdb("compare", "mine", "twin", database=database)
    assert "dilation" not in answer.out + answer.err


def test_rows_of_an_op_that_nobody_knows_stay_as_they_are(
    database: Path, tmp_path: Path, later: Path
) -> None:
    imported(database, tmp_path, "mine", filters=4)
    row = "select op, kernel_h, filters, attributes from layer where op = 'wavelet'"
    tamper(
        database,
        "update layer set op = 'wavelet', attributes = '{\"x\": 1}' where op = 'conv2d'"
        " and network_id = (select id from network where name = 'mine')",
    )
    before = ask(database, row)
    upgraded(database)
    assert ask(database, row) == before


# The user's own tables and views.


def test_tables_and_views_under_names_that_are_archdbs_now(database: Path, later: Path) -> None:
    """In a file from before search spaces: their tables and a view are still the user's to name."""
    tamper(
        database,
        "drop trigger layer_updated; drop view space_point; drop view space_summary;"
        "drop view published_check; drop view convention_total;"
        "delete from column_dictionary where relation in ('space_point', 'space_summary');"
        "create view space_point as select 'my view' as x",
    )
    err = upgraded(database).err
    assert "your view space_point is called space_point_own now" in err
    assert ask(database, "select x from space_point_own") == [("my view",)]
    assert said_by_check(database).endswith("no faults\n")


def test_a_view_that_fits_no_longer_stops_no_upgrade(database: Path, later: Path) -> None:
    tamper(
        database,
        "create view mine as select 1 as x;"
        "create trigger on_mine instead of insert on mine begin select 1; end;"
        "create trigger on_ours after update on network begin select 1; end;"
        "create trigger on_view instead of insert on op_summary begin select no_such(); end;",
    )
    err = upgraded(database).err
    assert "your trigger on_ours on network is left out, because the table is archdb's" in err
    names = ask(database, "select name from sqlite_master where name in ('mine', 'on_mine')")
    assert len(names) == 2
    assert said_by_check(database).endswith("no faults\n")


# Copies.


def copies(database: Path) -> list[Path]:
    return sorted(database.parent.glob("*.bak"))


#: Upgrades, and is killed at a place that is named.
KILLED = """
import os, signal, sys
from archdb.cli import main
from archdb.db import bundled_networks, files, migrate, profiles
def die(*_, **__):
    os.kill(os.getpid(), signal.SIGKILL)
module, name = sys.argv.pop(1).split(".")
setattr(globals()[module], name, die)
main()
"""


@pytest.mark.parametrize(
    "where",
    [
        "files._copy_name",
        "migrate.describe",
        "bundled_networks.insert_bundled",
        "profiles.refresh_all",
    ],
)
def test_a_killed_upgrade_leaves_no_second_copy(where: str, database: Path, later: Path) -> None:
    tamper(database, "update meta set value = '0.0.9'")
    before = database.read_bytes()
    for _ in range(2):
        words = [sys.executable, "-c", KILLED, where, "--database", str(database), "list"]
        assert (
            subprocess.run(words, env=dict(os.environ), check=False).returncode == -signal.SIGKILL
        )
    assert archdb("list", database=database).status == 0
    assert len(copies(database)) == 1
    assert sorted(ask(copies(database)[0], "select * from network")) == sorted(
        ask(_file(database.parent / "was.sqlite", before), "select * from network")
    )


def _file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644])
def test_a_copy_has_the_mode_of_its_file(mode: int, database: Path, later: Path) -> None:
    database.chmod(mode)
    upgraded(database)
    (copy,) = copies(database)
    assert copy.stat().st_mode & 0o777 == mode
    assert database.stat().st_mode & 0o777 == mode


@pytest.mark.parametrize("name", ["x" * 240 + ".db", "ü" * 118 + ".db"])
def test_a_copy_of_a_long_name_has_one_that_fits(name: str, database: Path, later: Path) -> None:
    long = database.rename(database.with_name(name))
    upgraded(long)
    (copy,) = copies(long)
    assert archdb("db", "info", database=copy).status == 0 or "older" in upgraded(copy).err


def test_a_failed_upgrade_keeps_the_copy_that_was_there(
    database: Path, later: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tamper(database, "update meta set value = '0.0.9'")
    words = [
        sys.executable,
        "-c",
        KILLED,
        "migrate.describe",
        "--database",
        str(database),
        "list",
    ]
    subprocess.run(words, env=dict(os.environ), check=False)
    before = copies(database)
    assert len(before) == 1
    (later / "broken.toml").write_text("name = 1", "utf-8")
    assert archdb("list", database=database).status == 1
    assert copies(database) == before
    (later / "broken.toml").unlink()
    assert archdb("list", database=database).status == 0
    assert copies(database) == before


def test_of_two_upgrades_at_once_one_is_done(database: Path, later: Path) -> None:
    tamper(database, "update meta set value = '0.0.9'")
    words = patient("list", "nin", database=database)
    started = [
        subprocess.Popen(
            words,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [running.communicate()[1] for running in started]
    assert [running.returncode for running in started] == [0, 0], said
    assert len(copies(database)) == 1
    assert sum("upgraded, after a copy" in err for err in said) == 1


def test_nothing_is_lost_by_an_upgrade_that_fails(
    database: Path, tmp_path: Path, later: Path
) -> None:
    imported(database, tmp_path, "mine", filters=4)
    tamper(database, "update meta set value = '0.0.9'")
    before = files(database.parent)
    (later / "broken.toml").write_text("name = 1", "utf-8")
    assert archdb("list", database=database).status == 1
    assert files(database.parent) == before
