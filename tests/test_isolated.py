"""An isolated database answers from its own file alone: as a service for strangers needs it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archdb.api import Database
from archdb.errors import DatabaseError, NotFoundError
from archdb.resources import bundled


@pytest.fixture
def isolated(database: Path) -> Iterator[Database]:
    with Database(database, isolated=True) as opened:
        yield opened


@pytest.mark.parametrize("method", ["show", "explain", "lineage", "rewrite"])
def test_no_name_means_a_file(method: str, isolated: Database) -> None:
    seed = bundled("seeds") / "nets" / "vgg16.toml"
    assert seed.exists()
    rules = ["width=0.5"] if method == "rewrite" else []
    for name in (str(seed), "torchvision:vgg16"):
        with pytest.raises(NotFoundError, match="no network is called"):
            getattr(isolated, method)(name, *rules)


def test_another_input_is_answered_and_not_kept(isolated: Database) -> None:
    before = isolated.path.read_bytes()
    there = isolated.compare("vgg16", "alexnet", input="3x256x256")
    assert isolated.path.read_bytes() == before
    with Database(isolated.path) as kept:
        assert kept.compare("vgg16", "alexnet", input="3x256x256").rows == there.rows
    assert isolated.path.read_bytes() != before


def test_a_network_that_is_stale_is_left_out(isolated: Database) -> None:
    with closing(sqlite3.connect(isolated.path)) as client, client:
        client.execute("update network set revision = revision + 1 where name = 'vgg16'")
    assert "vgg16" not in isolated.list().column("architecture")
    assert "vgg19" in isolated.list().column("architecture")
    with pytest.raises(DatabaseError, match="vgg16: its rows define no network, or have changed"):
        isolated.show("vgg16")
