"""archdb diff and archdb info: which dataset this is, and what changed between two."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import archdb, files, refused

from archdb.dataset.release import identity
from archdb.queries.reader import Reader

#: What LeNet-5's C5 costs with so many filters: 5×5 windows over 16 maps, on one place.
C5 = {filters: filters * (16 * 5 * 5 + 1) for filters in (120, 48)}
F6 = {filters: 84 * (filters + 1) for filters in (120, 48)}


@pytest.fixture
def new(built: Path, tmp_path: Path) -> Path:
    """A copy of the built database, to be changed and compared with it."""
    return Path(shutil.copy(built, tmp_path / "new.sqlite"))


def change(database: Path, *statements: str) -> None:
    with closing(sqlite3.connect(database, isolation_level=None)) as client:
        client.execute("pragma foreign_keys = on")
        for statement in statements:
            client.execute(statement)


def of(name: str) -> str:
    return f"network_id = (select id from network where name = '{name}')"


def changes(old: Path, new: Path, *words: str) -> list[dict[str, Any]]:
    answer = archdb("diff", str(old), str(new), *words, "--format", "json")
    assert answer.status == 0, answer.err
    found: list[dict[str, Any]] = json.loads(answer.out)
    return found


def keyed(rows: list[dict[str, Any]]) -> dict[tuple[str, ...], tuple[Any, ...]]:
    return {
        (row["architecture"], row["part"], row["where"], row["quantity"]): (row["old"], row["new"])
        for row in rows
    }


def test_a_database_does_not_differ_from_itself(built: Path, new: Path) -> None:
    assert changes(built, new) == []
    answer = archdb("diff", str(built), str(new), "--format", "csv")
    assert answer.out == "architecture,change,part,where,quantity,old,new,difference\n"
    assert answer.err == "no differences\n"


def test_a_changed_layer_and_all_that_follows(built: Path, new: Path) -> None:
    change(new, f"update layer set filters = 48 where name = 'C5' and {of('lenet5')}")
    archdb("derive", database=new)
    rows = changes(built, new)
    assert {row["architecture"] for row in rows} == {"lenet5"}
    found = keyed(rows)
    assert found["lenet5", "layer", "C5", "filters"] == ("120", "48")
    params = "lenet5", "architecture_summary", "1x32x32", "params"
    assert found[params] == (60_000, 60_000 - C5[120] - F6[120] + C5[48] + F6[48])
    (row,) = [row for row in rows if row["part"] == params[1] and row["quantity"] == "params"]
    assert row["difference"] == found[params][1] - found[params][0]
    assert found["lenet5", "convention_total", "params", "value"] == found[params]
    assert found["lenet5", "layer_summary", "2 layers", "params"] == (None, None), "C5 and F6"
    assert not [at for at in found if at[3] in ("depth", "receptive_field_h", "structure")]


def test_figures_of_each_layer_on_request(built: Path, new: Path) -> None:
    change(new, f"update layer set filters = 48 where name = 'C5' and {of('lenet5')}")
    archdb("derive", database=new)
    found = keyed(changes(built, new, "--layers"))
    assert found["lenet5", "layer_summary", "C5", "params"] == (C5[120], C5[48])
    assert found["lenet5", "layer_summary", "F6", "params"] == (F6[120], F6[48])


def test_networks_that_one_side_has(built: Path, new: Path) -> None:
    change(new, "delete from network where name = 'nin'")
    (row,) = changes(built, new)
    assert (row["architecture"], row["change"], row["part"]) == ("nin", "removed", "network")
    assert row["old"].startswith("Network in Network (ImageNet)") and row["new"] is None
    (row,) = changes(new, built)
    assert (row["change"], row["old"]) == ("added", None)


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        (
            "update citation set year = 2000 where key = 'he2016'",
            (None, "changed", "citation", "he2016", "year", 2016, 2000, -16),
        ),
        (
            "update network set title = 'T' where name = 'nin'",
            ("nin", "changed", "network", "", "title", "Network in Network (ImageNet)", "T", None),
        ),
        (
            "delete from alias where name = 'lenet'",
            ("lenet5", "removed", "alias", "lenet", "", "", None, None),
        ),
        (
            f"update layer set name = 'renamed' where name = 'F6' and {of('lenet5')}",
            None,
        ),
        (
            "update convention_weight set weight = 3 where convention = 'flop' and op = 'conv2d'"
            " and quantity = 'macs'",
            (None, "changed", "convention_weight", "flop, conv2d, macs", "weight", 2, 3, 1),
        ),
    ],
)
def test_every_table_is_compared(
    statement: str, row: tuple[Any, ...] | None, built: Path, new: Path
) -> None:
    change(new, statement)
    found = [tuple(line.values()) for line in changes(built, new)]
    assert found and (row is None or row in found)


def test_what_views_only_repeat_is_told_once(built: Path, new: Path) -> None:
    """A network's family stands in its row and in architecture_summary."""
    change(new, "update network set family = 'F' where name = 'nin'")
    assert len(changes(built, new)) == 1


def test_a_year_is_no_number_of_things(built: Path, new: Path) -> None:
    change(new, "update citation set year = 2000 where key = 'he2016'")
    out = archdb("diff", str(built), str(new)).out
    assert re.search(r"year +2016 +2000", out)


def test_order_and_places_of_layers(built: Path, new: Path) -> None:
    """A layer moved into an auxiliary head, in name only."""
    change(new, f"update layer set auxiliary = 1 where name = 'prob' and {of('vgg16')}")
    found = keyed(changes(built, new))
    assert found["vgg16", "layer", "prob", "auxiliary"] == (0, 1)


def test_figures_that_are_stale_are_named(built: Path, new: Path) -> None:
    change(new, f"update layer set filters = 48 where name = 'C5' and {of('lenet5')}")
    before = files(new.parent)
    answer = archdb("diff", str(built), str(new))
    assert "has no figures of: lenet5 (stale: archdb derive)" in answer.err
    assert files(new.parent) == before, "what is compared is not changed"
    assert "architecture_summary" not in answer.out


def test_an_older_schema_is_compared_as_it_is(whole: Path, tmp_path: Path) -> None:
    """Published figures came with the third migration, conventions' divisors with the fourth."""
    older = Path(shutil.copy(whole, tmp_path / "older.sqlite"))
    change(
        older,
        "drop view published_check",
        "drop view figure_reading",
        "drop table published_explanation",
        "drop table published",
        "delete from convention where name = 'timm'",
        "update alembic_version set version_num = '0002'",
        "update meta set value = '0.0.9' where key = 'archdb_version'",
        "update network set year = 1990 where name = 'nin'",
    )
    before = older.read_bytes()
    answer = archdb("diff", str(older), str(whole), "--format", "tsv")
    assert answer.status == 0, answer.err
    rows = [line.split("\t") for line in answer.out.splitlines()[1:]]
    assert ["nin", "changed", "network", "", "year", "1990", "2013", "23"] in rows
    assert f"note: {older} has no table for: published, published_explanation" in answer.err
    timm = [row for row in rows if "timm" in row[3]]
    assert [row[1:4] for row in timm] == [["added", "convention", "timm"]], "not weight by weight"
    assert older.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["older.sqlite"]


def test_what_cannot_be_compared(built: Path, tmp_path: Path) -> None:
    text, foreign, newer = (tmp_path / name for name in ("text.db", "foreign.db", "newer.db"))
    text.write_text("no database")
    with closing(sqlite3.connect(foreign)) as client:
        client.execute("create table t (x)")
    shutil.copy(built, newer)
    change(newer, "update alembic_version set version_num = '9999'")
    for path, sign in ((text, "not a SQLite"), (foreign, "not one of archdb"), (newer, "newer")):
        for pair in ((built, path), (path, built)):
            refused(archdb("diff", *map(str, pair)), str(path), sign)
    for path in (tmp_path / "nowhere.db", tmp_path):
        refused(archdb("diff", str(built), str(path)), str(path), status=2)
    refused(archdb("diff", str(built)), "NEW.db", status=2)
    assert not (tmp_path / "nowhere.db").exists()


# archdb info.


def info(database: Path) -> dict[str, Any]:
    answer = archdb("info", "--format", "json", database=database)
    assert answer.status == 0, answer.err
    rows = json.loads(answer.out)
    return {row["item"]: row["value"] for row in rows}


def test_info_is_version_hashes_and_rows(built: Path) -> None:
    found = info(built)
    assert found["dataset version"] == "0.1.0"
    for name in ("content hash", "figures hash"):
        assert re.fullmatch("sha256:[0-9a-f]{64}", found[name])
    with closing(sqlite3.connect(built)) as client:
        ((networks,),) = client.execute("select count(*) from network")
        ((layers,),) = client.execute("select count(*) from layer")
    assert (found["rows of network"], found["rows of layer"]) == (networks, layers)


@pytest.mark.parametrize(
    ("statement", "moved"),
    [
        ("update citation set title = title || '.' where key = 'he2016'", {"content hash"}),
        (
            f"update layer set filters = 48 where name = 'C5' and {of('lenet5')}",
            {"content hash", "figures hash"},
        ),
        ("update network set title = title", set()),
        ("delete from profile", set()),  # derived again
        ("vacuum", set()),
    ],
)
def test_the_hashes_follow_what_is_said_and_nothing_else(
    statement: str, moved: set[str], built: Path, new: Path
) -> None:
    before = info(built)
    change(new, statement)
    after = info(new)
    assert {item for item in before if before[item] != after[item]} == moved


OWN = """
name = "own"
title = "Own"
family = "F"
year = 2020
aliases = ["mine"]
[net]
input = [3, 8, 8]
layers = [["fc", "linear", {units=7}]]
"""


def test_networks_of_your_own_have_a_hash_beside_the_datasets(
    built: Path, new: Path, tmp_path: Path
) -> None:
    before = info(built)
    assert (before["networks of your own"], before["content hash of your own"]) == (0, None)
    seed = tmp_path / "own.toml"
    hashes = []
    for units in (7, 8):
        seed.write_text(OWN.replace("units=7", f"units={units}"))
        assert archdb("import", str(seed), "--replace", database=new).status == 0
        found = info(new)
        assert found["networks of your own"] == 1
        hashes.append(found["content hash of your own"])
        assert {item for item in before if before[item] != found[item]} == {
            *("networks of your own", "content hash of your own")
        }
    assert len({*hashes, found["content hash"]}) == 3
    change(new, "delete from alias where name = 'mine'")
    assert info(new)["content hash of your own"] not in hashes
    assert re.search("content sha256:[0-9a-f]+ and 1 network of your own", cited(new))


def cited(database: Path) -> str:
    return archdb("cite", database=database).out


def test_the_identity_is_that_of_all_that_a_file_says(built: Path, new: Path) -> None:
    """What a service hands out: read without writing, and another one after any change."""

    def identities(database: Path) -> str:
        with Reader(database) as reader:
            return identity(reader)

    first = identities(built)
    assert first == identities(new)
    seen = {first}
    for statement in (
        f"update layer set filters = 48 where name = 'C5' and {of('lenet5')}",
        "update citation set year = 2000 where key = 'he2016'",
        "update network set title = 'T', origin = 'imported' where name = 'nin'",
        "insert into convention (name, sentence, source) values ('own', 'Own.', 'me')",
        "insert into space (name, title, citation, size, wanted) values ('s', 'S', 'he2016', 9, 9)",
    ):
        change(new, statement)
        seen.add(identities(new))
    assert len(seen) == 6


def test_figures_at_another_input_are_no_part_of_the_dataset(built: Path, new: Path) -> None:
    assert archdb("show", "vgg16", "--input", "256", database=new).status == 0
    assert info(new) == info(built)
    assert changes(built, new) == []
