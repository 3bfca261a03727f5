"""What cannot be counted is said, never taken for nothing; nor is what 64 bits cannot hold."""

from math import isqrt
from pathlib import Path
from typing import Any

import pytest
from command import archdb
from drawing import chain, data, draw, layer

from archdb.analysis import conventions
from archdb.analysis.layer_costs import COUNTS, LARGEST
from archdb.analysis.profile import Profile, derive
from archdb.analysis.totals import HEAVIEST
from archdb.errors import DefinitionError, ShapeError
from archdb.model.attributes import LARGEST as LARGEST_ATTRIBUTE
from archdb.model.graph import Network
from archdb.ops import make

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
    counts = [name for name in COUNTS if name != "in_elements"]  # what reaches 2 is known
    assert {profile.layer(name)[count] for name in ("2", "3") for count in counts} == {None}
    assert profile.layer("2")["in_elements"] == 5 * 9 * 11
    assert profile.layer("3")["out_height"] is None
    assert profile.totals["peak_activation_elements"] is None
    assert profile.totals["note"] == "not counted, so totals are open: 2, 3"


def test_a_stated_shape_counts_also_behind_an_open_one() -> None:
    unstated, stated = ({"kind": "warp"}, {"kind": "crop", "shape": [2, 7, 7]})
    conv = make("conv2d", {"filters": 5, "kernel": 3})
    network = chain((3, 11, 13), make("unknown", unstated), make("unknown", stated), conv)
    assert derive(network).layer("3")["macs"] == 5 * 2 * 3 * 3 * 5 * 5


# Issue 10, 'What could not be said': stated parameters of an unknown op. A quantity is open, not a
# network.


def test_stated_parameters_keep_totals_of_parameters_exact() -> None:
    """3→5 and 5→5 convolutions of 3×3: 5·28 and 5·46; stated a 7×5 matrix, 7 biases, 2 fixed."""
    stated = [["weight", [7, 5]], ["bias", [7]], ["buffer", [2]]]
    totals = warped(shape=[5, 9, 11], parameters=stated).totals
    assert totals["weight_params"] == 5 * 27 + 7 * 5 + 5 * 45
    assert totals["bias_params"] == 5 + 7 + 5
    assert (totals["norm_params"], totals["buffers"]) == (0, 2)
    assert {totals[name] for name in ("macs", "adds", "bias_adds", "costliest_macs")} == {None}
    # with weights it may be a weight layer, or not
    assert {totals[name] for name in ("depth", "weighted_layers", "activations")} == {None}
    assert totals["note"] == "work not counted, so totals of operations are open: 2"


def test_an_op_stated_to_have_no_parameters_is_no_weight_layer() -> None:
    totals = warped(shape=[5, 9, 11], parameters=0).totals
    assert (totals["weight_params"], totals["bias_params"]) == (5 * 27 + 5 * 45, 5 + 5)
    assert (totals["depth"], totals["weighted_layers"]) == (2, 2)
    assert totals["activations"] == 5 * 9 * 11 + 5 * 7 * 9
    assert totals["macs"] is None


def test_what_has_no_parameters_has_none_behind_an_open_shape_too() -> None:
    conv, warp = make("conv2d", {"filters": 5, "kernel": 3}), make("unknown", {"kind": "warp"})
    none = make("unknown", {"kind": "warp", "parameters": []})
    relu = make("relu", {})
    assert derive(chain((3, 11, 13), conv, none, relu)).totals["weight_params"] == 5 * 27
    assert derive(chain((3, 11, 13), conv, none, conv)).totals["weight_params"] is None
    assert derive(chain((3, 11, 13), conv, warp, relu)).totals["weight_params"] is None


def test_of_two_unknown_ops_each_leaves_its_own_open() -> None:
    warp = make("unknown", {"kind": "warp", "shape": [5, 9, 11]})
    none = make("unknown", {"kind": "warp", "shape": [5, 9, 11], "parameters": 0})
    totals = derive(chain((3, 11, 13), warp, none)).totals
    assert totals["note"] == (
        "not counted, so totals are open: 1; work not counted, so totals of operations are open: 2"
    )


def test_every_view_and_convention_closes_what_is_known(database: Path, tmp_path: Path) -> None:
    """A 3×3 convolution from 3 to 4, 112 parameters, and 12 stated: 124, whatever is done."""
    seed = tmp_path / "stated.toml"
    seed.write_text(
        'name = "stated"\ntitle = "T"\nfamily = "F"\nyear = 2020\n[net]\ninput = [3, 8, 8]\n'
        'layers = [["c", "conv2d", {filters = 4, kernel = 3}],\n'
        '["w", "unknown", {kind = "warp", shape = [4, 6, 6], parameters = [[4, 3]]}]]\n'
    )
    assert archdb("import", str(seed), database=database).status == 0
    for view in ("architecture_summary", "op_summary", "block_summary", "resolution_summary"):
        statement = (
            f"select sum(params), min(case when count is null then 1 end) from"
            f" (select params, macs as count from {view} where architecture = 'stated')"
        )
        found = archdb("query", statement, "--format", "csv", database=database).out
        assert found.splitlines()[1] == "124,1", view
    statement = (
        "select convention, value from convention_total where architecture = 'stated'"
        " and convention in ('params', 'stored_numbers', 'weights', 'mac', 'flop', 'fvcore')"
        " order by convention"
    )
    found = archdb("query", statement, "--format", "csv", database=database).out
    assert found.split()[1:] == [
        *("flop,", "fvcore,", "mac,", "params,124", "stored_numbers,124", f"weights,{4 * 27 + 12}")
    ]
    on_paper = archdb("explain", "stated/w", database=database).out
    assert "params = weight 1" in on_paper
    assert "operations: open: 'warp' is an op archdb does not know" in on_paper
    assert "124" in archdb("explain", "stated", "--quantity", "params", database=database).out
    assert archdb("check", database=database).status == 0


@pytest.mark.parametrize("stated", [1, -1, True, "x", [0], [[0]], [["gain", [3]]], [[]], {}])
def test_parameters_that_are_no_tensors_are_refused(stated: Any) -> None:
    with pytest.raises(DefinitionError, match="'parameters' needs 0, or a list of shapes"):
        make("unknown", {"kind": "warp", "parameters": stated})


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
    assert LARGEST < 3 * (2**31 - 1) ** 2
    message = refused(chain((3, 2**31 - 1), make("flatten", {}), wide))
    assert message.startswith("net, layer '2' (linear): a count exceeds 64 bits\n")
    assert "ask for a smaller input" in message


def test_a_total_that_conventions_cannot_weigh_in_64_bits_is_refused() -> None:
    """A linear layer of n units on n features: n² weights, n² MACs, n biases and n additions of
    them, 2n elements read and written; the input reads 0 and writes n."""

    def counted(n: int) -> int:
        return 2 * n**2 + 2 * n + 2 * n + n

    most = isqrt(LARGEST // HEAVIEST // 2) - 2
    assert counted(most) <= LARGEST // HEAVIEST < counted(most + 2)
    assert derive(chain((most,), make("linear", {"units": most}))).totals["macs"] == most**2
    message = refused(chain((most + 2,), make("linear", {"units": most + 2})))
    assert message.startswith("net: its counts exceed 64 bits where conventions")
    unknown = make("unknown", {"kind": "any"})
    behind = chain((most + 2,), make("linear", {"units": most + 2}), unknown)
    assert refused(behind) == message, "what is known is bounded also where totals are open"


def test_no_convention_weighs_a_count_by_more_than_there_is_room_for() -> None:
    heaviest = max(
        abs(weight) for convention in conventions.bundled() for *_, weight in convention.rows()
    )
    assert 1 < heaviest <= HEAVIEST


def test_a_field_that_64_bits_cannot_count_is_refused() -> None:
    jump = make("conv2d", {"filters": 1, "kernel": 1, "stride": [LARGEST_ATTRIBUTE, 1]})
    assert derive(chain((1, 1, 1), jump, jump)).layer("2")["effective_stride_h"] == (2**31 - 1) ** 2
    assert "layer '3' (conv2d): a count exceeds 64 bits" in refused(
        chain((1, 1, 1), jump, jump, jump)
    )
