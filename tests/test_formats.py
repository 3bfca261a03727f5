"""The formats: exact where machines read, legible where people do, and safe for what is in a cell.

The files in golden/ are what commands print; `pytest --update` writes them anew.
"""

import csv
import io
import json
import re
from pathlib import Path

import pytest
from command import archdb

from archdb.cli import common
from archdb.dataset.provenance import Paper
from archdb.dataset.release import Release
from archdb.queries.result import Result
from archdb.render import formats, paper_formats

GOLDEN = Path(__file__).parent / "golden"
COMMANDS = {
    "compare_total": ("compare", "vgg16", "alexnet"),
    "compare_op": ("compare", "vgg16", "alexnet", "--by", "op"),
    "compare_resolution": ("compare", "vgg16", "alexnet", "--by", "resolution"),
    "compare_three": ("compare", "lenet5", "lenet5_modern", "nin", "--convention", "flop"),
    "show_block": ("show", "googlenet", "--by", "block"),
    "show_layer": ("show", "lenet5", "--by", "layer"),
    "list": ("list",),
    "schema": ("schema", "op_summary"),
}
#: Everything that may stand in a cell.
NASTY = Result(
    ["text", "integer", "float\n| <x>", "bytes", "year"],
    [
        ("plain", 1, 0.5, b"\x00\xff", 2014),
        (None, None, None, None, None),
        ("tab\there", 2**53 + 1, 1 / 3, b"", 1998),
        ("pipe|pipe", -(2**63), 1e-9, None, 2000),
        ('quote "quoted", comma', 2**63 - 1, 123456789.125, None, 2000),
        ("line\nfeed\r\n", 0, -0.0, None, 2000),
        ("back\\slash \\n", 12345, 1e300, None, 2000),
        ("ünïcødé × 网络 🙂", 999, 2.0, None, 2000),
        ("{%$#_&~^}", 1000, float("inf"), None, 2000),
        ("<b>&amp;</b>", 1000000, float("-inf"), None, 2000),
        ("a\x1b[31mb\x00c", 10**18, 5.0, None, 2000),
        ("", 7, 7.0, None, 2000),
    ],
)
EMPTY = Result(["a", "b"], [])
#: What a table for a paper says of a result that belongs to no network.
NOTHING = Paper({}, {}, [], Release("0.1.0", f"sha256:{'0' * 64}"), {}, False)
FORMATS = formats.FORMATS | {
    name: lambda result, form=form: form(result, NOTHING, {})
    for name, form in paper_formats.FORMATS.items()
}
each_format = pytest.mark.parametrize("form", FORMATS)


def golden(name: str, text: str, request: pytest.FixtureRequest) -> None:
    """The text must be that of the file, but for the dataset's hash: any seed may change it."""
    text = re.sub("sha256:[0-9a-f]{64}", "sha256:…", text)
    path = GOLDEN / name
    if request.config.getoption("--update"):
        path.write_text(text, "utf-8", newline="")
    assert text == path.read_bytes().decode("utf-8"), "pytest --update shows what has changed"


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_prints_what_it_printed(
    name: str, database: Path, request: pytest.FixtureRequest
) -> None:
    answer = archdb(*COMMANDS[name], database=database)
    golden(f"{name}.txt", answer.out + answer.err, request)


@each_format
def test_a_format_looks_as_it_looked(
    form: str, database: Path, request: pytest.FixtureRequest
) -> None:
    words = ("compare", "googlenet", "lenet5", "--by", "op", "--format", form)
    golden(f"format.{form}", archdb(*words, database=database).out, request)


@each_format
def test_nasty_cells(form: str, request: pytest.FixtureRequest) -> None:
    golden(f"nasty.{form}", FORMATS[form](NASTY), request)


@each_format
def test_no_rows(form: str, request: pytest.FixtureRequest) -> None:
    golden(f"empty.{form}", FORMATS[form](EMPTY), request)


def test_they_are_those_that_the_command_line_lists() -> None:
    assert tuple(FORMATS) == common.FORMATS, "in this order"
    assert tuple(paper_formats.FORMATS) == common.PAPERS


@each_format
def test_every_command_that_prints_rows_has_them_all(form: str, database: Path) -> None:
    commands = (*COMMANDS.values(), ("query", "select 1 as x"), ("check",), ("db", "info"))
    for words in commands:
        answer = archdb(*words, "--format", form, database=database)
        assert answer.status == 0, (words, answer.err)
        assert answer.out or words == ("check",) or form == "ndjson"


# What machines read is exact.


def strict(text: str) -> object:
    """JSON as the standard has it, without NaN and Infinity."""

    def refuse(word: str) -> None:
        raise AssertionError(f"{word} is no JSON")

    return json.loads(text, parse_constant=refuse)


def test_json_is_an_array_of_objects() -> None:
    found = strict(formats.json(NASTY))
    assert isinstance(found, list)
    assert [list(row) for row in found] == [NASTY.columns] * len(NASTY)
    for row, values in zip(found, NASTY.rows, strict=True):
        text, integer, number, raw, year = values
        assert (row["text"], row["integer"], row["year"]) == (text, integer, year)
        assert row["bytes"] == (None if raw is None else raw.hex())
        infinite = {float("inf"): "Infinity", float("-inf"): "-Infinity"}
        assert row["float\n| <x>"] == infinite.get(number, number)
    assert strict(formats.json(EMPTY)) == []


def test_ndjson_is_an_object_to_a_line() -> None:
    lines = formats.ndjson(NASTY).split("\n")
    assert lines.pop() == ""
    assert [strict(line) for line in lines] == strict(formats.json(NASTY))
    assert formats.ndjson(EMPTY) == ""


def test_integers_are_exact_beyond_what_a_float_can_hold() -> None:
    number = 2**53 + 1
    assert float(number) != number
    for form in ("json", "ndjson", "csv", "tsv"):
        assert str(number) in FORMATS[form](NASTY)
        assert f"{number:,}" not in FORMATS[form](NASTY)
    for form in ("table", "markdown", "latex"):
        assert f"{number:,}" in FORMATS[form](NASTY)


def test_csv_is_read_back_as_it_was() -> None:
    header, *rows = csv.reader(io.StringIO(formats.csv(NASTY), newline=""))
    assert header == NASTY.columns
    assert [row[0] for row in rows] == [values[0] or "" for values in NASTY.rows]
    assert [row[1] for row in rows] == [
        "" if integer is None else str(integer) for _, integer, *_ in NASTY.rows
    ]
    assert float(rows[2][2]) == 1 / 3


def test_tsv_has_a_line_for_each_row_and_escapes_that_can_be_undone() -> None:
    lines = formats.tsv(NASTY).split("\n")
    assert lines.pop() == ""
    assert len(lines) == 1 + len(NASTY)
    assert all(len(line.split("\t")) == len(NASTY.columns) for line in lines)
    undo = {"\\t": "\t", "\\n": "\n", "\\r": "\r", "\\\\": "\\"}
    for line, (text, *_) in zip(lines[1:], NASTY.rows, strict=True):
        cell, read = line.split("\t")[0], ""
        while cell:
            step = 2 if cell[:2] in undo else 1
            read, cell = read + undo.get(cell[:step], cell[:step]), cell[step:]
        assert read == (text or "")


# What people read is aligned, and nothing in a cell can break it.


def test_a_table_has_a_line_for_each_row() -> None:
    lines = formats.table(NASTY).split("\n")
    assert len(lines) == 2 + len(NASTY) + 1
    assert "\x1b" not in formats.table(NASTY)


def test_a_markdown_table_has_the_same_columns_in_every_line() -> None:
    table, notes = FORMATS["markdown"](NASTY).split("\n\n")
    lines = table.split("\n")
    assert len(lines) == 2 + len(NASTY)
    assert all(note.startswith("- ") for note in notes.strip().split("\n"))
    for line in lines:
        bars = line.replace("\\\\", "").replace("\\|", "")
        assert bars.count("|") == len(NASTY.columns) + 1, line


def test_latex_escapes_what_it_would_take_for_commands() -> None:
    text = FORMATS["latex"](NASTY)
    assert r"\textbraceleft{}\%\$\#\_\&\textasciitilde{}\textasciicircum{}" in text
    assert r"back\textbackslash{}slash" in text
    assert r"{\"{u}}n{\"{\i}}c{\o}d{\'{e}} $\times$" in text
    assert r"$1.00\times10^{-9}$" in text
    body = text.split("\\midrule\n")[1].split("  \\bottomrule")[0].splitlines()
    assert len(body) == len(NASTY)
    for line in body:
        cells = line.replace("\\&", "").removesuffix(r" \\").split(" & ")
        assert len(cells) == len(NASTY.columns), line
    assert r"\begin{tabular}{@{}lrrlr@{}}" in text, "numbers to the right"


def test_years_are_names_and_have_no_separators() -> None:
    assert "2014" in formats.table(NASTY)
    assert "2,014" not in formats.table(NASTY)


def test_html_shows_cells_and_runs_none() -> None:
    result = Result(["<i>", "b"], [("<script>x</script>", 1)], notes=["<note>"], pairs=[])
    text = formats.html(result)
    assert "<script" not in text
    assert "&lt;script&gt;x&lt;/script&gt;" in text
    assert "&lt;i&gt;" in text
    assert "<p>&lt;note&gt;</p>" in text


def test_html_makes_the_larger_of_a_pair_bold() -> None:
    result = Result(
        ["a", "b", "c"], [(1, 2, 3), (2, 2, 3), (None, 2, 3), (5, 2, 3)], pairs=[(0, 1)]
    )
    text = formats.html(result)
    assert text.count("<b>") == 2
    assert "<b>2</b>" in text
    assert "<b>5</b>" in text
