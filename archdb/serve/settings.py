"""What a service may take and how it is reached: the options of `archdb serve`."""

from __future__ import annotations

from typing import NamedTuple


class Settings(NamedTuple):
    """Seconds, rows, and bytes where nothing else is said."""

    host: str = "127.0.0.1"
    port: int = 8765
    uds: str | None = None
    #: A statement's time, and that of a stream to a client who reads slowly.
    time: float = 2.0
    stream_time: float = 60.0
    #: The time of a question of archdb's own, which may derive networks.
    answer_time: float = 10.0
    #: How many rows a page of SQL shows, how large an answer may be, what a statement may use.
    rows: int = 1000
    bytes: int = 200_000_000
    heap: int = 64_000_000
    #: Processes of each kind, and how many may wait for one.
    workers: int = 2
    waiting: int = 16
    #: Requests a second from one client, after a first few; 0: as many as come.
    rate: float = 20.0
    #: Bodies that are remembered, compressed.
    remembered: int = 16_000_000
    sql: bool = True
    derive: bool = True
    download: bool = True
    cors: bool = False
    behind_proxy: bool = False
    #: What stands before every path, where a proxy does not take it off: '/archdb'.
    prefix: str = ""
    addresses: bool = False
    quiet: bool = False

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach it, so that other names for it are suspect."""
        return self.host in ("127.0.0.1", "::1", "localhost") and not self.behind_proxy
