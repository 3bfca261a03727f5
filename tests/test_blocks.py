"""Blocks: the layers a figure stands for, their names, and what is kept of the figure."""

from typing import Any

import pytest

from archdb.analysis.profile import derive
from archdb.blocks import DECLARATIONS, REGISTRY, NetworkBuilder
from archdb.blocks.base import block
from archdb.errors import DefinitionError
from archdb.model.graph import Network
from archdb.ops import make
from archdb.sources.toml import bundled_files, bundled_references, load

WHOLE_CATALOGUE = True

BOTTLENECK = {"width": 5, "out": 20}
INCEPTION = {"n1": 2, "r3": 3, "n3": 5, "r5": 7, "n5": 11, "proj": 13}


def laid(kind: str, name: str, shape: tuple[int, ...] = (3, 16, 16), **given: Any) -> Network:
    """A network of an input and one block."""
    net = NetworkBuilder()
    net.add("data", make("input", {"shape": shape}))
    net.row(name, kind, given, None)
    return net.network("net")


def edges(network: Network) -> dict[str, tuple[str, ...]]:
    return {layer.name: layer.inputs for layer in network}


def ops(network: Network) -> list[str]:
    return [layer.op.name for layer in network]


def test_conv_stage_is_convolutions_that_keep_the_size_each_with_relu() -> None:
    network = laid("conv_stage", "conv3", width=7, kernels=[3, 3, 1])
    assert list(edges(network)) == [
        *("data", "conv3_1", "relu3_1", "conv3_2", "relu3_2", "conv3_3", "relu3_3"),
    ]
    profile = derive(network)
    assert profile.layer("relu3_3")["out_height"] == 16
    weights = 3 * 7 * 3 * 3, 7 * 7 * 3 * 3, 7 * 7 * 1 * 1
    assert profile.totals["weight_params"] == sum(weights)


def test_inception_stacks_four_branches_in_the_order_of_the_table() -> None:
    found = edges(laid("inception", "3a", **INCEPTION))
    assert found["3a/output"] == ("3a/relu_1x1", "3a/relu_3x3", "3a/relu_5x5", "3a/relu_pool_proj")
    begins = [name for name, inputs in found.items() if inputs == ("data",)]
    assert begins == ["3a/1x1", "3a/3x3_reduce", "3a/5x5_reduce", "3a/pool"]


def test_inception_counts_as_the_columns_of_its_row_say() -> None:
    profile = derive(laid("inception", "3a", **INCEPTION))
    assert profile.layer("3a/output")["out_channels"] == 2 + 5 + 11 + 13
    assert profile.totals["weight_params"] == (
        3 * 2 + 3 * 3 + 3 * 5 * 3 * 3 + 3 * 7 + 7 * 11 * 5 * 5 + 3 * 13
    )
    assert profile.totals["bias_params"] == 2 + 3 + 5 + 7 + 11 + 13


def test_inception_head_is_pool_convolution_and_two_linear_layers() -> None:
    network = laid("inception_head", "loss", (6, 14, 14), filters=5, units=7, classes=11)
    assert ops(network) == [
        *("input", "avg_pool2d", "conv2d", "relu", "linear", "relu", "dropout", "linear"),
    ]
    side = -(-(14 - 5) // 3) + 1  # 4
    weights = 6 * 5, 5 * side * side * 7, 7 * 11
    assert derive(network).totals["weight_params"] == sum(weights)


def test_basic_unit_adds_two_convolutions_to_the_identity() -> None:
    found = edges(laid("basic_unit", "res2b", width=3))
    assert list(found)[1:] == [
        *("res2b_branch2a", "bn2b_branch2a", "res2b_branch2a_relu"),
        *("res2b_branch2b", "bn2b_branch2b", "res2b", "res2b_relu"),
    ]
    assert found["res2b"] == ("data", "bn2b_branch2b")


def test_a_projection_is_a_strided_convolution_with_normalisation() -> None:
    network = laid("basic_unit", "res3a", width=7, stride=2, shortcut="projection")
    found, profile = edges(network), derive(network)
    assert found["res3a_branch1"] == found["res3a_branch2a"] == ("data",)
    assert found["res3a"] == ("bn3a_branch1", "bn3a_branch2b")
    assert profile.layer("res3a")["out_height"] == 16 // 2
    assert profile.totals["weight_params"] == 3 * 7 + 3 * 7 * 9 + 7 * 7 * 9
    assert profile.totals["bias_params"] == 0


@pytest.mark.parametrize(("stride_in", "height"), [("1x1", 8), ("3x3", 16)])
def test_bottleneck_unit_halves_the_map_where_it_is_told_to(stride_in: str, height: int) -> None:
    given = {**BOTTLENECK, "stride": 2, "stride_in": stride_in, "shortcut": "projection"}
    profile = derive(laid("bottleneck_unit", "res3a", **given))
    assert profile.layer("res3a_branch2a")["out_height"] == height
    assert profile.layer("res3a_branch2b")["out_height"] == 8
    assert profile.totals["weight_params"] == 3 * 20 + 3 * 5 + 5 * 5 * 9 + 5 * 20


@pytest.mark.parametrize(
    ("numbered", "names"),
    [(False, ["res4a", "res4b", "res4c"]), (True, ["res4a", "res4b1", "res4b2"])],
)
def test_only_the_first_unit_of_a_stage_has_stride_and_projection(
    numbered: bool, names: list[str]
) -> None:
    network = laid("bottleneck_stage", "res4", **BOTTLENECK, units=3, stride=2, numbered=numbered)
    assert [each.name for each in network.blocks] == ["res4", *names]
    assert [each.name for each in network if each.name.endswith("branch1")] == [
        *("res4a_branch1", "bn4a_branch1"),
    ]
    assert derive(network).layer(f"{names[-1]}_relu")["out_height"] == 8


def test_a_basic_stage_may_begin_with_the_identity() -> None:
    network = laid("basic_stage", "res2", width=3, units=2, shortcut="identity")
    assert [each.name for each in network if "branch1" in each.name] == []
    assert edges(network)["res2b_branch2a"] == ("res2a_relu",)


def test_a_block_keeps_its_kind_its_row_and_its_parent() -> None:
    network = laid("basic_stage", "res2", width=3, units=2, shortcut="identity")
    stage, first, second = network.blocks
    assert (stage.kind, stage.parent) == ("basic_stage", None)
    assert stage.attributes == {"width": 3, "units": 2, "shortcut": "identity"}
    assert [(each.name, each.kind, each.parent) for each in (first, second)] == [
        ("res2a", "basic_unit", "res2"),
        ("res2b", "basic_unit", "res2"),
    ]
    assert {each.block for each in network} == {None, "res2a", "res2b"}


def test_a_block_reads_the_layer_it_is_told_to() -> None:
    net = NetworkBuilder()
    net.add("data", make("input", {"shape": (3, 8, 8)}))
    net.add("other", make("relu", {}))
    net.row("conv1", "conv_stage", {"width": 2, "kernels": [3]}, ("data",))
    assert edges(net.network("net"))["conv1_1"] == ("data",)


def test_a_wrong_attribute_is_named() -> None:
    with pytest.raises(DefinitionError, match="has no attribute 'widht'\n  did you mean width"):
        laid("conv_stage", "conv1", widht=3, kernels=[3])


def test_a_kind_is_registered_once_and_is_no_op() -> None:
    for kind in ("inception", "relu"):
        with pytest.raises(TypeError, match=f"'{kind}' is registered twice"):
            block(kind)(lambda net, name: None)


@pytest.mark.parametrize("kind", sorted(REGISTRY))
def test_every_block_names_the_figure_it_draws(kind: str) -> None:
    assert kind in DECLARATIONS
    assert REGISTRY[kind].__doc__


def test_every_block_is_drawn_by_a_bundled_network() -> None:
    references = bundled_references()
    networks = (load(path, references).network for path in bundled_files())
    assert {each.kind for network in networks for each in network.blocks} == set(REGISTRY)
