"""The Model Context Protocol: the tools answer as the service does, at both ends."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from command import command

from archdb.api import Database
from archdb.serve import mcp
from archdb.serve.conversation import lines

starlette = pytest.importorskip("starlette")

Ask = Callable[..., Any]


def request(method: str, asked: Any = 1, **params: Any) -> dict[str, Any]:
    return {"jsonrpc": "2.0", "id": asked, "method": method, "params": params}


def call(tool: str, **arguments: Any) -> dict[str, Any]:
    return request("tools/call", name=tool, arguments=arguments)


def at_the_terminal(database: Path) -> Ask:
    """`archdb mcp`, which is sent messages all at once."""

    def ask(*messages: Any) -> list[Any]:
        sent = "".join(m if isinstance(m, str) else json.dumps(m) + "\n" for m in messages)
        done = subprocess.run(
            command("mcp", database=database), input=sent, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    return ask


def at_the_service(database: Path) -> Iterator[Ask]:
    from starlette.testclient import TestClient

    from archdb.serve.app import application
    from archdb.serve.settings import Settings

    quiet = Settings(rate=0, quiet=True, answer_time=60, time=30)
    with TestClient(application(database, quiet), base_url="http://localhost") as client:

        def ask(*messages: Any) -> list[Any]:
            found = []
            for message in messages:
                body = message if isinstance(message, str) else json.dumps(message)
                answer = client.post("/mcp", content=body)
                if answer.status_code == 202:
                    assert answer.content == b""
                else:
                    found.append(answer.json())
            return found

        yield ask


@pytest.fixture(scope="module", params=["terminal", "service"])
def ask(built: Path, request: pytest.FixtureRequest) -> Iterator[Ask]:
    if request.param == "terminal":
        yield at_the_terminal(built)
    else:
        yield from at_the_service(built)


def test_a_client_introduces_itself_and_learns_the_tools(ask: Ask) -> None:
    first, second = ask(
        request("initialize", "a", protocolVersion="2024-11-05", capabilities={}),
        {"jsonrpc": "2.0", "method": "notifications/initialized"},
        request("tools/list", "b"),
    )
    assert (first["id"], second["id"]) == ("a", "b")
    assert first["result"]["protocolVersion"] == "2024-11-05"
    assert first["result"]["serverInfo"]["name"] == "archdb"
    tools = {tool["name"]: tool["inputSchema"] for tool in second["result"]["tools"]}
    assert list(tools) == list(mcp.TOOLS)
    assert tools["compare"]["required"] == ["names"]
    assert tools["compare"]["properties"]["by"]["enum"][0] == "total"
    assert tools["calc"]["additionalProperties"] is True
    (newest,) = ask(request("initialize", protocolVersion="1999-01-01"))
    assert newest["result"]["protocolVersion"] == mcp.VERSIONS[-1]


def test_tools_answer(ask: Ask) -> None:
    answers = ask(
        call("compare", names=["vgg16", "alexnet"]),
        call("show", name="vgg16", by="op"),
        call("explain_number", name="resnet50_v1_5", value="4.09G"),
        call("calc", op="conv2d", input="3x227x227", filters=96, kernel=11, stride=4),
        call("list", q="vgg*"),
        call("schema"),
        call("sql", q="select 6 * 7 as answer"),
    )
    results = [answer["result"] for answer in answers]
    assert [result["isError"] for result in results] == [False] * len(results)
    found = [json.loads(result["content"][0]["text"]) for result in results]
    compared = {row[0]: row[2:4] for row in found[0]["rows"]}
    # 224 × 224 × 64 × 3 × 9 + … of VGG-16, and AlexNet's with its groups
    assert compared["macs"] == [15_470_264_320, 724_406_816]
    layer = {row[0]: row[2] for row in found[3]["rows"]}
    assert layer["macs"] == 96 * 55 * 55 * 3 * 11 * 11
    assert found[6]["rows"] == [[42]]


def test_what_cannot_be_is_an_answer_with_a_remedy(ask: Ask) -> None:
    answers = ask(
        call("show", name="vgg61"),
        call("show"),
        call("show", name="vgg16", by="colour"),
        call("sql", q="delete from network"),
        call("compare", names=[]),
        call("compare", names=["vgg16", "alexnet"], nonsense=1),
    )
    assert all(answer["result"]["isError"] for answer in answers)
    texts = [answer["result"]["content"][0]["text"] for answer in answers]
    expected = ("vgg16", "'name' is missing", "by cannot be", "network", "'names'", "nonsense")
    assert all(word in text for word, text in zip(expected, texts, strict=True)), texts


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("{\n", mcp.UNREADABLE),
        ("[" * 100_000 + "\n", mcp.UNREADABLE),
        ([1, 2], mcp.INVALID),
        ({"jsonrpc": "2.0", "id": 1}, mcp.INVALID),
        (request("resources/list"), mcp.NO_METHOD),
        (call("drop"), mcp.BAD_PARAMETERS),
        (request("tools/call", name=["sql"]), mcp.BAD_PARAMETERS),
        ({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": [1]}, mcp.BAD_PARAMETERS),
        ({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": 7}, mcp.BAD_PARAMETERS),
    ],
)
def test_what_is_no_message(ask: Ask, sent: Any, code: int) -> None:
    answer, alive = ask(sent, request("ping", 2))
    assert answer["error"]["code"] == code
    assert alive == {"jsonrpc": "2.0", "id": 2, "result": {}}


def test_a_file_that_is_edited_between_two_messages(database: Path) -> None:
    def asked() -> Iterator[str]:
        message = json.dumps(call("show", name="lenet5_modern"))
        yield message
        with contextlib.closing(sqlite3.connect(database)) as other, other:
            other.execute(
                "update layer set units = 85 where name = 'fc2' and network_id ="
                " (select id from network where name = 'lenet5_modern')"
            )
        yield message

    with Database(database, notify=lambda said: None) as opened:
        answers = [json.loads(line)["result"] for line in lines(opened, asked())]
    before, after = (
        {row[0]: row[2] for row in json.loads(answer["content"][0]["text"])["rows"]}
        for answer in answers
    )
    # one more of 84 units has 120 inputs, and is an input of 10
    assert after["macs"] - before["macs"] == 120 + 10
