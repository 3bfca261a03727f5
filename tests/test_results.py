"""What a question answers with: rows, what the columns are of, and what the figures rest on."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import archdb
from archdb.api import Database
from archdb.errors import ArchdbError
from archdb.queries.provenance import Note
from archdb.queries.result import Column, Result

MIXED = Result(
    ["count", "partly", "share", "name", "raw", "mixed", "none"],
    [
        (2**53 + 1, 2**62 + 1, 0.5, "a", b"\x00\xff", 1, None),
        (2, None, 1, "b", None, "two", None),
    ],
)


@pytest.fixture
def db(database: Path) -> Iterator[Database]:
    with archdb.open(database) as opened:
        yield opened


# A sequence of rows.


def test_it_is_a_sequence_of_rows(db: Database) -> None:
    result = db.query("select 1 as a, 'x' as b union all select 2, 'y'")
    assert len(result) == 2
    assert list(result) == [(1, "x"), (2, "y")]
    assert (result[0], result[-1]) == ((1, "x"), (2, "y"))
    first = result[:1]
    assert isinstance(first, Result)
    assert (first.rows, first.columns) == ([(1, "x")], ["a", "b"])
    assert [row for row in result if row[0] > 1] == [(2, "y")]
    with pytest.raises(IndexError):
        result[2]


def test_print_shows_the_table(db: Database, capsys: pytest.CaptureFixture[str]) -> None:
    print(db.show("lenet5"))
    assert "params    " in capsys.readouterr().out
    print(db.explain("lenet5/C5"))
    assert "\n  out_height = " in capsys.readouterr().out, "a derivation is written out"


def test_a_notebook_shows_sixty_rows_and_says_how_many_there_are() -> None:
    html = Result(["n"], [(n,) for n in range(1234)])._repr_html_()
    assert html is not None
    assert html.count("<tr>") == 1 + 60
    assert "60 of 1,234 rows are shown" in html
    assert "are shown" not in (Result(["n"], [(n,) for n in range(60)])._repr_html_() or "")


# Columns.


def test_a_column_says_what_it_is_of(db: Database) -> None:
    totals = db.compare("vgg16", "alexnet", convention="flop")
    assert totals.schema == [
        Column("quantity", "name", "quantity"),
        Column("unit", "text", "unit"),
        Column("vgg16", network="vgg16"),
        Column("alexnet", network="alexnet"),
        Column("ratio", None, "ratio"),
    ]
    layers = db.compare("vgg16", "alexnet", by="op", convention="flop")
    assert layers.columns == [column.name for column in layers.schema]
    assert layers.schema[0] == Column("op", "name", "op")
    assert layers.schema[5] == Column("vgg16 macs", "MAC", "macs", "vgg16")
    assert layers.schema[8] == Column("alexnet flop", "by convention", "flop", "alexnet")
    assert db.catalogue("vgg*").schema[-1] == Column("receptive_field", "pixels", "receptive_field")
    assert db.rewrite("vgg16", "fc-to-conv").schema[-1] == Column("macs after", "MAC", "macs")
    assert db.query("select 1 as macs, 2 as hens").schema == [
        Column("macs", "MAC", "macs"),
        Column("hens", None, "hens"),
    ]


def test_no_heading_is_taken_apart(db: Database) -> None:
    """A name that looks like one network's column is one only where a question says so."""
    from archdb.dataset.provenance import Paper
    from archdb.render import paper_table

    paper = Paper({"vgg16": "VGG-16"}, {}, ["vgg16"], None, {}, False)
    rows = [(15_470_264_320,)]
    said = paper_table.sheet(Result([Column("x y z", "MAC", "macs", "vgg16")], rows), paper, {})
    assert said.heads == [("vgg16", "G", "macs", "")]
    assert paper_table.sheet(Result(["vgg16 macs"], rows), paper, {}).heads == [
        ("vgg16 macs", "", "", "")
    ]


# For other libraries.


def test_arrow() -> None:
    pyarrow = pytest.importorskip("pyarrow")
    table = MIXED.to_arrow()
    assert table.to_pydict() == {
        "count": [2**53 + 1, 2],
        "partly": [2**62 + 1, None],
        "share": [0.5, 1.0],
        "name": ["a", "b"],
        "raw": [b"\x00\xff", None],
        "mixed": ["1", "two"],
        "none": [None, None],
    }
    assert pyarrow.table(MIXED).equals(table), "by __arrow_c_stream__, which others read too"
    told = Result([Column("vgg16 macs", "MAC", "macs", "vgg16")], [(1,)]).to_arrow()
    metadata = {b"unit": b"MAC", b"quantity": b"macs", b"network": b"vgg16"}
    assert told.schema.field("vgg16 macs").metadata == metadata
    assert Result([], []).to_arrow().num_columns == 0


def test_pandas() -> None:
    pandas = pytest.importorskip("pandas")
    frame = MIXED.to_pandas()
    assert list(frame.columns) == MIXED.columns
    assert frame["partly"].dtype == "Int64", "a missing value makes no double of a whole number"
    assert [int(frame["partly"][0]), int(frame["count"][0])] == [2**62 + 1, 2**53 + 1]
    assert frame["partly"].isna().tolist() == [False, True]
    assert frame["mixed"].tolist() == ["1", "two"]
    twice = Result(["a", "a"], [(1, 2)]).to_pandas()
    assert twice.to_numpy().tolist() == [[1, 2]]
    assert isinstance(Result([], []).to_pandas(), pandas.DataFrame)
    assert Result(["a"], []).to_pandas().shape == (0, 1)


def test_polars() -> None:
    polars = pytest.importorskip("polars")
    frame = MIXED.to_polars()
    assert frame.schema["partly"] == polars.Int64
    assert frame.to_dicts()[0] == {
        **{"count": 2**53 + 1, "partly": 2**62 + 1, "share": 0.5, "name": "a"},
        **{"raw": b"\x00\xff", "mixed": "1", "none": None},
    }
    assert polars.DataFrame(MIXED).equals(frame), "by __arrow_c_stream__"


def test_a_number_that_a_double_cannot_hold_becomes_text() -> None:
    pytest.importorskip("pyarrow")
    table = Result(["x"], [(2**53 + 1,), (0.5,)]).to_arrow()
    assert table.to_pydict() == {"x": [str(2**53 + 1), "0.5"]}


@pytest.mark.parametrize("library", ["pandas", "polars", "pyarrow"])
def test_a_library_that_is_missing_is_named_with_the_remedy(
    library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> Any:
        raise ImportError(f"No module named '{name}'")

    monkeypatch.setattr(importlib, "import_module", missing)
    method = {"pyarrow": "to_arrow"}.get(library, f"to_{library}")
    with pytest.raises(ArchdbError, match=rf"{library} is not installed.*\n.*pip install 'archdb"):
        getattr(MIXED, method)()


# Provenance.


def test_notes_are_sentences_and_data(db: Database) -> None:
    (note,) = {n for n in db.lineage("vgg16_c").notes if isinstance(n, Note)}
    assert note == "vgg16_c is a variant of vgg16"
    assert (note.kind, note.networks) == ("base", ("vgg16_c", "vgg16"))
    skipped = [n for n in db.rewrite("alexnet", "fold-bn").notes if isinstance(n, Note)]
    assert all(n.kind == "skipped" and n.facts["rule"] for n in skipped)


def test_py_typed_is_there() -> None:
    assert (Path(archdb.__file__).parent / "py.typed").is_file()
