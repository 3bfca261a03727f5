"""The query service under load, beside datasette in the same run.

    python benchmarks/serve.py DATABASE [DATASETTE…]

with archdb[serve] installed for that Python; each DATASETTE is the command of another installation.
All answer the same questions, in turn, round by round: the machine may have other things to do.
Processor time is that of the server and of all processes that it has started. Ends with status 1
where a ratio is above its bar.
"""

from __future__ import annotations

import contextlib
import http.client
import itertools
import json
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
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from urllib.parse import quote

ROUNDS, REQUESTS, CLIENTS, ATTACKERS = 5, 240, 16, 6
#: What archdb may take of what datasette takes, by its major version.
JSON, PAGE, SQL, P99 = {0: 0.5, 1: 0.15}, {0: 0.3, 1: 0.05}, {0: 0.7}, {0: 0.25}
Bars = Mapping[int, float]
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
        first = "/compare/vgg16/alexnet.json" if name == "archdb" else "/-/versions.json"
        while True:  # until a question is answered: /health is not kept waiting for the copy
            with contextlib.suppress(OSError):
                if self.get(first)[0] == 200:
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

    def versions(self) -> str:
        """'0.65.5' of datasette."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/-/versions.json")
        return str(json.load(connection.getresponse())["datasette"]["version"])

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


class Datasette:
    """Another service, and how it is asked the same."""

    def __init__(self, server: Server, stem: str) -> None:
        self.server = server
        self.version = server.versions()
        self.major = int(self.version.partition(".")[0])
        self.path = f"/{stem}/-/query" if self.major else f"/{stem}"

    def pairs(self, pairs: list[tuple[str, str]], suffix: str) -> Iterator[str]:
        sql = quote(TOTALS)
        return (
            f"{self.path}{suffix}?sql={sql}&a={quote(a)}&b={quote(b)}"
            for a, b in itertools.cycle(pairs)
        )

    def statement(self, words: str) -> Iterator[str]:
        return itertools.repeat(f"{self.path}.json?sql={quote(words)}")


class Run:
    """The servers, what is measured of them, and the bars."""

    def __init__(self, database: Path, ours: Server, theirs: list[Server]) -> None:
        self.ours, self.stem = ours, database.stem
        self.theirs = [Datasette(server, self.stem) for server in theirs]
        self.pairs = pairs(database)
        self.failed = False

    def line(self, what: str, value: float, bar: float, unit: str = "") -> None:
        good = value <= bar
        self.failed |= not good
        print(f"{what:<64}{value:>10.2f}{unit:<3} bar {bar:g}{'' if good else '   ABOVE'}")

    def our(self, suffix: str) -> Iterator[str]:
        return (f"/compare/{quote(a)}/{quote(b)}{suffix}" for a, b in itertools.cycle(self.pairs))

    def ratios(self, what: str, mine: float, theirs: dict[str, list[float]], bars: Bars) -> None:
        """Beside each datasette for which there is a bar."""
        for one in self.theirs:
            them = statistics.median(theirs[one.version])
            if one.major in bars:
                said = f"  of datasette {one.version}'s {them:.2f} ms{what}"
                self.line(said, mine / them, bars[one.major])

    def costs(self, what: str, suffix: str, bars: Bars) -> None:
        """Two networks compared: pairs that nobody has asked for before, and one from memory."""
        ours, kept = [], []
        theirs: dict[str, list[float]] = {one.version: [] for one in self.theirs}
        fresh, known = self.our(suffix), itertools.repeat(f"/compare/vgg16/alexnet{suffix}")
        others = {one.version: one.pairs(self.pairs, suffix) for one in self.theirs}
        for _ in range(ROUNDS):
            ours.append(cost(self.ours, fresh, REQUESTS))
            kept.append(cost(self.ours, known, REQUESTS))
            for one in self.theirs:
                count = REQUESTS // 4 if one.major else REQUESTS
                theirs[one.version].append(cost(one.server, others[one.version], count))
        mine, memory = statistics.median(ours), statistics.median(kept)
        print(f"{what}: {mine:.2f} ms of processor time, {memory:.2f} from memory")
        self.ratios(", not asked before", mine, theirs, bars)
        self.ratios(", from memory", memory, theirs, bars)

    def sql(self) -> None:
        words = "select architecture, macs from architecture_summary where is_native"
        ours: list[float] = []
        theirs: dict[str, list[float]] = {one.version: [] for one in self.theirs}
        own = itertools.repeat(f"/sql.json?q={quote(words)}")
        for _ in range(ROUNDS):
            ours.append(cost(self.ours, own, REQUESTS))
            for one in self.theirs:
                theirs[one.version].append(cost(one.server, one.statement(words), REQUESTS))
        mine = statistics.median(ours)
        print(f"SQL in a process that can be killed: {mine:.2f} ms")
        self.ratios(", in a thread", mine, theirs, SQL)

    def waits(self) -> None:
        ours: list[float] = []
        old = [one for one in self.theirs if one.major in P99]
        theirs: dict[str, list[float]] = {one.version: [] for one in self.theirs}
        mine = list(itertools.islice(self.our(".json"), 2000))
        for _ in range(3):
            ours.append(p99(latencies(self.ours, mine, CLIENTS, 40)))
            for one in old:
                urls = list(itertools.islice(one.pairs(self.pairs, ".json"), 2000))
                theirs[one.version].append(p99(latencies(one.server, urls, CLIENTS, 40)))
        waited = statistics.median(ours)
        print(f"p99 at {CLIENTS} clients: {waited:.1f} ms")
        for one in old:
            self.line(
                f"  of datasette {one.version}'s {statistics.median(theirs[one.version]):.1f} ms",
                waited / statistics.median(theirs[one.version]),
                P99[one.major],
            )

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


def main(database: Path, datasettes: list[str]) -> int:
    with tempfile.TemporaryDirectory() as place:
        path = Path(shutil.copy(database, place))
        started = first_answer(path)
        ours = Server("archdb", command(path, port := free_port(), 1), port)
        theirs = []
        for one in datasettes:
            words = [one, "serve", "-i", str(path), "--setting", "sql_time_limit_ms", "1000"]
            theirs.append(Server(one, [*words, "--port", str(port := free_port())], port))
        try:
            run = Run(path, ours, theirs)
            run.costs("compare as JSON", ".json", JSON)
            run.costs("compare as a page", "", PAGE)
            run.sql()
            run.waits()
            run.attacked()
            ours.close()
            run.ours = ours = Server("archdb", command(path, port := free_port(), 30), port)
            run.memory()
            run.line("first answer, as a multiple of `import click`", started, 6)
        finally:
            for server in (ours, *theirs):
                server.close()
    return int(run.failed)


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
