"""The service run by uvicorn, until it is asked to end."""

from __future__ import annotations

import asyncio
import signal
import socket
import sys
from typing import Any
from urllib.parse import urljoin

import uvicorn
from starlette.applications import Starlette
from starlette.types import Message

from archdb.serve.app import application
from archdb.serve.protocol import Protocol, be_quiet
from archdb.serve.settings import Settings
from archdb.serve.snapshot import Copying

#: Seconds in which answers that are on their way are finished.
DRAIN = 5


def serve(source: Copying, settings: Settings, shared: socket.socket) -> None:
    """Answer requests at a socket. Raises DatabaseError where the file cannot be read."""
    config = uvicorn.Config(
        application(source, settings),
        http=Protocol,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=settings.behind_proxy,
        forwarded_allow_ips="*" if settings.behind_proxy else None,
        timeout_graceful_shutdown=DRAIN,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=32_768,
        ws="none",
        lifespan="on",
    )
    be_quiet()
    # uvicorn drains, and then raises the signal again: whoever called has to tidy up.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    uvicorn.Server(config).run([shared])


def get(source: Copying, settings: Settings, path: str) -> tuple[int, bytes]:
    """The status and body of one address, answered without a server."""
    return asyncio.run(_get(source, settings, path))


async def _get(source: Copying, settings: Settings, address: str) -> tuple[int, bytes]:
    app = application(source, settings._replace(quiet=True, rate=0, prefix=""))
    async with app.router.lifespan_context(app):
        for _ in range(2):  # of another way to write it, the answer of the one
            status, body, place = await _asked(app, address)
            address = urljoin(address, place)
            if not place:
                break
    return status, body


async def _asked(app: Starlette, address: str) -> tuple[int, bytes, str]:
    """Status, body, and where else to look."""
    path, _, query = address.partition("?")
    scope: dict[str, Any] = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": [(b"host", b"localhost")],
        "client": ("127.0.0.1", 0),
        "server": ("localhost", 80),
    }
    status, body, place = 0, bytearray(), ""

    async def receive() -> Message:
        await asyncio.Event().wait()
        raise AssertionError("nobody says more")

    async def send(message: Message) -> None:
        nonlocal status, place
        status = message.get("status", status)
        place = dict(message.get("headers", ())).get(b"location", place.encode()).decode()
        body.extend(message.get("body", b""))

    await app(scope, receive, send)
    return status, bytes(body), place
