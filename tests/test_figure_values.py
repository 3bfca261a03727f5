"""Values of published figures are stored, and are those of the rows whatever has changed."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb, files

from archdb.db.figure_values import differing

WHOLE_CATALOGUE = True
VGG16 = "(select id from network where name = 'vgg16')"
OF_VGG16 = (
    "select figure, derived, verdict, explained from published_check where architecture = 'vgg16'"
)
CHANGES = {
    "a figure": "update published set value = '1', at_least = 1, below = 2"
    " where architecture = 'vgg16'",
    "its key": "update published set figure = 'x:' || figure where architecture = 'vgg16'"
    " and figure not in (select figure from published_explanation)",
    "a figure that is gone": "delete from published_explanation; delete from published"
    " where architecture = 'vgg16'",
    "an explanation": "update published_explanation"
    " set convention = 'params', at_least = 1, below = 2",
    "an explanation that is gone": "delete from published_explanation",
    "a weight": "update convention_weight set weight = 3"
    " where convention = 'mac' and op = 'conv2d'",
    "a weight that is gone": "delete from convention_weight where convention = 'params'",
    "a weight that is replaced": "insert or replace into convention_weight"
    " select convention, op, quantity, 7 from convention_weight where convention = 'mac'",
    "a divisor": "update convention set divisor = 7 where name = 'params'",
    "a layer": f"update layer set filters = 65 where name = 'conv1_1' and network_id = {VGG16}",
    "a name": "update alias set name = 'elsewhere' where name = 'vgg16';"
    "update network set variant_of = null where variant_of = 'vgg16';"
    "update network set name = 'renamed' where name = 'vgg16'",
    "a network that is gone": f"delete from figure_value where network_id = {VGG16};"
    "pragma foreign_keys = on; update network set variant_of = null; delete from network"
    " where name = 'vgg16'",
    "a value": "update figure_value set weighed = weighed + 1 where architecture = 'vgg16'",
    "values that are gone": "delete from figure_value",
    "a value that is replaced": "insert or replace into figure_value"
    " select figure, reading, network_id, revision, architecture, input, layers, convention, 1, 1"
    " from figure_value where architecture = 'vgg16'",
}


@pytest.fixture
def database(whole: Path, tmp_path: Path) -> Path:
    place = tmp_path / "database"
    place.mkdir()
    return Path(shutil.copy(whole, place / "archdb.sqlite"))


@pytest.fixture
def client(database: Path) -> Iterator[sqlite3.Connection]:
    """Any other SQL client, which checks no foreign keys."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        yield connection


def test_a_new_database_has_all_values(database: Path, client: sqlite3.Connection) -> None:
    assert differing(client) == []
    assert client.execute("select count(*) from unread_figure").fetchone() == (0,)
    before = files(database.parent)
    assert archdb("published", "vgg16", database=database).status == 0
    assert files(database.parent) == before, "to look at them writes nothing"


@pytest.mark.parametrize("kind", CHANGES)
def test_values_follow(kind: str, database: Path, client: sqlite3.Connection) -> None:
    before = client.execute(OF_VGG16).fetchall()
    client.executescript(CHANGES[kind])
    assert client.execute(OF_VGG16).fetchall() != before or kind.startswith("an explanation")
    answer = archdb("query", "select count(*) from published_check", database=database)
    assert answer.status == 0, answer.err
    assert differing(client) == []
    assert client.execute("select count(*) from unread_figure").fetchone() == (0,)


def test_no_value_of_a_stale_network_is_shown(client: sqlite3.Connection) -> None:
    of = "select count(*), count(derived) from published_check where architecture = 'vgg16'"
    figures, values = client.execute(of).fetchone()
    client.executescript(CHANGES["a layer"])
    assert values and client.execute(of).fetchone() == (figures, 0)


def test_check_tells_a_value_that_is_none(client: sqlite3.Connection, database: Path) -> None:
    client.execute("drop trigger figure_value_updated")
    client.execute("update figure_value set weighed = 1 where figure = 'albanie2017-10'")
    answer = archdb("check", "--format", "csv", database=database)
    told = "published values,,albanie2017-10: its value is not what archdb works out"
    assert told in answer.out.splitlines()
