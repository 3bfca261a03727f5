"""Tables on a terminal: at any width a row is a line, and no number and no name is cut."""

import re

import pytest

from archdb.queries.result import Result
from archdb.render.formats import vertical
from archdb.render.terminal import CUT, table
from archdb.text import cells_of

COLUMNS = ["architecture", "title", "params", "receptive_field_h", "input"]
ROWS = [
    ("resnet50", "50-layer residual network of bottleneck units", 25557032, 427, "3x224x224"),
    ("inception_resnet_v2_keras", "Inception-ResNet-v2, 日本語の題", 55873736, None, "3x299x299"),
]
RESULT = Result(COLUMNS, ROWS)


def lines(width: int | None, result: Result = RESULT) -> list[str]:
    return table(result, width).text.splitlines()


@pytest.mark.parametrize("width", range(60, 133, 6))
def test_at_any_width_a_row_is_a_line(width: int) -> None:
    drawn = table(RESULT, width)
    found = drawn.text.splitlines()
    assert len(found) - len(ROWS) in (2, 3), "a heading of one or two lines and its rule"
    assert all(cells_of(line) <= width for line in found)
    shown = [name for name in COLUMNS if name not in drawn.left_out]
    assert shown[0] == "architecture"
    for row, line in zip(ROWS, found[-2:], strict=True):
        for name, value in zip(COLUMNS, row, strict=True):
            if name in shown and name != "title" and value is not None:
                assert (f"{value:,}" if isinstance(value, int) else value) in line


def test_prose_is_cut_at_its_end_and_left_out_first() -> None:
    # 25 (name) + 2 + 14 (title) + 2 + 10 (params) + 2 + 10 (receptive_) + 2 + 9 (input) = 76
    assert table(RESULT, 76).left_out == []
    assert CUT in lines(76)[-2]
    assert table(RESULT, 75).left_out == ["title"]
    # without the title 25 + 2 + 10 + 2 + 10 + 2 + 9 = 60
    assert table(RESULT, 60).left_out == ["title"]
    assert table(RESULT, 59).left_out == ["title", "input"]
    # 25 + 2 + 10 = 37
    assert table(RESULT, 37).left_out == ["title", "receptive_field_h", "input"]


def test_what_a_result_puts_first_is_left_out_last() -> None:
    first = Result(COLUMNS, ROWS, priority=["architecture", "input", "title"])
    # 25 + 2 + 9 (input) + 2 + 14 (title) + 2 + 10 (params) = 64
    assert table(first, 64).left_out == ["receptive_field_h"]
    assert table(first, 63).left_out == ["params", "receptive_field_h"]
    assert table(first, 40).left_out == ["title", "params", "receptive_field_h"]


def test_a_heading_wider_than_its_figures_takes_two_lines() -> None:
    above, below, *_ = lines(None)
    assert "receptive_" in above
    assert "field_h" in below


def test_a_wide_sign_takes_two_cells_and_a_combining_one_none() -> None:
    assert cells_of("日本") == 4
    assert cells_of("e\u0301") == 1
    cut = table(Result(["title"], [("日 " * 20,)]), 20).text.splitlines()[-1]
    assert cut.endswith(CUT)
    assert cells_of(cut) <= 20


def test_the_larger_of_a_pair_stands_out() -> None:
    pair = Result(["quantity", "a", "b"], [("params", 1, 2), ("macs", 5, 3)], pairs=[(1, 2)])
    marked = re.findall(r"\x1b\[1;36m *(\d+)\x1b\[0m", table(pair, None, color=True).text)
    assert marked == ["2", "5"]
    assert "\x1b" not in table(pair, None).text


def test_vertical_is_a_field_a_line() -> None:
    found = vertical(Result(["name", "params"], [("vgg16", 138357544), ("nin", None)]))
    assert found == "── 1 ──\nname    vgg16\nparams  138,357,544\n── 2 ──\nname    nin\nparams  –\n"


def test_nothing_has_a_heading_alone() -> None:
    assert table(Result(["a", "b"], []), 60).text == "a  b\n─  ─\n"
    assert table(Result([], []), 60).left_out == []


def test_columns_are_selected_by_name() -> None:
    assert RESULT.select("params", "architecture").rows[0] == (25557032, "resnet50")
    with pytest.raises(Exception, match="no column is called 'parms'"):
        RESULT.select("parms")


def test_a_value_is_shown_beside_its_key_however_long_it_is() -> None:
    """A name is not cut: its own line is longer than the terminal, and no other is."""
    content = "sha256:" + 64 * "0"
    drawn = table(Result(["item", "value"], [("content hash", content), ("layers", 55426)]), 60)
    long, short = drawn.text.splitlines()[-2:]
    assert drawn.left_out == []
    assert long == f"content hash  {content}"
    assert short.endswith("55,426")
    assert cells_of(short) == 60
