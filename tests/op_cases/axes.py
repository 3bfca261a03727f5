"""Windows along a sequence and over a volume: 5 channels of 7×17×13 positions, or 19 steps whose 23
channels stand first."""

from archdb.model.shape import named
from archdb.model.window import NO_MAP, Unbounded, Window
from archdb.ops import BIAS, WEIGHT, Work
from archdb.ops.volume import VOLUME
from op_cases.table import MAP, NOTHING, SEQUENCE, Case, on

V = (5, 7, 17, 13)
PADDED = {"padding": 1, "output_padding": 1}
FIRST = named((23, 19), ("channel", "sequence"))

CASES = [
    # channels that stand first: as those that stand last
    Case(
        *on("conv1d", FIRST, filters=7, kernel=3, stride=2, padding=[1, 0]),
        named((7, 9), ("channel", "sequence")),
        {WEIGHT: 7 * 23 * 3, BIAS: 7},
        Work(macs=9 * 7 * 23 * 3, bias_adds=9 * 7),
        NO_MAP._replace(pads=(1, 0, 0, 0)),
    ),
    Case(
        *on("max_pool1d", FIRST, kernel=3, stride=3, rounding="ceil"),
        (23, 7),
        NOTHING,
        Work(comparisons=7 * 23 * 2),
        NO_MAP,
    ),
    # (19 - 1) 2 + 3 - 2 + 1 = 38
    Case(
        *on(
            "conv_transpose1d", SEQUENCE, filters=7, kernel=3, stride=2, padding=1, output_padding=1
        ),
        (38, 7),
        {WEIGHT: 23 * 7 * 3, BIAS: 7},
        Work(macs=19 * 23 * 7 * 3, bias_adds=38 * 7),
        NO_MAP._replace(pads=(1, 1, 0, 0)),
    ),
    # 19 steps in 5 bins: 19 + 5 - 1 elements of each feature
    Case(
        *on("adaptive_avg_pool1d", SEQUENCE, bins=5),
        (5, 23),
        NOTHING,
        Work(adds=23 * (23 - 5), divisions=5 * 23),
        NO_MAP,
    ),
    Case(
        *on("adaptive_max_pool1d", FIRST, bins=5),
        (23, 5),
        NOTHING,
        Work(comparisons=23 * (23 - 5)),
        NO_MAP,
    ),
    Case(  # 17 rows in 4 bins, 13 columns in 13
        *on("adaptive_max_pool2d", MAP, bins=[4, 13]),
        (5, 4, 13),
        NOTHING,
        Work(comparisons=5 * (17 + 4 - 1) * 13 - 5 * 4 * 13),
        Unbounded("bins of unequal size: 17×13 pooled to 4×13"),
    ),
    Case(
        *on("adaptive_max_pool2d", MAP, bins=[17, 1]),
        (5, 17, 1),
        NOTHING,
        Work(comparisons=5 * 17 * 12),
        Window((1, 13), (1, 13)),
    ),
    # (7 + 2 - 3) + 1 = 7 deep, (17 - 5) / 2 + 1 = 7 high, 13 - 4 + 1 = 10 wide
    Case(
        *on(
            "conv3d",
            V,
            filters=3,
            kernel=[3, 5, 4],
            stride=[1, 2, 1],
            padding=[1, 0, 0],
            bias=False,
        ),
        (3, 7, 7, 10),
        {WEIGHT: 3 * 5 * 3 * 5 * 4},
        Work(macs=7 * 7 * 10 * 3 * 5 * 3 * 5 * 4),
        VOLUME,
    ),
    Case(  # depthwise, same: 7 / 2, 17 / 2 and 13 / 2 rounded up
        *on("conv3d", V, filters=5, groups=5, kernel=3, stride=2, padding="same"),
        (5, 4, 9, 7),
        {WEIGHT: 5 * 27, BIAS: 5},
        Work(macs=4 * 9 * 7 * 5 * 27, bias_adds=5 * 4 * 9 * 7),
        VOLUME._replace(pads=(1, 1, 1, 1)),
    ),
    Case(  # (7 - 2) / 2, (17 - 2) / 2 and (13 - 2) / 2 rounded up, + 1; six sides of padding
        *on("max_pool3d", V, kernel=2, stride=2, rounding="ceil", padding=[1, 0, 0, 0, 0, 1]),
        (5, 4, 9, 7),
        NOTHING,
        Work(comparisons=5 * 4 * 9 * 7 * 7),
        VOLUME._replace(pads=(0, 0, 0, 1)),
    ),
    Case(
        *on("avg_pool3d", V, kernel=[7, 17, 13], stride=1, rounding="floor"),
        (5, 1, 1, 1),
        NOTHING,
        Work(adds=5 * (7 * 17 * 13 - 1), divisions=5),
        VOLUME,
    ),
    Case(
        *on("adaptive_avg_pool3d", V, bins=[1, 4, 13]),
        (5, 1, 4, 13),
        NOTHING,
        Work(adds=5 * 7 * (17 + 4 - 1) * 13 - 5 * 4 * 13, divisions=5 * 4 * 13),
        VOLUME,
    ),
    Case(
        *on("adaptive_max_pool3d", V, bins=1),
        (5, 1, 1, 1),
        NOTHING,
        Work(comparisons=5 * 7 * 17 * 13 - 5),
        VOLUME,
    ),
    # (7 - 1) 2 + 3 - 2 + 0 = 13, (17 - 1) 2 + 3 - 2 + 1 = 34, (13 - 1) 2 + 3 - 2 + 0 = 25
    Case(
        *on(
            "conv_transpose3d",
            V,
            filters=3,
            kernel=3,
            stride=2,
            padding=1,
            output_padding=[0, 1, 0],
        ),
        (3, 13, 34, 25),
        {WEIGHT: 5 * 3 * 27, BIAS: 3},
        Work(macs=5 * 7 * 17 * 13 * 3 * 27, bias_adds=3 * 13 * 34 * 25),
        VOLUME._replace(pads=(1, 1, 1, 1)),
    ),
]
