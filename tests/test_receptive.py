"""Receptive fields against index sets that are carried through a stack position by position."""

from typing import Any, NamedTuple

import pytest
from drawing import chain, data, draw, layer
from hypothesis import given
from hypothesis import strategies as st

from archdb.analysis.profile import derive
from archdb.analysis.receptive_field import Field, FieldOrReason, through, union
from archdb.model.graph import Network
from archdb.model.window import Window
from archdb.ops import make

WHOLE_CATALOGUE = True


class Slide(NamedTuple):
    """One layer of a one-dimensional stack."""

    kernel: int
    stride: int
    pad: int
    dilation: int


#: Taller than any field of a stack of four, so that the last map has a position left.
TALL = 1 + (4 - 1) * 3 * (1 + 3 + 9 + 27)

slides = st.builds(
    Slide, st.integers(1, 4), st.integers(1, 3), st.integers(0, 3), st.integers(1, 3)
)
stacks = st.lists(slides, min_size=1, max_size=4)


def seen(stack: list[Slide], position: int) -> set[int]:
    """The input positions that one output position reads; the border does not cut them off."""
    found = {position}
    for kernel, stride, pad, dilation in reversed(stack):
        found = {at * stride - pad + tap * dilation for at in found for tap in range(kernel)}
    return found


def brute(stack: list[Slide]) -> tuple[int, int, int]:
    """Size, stride and padding of the field of a stack."""
    first, second = seen(stack, 0), seen(stack, 1)
    return max(first) - min(first) + 1, min(second) - min(first), -min(first)


def conv(slide: Slide) -> Any:
    kernel, stride, pad, dilation = slide
    return make(
        "conv2d",
        {
            **{"filters": 1, "kernel": (kernel, 1), "stride": (stride, 1)},
            **{"padding": (pad, 0), "dilation": (dilation, 1)},
        },
    )


def field(network: Network, name: str) -> tuple[Any, ...]:
    """Height's size, stride and padding of a layer's field, and the note."""
    row = derive(network).layer(name)
    columns = ("receptive_field_h", "effective_stride_h", "effective_padding_h")
    return (*(row[column] for column in columns), row["receptive_field_note"])


@given(stacks)
def test_a_chain_has_the_field_of_its_index_sets(stack: list[Slide]) -> None:
    network = chain((1, TALL, 1), *map(conv, stack))
    assert field(network, str(len(stack))) == (*brute(stack), None)


@given(stacks)
def test_r1_the_backward_recursion_gives_the_same_size(stack: list[Slide]) -> None:
    size = 1
    for kernel, stride, _, dilation in reversed(stack):
        size = (size - 1) * stride + (kernel - 1) * dilation + 1
    network = chain((1, TALL, 1), *map(conv, stack))
    assert field(network, str(len(stack)))[0] == size


@given(stacks)
def test_the_width_has_a_field_of_its_own(stack: list[Slide]) -> None:
    row = derive(chain((1, TALL, 1), *map(conv, stack))).layer(str(len(stack)))
    widths = ("receptive_field_w", "effective_stride_w", "effective_padding_w")
    assert tuple(row[column] for column in widths) == (1, 1, 0)


def behind(stack: list[Slide]) -> Field:
    """The field of a stack, by archdb's recurrence."""
    found = Field()
    for kernel, stride, pad, dilation in stack:
        window = Window((kernel, 1), (stride, 1), (pad, pad, 0, 0), (dilation, 1))
        found = through(found, window, (pad, pad, 0, 0))
    return found


@given(st.lists(stacks, min_size=2, max_size=3))
def test_branches_have_the_union_of_their_index_sets_or_none(branches: list[list[Slide]]) -> None:
    united = union([behind(stack) for stack in branches], "join")
    sets = [seen(stack, 0) for stack in branches]
    everything = set().union(*sets)
    strides = {brute(stack)[1] for stack in branches}
    centres = {min(one) + max(one) for one in sets}
    if len(strides) == 1:
        assert isinstance(united, Field)
        size, padding = max(everything) - min(everything) + 1, -min(everything)
        assert united[:6] == (size, 1, strides.pop(), 1, padding, 0)
        assert (united.apart is None) == (len(centres) == 1)
    else:
        assert isinstance(united, str)
        assert "strides" in united


@given(st.lists(st.lists(st.sampled_from([1, 3, 5, 7]), max_size=3), min_size=2, max_size=4))
def test_centred_branches_always_unite(branches: list[list[int]]) -> None:
    """Odd kernels, padded by half, as in an inception module."""
    stacks = [[Slide(kernel, 1, kernel // 2, 1) for kernel in branch] for branch in branches]
    fields: list[FieldOrReason] = [behind(stack) for stack in stacks]
    size = max(1 + sum(kernel - 1 for kernel in branch) for branch in branches)
    assert union(fields, "join") == Field(size, 1, 1, 1, size // 2, 0)


def forked(shape: tuple[int, ...], left: dict[str, Any], right: dict[str, Any]) -> Network:
    """Two convolutions of the input, added; behind them a ReLU."""
    return draw(
        data(*shape),
        layer("left", "conv2d", "data", filters=2, **left),
        layer("right", "conv2d", "data", filters=2, **right),
        layer("join", "add", "left", "right"),
        layer("relu", "relu", "join"),
    )


@pytest.mark.parametrize("where", ["join", "relu"])
def test_r5_paths_of_different_strides_have_a_reason_and_no_field(where: str) -> None:
    network = forked((1, 2, 2), {"kernel": 1, "stride": 2}, {"kernel": 2})
    reason = "paths meet in 'join' with effective strides 2 and 1"
    assert field(network, where) == (None, None, None, reason)


def test_r5_a_stride_that_differs_in_one_axis_is_shown_as_a_pair() -> None:
    network = forked((1, 2, 5), {"kernel": 1, "stride": (2, 1)}, {"kernel": (2, 1)})
    assert field(network, "join")[-1] == "paths meet in 'join' with effective strides 2×1 and 1"


def test_r5_paths_of_different_centres_have_a_reason_and_no_padding() -> None:
    network = forked((1, 5, 5), {"kernel": 3, "padding": 1}, {"kernel": 3, "padding": [0, 2, 0, 2]})
    reason = "paths meet in 'join' with different centres, so the padding is not one number"
    # from -1 to 1 and from 0 to 2
    assert field(network, "relu") == (4, 1, None, reason)


def test_same_padding_counts_as_the_concrete_pads_on_the_map() -> None:
    # 6 rows in strides of 2: (3 - 1)·2 + 3 - 6 = 1 row of padding, below; 7 rows: 2, one above
    pool = make("max_pool2d", {"kernel": 3, "stride": 2, "rounding": "floor", "padding": "same"})
    assert field(chain((1, 6, 6), pool), "1") == (3, 2, 0, None)
    assert field(chain((1, 7, 7), pool), "1") == (3, 2, 1, None)


def test_r2_a_field_may_exceed_the_image() -> None:
    thrice = [make("conv2d", {"filters": 2, "kernel": 3, "padding": 1})] * 3
    assert field(chain((1, 4, 4), *thrice), "3") == (1 + 3 * 2, 1, 3, None)


def test_a_linear_layer_sees_what_the_whole_map_sees() -> None:
    conv3 = make("conv2d", {"filters": 2, "kernel": 3, "stride": 2})
    network = chain((1, 11, 11), conv3, make("linear", {"units": 5}), make("linear", {"units": 3}))
    # the map is 5×5: the field of its first position and 4 strides more
    assert field(network, "2") == (3 + (5 - 1) * 2, 2, 0, None)
    assert field(network, "3") == field(network, "2")


def test_no_field_without_an_image() -> None:
    network = chain((31,), make("linear", {"units": 5}))
    assert field(network, "1") == (None, None, None, "the input is not an image")


def test_no_field_behind_bins_of_unequal_size() -> None:
    network = chain((1, 7, 7), make("adaptive_avg_pool2d", {"bins": 2}), make("relu", {}))
    reason = "bins of unequal size: 7×7 pooled to 2×2"
    assert field(network, "2") == (None, None, None, reason)


def test_no_field_behind_an_unknown_op() -> None:
    network = chain(
        (1, 7, 7), make("unknown", {"kind": "warp", "shape": (1, 7, 7)}), conv(Slide(3, 1, 0, 1))
    )
    assert field(network, "2") == (None, None, None, "'warp' is an op archdb does not know")
