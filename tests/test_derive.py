"""From a network to its layer rows and totals."""

import pickle
from typing import Any

import pytest
from drawing import chain, data, draw, layer
from hypothesis import given
from hypothesis import strategies as st

from archdb.analysis.inputs import native_inputs, resize_network
from archdb.analysis.layer_costs import COUNTS
from archdb.analysis.profile import LAYER_COLUMNS, Profile, derive
from archdb.analysis.totals import TOTAL_COLUMNS
from archdb.errors import ShapeError
from archdb.model.graph import Layer, Network
from archdb.ops import Work, make

WHOLE_CATALOGUE = True

SUMMED = sorted(set(TOTAL_COLUMNS) & set(COUNTS))


def small() -> Network:
    """Two branches of a map, added; a linear layer behind."""
    return draw(
        data(3, 11, 13),
        layer("a", "conv2d", "data", filters=7, kernel=3, padding=1),
        layer("b", "conv2d", "data", filters=7, kernel=1, bias=False),
        layer("norm", "batch_norm", "b"),
        layer("sum", "add", "a", "norm"),
        layer("fc", "linear", "sum", units=5),
    )


def total(profile: Profile, column: str) -> Any:
    return profile.totals[column]


def test_rows_and_totals_have_their_columns() -> None:
    profile = derive(small())
    assert all(len(row) == len(LAYER_COLUMNS) for row in profile.rows)
    assert set(profile.totals) == set(TOTAL_COLUMNS)
    assert set(Work._fields) <= set(SUMMED)


@pytest.mark.parametrize("column", SUMMED)
def test_a_total_is_the_sum_of_its_column(column: str) -> None:
    profile = derive(small())
    rows = [profile.layer(each.name)[column] for each in profile.network]
    assert total(profile, column) == sum(rows)


def test_totals_by_hand() -> None:
    totals = derive(small()).totals
    area, weights = 11 * 13, {"a": 7 * 3 * 3 * 3, "b": 7 * 3, "fc": 5 * 7 * 11 * 13}
    assert totals["weight_params"] == sum(weights.values())
    assert totals["bias_params"] == 7 + 5
    assert (totals["norm_params"], totals["buffers"]) == (2 * 7, 2 * 7)
    assert totals["macs"] == (weights["a"] + weights["b"]) * area + weights["fc"]
    assert totals["bias_adds"] == 7 * area + 5
    assert totals["adds"] == 7 * area + 7 * area  # normalisation and sum
    assert totals["activations"] == 7 * area + 7 * area + 5
    assert (totals["depth"], totals["weighted_layers"], totals["layers"]) == (2, 3, 6)


def test_depth_counts_weight_layers_of_the_longest_path() -> None:
    conv = {"filters": 3, "kernel": 1}
    profile = derive(
        draw(
            data(3, 5, 7),
            layer("long1", "conv2d", "data", **conv),
            layer("long2", "conv2d", "long1", **conv),
            layer("short", "conv2d", "data", **conv),
            layer("sum", "add", "long2", "short"),
            layer("pool", "subsample2d", "sum", kernel=1, stride=1),  # weights, but no MACs
        )
    )
    assert [profile.layer(name)["depth"] for name in ("data", "short", "sum", "pool")] == [
        *(0, 1, 2, 2)
    ]
    assert (total(profile, "depth"), total(profile, "weighted_layers")) == (2, 3)


@st.composite
def graphs(draw_one: st.DrawFn) -> Network:
    """A graph of vectors: each layer reads one or two earlier ones; a few are in a head."""
    rows, heads = [data(draw_one(st.integers(1, 20)))], [False]
    for number in range(1, draw_one(st.integers(2, 10))):
        earlier = st.integers(0, number - 1)
        sources = draw_one(st.lists(earlier, min_size=1, max_size=2))  # one may be read twice
        inputs = tuple(rows[source].name for source in sources)
        head = any(heads[source] for source in sources) or draw_one(st.integers(0, 5)) == 0
        units = draw_one(st.integers(1, 20))
        # an op of any number of inputs whose output is of any size: one that archdb does not know
        op = make("unknown", {"kind": "any", "shape": [units]})
        rows.append(Layer(str(number), op, inputs, auxiliary=head))
        heads.append(head)
    return Network("net", rows)


@given(graphs())
def test_peak_is_the_fullest_moment_of_an_execution(network: Network) -> None:
    running = [each for each in network if not each.auxiliary]
    moments = []
    for now in range(len(running)):
        still_to_run = running[now:]
        alive = 0
        for each in running[: now + 1]:
            readers = [other for other in running if each.name in other.inputs]
            if (
                not readers
                or any(other in still_to_run for other in readers)
                or each is running[now]
            ):
                alive += each.op.shape[0]
        moments.append(alive)
    assert derive(network).totals["peak_activation_elements"] == max(moments)


def test_peak_by_hand() -> None:
    profile = derive(small())
    a = b = norm = 7 * 11 * 13
    assert total(profile, "peak_activation_elements") == max(3 * 11 * 13 + a + b, a + b + norm)


def test_auxiliary_heads_have_totals_of_their_own() -> None:
    body = [*small().layers]
    head = layer("head", "linear", "sum", units=17, auxiliary=True)
    without, plain = derive(draw(*body, head)).totals, derive(small()).totals
    assert (plain["aux_params"], plain["aux_macs"]) == (0, 0)
    assert without["aux_params"] == 17 * 7 * 11 * 13 + 17
    assert without["aux_macs"] == 17 * 7 * 11 * 13
    own = ("aux_params", "aux_macs")
    assert {k: v for k, v in without.items() if k not in own} == {
        k: v for k, v in plain.items() if k not in own
    }


def test_another_input_size() -> None:
    network = small()
    profile = derive(network, (3, 5, 7))
    assert native_inputs(network) == {"data": (3, 11, 13)}
    assert profile.input == "3x5x7"
    assert profile.layer("sum")["out_width"] == 7
    assert total(profile, "macs") == (7 * 3 * 3 * 3 + 7 * 3) * 5 * 7 + 5 * 7 * 5 * 7


def test_another_input_size_leaves_the_network_as_it_was() -> None:
    network = small()
    assert native_inputs(resize_network(network, (3, 5, 7))) == {"data": (3, 5, 7)}
    assert native_inputs(network) == {"data": (3, 11, 13)}


def test_layer_of_an_unknown_name_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="nonesuch"):
        derive(small()).layer("nonesuch")


def test_equal_ops_are_one_object_also_behind_a_pickle() -> None:
    op = make("conv2d", {"filters": 7, "kernel": [3, 3]})
    assert make("conv2d", {"kernel": 3, "filters": 7, "bias": True}) is op
    assert make("conv2d", {"kernel": 3, "filters": 7, "bias": False}) is not op
    assert pickle.loads(pickle.dumps(op)) is op


def refused(network: Network, shape: tuple[int, ...] | None = None) -> str:
    with pytest.raises(ShapeError) as caught:
        derive(network, shape)
    return str(caught.value)


def test_an_error_names_network_layer_what_arrived_and_from_where() -> None:
    network = chain((3, 11, 13), make("conv2d", {"filters": 7, "kernel": 5}), make("relu", {}))
    assert refused(network, (3, 4, 13)).splitlines() == [
        "net, layer '1' (conv2d): a 5×5 window does not fit the 4×13 map"
        " (padding top 0, bottom 0, left 0, right 0)",
        "  from 'data' 3×4×13 (input 3×4×13)",
        "  use a larger input, or a smaller window or more padding in the layer",
    ]


def test_an_error_at_a_join_names_all_that_meet() -> None:
    network = draw(
        data(3, 11, 13),
        layer("a", "conv2d", "data", filters=3, kernel=3),
        layer("sum", "add", "a", "data"),
    )
    message = refused(network)
    assert (
        "layer 'sum' (add): shapes that do not meet cannot be added: 3×9×11 and 3×11×13" in message
    )
    assert "from 'a' 3×9×11, 'data' 3×11×13 (input 3×11×13)" in message


def test_a_network_without_an_input_is_refused() -> None:
    assert "net: has no input layer\n  begin with" in refused(draw(layer("a", "relu")))


GROUPS = make("conv2d", {"filters": 4, "kernel": 1, "groups": 2})
TABLE = make("partial_conv2d", {"filters": 1, "kernel": 1, "connections": [[3]]})
TAKES = [
    (
        chain((31,), make("conv2d", {"filters": 2, "kernel": 1})),
        "needs channels×height×width, got 31",
    ),
    (chain((31,), make("add", {})), "takes 2 or more input(s), got 1"),
    (chain((3, 5, 7), GROUPS), "3 channels and 4 filters do not divide into 2 groups"),
    (chain((3, 5, 7), TABLE), "a connection reads map 3, the input has 3 maps"),
]


@pytest.mark.parametrize(("network", "message"), TAKES, ids=[message for _, message in TAKES])
def test_an_op_refuses_what_it_cannot_take(network: Network, message: str) -> None:
    assert f"layer '1' ({network.layers[1].op.name}): {message}" in refused(network)
