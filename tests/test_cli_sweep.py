"""archdb sweep: a row for each point, printed as it comes, and nothing kept."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from command import archdb, files, refused, terminal

import archdb as package
from archdb.errors import DatabaseError
from archdb.queries import sweep as sweeping
from archdb.queries.sweep import COLUMNS, MOST, columns


def swept(database: Path, *words: str) -> list[dict[str, Any]]:
    answer = archdb("sweep", *words, "--format", "json", database=database)
    assert answer.status == 0, answer.err
    rows: list[dict[str, Any]] = json.loads(answer.out)
    return rows


def test_a_row_for_each_size(built: Path) -> None:
    rows = swept(built, "resnet50", "--input", "128..256:32")
    assert [row["input"] for row in rows] == [f"3x{n}x{n}" for n in (128, 160, 192, 224, 256)]
    assert {row["params"] for row in rows} == {25_557_032}
    assert [row["macs"] for row in rows] == sorted(row["macs"] for row in rows)


def test_each_point_is_what_show_says(database: Path) -> None:
    for row in swept(database, "vgg16", "resnet34", "--input", "192,3x256x224"):
        words = ("show", row["architecture"], "--input", row["input"], "--format", "json")
        answer = archdb(*words, database=database)
        shown = {r["quantity"]: r[row["architecture"]] for r in json.loads(answer.out)}
        figures = set(COLUMNS) - {"architecture"}
        assert {column: row[column] for column in figures} == {c: shown[c] for c in figures}


def test_without_sizes_the_native_input(built: Path) -> None:
    (first, second) = swept(built, "alexnet", "lenet5")
    assert (first["input"], second["input"]) == ("3x227x227", "1x32x32")


def test_several_networks_stand_side_by_side_at_each_size(built: Path) -> None:
    rows = swept(built, "alexnet", "vgg16", "--input", "224,256")
    names = [(row["architecture"], row["input"]) for row in rows]
    small, large = "3x224x224", "3x256x256"
    assert names == [(name, size) for size in (small, large) for name in ("alexnet", "vgg16")]


def test_o4_from_which_size_on_the_stack_is_cheaper(whole: Path) -> None:
    """9(H - 2)² + 9(H - 4)² against 25(H - 4)²: dearer up to 9, as dear at 10, cheaper from 11."""
    words = ("block_conv5x5", "block_conv5x5+stack-3x3", "--input", "5..40")
    macs: dict[str, dict[str, int]] = {}
    for row in swept(whole, *words):
        macs.setdefault(row["input"], {})[row["architecture"]] = row["macs"]
    found = {int(size.split("x")[1]): by_name for size, by_name in macs.items()}
    for side, by_name in found.items():
        assert by_name["block_conv5x5"] == 25 * (side - 4) ** 2
        assert by_name["block_conv5x5+stack-3x3"] == 9 * (side - 2) ** 2 + 9 * (side - 4) ** 2
    cheaper = [s for s, n in found.items() if n["block_conv5x5+stack-3x3"] < n["block_conv5x5"]]
    assert cheaper == list(range(11, 41))
    assert len(set(found[10].values())) == 1


def test_widths(whole: Path) -> None:
    """The narrower MobileNets of the catalogue, from the widest (howard2017, table 6)."""
    rows = swept(whole, "mobilenet_v1+width=0.25..1:0.25")
    stored = ("mobilenet_v1_025", "mobilenet_v1_050", "mobilenet_v1_075", "mobilenet_v1")
    expected = swept(whole, *stored)
    names = [f"mobilenet_v1+width={width}" for width in ("0.25", "0.5", "0.75", "1")]
    assert [row["architecture"] for row in rows] == names
    for row, other in zip(rows, expected, strict=True):
        assert (row["params"], row["macs"]) == (other["params"], other["macs"])


def test_dilations_keep_parameters_and_cost_more(built: Path) -> None:
    rows = swept(built, "resnet50+dilate=4,8,16,32")
    assert len({row["params"] for row in rows}) == 1
    assert len({row["receptive_field_h"] for row in rows}) == 1
    macs = [row["macs"] for row in rows]
    assert macs == sorted(macs, reverse=True)
    assert len(set(macs)) == 4


def test_ranges_of_two_rules_are_combined_and_globs_stay(built: Path) -> None:
    rows = swept(built, "vgg11+width=0.5,1@conv?_*+classes=10..20:10")
    assert [row["architecture"] for row in rows] == [
        f"vgg11+width={width}@conv?_*+classes={classes}"
        for width in ("0.5", "1")
        for classes in ("10", "20")
    ]


def test_a_point_that_does_not_derive_has_the_reason(built: Path) -> None:
    row, other = swept(built, "alexnet", "--input", "32,64")
    assert row["note"].startswith("layer 'pool5' (max_pool2d): a 3×3 window does not fit the 1×1")
    figures = set(COLUMNS) - {"architecture", "input"}
    assert {row[column] for column in figures} == {None}
    assert other["note"] is None
    assert other["macs"] > 0


def test_every_format_has_every_point(built: Path) -> None:
    words = ("sweep", "alexnet", "--input", "227..259:16")
    macs = [row["macs"] for row in swept(built, *words[1:])]
    lines = {}
    for form in ("table", "csv", "tsv", "ndjson", "markdown", "latex"):
        answer = archdb(*words, "--format", form, database=built)
        assert answer.status == 0
        lines[form] = answer.out.splitlines()
        assert all(str(size) in answer.out for size in (227, 243, 259))
    rows = list(csv.DictReader(io.StringIO("\n".join(lines["csv"]))))
    assert [int(row["macs"]) for row in rows] == macs
    assert list(rows[0]) == columns()
    assert [json.loads(line)["macs"] for line in lines["ndjson"]] == macs
    assert len(lines["tsv"]) == len(lines["csv"]) == 1 + len(macs)


@pytest.mark.parametrize("convention", ["flop", "keras_params", "imgclsmob"])
def test_a_convention_has_the_total_that_compare_has(database: Path, convention: str) -> None:
    counted = ("--convention", convention)
    words = ("resnet50", "googlenet", "--input", "224..256:32", *counted)
    found = {
        (row["architecture"], row["input"]): row[convention] for row in swept(database, *words)
    }
    for size in ("224", "256"):
        words = ("resnet50", "googlenet", "--input", size, *counted, "--format", "json")
        answer = archdb("compare", *words, database=database)
        total = json.loads(answer.out)[-1]
        for name in ("resnet50", "googlenet"):
            assert found[name, f"3x{size}x{size}"] == total[name], name


def test_what_a_convention_does_not_price_is_open(built: Path) -> None:
    rows = swept(built, "alexnet", "--input", "227", "--convention", "ptflops")
    assert [row["ptflops"] for row in rows] == [None], "local response normalisation"
    answer = archdb("sweep", "alexnet", "--convention", "flopp", database=built)
    refused(answer, "'flopp'", "did you mean flop")


@pytest.mark.parametrize("form", ["csv", "tsv", "ndjson"])
def test_points_are_printed_as_they_come(
    built: Path, monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    """What fails at the third point has shown two."""
    points = []
    point = sweeping._point

    def failing(*where: Any) -> tuple[Any, ...]:
        points.append(where)
        if len(points) == 3:
            raise DatabaseError("no more")
        return point(*where)

    monkeypatch.setattr(sweeping, "_point", failing)
    answer = archdb("sweep", "vgg11", "--input", "64..96:8", "--format", form, database=built)
    assert answer.status == 1
    assert len(answer.out.splitlines()) == (2 if form == "ndjson" else 3)
    assert answer.err == "Error: no more\n"


def test_progress_is_drawn_on_a_terminal_only(built: Path) -> None:
    words = ("sweep", "resnet50", "--input", "64..512:8")
    assert archdb(*words, database=built).err == ""
    assert "deriving" in terminal(*words, database=built).out


def test_nothing_is_kept(database: Path) -> None:
    was = files(database.parent)
    swept(database, "vgg16+fc-to-conv", "vgg16", "--input", "224..320:32")
    assert files(database.parent) == was


def test_notes_of_the_rules_are_told_once(built: Path) -> None:
    answer = archdb("sweep", "vgg16+stack-3x3", "--input", "224..320:32", database=built)
    assert answer.err.count("a kernel of 3×3 is no larger than 3×3") == 1


def test_from_python(built: Path) -> None:
    with package.open(built) as database:
        rows = database.sweep("vgg16+fc-to-conv", input="224,384").to_dicts()
        assert [row["input"] for row in rows] == ["3x224x224", "3x384x384"]
        assert database.sweep("vgg16", input=384).column("input") == ["3x384x384"]


RANGES = [  # words, values
    ("224", ["224"]),
    ("128..512:128", ["128", "256", "384", "512"]),
    ("128..500:128", ["128", "256", "384"]),
    ("5..8", ["5", "6", "7", "8"]),
    ("7..7", ["7"]),
    ("0.25..1:0.25", ["0.25", "0.5", "0.75", "1"]),
    ("0.1..0.3:0.1", ["0.1", "0.2", "0.3"]),  # exactly, where floats would lose the last
    ("100..300:100,512", ["100", "200", "300", "512"]),
    ("3x32x64,3x64x32", ["3x32x64", "3x64x32"]),
]


@pytest.mark.parametrize(("words", "values"), RANGES, ids=[row[0] for row in RANGES])
def test_ranges(words: str, values: list[str]) -> None:
    assert sweeping.expand(words) == values


REFUSED = [  # words, status, signs
    (["nonet"], 1, ["no network is called 'nonet'"]),
    (["vgg16+nope=1..3"], 2, ["'nope' is no rule"]),
    (["vgg16+width=0..1:0.5"], 2, ["width needs a positive number", "'0'"]),
    (["vgg16+dilate=8..16:8"], 1, ["vgg16+dilate=8, layer 'fc6'", "fc-to-conv"]),
    (["vgg16", "--input", "1..x"], 2, ["'1..x' is not a range", "128..512:32"]),
    (["vgg16", "--input", "nan..3"], 2, ["'nan..3' is not a range"]),
    (["vgg16", "--input", "1..1e9999999999"], 2, ["'1..1e9999999999' is not a range"]),
    (["vgg16", "--input", "1..inf"], 2, ["1..inf"]),
    (["vgg16", "--input", "10..1"], 2, ["has no values"]),
    (["vgg16", "--input", "1..10:0"], 2, ["has no values"]),
    (["vgg16", "--input", "1..10:-1"], 2, ["has no values"]),
    (["vgg16", "--input", "1..10:"], 2, ["not a range"]),
    (["vgg16", "--input", f"1..{MOST + 2}"], 2, [f"has more than {MOST:,} values"]),
    (["vgg16", "vgg19", "--input", f"1..{MOST}"], 2, [f"more than {MOST:,} points"]),
    (["vgg16+width=1..900+classes=1..900"], 2, [f"more than {MOST:,} points"]),
    (["vgg16", "--input", ""], 2, ["'' is not an input size"]),
    (["vgg16", "--input", "64,big", "--format", "csv"], 2, ["'big' is not an input size"]),
    (["vgg16", "--input", "64x64"], 2, ["native input is 3x224x224"]),
    ([], 2, ["Missing argument"]),
]


@pytest.mark.parametrize(
    ("words", "status", "signs"), REFUSED, ids=[" ".join(row[0]) for row in REFUSED]
)
def test_what_cannot_be_swept_is_said_before_the_first_point(
    built: Path, words: list[str], status: int, signs: list[str]
) -> None:
    refused(archdb("sweep", *words, database=built), *signs, status=status)
