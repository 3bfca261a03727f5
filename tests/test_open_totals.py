"""What cannot be counted is said, never taken for nothing; nor is what 64 bits cannot hold."""

from typing import Any

import pytest
from drawing import chain, data, draw, layer

from archdb.derive import Profile, derive
from archdb.errors import ShapeError
from archdb.facts import COUNTS, LARGEST
from archdb.graph import Network
from archdb.ops import make
from archdb.ops.attributes import LARGEST as LARGEST_ATTRIBUTE

OPEN = {"weight_params", "macs", "adds", "activations", "depth", "weighted_layers", "buffers"}


def warped(**stated: Any) -> Profile:
    """A convolution before and one behind an op that archdb does not know."""
    conv = make("conv2d", {"filters": 5, "kernel": 3})
    return derive(chain((3, 11, 13), conv, make("unknown", {"kind": "warp", **stated}), conv))


def test_totals_over_an_unknown_op_are_open_with_the_reason() -> None:
    totals = warped(shape=[5, 9, 11]).totals
    assert {totals[name] for name in OPEN} == {None}
    assert totals["note"] == "not counted, so totals are open: 2"


def test_known_rows_behind_a_stated_shape_are_counted() -> None:
    profile = warped(shape=[5, 9, 11])
    assert profile.layer("3")["macs"] == 5 * 5 * 3 * 3 * (9 - 2) * (11 - 2)
    assert profile.layer("1")["depth"] == 1
    # whether the unknown op is a weight layer is not known, so no depth behind it is
    assert (profile.layer("2")["depth"], profile.layer("3")["depth"]) == (None, None)


def test_rows_behind_a_shape_that_is_not_stated_are_open() -> None:
    profile = warped()
    assert {profile.layer(name)[count] for name in ("2", "3") for count in COUNTS} == {None}
    assert profile.layer("3")["out_height"] is None
    assert profile.totals["peak_activation_elements"] is None
    assert profile.totals["note"] == "not counted, so totals are open: 2, 3"


def test_a_stated_shape_counts_also_behind_an_open_one() -> None:
    unstated, stated = ({"kind": "warp"}, {"kind": "crop", "shape": [2, 7, 7]})
    conv = make("conv2d", {"filters": 5, "kernel": 3})
    network = chain((3, 11, 13), make("unknown", unstated), make("unknown", stated), conv)
    assert derive(network).layer("3")["macs"] == 5 * 2 * 3 * 3 * 5 * 5


def test_an_unknown_op_in_a_head_leaves_only_the_totals_of_heads_open() -> None:
    totals = derive(
        draw(
            data(3, 11, 13),
            layer("fc", "linear", "data", units=5),
            layer("head", "unknown", "data", kind="warp", auxiliary=True),
        )
    ).totals
    assert totals["macs"] == 5 * 3 * 11 * 13
    assert totals["depth"] == 1
    assert (totals["aux_params"], totals["aux_macs"]) == (None, None)
    assert totals["note"] == "not counted, so totals of auxiliary heads are open: head"


def test_nothing_is_open_where_all_ops_are_known() -> None:
    assert derive(chain((3, 11, 13), make("relu", {}))).totals["note"] is None


def refused(network: Network) -> str:
    with pytest.raises(ShapeError) as caught:
        derive(network)
    return str(caught.value)


def test_a_layer_that_64_bits_cannot_count_is_named() -> None:
    wide = make("linear", {"units": 2**31 - 1})
    assert (2**31 - 1) ** 2 < LARGEST < 3 * (2**31 - 1) ** 2
    assert derive(chain((2**31 - 1,), wide)).totals["macs"] == (2**31 - 1) ** 2
    message = refused(chain((3, 2**31 - 1), make("flatten", {}), wide))
    assert message.startswith("net, layer '2' (linear): a count exceeds 64 bits\n")
    assert "ask for a smaller input" in message


def test_a_total_that_64_bits_cannot_count_is_refused() -> None:
    wide = make("linear", {"units": 2**31 - 1})
    assert derive(chain((2**31 - 1,), wide)).totals["macs"] * 3 > LARGEST
    assert refused(chain((2**31 - 1,), wide, wide, wide)).startswith("net: a count exceeds 64 bits")


def test_a_field_that_64_bits_cannot_count_is_refused() -> None:
    jump = make("conv2d", {"filters": 1, "kernel": 1, "stride": LARGEST_ATTRIBUTE})
    assert derive(chain((1, 1, 1), jump, jump)).layer("2")["effective_stride_h"] == (2**31 - 1) ** 2
    assert "layer '3' (conv2d): a count exceeds 64 bits" in refused(
        chain((1, 1, 1), jump, jump, jump)
    )
