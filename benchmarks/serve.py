"""The query service under load, beside datasette in the same run.

    python benchmarks/serve.py DATABASE [DATASETTE]

with archdb[serve] installed for that Python; DATASETTE is the command of another installation.
Both answer the same questions, in turn, round by round: the machine may have other things to do.
Processor time is that of the server and of all processes that it has started. Ends with status 1
where a ratio is above its bar.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import os
import shutil
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

ROUNDS, REQUESTS, CLIENTS, ATTACKERS = 5, 120, 16, 6
TICKS = os.sysconf("SC_CLK_TCK")
HOSTILE = "select length(printf('%.*c',900000000,'x'))"
STREAM = (
    "with recursive n(i) as (select 1 union all select i + 1 from n limit 1000000)"
    " select i, i * 2 from n"
)
TOTALS = "select * from architecture_summary where is_native = 1 and architecture in (:a, :b)"


class Server:
    """A server as a process of its own."""

    def __init__(self, name: str, words: list[str], port: int) -> None:
        self.name, self.port = name, port
        begin = time.perf_counter()
        self.process = subprocess.Popen(
            words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        while True:
            with contextlib.suppress(OSError):
                self.get("/health" if name == "archdb" else "/-/versions.json")
                break
            time.sleep(0.01)
        self.started = time.perf_counter() - begin

    def get(
        self, url: str, connection: http.client.HTTPConnection | None = None
    ) -> tuple[int, int]:
        """Status and size of an answer."""
        client = connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        client.request("GET", url, headers={"Accept-Encoding": "gzip"})
        answer = client.getresponse()
        size = len(answer.read())
        if connection is None:
            client.close()
        return answer.status, size

    def pids(self) -> list[int]:
        """It, and the processes that it has started."""
        found = [self.process.pid]
        for place in Path("/proc").iterdir():
            with contextlib.suppress(OSError, ValueError):
                if int(_stat(place)[1]) == self.process.pid:
                    found.append(int(place.name))
        return found

    def seconds(self) -> float:
        """Processor time so far, with that of processes that have ended."""
        total = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                stat = _stat(Path(f"/proc/{pid}"))
                total += int(stat[11]) + int(stat[12])
                total += int(stat[13]) + int(stat[14]) if pid == self.process.pid else 0
        return total / TICKS

    def peak(self, pid: int) -> float:
        """Megabytes of memory at most."""
        with contextlib.suppress(OSError):
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmHWM"):
                    return int(line.split()[1]) / 1024
        return 0.0

    def close(self) -> None:
        self.process.kill()
        self.process.wait()


def _stat(place: Path) -> list[str]:
    return (place / "stat").read_text().rpartition(")")[2].split()


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def cost(server: Server, urls: Iterator[str], count: int) -> float:
    """Milliseconds of processor time a request."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    before = server.seconds()
    for url in itertools.islice(urls, count):
        status, _ = server.get(url, connection)
        assert status == 200, (server.name, url, status)
    connection.close()
    return 1000 * (server.seconds() - before) / count


def latencies(server: Server, urls: list[str], clients: int, count: int) -> list[float]:
    """Milliseconds of each request of so many clients at once."""
    found: list[float] = []

    def ask(number: int) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        for at in range(count):
            begin = time.perf_counter()
            server.get(urls[(number * count + at) % len(urls)], connection)
            found.append(1000 * (time.perf_counter() - begin))
        connection.close()

    together([lambda number=number: ask(number) for number in range(clients)])  # type: ignore[misc]
    return sorted(found)


def together(functions: list[Callable[[], None]]) -> None:
    threads = [threading.Thread(target=function) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def p99(values: list[float]) -> float:
    return values[int(len(values) * 0.99)]


def pairs(database: Path) -> list[tuple[str, str]]:
    """Pairs of networks, so many that few come twice."""
    statement = "select name from network where space is null order by name"
    with contextlib.closing(sqlite3.connect(database)) as opened:
        names = [name for (name,) in opened.execute(statement)]
    every = list(itertools.permutations(names, 2))
    return every[:: max(1, len(every) // 5000)]


class Run:
    """Two servers, what is measured of them, and the bars."""

    def __init__(self, database: Path, ours: Server, theirs: Server | None) -> None:
        self.ours, self.theirs = ours, theirs
        self.pairs, self.stem = pairs(database), database.stem
        self.failed = False

    def line(self, what: str, value: float, bar: float, unit: str = "") -> None:
        good = value <= bar
        self.failed |= not good
        print(f"{what:<64}{value:>10.2f}{unit:<3} bar {bar:g}{'' if good else '   ABOVE'}")

    def our(self, suffix: str) -> Iterator[str]:
        return (f"/compare/{quote(a)}/{quote(b)}{suffix}" for a, b in itertools.cycle(self.pairs))

    def their(self, suffix: str) -> Iterator[str]:
        sql = quote(TOTALS)
        return (
            f"/{self.stem}{suffix}?sql={sql}&a={quote(a)}&b={quote(b)}"
            for a, b in itertools.cycle(self.pairs)
        )

    def costs(self, what: str, suffix: str, bar: float) -> None:
        """Two networks compared: pairs that nobody has asked for before, and one from memory."""
        ours, theirs, kept = [], [], []
        fresh, known = self.our(suffix), itertools.repeat(f"/compare/vgg16/alexnet{suffix}")
        other = self.their(suffix)
        for _ in range(ROUNDS):
            ours.append(cost(self.ours, fresh, REQUESTS))
            kept.append(cost(self.ours, known, REQUESTS))
            if self.theirs:
                theirs.append(cost(self.theirs, other, REQUESTS))
        mine, memory = statistics.median(ours), statistics.median(kept)
        print(f"{what}: {mine:.2f} ms of processor time, {memory:.2f} from memory")
        if self.theirs:
            them = statistics.median(theirs)
            print(f"  datasette: {them:.2f} ms")
            self.line("  ratio, not asked before", mine / them, bar)
            self.line("  ratio, from memory", memory / them, bar)

    def sql(self) -> None:
        statement = quote("select architecture, macs from architecture_summary where is_native")
        ours, theirs = [], []
        for _ in range(ROUNDS):
            ours.append(cost(self.ours, itertools.repeat(f"/sql.json?q={statement}"), REQUESTS))
            if self.theirs:
                url = f"/{self.stem}.json?sql={statement}"
                theirs.append(cost(self.theirs, itertools.repeat(url), REQUESTS))
        print(f"SQL in a process that can be killed: {statistics.median(ours):.2f} ms")
        if self.theirs:
            ratio = statistics.median(ours) / statistics.median(theirs)
            self.line("  ratio to datasette's, in a thread", ratio, 0.7)

    def waits(self) -> None:
        ours, theirs = [], []
        mine = list(itertools.islice(self.our(".json"), 2000))
        other = list(itertools.islice(self.their(".json"), 2000))
        for _ in range(3):
            ours.append(p99(latencies(self.ours, mine, CLIENTS, 40)))
            if self.theirs:
                theirs.append(p99(latencies(self.theirs, other, CLIENTS, 40)))
        print(f"p99 at {CLIENTS} clients: {statistics.median(ours):.1f} ms")
        if self.theirs:
            print(f"  datasette: {statistics.median(theirs):.1f} ms")
            self.line("  ratio", statistics.median(ours) / statistics.median(theirs), 0.25)

    def attacked(self) -> None:
        """Comparisons beside clients that send a hostile statement, again and again."""
        urls = list(itertools.islice(self.our(".json"), 2000))
        alone = p99(latencies(self.ours, urls, 1, 300))
        longest, over = [0.0], threading.Event()

        def attack() -> None:
            while not over.is_set():
                begin = time.perf_counter()
                with contextlib.suppress(OSError, http.client.HTTPException):
                    self.ours.get(f"/sql.json?q={quote(HOSTILE)}")
                longest[0] = max(longest[0], time.perf_counter() - begin)

        attackers = [threading.Thread(target=attack) for _ in range(ATTACKERS)]
        for one in attackers:
            one.start()
        beside = p99(latencies(self.ours, urls, 1, 300))
        over.set()
        for one in attackers:
            one.join()
        self.line(f"p99 beside {ATTACKERS} attackers, as a multiple of without", beside / alone, 8)
        slow = quote("select instr(zeroblob(9000000), cast(zeroblob(4000000) || x'01' as blob))")
        begin = time.perf_counter()
        self.ours.get(f"/sql.json?q={slow}")
        self.line("longest answer under a limit of 1 s", time.perf_counter() - begin, 1.6, " s")

    def memory(self) -> None:
        main = self.ours.process.pid
        before = self.ours.peak(main)
        status, size = self.ours.get(f"/sql.csv?q={quote(STREAM)}")
        print(f"a stream of a million rows: {size / 1e6:.1f} MB, status {status}")
        self.line("  growth of the main process", self.ours.peak(main) - before, 10, " MB")
        for url in (
            "/networks",
            "/networks/googlenet",
            "/published",
            "/schema",
            f"/sql?q={HOSTILE}",
        ):
            self.ours.get(quote(url, safe="/?="))
        self.line("main process at most", self.ours.peak(main), 60, " MB")
        workers = [self.ours.peak(pid) for pid in self.ours.pids() if pid != main]
        self.line("largest of the other processes", max(workers), 110, " MB")


def first_answer(database: Path) -> float:
    """From the start of the command to the first answer, as a multiple of `import click`."""
    ratios = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import click"], check=True)
        click = time.perf_counter() - begin
        server = Server("archdb", command(database, port := free_port(), 1), port)
        ratios.append(server.started / click)
        server.close()
    return statistics.median(ratios)


def command(database: Path, port: int, seconds: float) -> list[str]:
    words = ["-m", "archdb", "--database", str(database), "serve", "--quiet", "--rate", "0"]
    return [sys.executable, *words, "--time", str(seconds), "--port", str(port)]


def main(database: Path, datasette: str | None) -> int:
    with tempfile.TemporaryDirectory() as place:
        path = Path(shutil.copy(database, place))
        started = first_answer(path)
        ours = Server("archdb", command(path, port := free_port(), 1), port)
        theirs = None
        if datasette:
            words = [datasette, "serve", "-i", str(path), "--setting", "sql_time_limit_ms", "1000"]
            theirs = Server("datasette", [*words, "--port", str(port := free_port())], port)
        try:
            run = Run(path, ours, theirs)
            run.costs("compare as JSON", ".json", 0.5)
            run.costs("compare as a page", "", 0.3)
            run.sql()
            run.waits()
            run.attacked()
            ours.close()
            run.ours = ours = Server("archdb", command(path, port := free_port(), 30), port)
            run.memory()
            run.line("first answer, as a multiple of `import click`", started, 6)
        finally:
            for server in filter(None, (ours, theirs)):
                server.close()
    return int(run.failed)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) == 3 else None))
