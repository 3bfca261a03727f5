"""Names, edges and order."""

import pickle

import pytest
from drawing import data, draw, layer
from hypothesis import given
from hypothesis import strategies as st

from archdb.errors import DefinitionError
from archdb.model.graph import Block, Layer, Network


def names(network: Network) -> list[str]:
    return [each.name for each in network]


def refused(*layers: Layer) -> str:
    with pytest.raises(DefinitionError) as caught:
        draw(*layers)
    return str(caught.value)


def test_a_name_given_twice_is_refused() -> None:
    message = refused(data(5), layer("a", "relu", "data"), layer("a", "relu", "data"))
    assert message.startswith("net, layer 'a': this name is given to two layers")
    assert "a name of its own" in message


def test_an_input_that_no_layer_bears_is_answered_with_the_nearest() -> None:
    message = refused(data(5), layer("relu1", "relu", "data"), layer("sum", "relu", "relu_1"))
    assert message.startswith("net, layer 'sum': reads 'relu_1', which is no layer")
    assert "did you mean relu1?" in message


def test_an_input_near_to_no_layer_has_a_remedy() -> None:
    assert "an input is named as its layer is" in refused(data(5), layer("a", "relu", "xyz"))


def test_a_cycle_is_named_from_layer_to_layer() -> None:
    message = refused(
        data(5),
        layer("entry", "add", "data", "c"),
        layer("b", "relu", "entry"),
        layer("c", "relu", "b"),
    )
    assert "cycle: entry → c → b → entry" in message


def test_only_the_layers_of_a_cycle_are_named() -> None:
    message = refused(data(5), layer("behind", "relu", "a"), layer("a", "add", "data", "a"))
    assert "cycle: a → a\n" in message


def test_no_layers_are_refused() -> None:
    assert refused() == "net: has no layers"


def test_an_order_that_serves_is_kept() -> None:
    network = draw(data(5), layer("b", "relu", "data"), layer("a", "relu", "data"))
    assert names(network) == ["data", "b", "a"]


def test_a_layer_is_moved_behind_what_it_reads() -> None:
    network = draw(
        layer("sum", "add", "late", "data"),
        layer("other", "relu", "data"),
        layer("late", "relu", "data"),
        data(5),
    )
    assert names(network) == ["data", "other", "late", "sum"]


@given(st.lists(st.integers(0, 6), min_size=7, max_size=7), st.permutations(range(8)))
def test_any_order_of_a_graph_without_cycles_can_be_sorted(
    readings: list[int], order: list[int]
) -> None:
    """Layer n reads one of the layers 0 to n - 1; they are given in any order."""
    reads = {number: source % number for number, source in enumerate(readings, start=1)}
    rows = [data(5)] + [
        layer(str(number), "relu", str(source) if source else "data")
        for number, source in reads.items()
    ]
    network = draw(*(rows[number] for number in order))
    seen: set[str] = set()
    for each in network:
        assert seen.issuperset(each.inputs)
        seen.add(each.name)
    assert len(seen) == len(rows)


def test_layers_that_are_ready_together_keep_their_order() -> None:
    network = draw(
        data(5), layer("c", "relu", "a"), layer("b", "relu", "data"), layer("a", "relu", "data")
    )
    assert names(network) == ["data", "b", "a", "c"]


def test_nothing_outside_a_head_may_read_it() -> None:
    message = refused(
        data(5),
        layer("head", "relu", "data", auxiliary=True),
        layer("main", "relu", "head"),
    )
    assert message == "net, layer 'main': reads 'head', which is part of an auxiliary head"


def test_a_head_may_read_itself_and_the_network() -> None:
    network = draw(
        data(5),
        layer("main", "relu", "data"),
        layer("head", "relu", "main", auxiliary=True),
        layer("head2", "relu", "head", auxiliary=True),
    )
    assert len(network) == 4


@pytest.mark.parametrize("attribute", ["name", "layers", "blocks"])
def test_a_network_is_frozen(attribute: str) -> None:
    network = draw(data(5))
    with pytest.raises(AttributeError, match=f"frozen: {attribute} cannot be set"):
        setattr(network, attribute, ())


def test_a_network_survives_pickling() -> None:
    """So that derivation can run in other processes than the one that read the rows."""
    network = Network("net", [data(5), layer("a", "relu", "data")], [Block("a", "stage", {"n": 1})])
    again = pickle.loads(pickle.dumps(network))
    assert (again.name, again.layers, again.blocks) == ("net", network.layers, network.blocks)
