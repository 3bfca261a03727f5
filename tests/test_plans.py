"""Each view under the conditions that people give it: no large table is read whole.

Plans are SQLite's own, without statistics: archdb runs no `analyze`, and needs none. In a file
that holds a search space beside the catalogue, as most rows are of its points.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb

from archdb.db import dictionary
from archdb.queries.mixture import FAMILIES
from archdb.queries.sql import defaults, saved, saved_names

VIEWS = dictionary.views()
#: Conditions, with the columns that a view must have for them.
CONDITIONS = {
    "architecture = 'vgg16'": ("architecture",),
    "architecture in ('vgg16', 'alexnet')": ("architecture",),
    "family = 'VGG'": ("family",),
    "architecture in (select name from network where family = 'VGG')": ("architecture",),
    "space = 'vgg_widths'": ("space",),
    "space is null": ("space",),
    "space is null and is_native = 1": ("space", "is_native"),
    "is_native = 1": ("is_native",),
}
#: Tables that do not grow with networks, or have a row where somebody has typed one.
SMALL = {"convention", "convention_weight", "published", "space"}
#: Of all networks at their native inputs there is a row in each of these.
EACH = {"network", "profile"}


def columns(view: str) -> set[str]:
    return {entry.column for entry in dictionary.entries() if entry.relation == view}


ASKED = [
    (view, condition)
    for view in VIEWS
    for condition, needed in CONDITIONS.items()
    if columns(view) >= set(needed)
]


@pytest.fixture(scope="module")
def client(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path = Path(shutil.copy(built, tmp_path_factory.mktemp("plans") / "archdb.sqlite"))
    assert archdb("space", "build", "vgg_widths", "--limit", "20", database=path).status == 0
    with closing(sqlite3.connect(path)) as connection:
        yield connection


def tables_of(view: str) -> dict[str, str]:
    """Tables by the names that they have in a view, and in those that it reads."""
    text = re.sub(r"--.*", "", VIEWS[view])
    found = {alias: table for table, alias in re.findall(r"(?:from|join) (\w+) (\w+)", text)}
    for read in VIEWS.keys() - {view}:
        if re.search(rf"\b{read}\b", text):
            found |= tables_of(read)
    return found


@pytest.mark.parametrize(("view", "condition"), ASKED)
def test_no_large_table_is_read_whole(
    view: str, condition: str, client: sqlite3.Connection
) -> None:
    rows = client.execute(f"explain query plan select * from {view} where {condition}")
    whole = "SCAN (?!.* VIRTUAL TABLE|.* ix_network_stale)"  # which holds stale networks alone
    scanned = [step.split()[1] for *_, step in rows if re.match(whole, step)]
    known = tables_of(view)
    allowed = SMALL | (EACH if condition == "is_native = 1" else set())
    assert {known.get(name, name) for name in scanned} <= allowed


def plan(client: sqlite3.Connection, statement: str, **values: object) -> list[str]:
    return [step for *_, step in client.execute(f"explain query plan {statement}", values)]


#: Saved queries that go through all networks of a space.
OF_A_SPACE = [name for name in saved_names() if "space_total" in saved(name)]


@pytest.mark.parametrize("name", OF_A_SPACE)
@pytest.mark.parametrize("space", [None, "vgg_widths"])
def test_what_is_asked_of_a_whole_space_is_read_in_the_order_of_its_networks(
    name: str, space: str | None, client: sqlite3.Connection
) -> None:
    """From the index that holds it; then no page is read twice."""
    values = {**defaults(saved(name)), "space": space}
    steps = plan(client, saved(name), **values)
    read = [step for step in steps if re.match("(SCAN|SEARCH) p ", step)]
    assert re.match(r"SEARCH p USING COVERING INDEX ix_profile_space \(space=", read[0]), steps


def test_two_figures_by_name_are_looked_up(client: sqlite3.Connection) -> None:
    """Whatever is joined with whatever by name: no table of networks is read whole."""
    steps = plan(
        client,
        "select a.architecture, c.value from architecture_summary a join convention_total c"
        " using (architecture, input) where a.family = 'VGG' and c.convention = 'mac'",
    )
    assert [step for step in steps if re.match("SCAN (?!.* VIRTUAL TABLE)", step)] == []


def test_names_of_points_are_told_by_a_few_rows(client: sqlite3.Connection) -> None:
    """Each answer over a file with points asks for these: of a space one point is looked up."""
    steps = [*plan(client, FAMILIES), *plan(client, "select name from space order by name")]
    assert [step for step in steps if re.match("SCAN (?!(main.)?(s|space)\\b)", step)] == []


def test_statistics_are_taken_away(built: Path, tmp_path: Path) -> None:
    """What another client has counted would lead plans astray."""
    path = Path(shutil.copy(built, tmp_path / "archdb.sqlite"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("analyze")
    answer = archdb("db", "repair", database=path)
    assert "sqlite_stat1: taken away" in answer.err
    with closing(sqlite3.connect(path)) as connection:
        found = connection.execute("select name from sqlite_master where name like '%stat%'")
        assert found.fetchall() == []


def test_the_flag_finds_stale_networks(client: sqlite3.Connection) -> None:
    plan = client.execute("explain query plan select name from network where stale = 1").fetchall()
    assert "ix_network_stale" in plan[0][3]


@pytest.mark.parametrize(
    ("view", "column"),
    [
        (view, column)
        for view, text in VIEWS.items()
        if "json_each" in text
        for column in sorted(columns(view))
    ],
)
def test_a_value_of_any_column_is_looked_for_in_the_rows_of_a_network(
    view: str, column: str, client: sqlite3.Connection
) -> None:
    """And not in all rows first, by an index made for the occasion, network after network."""
    statement = f'explain query plan select count(*) from {view} where "{column}" = 1'
    assert [step for *_, step in client.execute(statement) if "AUTOMATIC" in step] == []
