"""Where a request was put, and a reply as a response for whoever has put it."""

from __future__ import annotations

from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import Response

from archdb.serve import html
from archdb.serve.address import MEDIA, Target
from archdb.serve.answer import target_of
from archdb.serve.reply import Problem, Reply


def response(reply: Reply, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(reply.body, status, headers, reply.media)


class Place:
    """Where a request was put: its path below a pin, as it came."""

    def __init__(self, request: Request) -> None:
        raw = request.scope.get("raw_path") or request.scope["path"].encode()
        path = raw.decode("latin-1").removeprefix(request.scope.get("root_path", ""))
        self.pin = ""
        if path.startswith("/@"):
            self.pin, slash, rest = path[2:].partition("/")
            path = slash + rest or "/"
        self.path = path
        self.query = request.url.query
        self.root = "../" * (path.count("/") - 1) or "./"
        accepted = request.headers.get("accept", "")
        self.for_people = "text/html" in accepted and path.rpartition(".")[2] not in MEDIA

    def is_of(self, target: Target) -> bool:
        """Whether the address is the one of a target, however its signs are written."""
        _, _, query = target.url.partition("?")
        same = unquote(self.path) == unquote(target.path)
        return same and parse_qsl(self.query, keep_blank_values=True) == parse_qsl(query)

    def to(self, url: str) -> str:
        """An address of the service from here."""
        return self.root + url[1:]

    def problem(self, found: Problem, headers: dict[str, str] | None = None) -> Response:
        """What is wrong, for whoever asked."""
        if self.for_people:
            text = html.problem(found, target_of("/"), self.root)
            return Response(text, found.status, headers, MEDIA["html"])
        return response(found.reply(), found.status, headers)
