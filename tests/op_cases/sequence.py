"""Windows along a sequence of 19 steps of 23 features, what is told of all steps, and products."""

from archdb.model.window import NO_MAP
from archdb.ops import BIAS, WEIGHT, Work
from op_cases.table import NOTHING, SEQUENCE, Case, on

CASES = [
    Case(  # 3 steps in strides of 2, one before: (19 + 1 - 3) / 2 + 1 = 9
        *on("conv1d", SEQUENCE, filters=7, kernel=3, stride=2, padding=[1, 0]),
        (9, 7),
        {WEIGHT: 7 * 23 * 3, BIAS: 7},
        Work(macs=9 * 7 * 23 * 3, bias_adds=9 * 7),
        NO_MAP._replace(pads=(1, 0, 0, 0)),
    ),
    Case(  # causal: (3 - 1) 4 before; each of 3 groups reads 8 / 2 of 24 / 3 features
        *on("conv1d", (19, 24), filters=6, kernel=3, dilation=4, padding="causal", groups=3),
        (19, 6),
        {WEIGHT: 6 * 8 * 3, BIAS: 6},
        Work(macs=19 * 6 * 8 * 3, bias_adds=19 * 6),
        NO_MAP._replace(pads=(8, 0, 0, 0)),
    ),
    Case(  # depthwise, same: 19 / 2 rounded up is 10, (10 - 1) 2 + 4 - 19 = 3 of padding
        *on(
            "conv1d",
            SEQUENCE,
            filters=23,
            groups=23,
            kernel=4,
            stride=2,
            padding="same",
            bias=False,
        ),
        (10, 23),
        {WEIGHT: 23 * 4},
        Work(macs=10 * 23 * 4),
        NO_MAP._replace(pads=(1, 2, 0, 0)),
    ),
    Case(  # (19 - 3) / 3 rounded up, + 1 = 7
        *on("max_pool1d", SEQUENCE, kernel=3, stride=3, rounding="ceil"),
        (7, 23),
        NOTHING,
        Work(comparisons=7 * 23 * 2),
        NO_MAP,
    ),
    Case(
        *on("avg_pool1d", SEQUENCE, kernel=3, stride=3, rounding="floor"),
        (6, 23),
        NOTHING,
        Work(adds=6 * 23 * 2, divisions=6 * 23),
        NO_MAP,
    ),
    Case(
        *on("global_avg_pool1d", SEQUENCE),
        (23,),
        NOTHING,
        Work(adds=23 * 18, divisions=23),
        NO_MAP,
    ),
    Case(*on("global_max_pool1d", SEQUENCE), (23,), NOTHING, Work(comparisons=23 * 18), NO_MAP),
    Case(*on("matmul", SEQUENCE, (23, 5)), (19, 5), NOTHING, Work(macs=19 * 23 * 5), NO_MAP),
    Case(  # queries times keys
        *on("matmul", SEQUENCE, (7, 23), transpose_second=True),
        (19, 7),
        NOTHING,
        Work(macs=19 * 23 * 7),
        NO_MAP,
    ),
    Case(  # features by features
        *on("matmul", SEQUENCE, (19, 5), transpose_first=True),
        (23, 5),
        NOTHING,
        Work(macs=23 * 19 * 5),
        NO_MAP,
    ),
]
