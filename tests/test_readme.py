"""Every block of README.md and docs/*.md is run, and its output is what the page shows.

The blocks of a page run in their order, in one empty directory with one empty home:

    console     commands behind `$ ` (continued behind `> `), each followed by what it prints
    sql         a statement for `archdb query`
    python      a program of its own
    text        what the sql or python block above it prints
    toml NAME   a file of that name, which a later command of the page must use

There is a file `my_model.onnx`, which PyTorch wrote of torchvision's ResNet-18.

A block of any other kind fails, so none can be added that is not run. The two command lines
that set archdb up are run by test_wheel.py and .ci/run; of the first, the last part runs here
too. `pytest --update` rewrites the outputs in place.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from onnx_writer import exported

from archdb.db import build

WHOLE_CATALOGUE = True

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^```(?P<words>\S.*)\n(?P<body>(?:(?!```).*\n)*?)```$", re.MULTILINE)
SET_UP, INSTALL = "python3 -m venv ", "pip install "


class Block(NamedTuple):
    """A fenced block; `start` and `end` are the places of its body in the page's text."""

    kind: str
    name: str
    body: str
    start: int
    end: int


class Command(NamedTuple):
    """A command of a console block, the lines that show it, and what it is shown to print."""

    words: str
    shown: str
    output: str


def blocks(page: Path) -> list[Block]:
    return [
        Block(*(match["words"] + " ").split(" ", 1), match["body"], *match.span("body"))
        for match in FENCE.finditer(page.read_text("utf-8"))
    ]


def commands(body: str) -> list[Command]:
    """The commands of a console block."""
    assert body.startswith("$ "), "a console block begins with a command behind '$ '"
    found = []
    for part in re.split(r"^(?=\$ )", body, flags=re.MULTILINE)[1:]:
        shown = re.match(r"\$ .*\n(?:> .*\n)*", part)[0]
        words = re.sub(r"^[$>] ", "", shown, flags=re.MULTILINE).rstrip("\n")
        found.append(Command(words, shown, part.removeprefix(shown)))
    return found


def missing(words: str) -> str:
    """What a command needs that is not installed here, if anything."""
    if words.startswith("sqlite3") and shutil.which("sqlite3") is None:
        return "the sqlite3 shell"
    if words.startswith("archdb plot") and importlib.util.find_spec("matplotlib") is None:
        return "matplotlib"
    return ""


class Terminal:
    """One page's blocks, run in order as far as they are asked for."""

    def __init__(
        self, page: Path, directory: Path, default: Path | None = None, fonts: Path | None = None
    ) -> None:
        self.page, self.here, self.home = page, directory / "here", directory / "home"
        self.fonts = fonts or directory
        self.data = self.home / ".local" / "share"
        self.here.mkdir(parents=True)
        (self.data / "archdb").mkdir(parents=True)
        if default is not None:
            shutil.copy(default, self.data / "archdb")
        (self.here / "my_model.onnx").write_bytes(exported("resnet18_torchscript"))
        self.done: list[str] = []

    def actual(self, index: int) -> str:
        """What the block at `index` should show: its own body, outputs replaced by true ones."""
        while len(self.done) <= index:
            self.done.append(self.run(blocks(self.page), len(self.done)))
        return self.done[index]

    def run(self, page: list[Block], index: int) -> str:
        block = page[index]
        if block.kind == "console":
            return "".join(c.shown + self.console(c) for c in commands(block.body))
        if block.kind == "toml":
            (self.here / block.name.strip()).write_text(block.body, "utf-8")
        if block.kind == "text":
            above = page[index - 1]
            words = {"sql": ["archdb", "query", "--file", "-"], "python": [sys.executable, "-"]}
            return self.shell(words[above.kind], above.body)
        return block.body

    def console(self, command: Command) -> str:
        words = command.words
        if words.startswith((SET_UP, INSTALL)):
            words = words.split(" && ")[-1].removeprefix(".venv/bin/")
            if not words.startswith("archdb"):
                return command.output
            if command.words.startswith(SET_UP):
                shutil.rmtree(self.data)  # this is its first use
        if missing(words):
            return command.output
        if words.endswith("archdb serve --open"):
            return self.service()
        return self.shell(["sh", "-c", words])

    def service(self) -> str:
        """What a service says when it has begun, at the usual port instead of a free one."""
        words = [sys.executable, "-m", "archdb", "serve", "--port", "0"]
        with subprocess.Popen(
            words, env=self.environment(), stderr=subprocess.PIPE, encoding="utf-8"
        ) as begun:
            said = begun.stderr.readline()
            begun.terminate()
        return re.sub(r":\d+/", ":8765/", said)

    def environment(self) -> dict[str, str]:
        place = {"HOME": str(self.home), "XDG_DATA_HOME": str(self.data)}
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        env = {k: v for k, v in os.environ.items() if not k.startswith("ARCHDB")}
        env |= place | {"PATH": path, "COLUMNS": "80", "PYTHONUTF8": "1"}
        return env | {"ARCHDB_TIMEOUT": "600", "MPLCONFIGDIR": str(self.fonts)}

    def shell(self, words: list[str], given: str = "") -> str:
        """Both streams of a command, as a terminal shows them to someone called you."""
        done = subprocess.run(
            words,
            input=given,
            cwd=self.here,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            check=False,
        )
        output = done.stdout.replace(str(self.home), "/home/you")
        assert done.returncode == 0 or "Error: " in output, f"{words} failed:\n{output}"
        return output


ALL = [(page, index) for page in PAGES for index in range(len(blocks(page)))]


@pytest.fixture(scope="module")
def terminals(tmp_path_factory: pytest.TempPathFactory) -> dict[Path, Terminal]:
    """A terminal for each page, with a default database already made."""
    default = tmp_path_factory.mktemp("default") / "archdb.sqlite"
    build.create(default)
    fonts = tmp_path_factory.mktemp("fonts")
    if importlib.util.find_spec("matplotlib") is not None:
        words = [sys.executable, "-c", "import matplotlib.font_manager"]
        subprocess.run(words, env={**os.environ, "MPLCONFIGDIR": str(fonts)}, check=True)
    return {
        page: Terminal(page, tmp_path_factory.mktemp(page.stem), default, fonts) for page in PAGES
    }


@pytest.mark.parametrize(("page", "index"), ALL, ids=[f"{p.name}-{i}" for p, i in ALL])
def test_block(
    page: Path, index: int, terminals: dict[Path, Terminal], request: pytest.FixtureRequest
) -> None:
    block = blocks(page)[index]
    actual = terminals[page].actual(index)
    if request.config.getoption("--update", default=False):
        text = page.read_text("utf-8")
        page.write_text(text[: block.start] + actual + text[block.end :], "utf-8")
    else:
        assert actual == block.body
    lacking = {missing(c.words) for c in commands(block.body)} if block.kind == "console" else set()
    if any(lacking):
        pytest.skip(f"some commands did not run, for want of {', '.join(filter(None, lacking))}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_block_escapes(page: Path) -> None:
    """Every fence belongs to a block of a kind that is run, and no code is written otherwise."""
    text, found = page.read_text("utf-8"), blocks(page)
    assert len(re.findall(r"^\s*(?:```|~~~)", text, re.MULTILINE)) == 2 * len(found)
    assert not re.search(r"^(?: {4}|\t)", FENCE.sub("", text), re.MULTILINE), "indented code"
    kinds = ["", *(block.kind for block in found), ""]
    for before, kind in pairwise(kinds):
        assert kind in ("", "console", "sql", "python", "text", "toml")
        assert (kind == "text") == (before in ("sql", "python")), f"{kind} follows {before}"
    for block in found:
        if block.kind == "toml":
            later = "".join(b.body for b in found if b.kind == "console" and b.start > block.end)
            assert block.name.strip(), "a toml block is given a file's name: ```toml NAME"
            assert block.name.strip() in later, f"no command uses {block.name}"


def set_up_lines() -> list[str]:
    """The README's command lines that make a virtual environment, the use before the tests."""
    found = [b.body for b in blocks(ROOT / "README.md") if b.kind == "console"]
    return [c.words for body in found for c in commands(body) if c.words.startswith(SET_UP)]


def test_the_readme_sets_up_by_two_command_lines_and_nothing_else_does() -> None:
    use, test = set_up_lines()
    assert [page.name for page in PAGES[1:] if f"$ {SET_UP}" in page.read_text("utf-8")] == []
    assert use.endswith(" && .venv/bin/archdb compare vgg16 alexnet")
    assert test.endswith(" && .venv/bin/pytest -n auto")


def test_ci_runs_the_command_line_of_the_readme() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    assert set_up_lines()[1] in [line.strip() for line in lines]


def test_a_changed_output_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ echo 1\n2\n$ echo 3 |\n> cat\n3\n```\n", "utf-8")
    assert Terminal(page, tmp_path / "run").actual(0) == "$ echo 1\n1\n$ echo 3 |\n> cat\n3\n"
