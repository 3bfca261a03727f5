"""The Model Context Protocol: archdb's answers as tools of a language model.

Each tool is an address of the service, with that address's parameters, and answers with its JSON.
Nothing is remembered between messages. After the specification of 2025-06-18; of what is used here
the older versions say the same, so a client is answered in its own.
"""

from __future__ import annotations

from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from archdb.errors import ArchdbError, UsageError
from archdb.serve.address import Route, Target, find, parameters_of
from archdb.serve.openapi import schema_of
from archdb.serve.routes import ROUTES, of_pattern
from archdb.version import __version__

VERSIONS = ("2024-11-05", "2025-03-26", "2025-06-18")
#: The tools, each with its address.
TOOLS = {
    "compare": "/compare/{names*}",
    "show": "/networks/{name}",
    "list": "/networks",
    "explain_number": "/explain-number",
    "calc": "/calc/{op}",
    "published": "/published",
    "schema": "/schema",
    "sql": "/sql",
}
#: What a model has to know before it asks.
INSTRUCTIONS = (
    "Exact parameters, multiply-accumulates and receptive fields of named neural networks, derived"
    " from their layers. 'macs' are multiply-accumulates; other ways to count are conventions. A"
    " name may go on with rules, as vgg16+fc-to-conv. Look at schema before sql."
)
#: Codes of JSON-RPC.
UNREADABLE, INVALID, NO_METHOD, BAD_PARAMETERS = -32700, -32600, -32601, -32602

Message = dict[str, Any]


class Call(NamedTuple):
    """A tool that is asked, and where its answer is."""

    id: Any
    target: Target

    def reply(self, text: str, *, failed: bool = False) -> Message:
        """The answer as the protocol has it: what is wrong is an answer, too, for the model."""
        content = [{"type": "text", "text": text}]
        return _result(self.id, {"content": content, "isError": failed})


def receive(message: Any) -> Call | Message | None:
    """What to do about a message: a tool to be asked, what to answer, or nothing."""
    if not isinstance(message, dict) or not isinstance(message.get("method"), str):
        return error(None, INVALID, "this is no request of JSON-RPC")
    if "id" not in message:
        return None  # a notification: nothing is remembered, so nothing is to be done
    asked, given = message["id"], message.get("params") or {}
    if not isinstance(given, dict):
        return error(asked, BAD_PARAMETERS, "parameters have names")
    if message["method"] == "tools/call":
        return _call(asked, given)
    answers: dict[str, Any] = {"initialize": _initialize, "tools/list": _tools, "ping": _ping}
    if message["method"] not in answers:
        return error(asked, NO_METHOD, f"there is no method '{message['method']}' here")
    return _result(asked, answers[message["method"]](given))


def unreadable() -> Message:
    """The answer to what is no JSON."""
    return error(None, UNREADABLE, "this is no JSON")


def error(asked: Any, code: int, text: str) -> Message:
    return {"jsonrpc": "2.0", "id": asked, "error": {"code": code, "message": text}}


def _result(asked: Any, result: Any) -> Message:
    return {"jsonrpc": "2.0", "id": asked, "result": result}


def _initialize(given: Message) -> Message:
    wanted = given.get("protocolVersion")
    return {
        "protocolVersion": wanted if wanted in VERSIONS else VERSIONS[-1],
        "capabilities": {"tools": {}},
        "serverInfo": {"name": "archdb", "version": __version__},
        "instructions": INSTRUCTIONS,
    }


def _ping(given: Message) -> Message:
    return {}


def _tools(given: Message) -> Message:
    return {"tools": [_tool(name, of_pattern(pattern)) for name, pattern in TOOLS.items()]}


def _tool(name: str, route: Route) -> Message:
    """What a tool is for and takes: the names in its address, then that address's parameters."""
    inside = {segment.strip("{*}"): "*" in segment for segment in _named(route)}
    text = {"type": "string"}
    properties: Message = {
        word: {"type": "array", "items": text} if many else text for word, many in inside.items()
    }
    open_ended = callable(route.parameters)  # those of an op, which is not known yet
    taken = [] if open_ended else parameters_of(route, {}, "")
    for parameter in taken:
        described = {"description": parameter.meaning}
        properties[parameter.name] = schema_of(parameter) | described
    return {
        "name": name,
        "description": route.summary,
        "inputSchema": {
            "type": "object",
            "properties": properties,
            "required": [*inside, *(one.name for one in taken if one.needed)],
            "additionalProperties": open_ended or route.free,
        },
    }


def _named(route: Route) -> list[str]:
    return [segment for segment in route.segments if segment[0] == "{"]


def _call(asked: Any, given: Message) -> Call | Message:
    name, arguments = given.get("name"), given.get("arguments") or {}
    if not (isinstance(name, str) and name in TOOLS and isinstance(arguments, dict)):
        return error(asked, BAD_PARAMETERS, f"the tools are {', '.join(TOOLS)}")
    try:
        return Call(asked, target_of(of_pattern(TOOLS[name]), arguments))
    except ArchdbError as fault:
        failed = Call(asked, find(ROUTES, "/api"))
        return failed.reply(str(fault), failed=True)


def target_of(route: Route, arguments: Message) -> Target:
    """The address that arguments lead to. Raises UsageError, as the service does."""
    rest = dict(arguments)
    parts = []
    for segment in route.segments:
        word = segment.strip("{*}")
        if segment[0] == "{" and not (rest.get(word) and _words(rest[word])):
            raise UsageError(f"'{word}' is missing")
        parts += _words(rest.pop(word)) if segment[0] == "{" else [segment]
    pairs = [(name, word) for name, value in rest.items() for word in _words(value)]
    path = "/" + "/".join(quote(part, safe="") for part in parts)
    return find(ROUTES, f"{path}.json", urlencode(pairs))


def _words(value: Any) -> list[str]:
    """A value as an address has it, one word or several."""
    if isinstance(value, list):
        return [word for one in value for word in _words(one)]
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    return [] if value is None else [str(value)]
