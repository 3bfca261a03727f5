"""The socket that a service listens at."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Iterator
from pathlib import Path

from archdb.errors import ArchdbError
from archdb.serve.settings import Settings

#: How many connections may wait to be taken.
WAITING = 2048


@contextlib.contextmanager
def listening(settings: Settings) -> Iterator[tuple[socket.socket, str]]:
    """A socket that listens, and how it is reached. Raises ArchdbError where it cannot be had."""
    try:
        made = _local(Path(settings.uds)) if settings.uds else _of_network(settings)
    except OSError as error:
        place = settings.uds or f"{settings.host}:{settings.port}"
        other = "--uds PATH" if settings.uds else "--port N, or --port 0 for any that is free"
        raise ArchdbError(
            f"cannot listen at {place}: {error.strerror or error}", remedy=f"another: {other}"
        ) from None
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    try:
        with made:
            yield made, settings.uds or f"http://{host}:{made.getsockname()[1]}/"
    finally:
        if settings.uds:
            Path(settings.uds).unlink(missing_ok=True)


def _of_network(settings: Settings) -> socket.socket:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    made = socket.create_server((settings.host, settings.port), family=family, backlog=WAITING)
    # A connection has it from here: else an answer's body waits until its head has been received.
    made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return made


def _local(place: Path) -> socket.socket:
    """A Unix socket that everybody may connect to; what a service left that was killed is gone."""
    made = socket.socket(socket.AF_UNIX)
    try:
        if place.is_socket() and made.connect_ex(str(place)):
            place.unlink()
        made.close()
        made = socket.socket(socket.AF_UNIX)
        made.bind(str(place))
        place.chmod(0o666)
        made.listen(WAITING)
    except BaseException:
        made.close()
        raise
    return made
