"""Issue 10, 'Freshness covers all that is derived' and 'check notices a damaged schema'."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb, files, refused
from rows import ask

VGG16 = "(select id from network where name = 'vgg16')"
PROFILE = f"(select id from profile where network_id = {VGG16})"


def tamper(database: Path, statements: str) -> None:
    with closing(sqlite3.connect(database)) as client:
        client.executescript(statements)


#: Changes of what archdb has derived, by a client that had no business with it.
DERIVED = {
    "the structure": f"update network set structure = 'x' where id = {VGG16}",
    "no structure": "update network set structure = ''",
    "a total": f"update profile set macs = 1 where network_id = {VGG16}",
    "an input": f"update profile set input = '3x7x7' where network_id = {VGG16}",
    "what is native": f"update profile set is_native = 0 where network_id = {VGG16}",
    "figures as of now": "update profile set macs = 1, revision = revision + 1"
    f" where network_id = {VGG16}",
    "figures of another": f"update profile set network_id = {VGG16}, input = 'x' where network_id ="
    " (select id from network where name = 'nin')",
    "what a block is": f"update block set kind = 'x' where network_id = {VGG16};"
    f"update block set kind = 'vgg_stage' where network_id = {VGG16}",
    "a counter": "update network set revision = revision + 5",
}
SHOWN = (
    "select * from architecture_summary order by 1, 2",
    "select * from layer_summary order by architecture, input, position",
    "select name, structure from network order by name",
)


@pytest.mark.parametrize("kind", DERIVED)
def test_what_another_client_makes_of_a_figure_is_never_shown(kind: str, database: Path) -> None:
    expected = [ask(database, statement) for statement in SHOWN]
    tamper(database, DERIVED[kind])
    answer = archdb("list", database=database)
    assert answer.status == 0
    assert "derived again, because rows or archdb have changed: " in answer.err
    assert [ask(database, statement) for statement in SHOWN] == expected
    assert archdb("check", database=database) == (0, "", "no faults\n")


def test_a_counter_cannot_be_put_back(database: Path) -> None:
    tamper(
        database, f"update layer set filters = 65 where network_id = {VGG16} and name = 'conv1_1'"
    )
    with pytest.raises(sqlite3.IntegrityError, match="never goes back"):
        tamper(database, "update network set revision = 0 where name = 'vgg16'")


#: What networks share, or stands for a packed one, is refused.
KEPT = {
    "a layer's figure": ("update fact_row set macs = 1", "fact_row is derived"),
    "a layer's place": ("update layer_row set block = null", "layer_row is derived"),
    "a sum": ("update op_row set macs = 1", "op_row is derived"),
    "a missing layer": ("delete from layer_row where id = 3", "layer_row is derived"),
    "other layers": (
        f"update profile_row set layers = '[1]' where profile_id = {PROFILE}",
        "profile_row is derived: change rows of layer, edge or block instead",
    ),
    "no layers": (f"delete from profile_row where profile_id = {PROFILE}", "profile_row is der"),
}


@pytest.mark.parametrize("kind", KEPT)
def test_what_networks_share_cannot_be_changed(kind: str, database: Path) -> None:
    statement, sentence = KEPT[kind]
    with pytest.raises(sqlite3.IntegrityError, match=sentence):
        tamper(database, statement)


#: What no trigger can tell from archdb's own doing, found by `check`.
FOUND = {
    "figures that came from elsewhere": (
        "insert or replace into profile_row select min(p.id), '[1, 2]', x.ops, x.blocks,"
        " x.resolutions from profile p join profile_row x on x.profile_id = p.id",
        {"layer rows", "derived totals", "derived figures"},
    ),
    "a word of the dictionary": (
        "update column_dictionary set meaning = 'x' where relation = 'layer_summary'",
        {"column dictionary"},
    ),
    "a column that is in no view": (
        "insert into column_dictionary values ('layer_summary', 'x', 99, 'u', 'm', 'stored', null)",
        {"column dictionary"},
    ),
    "a weight of a convention": (
        "update convention_weight set weight = 3 where convention = 'mac' and op = 'conv2d'",
        {"conventions"},
    ),
    "a convention that is gone": (
        "delete from convention_weight where convention = 'mac';"
        "delete from convention where name = 'mac'",
        {"conventions"},
    ),
    "a weight for no component": (
        "insert into convention_weight values ('mac', 'conv2d', 'miles', 1)",
        {"conventions"},
    ),
    "a weight of the user's for no component": (
        "insert into convention (name, sentence, source) values ('own', 's', 'me');"
        "insert into convention_weight values ('own', 'conv2d', 'miles', 1)",
        {"conventions"},
    ),
}
BOUNDS = "update published set at_least = at_least - 1 where quantity = 'params'"


@pytest.mark.parametrize("kind", FOUND)
def test_check_finds_the_rest_and_repair_puts_it_back(kind: str, database: Path) -> None:
    statement, expected = FOUND[kind]
    tamper(database, statement)
    answer = archdb("check", "--format", "json", database=database)
    assert answer.status == 1
    assert {row["check"] for row in json.loads(answer.out)} == expected
    if "user" in kind:
        tamper(database, "delete from convention_weight where convention = 'own'")
    elif "elsewhere" in kind:
        assert archdb("derive", "--all", database=database).status == 0
    else:
        assert archdb("db", "repair", database=database).status == 0
    assert archdb("check", database=database).status == 0


def test_check_finds_bounds_of_other_digits(whole: Path, tmp_path: Path) -> None:
    database = tmp_path / "archdb.sqlite"
    database.write_bytes(whole.read_bytes())
    (count,) = ask(database, "select count(*) from published where quantity = 'params'")[0]
    tamper(database, BOUNDS)
    answer = archdb("check", "--format", "json", database=database)
    found = [row for row in json.loads(answer.out) if row["check"] == "published bounds"]
    assert answer.status == 1
    assert len(found) >= count > 0


ASKED = [
    ("compare", "vgg16", "nin", "--convention", "mac"),
    ("show", "vgg16", "--by", "layer", "--convention", "mac"),
    ("sweep", "vgg16", "--convention", "mac"),
    ("explain-number", "vgg16", "138357544"),
]


@pytest.mark.parametrize("words", ASKED, ids=lambda words: words[0])
def test_a_weight_for_no_component_is_named(words: tuple[str, ...], database: Path) -> None:
    tamper(database, "insert into convention_weight values ('mac', 'conv2d', 'milage', 1)")
    before = files(database.parent)
    refused(
        archdb(*words, database=database),
        f"{database}: convention 'mac' counts 'milage' of conv2d, which is no component",
        "archdb db repair puts archdb's own conventions",
    )
    assert files(database.parent) == before
    other = archdb("compare", "vgg16", "nin", "--convention", "flop", database=database)
    assert other.status == 0, "the others can be asked for"
    value = "select value from convention_total where convention = 'mac' and architecture = 'nin'"
    assert ask(database, value) == [(None,)], "and never a total that is too small"


# A damaged schema.

MINE = "create table mine (x)"
SCHEMA = {
    "a dropped view": "drop view op_summary",
    "a view with another text": "drop view op_summary; create view op_summary as select 1 as macs",
    "a dropped trigger": "drop trigger layer_deleted",
    "a trigger with another text": "drop trigger layer_deleted; create trigger layer_deleted"
    " after delete on layer begin select 1; end",
    "another trigger on a table of ours": "create trigger mine after update on layer begin"
    " update network set title = 'x'; end",
    "a dropped index": "drop index ix_network_structure",
    "an index on something else": "drop index ix_network_structure;"
    " create index ix_network_structure on network (title)",
    "a dropped table of what archdb brings": "drop table column_dictionary",
    "all at once": "drop view layer_summary; drop trigger edge_updated; drop index"
    " ix_alias_network_id; create trigger mine before insert on edge begin select 1; end",
}


@pytest.mark.parametrize("way", ["repair", "upgrade"])
@pytest.mark.parametrize("kind", SCHEMA)
def test_a_damaged_schema_is_found_and_mended(kind: str, way: str, database: Path) -> None:
    tamper(database, MINE + ";create view my_view as select * from mine;" + SCHEMA[kind])
    answer = archdb("check", "--format", "json", database=database)
    assert answer.status == 1
    checks = {row["check"] for row in json.loads(answer.out)}
    assert checks <= {"views and triggers", "tables and indexes"}
    assert all("archdb db repair" in row["fault"] for row in json.loads(answer.out))
    answer = archdb("db", way, database=database)
    assert answer.status == 0
    assert archdb("check", database=database) == (0, "", "no faults\n")
    assert ask(database, "select * from my_view") == []
    if "another trigger" in kind:
        assert "mine" in answer.err, "what was taken away is said"


def test_a_repair_changes_nothing_else(database: Path) -> None:
    before = ask(database, SHOWN[1])
    tamper(database, "update network set title = 'x' where name = 'vgg16'")
    answer = archdb("db", "repair", database=database)
    (copy,) = database.parent.glob("*.bak")
    assert (answer.status, answer.err) == (
        0,
        f"repaired {database}; the former state is in {copy}\n",
    )
    assert ask(database, SHOWN[1]) == before
    assert ask(database, "select title from network where name = 'vgg16'") == [("x",)]


def test_what_cannot_be_mended_is_said(database: Path) -> None:
    tamper(database, "alter table layer rename column kernel_h to kernel_height")
    answer = archdb("check", database=database)
    assert answer.status == 1
    assert "the table layer is not as archdb made it: restore the file from a copy" in answer.out
    assert (
        "the table layer is not as archdb made it" in archdb("db", "repair", database=database).err
    )
