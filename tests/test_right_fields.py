"""Issue 10, item 6: the receptive field of a network does not depend on its input's size."""

from typing import Any

import pytest
from drawing import chain, data, draw, layer

from archdb.analysis.profile import derive
from archdb.model.graph import Network
from archdb.ops import make


def conv(kernel: int, stride: int = 1, padding: int = 0) -> Any:
    return make("conv2d", {"filters": 2, "kernel": kernel, "stride": stride, "padding": padding})


def field(network: Network, size: int | None = None) -> tuple[Any, ...]:
    """Height's size, stride and padding of a network's field."""
    totals = derive(network, size and (1, size, size)).totals
    return tuple(
        totals[f"{name}_h"] for name in ("receptive_field", "effective_stride", "effective_padding")
    )


@pytest.mark.parametrize("size", [7, 8, 64])
def test_item_6_three_convolutions_see_seven_pixels(size: int) -> None:
    # 1 + 2 + 2 + 2, though on a 7×7 map one position is left
    assert field(chain((1, size, size), conv(3), conv(3), conv(3))) == (7, 1, 0)


@pytest.mark.parametrize("size", [24, 70, 256])
def test_item_6_a_patch_discriminator_sees_seventy_pixels(size: int) -> None:
    # backwards from 1, (n - 1)·stride + 4: 4, 7, 16, 34, 70
    stack = [conv(4, stride, 1) for stride in (2, 2, 2, 1, 1)]
    assert field(chain((1, size, size), *stack))[0] == 70


@pytest.mark.parametrize("last", [("global_avg_pool2d", {}), ("flatten", {})])
@pytest.mark.parametrize("size", [32, 64])
def test_item_6_what_ends_the_map_is_not_its_size(last: tuple[str, Any], size: int) -> None:
    # five 2×2 pools in strides of 2: 1 + 1 + 2 + 4 + 8 + 16, one position left at 32
    pool = make("max_pool2d", {"kernel": 2, "stride": 2, "rounding": "floor"})
    network = chain((1, 32, 32), *[pool] * 5, make(*last), make("linear", {"units": 3}))
    assert field(network, size) == (32, 32, 0)


@pytest.mark.parametrize("size", [28, 56])
def test_item_6_an_average_of_the_whole_native_map_is_a_global_pool(size: int) -> None:
    pool = make("avg_pool2d", {"kernel": 7, "stride": 1, "rounding": "floor"})
    # two convolutions, 3 and 2·2 more; at 56 the pool leaves 8×8 positions and still ends the map
    assert field(chain((1, 28, 28), conv(3, 2, 1), conv(3, 2, 1), pool), size) == (7, 4, 3)


def test_item_6_an_adaptive_pool_ends_the_map() -> None:
    network = chain((1, 14, 14), conv(3), make("adaptive_avg_pool2d", {"bins": 3}))
    assert field(network) == field(network, 17) == field(network, 28) == (3, 1, 0)


def outputs(*order: int) -> Network:
    """Two outputs of one map, 3×3 and 5×5, in an order of rows."""
    rows = [layer("a", "conv2d", "data", filters=2, kernel=3)]
    rows.append(layer("b", "conv2d", "data", filters=2, kernel=5))
    return draw(data(1, 9, 9), *(rows[i] for i in order))


def test_item_6_of_several_outputs_the_largest_field_counts() -> None:
    for network in (outputs(0, 1), outputs(1, 0)):
        assert field(network) == (5, 1, 0)
        assert derive(network).totals["receptive_field_layer"] == "b"


def test_item_6_paths_of_different_centres_have_a_size() -> None:
    network = draw(
        data(1, 9, 9),
        layer("left", "conv2d", "data", filters=2, kernel=3, padding=[0, 2, 0, 2]),
        layer("right", "conv2d", "data", filters=2, kernel=3, padding=[2, 0, 2, 0]),
        layer("join", "add", "left", "right"),
        layer("behind", "conv2d", "join", filters=2, kernel=3, padding=1),
    )
    profile = derive(network)
    # pixels 0 to 2 and -2 to 0: five, from -2 to 2; a 3×3 behind them adds one at either edge
    assert profile.layer("join")["receptive_field_h"] == 5
    row = profile.layer("behind")
    assert (row["receptive_field_h"], row["effective_stride_h"]) == (7, 1)
    assert row["effective_padding_h"] is None
    assert row["receptive_field_note"].startswith("paths meet in 'join' with different centres")
