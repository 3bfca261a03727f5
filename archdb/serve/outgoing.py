"""What every answer says; and whatever is wrong arrives as a problem with its remedy, never as the
bare word of a layer below."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from archdb.serve import assets
from archdb.serve.reply import LOOK, PROBLEM, TITLES, Problem, Reply

if TYPE_CHECKING:
    from starlette.types import Message, Send

#: What is answered without being asked further, with the headers that say more.
Said = tuple[Problem | int, Mapping[str, str]]
POLICY = f"{assets.POLICY}; frame-ancestors 'none'"
#: A picture that is looked at by itself has its look in it, and needs nothing else.
PICTURE = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox"
#: Of a bare refusal, the headers that go on; and what it means.
KEPT = (b"allow", b"content-range", b"retry-after")
BARE = {
    400: ("the bytes that are asked for are no range", "as in Range: bytes=0-99"),
    404: ("there is no such address", LOOK),
    416: ("the file has no such bytes", "HEAD says how many it has"),
}
#: Where pages of other hosts may read the answers.
SHARED = [
    (b"access-control-allow-origin", b"*"),
    (b"access-control-expose-headers", b"etag, retry-after"),
]
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
]


class Outgoing:
    """What is sent, with the headers of every answer. The bare words with which the layers below
    refuse (a Range, an address of no form) become problems."""

    def __init__(self, send: Send, *, shared: bool) -> None:
        self._send, self._shared = send, shared
        #: What has been answered; and why the body was broken off, if it was.
        self.status, self.broken = 0, ""
        self._replaced = False

    async def __call__(self, message: Message) -> None:
        if message["type"] != "http.response.start":
            if not self._replaced:
                await self._send(message)
            return
        given = dict(message["headers"])
        self.status, media = message["status"], given.get(b"content-type", b"")
        if self.status >= 400 and not _is_said(media):
            self._replaced = True
            kept = {k.decode(): v.decode("latin-1") for k, v in given.items() if k in KEPT}
            await self.say(_problem(self.status), kept)
            return
        await self._send({**message, "headers": [*message["headers"], *self._headers(media)]})

    def _headers(self, media: bytes) -> list[tuple[bytes, bytes]]:
        policy = PICTURE if media.startswith(b"image/svg") else POLICY
        own = [*HEADERS, (b"content-security-policy", policy.encode())]
        return [*own, *SHARED] if self._shared else own

    async def say(self, what: Problem | int, more: Mapping[str, str]) -> None:
        """A problem, or a status with nothing but headers."""
        reply = what.reply() if isinstance(what, Problem) else Reply("", b"")
        self.status = what.status if isinstance(what, Problem) else what
        own = {"content-type": reply.media} if reply.body else {}
        if self.status != 204:
            own["content-length"] = str(len(reply.body))
        headers = [(k.encode(), v.encode("latin-1")) for k, v in (own | {**more}).items()]
        start = {"type": "http.response.start", "status": self.status}
        own_headers = self._headers(reply.media.encode())
        await self._send({**start, "headers": [*headers, *own_headers]})
        await self._send({"type": "http.response.body", "body": reply.body})


def _is_said(media: bytes) -> bool:
    """Whether what is wrong is said already, for programs or for people."""
    return media.startswith((PROBLEM.encode(), b"text/html", b"application/json"))


def _problem(status: int) -> Problem:
    """What a bare status means."""
    detail, remedy = BARE.get(status, (TITLES.get(status, "it cannot be answered"), LOOK))
    return Problem(status, detail.lower(), remedy)
