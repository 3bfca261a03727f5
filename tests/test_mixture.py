"""Points of a search space are not counted among the catalogue without a word."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from command import archdb

DEPTH = "select avg(depth) as depth from architecture_summary where is_native and year = 2014"
#: Statements, each with the view of which it mixes points and catalogue.
MIXED = {
    DEPTH: "architecture_summary",
    "select count(*) from cost_summary": "cost_summary",
    "with a as (select depth from architecture_summary) select avg(depth) from a": (
        "architecture_summary"
    ),
    "with a as (select * from architecture_summary) select avg(depth) from a": (
        "architecture_summary"
    ),
    "select avg(depth) from (select * from architecture_summary) -- by family": (
        "architecture_summary"
    ),
    "select year, count(*) from architecture_summary group by year": "architecture_summary",
}
TOLD_APART = (
    f"{DEPTH} and space is null",
    f"{DEPTH} and family = 'VGG'",
    "select avg(depth) from architecture_summary where architecture = 'vgg16'",
    "select family, count(*) from architecture_summary group by family",
    "select space, avg(params) from cost_summary group by space",
    "select architecture, params from architecture_summary limit 1",
    "select * from architecture_summary limit 1",
    "with a as (select * from architecture_summary) select * from a where \"Family\" = 'VGG'",
    "select count(*) from published_check",
    "select 1",
)


@pytest.fixture(scope="module")
def beside(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The catalogue and eight points."""
    path = Path(shutil.copy(built, tmp_path_factory.mktemp("beside") / "archdb.sqlite"))
    assert archdb("space", "build", "vgg_widths", "--limit", "8", database=path).status == 0
    return path


@pytest.mark.parametrize("statement", MIXED)
def test_a_mixture_is_told(statement: str, beside: Path, built: Path) -> None:
    answer = archdb("query", statement, database=beside)
    assert answer.err == (
        f"note: {MIXED[statement]} holds the points of vgg_widths too, and this counts them;"
        " the condition 'space is null' leaves them out\n"
    )
    assert archdb("query", statement, database=built).err == "", "there are no points"


@pytest.mark.parametrize("statement", TOLD_APART)
def test_nothing_is_said_where_they_are_told_apart(statement: str, beside: Path) -> None:
    assert archdb("query", statement, database=beside).err == ""


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
