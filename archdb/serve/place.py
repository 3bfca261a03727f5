"""Where a request was put, and a reply as a response for whoever has put it."""

from __future__ import annotations

import json
from functools import lru_cache
from urllib.parse import parse_qsl, unquote

from starlette.requests import Request
from starlette.responses import Response

from archdb.errors import UsageError
from archdb.serve.address import MEDIA, Target, find
from archdb.serve.answer import target_of
from archdb.serve.reply import Problem, ProblemError, Reply
from archdb.serve.routes import ROUTES

#: The largest statement that may be posted, in bytes.
POSTED = 200_000
#: Of so many addresses it is remembered what they mean.
KEPT = 128


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
        self.query = request.scope["query_string"].decode("latin-1")
        self.root = "../" * (path.count("/") - 1) or "./"
        accepted = request.headers.get("accept", "")
        self.for_people = "text/html" in accepted and path.rpartition(".")[2] not in MEDIA

    def is_of(self, target: Target) -> bool:
        """Whether the address is the one of a target, however its signs are written."""
        return _is_same(self.path, self.query, target.url)

    def to(self, url: str) -> str:
        """An address of the service from here."""
        return self.root + url[1:]

    def problem(self, found: Problem, headers: dict[str, str] | None = None) -> Response:
        """What is wrong, for whoever asked."""
        if self.for_people:
            from archdb.serve import html  # start-up counts

            text = html.problem(found, target_of("/"), self.root)
            return Response(text, found.status, headers, MEDIA["html"])
        return response(found.reply(), found.status, headers)


@lru_cache(KEPT)
def _is_same(path: str, query: str, url: str) -> bool:
    if url == (f"{path}?{query}" if query else path):
        return True
    place, _, rest = url.partition("?")
    same = unquote(path) == unquote(place)
    return same and parse_qsl(query, keep_blank_values=True) == parse_qsl(rest)


@lru_cache(KEPT)
def found(path: str, query: str) -> Target:
    """The target of an address, which nobody changes. Raises ArchdbError."""
    return find(ROUTES, path, query)


async def posted(request: Request) -> dict[str, str]:
    """The statement and parameters of a body: a form, JSON, or the text itself."""
    body = await body_of(request)
    media = request.headers.get("content-type", "").partition(";")[0].strip()
    try:
        text = body.decode()
        if media == "application/x-www-form-urlencoded":
            return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=200))
        if media == "application/json":
            found = json.loads(text)
            return {str(key): str(value) for key, value in found.items()}
        return {"q": text}
    except (ValueError, AttributeError, RecursionError):
        raise UsageError(f"the body is no {media or 'text'} in UTF-8") from None


async def body_of(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > POSTED:
            raise ProblemError(Problem(413, f"a statement has at most {POSTED:,} bytes"))
    return bytes(body)
