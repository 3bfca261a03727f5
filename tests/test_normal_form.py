"""Networks are compared by what their ops do to what arrives, not by how they are written."""

from collections.abc import Callable
from itertools import product
from math import prod
from typing import Any

import pytest
from alignments import changes, held
from bundled import NAMES
from bundled import network as bundled
from drawing import chain, data, draw
from hypothesis import given
from hypothesis import strategies as st

from archdb.analysis.arrangement import Arrangement, unmoved, whole
from archdb.analysis.arrangement_ops import chosen_ops, moving_ops
from archdb.analysis.fingerprint import fingerprint
from archdb.analysis.normal_form import normal_form
from archdb.model.graph import Layer, Network
from archdb.model.shape import Shape
from archdb.ops import Op, make
from archdb.ops.written import Permuted, Reshaped, Selected, Step


def behind(name: str, op: Op, *inputs: str) -> Layer:
    return Layer(name, op, inputs)


RELU, GELU = make("relu", {}), make("gelu", {})


def linear(units: int = 6, **more: Any) -> Op:
    return make("linear", {"units": units, **more})


def reshape(*shape: int, **more: Any) -> Op:
    return make("reshape", {"shape": shape, **more})


def permute(*order: int) -> Op:
    return make("permute", {"order": order})


def select(axis: int, index: int) -> Op:
    return make("select", {"axis": axis, "index": index})


def cut(axis: int, start: int, stop: int | None = None, step: int = 1) -> Op:
    return make("slice", {"axis": axis, "start": start, "stop": stop, "step": step})


SEQUENCE, STEPS, MAP = (7, 6), (7, 12), (6, 4, 4)
#: Chains of ops that do the same to an input: shape, one, another.
PAIRS: dict[str, tuple[Shape, list[Op], list[Op]]] = {
    "last axis": (SEQUENCE, [linear()], [linear(axis=-1)]),
    "last axis by number": (SEQUENCE, [linear(axis=-1)], [linear(axis=1)]),
    "softmax": (SEQUENCE, [make("softmax", {})], [make("softmax", {"axis": -1})]),
    "axes, of which there is one": (
        SEQUENCE,
        [make("layer_norm", {"axes": [-1]})],
        [make("layer_norm", {})],
    ),
    "extent that stays": (STEPS, [reshape(0, 3, 4), RELU], [reshape(7, 3, 4), RELU]),
    "extent that is left": (STEPS, [reshape(7, 3, -1), RELU], [reshape(7, 3, 4), RELU]),
    "names of axes": (STEPS, [reshape(7, 3, 4)], [reshape(7, 3, 4, axis_names="step heads _")]),
    "one reshape or two": (STEPS, [reshape(84), reshape(28, 3)], [reshape(28, 3)]),
    "one that does not fit": (STEPS, [reshape(84), reshape(3, 28)], [reshape(3, 28)]),
    "nothing happens": (STEPS, [RELU, permute(1, 0), permute(1, 0), RELU], [RELU, RELU]),
    "along the other axis": (
        SEQUENCE,
        [permute(1, 0), linear(5, axis=-1), GELU, linear(7, axis=1), permute(1, 0), RELU],
        [linear(5, axis=0), GELU, linear(7, axis=0), RELU],
    ),
    "windows before or behind": (
        (4, 6, 5),
        [reshape(2, 2, 3, 2, 5), permute(0, 2, 1, 3, 4), reshape(6, 4, 5), linear(axis=2)],
        [linear(axis=2), reshape(2, 2, 3, 2, 6), permute(0, 2, 1, 3, 4), reshape(6, 4, 6)],
    ),
    "part by number or as a slice": (STEPS, [reshape(7, 3, 4), select(1, 1)], [cut(1, 4, 8)]),
    "part before or behind": (
        STEPS,
        [reshape(7, 3, 2, 2), permute(1, 2, 0, 3), select(0, 2), RELU],
        [cut(-1, -4), reshape(7, 2, 2), permute(1, 0, 2), RELU],
    ),
    "slice of channels": (MAP, [make("slice_channels", {"stop": 2})], [cut(0, 0, 2)]),
    "mean over all positions": (
        MAP,
        [make("reduce_mean", {"axes": [1, 2]}), linear()],
        [make("global_avg_pool2d", {}), make("flatten", {}), linear()],
    ),
    "what is one vector": (MAP, [make("flatten", {}), linear()], [linear()]),
    "sequence of positions": (MAP, [make("to_sequence", {})], [reshape(6, 16), permute(1, 0)]),
    "factor": (MAP, [make("multiply", {"value": 0.5})], [make("rescale", {"factor": 0.5})]),
}


@pytest.mark.parametrize("name", PAIRS)
def test_two_ways_of_writing_are_no_difference(name: str) -> None:
    shape, one, other = PAIRS[name]
    alignment = held(chain(shape, *one), chain(shape, *other))
    assert changes(alignment) == []


#: Chains that do not do the same, and what is said of them.
APART: dict[str, tuple[Shape, list[Op], list[Op], list[str]]] = {
    "other axis": ((6, 6), [linear()], [linear(axis=0)], ["1 axis: none → 0"]),
    "other order": (
        (6, 4, 5),
        [permute(1, 2, 0), RELU],
        [permute(2, 1, 0), RELU],
        ["1 order: 1x2x0 → 2x1x0"],
    ),
    "other part": (STEPS, [cut(1, 4, 8)], [cut(1, 5, 9)], ["1 start: 4 → 5", "1 stop: 8 → 9"]),
    "work that is chosen from": (
        STEPS,
        [linear(12), cut(0, 0, 1)],
        [cut(0, 0, 1), linear(12)],
        ["1 moved: data → 2.reshape"],
    ),
}


@pytest.mark.parametrize("name", APART)
def test_what_is_not_the_same_is_told(name: str) -> None:
    shape, one, other, told = APART[name]
    assert changes(held(chain(shape, *one), chain(shape, *other))) == told


def test_a_product_of_matrices_is_written_in_three_ways() -> None:
    """Queries times keys, (3, 7, 4) both: transposed by the product, before it, or by letters."""

    def net(name: str, attributes: dict[str, Any], *turned: Op) -> Network:
        layers = [data(3, 7, 4), behind("key", RELU, "data")]
        layers += [behind("turned", op, "key") for op in turned]
        return draw(*layers, behind("scores", make(name, attributes), "data", layers[-1].name))

    transposed = net("matmul", {"transpose_second": True})
    permuted = net("matmul", {}, permute(0, 2, 1))
    letters = net("einsum", {"equation": "hid,hjd->hij"})
    for other in (permuted, letters):
        assert changes(held(transposed, other)) == []


def test_all_parts_beside_each_other_are_the_whole() -> None:
    """Patches merged by slices in steps and a concat, or by a reshape and a permutation: (4, 6, 5)
    to (2, 3, 4 · 5), rows first."""
    corners = list(product((0, 1), (0, 1)))
    layers = [data(4, 6, 5)]
    for column, row in corners:
        layers.append(behind(f"row{column}{row}", cut(0, row, None, 2), "data"))
        layers.append(behind(f"at{column}{row}", cut(1, column, None, 2), f"row{column}{row}"))
    joined = behind("concat", make("concat", {"axis": -1}), *(f"at{c}{r}" for c, r in corners))
    sliced = draw(*layers, joined, behind("act", RELU, "concat"))
    merged = chain((4, 6, 5), reshape(2, 2, 3, 2, 5), permute(0, 2, 3, 1, 4), reshape(2, 3, 20))
    merged = Network("net", [*merged, Layer("act", RELU, (merged.layers[-1].name,))])
    assert changes(held(sliced, merged)) == []


def test_tables_of_equal_shape_are_no_matter_of_how_often_they_are_written_down() -> None:
    def net(shape: Shape, *steps: Op, shared: bool) -> Network:
        table = make("constant", {"shape": shape})
        layers = [data(*SEQUENCE), behind("first", table), behind("second", table)]
        names = ["first", "first" if shared else "second"]
        for k, op in enumerate(steps):
            layers += [behind(f"step{k}", op, names[0])]
            names[0] = f"step{k}"
        return draw(
            *(each for each in layers if not shared or each.name != "second"),
            behind("one", make("add", {}), "data", names[0]),
            behind("two", make("add", {}), "one", names[1]),
        )

    assert changes(held(net(SEQUENCE, shared=True), net(SEQUENCE, shared=False))) == []


def test_a_learnt_tensor_is_the_same_with_an_axis_of_one_element() -> None:
    def net(shape: Shape, *steps: Op) -> Network:
        layers = [data(*SEQUENCE), behind("own", make("parameter", {"shape": shape}))]
        layers += [behind("step", op, "own") for op in steps]
        return draw(*layers, behind("sum", make("add", {}), "data", layers[-1].name))

    assert changes(held(net(SEQUENCE), net((1, 7, 6), reshape(7, 6)))) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_normal_form_has_the_same_parameters_and_products(name: str) -> None:
    """Worked out without names of axes, which the normal form has none of."""
    network = bundled(name)
    written = normal_form(network).network
    assert _counted(written, named=False) == _counted(network, named=True)
    again = normal_form(Network("again", written.layers)).network
    assert len(_weighted(again)) == len(_weighted(network))


def _weighted(network: Network) -> list[Layer]:
    return [layer for layer in network if layer.op.name in ("conv2d", "linear", "matmul")]


def _counted(network: Network, *, named: bool) -> tuple[int, int]:
    shapes: dict[str, Shape] = {}
    params = macs = 0
    for each in network:
        read = [shapes[source] for source in each.inputs]
        out = each.op.out(*read)
        shapes[each.name] = out if named else tuple(out)
        if each.weights_of is None:
            params += sum(prod(tensor.shape) for tensor in each.op.params(*read))
        macs += each.op.work(out, *read).macs
    return params, macs


@given(st.data())
def test_an_arrangement_is_the_steps_that_it_is_made_of(drawn: st.DataObject) -> None:
    """Each element by its number, through the steps and through the ops."""
    shape = tuple(drawn.draw(st.lists(st.sampled_from((1, 2, 4, 6)), min_size=1, max_size=4)))
    made, elements = unmoved(shape), (shape, list(range(prod(shape))))
    for _ in range(drawn.draw(st.integers(1, 4))):
        step = drawn.draw(_steps(elements[0]))
        behind = made.behind(step)
        if behind is not None:
            made, elements = behind, _taken(elements, step)
    assert made.shape == elements[0]
    assert _by_ops(shape, made) == elements


def _by_ops(shape: Shape, made: Arrangement) -> tuple[Shape, list[int]]:
    elements = (shape, list(range(prod(shape))))
    chosen = list(chosen_ops(made))
    left = chosen[-1][1] if chosen else made
    for op in (*(op for op, _ in chosen), *(op for op, _ in moving_ops(left))):
        for step in op.writing(elements[0]).behind:
            elements = _taken(elements, step)
    return elements


def _steps(shape: Shape) -> st.SearchStrategy[Step]:
    found: list[st.SearchStrategy[Step]] = [
        st.permutations(range(len(shape))).map(lambda order: Permuted(tuple(order)))
    ]
    sizes = [n for n in (1, 2, 3, 4, 6, 8, 12) if prod(shape) % n == 0]
    found.append(st.sampled_from(sizes).map(lambda n: Reshaped((n, prod(shape) // n))))
    if len(shape) > 1:
        picked = st.integers(0, len(shape) - 1)
        found.append(
            picked.flatmap(
                lambda axis: st.integers(0, shape[axis] - 1).map(lambda k: Selected(axis, k))
            )
        )
    return st.one_of(found)


def _taken(elements: tuple[Shape, list[int]], step: Step) -> tuple[Shape, list[int]]:
    shape, numbers = elements
    if isinstance(step, Reshaped):
        return step.extents, numbers
    if isinstance(step, Permuted):
        out = tuple(shape[at] for at in step.order)
        source = [step.order.index(at) for at in range(len(shape))]
        places: Callable[[Shape], Shape] = lambda at: tuple(at[k] for k in source)  # noqa: E731
    else:
        out = (*shape[: step.axis], *shape[step.axis + 1 :])
        places = lambda at: (*at[: step.axis], step.number, *at[step.axis :])  # noqa: E731
    every = product(*map(range, out))
    return out, [numbers[_place(shape, places(at))] for at in every]


def _place(shape: Shape, at: Shape) -> int:
    place = 0
    for extent, index in zip(shape, at, strict=True):
        place = place * extent + index
    return place


def test_parts_that_are_not_all_are_no_whole() -> None:
    halves = unmoved((4,)).behind(Reshaped((2, 2)))
    assert halves is not None
    first, second = (halves.behind(Selected(0, index)) for index in (0, 1))
    assert first is not None and second is not None
    assert whole([first, second], 0) == unmoved((4,))
    assert whole([first, first], 0) is None


def test_a_network_in_normal_form_is_left_alone() -> None:
    network = chain(MAP, RELU, make("batch_norm", {}), make("global_avg_pool2d", {}), linear())
    assert normal_form(network).network is network
    assert fingerprint(network) == fingerprint(normal_form(network).network)
