"""The structure hash in a database, and the checks that read what seeds say beside their layers."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

from command import archdb
from variants import ROWS, put, seed

from archdb.api import Database


def structures(path: Path) -> dict[str, str]:
    with closing(sqlite3.connect(path)) as client:
        return dict(client.execute("select name, structure from network"))


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as client, client:
        client.execute(statement)


VGG16 = "where network_id = (select id from network where name = 'vgg16')"


def test_it_follows_the_rows(database: Path) -> None:
    """A change by another client, and the change back: the hash is derived as figures are."""
    before = structures(database)
    assert len(set(before.values())) == len(before)
    change(database, f"update layer set filters = 65 {VGG16} and name = 'conv1_1'")
    assert archdb("show", "vgg16", database=database).status == 0
    changed = {
        name for name, structure in structures(database).items() if structure != before[name]
    }
    assert changed == {"vgg16"}
    change(database, f"update layer set filters = 64 {VGG16} and name = 'conv1_1'")
    assert archdb("show", "vgg16", database=database).status == 0
    assert structures(database) == before


def test_a_hash_that_another_client_writes_is_derived_again(database: Path) -> None:
    before = structures(database)
    change(database, "update network set structure = 'x' where name = 'nin'")
    answer = archdb("check", "--format", "json", database=database)
    assert json.loads(answer.out) == []
    assert structures(database) == before


def test_two_bundled_names_of_one_structure_are_a_fault(opened: Database) -> None:
    """And no fault of the user's: whoever imports a copy means to."""
    put(opened, seed("one", ROWS), seed("other", ROWS))
    assert opened.check().rows == []
    change(opened.path, "update network set origin = 'bundled'")
    duplicates = [row for row in opened.check().rows if row[0] == "duplicates"]
    assert duplicates == [("duplicates", "other", "has the same structure as one")]


def test_a_bundled_network_names_its_paper_and_its_layer_table(opened: Database) -> None:
    own = '[reference.doe]\nauthors = ["Doe, Jane"]\ntitle = "T"\nyear = 2001\n'
    cited = "".join(
        f'[[source]]\nclaim = "{claim}"\ncite = "doe"\nwhere = "Table 1"\n'
        for claim in ("paper", "layer names")
    )
    head, net = seed("own", ROWS).split("[net]")
    put(opened, f"{head}{own}{cited}[net]{net}")
    assert opened.check().rows == []
    change(opened.path, "update network set origin = 'bundled'")
    assert opened.check().rows == [("sources", "own", "no source for: layer table")]
    change(opened.path, "update source set claim = 'layer table' where claim = 'paper'")
    assert opened.check().rows == [("sources", "own", "no source for: paper")]
