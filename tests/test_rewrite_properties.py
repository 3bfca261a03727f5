"""What each rule promises, on random networks."""

from fractions import Fraction
from math import floor
from typing import Any

import networks
from drawing import params
from hypothesis import example, given
from hypothesis import strategies as st

from archdb.analysis.profile import Profile, derive
from archdb.analysis.receptive_field import FIELD_COLUMNS
from archdb.model.graph import Network
from archdb.ops import make
from archdb.rewrite import Rewritten, apply

SHAPE = ("out_channels", "out_height", "out_width")
any_network = networks.graphs()
convolutions = networks.chains(networks.convs, networks.depthwise, networks.pools)


def ops(network: Network, name: str) -> list[Any]:
    return [layer.op for layer in network if layer.op.name == name]


def same_where_named(before: Profile, after: Profile, columns: tuple[str, ...]) -> None:
    """Every layer that is still there has the same figures under its name."""
    names = {layer.name for layer in after.network}
    for layer in (layer for layer in before.network if layer.name in names):
        was, now = before.layer(layer.name), after.layer(layer.name)
        assert [now[column] for column in columns] == [was[column] for column in columns]


def left(rewritten: Rewritten) -> set[str]:
    return {name for note in rewritten.notes for name in note.layers}


@given(any_network)
def test_fc_to_conv_keeps_parameters_and_macs_at_the_native_input(network: Network) -> None:
    before, after = derive(network), derive(apply(network, "fc-to-conv").network)
    assert not ops(after.network, "linear")
    assert not ops(after.network, "flatten")
    assert params(after) == params(before)
    assert after.totals["macs"] == before.totals["macs"]
    same_where_named(before, after, ("weight_params", "bias_params", "macs", "out_elements"))


@given(any_network, st.integers(0, 9), st.integers(0, 9))
def test_fc_to_conv_keeps_parameters_at_every_larger_input(
    network: Network, higher: int, wider: int
) -> None:
    made = apply(network, "fc-to-conv").network
    channels, height, width = network.layers[0].op.shape
    larger = derive(made, (channels, height + higher, width + wider))
    assert params(larger) == params(derive(network))


@given(convolutions, st.sampled_from(["linear", "relu"]))
def test_stack_3x3_keeps_fields_and_shapes(network: Network, between: str) -> None:
    rewritten = apply(network, f"stack-3x3={between}")
    same_where_named(derive(network), derive(rewritten.network), (*SHAPE, *FIELD_COLUMNS))
    for layer in rewritten.network:
        kernel = layer.op.attributes().get("kernel")
        if kernel and layer.name not in left(rewritten) and "conv" in layer.op.name:
            assert kernel == (3, 3)


@given(convolutions, st.sampled_from(["linear", "relu"]))
def test_factorize_keeps_fields_and_shapes(network: Network, between: str) -> None:
    rewritten = apply(network, f"factorize={between}")
    same_where_named(derive(network), derive(rewritten.network), (*SHAPE, *FIELD_COLUMNS))
    for layer in rewritten.network:
        kernel = layer.op.attributes().get("kernel")
        if kernel and "conv" in layer.op.name:
            assert 1 in kernel


@given(convolutions)
def test_depthwise_separable_keeps_fields_and_shapes(network: Network) -> None:
    rewritten = apply(network, "depthwise-separable")
    same_where_named(derive(network), derive(rewritten.network), (*SHAPE, *FIELD_COLUMNS))
    for layer in rewritten.network:
        if layer.op.name == "conv2d" and layer.name not in left(rewritten):
            assert layer.op.kernel == (1, 1)


@given(convolutions, st.integers(1, 8))
def test_bottleneck_keeps_fields_and_shapes_and_narrows_what_convolutions_read(
    network: Network, channels: int
) -> None:
    rewritten = apply(network, f"bottleneck={channels}")
    after = derive(rewritten.network)
    same_where_named(derive(network), after, (*SHAPE, *FIELD_COLUMNS))
    for layer in rewritten.network:
        if layer.op.name == "conv2d" and layer.name not in left(rewritten):
            if layer.op.kernel == (1, 1):
                assert layer.op.filters == channels
            else:
                assert after.layer(layer.name)["in_channels"] == channels


@given(convolutions, st.integers(1, 12))
def test_dilate_keeps_the_fields_of_all_layers_and_the_parameters(
    network: Network, most: int
) -> None:
    before, after = derive(network), derive(apply(network, f"dilate={most}").network)
    same_where_named(before, after, ("receptive_field_h", "receptive_field_w"))
    assert params(after) == params(before)
    for layer in after.network:
        row, was = after.layer(layer.name), before.layer(layer.name)
        for axis in "hw":
            assert row[f"effective_stride_{axis}"] <= most
            assert was[f"effective_stride_{axis}"] % row[f"effective_stride_{axis}"] == 0


explicit = networks._op(
    "conv2d", **networks.slid(), filters=networks.WIDTHS, dilation=networks.dilations
).filter(lambda op: not isinstance(op.padding, str))


@given(networks.chains(explicit), st.integers(1, 12))
def test_dilate_has_every_position_that_was_there(network: Network, most: int) -> None:
    """A map that is r times as fine has the n positions of the old one, r apart."""
    before, after = derive(network), derive(apply(network, f"dilate={most}").network)
    for layer in network:
        was, now = before.layer(layer.name), after.layer(layer.name)
        for axis, side in (("h", "height"), ("w", "width")):
            finer = was[f"effective_stride_{axis}"] // now[f"effective_stride_{axis}"]
            assert now[f"out_{side}"] >= (was[f"out_{side}"] - 1) * finer + 1
            padding = f"effective_padding_{axis}"
            assert now[padding] == was[padding]


@given(any_network)
def test_fold_bn_removes_norms_and_adds_biases(network: Network) -> None:
    rewritten = apply(network, "fold-bn")
    before, after = derive(network), derive(rewritten.network)
    kept = {layer.name for layer in rewritten.network}
    gone = [layer for layer in network if layer.name not in kept]
    assert {layer.op.name for layer in gone} <= {"batch_norm"}
    folded = [before.layer(layer.name) for layer in gone]
    # each whose layer of weights nobody else reads, who would see what is scaled now
    names = {layer.name for layer in gone}
    for norm in (layer for layer in network if layer.op.name == "batch_norm"):
        (source,) = (layer for layer in network if layer.name == norm.inputs[0])
        alone = [layer.name for layer in network if source.name in layer.inputs] == [norm.name]
        weights = source.op.name in ("conv2d", "depthwise_conv2d", "linear")
        assert (norm.name in names) == (alone and (weights or source.name in names))
    assert after.totals["macs"] == before.totals["macs"]
    norms = before.totals["norm_params"] - after.totals["norm_params"]
    assert norms == sum(row["norm_params"] for row in folded)
    # a bias for each channel that was scaled, but where there was one already
    into = {layer.inputs[0] for layer in gone}
    bare = [layer for layer in network if layer.name in into and not layer.op.bias]
    added = sum(before.layer(layer.name)["out_channels"] for layer in bare)
    assert after.totals["bias_params"] == before.totals["bias_params"] + added
    norms_left = {layer.name for layer in rewritten.network if layer.op.name == "batch_norm"}
    assert norms_left == left(rewritten)


@given(any_network, st.sampled_from([0.25, 0.5, 0.75, 1.3, 2.0]))
def test_width_keeps_the_network_whole(network: Network, factor: float) -> None:
    rewritten = apply(network, f"width={factor}")
    before, after = derive(network), derive(rewritten.network)
    assert after.rows[0] == before.rows[0]
    last = network.layers[-1].name
    assert after.layer(last)["out_elements"] == before.layer(last)["out_elements"]
    for layer in network:
        was, now = before.layer(layer.name), after.layer(layer.name)
        if states_its_width(layer.op, was) and layer.name not in left(rewritten):
            off = abs(now["out_channels"] - was["out_channels"] * factor)
            assert off <= 0.5 or (now["out_channels"] % 2 == 0 and off <= 2)  # for two groups
        same = ("out_height", "out_width")
        assert [now[column] for column in same] == [was[column] for column in same]


def states_its_width(op: Any, row: dict[str, Any]) -> bool:
    """A convolution with filters of its own: not one for each channel, or so many for each."""
    attributes = op.attributes()
    return "filters" in attributes and not 1 < attributes["groups"] == row["in_channels"]


@given(networks.chains(networks.convs, networks.plain), st.sampled_from([2, 3]))
def test_width_by_a_whole_number_multiplies_every_width(network: Network, factor: int) -> None:
    growing = networks.Growing(after=network)
    growing.lay(make("linear", {"units": 5}))
    network = growing.network()
    before, after = derive(network), derive(apply(network, f"width={factor}").network)
    read = {"data"}  # what is as wide as the input
    for layer in network.layers[1:-1]:
        was, now = before.layer(layer.name), after.layer(layer.name)
        if layer.inputs[0] in read and not states_its_width(layer.op, was):
            read.add(layer.name)
        times = 1 if layer.name in read else factor
        assert now["out_channels"] == was["out_channels"] * times


@given(any_network, st.integers(1, 40))
def test_classes_changes_the_classifier_alone(network: Network, classes: int) -> None:
    before, after = derive(network), derive(apply(network, f"classes={classes}").network)
    assert after.layer(network.layers[-1].name)["out_channels"] == classes
    changed = [
        layer
        for layer in network
        if before.layer(layer.name)["out_channels"] != after.layer(layer.name)["out_channels"]
    ]
    assert {layer.op.name for layer in changed} <= {"linear", "softmax"}
    assert sum("units" in layer.op.attributes() for layer in changed) == (classes != 5)


@given(st.floats(0.01, 20), st.integers(1, 400))
@example(0.7, 325)
def test_width_rounds_halves_up_and_never_to_nothing(factor: float, filters: int) -> None:
    ops = [make("conv2d", {"filters": n, "kernel": 1}) for n in (filters, 3)]
    growing = networks.Growing(1, 3, 3)
    for op in ops:
        growing.lay(op)
    made = apply(growing.network(), f"width={factor}").network
    widths = [layer.op.filters for layer in made.layers[1:]]
    exact = filters * Fraction(str(factor))  # of the digits: 325 × 0.7 is 227.5, in floats less
    assert widths == [max(floor(exact + Fraction(1, 2)), 1), 3]
