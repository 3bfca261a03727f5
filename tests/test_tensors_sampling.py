"""Other sizes, patches and pixels, what reads where another layer says."""

from typing import Any

import pytest
from drawing import chain, conv, data, draw, layer

from archdb.analysis.layer_costs import facts_of
from archdb.analysis.profile import derive
from archdb.errors import DefinitionError, ShapeError
from archdb.model.shape import unnamed
from archdb.ops import make

MAP = (5, 17, 13)


@pytest.mark.parametrize(
    ("op", "given", "inputs", "said"),
    [
        ("resize2d", {"how": "nearest", "size": 3, "scale": 2}, [MAP], "needs either a scale or a"),
        ("resize2d", {"how": "nearest", "factor": 0.05}, [MAP], "of 17×13 nothing is left"),
        ("resize1d", {"how": "nearest"}, [(19, 23)], "needs either a scale or a size"),
        ("pixel_shuffle", {"factor": 2}, [MAP], "5 channels do not divide into 2² pixels"),
        ("pixel_unshuffle", {"factor": 2}, [MAP], "17×13 pixels do not divide into 2×2"),
        ("unfold", {"kernel": 18}, [MAP], "a 18×18 window does not fit the 17×13 map"),
        ("fold", {"kernel": 2, "size": 5}, [(8, 15)], "8×15 are no patches of 2×2 at 16 positions"),
        (
            *("deform_conv2d", {"filters": 7, "kernel": 3}),
            *([MAP, (18, 17, 13)], "offsets 18×17×13 are not 18 for each group at 15×11"),
        ),
        (
            *("deform_conv2d", {"filters": 7, "kernel": 3}),
            *([MAP, (18, 15, 11), (18, 15, 11)], "weights 18×15×11 are not half as many"),
        ),
        ("grid_sample", {}, [MAP, (7, 11, 3)], "needs points height×width×2, got 7×11×3"),
        ("grid_sample", {}, [(4, *MAP), (7, 11, 2)], "needs points height×width×2, got 7×11×2"),
        ("grid_sample", {}, [(4, *MAP), (3, 7, 11, 2)], "needs points for each map of 4×5×17×13"),
        ("embedding_bag", {"vocabulary": 3, "units": 2}, [(3, 5)], "needs a sequence of tokens"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(
    op: str, given: dict[str, Any], inputs: list[tuple[int, ...]], said: str
) -> None:
    with pytest.raises(ShapeError) as caught:
        facts_of(make(op, given), tuple(inputs))
    assert said in str(caught.value)


@pytest.mark.parametrize("factor", [0, -1, "half", [1, 2, 3], True])
def test_a_factor_is_a_positive_number(factor: Any) -> None:
    with pytest.raises(DefinitionError, match="'factor' needs a positive number up to 1024 or"):
        make("resize2d", {"how": "nearest", "factor": factor})


def test_a_factor_counts_by_its_digits() -> None:
    """10 · 0.7 is 7, and not the 6 that rounding down 6.999… gives."""
    op = make("resize2d", {"how": "nearest", "factor": 0.7})
    assert op.out((1, 10, 20)) == (1, 7, 14)


def test_pixels_as_channels_are_the_window_that_reads_them() -> None:
    """A convolution of kernel 4 in steps of 4, and one of one position behind space to depth: the
    same weights, work and field (a patch embedding either way)."""
    whole = derive(chain((3, 16, 24), conv(7, 4, stride=4))).totals
    pixels = make("pixel_unshuffle", {"factor": 4})
    parts = derive(chain((3, 16, 24), pixels, conv(7, 1))).totals
    for name in ("weight_params", "macs", "bias_adds", "receptive_field_h", "effective_stride_w"):
        assert whole[name] == parts[name], name


def test_patches_times_kernels_are_a_convolution() -> None:
    """im2col as rows: the patches of each position times the kernels."""
    rows = draw(
        data(3, 9, 11),
        layer("patches", "unfold", "data", kernel=[3, 2]),
        layer("positions", "permute", "patches", order=[1, 0]),
        layer("kernels", "linear", "positions", units=7),
    )
    profile, plain = derive(rows), derive(chain((3, 9, 11), conv(7, [3, 2])))
    for name in ("weight_params", "bias_params", "macs", "bias_adds", "activations"):
        assert profile.totals[name] == plain.totals[name], name
    columns = ("gemm_m", "gemm_n", "gemm_k")
    ours = [profile.layer("kernels")[name] for name in columns]
    assert ours == [plain.layer("1")[name] for name in columns]


def test_offsets_are_work_beside_the_convolution() -> None:
    network = draw(
        data(4, 9, 9),
        layer("offsets", "conv2d", "data", filters=18, kernel=3, padding=1),
        layer("deformed", "deform_conv2d", "data", "offsets", filters=6, kernel=3, padding=1),
    )
    row = derive(network).layer("deformed")
    assert (row["macs"], row["weight_params"]) == (6 * 4 * 9 * 81, 6 * 4 * 9)
    assert row["receptive_field_note"] == "where it reads follows from the data"


def test_maps_at_points_of_their_own_take_as_many_times_the_work() -> None:
    """RAFT reads its correlations so: one small map for each position."""
    op = make("grid_sample", {})
    one = op.work((5, 7, 11), MAP, (7, 11, 2))
    points, maps = unnamed((4, 7, 11, 2)), unnamed((4, *MAP))
    many = op.work(op.out(maps, points), maps, points)
    assert (many.muls, many.adds) == (4 * one.muls, 4 * one.adds)
