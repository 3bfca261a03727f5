"""Where the service listens: a Unix socket, several processes at one address, behind a proxy, in a
container."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from command import command, process
from serving import Served, served, until

from archdb.cli.serve import command as serve

HERE = Path(__file__).parent.parent
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes in /proc")


def test_a_unix_socket(built: Path, tmp_path: Path) -> None:
    place = tmp_path / "archdb.sock"
    words = command("serve", "--uds", str(place), "--quiet", database=built)
    for end in (signal.SIGKILL, signal.SIGTERM):  # what the first leaves is no hindrance
        with subprocess.Popen(words) as service:
            transport = httpx.HTTPTransport(uds=str(place))
            with httpx.Client(transport=transport, base_url="http://any.example") as client:
                answer = until(lambda client=client: client.get("/networks/vgg16.csv"))  # type: ignore[misc]
                assert "params,parameters,138357544" in answer.text
            taken = process("serve", "--uds", str(place), database=built)
            assert taken.status == 1 and "Address already in use" in taken.err
            service.send_signal(end)
        assert place.exists() is (end == signal.SIGKILL)


def test_an_address_that_is_taken(built: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        answer = process("serve", "--port", str(port), database=built)
    assert (answer.status, "Traceback" in answer.err) == (1, False)
    assert f"cannot listen at 127.0.0.1:{port}" in answer.err and "--port 0" in answer.err


@contextlib.contextmanager
def two(database: Path) -> Iterator[Served]:
    with served(database, "--processes", "2", "--workers", "1") as service:
        yield service


def grandchildren(service: Served) -> list[int]:
    """The processes of the processes."""
    found = []
    for child in service.settled(2):
        tasks = Path(f"/proc/{child}/task").iterdir()
        found += [int(pid) for task in tasks for pid in (task / "children").read_text().split()]
    return found


def test_several_processes_answer_and_are_replaced(built: Path) -> None:
    with two(built) as service:
        first, second = service.settled(2)
        workers = until(lambda: found if len(found := grandchildren(service)) == 4 else None)
        assert service.client.get("/sql.csv?q=select 1").status_code == 200
        os.kill(first, signal.SIGKILL)
        new = until(lambda: found if first not in (found := service.children()) else None)
        until(lambda: len(service.children()) == 2 or None)
        until(lambda: service.client.get("/networks/vgg16.csv").status_code == 200 or None)
        assert second in new or second in service.children()
        service.settled(2)
        everybody = [*service.children(), *workers]
        os.kill(service.process.pid, signal.SIGKILL)
        service.process.wait()
        until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in everybody) or None)


def test_several_end_when_they_are_asked_to(built: Path) -> None:
    with two(built) as service:
        children = service.settled(2)
        service.process.terminate()
        assert service.process.wait(60) == 0
        assert not any(Path(f"/proc/{child}").exists() for child in children)


@pytest.mark.parametrize("believed", [True, False])
def test_a_proxy_says_who_asks(built: Path, tmp_path: Path, believed: bool) -> None:
    """Only where that is wished: anybody can send the header."""
    words = ["--log-addresses", *(["--behind-proxy"] if believed else [])]
    log = tmp_path / "log"
    with served(built, *words, log=log) as service:
        headers = {"x-forwarded-for": "192.0.2.7", "host": "archdb.example"}
        answer = service.client.get("/networks/vgg16.csv", headers=headers)
        assert answer.status_code == (200 if believed else 421)
    lines = [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]
    assert (lines[-1]["client"] == "192.0.2.7") is believed


@pytest.mark.parametrize("prefix", ["archdb", "/a b", "/a//b", "/a?b"])
def test_a_prefix_that_is_none(prefix: str, database: Path) -> None:
    answer = process("serve", "--prefix", prefix, "--get", "/", database=database)
    assert answer.status == 2 and "is no path" in answer.err


# The container file, of which no engine is at hand: what it says is held to what there is.


@pytest.fixture(scope="module")
def instructions() -> list[tuple[str, str]]:
    text = (HERE / "Containerfile").read_text("utf-8")
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    return [tuple(line.split(" ", 1)) for line in joined.splitlines() if line]  # type: ignore[misc]


def test_the_container_starts_what_there_is(instructions: list[tuple[str, str]]) -> None:
    said = dict(instructions)
    program, name, *options = json.loads(said["ENTRYPOINT"]) + json.loads(said["CMD"])
    assert (Path(program).name, name) == ("archdb", "serve")
    assert CliRunner().invoke(serve, [*options, "--help"]).exit_code == 0
    known = {word for option in serve.params for word in option.opts}
    assert {option for option in options if option.startswith("--")} <= known
    assert said["EXPOSE"] in options
    assert int(said["USER"].partition(":")[0]) > 0
    last = [word for word, _ in instructions]
    assert last.index("USER") > len(last) - 1 - last[::-1].index("FROM"), "of the last stage"
    assert not {"ADD", "VOLUME"} & set(last)


def test_the_image_has_what_its_build_needs(instructions: list[tuple[str, str]]) -> None:
    kept = [
        line[1:] for line in (HERE / ".dockerignore").read_text().split() if line.startswith("!")
    ]
    import tomllib

    project = tomllib.loads((HERE / "pyproject.toml").read_text("utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = {*wheel["packages"], *wheel["force-include"], "README.md", "pyproject.toml"}
    assert needed <= set(kept)
    built = next(rest for word, rest in instructions if word == "RUN")
    assert "[serve]" in shlex.split(built.split("&&")[1])[-1]


def test_the_health_check_is_one(instructions: list[tuple[str, str]], built: Path) -> None:
    words = json.loads(dict(instructions)["HEALTHCHECK"].partition("CMD ")[2])
    with served(built) as service:
        code = words[2].replace(":8765", f":{service.port}")
        assert subprocess.run([sys.executable, "-c", code]).returncode == 0
    assert subprocess.run([sys.executable, "-c", code], stderr=subprocess.DEVNULL).returncode


def test_nothing_but_the_place_of_copies_is_written(built: Path, tmp_path: Path) -> None:
    """As in a container: the database and its directory can only be read."""
    import shutil

    place, copies = tmp_path / "there", tmp_path / "copies"
    place.mkdir()
    copies.mkdir()
    database = Path(shutil.copy(built, place / "archdb.sqlite"))
    database.chmod(0o444)
    place.chmod(0o555)
    words = command("serve", "--get", "/networks/vgg16.csv", database=database)
    try:
        done = subprocess.run(words, capture_output=True, env={**os.environ, "TMPDIR": str(copies)})
        assert done.returncode == 0, done.stderr
        assert b"138357544" in done.stdout
        assert [file.name for file in place.iterdir()] == ["archdb.sqlite"]
        assert list(copies.iterdir()) == []
    finally:
        place.chmod(0o755)
