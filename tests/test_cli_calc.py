"""archdb calc: a command for every op, its options read from words, no database."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from command import archdb, process, refused
from op_cases import CASES

import archdb as package
from archdb.errors import UsageError
from archdb.model.attribute_text import value
from archdb.model.shape import axes_of, text
from archdb.ops import REGISTRY

CONV = ("calc", "conv2d", "--input", "3x227x227", "--filters", "96", "--kernel", "11")
STRIDED = (*CONV, "--stride", "4")

#: Words say extents alone, so a sequence whose channels stand first cannot be said.
FIRST = ("channel", "sequence")
CALCULABLE = [
    case
    for case in CASES
    if case.op.known and not case.op.source and FIRST not in map(axes_of, case.inputs)
]


def word(attribute: Any) -> str:
    """A value as it is typed."""
    if isinstance(attribute, bool):
        return str(attribute).lower()
    if isinstance(attribute, tuple) and all(isinstance(item, int) for item in attribute):
        return ",".join(map(str, attribute))
    return json.dumps(attribute) if isinstance(attribute, tuple) else str(attribute)


def words(case: Any) -> list[str]:
    given = [item for shape in case.inputs for item in ("--input", text(shape))]
    for name, attribute in case.op.attributes().items():
        if attribute is not None:
            written = word(attribute)
            if isinstance(attribute, tuple) and len(attribute) == 1:
                written = json.dumps(attribute)
            given += [f"--{name.replace('_', '-')}", written]
    return ["calc", case.op.name, *given]


@pytest.mark.parametrize("case", CALCULABLE, ids=lambda case: case.op.name)
def test_every_op_is_calculated_from_words(case: Any) -> None:
    answer = archdb(*words(case), "--format", "json")
    assert answer.status == 0, answer.err
    rows = json.loads(answer.out)
    assert [list(row) for row in rows] == [["quantity", "unit", "value"]] * len(rows)
    found = {row["quantity"]: row["value"] for row in rows}
    assert len(found) == len(rows), "each quantity once"
    assert found["output"] == text(case.out)
    params = {role: found[f"{role}_params"] for role in ("weight", "bias", "norm")}
    params["buffer"] = found["buffers"]
    assert {role: count for role, count in params.items() if count} == case.params
    assert {kind: found[kind] for kind in case.work._asdict()} == case.work._asdict()


@pytest.mark.parametrize("case", CALCULABLE, ids=lambda case: case.op.name)
def test_every_op_is_explained(case: Any) -> None:
    answer = archdb(*words(case), "--explain")
    assert answer.status == 0, answer.err
    rows = json.loads(archdb(*words(case), "--explain", "--format", "json").out)
    assert list(rows[0]) == ["quantity", "formula", "numbers", "result", "rule"]
    assert all(row["rule"] for row in rows)


def test_an_op_has_its_command_by_existing() -> None:
    shown = archdb("calc", "--help").out
    for name, op in REGISTRY.items():
        listed = f"\n  {name} " in shown
        assert listed is (op.known and not op.source), name


def test_its_options_are_what_it_declares() -> None:
    for name, op in REGISTRY.items():
        if not op.known or op.source:
            continue
        shown = archdb("calc", name, "--help").out
        for attribute in op.declaration.attributes:
            assert f"--{attribute.replace('_', '-')} VALUE" in shown, name


def test_the_first_layer_of_alexnet_on_paper() -> None:
    answer = archdb(*STRIDED, "--explain")
    assert "⌊(227 − 11 + 2·0)/4⌋ + 1 = 55\n" in answer.out
    assert "Dumoulin and Visin 2016, relationship 6" in answer.out
    assert "96·3·11·11 = 34,848\n" in answer.out
    assert "55·55·96·3·11·11 = 105,415,200\n" in answer.out
    assert answer.err == ""


@pytest.mark.parametrize("form", ["json", "csv", "tsv", "ndjson", "markdown", "latex", "table"])
@pytest.mark.parametrize("more", [(), ("--explain",)], ids=["figures", "steps"])
def test_all_formats(form: str, more: tuple[str, ...]) -> None:
    answer = archdb(*STRIDED, *more, "--format", form)
    assert answer.status == 0, answer.err
    assert "34848" in answer.out.replace(",", "")


def test_machine_formats_keep_integers_exact() -> None:
    rows = [json.loads(line) for line in archdb(*STRIDED, "--format", "ndjson").out.splitlines()]
    assert {"quantity": "macs", "unit": "MAC", "value": 105_415_200} in rows


# Words


READ = [
    ("11", 11),
    ("-1", -1),
    ("0.5", 0.5),
    (".5", 0.5),
    ("1e-5", 1e-5),
    ("true", True),
    ("false", False),
    ("same", "same"),
    ("3x5", [3, 5]),
    ("3×5", [3, 5]),
    ("3,5", [3, 5]),
    ("1,1,2,2", [1, 1, 2, 2]),
    ("4,-1", [4, -1]),
    ("[3, 5]", [3, 5]),
    ("[[0, 1], [2]]", [[0, 1], [2]]),
    ("[3, 5", "[3, 5"),
    ("3x", "3x"),
    ("x", "x"),
    ("", ""),
    ("1_1", "1_1"),
    ("٣", "٣"),
    ("inf", "inf"),
    ("9" * 5000, "9" * 5000),
    ("[" * 100_000, "[" * 100_000),
]


@pytest.mark.parametrize(("written", "meant"), READ, ids=lambda each: str(each)[:20])
def test_words_are_read(written: str, meant: Any) -> None:
    assert value(written) == meant
    assert isinstance(value(written), type(meant))  # of a float, perhaps with its digits
    assert isinstance(value(written), bool) is isinstance(meant, bool)


@pytest.mark.parametrize("pair", ["3x5", "3,5", "[3, 5]", "3×5"])
def test_a_pair_is_height_and_width(pair: str) -> None:
    said = ("--input=1x9x9", "--stride=1", "--rounding=floor")
    answer = archdb("calc", "max_pool2d", *said, "--kernel", pair)
    assert f"1x{9 - 3 + 1}x{9 - 5 + 1}" in answer.out


# What is refused


WRONG = [  # op and its right words, the wrong ones, signs in the message, status
    ("--kernel 3", "--filters 0", "conv2d: 'filters' needs a positive integer, got 0", 2),
    ("--filters 7", "--kernel 3,3,3", "needs a positive integer or [height, width], got [3, 3", 2),
    ("--filters 7", "--kernel 3.5", "got 3.5", 2),
    ("--filters 7", "--kernel three", "got 'three'", 2),
    ("--filters 7 --kernel 3", "--padding SAME", "same or valid, got 'SAME'", 2),
    ("--filters 7 --kernel 3", "--padding -1", "got -1", 2),
    ("--filters 7 --kernel 3", "--rounding up", "one of floor, ceil, got 'up'", 2),
    ("--filters 7 --kernel 3", "--bias maybe", "true or false, got 'maybe'", 2),
    ("--filters 7 --kernel 3", "--stride 0", "got 0", 2),
    ("--filters 7", "--kernel 99999999999", "'kernel' is too large: at most 2147483647", 2),
    ("--filters 7", "", "'kernel' is missing\n  it needs a positive integer", 2),
    ("--filters 7 --kernel 3", "--groups 2", "3 channels and 7 filters do not divide into 2", 1),
    ("--filters 7 --kernel 3", "--input 3x9x9", "takes 1 input(s), got 2", 1),
    ("--filters 7", "--kernel 29", "a 29×29 window does not fit the 9×9 map", 1),
]


@pytest.mark.parametrize(("right", "wrong", "sign", "status"), WRONG)
def test_an_invalid_attribute_is_answered_by_the_op(
    right: str, wrong: str, sign: str, status: int
) -> None:
    given = ("calc", "conv2d", "--input", "3x9x9", *right.split(), *wrong.split())
    refused(archdb(*given), sign, status=status)


@pytest.mark.parametrize(
    "shape", ["", "3xx9", "0x9x9", "-3x9x9", "1x2x3x4x5x6x7", "3.5", "nine", "true"]
)
def test_a_malformed_input_is_refused(shape: str) -> None:
    answer = archdb("calc", "relu", f"--input={shape}")
    refused(answer, "'input' needs [channels, height, width]", status=2)


def test_no_input_is_wrong_usage() -> None:
    refused(archdb("calc", "relu"), "Missing option '--input'", status=2)


def test_a_misspelt_op_is_answered_with_the_nearest() -> None:
    refused(archdb("calc", "conv", "--input", "3x9x9"), "No such op 'conv'.", "conv2d", status=2)
    refused(archdb("calc", "qqqq"), "archdb calc --help lists all ops", status=2)


@pytest.mark.parametrize("op", ["input", "unknown"])
def test_what_has_no_input_or_no_facts_has_no_command(op: str) -> None:
    refused(archdb("calc", op, "--input", "3x9x9"), f"No such op '{op}'.", status=2)


def test_a_misspelt_option_is_answered_with_the_nearest() -> None:
    refused(archdb(*CONV, "--strid", "4"), "--stride", status=2)


def test_attributes_that_do_not_go_together() -> None:
    refused(archdb("calc", "lrn", "--input", "3x9x9", "--size", "4"), "must be odd", status=2)


HUGE = str(2**31 - 1)


def test_a_count_beyond_64_bits_is_refused() -> None:
    size = f"{HUGE}x{HUGE}x{HUGE}"
    refused(archdb("calc", "relu", "--input", size), "a count exceeds 64 bits")


def test_extents_do_not_cost_time_or_memory() -> None:
    """All rules are closed forms: bins of two thousand millions are as quick as two."""
    answer = archdb("calc", "adaptive_avg_pool2d", "--input", "1x7x1", "--bins", f"{HUGE},1")
    assert answer.status == 0, answer.err
    assert f"1x{HUGE}x1" in answer.out


# What it does without


def test_no_database_is_opened_or_made(tmp_path: Path) -> None:
    missing = tmp_path / "missing" / "archdb.sqlite"
    answer = process(*STRIDED, database=missing, env={"XDG_DATA_HOME": str(tmp_path)})
    assert answer.status == 0, answer.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("more", [[], ["--explain"]], ids=["figures", "steps"])
def test_nothing_of_a_database_is_imported(more: list[str]) -> None:
    """Start-up counts: it is most of what the command costs."""
    code = (
        "import sys\nfrom archdb.cli import main\n"
        f"main({[*STRIDED, *more]!r}, standalone_mode=False)\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    env = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True, env=env
    )
    loaded = set(run.stderr.split())
    assert "archdb.ops" in loaded
    assert not loaded & {"sqlite3", "sqlalchemy", "alembic", "archdb.db", "archdb.blocks"}


# Several layers in a line

LINE = "conv2d filters=20 kernel=1, relu, conv2d filters=55 kernel=5 padding=2"


def chain(text: str, shape: str) -> list[dict[str, Any]]:
    answer = archdb("calc", text, "--input", shape, "--format", "json")
    assert answer.status == 0, answer.err
    found: list[dict[str, Any]] = json.loads(answer.out)
    return found


def test_layers_in_a_line() -> None:
    """A 1×1 that narrows before a 5×5: szegedy2015's argument, on paper."""
    first, second = 20 * (200 + 1), 55 * (20 * 25 + 1)
    macs = (20 * 200 * 30 * 40, 55 * 20 * 25 * 30 * 40)
    names = ("layer", "op", "output", "params", "macs")
    assert [tuple(row[name] for name in names) for row in chain(LINE, "200x30x40")] == [
        ("input", "input", "200x30x40", 0, 0),
        ("conv2d", "conv2d", "20x30x40", first, macs[0]),
        ("relu", "relu", "20x30x40", 0, 0),
        ("conv2d_2", "conv2d", "55x30x40", second, macs[1]),
        ("total", None, "55x30x40", first + second, sum(macs)),
    ]


def test_fields_grow_along_the_line() -> None:
    middle = "max_pool2d kernel=2 stride=2 padding=same"
    line = f"conv2d filters=2 kernel=3,5, {middle}, conv2d filters=2 kernel=3"
    fields = [(r["receptive_field_h"], r["receptive_field_w"]) for r in chain(line, "3x29x31")]
    pool = (3 + 1, 5 + 1)
    last = (pool[0] + 2 * 2, pool[1] + 2 * 2)
    assert fields == [(1, 1), (3, 5), pool, last, last]


def test_a_line_without_fields_says_why() -> None:
    answer = archdb("calc", "linear units=3, relu", "--input", "7")
    assert answer.err.startswith("note: no receptive field from input on: ")


@pytest.mark.parametrize(
    ("line", "ops"),
    [
        ("relu,relu", ["relu", "relu"]),
        ("conv2d filters=2 kernel=3,5 padding=1,1,2,2,relu", ["conv2d", "relu"]),
        (
            "partial_conv2d filters=2 kernel=1 connections=[[0,1],[2]], tanh",
            ["partial_conv2d", "tanh"],
        ),
        (" relu , dropout  rate=0.5 ", ["relu", "dropout"]),
        ("relu, ", None),
        ("permute order=2,1,0, relu", ["permute", "relu"]),
        ('reshape shape=[3,9,9] axis_names=["channel","height","width"],relu', ["reshape", "relu"]),
    ],
)
def test_where_a_layer_ends(line: str, ops: list[str] | None) -> None:
    if ops is None:
        refused(archdb("calc", line, "--input", "3x9x9"), "layer 2: there is none", status=2)
    else:
        assert [row["op"] for row in chain(line, "3x9x9")] == ["input", *ops, None]


def test_how_each_layer_of_a_line_is_worked_out() -> None:
    answer = archdb("calc", LINE, "--input", "200x30x40", "--explain")
    assert answer.out.startswith("conv2d\n──────\n\nConvolution")
    assert "\nconv2d_2\n────────\n\nConvolution" in answer.out
    assert "= 30·40·55·20·5·5 = 33,000,000\n" in answer.out
    given = ("--explain", "--format", "json")
    rows = json.loads(archdb("calc", LINE, "--input", "200x30x40", *given).out)
    assert list(rows[0]) == ["layer", "quantity", "formula", "numbers", "result", "rule"]
    assert [row["layer"] for row in rows if row["quantity"] == "macs"] == ["conv2d", "conv2d_2"]
    assert {row["layer"] for row in rows} == {"conv2d", "relu", "conv2d_2"}


@pytest.mark.parametrize(
    ("line", "shape", "sign", "status"),
    [
        ("relu, rleu", "3x9x9", "layer 2: there is no op 'rleu'", 2),
        ("relu, input shape=3", "3x9x9", "layer 2: there is no op 'input'", 2),
        ("relu, conv2d filters=2 kernal=3", "3x9x9", "did you mean kernel", 2),
        ("conv2d filters=2 3", "3x9x9", "'3' is no attribute\n  write NAME=VALUE", 2),
        ("conv2d kernel=3, relu", "3x9x9", "layer 1: conv2d: 'filters' is missing", 2),
        ("conv2d filters=2 kernel=3, conv2d filters=2 kernel=9", "3x9x9", "layer 'conv2d_2'", 1),
        ("relu, add", "3x9x9", "layer 'add' (add): takes", 1),
        ("relu, relu", "3xx9", "'input' needs [channels, height, width]", 2),
    ],
)
def test_a_line_that_cannot_be(line: str, shape: str, sign: str, status: int) -> None:
    refused(archdb("calc", line, "--input", shape), sign, status=status)


def test_a_line_reads_one_input() -> None:
    refused(archdb("calc", LINE), "Missing option '--input'", status=2)
    answer = archdb("calc", LINE, "--input", "3x9x9", "--input", "3x9x9")
    refused(answer, "layers in a line read one input", status=2)


def test_same_padding_asks_for_no_rounding() -> None:
    for op, shape in (("max_pool2d", "3x9x9"), ("avg_pool1d", "9x3"), ("max_pool3d", "3x9x9x9")):
        given = ("--input", shape, "--kernel", "2", "--stride", "2")
        assert archdb("calc", op, *given, "--padding", "same").status == 0
        refused(archdb("calc", op, *given), "'rounding' is missing", status=2)


def test_the_same_in_python() -> None:
    found = package.calc(LINE, "200x30x40")
    assert found.to_dicts() == chain(LINE, "200x30x40")
    assert found.schema[found.at("macs") or 0].unit == "MAC"
    assert package.calc(LINE, (200, 30, 40)).rows == found.rows
    assert "conv2d_2\n─" in str(package.calc(LINE, "200x30x40", explained=True))
    assert package.calc("relu", "3x9x9").columns == ["quantity", "unit", "value"]
    with pytest.raises(UsageError, match="each says its own attributes"):
        package.calc(LINE, "3x9x9", filters=3)
