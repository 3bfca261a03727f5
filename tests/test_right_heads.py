"""Issue 10, item 12: an auxiliary head that has no room refuses no network.

Inception-v3's head takes a 17×17 map to 5×5 by a mean and to 1×1 by a 5×5 convolution. At 224 its
map is 12×12, the mean's 3×3, and the convolution has no room; the network itself has.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bundled import profile
from command import archdb, refused
from drawing import draw, layer

from archdb.analysis.profile import derive
from archdb.errors import ShapeError

WHOLE_CATALOGUE = True

#: Torchvision's counter at 224: convolutions and the classifier.
AT_224 = 2_837_921_120
SMALL = ("--input", "224")


def totals(answer: Any) -> dict[str, Any]:
    return {row["quantity"]: row for row in json.loads(answer.out)}


def test_the_totals_are_the_networks(whole: Path) -> None:
    answer = archdb("show", "inception_v3", *SMALL, "--format", "json", database=whole)
    rows = totals(answer)
    assert rows["macs"]["inception_v3"] == AT_224
    assert rows["params"]["inception_v3"] == 23_834_568, "as at 299"
    assert rows["aux_params"]["inception_v3"] is None
    assert rows["aux_macs"]["inception_v3"] is None
    assert (
        "AuxLogits/Conv2d_2a_5x5 does not fit: a 5×5 window does not fit the 3×3 map" in answer.err
    )


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "inception_v3", "resnet50"),
        ("compare", "inception_v3", "resnet50", "--by", "layer"),
        ("show", "inception_v3", "--by", "op"),
        ("show", "inception_v3", "--by", "layer", "--convention", "flop"),
        ("show", "inception_v3+width=0.5"),
        ("explain", "inception_v3"),
        ("explain", "inception_v3", "--quantity", "macs"),
        ("rewrite", "inception_v3", "drop-aux"),
        ("graph", "inception_v3"),
        ("graph", "inception_v3", "--layers"),
    ],
)
def test_every_command_takes_such_an_input(words: tuple[str, ...], whole: Path) -> None:
    assert archdb(*words, *SMALL, database=whole).status == 0


def test_a_sweep_passes_through_it(whole: Path) -> None:
    words = ("sweep", "inception_v3", "--input", "224..299:75", "--format", "json")
    small, native = json.loads(archdb(*words, database=whole).out)
    assert (small["macs"], native["macs"]) == (AT_224, 5_713_216_096)
    assert "no room" in small["note"]
    assert native["note"] is None


def test_a_number_at_such_an_input_is_explained(whole: Path) -> None:
    words = ("explain-number", "inception_v3", str(AT_224), "--format", "json")
    found = json.loads(archdb(*words, database=whole).out)[0]
    assert (found["input"], found["head"]) == ("3x224x224", "whole")


def test_what_is_stored_at_such_an_input_is_sound(whole: Path) -> None:
    answer = archdb("check", "--format", "json", database=whole)
    assert json.loads(answer.out) == []


def test_a_layer_of_the_network_itself_is_an_error_as_before(whole: Path) -> None:
    answer = archdb("show", "googlenet", "--input", "96", database=whole)
    refused(answer, "layer 'pool5/7x7_s1'", "a 7×7 window does not fit the 3×3 map")


def head(auxiliary: bool) -> Any:
    """A network of one convolution, and a 5×5 window on its map, perhaps in a head."""
    return draw(
        layer("data", "input", shape=(3, 8, 8)),
        layer("conv", "conv2d", "data", filters=4, kernel=3, padding=1),
        layer("aux", "conv2d", "conv", filters=2, kernel=5, auxiliary=auxiliary),
        layer("out", "relu", "conv"),
    )


def test_at_the_native_input_a_head_must_fit() -> None:
    small = draw(
        layer("data", "input", shape=(3, 4, 4)),
        layer("aux", "conv2d", "data", filters=2, kernel=5, auxiliary=True),
        layer("out", "relu", "data"),
    )
    with pytest.raises(ShapeError, match="layer 'aux'"):
        derive(small)


def test_the_same_layer_in_the_network_is_an_error_after_it_was_none_in_a_head() -> None:
    """What is kept of equal steps must not tell one from the other."""
    derived = derive(head(auxiliary=True), (3, 4, 4))
    assert derived.totals["macs"] == 4 * 3 * 9 * 16
    assert derived.totals["aux_macs"] is None
    with pytest.raises(ShapeError, match="layer 'aux'"):
        derive(head(auxiliary=False), (3, 4, 4))


def test_every_network_with_heads_is_itself_at_an_input_its_heads_fit() -> None:
    assert profile("inception_v3", (3, 331, 331)).totals["aux_macs"] is not None
