"""Points of a search space are not counted among the catalogue without a word."""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb

from archdb.queries.sql import saved_names

DEPTH = "select avg(depth) as depth from architecture_summary where is_native and year = 2014"
SUMMARY, COST = "architecture_summary", "cost_summary"
BOTH = f"{SUMMARY} and {COST}"
#: Statements, each with what it reads that mixes points and catalogue.
MIXED = {
    DEPTH: SUMMARY,
    "select count(*) from cost_summary": COST,
    "select depth from architecture_summary": SUMMARY,
    "select year, count(*) from architecture_summary group by year": SUMMARY,
    "select params < 1e6 as small, count(*) from architecture_summary group by 1": SUMMARY,
    "select count(distinct architecture) from layer_summary": "layer_summary",
    "select convention, sum(value) from convention_total group by convention": "convention_total",
    # Points alone, but whoever asks does not say so.
    "select count(*) from architecture_summary where params < 20600": SUMMARY,
    # In brackets and common table expressions, with all columns.
    "with a as (select depth from architecture_summary) select avg(depth) from a": SUMMARY,
    "with a as (select * from architecture_summary) select avg(depth) from a": SUMMARY,
    "select avg(depth) from (select * from architecture_summary) -- by family, space": SUMMARY,
    "select architecture, (select avg(depth) from architecture_summary) as mean"
    " from architecture_summary where architecture = 'vgg16'": SUMMARY,
    # Names that join, and select nothing.
    "select avg(depth) from architecture_summary join cost_summary using (architecture, input)": (
        BOTH
    ),
    "select avg(depth) from architecture_summary natural join cost_summary": BOTH,
    "select avg(s.depth) from architecture_summary s join network n on n.name = s.architecture": (
        f"{SUMMARY} and network"
    ),
    # Names that are shown, beside what depends on the others.
    "select * from (select architecture, rank() over (order by params) as place"
    " from architecture_summary) where architecture = 'vgg16'": SUMMARY,
    # Tables, and views of the user's own.
    "select avg(depth) from profile": "profile",
    "select count(*) from network": "network",
    "select avg(how_deep) from shallow": SUMMARY,
    "select count(*) from shallow": SUMMARY,
}
TOLD_APART = (
    # By a condition that says what is meant.
    f"{DEPTH} and space is null",
    f"{DEPTH} and space = 'vgg_widths'",
    f"{DEPTH} and family = 'VGG'",
    f"{DEPTH} and family = 'VGG grid'",
    f"{DEPTH} and architecture like 'vgg\\_s%' escape '\\'",
    f"{DEPTH} and number < 3",
    "select avg(depth) from architecture_summary where architecture = 'vgg16'",
    "select avg(s.depth) from architecture_summary s join network n on n.name = s.architecture"
    " where n.name = 'vgg16'",
    "select avg(depth) from (select * from architecture_summary) where family = 'VGG'",
    "with a as (select * from architecture_summary) select avg(depth) from a where space is null",
    "with a as (select * from architecture_summary) select * from a where \"Family\" = 'VGG'",
    "select avg(how_deep) from shallow where architecture = 'vgg16'",
    "select avg(depth) filter (where space is null), avg(depth) from architecture_summary",
    # By what is shown.
    "select family, count(*) from architecture_summary group by family",
    "select space, avg(params) from cost_summary group by space",
    "select space is null, avg(params) from cost_summary group by 1",
    "select coalesce(space, 'catalogue') as which, avg(params) from cost_summary group by 1",
    "select architecture, params from architecture_summary limit 1",
    "select architecture, layer, macs from layer_summary limit 3",
    "select architecture as a, params from architecture_summary order by params",
    "select title, params from architecture_summary order by params limit 3",
    "select * from architecture_summary limit 1",
    "select * from architecture_summary order by params limit 1",
    # Points change nothing there, or there are none.
    "select max(params) from architecture_summary",
    "select avg(params) from architecture_summary where params > 1e8",
    "select count(*) from published_check",
    "select avg(macs) from space_point",
    "select attribute, avg(params) from space_point group by attribute",
    "select count(*) from layer",
    "explain query plan select avg(depth) from architecture_summary",
    "select 1",
)


@pytest.fixture(scope="module")
def beside(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue and eight points, and a view of the user's own."""
    path = Path(shutil.copy(built, tmp_path_factory.mktemp("beside") / "archdb.sqlite"))
    assert archdb("space", "build", "vgg_widths", "--limit", "8", database=path).status == 0
    lay_view(path)
    return path


def lay_view(path: Path) -> None:
    with closing(sqlite3.connect(path)) as client:
        client.execute(
            "create view shallow as"
            " select architecture, depth as how_deep from architecture_summary where depth < 20"
        )


def said(relations: str) -> str:
    holds = "hold" if " and " in relations else "holds"
    return (
        f"{relations} {holds} the points of vgg_widths too, and this counts them;"
        " the condition 'space is null' leaves them out"
    )


@pytest.mark.parametrize("statement", MIXED)
def test_a_mixture_is_told(statement: str, beside: Path) -> None:
    assert archdb("query", statement, database=beside).err == f"note: {said(MIXED[statement])}\n"


@pytest.mark.parametrize("statement", TOLD_APART)
def test_nothing_is_said_where_they_are_told_apart(statement: str, beside: Path) -> None:
    answer = archdb("query", statement, database=beside)
    assert (answer.status, answer.err) == (0, "")


def test_nothing_is_said_where_there_are_no_points(built: Path, tmp_path: Path) -> None:
    import archdb as package

    path = Path(shutil.copy(built, tmp_path / "archdb.sqlite"))
    lay_view(path)
    with package.open(path) as database:
        for statement in (*MIXED, *TOLD_APART):
            assert database.query(statement).notes == []


def test_points_and_views_that_come_later_are_seen(built: Path, tmp_path: Path) -> None:
    """By a session that is kept open."""
    import archdb as package

    path = Path(shutil.copy(built, tmp_path / "archdb.sqlite"))
    with package.open(path) as database:
        assert database.query(DEPTH).notes == []
        database.space_build("vgg_widths", 8)
        assert database.query(DEPTH).notes == [said(SUMMARY)]
        lay_view(path)
        assert database.query("select count(*) from shallow").notes == [said(SUMMARY)]


def test_many_rows_without_names_are_told(beside: Path) -> None:
    """Points come long after the first rows; and a limit that they do not reach hides them."""
    statement = "select macs from layer_summary"
    assert archdb("query", statement, database=beside).err == f"note: {said('layer_summary')}\n"
    limited = archdb("query", statement, "--limit", "50", database=beside)
    assert limited.err == "note: only the first 50 rows are shown: there are more (--limit)\n"


@pytest.mark.parametrize("form", ["table", "json", "csv", "tsv", "ndjson", "markdown", "latex"])
def test_the_note_comes_with_every_format(form: str, beside: Path) -> None:
    answer = archdb("query", DEPTH, "--format", form, database=beside)
    told = answer.out if form in ("markdown", "latex") else answer.err  # those keep their notes
    assert "too, and this counts them" in told


def test_saved_statements_are_told_and_parameters_bound(beside: Path, tmp_path: Path) -> None:
    path = Path(shutil.copy(beside, tmp_path / "archdb.sqlite"))
    text = "-- :y 2014: the year\nselect avg(depth) from architecture_summary where year = :y"
    assert archdb("query", "--save", "mean", text, database=path).status == 0
    answer = archdb("query", "--saved", "mean", database=path)
    assert answer.err == f"note: {said(SUMMARY)}\n"
    assert archdb("query", "--saved", "mean", "--param", "y=2016", database=path).err == ""


@pytest.mark.parametrize("name", saved_names())
def test_the_bundled_queries_are_about_the_catalogue(name: str, beside: Path) -> None:
    assert archdb("query", "--saved", name, database=beside).err == ""


def test_the_service_tells(beside: Path) -> None:
    """As JSON, as a page, and to a language model."""
    pytest.importorskip("starlette")
    from starlette.testclient import TestClient

    from archdb.serve.app import application
    from archdb.serve.settings import Settings

    settings = Settings(rate=0, quiet=True, answer_time=60, time=30)
    with TestClient(application(beside, settings), base_url="http://localhost") as client:
        found = client.get("/sql.json", params={"q": DEPTH}).json()
        assert [note["text"] for note in found["notes"]] == [said(SUMMARY)]
        assert found["truncated"] is None
        page = client.get("/sql", params={"q": DEPTH}, headers={"accept": "text/html"}).text
        assert "of vgg_widths too, and this counts them" in re.sub(r"<[^>]*>", "", page)
        call = {"name": "sql", "arguments": {"q": DEPTH}}
        message = {"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": call}
        assert said(SUMMARY) in client.post("/mcp", json=message).text
        none = client.get("/sql.json", params={"q": f"{DEPTH} and space is null"}).json()
        assert none["notes"] == []


def test_the_condition_gives_the_catalogues_answer(beside: Path, built: Path) -> None:
    without = archdb("query", DEPTH, database=built).out
    assert archdb("query", DEPTH, database=beside).out != without
    assert archdb("query", f"{DEPTH} and space is null", database=beside).out == without


def test_the_same_statement_twice_is_told_twice(beside: Path) -> None:
    """In a session that is kept open, where SQLite might have kept the statement."""
    import archdb as package

    with package.open(beside) as database:
        for _ in range(2):
            assert len(database.query(DEPTH).notes) == 1


@pytest.mark.parametrize("words", [("list",), ("published",), ("nearest", "vgg16")])
def test_the_catalogues_commands_leave_points_out(
    words: tuple[str, ...], beside: Path, built: Path
) -> None:
    assert archdb(*words, database=beside).out == archdb(*words, database=built).out
