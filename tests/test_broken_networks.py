"""Rows that networks share, and their lists, missing or damaged: found, named and made whole."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb, refused
from points import POINTS, SHOWN
from rows import shown

from archdb.db import dictionary
from archdb.spaces import find

NAME = next(find("nasbench201").points([3])).name
PROFILE = (
    f"(select p.id from profile p join network n on n.id = p.network_id where name = '{NAME}')"
)
OURS = "update profile_row set {} where profile_id = " + PROFILE
#: A row that the point lists, by the table; of layers the second, which reads something.
ROWS = {
    table: f"(select e.value from profile_row x, json_each(x.{column}) e"
    f" where profile_id = {PROFILE} and e.key = 1)"
    for table, column in (
        ("layer_row", "layers"),
        ("op_row", "ops"),
        ("block_row", "blocks"),
        ("resolution_row", "resolutions"),
    )
}
for _table, _part in (("fact_row", "fact"), ("field_row", "field")):
    ROWS[_table] = f"(select {_part} from layer_row where id = {ROWS['layer_row']})"
#: What is done to the file, and the sign of it that check gives.
DAMAGE = {
    **{
        f"no {table}": (f"delete from {table} where id = {row}", f"{table} ", "is missing")
        for table, row in ROWS.items()
    },
    "another figure": (
        f"update fact_row set macs = 77 where id = {ROWS['fact_row']}",
        *("fact_row ", "is not as it was written"),
    ),
    "inputs that are no list": (
        f"update layer_row set inputs = '7' where id = {ROWS['layer_row']}",
        *("layer_row ", "is not as it was written"),
    ),
    "an id of nothing": (OURS.format("layers = '[1,999999]'"), "layer_row 999999", "is missing"),
    **{
        f"lists: {lists}": (OURS.format(lists), "lists of rows", "are missing or are none")
        for lists in (
            *("layers = '[\"x\"]'", "ops = '{\"a\": 1}'", "blocks = '5'", "layers = '[null]'"),
            "resolutions = '[1.5]'",
        )
    },
    "no lists": (
        f"delete from profile_row where profile_id = {PROFILE}",
        "lists of",
        "are missing",
    ),
}
every = pytest.mark.parametrize("kind", DAMAGE)


def tamper(path: Path, statement: str) -> None:
    """Change rows that triggers guard, which are put back behind it."""
    guards = {name: sql for name, sql in dictionary.triggers().items() if "_row_" in name}
    with closing(sqlite3.connect(path)) as client:
        for name in guards:
            client.execute(f"drop trigger {name}")
        client.execute("pragma ignore_check_constraints = on")
        client.execute(statement)
        for trigger in guards.values():
            client.execute(trigger)
        client.commit()


def named(path: Path) -> list[str]:
    """What check says of rows that are shared."""
    found = json.loads(archdb("check", "--format", "json", database=path).out)
    return [fault["fault"] for fault in found if fault["check"] == "shared rows"]


@every
def test_check_names_it_once_and_the_remedy_works(kind: str, file: Path) -> None:
    statement, what, sign = DAMAGE[kind]
    before = shown(file, *SHOWN)
    tamper(file, statement)
    (fault,) = named(file)
    assert fault.startswith(what) and sign in fault
    assert "archdb check --repair" in fault
    answer = archdb("check", "--repair", database=file)
    assert "points of nasbench201 removed, whose rows were missing or damaged: " in answer.err
    assert "archdb space build nasbench201 adds them again" in answer.err
    words = ("space", "build", "nasbench201", "--limit", str(POINTS))
    assert archdb(*words, database=file).status == 0
    assert archdb("check", database=file).err == "no faults\n"
    assert shown(file, *SHOWN) == before


@every
def test_reading_ends_in_figures_or_in_words(kind: str, file: Path) -> None:
    tamper(file, DAMAGE[kind][0])
    for words in (
        *[("show", NAME, "--by", by) for by in ("total", "layer", "op", "block")],
        *[("list", "--space", "nasbench201"), ("compare", NAME, "vgg16"), ("explain", NAME)],
        ("query", "select count(*) from layer_summary"),
    ):
        answer = archdb(*words, database=file)
        if answer.status:
            refused(answer)


def test_lists_that_are_no_json_are_found_by_sqlite_and_mended(file: Path) -> None:
    before = shown(file, *SHOWN)
    tamper(file, OURS.format("layers = '[1,'"))
    (fault,) = json.loads(archdb("check", "--format", "json", database=file).out)
    assert fault["check"] == "integrity" and "profile_row" in fault["fault"]
    assert "removed, whose rows were" in archdb("db", "repair", database=file).err
    words = ("space", "build", "nasbench201", "--limit", str(POINTS))
    said = archdb(*words, database=file).err
    assert f"1 point added, {POINTS - 1} were there" in said
    assert shown(file, *SHOWN) == before


def test_networks_with_rows_of_their_own_are_derived_again(file: Path) -> None:
    """An input beside the native one too."""
    assert archdb("show", "nin", "--input", "256", database=file).status == 0
    before = shown(file, *SHOWN)
    nin = "select p.id from profile p join network n on n.id = p.network_id where n.name = 'nin'"
    tamper(file, f"update profile_row set ops = '[null]' where profile_id in ({nin})")
    assert named(file) == [
        "lists of rows are missing or are none: nin rest on it: archdb check --repair derives"
        " them anew, or takes points away to be built again"
    ]
    assert archdb("check", "--repair", database=file).status == 0
    assert shown(file, *SHOWN) == before


def test_a_damaged_row_that_nothing_lists_is_taken_away(file: Path) -> None:
    tamper(
        file, "insert into op_row (id, digest, op, position, layers) values (99999, 1, 'x', 0, 1)"
    )
    (fault,) = named(file)
    assert "nothing rests on it: archdb check --repair takes it away" in fault
    assert archdb("check", "--repair", database=file).status == 0
