"""Convolution arithmetic, case by case, of what rules make of networks (cases P8 to P10, O2, O4,
O5 and the fully convolutional network)."""

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import bundled
import pytest
from command import archdb
from drawing import applied, chain, conv, field, out, params

from archdb.analysis.profile import Profile, derive
from archdb.ops import make
from archdb.rewrite import apply

WHOLE_CATALOGUE = True


def rewritten(name: str, rules: str, *shape: int) -> Profile:
    """A bundled network under rules, at an input."""
    return derive(apply(bundled.profile(name).network, rules).network, shape or None)


def total(database: Path, *words: str) -> tuple[int, int, int, int]:
    """Parameters and MACs before and after, as `archdb rewrite` tells them."""
    answer = archdb("rewrite", *words, "--format", "json", database=database)
    last = json.loads(answer.out)[-1]
    quantities = [f"{what} {when}" for what in ("params", "macs") for when in ("before", "after")]
    before, after, macs_before, macs_after = (last[quantity] for quantity in quantities)
    return before, after, macs_before, macs_after


def test_p8_fully_connected_layers_turned_into_convolutions() -> None:
    """5×5×16 → 4096 → 1000 becomes 4096 filters of 5×5×16 and 1000 of 1×1×4096."""
    units = [make("linear", {"units": n}) for n in (4096, 1000)]
    between = [make("relu", {}), make("dropout", {"rate": 0.5})]
    network = chain((16, 5, 5), units[0], *between, units[1], make("softmax", {}))
    turned = apply(network, "fc-to-conv").network
    kernels = [layer.op.kernel for layer in turned if layer.op.name == "conv2d"]
    assert kernels == [(5, 5), (1, 1)]
    before, after = derive(network), derive(turned)
    expected = 5 * 5 * 16 * 4096 + 4096 + 1 * 1 * 4096 * 1000 + 1000
    assert params(before) == params(after) == expected
    assert before.totals["macs"] == after.totals["macs"] == 5 * 5 * 16 * 4096 + 4096 * 1000
    assert out(after) == (1000, 1, 1)


def test_p8_the_same_of_a_stored_network(database: Path) -> None:
    words = ("vgg16", "fc-to-conv")
    before, after, macs_before, macs_after = total(database, *words)
    assert before == after == 138_357_544
    assert macs_before == macs_after == 15_470_264_320


def test_fcn_a_map_of_scores_at_a_larger_input() -> None:
    """224 → 7×7×512; 384 → 12×12×512 → 6×6 scores, as windows of 224 slid by 32:
    (384 - 224) / 32 + 1 = 6."""
    native = rewritten("vgg16", "fc-to-conv")
    larger = rewritten("vgg16", "fc-to-conv", 3, 384, 384)
    for profile, side, scores in ((native, 7, 1), (larger, 12, (384 - 224) // 32 + 1)):
        pool = profile.layer("pool5")
        assert [pool[f"out_{a}"] for a in ("channels", "height", "width")] == [512, side, side]
        assert out(profile) == (1000, scores, scores)
        assert params(profile) == 138_357_544


def test_fcn_through_the_command_line(database: Path) -> None:
    answer = archdb(
        "rewrite", "vgg16", "fc-to-conv", "--input", "384", "--format", "json", database=database
    )
    rows = {row["layer"]: row for row in json.loads(answer.out)}
    assert rows["prob"]["output after"] == "1000x6x6"
    # unturned, fc6 would need weights for a map of 12×12
    assert rows["fc6"]["params before"] == 512 * 12 * 12 * 4096 + 4096
    assert rows["fc6"]["params after"] == 512 * 7 * 7 * 4096 + 4096


FACTORED = [  # case, network, rule, weights before and after, percent saved, field
    ("p9: two for one", "block_conv5x5", "stack-3x3", 5 * 5, 2 * 3 * 3, 28, 5),
    ("p9: three for one", "block_conv7x7", "stack-3x3", 7 * 7, 3 * 3 * 3, 45, 7),
]


@pytest.mark.parametrize(
    ("name", "rule", "single", "stacked", "saved", "side"),
    [row[1:] for row in FACTORED],
    ids=[row[0] for row in FACTORED],
)
def test_p9_a_stack_of_3x3_has_fewer_weights_and_the_same_field(
    name: str, rule: str, single: int, stacked: int, saved: int, side: int
) -> None:
    before, after = bundled.profile(name), rewritten(name, rule)
    assert (params(before), params(after)) == (single, stacked)
    assert round(100 * (single - stacked) / single) == saved
    assert field(before) == field(after) == (side, side)
    assert out(before) == out(after)


def test_p10_asymmetric_factorisation() -> None:
    network = chain((1, 17, 17), conv(1, 3, bias=False))
    before, after = derive(network), derive(apply(network, "factorize").network)
    kernels = [layer.op.kernel for layer in after.network.layers[1:]]
    assert kernels == [(3, 1), (1, 3)]
    assert (params(before), params(after)) == (9, 6)
    assert field(before) == field(after) == (3, 3)


def test_o2_a_narrow_layer_before_a_wide_one() -> None:
    network = chain((200, 30, 40), conv(55, 5, padding="same"))
    before, after = derive(network), derive(apply(network, "bottleneck=20").network)
    first, second = 30 * 40 * 20 * 200, 30 * 40 * 55 * 5 * 5 * 20
    assert before.totals["macs"] == 330_000_000
    assert after.totals["macs"] == first + second == 37_800_000
    assert f"{37_800_000 / 330_000_000:.4f}" == "0.1145"


@pytest.mark.parametrize("size", [5, 6, 10, 11, 12, 35, 100])
def test_o4_a_stack_is_cheaper_from_11_on(size: int) -> None:
    """9(H - 2)² + 9(H - 4)² against 25(H - 4)². The text writes (H - 1 - 3 + 1) for the second
    map of the stack, which is a slip: it has H - 2 - 3 + 1."""
    whole = bundled.profile("block_conv5x5", (1, size, size)).totals["macs"]
    stack = rewritten("block_conv5x5", "stack-3x3", 1, size, size).totals["macs"]
    assert stack == 9 * (size - 2) ** 2 + 9 * (size - 4) ** 2
    assert whole == 25 * (size - 4) ** 2
    assert (stack < whole) is (size >= 11)


def test_o4_18_against_25_in_the_limit() -> None:
    size = 65_536
    whole = bundled.profile("block_conv5x5", (1, size, size)).totals["macs"]
    stack = rewritten("block_conv5x5", "stack-3x3", 1, size, size).totals["macs"]
    assert abs(Fraction(stack, whole) - Fraction(18, 25)) < Fraction(1, 10_000)


def test_o4_through_the_command_line(whole: Path) -> None:
    words = ("block_conv5x5", "stack-3x3", "--input", "1x5x5")
    assert total(whole, *words) == (25, 18, 25, 90)


def test_o5_three_for_one_with_padding_that_keeps_the_size(whole: Path) -> None:
    words = ("block_conv7x7", "stack-3x3", "--input", "1x17x17")
    _, _, single, stack = total(whole, *words)
    assert (single, stack) == (49 * 17 * 17, 27 * 17 * 17)
    assert round(100 * (single - stack) / single) == 45


def test_szegedy2016_compares_stacks_of_as_many_filters() -> None:
    """szegedy2016, section 3.1: (9 + 9) / 25, a relative gain of 28 %, for c filters on c maps."""
    network: Any = chain((64, 35, 35), conv(64, 5, padding=2, bias=False))
    whole = applied((64, 35, 35), network.layers[1].op).totals["macs"]
    stack = derive(apply(network, "stack-3x3").network).totals["macs"]
    assert Fraction(stack, whole) == Fraction(9 + 9, 25)
