"""What stands before every request: host, method, length, how often; and the log of them."""

from __future__ import annotations

import json
import sys
import time
from collections import OrderedDict
from typing import TYPE_CHECKING
from urllib.parse import unquote

from archdb.errors import ArchdbError
from archdb.serve.outgoing import Outgoing, Said
from archdb.serve.reply import Problem, ProblemError
from archdb.serve.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

#: The longest address, in bytes.
LONGEST = 8192
LOCAL = ("localhost", "127.0.0.1", "[::1]")
#: A client may begin with so many seconds' worth of requests; so many clients are remembered.
BURST, CLIENTS = 5, 10_000
#: What a browser is told before it posts from a page of another host.
PREFLIGHT = {
    "access-control-allow-methods": "GET, HEAD, POST",
    "access-control-allow-headers": "content-type, mcp-protocol-version",
    "access-control-max-age": "86400",
}


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
        begin = time.monotonic()
        outgoing = Outgoing(send, shared=self.settings.cors)
        try:
            refused = self._refused(scope) or _moved(scope, self.settings.prefix)
            if refused is None:
                await self.app(scope, receive, outgoing)
            else:
                await outgoing.say(*refused)
        except (ArchdbError, ProblemError) as error:
            # In mid-stream: whoever runs this breaks the connection off, as the body has no end.
            outgoing.broken = str(error).partition("\n")[0]
            if not outgoing.status:
                raise
        finally:
            self._log(scope, outgoing, time.monotonic() - begin)

    def _refused(self, scope: Scope) -> Said | None:
        """Why a request is not answered at all, and the headers that say more."""
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > LONGEST:
            return Problem(414, f"an address has at most {LONGEST} bytes", "POST a statement"), {}
        if scope["method"] == "OPTIONS" and self.settings.cors:
            return 204, PREFLIGHT
        taken = _methods(str(scope["path"]))
        if scope["method"] not in taken:
            wrong = Problem(405, f"{scope['method'][:20]} does nothing here", " or ".join(taken))
            return wrong, {"allow": ", ".join(taken)}
        host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
        if self.settings.is_local and not self.settings.uds and _name(host) not in LOCAL:
            return Problem(421, "this service is for this machine alone", "see --host"), {}
        client = (scope.get("client") or ("",))[0]
        if (wait := self.buckets.take(_network(client), time.monotonic())) > 0:
            again = {"retry-after": str(int(wait) + 1)}
            return Problem(429, f"at most {self.settings.rate:g} a second", "ask again soon"), again
        return None

    def _log(self, scope: Scope, outgoing: Outgoing, seconds: float) -> None:
        """A line of JSON; whose request it was only where that is asked."""
        if self.settings.quiet:
            return
        said = {
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "method": scope["method"][:20],
            "path": (scope.get("raw_path") or b"").decode("latin-1")[:300],
            "status": outgoing.status,
            "ms": round(1000 * seconds, 1),
        }
        if outgoing.broken:
            said["broken"] = outgoing.broken[:300]
        if self.settings.addresses:
            said["client"] = (scope.get("client") or ("",))[0]
        print(json.dumps(said), file=sys.stderr, flush=True)


def _methods(path: str) -> tuple[str, ...]:
    """What can be done at an address: a statement may be posted, and what a language model's client
    says is."""
    last = path.rpartition("/")[2].partition(".")[0]
    return {"sql": ("GET", "HEAD", "POST"), "mcp": ("POST",)}.get(last, ("GET", "HEAD"))


def _moved(scope: Scope, prefix: str) -> Said | None:
    """Make the path of a request one of the service: an address of another form ('GET
    http://host/networks') and the prefix are taken off. What is not below the prefix is refused."""
    raw = (scope.get("raw_path") or scope["path"].encode()).decode("latin-1")
    if raw.startswith("/") and not prefix:
        return None
    if not raw.startswith("/"):
        _, scheme, rest = raw.partition("://")
        raw = "/" + (rest.partition("/")[2] if scheme else raw)
    if raw == prefix:
        return 301, {"location": f"{prefix.rpartition('/')[2]}/"}
    if not raw.startswith(f"{prefix}/"):
        return Problem(404, f"this service is below {prefix}/", f"{prefix}/ is its start"), {}
    raw = raw.removeprefix(prefix)
    scope["raw_path"], scope["path"] = raw.encode("latin-1"), unquote(raw)
    return None


def _name(host: str) -> str:
    """The host of 'localhost:8765' or '[::1]:8765'."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0].lower()


def _network(client: str) -> str:
    """Whose a request is: an address, or of IPv6 the network."""
    return ":".join(client.split(":")[:4]) if ":" in client else client
