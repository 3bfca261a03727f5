"""One arithmetic: a table of layer rows, stored or traced, and the views that analysts read, give
the same sums to the last digit, for every bundled network."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from bundled import profile

from archdb.analysis.conventions import bundled as conventions
from archdb.analysis.layer_table import PLACE, LayerTable
from archdb.analysis.profile import LAYER_COLUMNS
from archdb.analysis.weighing import Convention
from archdb.api import Database
from archdb.model.components import QUANTITIES, TOTALLED
from archdb.queries.profiles import StoredProfile
from archdb.queries.reader import Reader
from archdb.resources import bundled

WHOLE_CATALOGUE = True

NETWORKS = sorted(path.stem for path in (bundled("seeds") / "nets").glob("*.toml"))
COUNTED = [each.name for each in QUANTITIES]


@pytest.fixture(scope="module")
def stored(whole: Path) -> Iterator[Reader]:
    with Database(whole) as opened:
        yield opened.reader


@pytest.fixture(scope="module")
def client(whole: Path) -> Iterator[sqlite3.Connection]:
    """Plain SQLite, without archdb."""
    with closing(sqlite3.connect(f"{whole.as_uri()}?mode=ro", uri=True)) as connection:
        yield connection


def rows_of(client: sqlite3.Connection, view: str, columns: list[str], name: str) -> list[Any]:
    listed = ", ".join(f'"{column}"' for column in columns)
    return client.execute(
        f"select {listed} from {view} where architecture = ? and is_native = 1", [name]
    ).fetchall()


@pytest.mark.parametrize("name", NETWORKS)
def test_stored_and_traced_rows_are_equal(name: str, stored: Reader) -> None:
    traced = profile(name)
    table = StoredProfile(stored, name, traced.input).layers
    for column in (*PLACE, *LAYER_COLUMNS, "params"):
        assert table.column(column) == traced.table.column(column), column


@pytest.mark.parametrize("name", NETWORKS)
def test_views_give_the_same_sums(name: str, client: sqlite3.Connection) -> None:
    main = profile(name).table.main
    for by in ("op", "block", "resolution"):
        found = {key: (len(g), *g.totals(COUNTED).values()) for key, g in main.groups(by).items()}
        rows = rows_of(client, f"{by}_summary", [by, "layers", *COUNTED], name)
        assert {key: tuple(sums) for key, *sums in rows} == found
    quantities = ["params", *(each.name for each in TOTALLED)]
    (totals,) = rows_of(client, "architecture_summary", ["layers", *quantities], name)
    assert totals == (len(main), *main.totals(quantities).values())


@pytest.mark.parametrize("name", NETWORKS)
def test_views_weigh_the_same(name: str, client: sqlite3.Connection) -> None:
    main = profile(name).table.main
    rows = rows_of(client, "convention_total", ["convention", "value"], name)
    assert dict(rows) == {each.name: main.weigh(each) for each in conventions()}


# What is open, by hand: 3 + 4 parameters; of the second layer the work is open.

COLUMNS = (
    *("layer", "op", "block", "auxiliary", "depth"),
    *("out_channels", "out_height", "out_width", "out_shape"),
    *("weight_params", "bias_params", "norm_params", "macs"),
)
TABLE = LayerTable(
    COLUMNS,
    [
        ("a", "conv2d", "b1", False, 1, 8, 4, 4, None, 3, 0, 0, 10),
        ("b", "unknown", "b1", False, None, None, None, None, None, 4, 0, 0, None),
        ("c", "conv2d", None, False, 2, 8, 7, None, None, None, 0, 0, 20),
        ("d", "linear", None, True, 3, 9, None, None, None, 5, 0, 0, 30),
        ("e", "linear", None, False, 3, None, None, None, "2x3x4x5", 0, 1, 0, 40),
    ],
)


def test_what_is_open_is_never_too_small() -> None:
    main = TABLE.main
    assert [main.total("macs"), main.known("macs")] == [None, 70]
    assert main.column("params") == [3, 4, None, 1]
    blocks = main.groups("block")
    assert {key: (g.total("params"), g.total("macs")) for key, g in blocks.items()} == {
        "b1": (7, None),
        "c": (None, 20),
        "e": (1, 40),
    }
    assert (len(TABLE.heads), TABLE.heads.total("macs")) == (1, 30)


def test_resolutions_fall() -> None:
    assert list(TABLE.groups("resolution")) == ["4x4", "length 7", "2x3x4x5", "unknown", "vector"]
    assert TABLE.outputs() == ["8x4x4", None, "7x8", "9", "2x3x4x5"]
    rows = [(8, h, w, None) for h, w in ((9, None), (80, None), (8, 2), (2, 9))]
    table = LayerTable(("out_channels", "out_height", "out_width", "out_shape"), rows)
    assert list(table.groups("resolution")) == ["2x9", "8x2", "length 80", "length 9"]


def test_an_op_that_is_not_priced_leaves_a_sum_open() -> None:
    weights = {"conv2d": {"macs": 2}, "linear": {"macs": 1, "params": 1}}
    convention = Convention("half", "", "", 2, None, weights)
    groups = TABLE.groups("layer")
    weighed = {key: group.weigh(convention) for key, group in groups.items()}
    assert weighed == {"a": 10, "b": None, "c": 20, "d": 17.5, "e": 20.5}
    assert TABLE.main.weigh(convention) is None
    free = convention._replace(weights={**weights, "unknown": {"params": 0}})
    assert TABLE.main.weigh(free) == (2 * (10 + 20) + 41) / 2
