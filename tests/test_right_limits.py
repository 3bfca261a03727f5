"""Issue 10, "Under attack and under load": a query's limits are limits, and being asked to end.

Nothing here depends on how fast the machine is. Statements that would take minutes are to end with
an error that names the limit; those that would never end are to have been ended.
"""

import enum
import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import Answer, archdb, command, files, process, refused

import archdb as package
from archdb.api import Database
from archdb.errors import ArchdbError, QueryError, UsageError
from archdb.queries import process as processes
from archdb.queries.session import Session

#: Counts for ever.
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n)"
#: Inside one function of SQLite, where no interrupt is heard: minutes each.
LONG = [
    "select instr(zeroblob(40000000), cast(zeroblob(20000000) || x'01' as blob))",
    "select replace(hex(zeroblob(20000000)), hex(zeroblob(5000000)) || '1', 'x')",
    "select ltrim(hex(zeroblob(2000000)), replace(hex(zeroblob(1000000)), '0', 'a') || '0')",
]
TOO_LATE = "took longer than 0.5 s and was stopped"
posix = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")


@pytest.fixture
def db(database: Path) -> Iterator[Database]:
    with package.open(database) as opened:
        yield opened


def asked(statement: str, *words: str, database: Path) -> Answer:
    """The answer to a statement; the database and its directory are as they were."""
    before = files(database.parent)
    answer = archdb("query", statement, *words, database=database)
    assert files(database.parent) == before
    return answer


# Time.


@pytest.mark.parametrize("statement", LONG)
def test_time_holds_inside_one_function(statement: str, database: Path) -> None:
    refused(asked(statement, "--timeout", "0.5", database=database), TOO_LATE, "--timeout")


@pytest.mark.parametrize("form", ["csv", "ndjson", "table", "latex"])
def test_time_holds_while_rows_come(form: str, database: Path) -> None:
    words = ("--timeout", "0.5", "--format", form, "--memory", "4000")
    answer = asked(f"{ENDLESS} select i from n", *words, database=database)
    assert answer.status == 1
    assert TOO_LATE in answer.err


def test_time_of_a_reader_does_not_count(db: Database) -> None:
    """Who looks at the rows in peace gets all of them: 0.2 s are for the statement alone."""
    with db.iterate(f"{ENDLESS} select i from n limit 200000", timeout=5) as answer:
        seen = 0
        for batch in answer.batches():
            if not seen:
                time.sleep(6)
            seen += len(batch.rows)
    assert seen == 200_000


def test_a_long_statement_in_its_parts(database: Path) -> None:
    """10⁵ terms: refused at once, where preparing them took 8 s."""
    refused(asked("select " + ",".join(["1"] * 100_000), database=database), "too many columns")
    found = asked("select " + ",".join(["1"] * 2_000), "--format", "csv", database=database)
    assert found.out.splitlines()[0].endswith(",1:1999,1:2000")
    refused(asked(f"select '{'x' * 1_000_000}'", database=database), "too large")


def test_a_pattern_has_a_bound(database: Path) -> None:
    statement = "select 'a' like :p"
    word = f"p={'%a' * 600}"
    refused(asked(statement, "--param", word, database=database), "pattern too complex")


# Memory.


def doubled(times: int) -> str:
    """Each table has twice the rows of the one before, and all are kept."""
    parts = ["c0(x) as materialized (select zeroblob(1000))"] + [
        f"c{i + 1}(x) as materialized (select x from c{i} union all select x from c{i})"
        for i in range(times)
    ]
    return f"with {', '.join(parts)} select count(*), max(x) from c{times}"


@pytest.mark.parametrize(
    "statement",
    [
        doubled(24),
        "select group_concat(hex(zeroblob(1000000 + i)), '') over (order by i) from"
        " (with recursive n(i) as (select 1 union all select i + 1 from n) select i from n)",
        f"{ENDLESS} select i, zeroblob(1000000) from n order by 2",
        "select " + ", ".join(["zeroblob(40000000)"] * 5),
    ],
    ids=["doubling", "windows", "sorting", "columns"],
)
def test_memory_holds(statement: str, database: Path) -> None:
    words = ("--memory", "100", "--timeout", "300")
    answer = asked(statement, *words, database=database)
    refused(answer, "needs more than 100 MB of memory", "--memory")


def test_512_megabytes_are_the_default(database: Path) -> None:
    refused(asked(doubled(24), "--timeout", "300", database=database), "512 MB of memory")


@pytest.mark.skipif(sys.platform != "linux", reason="where the peak is counted in kilobytes")
def test_the_peak_of_memory(database: Path) -> None:
    """Of all processes together: the one that prints, and the statement's own."""
    script = f"""
import resource, subprocess, sys
words = {command(database=database)!r} + ["query", *sys.argv[1:], "--timeout", "300"]
done = subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024, done.stderr)
"""

    def peak(*words: str) -> tuple[int, str]:
        run = subprocess.run(
            [sys.executable, "-c", script, *words], capture_output=True, text=True, check=True
        )
        megabytes, said = run.stdout.split(" ", 1)
        return int(megabytes), said

    least, _ = peak("select 1")
    blobs, said = peak(f"{ENDLESS} select zeroblob(40000000) from n")
    assert "does not fit into memory" in said
    assert blobs < 900
    many = f"{ENDLESS} select i, i * i, 'abc' || i from n limit 400000"
    for form in ("csv", "tsv", "ndjson", "json"):
        streamed, said = peak(many, "--format", form)
        assert said.strip() == ""
        assert streamed < least + 30, "memory does not grow with the result"


# Size.


def test_a_table_is_kept_and_so_has_a_bound(database: Path) -> None:
    words = ("--memory", "20", "--timeout", "300")
    answer = asked(f"{ENDLESS} select i from n", *words, database=database)
    refused(answer, "does not fit into memory: 20 MB are not enough", "--limit", "csv, tsv, ndjson")


@pytest.mark.parametrize("form", ["csv", "tsv", "ndjson", "json"])
def test_a_stream_has_a_bound_too(form: str, database: Path) -> None:
    words = ("--size", "1", "--timeout", "300", "--format", form)
    answer = asked(f"{ENDLESS} select i from n", *words, database=database)
    assert answer.status == 1
    assert "the result is larger than 1 MB, and ends here" in answer.err
    assert 100_000 < len(answer.out) < 10_000_000
    assert form != "json" or not answer.out.endswith("]\n"), "nothing short ends cleanly"


def test_a_result_in_python_has_a_bound(db: Database) -> None:
    with pytest.raises(QueryError, match="20 MB are not enough"):
        db.query(f"{ENDLESS} select i from n", timeout=300, memory=20)
    assert db.query("select 1 as x").rows == [(1,)], "the next statement is answered"


@pytest.mark.parametrize("limit", ["timeout", "memory", "size"])
@pytest.mark.parametrize("value", [0, -1, float("nan")])
def test_a_limit_that_limits_nothing(limit: str, value: float, db: Database) -> None:
    with pytest.raises(UsageError, match="more than 0"), db.iterate("select 1", **{limit: value}):
        pass


def test_another_default_of_time(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARCHDB_TIMEOUT", "0.5")
    with pytest.raises(QueryError, match=TOO_LATE):
        db.query(LONG[0])
    answer = archdb("query", LONG[0], database=db.path)
    refused(answer, TOO_LATE)
    monkeypatch.setenv("ARCHDB_TIMEOUT", "soon")
    with pytest.raises(UsageError, match="ARCHDB_TIMEOUT is not a number of seconds: 'soon'"):
        db.query("select 1")
    assert archdb("query", "select 1", database=db.path).status == 2


# Rows go out as they come.


@pytest.mark.parametrize("form", ["csv", "tsv", "ndjson", "json"])
def test_rows_go_out_as_they_come(form: str, database: Path) -> None:
    """The first rows are read while the statement is at work, and it would never end; the last
    that it has is held back by Python, which looks for the next before it gives one."""
    words = ("query", f"{ENDLESS} select i from n where i < 4", "--format", form)
    running = subprocess.Popen(
        command(*words, "--timeout", "600", database=database), stdout=subprocess.PIPE
    )
    assert running.stdout is not None
    seen = b""
    while not all(str(i).encode() in seen for i in (1, 2)):
        part = os.read(running.stdout.fileno(), 1000)
        assert part, "it has not ended"
        seen += part
    assert running.poll() is None
    running.terminate()
    assert running.wait() == 128 + signal.SIGTERM
    running.stdout.close()


@pytest.mark.parametrize("form", ["csv", "tsv", "ndjson", "json"])
@pytest.mark.parametrize("rows", [0, 1, 499, 500, 501, 1_700])
def test_a_streamed_text_is_that_of_the_whole(form: str, rows: int, database: Path) -> None:
    from archdb.render import formats

    statement = (
        f'{ENDLESS} select i, i / 3.0 as "a ""b"", c", x\'00ff\', null, char(10, 9, 92, i) from n'
        f" limit {rows}"
    )
    with closing(sqlite3.connect(database)) as client:
        cursor = client.execute(statement)
        whole = formats.Result([c[0] for c in cursor.description], cursor.fetchall())
    answer = asked(statement, "--format", form, database=database)
    assert answer == (0, formats.FORMATS[form](whole), "")


def test_a_fault_before_the_first_row_prints_nothing(database: Path) -> None:
    refused(asked("select json('{')", "--format", "csv", database=database), "malformed JSON")


def test_a_fault_behind_rows_is_a_fault(database: Path) -> None:
    statement = f"{ENDLESS} select abs(-9223372036854775807 - (i = 1000)) as x from n"
    answer = asked(statement, "--format", "csv", database=database)
    assert answer.status == 1
    assert "integer overflow" in answer.err


@posix
def test_a_reader_who_has_had_enough(database: Path) -> None:
    words = command("query", f"{ENDLESS} select i from n", "--format", "csv", database=database)
    running = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout is not None and running.stderr is not None
    assert running.stdout.readline() == b"i\n"
    running.stdout.close()
    assert running.wait() == 1
    assert running.stderr.read() == b""
    running.stderr.close()


# Values arrive as they are.


class Word(str):
    """A text that calls itself something else."""

    def __str__(self) -> str:
        return "else"


class Two(enum.IntEnum):
    TWO = 2


VALUES = [
    *(0, 1, -1, 2**31, 2**62, 2**63 - 1, -(2**63), True, Two.TWO),
    *(0.1, -0.0, 5e-324, 1.7976931348623157e308, 2.0**53 + 2, float("inf"), float("-inf")),
    *("", "a\0b", "ü\U0001f600", "\ud7ff\ue000", "x" * 100_000, Word("word")),
    *(b"", b"\0\xff", bytearray(b"ab"), memoryview(b"cd"), bytes(range(256)) * 4_000, None),
]


@pytest.mark.parametrize("value", VALUES, ids=lambda v: f"{type(v).__name__}-{str(v)[:9]!r}")
def test_values_of_every_type(value: Any, db: Database) -> None:
    """As the sqlite3 module itself binds and gives them, to the last bit."""
    with closing(sqlite3.connect(":memory:")) as client:
        expected = client.execute("select :v, typeof(:v)", {"v": value}).fetchone()
    (found,) = db.query("select :v, typeof(:v)", v=value).rows
    assert repr(found) == repr(expected)


def test_a_value_that_sqlite_has_no_type_for(db: Database) -> None:
    with pytest.raises(UsageError, match="parameter :v: SQLite has no type for a list"):
        db.query("select :v", v=[1])
    with pytest.raises(QueryError, match="not UTF-8 text"):
        db.query("select :v", v="\udcff")
    with pytest.raises(QueryError, match="did not supply"):
        db.query("select :v, :w", v=1)
    assert db.query("select :v", v=1).rows == [(1,)]


# One session serves many statements, and one that is gone is replaced.


def test_a_session_is_kept_open(db: Database) -> None:
    db.query("select 1")
    kept = db.statements.session
    assert kept is not None
    with pytest.raises(QueryError, match="no such column"):
        db.query("select nope")
    with pytest.raises(QueryError, match="only one that reads"):
        db.query("delete from layer")
    assert db.query("select 1").rows == [(1,)]
    assert db.statements.session is kept


def test_it_sees_what_others_write(db: Database) -> None:
    question = "select value from meta where key = 'mine'"
    assert db.query(question).rows == []
    with closing(sqlite3.connect(db.path)) as client, client:
        client.execute("insert into meta values ('mine', 'yours')")
    assert db.query(question).rows == [("yours",)]


def test_two_statements_at_once(db: Database) -> None:
    with db.iterate(f"{ENDLESS} select i from n") as endless:
        rows = iter(endless)
        assert next(rows) == (1,)
        assert db.query("select 2").rows == [(2,)]
        assert next(rows) == (2,)
    assert db.query("select 3").rows == [(3,)]


def test_rows_that_nobody_wants_any_more(db: Database) -> None:
    for _ in range(3):
        with db.iterate(f"{ENDLESS} select i from n") as answer:
            assert next(iter(answer)) == (1,)
    assert db.statements.session is None, "a statement that is at work is not waited for"


@posix
def test_a_session_that_is_ended_from_outside(db: Database) -> None:
    db.query("select 1")
    assert db.statements.session is not None
    os.kill(db.statements.session._process.pid, signal.SIGKILL)
    db.statements.session._process.wait()
    assert db.query("select 2").rows == [(2,)], "a new one is started"
    assert db.statements.session is not None
    # By its id: sessions that earlier tests have ended may be this process's children still.
    child = db.statements.session._process.pid
    with db.iterate(f"{ENDLESS} select i from n") as answer:
        os.kill(child, signal.SIGKILL)
        with pytest.raises(QueryError, match=r"ended from outside \(status -9\)"):
            list(answer)


def test_where_no_process_can_be_started(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(processes.subprocess, "Popen", refuse)
    sign = "no process can be started for it: Resource temporarily unavailable"
    refused(asked("select 1", database=database), sign, "ulimit")
    monkeypatch.setattr(sys, "executable", "")
    refused(asked("select 1", database=database), "Python's path is unknown")


def test_a_session_by_itself(database: Path) -> None:
    """As a service uses it: one process, statement after statement, each with its own limits."""
    with Session() as session:
        session.open(database, 64_000_000, 10_000_000)
        for _ in range(2):
            found = list(session.run("select :a as a", {"a": 1}, None, 60.0))
            assert found[0] == ["a"]
            assert found[1].rows == [(1,)]
            assert found[2] == (False, None)
            with pytest.raises(ArchdbError, match="too big"):
                list(session.run("select zeroblob(10000001)", {}, None, 60.0))
            assert session.is_free(64_000_000)
    assert not session.is_free(64_000_000)


def test_a_file_that_another_program_changes_its_journal_of(db: Database) -> None:
    """A database in WAL mode needs a file beside it, which is made by whoever reads first."""
    with closing(sqlite3.connect(db.path)) as client:
        client.execute("pragma journal_mode = wal")
    assert db.query("select count(*) > 0 from layer").rows == [(1,)]


# Being asked to end.


def children(pid: int) -> list[int]:
    """The processes that a process has started and that are alive."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    if not listed.exists():
        pytest.skip("the system does not say which processes a process has started")
    return [int(child) for child in listed.read_text().split()]


def at_work(*words: str, database: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """A command whose statement is at work: it has used up some time of the processor."""
    running = subprocess.Popen(
        command(*words, "--timeout", "600", database=database),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # its own group, as a shell gives it
    )
    while not (found := [pid for pid in children(running.pid) if busy(pid)]):
        assert running.poll() is None
        time.sleep(0.01)
    return running, found


def busy(pid: int) -> bool:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) > 20


def gone(pid: int) -> bool:
    """Whether a process has ended; one that nobody has asked for its status has."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


@pytest.mark.parametrize(
    ("number", "status", "said"),
    [
        (signal.SIGINT, 130, "interrupted\n"),
        (signal.SIGTERM, 143, ""),
        *([(signal.SIGHUP, 129, "")] if hasattr(signal, "SIGHUP") else []),
        (9, -9, ""),
    ],
)
@pytest.mark.parametrize("statement", [LONG[0], f"{ENDLESS} select count(*) from n"])
def test_a_command_that_is_asked_to_end(
    number: int, status: int, said: str, statement: str, database: Path
) -> None:
    """It ends with the status of the signal, blames no SQL, and leaves no process behind."""
    running, found = at_work("query", statement, database=database)
    os.kill(running.pid, number)
    assert running.communicate() == ("", said)
    assert running.returncode == status
    while not all(map(gone, found)):  # would time out the whole test run
        time.sleep(0.01)


def test_ctrl_c_for_the_whole_group(database: Path) -> None:
    """A terminal sends it to all processes of the group at once."""
    running, _ = at_work("query", LONG[0], database=database)
    os.killpg(running.pid, signal.SIGINT)
    assert running.communicate() == ("", "interrupted\n")
    assert running.returncode == 130


@posix
def test_a_notebook_is_interrupted(database: Path) -> None:
    """KeyboardInterrupt and no QueryError; the database can be asked again."""
    script = """
import os, signal, sys, threading
import archdb
db = archdb.open(sys.argv[1])
threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
try:
    db.query(sys.argv[2], timeout=600)
except KeyboardInterrupt as error:
    print(repr(error), db.query("select 1 as x").rows)
"""
    words = [sys.executable, "-c", script, str(database), LONG[0]]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout == "KeyboardInterrupt() [(1,)]\n"
    assert done.stderr == ""


def test_json_that_is_streamed_is_json(database: Path) -> None:
    answer = process(
        "query", f"{ENDLESS} select i from n limit 1200", "--format", "json", database=database
    )
    assert [row["i"] for row in json.loads(answer.out)] == list(range(1, 1201))
