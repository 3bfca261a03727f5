"""Search spaces outside of SQLite: the same rows as Arrow batches, as Parquet, through DuckDB."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import archdb, refused

from archdb.db import build, dictionary, spaces
from archdb.queries.reader import Reader
from archdb.spaces import Point, Space, find

pyarrow = pytest.importorskip("pyarrow")
from pyarrow import dataset  # noqa: E402

from archdb import arrow  # noqa: E402
from archdb.engines import parquet  # noqa: E402

SPACES = ("nasbench101", "nasbench201", "vgg_widths")
VIEWS = ("architecture_summary", "cost_summary", "layer_summary", "space_point", "op_summary")
GROUPS = ("block_summary", "resolution_summary", "convention_total")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eleven points each of three spaces, and no bundled network: never written."""
    path = tmp_path_factory.mktemp("filled") / "archdb.sqlite"
    build.create(path, seeded=False)
    for name in SPACES:
        spaces.build(path, find(name), 11)
    return path


@pytest.fixture(scope="module")
def exported(filled: Path) -> Path:
    """The eleven points of nasbench101 as Parquet files."""
    target = filled.parent / "nasbench101"
    assert archdb("export", "--space", "nasbench101", str(target), database=filled).status == 0
    return target


def stored(path: Path, view: str, space: str) -> list[tuple[Any, ...]]:
    """The rows of a view in SQLite, in no order."""
    columns = ", ".join(e.column for e in dictionary.entries() if e.relation == view)
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            f"select {columns} from {view} where architecture in"
            " (select name from network where space = ?)",
            [space],
        ).fetchall()


def sets(rows: Iterable[Iterable[Any]]) -> list[str]:
    """Rows to be compared whatever their order; DuckDB has one type for all rows of a column, so
    that whole totals of conventions are floating-point numbers there."""
    whole = (
        [int(v) if isinstance(v, float) and v.is_integer() else v for v in row] for row in rows
    )
    return sorted(map(str, whole))


def derived(space: Space, what: arrow.What, numbers: Iterable[int]) -> list[dict[str, Any]]:
    batches = arrow.derive(arrow.definitions(space, numbers), what)
    return [row for batch in batches for row in batch.to_pylist()]


@pytest.mark.parametrize("space", SPACES)
@pytest.mark.parametrize("what", ["rows", "totals"])
def test_figures_from_definitions_are_those_of_the_views(
    space: str, what: arrow.What, filled: Path
) -> None:
    found = derived(find(space), what, range(11))
    for view in arrow.VIEWS[what]:
        columns = [e.column for e in dictionary.entries() if e.relation == view]
        assert sets([row[c] for c in columns] for row in found) == sets(stored(filled, view, space))
    assert {row["fault"] for row in found} == {None}


def test_columns_say_what_they_are() -> None:
    macs = arrow.schema("rows").field("macs")
    assert macs.type == pyarrow.int64()
    assert macs.metadata[b"unit"] == b"MAC"
    assert arrow.schema("totals").field("number").type == pyarrow.int64()


def test_a_point_at_fault_is_named_and_the_others_are_derived() -> None:
    sound = find("vgg_widths")

    def points(numbers: Iterable[int]) -> Iterator[Point]:
        for point in sound.points(numbers):
            if point.number == 3:
                raise ZeroDivisionError("no such width")
            yield point

    found = derived(sound._replace(points=points), "totals", range(5))
    assert [row["fault"] for row in found] == [
        *(None, None, None),
        "search space 'vgg_widths', point 3: ZeroDivisionError: no such width",
        None,
    ]
    assert (found[3]["architecture"], found[3]["number"]) == ("vgg_widths #3", 3)
    assert found[3]["params"] is None


def test_a_definition_that_does_not_fit_is_named() -> None:
    (batch,) = arrow.definitions(find("vgg_widths"), [0, 1])
    rows = batch.to_pylist()
    conv = rows[0]["layers"][1]
    conv["attributes"] = json.dumps({**json.loads(conv["attributes"]), "kernel": [99, 99]})
    damaged = pyarrow.RecordBatch.from_pylist(rows, arrow.DEFINITION)
    for what in ("totals", "rows"):
        (answer,) = arrow.derive([damaged], what)
        first, *others = answer.to_pylist()
        assert "layer 'conv1_1' (conv2d)" in first["fault"]
        assert first["architecture"] == "vgg_s1_n1_w8_k1"
        assert {row["fault"] for row in others} == {None}


def test_a_space_is_exported_in_parts(
    filled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "BATCH", 2)
    monkeypatch.setattr(parquet, "PART", 4)
    target = tmp_path / "out"
    answer = archdb("export", "--space", "vgg_widths", str(target), database=filled)
    assert f"wrote 11 points into {target}" in answer.err
    for kind in ("definitions", "totals", "layers"):
        files = sorted(path.name for path in (target / kind).iterdir())
        assert files == [f"part-{part:05}.parquet" for part in range(3)]
    totals = dataset.dataset(target / "totals").to_table(columns=["number"])
    assert sorted(totals["number"].to_pylist()) == list(range(11))


def test_what_was_exported_is_derived_elsewhere(exported: Path, filled: Path) -> None:
    rows = dataset.dataset(exported / "definitions").to_table().to_pylist()
    batch = pyarrow.RecordBatch.from_pylist(rows, arrow.DEFINITION)
    (answer,) = arrow.derive([batch], "rows")
    columns = [e.column for e in dictionary.entries() if e.relation == "layer_summary"]
    found = sets([row[c] for c in columns] for row in answer.to_pylist())
    assert found == sets(stored(filled, "layer_summary", "nasbench101"))


@pytest.mark.parametrize("space", SPACES)
def test_stored_definitions_are_those_that_the_space_lays(space: str, filled: Path) -> None:
    with Reader(filled) as reader:
        stored_ones = [*parquet.stored_definitions(reader, space)]
    assert stored_ones == [*arrow.definitions(find(space), range(11))]


def test_an_export_of_nothing_leaves_nothing(filled: Path, tmp_path: Path) -> None:
    target = tmp_path / "out"
    answer = archdb("export", "--space", "natsbench_size", str(target), database=filled)
    refused(answer, "no point of a search space 'natsbench_size'", "archdb space build")
    assert not target.exists()


# DuckDB.


@pytest.mark.parametrize("view", [*VIEWS, *GROUPS])
def test_duckdb_has_the_rows_of_every_view(view: str, exported: Path, filled: Path) -> None:
    """And the columns in the order that they have in SQLite."""
    duckdb = pytest.importorskip("archdb.engines.duckdb", exc_type=ImportError)
    columns = [e.column for e in dictionary.entries() if e.relation == view]
    found = duckdb.query(exported, f"select * from {view}", {}, limit=None, timeout=60, memory=512)
    assert found.columns == columns
    assert sets(found.rows) == sets(stored(filled, view, "nasbench101"))


#: What an analyst asks of a space, in words that both engines know.
ASKED = (
    "select depth, count(*) as points, avg(params) as params from architecture_summary"
    " where {} group by depth order by depth",
    "select number, params / 1000 as thousands, params * 1.0 / macs as share"
    " from architecture_summary where {} order by number",
    "select number, rank() over (order by params desc, number) as place"
    " from architecture_summary where {} order by number",
    "select kernel_h, kernel_w, count(*) as layers from layer_summary"
    " where {} and op = 'conv2d' group by kernel_h, kernel_w order by 1, 2",
    "select resolution, sum(macs) as macs from resolution_summary where {} group by 1 order by 1",
    "select op, sum(layers) as layers, sum(macs) as macs from op_summary where {} group by op"
    " order by op",
    "select block, sum(params) as params from block_summary where {} group by 1 order by 1",
    "select convention, max(weighed) as most from convention_total where {} group by 1 order by 1",
    "select value, min(macs) as least from space_point where {} and attribute = 'operations'"
    " group by value order by value",
    "select s.number, l.layer, l.macs from architecture_summary s"
    " join layer_summary l using (architecture) where s.{} order by 1, l.position",
)


@pytest.mark.parametrize("asked", ASKED)
def test_both_engines_answer_alike(asked: str, exported: Path, filled: Path) -> None:
    duckdb = pytest.importorskip("archdb.engines.duckdb", exc_type=ImportError)
    statement = asked.format("space = 'nasbench101'")
    found = duckdb.query(exported, statement, {}, limit=None, timeout=60, memory=512)
    with Reader(filled) as reader:
        expected = reader.run(statement)
    assert found.columns == expected.columns
    assert [*map(tuple, found.rows)] == [*map(tuple, expected.rows)]
    assert expected.rows


def by_duckdb(exported: Path, *words: str) -> Any:
    pytest.importorskip("duckdb")
    return archdb("query", "--engine", "duckdb", "--from", str(exported), *words)


def test_a_statement_is_run_by_duckdb(exported: Path) -> None:
    answer = by_duckdb(
        exported,
        *("select number, params from architecture_summary where number < $most order by number",),
        *("--param", "most=2", "--format", "json"),
    )
    assert json.loads(answer.out) == [
        {"number": 0, "params": 882_570},
        {"number": 1, "params": 10_177_674},
    ]


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("drop view layers", "only statements that read are run, not DROP"),
        ("select 1; select 2", "give one statement, not 2"),
        ("select nothing from layers", "nothing"),
        ("select * from published_check", "the files of a search space have no published_check"),
        ("select * from layer_sumary", 'Did you mean "layer_summary"'),
        ("select * from read_text('/etc/hostname')", "disabled"),
        ("copy layers to '/tmp/archdb-layers.csv'", "not COPY"),
    ],
)
def test_duckdb_reads_and_sees_no_other_file(statement: str, said: str, exported: Path) -> None:
    refused(by_duckdb(exported, statement), said)


def test_duckdb_is_stopped_in_time(exported: Path) -> None:
    endless = "select count(*) from range(10000000) a, range(10000000) b where a.range % 7 = 5"
    refused(by_duckdb(exported, endless, "--timeout", "0.2"), "took more than 0.2 s")


def test_duckdb_needs_an_export(tmp_path: Path) -> None:
    answer = by_duckdb(tmp_path, "select 1")
    refused(answer, "no files definitions/*.parquet", "archdb export --space", status=2)


def test_an_engine_and_its_files_go_together(filled: Path) -> None:
    answer = archdb("query", "--engine", "duckdb", "select 1", database=filled)
    refused(answer, "--engine duckdb takes --from DIR, and no saved query", status=2)
