"""What a person sees: aligned tables, separators, the larger of a pair; and no digit ever lost."""

import re
import subprocess
from pathlib import Path

import pytest
from command import ESCAPE, command, process, terminal

pytest.importorskip("termios", reason="there are no pseudo-terminals here")

#: vgg16 has this many multiply-accumulates: its convolutions, then its three linear layers.
VGG16_MACS = (
    *(64 * 27 * 224**2, 64 * 64 * 9 * 224**2, 128 * 64 * 9 * 112**2, 128 * 128 * 9 * 112**2),
    *(256 * 128 * 9 * 56**2, 2 * 256 * 256 * 9 * 56**2),
    *(512 * 256 * 9 * 28**2, 2 * 512 * 512 * 9 * 28**2, 3 * 512 * 512 * 9 * 14**2),
    *(4096 * 25088, 4096 * 4096, 1000 * 4096),
)


def shown(*words: str, database: Path, columns: int) -> str:
    """The screen without styles; a terminal that is too narrow has broken lines."""
    answer = terminal(*words, database=database, columns=columns)
    assert answer.status == 0
    return ESCAPE.sub("", answer.out)


def test_columns_are_aligned_and_grouped_by_thousands(database: Path) -> None:
    lines = shown("compare", "vgg16", "alexnet", database=database, columns=120).splitlines()
    macs = next(line for line in lines if line.startswith("macs"))
    params = next(line for line in lines if line.startswith("params"))
    assert f"{sum(VGG16_MACS):,}" in macs
    header = lines[0]
    end = header.index("vgg16") + len("vgg16")
    assert params[:end].endswith("138,357,544"), "numbers end under the end of their name"
    assert macs[:end].endswith(f"{sum(VGG16_MACS):,}")
    assert params.index("parameters") == header.index("unit"), "words begin under its beginning"


def test_the_larger_of_a_pair_stands_out(database: Path) -> None:
    screen = terminal("compare", "vgg16", "alexnet", database=database).out
    styled = {ESCAPE.sub("", s).strip() for s in re.findall(r"\x1b\[1;36m(.*?)\x1b\[0m", screen)}
    assert f"{sum(VGG16_MACS):,}" in styled
    assert f"{5 * 96 * 55 * 55:,}" not in styled
    assert "60,965,224" not in styled, "the smaller one does not"
    assert "954,048" in styled, "also where it is the second: alexnet multiplies in its LRN"
    assert "32" not in styled, "nor does one of two that are equal"


def test_three_networks_have_no_larger_one(database: Path) -> None:
    screen = terminal("compare", "vgg16", "alexnet", "nin", database=database).out
    assert "\x1b[1;36m" not in screen


@pytest.mark.parametrize("columns", [60, 80, 100, 132])
@pytest.mark.parametrize("by", ["total", "op", "block", "layer"])
def test_a_row_is_a_line_and_a_number_is_whole_or_left_out(
    columns: int, by: str, database: Path
) -> None:
    words = ("compare", "vgg16", "alexnet", "googlenet", "--by", by)
    wide = process(*words, database=database).out
    screen = shown(*words, database=database, columns=columns).splitlines()
    rows = [line for line in screen if not line.startswith(("note:", " "))]
    assert all(len(line) <= columns for line in rows)
    keys = [line.split()[0] for line in wide.splitlines()[2:]]
    assert [line.split()[0] for line in rows[-len(keys) :]] == keys
    numbers = set(re.findall(r"\d[\d,]{4,}\d", wide))
    assert set(re.findall(r"\d[\d,]{4,}\d", "\n".join(rows))) <= numbers


def test_columns_without_room_are_named_and_can_be_had(database: Path) -> None:
    words = ("compare", "vgg16", "alexnet", "googlenet", "--by", "block")
    screen = shown(*words, database=database, columns=60)
    assert "note: no room for " in screen
    assert "--columns" in screen
    whole = shown(*words, "--columns", "all", database=database, columns=60)
    assert "no room" not in whole
    wide = process(*words, database=database).out
    assert set(re.findall(r"\d[\d,]*", wide)) <= set(re.findall(r"\d[\d,]*", whole))
    chosen = process(*words, "--columns", "block,vgg16 params", database=database)
    assert chosen.out.splitlines()[0].split("  ")[0] == "block"
    assert "alexnet" not in chosen.out.splitlines()[0]
    refused = process(*words, "--columns", "blok", database=database)
    assert (refused.status, "did you mean block?" in refused.err) == (2, True)


def test_prose_is_cut_at_its_end(database: Path) -> None:
    screen = shown("schema", "op_summary", database=database, columns=90)
    assert max(map(len, screen.splitlines())) <= 90
    assert "…" in screen
    whole = shown("schema", "op_summary", "--format", "vertical", database=database, columns=90)
    assert "trainable subsampling coefficients" in " ".join(whole.split())


def test_what_is_longer_than_the_screen_goes_through_the_pager(
    database: Path, tmp_path: Path
) -> None:
    seen = tmp_path / "seen"
    pager = tmp_path / "pager"
    pager.write_text(f"#!/bin/sh\ncat > {seen}\n")
    pager.chmod(0o755)
    words = ("show", "googlenet", "--by", "layer")
    terminal(*words, database=database, env={"PAGER": str(pager)})
    assert "inception_5b" in seen.read_text("utf-8")
    seen.unlink()
    plain = terminal(*words, database=database, env={"PAGER": str(pager), "NO_PAGER": "1"})
    assert "inception_5b" in plain.out
    assert not seen.exists()
    short = ("compare", "nin", "alexnet", "--by", "op")
    terminal(*short, database=database, env={"PAGER": str(pager)})
    assert not seen.exists(), "it fits"


def test_a_name_that_looks_like_markup_is_shown_as_it_is(database: Path) -> None:
    screen = shown("query", "select '[bold]x[/bold]' as '[red]'", database=database, columns=80)
    assert screen.split() == ["[red]", "─" * 14, "[bold]x[/bold]"]


def test_control_characters_do_not_reach_the_terminal(database: Path) -> None:
    statement = "select 'a' || char(27) || '[31m' || char(7) || 'b' as x"
    screen = terminal("query", statement, database=database).out
    assert "\x1b[31m" not in screen
    assert "\x07" not in screen


def test_the_first_use_shows_progress_and_takes_it_away(tmp_path: Path) -> None:
    screen = terminal("list", "nin", columns=200, env={"XDG_DATA_HOME": str(tmp_path)}).out
    assert "creating" in screen
    assert "deriving" in screen
    assert screen.rindex("\x1b[?25h") > screen.rindex("\x1b[?25l"), "the cursor is back"
    assert screen.rindex("\x1b[2K") > screen.rindex("deriving"), "and the bar is gone"


FAILING = """
from archdb.cli import main
from archdb.db import writer
from archdb.errors import ArchdbError
put, stored = writer.insert_seed, []
def put_some(*arguments):
    put(*arguments)
    stored.append(arguments)
    if len(stored) == 9:
        raise {}
writer.insert_seed = put_some
main()
"""


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [("ArchdbError('made to fail')", 1, "made to fail"), ("KeyboardInterrupt", 130, "interrupted")],
)
def test_a_failure_half_way_gives_the_cursor_back(
    error: str, status: int, said: str, tmp_path: Path
) -> None:
    env = {"XDG_DATA_HOME": str(tmp_path)}
    answer = terminal("list", "nin", columns=200, env=env, script=FAILING.format(error))
    assert answer.status == status
    assert said in answer.out
    assert "Traceback" not in answer.out
    assert answer.out.rindex("\x1b[?25h") > answer.out.rindex("\x1b[?25l")


def test_no_progress_in_a_pipe(tmp_path: Path) -> None:
    answer = process("list", "nin", env={"XDG_DATA_HOME": str(tmp_path)})
    assert answer.status == 0
    assert answer.err.count("\n") == 1
    assert "\x1b" not in answer.out + answer.err


def test_a_reader_who_has_had_enough_is_no_error(database: Path) -> None:
    words = command("query", "select * from layer_summary", "--format", "csv", database=database)
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.read(100)
        running.stdout.close()
        assert b"Traceback" not in running.stderr.read()


@pytest.mark.parametrize("encoding", ["ascii", "cp1252", "latin-1"])
def test_a_pipe_is_utf8_whatever_the_locale(encoding: str, database: Path) -> None:
    answer = process("list", "alexnet", database=database, env={"PYTHONIOENCODING": encoding})
    assert answer.status == 0
    assert "227×227" in answer.out


def test_an_output_that_cannot_be_written_is_said(database: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("there is no /dev/full here")
    with full.open("w") as output:
        words = command("list", database=database)
        done = subprocess.run(words, stdout=output, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "Error: the output cannot be written: No space left on device\n"
