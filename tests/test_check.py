"""archdb check: nothing on a sound database; each kind of damage is found, with status 1."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import archdb, files

VGG16 = "(select id from network where name = 'vgg16')"
PROFILE = (
    "(select id from profile where network_id = (select id from network where name = 'vgg16'))"
)

#: Rows that no other network of these shares with nin.
NIN = """(select {} from network n join profile p on p.network_id = n.id join profile_row x
    on x.profile_id = p.id join json_each(x.layers) e join layer_row r on r.id = e.value
    where n.name = 'nin' and e.key = 3)"""

#: What was done to the file by somebody who knows it, and the check and network that find it.
TAMPERED = {
    "a derived layer row": (
        "update fact_row set macs = macs + 1 where id = " + NIN.format("r.fact"),
        {("shared rows", ""), ("derived totals", "nin")},
    ),
    "a receptive field": (
        "update layer_row set field = 1 where id = " + NIN.format("r.id"),
        {("shared rows", "")},
    ),
    "totals": (
        f"update profile set macs = macs - 1 where network_id = {VGG16}",
        {("derived totals", "vgg16"), ("derived figures", "vgg16")},
    ),
    "a revision": (
        f"update layer set filters = 65 where name = 'conv1_1' and network_id = {VGG16};"
        f"update profile set revision = (select revision from network where name = 'vgg16')"
        f" where network_id = {VGG16}; update network set stale = 0 where name = 'vgg16'",
        {("derived figures", "vgg16"), ("lineage", "vgg16_c")},
    ),
    "a missing derived row": (
        "delete from layer_row where id = " + NIN.format("r.id"),
        {("shared rows", ""), ("derived totals", "nin")},
    ),
    "two lists that are another's": (
        f"update profile_row set layers = '[1]', ops = '[1]' where profile_id = {PROFILE}",
        {("layer rows", "vgg16"), ("derived totals", "vgg16"), ("derived figures", "vgg16")},
    ),
    "no lists": (
        f"delete from profile_row where profile_id = {PROFILE}",
        {("layer rows", "vgg16"), ("shared rows", "")},
    ),
    "an edge to nowhere": (
        f"update edge set source = 999 where network_id = {VGG16} and reader = 3",
        {("foreign keys", ""), ("derivation", "vgg16"), ("order", "vgg16")},
    ),
    "a gap in the slots": (
        f"update edge set slot = 7 where network_id = {VGG16} and reader = 3",
        {("slots", "vgg16")},
    ),
    "an alias that is a name": (
        "insert into alias values ('nin', " + VGG16 + ")",
        {("names", "vgg16")},
    ),
    "an alias of nobody": ("insert into alias values ('ghost', 999)", {("foreign keys", "")}),
    "a base that is no network": (
        "update network set variant_of = 'ghost' where name = 'vgg16'",
        {("foreign keys", "")},
    ),
    "no sources": (f"delete from source where network_id = {VGG16}", {("sources", "vgg16")}),
    "a dropped view": ("drop view op_summary", {("views and triggers", "")}),
    "a changed view": (
        "drop view op_summary; create view op_summary as select 1 as macs",
        {("views and triggers", "")},
    ),
    "a dropped trigger": (
        "drop trigger layer_updated;"
        f"update layer set filters = 65 where name = 'conv1_1' and network_id = {VGG16}",
        {("views and triggers", ""), ("derived figures", "vgg16"), ("lineage", "vgg16_c")},
    ),
}


def check(database: Path) -> tuple[int, list[dict[str, Any]]]:
    answer = archdb("check", "--format", "json", database=database)
    found: list[dict[str, Any]] = json.loads(answer.out)
    said = {0: "no faults", 1: "1 fault"}.get(len(found), f"{len(found)} faults")
    assert answer.err.splitlines()[-1] == said
    return answer.status, found


def tamper(database: Path, statements: str) -> None:
    with closing(sqlite3.connect(database)) as client:
        client.executescript(statements)


#: What makes a changed figure stale, and what therefore must be gone for it to stay.
GUARDS = (
    *("profile_updated", "profile_row_updated", "profile_row_deleted"),
    *("fact_row_updated", "layer_row_updated", "layer_row_deleted"),
    *("revision_counted", "stale_updated"),
)
#: Changes that these would see.
UNSEEN = (
    *("a derived layer row", "a receptive field", "a missing derived row"),
    *("totals", "a revision", "two lists that are another's", "no lists"),
)


def unseen(database: Path, statements: str) -> None:
    """The same behind the back of the triggers."""
    with closing(sqlite3.connect(database)) as client:
        marks = ", ".join("?" * len(GUARDS))
        guards = client.execute(
            f"select name, sql from sqlite_master where name in ({marks})", GUARDS
        ).fetchall()
        for name, _ in guards:
            client.execute(f"drop trigger {name}")
        client.executescript(statements)
        for _, statement in guards:
            client.execute(statement)
        client.commit()


def test_a_sound_database(database: Path) -> None:
    before = files(database.parent)
    assert check(database) == (0, [])
    answer = archdb("check", database=database)
    assert (answer.status, answer.out, answer.err) == (0, "", "no faults\n")
    assert files(database.parent) == before


def test_also_with_other_inputs_and_after_a_change(database: Path) -> None:
    archdb("compare", "vgg16", "googlenet", "--input", "384", database=database)
    tamper(database, "update layer set filters = 65 where name = 'conv1_1'")
    assert check(database) == (0, [])


@pytest.mark.parametrize("kind", TAMPERED)
def test_damage_is_found(kind: str, database: Path) -> None:
    statements, expected = TAMPERED[kind]
    (unseen if kind in UNSEEN else tamper)(database, statements)
    status, faults = check(database)
    assert status == 1
    assert {(row["check"], row["network"]) for row in faults} == expected


def test_damage_at_another_input_is_found(database: Path) -> None:
    archdb("show", "nin", "--input", "256", database=database)
    unseen(database, "update profile set macs = macs + 1 where input = '3x256x256'")
    status, faults = check(database)
    assert status == 1
    assert {row["network"] for row in faults} == {"nin"}
    assert all("3x256x256" in row["fault"] for row in faults)


def test_a_file_whose_pages_are_mixed_up(database: Path) -> None:
    with closing(sqlite3.connect(database)) as client:
        (root,) = client.execute(
            "select rootpage from sqlite_master where name = 'edge'"
        ).fetchone()
        (size,) = client.execute("pragma page_size").fetchone()
    data = bytearray(database.read_bytes())
    start = (root - 1) * size
    data[start + 8 : start + 200] = b"\xff" * 192
    database.write_bytes(data)
    answer = archdb("check", database=database)
    assert answer.status == 1
    assert "Traceback" not in answer.err
    assert "integrity" in answer.out or "is damaged" in answer.err


def test_faults_are_printed_as_rows(database: Path) -> None:
    tamper(database, TAMPERED["no sources"][0])
    answer = archdb("check", database=database)
    assert answer.status == 1
    head, rule, *rows = answer.out.splitlines()
    assert head.split() == ["check", "network", "fault"]
    assert set(rule) == {"─", " "}
    assert [row.split(maxsplit=2) for row in rows] == [
        ["sources", "vgg16", "no source for: paper"],
        ["sources", "vgg16", "no source for: layer table"],
    ]
    assert answer.err == "2 faults\n"


def test_an_upgrade_mends_views_and_triggers(database: Path) -> None:
    tamper(database, TAMPERED["a dropped trigger"][0] + ";drop view layer_summary")
    assert check(database)[0] == 1
    assert archdb("db", "upgrade", database=database).status == 0
    assert check(database) == (0, [])


# Mended

ORPHANS = (
    "pragma foreign_keys = off; delete from network where name = 'nin';"
    "delete from convention where name = 'thop'"
)


def copies(database: Path) -> list[str]:
    return [name for name in files(database.parent) if name.endswith(".bak")]


def test_what_another_client_has_left_is_removed(database: Path) -> None:
    """A client that checks no foreign keys deletes a network, and its rows stay behind."""
    tamper(database, ORPHANS)
    _, faults = check(database)
    orphaned = [row["fault"] for row in faults if row["check"] == "foreign keys"]
    assert orphaned
    assert all("missing row of" in f and f.endswith("--repair removes it") for f in orphaned)
    answer = archdb("check", "--repair", database=database)
    assert answer.status == 0, answer
    (copy,) = copies(database)
    with closing(sqlite3.connect(database.parent / copy)) as client:
        assert client.execute("pragma foreign_key_check").fetchall(), "as it was"
    assert f"the former state is in {database.parent / copy}" in answer.err
    assert "of layer removed: without an owner\n" in answer.err
    assert "of convention_weight removed: without an owner\n" in answer.err
    assert answer.err.endswith("no faults\n")
    assert check(database) == (0, [])
    with closing(sqlite3.connect(database)) as client:
        assert client.execute("pragma foreign_key_check").fetchall() == []
    assert archdb("show", "nin", database=database).status == 1
    assert archdb("show", "vgg16", database=database).status == 0


def test_what_a_network_is_made_of_is_not_guessed(database: Path) -> None:
    tamper(database, TAMPERED["an edge to nowhere"][0])
    status, faults = check(database)
    (fault,) = [row["fault"] for row in faults if row["check"] == "foreign keys"]
    assert "archdb import --replace" in fault
    answer = archdb("check", "--repair", "--format", "json", database=database)
    assert (answer.status, json.loads(answer.out)) == (status, faults)


def test_schema_is_mended_too(database: Path) -> None:
    tamper(database, TAMPERED["a dropped view"][0])
    answer = archdb("check", "--repair", database=database)
    assert (answer.status, answer.err.splitlines()[-1]) == (0, "no faults")


def test_a_sound_database_is_not_copied(database: Path) -> None:
    before = files(database.parent)
    assert archdb("check", "--repair", database=database).err == "no faults\n"
    assert files(database.parent) == before
