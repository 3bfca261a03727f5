"""archdb query: one statement that reads, limited in time, and cut only in the open."""

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from command import Answer, archdb, files, refused


def query(*words: str, database: Path) -> list[dict[str, Any]]:
    answer = archdb("query", *words, "--format", "json", database=database)
    assert answer.status == 0, answer.err
    found: list[dict[str, Any]] = json.loads(answer.out)
    return found


def refuse(*words: str, database: Path) -> Answer:
    """The answer to what is refused; the file and its directory are as they were."""
    before = files(database.parent)
    answer = archdb("query", *words, database=database)
    assert files(database.parent) == before
    return answer


# Reading.


def test_an_argument(database: Path) -> None:
    found = query(
        "select sum(macs) as macs from layer_summary where op = 'linear'"
        " and architecture = 'vgg16'",
        database=database,
    )
    assert found == [{"macs": 4096 * 512 * 7 * 7 + 4096 * 4096 + 1000 * 4096}]


def test_a_file(database: Path, tmp_path: Path) -> None:
    path = tmp_path / "question.sql"
    path.write_bytes("-- fragt: wie groß?\nselect 6 * 7 as x;\n-- done\n".encode())
    assert query("--file", str(path), database=database) == [{"x": 42}]


def test_standard_input(database: Path) -> None:
    answer = archdb("query", "--file", "-", database=database, given="select 6 * 7 as x")
    assert answer.out.split() == ["x", "──", "42"]


@pytest.mark.parametrize("name", ["fully_connected_share", "most_expensive_layers"])
def test_a_saved_query(name: str, database: Path) -> None:
    assert len(query("--saved", name, database=database)) >= 17
    assert name in archdb("query", "--saved", "list", database=database).out.split()


OWN = """-- :least 100: smallest depth
select architecture from architecture_summary
where depth > :least"""


def test_ones_own_statement_by_name(database: Path, tmp_path: Path) -> None:
    before = archdb("query", "--saved", "list", database=database).out.split()
    answer = archdb("query", "--save", "deep_ones", OWN, database=database)
    assert (answer.status, answer.out) == (0, "")
    assert answer.err == "saved deep_ones: archdb query --saved deep_ones runs it\n"
    assert query("--saved", "deep_ones", database=database) == [
        {"architecture": "resnet101"},
        {"architecture": "resnet152"},
    ]
    words = ("--saved", "deep_ones", "--param", "least=101")
    assert query(*words, database=database) == [{"architecture": "resnet152"}]
    listed = archdb("query", "--saved", "list", database=database).out.split()
    assert listed == sorted([*before, "deep_ones"])
    path = tmp_path / "question.sql"
    path.write_text("select 6 * 7 as x", "utf-8")
    archdb("query", "--save", "six", "--file", str(path), database=database)
    archdb("db", "upgrade", database=database)  # which leaves them
    assert query("--saved", "six", database=database) == [{"x": 42}]
    assert archdb("query", "--remove", "six", database=database).err == "removed six\n"
    archdb("query", "--remove", "deep_ones", database=database)
    assert archdb("query", "--saved", "list", database=database).out.split() == before
    assert archdb("check", database=database).err == "no faults\n"


REFUSED = [  # name, statement, sign, status
    ("depths", "select 1", "'depths' is a query of archdb's own", 2),
    ("mine", "select 1", "there is already a query 'mine'", 2),
    *[(name, "select 1", "cannot be the name", 2) for name in ("", "A b", "list", "1st", "x-y")],
    ("other", "delete from network", "the statement is refused", 1),
    ("other", "select nowhere from layer_summary", "no such column: nowhere", 1),
    ("other", "select 1; select 2", "there are two statements", 1),
    ("other", "", "SQL: ", 1),
]


@pytest.mark.parametrize(("name", "statement", "sign", "status"), REFUSED)
def test_what_cannot_be_kept(
    name: str, statement: str, sign: str, status: int, database: Path
) -> None:
    archdb("query", "--save", "mine", "select 1", database=database)
    refused(refuse("--save", name, statement, database=database), sign, status=status)


def test_what_cannot_be_let_go(database: Path) -> None:
    answer = refuse("--remove", "depths", database=database)
    refused(answer, "'depths' is a query of archdb's own and stays", status=2)
    refused(refuse("--remove", "deths", database=database), "no saved query", "depths")
    refused(refuse("--remove", "x", "select 1", database=database), "give one statement", status=2)
    words = ("--saved", "depths", "--save", "x")
    refused(refuse(*words, database=database), "give one statement", status=2)


@pytest.mark.parametrize(
    ("statement", "sign"),
    [
        ("select macs from layer_sumary", "did you mean layer_summary"),
        ("select marcs from layer_summary", "did you mean macs"),
        ("select l.achitecture from layer_summary l", "did you mean architecture"),
        ("select 1 from qqqqqq", "archdb schema lists all views and columns"),
    ],
)
def test_misspelt_views_and_columns(statement: str, sign: str, database: Path) -> None:
    refused(refuse(statement, database=database), "no such", sign)


def test_an_unknown_saved_query_is_answered_with_the_nearest(database: Path) -> None:
    answer = refuse("--saved", "most_expensive_layer", database=database)
    refused(answer, "did you mean most_expensive_layers")


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        *[
            ("7", "integer"),
            ("-7", "integer"),
            ("007", "integer"),
            ("9223372036854775807", "integer"),
        ],
        *[("7.5", "real"), ("-1e3", "real"), (".5", "real"), ("5.", "real"), ("1E+2", "real")],
        *[("seven", "text"), ("", "text"), ("nan", "text"), ("inf", "text"), ("1_000", "text")],
        *[(" 7", "text"), ("7 ", "text"), ("0x7", "text"), ("٧", "text"), ("a=b", "text")],
    ],
)
def test_a_parameter_is_a_number_where_it_is_written_as_one(
    given: str, kind: str, database: Path
) -> None:
    words = ("select typeof(:k) as kind, cast(:k as text) as k", "--param", f"k={given}")
    (row,) = query(*words, database=database)
    assert row["kind"] == kind
    assert kind != "text" or row["k"] == given


@pytest.mark.parametrize("name", ["limit", "timeout", "sql", "self", "parameters", "ä"])
def test_a_parameter_may_have_any_name(name: str, database: Path) -> None:
    words = (f"select :{name} as x", "--param", f"{name}=5", "--limit", "3")
    assert query(*words, database=database) == [{"x": 5}]


def test_a_word_is_bound_and_not_pasted(database: Path) -> None:
    word = "vgg16' or '1'='1"
    words = ("select count(*) as n from architecture_summary where architecture = :k",)
    assert query(*words, "--param", f"k={word}", database=database) == [{"n": 0}]


@pytest.mark.parametrize(
    ("words", "sign", "status"),
    [
        (("select :k",), "did not supply a value for binding parameter :k", 1),
        (("select ?",), "Binding 1 has no name", 1),
        (("select 1", "--param", "k"), "--param needs k=v, got 'k'", 2),
        (("select 1", "--param", "=v"), "--param needs k=v", 2),
        (("select :k", "--param", "k=9223372036854775808"), "at most 64 bits", 2),
        (("select :k", "--param", "k=" + "9" * 5000), "at most 64 bits", 2),
        ((), "give one statement", 2),
        (("select 1", "--saved", "most_expensive_layers"), "give one statement", 2),
        (("select 1", "--limit", "-1"), "--limit", 2),
        (("select 1", "--timeout", "0"), "--timeout", 2),
        (("select 1", "--timeout", "nan"), "more than 0 s", 2),
        (("--file", "nowhere.sql"), "does not exist", 2),
        (("--file", "."), "is a directory", 2),
    ],
)
def test_wrong_words(words: tuple[str, ...], sign: str, status: int, database: Path) -> None:
    refused(refuse(*words, database=database), sign, status=status)


def test_columns_of_one_name_are_kept_apart(database: Path) -> None:
    assert query('select 1 as a, 2 as "a:2", 3 as a, 4 as b', database=database) == [
        {"a": 1, "a:2": 2, "a:3": 3, "b": 4}
    ]


# The limit is never silent.


@pytest.mark.parametrize(("limit", "shown"), [("0", 0), ("1", 1), ("17", 17)])
def test_a_limit_that_cuts_is_said(limit: str, shown: int, database: Path) -> None:
    words = ("query", "select architecture from architecture_summary", "--format", "ndjson")
    answer = archdb(*words, "--limit", limit, database=database)
    assert len(answer.out.splitlines()) == shown
    assert answer.err == f"note: only the first {limit} rows are shown: there are more (--limit)\n"


@pytest.mark.parametrize("limit", [("--limit", "18"), ("--limit", "1000"), ()])
def test_one_that_does_not_says_nothing(limit: tuple[str, ...], database: Path) -> None:
    words = ("query", "select architecture from architecture_summary", "--format", "ndjson")
    answer = archdb(*words, *limit, database=database)
    assert len(answer.out.splitlines()) == 18
    assert answer.err == ""


def test_nothing_is_cut_without_a_limit(database: Path) -> None:
    words = ("query", "select layer from layer_summary", "--format", "ndjson")
    answer = archdb(*words, database=database)
    with sqlite3.connect(database) as connection:
        (count,) = connection.execute("select count(*) from layer").fetchone()
    connection.close()
    assert len(answer.out.splitlines()) == count
