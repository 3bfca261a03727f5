"""Layers matched by structure, on networks small enough to see what the answer must be."""

import pytest
from alignments import changes, held
from drawing import chain, conv, data, draw, layer
from networks import renamed

from archdb.analysis.alignment import align
from archdb.analysis.patch import apply, patch
from archdb.errors import DefinitionError
from archdb.model.graph import Layer, Network
from archdb.ops import Op, make

RELU, NORM = make("relu", {}), make("batch_norm", {})
POOL = make("max_pool2d", {"kernel": 2, "stride": 2, "rounding": "floor"})


def found(first: Network, second: Network) -> list[str]:
    """What differs, where all names are others: those of the first network are told."""
    return changes(held(first, second))


def image(*ops: Op) -> Network:
    return chain((3, 32, 32), *ops)


def unnamed(*ops: Op) -> Network:
    """Such a chain with other names."""
    return renamed(image(*ops))


def test_a_layer_put_in_is_one_difference_and_its_readers_are_none() -> None:
    plain = image(conv(8, 3), RELU, conv(8, 3), RELU)
    assert found(plain, unnamed(conv(8, 3), NORM, RELU, conv(8, 3), NORM, RELU)) == [
        "+ new name 2",
        "+ new name 5",
    ]


def test_a_changed_attribute_is_named_with_what_it_was() -> None:
    assert found(image(conv(8, 3), RELU), unnamed(conv(8, 3, stride=2), RELU)) == [
        "1 stride: 1 → 2"
    ]


def test_all_layers_may_change_and_keep_their_places() -> None:
    """Half the width: equal layers are a stage away, but it takes fewer edits in place."""
    widths = (64, 128, 256)
    wide = image(*(op for width in widths for op in (conv(width, 3), RELU, POOL)))
    thin = unnamed(*(op for width in widths for op in (conv(width // 2, 3), RELU, POOL)))
    assert found(wide, thin) == [
        "1 filters: 64 → 32",
        "4 filters: 128 → 64",
        "7 filters: 256 → 128",
    ]


def test_another_op_in_the_same_place_is_that_layer_changed() -> None:
    assert found(image(conv(8, 3), RELU, POOL), unnamed(conv(8, 3), make("tanh", {}), POOL)) == [
        "2 op: relu → tanh"
    ]


def test_a_layer_in_another_place_has_moved() -> None:
    lrn = make("lrn", {"size": 5})
    before = image(conv(8, 3), RELU, lrn, POOL, conv(8, 3), RELU)
    after = unnamed(conv(8, 3), RELU, POOL, lrn, conv(8, 3), RELU)
    assert found(before, after) in (["3 moved: 2 → 4"], ["4 moved: 3 → 2"])


def test_what_a_layer_reads_is_a_difference() -> None:
    """The shortcut begins one layer further down."""
    rows = [data(3, 8, 8), layer("a", "relu", "data"), layer("b", "tanh", "a")]
    before = draw(*rows, layer("c", "add", "b", "data"))
    after = draw(*rows, layer("c", "add", "b", "a"))
    assert found(before, renamed(after)) == ["c inputs: b, data → b, a"]


def residual(name: str, source: str, width: int = 8) -> list[Layer]:
    """A block: two convolutions, their input added to what they give."""
    ops = (conv(width, 3, padding=1), RELU, conv(8, 3, padding=1))
    names = [source, *(f"{name}{part}" for part in "abc")]
    rows = [
        Layer(own, op, (read,), block=name)
        for own, op, read in zip(names[1:], ops, names, strict=False)
    ]
    return [*rows, Layer(name, make("add", {}), (source, names[-1]), block=name)]


def blocks(*names: str, width: int = 8) -> Network:
    rows = [data(8, 16, 16)]
    for name in names:
        rows += residual(name, rows[-1].name, width)
    return draw(*rows, layer("pool", "global_avg_pool2d", rows[-1].name))


def test_blocks_that_one_has_more_of_are_whole_blocks() -> None:
    alignment = held(blocks("x", "y"), blocks("p", "q", "r", "s"))
    alone = [row.layer.block for row in alignment.rows if row.here is None]
    assert alone == ["r"] * 4 + ["s"] * 4
    assert alignment.edits == 8


def test_the_order_in_which_a_sum_lists_its_branches_does_not_count() -> None:
    network = blocks("x", "y")
    swapped = [
        each._replace(inputs=each.inputs[::-1]) if each.op.commutative else each for each in network
    ]
    assert found(network, draw(*swapped)) == []


def test_names_decide_between_equals_alone() -> None:
    """One of two equal branches is gone: the one whose name is gone."""
    rows = [data(3, 8, 8), *(layer(name, "relu", "data") for name in "ab")]
    both = draw(*rows, layer("sum", "add", "a", "b"), layer("end", "tanh", "sum"))
    one = draw(rows[0], rows[2], layer("end", "tanh", "b"))
    assert set(changes(held(both, one))) == {"- a", "- sum"}


def test_shared_weights_are_part_of_the_structure() -> None:
    own = image(conv(3, 3, padding=1), conv(3, 3, padding=1))
    shared = draw(*own.layers[:2], own.layers[2]._replace(weights_of="1"))
    assert found(own, renamed(shared)) == ["2 weights_of: none → 1"]
    assert found(shared, renamed(shared)) == []


def test_an_auxiliary_head_is_not_the_network_itself() -> None:
    def headed(auxiliary: bool) -> Network:
        head = layer("head", "tanh", "a", auxiliary=auxiliary)
        return draw(data(3, 8, 8), layer("a", "relu", "data"), head, layer("b", "gelu", "a"))

    assert found(headed(False), headed(True)) == ["head auxiliary: false → true"]


def test_edits_are_of_one_network() -> None:
    edits = patch(align(image(RELU, POOL), image(RELU)))
    assert [edit.kind for edit in edits] == ["remove"]
    with pytest.raises(DefinitionError, match="no layer '2', which is to be changed"):
        apply(image(RELU), edits)
