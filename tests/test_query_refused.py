"""What archdb query refuses: all that writes, leaves the database, is malformed, or takes too long.

Each time the file and its directory are compared before and after.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb, files, process, refused

#: Counts for ever.
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n)"
ONLY_READS = "only one that reads can be run"


def refuse(statement: str, *words: str, database: Path, sign: str = "") -> None:
    before = files(database.parent)
    refused(archdb("query", statement, *words, database=database), sign)
    assert files(database.parent) == before


WRITES = [
    "insert into meta values ('a', 'b')",
    "insert or replace into meta values ('a', 'b') returning key",
    "update network set year = 2000",
    "delete from network",
    "with doomed as (select id from network) delete from network where id in doomed",
    "drop table layer",
    "drop view layer_summary",
    "create table t (x)",
    "create temp table t (x)",
    "create view v as select 1",
    "create index i on layer (op)",
    "create trigger t after insert on layer begin select 1; end",
    "alter table layer add column x",
    "create virtual table t using fts5(x)",
    "vacuum",
    "analyze",
    "reindex",
    "begin",
    "begin exclusive",
    "commit",
    "savepoint s",
]


@pytest.mark.parametrize("statement", WRITES)
def test_writing(statement: str, database: Path) -> None:
    refuse(statement, database=database, sign=ONLY_READS)


PRAGMAS = [
    "pragma query_only = off",
    "pragma writable_schema = on",
    "pragma journal_mode = wal",
    "pragma user_version = 7",
    "pragma application_id = 7",
    "pragma foreign_keys = off",
    "pragma synchronous = off",
    "pragma wal_checkpoint",
    "pragma optimize",
    "pragma incremental_vacuum",
    "pragma temp_store_directory = '/'",
    "select * from pragma_journal_mode('wal')",
]


@pytest.mark.parametrize("statement", PRAGMAS)
def test_pragmas_that_change_something(statement: str, database: Path) -> None:
    before = files(database.parent)
    answer = archdb("query", statement, database=database)
    assert files(database.parent) == before
    assert answer.status == 1
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "statement",
    [
        "pragma table_info('layer')",
        "select name from pragma_table_list",
        "select value as name from json_each('[1, 2]')",
        "select name, type from sqlite_master",
        "explain query plan select 1 as name",
        "values ('name')",
    ],
)
def test_what_only_tells_is_allowed(statement: str, database: Path) -> None:
    answer = archdb("query", statement, database=database)
    assert answer.status == 0, answer.err


@pytest.mark.parametrize(
    "statement",
    [
        "update sqlite_master set sql = ''",
        "delete from sqlite_master",
        "insert into sqlite_master values ('table', 't', 't', 0, '')",
    ],
)
def test_the_schema_itself(statement: str, database: Path) -> None:
    refuse(statement, database=database)


def test_other_files(database: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.sqlite"
    for statement in (f"attach '{other}' as other", f"vacuum into '{other}'", "detach main"):
        refuse(statement, database=database, sign=ONLY_READS)
    assert not other.exists()


def test_extensions(database: Path) -> None:
    refuse("select load_extension('libm')", database=database)


@pytest.mark.parametrize(
    "statement", ["select 1; select 2", "select 1; drop table layer", "select 1;;"]
)
def test_two_statements(statement: str, database: Path) -> None:
    refuse(statement, database=database)


@pytest.mark.parametrize(
    "statement", ["select 1; ", "; select 1", "select 1; -- one", "select 1 /* one */;\n"]
)
def test_one_statement_with_something_behind_it(statement: str, database: Path) -> None:
    assert archdb("query", statement, database=database).status == 0


@pytest.mark.parametrize(
    ("statement", "sign"),
    [
        ("selekt 1", 'near "selekt": syntax error'),
        ("select (1", "incomplete input"),
        ("select nope from layer_summary", "no such column: nope"),
        ("select * from layers", "no such table: layers"),
        ("select * from locked", "no such table: locked"),
        ("select * from disk", "no such table: disk"),
        ("select nope()", "no such function: nope"),
        ("select 'x", "unrecognized token"),
        ("", "there is no statement"),
        ("  \n", "there is no statement"),
        ("/* nothing */ -- at all", "there is no statement"),
        ("select cast(x'ff' as text)", "Could not decode to UTF-8"),
        ("select json('{')", "malformed JSON"),
        ("select abs(-9223372036854775808)", "integer overflow"),
    ],
)
def test_malformed(statement: str, sign: str, database: Path) -> None:
    refuse(statement, database=database, sign=sign)


def test_a_null_character(database: Path, tmp_path: Path) -> None:
    path = tmp_path / "question.sql"
    path.write_bytes(b"select 1\0; drop table layer")
    refused(archdb("query", "--file", str(path), database=database), "null character")


def test_bytes_that_are_no_text(database: Path, tmp_path: Path) -> None:
    path = tmp_path / "question.sql"
    path.write_bytes(b"select '\xff'")
    answer = archdb("query", "--file", str(path), database=database)
    refused(answer, "is not UTF-8 text", status=2)
    answer = archdb("query", "--file", "-", database=database, given=b"select '\xff'")
    assert answer.status in (1, 2)
    assert "is not UTF-8 text" in answer.err


@pytest.mark.parametrize("words", [("query", "select '\udcff'"), ("compare", "\udcff", "vgg16")])
def test_bytes_that_are_no_text_as_words(words: tuple[str, ...], database: Path) -> None:
    refused(process(*words, database=database), "not UTF-8 text")


# Too long, too large.


@pytest.mark.parametrize(
    "statement",
    [
        f"{ENDLESS} select count(*) from n",
        f"{ENDLESS} select i from n where i < 0",
        "select count(*) from layer a, layer b, layer c, layer d",
        "select max(a.macs + b.macs) from layer_summary a, layer_summary b, layer_summary",
    ],
)
def test_what_takes_too_long_is_stopped(statement: str, database: Path) -> None:
    sign = "took longer than 0.2 s and was stopped"
    refuse(statement, "--timeout", "0.2", database=database, sign=sign)


def test_ten_seconds_are_the_default() -> None:
    assert "[default: 10.0" in archdb("query", "--help").out


@pytest.mark.parametrize(
    "statement", ["select zeroblob(2000000000)", "select hex(zeroblob(50000000))"]
)
def test_huge_values(statement: str, database: Path) -> None:
    refuse(statement, database=database, sign="too big")


def test_a_result_that_does_not_fit_into_memory(database: Path) -> None:
    resource = pytest.importorskip("resource")

    def little_memory() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (400_000_000, 400_000_000))

    statement = f"{ENDLESS} select zeroblob(40000000) from n"
    before = files(database.parent)
    answer = process("query", statement, database=database, preexec_fn=little_memory)
    refused(answer, "the result does not fit into memory", "--limit")
    assert files(database.parent) == before


def test_a_limit_stops_what_is_endless(database: Path) -> None:
    answer = archdb("query", f"{ENDLESS} select i from n", "--limit", "3", database=database)
    assert answer.out.split() == ["i", "─", "1", "2", "3"]


def test_the_file_is_not_even_opened_for_writing(database: Path) -> None:
    """Another program may hold the lock of a writer while archdb reads."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("begin immediate")
        assert archdb("query", "select 1 as x", database=database).status == 0
