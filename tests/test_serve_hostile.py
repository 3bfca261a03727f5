"""The query service under attack: statements, clients that go away, files that change under it.

Nothing here depends on how fast the machine is: what would take minutes has to end, and what ends
early has to say so.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from serving import Served, served, until

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")

#: Two processes for statements and two for other questions.
WORKERS = 4
ENDLESS = "with recursive n(i) as (select 1 union all select i + 1 from n) select i from n"


@pytest.fixture(scope="module")
def service(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    place = tmp_path_factory.mktemp("served") / "archdb.sqlite"
    shutil.copy(built, place)
    with served(place, "--time", "1", "--stream-time", "20") as made:
        yield made
        assert made.client.get("/health").status_code == 200, "it is still there"


@pytest.fixture(autouse=True)
def all_workers_are_there_afterwards(service: Served) -> Iterator[None]:
    yield
    service.settled(WORKERS)
    assert service.client.get("/sql.csv", params={"q": "select 1 as a"}).text == "a\n1\n"


LATE = [
    "select count(*) from layer_summary a, layer_summary b, layer_summary c",
    f"select max(i) from ({ENDLESS})",
    "select instr(zeroblob(9000000), cast(zeroblob(4000000) || x'01' as blob))",
    "select replace(hex(zeroblob(4900000)), hex(zeroblob(2000000)) || '1', 'x')",
]
LARGE = [
    "select length(printf('%.*c', 900000000, 'x'))",
    "select zeroblob(10000001)",
    "select group_concat(hex(zeroblob(100000))) from layer_summary",
    "select hex(zeroblob(4500000)) from layer_summary",
    "select replace(hex(zeroblob(1000000)), '0', hex(zeroblob(1000)))",
]
REFUSED = [
    "delete from layer",
    "drop table network",
    "attach '/etc/passwd' as a",
    "pragma journal_mode = wal",
    "pragma hard_heap_limit = 0",
    "vacuum into '/tmp/x'",
    "select load_extension('x')",
    "select writefile('/tmp/x', 'y')",
    "create temp table t (a)",
    "select 1; select 2",
    "explain delete from layer",
    "select * from sqlite_dbpage",
    "select",
    "'",
    "\x00",
    "select " + "(" * 500 + "1" + ")" * 500,
    "select 1" + " union all select 1" * 200,
    "select " + ",".join(["1"] * 600),
    "select " + "-" * 150_000,
]


@pytest.mark.parametrize("statement", LATE)
def test_what_takes_too_long(statement: str, service: Served) -> None:
    answer = service.client.get("/sql.json", params={"q": statement})
    assert answer.status_code == 422
    assert "took longer than 1 s" in answer.json()["detail"]


@pytest.mark.parametrize("statement", LARGE)
def test_what_is_too_large(statement: str, service: Served) -> None:
    answer = service.client.get("/sql.md", params={"q": statement})
    assert answer.status_code == 422, answer.text
    assert answer.json()["remedy"]


@pytest.mark.parametrize("statement", REFUSED, ids=lambda s: s[:24])
def test_what_is_refused(statement: str, service: Served) -> None:
    answer = service.client.post("/sql.json", content=statement.encode())
    assert answer.status_code in (400, 422), answer.text
    assert answer.json()["detail"] and answer.json()["remedy"]


def test_a_stream_that_reaches_a_limit_is_broken_off(service: Served) -> None:
    """A client sees that what it has got is not all."""
    with (
        pytest.raises(httpx.RemoteProtocolError),
        service.client.stream("GET", "/sql.csv", params={"q": ENDLESS}) as answer,
    ):
        assert answer.status_code == 200
        for _ in answer.iter_bytes():
            pass


def test_the_same_with_a_limit_of_rows_is_whole(service: Served) -> None:
    answer = service.client.get("/sql.csv", params={"q": ENDLESS, "limit": 70_000})
    assert answer.text.count("\n") == 70_001
    found = service.client.get("/sql.json", params={"q": ENDLESS, "limit": 3}).json()
    assert (found["row_count"], found["truncated"]) == (3, {"by": "limit", "at": 3})


def test_what_breaks_a_stream_off_is_in_the_log_and_no_traceback(
    built: Path, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    with served(built, "--time", "0.2", log=log) as service:
        with pytest.raises(httpx.RemoteProtocolError):
            service.client.get("/sql.csv", params={"q": ENDLESS})
        until(lambda: "broken" in log.read_text() or None)
    said = log.read_text()
    assert "Traceback" not in said and "ERROR" not in said
    (line,) = [json.loads(line) for line in said.splitlines() if '"broken"' in line]
    assert line["status"] == 200 and "took longer than 0.2 s" in line["broken"]
    assert "client" not in line and "127.0.0.1" not in line.values()


RAW = [
    (b"GET /\x01 HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"hello\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", 400),
    (b"GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 421),
    (b"GET / HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", 421),
    (b"GET / HTTP/1.1\r\nHost: \r\n\r\n", 421),
    (b"BREW / HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    (b"OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n", 405),
    (b"GET /" + b"x" * 8192 + b" HTTP/1.1\r\nHost: localhost\r\n\r\n", 414),
    (b"GET http://localhost/nope HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    (b"GET //evil.example/networks HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    (b"GET /static/../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n", 404),
    (b"GET /networks/%c0%ae HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    (b"GET /archdb.sqlite HTTP/1.1\r\nHost: localhost\r\nRange: bytes=5-2\r\n\r\n", 400),
    (b"GET /archdb.sqlite HTTP/1.1\r\nHost: localhost\r\nRange: bytes=9999999999-\r\n\r\n", 416),
]


@pytest.mark.parametrize(("sent", "status"), RAW, ids=lambda v: repr(v)[:30])
def test_whatever_is_sent_is_answered_by_a_problem(
    sent: bytes, status: int, service: Served
) -> None:
    with socket.create_connection(("127.0.0.1", service.port), timeout=60) as client:
        client.sendall(sent)
        answer = client.makefile("rb")
        head = b"".join(iter(answer.readline, b"\r\n"))
        body = answer.read(int(head.partition(b"content-length: ")[2].split()[0]))
    assert head.startswith(b"HTTP/1.1 %d " % status), head
    assert b"content-type: application/problem+json" in head
    problem = json.loads(body)
    assert problem["status"] == status and problem["detail"] and problem["remedy"]
    assert b"nosniff" in head


def test_clients_that_go_away_leave_all_processes(service: Served) -> None:
    for url in ("/sql.csv?q=", "/sql?q=", "/sql.json?q="):
        for _ in range(3):
            with socket.create_connection(("127.0.0.1", service.port)) as client:
                words = (
                    f"GET {url}{ENDLESS.replace(' ', '%20')} HTTP/1.1\r\nHost: localhost\r\n\r\n"
                )
                client.sendall(words.encode())
                if "csv" in url:
                    client.recv(100)


def test_a_process_that_is_killed_is_replaced(service: Served) -> None:
    for victim in service.settled(WORKERS):
        os.kill(victim, signal.SIGKILL)
    for url in ("/sql.csv?q=select 1", "/networks/vgg16?by=layer", "/sql.csv?q=select 2"):
        until(lambda url=url: service.client.get(url).status_code == 200 or None)  # type: ignore[misc]


def test_so_many_that_some_are_told_to_come_again(built: Path) -> None:
    slow = f"GET /sql.csv?q={LATE[0].replace(' ', '%20')} HTTP/1.1\r\nHost: localhost\r\n\r\n"

    def busy() -> httpx.Response | None:
        with socket.create_connection(("127.0.0.1", service.port)) as client:
            client.sendall(slow.encode())
            client.settimeout(0.5)
            with contextlib.suppress(TimeoutError):
                client.recv(1)  # it was told to come again itself
                return None
            answer = service.client.get("/sql.csv?q=select 1")
            return answer if answer.status_code == 503 else None

    with served(built, "--time", "30", "--workers", "1", "--waiting", "0") as service:
        assert until(busy).headers["retry-after"] == "1"
        until(lambda: service.client.get("/sql.csv?q=select 1").status_code == 200 or None)


def test_no_process_outlives_it(built: Path) -> None:
    with served(built) as service:
        children = service.settled(WORKERS)
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait()
        until(lambda: all(not Path(f"/proc/{child}").exists() for child in children) or None)


def test_the_file_replaced_cut_off_and_removed(built: Path, tmp_path: Path) -> None:
    place = tmp_path / "archdb.sqlite"
    shutil.copy(built, place)
    with served(place) as service:
        before = service.client.get("/ready").json()["dataset"]["address"]
        page = service.client.get("/networks/vgg16")
        assert "Very deep" in page.text or "VGG-16" in page.text
        with closing(sqlite3.connect(place)) as writer, writer:
            writer.execute("update network set title = 'Renamed' where name = 'vgg16'")
        until(lambda: "Renamed" in service.client.get("/networks/vgg16").text or None)
        address = service.client.get("/ready").json()["dataset"]["address"]
        assert address != before
        assert service.client.get(f"{before}/networks/vgg16").status_code == 410
        place.write_bytes(place.read_bytes()[:5000])
        assert service.client.get("/networks/vgg19?by=layer").status_code == 200
        place.unlink()
        assert service.client.get("/sql.csv?q=select 1").status_code == 200
        shutil.copy(built, place)
        until(lambda: "Renamed" not in service.client.get("/networks/vgg16").text or None)
        assert service.client.get(f"{before}/networks/vgg16").status_code == 200


def test_the_file_of_the_user_is_never_touched(built: Path, tmp_path: Path) -> None:
    place = tmp_path / "archdb.sqlite"
    shutil.copy(built, place)
    before = place.read_bytes()
    with served(place) as service:
        for url in ("/compare/vgg16/alexnet?input=256", "/networks/vgg16+width=0.5", "/sql?q=x"):
            assert service.client.get(url).status_code == 200
    assert place.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["archdb.sqlite"]
