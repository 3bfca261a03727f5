"""Issue 10, 'explain-number names the true reason': conventions, networks and contradictions."""

import re
from fractions import Fraction

from bundled import profile

from archdb.analysis.conventions import Convention, bundled
from archdb.analysis.layer_table import params
from archdb.analysis.profile import LAYER_COLUMNS
from archdb.queries.candidates import SIZES
from archdb.sources.reported import bundled_explanations, bundled_figures
from archdb.sources.written_sum import terms

WHOLE_CATALOGUE = True

FIGURES = {figure.figure: figure for figure in bundled_figures()}
EXPLANATIONS = {explanation.figure: explanation for explanation in bundled_explanations()}
UNITS = {"count": 1, "K": 10**3, "M": 10**6, "G": 10**9}


def stated(figure: str) -> Fraction:
    """What the sum of an explanation adds to our own value, or is."""
    explanation = EXPLANATIONS[figure]
    assert explanation.sum, figure
    return terms(explanation.sum)[1]


# The 43 contradictions.


def test_what_quotes_another_figure_has_its_value() -> None:
    """howard2017-44 prints 5000 M and szegedy2016-24 5 G: both 4.8 G, rounded to one digit."""
    quotes = {
        figure: re.match(r"quotes (\S+),", explanation.because or "")
        for figure, explanation in EXPLANATIONS.items()
    }
    found = {figure: match[1] for figure, match in quotes.items() if match}
    assert {"howard2017-44", "szegedy2016-24"} <= found.keys()
    for figure, other in found.items():
        quoted = FIGURES[other]
        assert stated(figure) == Fraction(quoted.value) * UNITS[quoted.unit], figure
        assert quoted.quantity == FIGURES[figure].quantity, figure


def conv(total: list[int], read: int, filters: int, height: int = 1, width: int = 1) -> int:
    """A convolution with bias and, behind it, scale and shift: 3 numbers a filter beside the
    kernels."""
    total[0] += read * filters * height * width + 3 * filters
    return filters


def factorised(total: list[int], read: int, width: int, double: int) -> int:
    """A module of 17×17: 1×1; 1×7 and 7×1 of `width`; twice that, which begins with `double`."""
    conv(total, read, 192)
    conv(total, conv(total, conv(total, read, width), width, 1, 7), 192, 7, 1)
    last = conv(total, read, double)
    for filters in (width, width, width, 192):
        last = conv(total, last, filters, 7, 1)
    conv(total, read, 192)
    return 4 * 192


def test_the_first_inception_v3_of_keras_has_23_626_728_parameters() -> None:
    """chollet2017-1. By hand, from fchollet/deep-learning-models@v0.2, inception_v3.py: every
    convolution has a bias; batch normalisation has scale and shift."""
    total = [0]
    read = 3
    for filters, kernel in ((32, 3), (32, 3), (64, 3), (80, 1), (192, 3)):
        read = conv(total, read, filters, kernel, kernel)
    for _ in range(3):  # 35×35: 64 + 64 + 96 + 32
        conv(total, read, 64)
        conv(total, conv(total, read, 48), 64, 5, 5)
        conv(total, conv(total, conv(total, read, 64), 96, 3, 3), 96, 3, 3)
        conv(total, read, 32)
        read = 256
    conv(total, read, 384, 3, 3)
    conv(total, conv(total, conv(total, read, 64), 96, 3, 3), 96, 3, 3)
    read = 384 + 96 + 256
    for width, double in ((128, 128), (160, 160), (160, 160), (192, 160)):  # the last is mixed7
        read = factorised(total, read, width, double)
    conv(total, conv(total, read, 192), 320, 3, 3)
    last = conv(total, conv(total, conv(total, read, 192), 192, 1, 7), 192, 7, 1)
    conv(total, last, 192, 3, 3)
    read = 320 + 192 + 768
    for _ in range(2):
        conv(total, read, 320)
        one = conv(total, read, 384)
        conv(total, one, 384, 1, 3)
        conv(total, one, 384, 3, 1)
        three = conv(total, conv(total, read, 448), 384, 3, 3)
        conv(total, three, 384, 1, 3)
        conv(total, three, 384, 3, 1)
        conv(total, read, 192)
        read = 2048
    by_hand = total[0] + 2048 * 1000 + 1000
    assert by_hand == 23_626_728 == int(FIGURES["chollet2017-1"].value)
    assert params(profile("inception_v3").totals) + stated("chollet2017-1") == by_hand


# What explain-number tries.


def test_the_sizes_that_detectors_and_zoos_print_are_tried() -> None:
    assert {176, 300, 416, 480, 600, 640} <= set(SIZES)


def test_mmpretrain_leaves_the_head_out() -> None:
    """resnet50 is printed as 4.12 G: MACs without the linear layer, two for each element of a
    normalisation, one for each of a ReLU, one for each input of the two pools. Of the three
    convolutions of a unit the first still sees the larger map where the map is halved."""
    stages = ((3, 56, 64), (4, 28, 128), (6, 14, 256), (3, 7, 512))
    larger = sum(((2 * size) ** 2 - size**2) * width for _, size, width in stages[1:])
    within = sum(units * size**2 * (width + width + 4 * width) for units, size, width in stages)
    shortcuts = sum(size**2 * 4 * width for _, size, width in stages)
    rectified = 64 * 112**2 + within + larger
    normed = rectified + shortcuts
    pooled = 64 * 112**2 + 2048 * 7**2
    macs = profile("resnet50_v1_5").totals["macs"] - 2048 * 1000
    assert macs + 2 * normed + rectified + pooled == 4_119_876_096
    convention = next(found for found in bundled() if found.name == "mmpretrain")
    assert counted(convention, "resnet50_v1_5") == 4_119_876_096


def counted(convention: Convention, name: str) -> int:
    """A convention's total, from the rows of the network."""
    prices: dict[str, list[tuple[str, int]]] = {}
    for op, quantity, weight in convention.rows():
        prices.setdefault(op, []).append((quantity, weight))
    found = profile(name)
    return sum(
        weight * dict(zip(LAYER_COLUMNS, row, strict=True))[quantity]
        for layer, row in zip(found.network.layers, found.rows, strict=True)
        for quantity, weight in prices[layer.op.name]
    )
