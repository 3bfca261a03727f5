"""The bars beside a comparison."""

from __future__ import annotations

import re
from pathlib import Path

from archdb.api import Database
from archdb.queries.result import Result
from archdb.render.compare_svg import bars


def test_bars_are_as_long_as_the_values_are_large(database: Path) -> None:
    with Database(database, isolated=True, notify=lambda message: None) as opened:
        drawn = bars(opened.compare("vgg16", "alexnet"), ["vgg16", "alexnet"])
    wide = [float(width) for width in re.findall(r'<rect[^>]* width="([\d.]+)"', drawn)]
    # params, MACs, activations, largest live set and depth, of two networks each
    assert len(wide) == 10
    values = [138_357_544, 60_965_224, 15_470_264_320, 724_406_816]
    assert abs(wide[1] / wide[0] - values[1] / values[0]) < 0.001
    assert abs(wide[3] / wide[2] - values[3] / values[2]) < 0.001
    assert all(f"{value:,}" in drawn for value in values)
    assert drawn.count('class="strong"') == 5, "the larger of each pair"
    assert " style=" not in drawn and "<style" not in drawn


def test_what_is_open_has_no_bar_and_says_so() -> None:
    rows = [("params", "parameters", 7, None), ("depth", "layers", None, None)]
    drawn = bars(Result(["quantity", "unit", "a", "b"], rows), ["a", "b"])
    assert drawn.count("<rect") == 2 and 'width="0.0"' in drawn and "not known" in drawn
    assert "depth" not in drawn
    assert bars(Result(["quantity", "unit", "a", "b"], rows[1:]), ["a", "b"]) == ""
