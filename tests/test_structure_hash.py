"""The structure hash: what keeps it, what alters it, and the duplicates it finds."""

import contextlib
from collections.abc import Iterator
from itertools import permutations
from typing import Any

import pytest
from drawing import chain, conv, data, draw, layer
from hypothesis import given
from hypothesis import strategies as st
from networks import renamed, reordered, small_graphs
from op_cases import CASES

from archdb.analysis.fingerprint import fingerprint
from archdb.errors import DefinitionError
from archdb.model.graph import Layer, Network
from archdb.ops import REGISTRY, Op, make
from archdb.sources.toml import bundled_files, bundled_references, load

WHOLE_CATALOGUE = True


@given(small_graphs(most=9))
def test_names_do_not_count(network: Network) -> None:
    assert fingerprint(renamed(network)) == fingerprint(network)


@given(small_graphs(most=9), st.integers(0, 99))
def test_order_does_not_count(network: Network, seed: int) -> None:
    assert fingerprint(reordered(network, seed)) == fingerprint(network)


def edges(network: Network, place: dict[str, int]) -> list[Any]:
    """Each layer's op and the places of what it reads, sorted where their order is free."""
    rows = []
    for each in network:
        inputs = [place[name] for name in each.inputs]
        if each.op.commutative:
            inputs.sort()
        rows.append((place[each.name], each.op.name, inputs))
    return sorted(rows)


def same_graph(first: Network, second: Network) -> bool:
    """Whether some renaming makes one of the other: all are tried."""
    if len(first) != len(second):
        return False
    there = edges(second, {each.name: i for i, each in enumerate(second)})
    names = [each.name for each in first]
    return any(
        edges(first, dict(zip(names, order, strict=True))) == there
        for order in permutations(range(len(names)))
    )


@given(small_graphs(), st.data())
def test_any_edge_counts_and_nothing_else_does(network: Network, drawn: st.DataObject) -> None:
    """One edge is laid anew; hashes agree exactly where the graphs are the same all the same."""
    at = drawn.draw(st.integers(1, len(network) - 1))
    moved = network.layers[at]
    slot = drawn.draw(st.integers(0, len(moved.inputs) - 1))
    inputs = list(moved.inputs)
    inputs[slot] = network.layers[drawn.draw(st.integers(0, at - 1))].name
    layers = list(network)
    layers[at] = moved._replace(inputs=tuple(inputs))
    other = draw(*layers)
    assert (fingerprint(other) == fingerprint(network)) is same_graph(network, other)


@given(small_graphs(most=4), small_graphs(most=4))
def test_two_networks_share_a_hash_if_they_are_the_same_graph(a: Network, b: Network) -> None:
    assert (fingerprint(a) == fingerprint(b)) is same_graph(a, b)


# Twins: equal layers on equal inputs


def twins(**reads: str) -> str:
    """Two equal layers, x and y, and what reads which of them."""
    readers = [layer(name, name, source) for name, source in reads.items()]
    return fingerprint(
        draw(data(3, 7, 7), layer("x", "relu", "data"), layer("y", "relu", "data"), *readers)
    )


def test_it_counts_which_of_two_equal_layers_is_read() -> None:
    shared = twins(sigmoid="x", tanh="x", gelu="y")
    assert shared == twins(sigmoid="y", tanh="y", gelu="x")
    assert shared != twins(sigmoid="x", tanh="y", gelu="y")
    assert shared != twins(sigmoid="x", tanh="y", gelu="x")


def test_one_layer_read_twice_is_not_two_layers() -> None:
    once = draw(data(3, 7, 7), layer("x", "relu", "data"), layer("sum", "add", "x", "x"))
    twice = draw(
        data(3, 7, 7),
        layer("x", "relu", "data"),
        layer("y", "relu", "data"),
        layer("sum", "add", "x", "y"),
    )
    assert fingerprint(once) != fingerprint(twice)


# Order of inputs


def joined(op: str, *inputs: str) -> str:
    branches = [layer("a", "relu", "data"), layer("b", "tanh", "data")]
    return fingerprint(draw(data(3, 7, 7), *branches, layer("join", op, *inputs)))


@pytest.mark.parametrize("op", ["add", "multiply"])
def test_the_order_of_a_sum_does_not_count(op: str) -> None:
    assert joined(op, "a", "b") == joined(op, "b", "a")
    assert joined(op, "a", "b") != joined(op, "a", "a")


def test_the_order_of_a_concatenation_counts() -> None:
    assert joined("concat", "a", "b") != joined("concat", "b", "a")


# Attributes


def candidates(value: Any) -> Iterator[Any]:
    """Other values that an attribute might take."""
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int | float):
        yield from (value + 1, value + 2, value / 2)
    elif isinstance(value, tuple) and all(isinstance(item, int) for item in value):
        yield from ((value[0] + 1, *value[1:]), (*value[:-1], value[-1] + 1), value[::-1])
    elif isinstance(value, tuple):
        yield from (((0,), *value[1:]), ((1, 2), *value[1:]))
    yield from (
        "floor",
        "ceil",
        "same",
        "valid",
        "nearest",
        "bilinear",
        "relu",
        "scale",
        "reflect",
        "bias",
        "tanh",
        "bicubic",
        "sum",
        "linear",
        "trilinear",
        "less",
        "equal",
        "ab,bc->ca",
        "abc->bac",
        "other",
        *(["one", "two", "three", "four"][:axes] for axes in (1, 2, 3, 4)),
        1,
        0.5,
        True,
        [1, 2],
        [[1, 2]],
    )


def altered(op: Op, attribute: str) -> Op | None:
    """The same op with another value of one attribute, if a valid one is found."""
    for value in candidates(getattr(op, attribute)):
        with contextlib.suppress(DefinitionError):
            other: Op = make(op.name, {**op.attributes(), attribute: value})
            if other is not op:
                return other
    return None


#: But for the filters of a connection table, which are as many as its rows.
ATTRIBUTES = [
    (name, attribute)
    for name, op in REGISTRY.items()
    for attribute in op.declaration.attributes
    if (name, attribute) != ("partial_conv2d", "filters")
]


def placed(op: Op, inputs: int) -> str:
    """The hash of a network of an op on so many inputs, behind which stands a ReLU."""
    layers = [layer(f"in{i}", "input", shape=(i + 2, 5, 5)) for i in range(inputs)]
    op_layer = Layer("op", op, tuple(each.name for each in layers))
    return fingerprint(draw(*layers, op_layer, layer("relu", "relu", "op")))


@pytest.mark.parametrize(("name", "attribute"), ATTRIBUTES)
def test_every_attribute_of_every_op_counts(name: str, attribute: str) -> None:
    cases = [case for case in CASES if case.op.name == name]
    pairs = [(case, altered(case.op, attribute)) for case in cases]
    varied = [(case, other) for case, other in pairs if other is not None]
    assert varied
    for case, other in varied:
        assert placed(other, len(case.inputs)) != placed(case.op, len(case.inputs))


def test_the_op_counts() -> None:
    hashes = {placed(make(name, {}), 1) for name in ("relu", "relu6", "tanh", "sigmoid", "gelu")}
    assert len(hashes) == 5


def test_what_is_auxiliary_counts() -> None:
    def head(auxiliary: bool) -> str:
        own = layer("head", "relu", "data", auxiliary=auxiliary)
        return fingerprint(draw(data(3, 7, 7), layer("main", "tanh", "data"), own))

    assert head(True) != head(False)


def test_the_input_counts() -> None:
    ops = conv(5, 3), make("relu", {})
    assert fingerprint(chain((3, 7, 7), *ops)) != fingerprint(chain((3, 7, 11), *ops))


def test_a_value_may_be_written_in_two_ways() -> None:
    square, pair = conv(5, 3, padding=1), conv(5, [3, 3], padding=[1, 1, 1, 1])
    assert fingerprint(chain((3, 7, 7), square)) == fingerprint(chain((3, 7, 7), pair))


# The catalogue


def test_no_two_bundled_networks_are_the_same_graph() -> None:
    references = bundled_references()
    seeds = [load(path, references) for path in bundled_files()]
    names: dict[str, list[str]] = {}
    for seed in seeds:
        names.setdefault(fingerprint(seed.network), []).append(seed.name)
    assert [same for same in names.values() if len(same) > 1] == []
