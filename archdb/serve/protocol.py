"""HTTP as uvicorn speaks it, but that what is no HTTP is answered with a problem, too, and that a
body which is broken off on purpose is no fault of the program."""

from __future__ import annotations

import logging

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from archdb.serve.outgoing import HEADERS
from archdb.serve.reply import Problem

#: What uvicorn says where a stream has reached its limit; the log of requests says why.
UNFINISHED = "ASGI callable returned without completing response."


class Protocol(H11Protocol):
    """One connection."""

    def send_400_response(self, msg: str) -> None:
        """What is wrong, where what has come cannot be read; and the end."""
        reply = Problem(400, msg.rstrip(".").lower(), "send HTTP/1.1 with a Host").reply()
        headers = [
            (b"content-type", reply.media.encode()),
            (b"content-length", b"%d" % len(reply.body)),
            (b"connection", b"close"),
            *HEADERS,
        ]
        response = h11.Response(status_code=400, headers=headers, reason=b"Bad Request")
        for event in (response, h11.Data(data=reply.body), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def be_quiet() -> None:
    """Leave the line out that uvicorn writes for each body that is broken off."""
    logging.getLogger("uvicorn.error").addFilter(lambda said: said.msg != UNFINISHED)
