"""What stands before every request: host, method, length, how often; and what every answer says."""

from __future__ import annotations

import json
import sys
import time
from collections import OrderedDict
from typing import TYPE_CHECKING

from archdb.serve.reply import Problem
from archdb.serve.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: The longest address, in bytes.
LONGEST = 8192
LOCAL = ("localhost", "127.0.0.1", "[::1]")
#: A client may begin with so many seconds' worth of requests; so many clients are remembered.
BURST, CLIENTS = 5, 10_000
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: A picture that is looked at by itself has its look in it, and needs nothing else.
PICTURE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


class Buckets:
    """Tokens for each client: `rate` a second, and at first BURST times as many."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, client: str, now: float) -> float:
        """Seconds until the client may ask again; 0 where it may now."""
        if not self.rate:
            return 0.0
        tokens, last = self.left.pop(client, (self.rate * BURST, now))
        tokens = min(self.rate * BURST, tokens + (now - last) * self.rate)
        allowed = tokens >= 1
        self.left[client] = (tokens - allowed, now)
        if len(self.left) > CLIENTS:
            self.left.popitem(last=False)
        return 0.0 if allowed else (1 - tokens) / self.rate


class Guard:
    """An ASGI application around the one that answers."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app, self.settings = app, settings
        self.buckets = Buckets(settings.rate)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begin, status = time.monotonic(), 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *self._headers(message)]
            await send(message)

        try:
            problem, headers = self._refused(scope)
            if problem is None:
                await self.app(scope, receive, sending)
            else:
                from starlette.responses import Response

                reply = problem.reply()
                response = Response(reply.body, problem.status, headers, reply.media)
                await response(scope, receive, sending)
        finally:
            self._log(scope, status, time.monotonic() - begin)

    def _headers(self, message: Message) -> list[tuple[bytes, bytes]]:
        media = dict(message["headers"]).get(b"content-type", b"")
        policy = PICTURE if media.startswith(b"image/svg") else POLICY
        own = [*HEADERS, (b"content-security-policy", policy.encode())]
        return [*own, (b"access-control-allow-origin", b"*")] if self.settings.cors else own

    def _refused(self, scope: Scope) -> tuple[Problem | None, dict[str, str]]:
        """Why a request is not answered at all, and the headers that say more."""
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST:
            return Problem(414, f"an address has at most {LONGEST} bytes", "POST a statement"), {}
        if scope["method"] not in ("GET", "HEAD") and not self._is_posted(scope):
            return Problem(405, f"{scope['method'][:20]} does nothing here", "GET or HEAD"), {
                "allow": "GET, HEAD"
            }
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        if self.settings.is_local and not self.settings.uds and _name(host) not in LOCAL:
            return Problem(421, "this service is for this machine alone", "see --host"), {}
        client = (scope.get("client") or ("",))[0]
        if (wait := self.buckets.take(_network(client), time.monotonic())) > 0:
            again = {"retry-after": str(int(wait) + 1)}
            return Problem(429, f"at most {self.settings.rate:g} a second", "ask again soon"), again
        return None, {}

    def _is_posted(self, scope: Scope) -> bool:
        """Whether it is a statement, or a message of a language model's client."""
        path = str(scope["path"]).partition(".")[0]
        return scope["method"] == "POST" and path.endswith(("/sql", "/mcp"))

    def _log(self, scope: Scope, status: int, seconds: float) -> None:
        """A line of JSON; whose request it was only where that is asked."""
        if self.settings.quiet:
            return
        said = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "method": scope["method"][:20],
            "path": (scope.get("raw_path") or b"").decode("latin-1")[:300],
            "status": status,
            "ms": round(1000 * seconds, 1),
        }
        if self.settings.addresses:
            said["client"] = (scope.get("client") or ("",))[0]
        print(json.dumps(said), file=sys.stderr, flush=True)


def _name(host: str) -> str:
    """The host of 'localhost:8765' or '[::1]:8765'."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()


def _network(client: str) -> str:
    """Whose a request is: an address, or of IPv6 the network."""
    return ":".join(client.split(":")[:4]) if ":" in client else client
