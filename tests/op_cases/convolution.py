"""Convolutions."""

from archdb.model.window import UPSAMPLED, Window
from archdb.ops import BIAS, BUFFER, WEIGHT, Work
from op_cases.table import HIGH, MAP, OBLONG, OBLONG_WINDOW, WIDE, Case, on

# The map of 17×13 spread out again: each position over 3×2, in steps of (2, 3), less a row at
# either end.
TALL, BROAD = (17 - 1) * 2 + 3 - 1 - 1, (13 - 1) * 3 + 2

CASES = [
    Case(
        *on("conv2d", MAP, **OBLONG),
        (7, HIGH, WIDE),
        {WEIGHT: 7 * 5 * 3 * 2, BIAS: 7},
        Work(macs=7 * 5 * 3 * 2 * HIGH * WIDE, bias_adds=7 * HIGH * WIDE),
        OBLONG_WINDOW,
    ),
    Case(
        *on("conv2d", MAP, **OBLONG, bias=False),
        (7, HIGH, WIDE),
        {WEIGHT: 7 * 5 * 3 * 2},
        Work(macs=7 * 5 * 3 * 2 * HIGH * WIDE),
        OBLONG_WINDOW,
    ),
    Case(  # 3 groups: each of 21 filters reads 15 / 3 channels
        *on("conv2d", (15, 17, 13), filters=21, kernel=2, groups=3),
        (21, 16, 12),
        {WEIGHT: 21 * (15 // 3) * 2 * 2, BIAS: 21},
        Work(macs=21 * (15 // 3) * 2 * 2 * 16 * 12, bias_adds=21 * 16 * 12),
        Window((2, 2)),
    ),
    Case(  # dilated by (3, 2), 3×5 reaches over 7×9; same: 17 / 2 and 13 / 1, rounded up
        *on(
            "conv2d", MAP, filters=7, kernel=(3, 5), stride=(2, 1), dilation=(3, 2), padding="same"
        ),
        (7, 9, 13),
        {WEIGHT: 7 * 5 * 3 * 5, BIAS: 7},
        Work(macs=7 * 5 * 3 * 5 * 9 * 13, bias_adds=7 * 9 * 13),
        Window((3, 5), (2, 1), "same", (3, 2)),
    ),
    Case(  # 2 + 3 + 1 connections for 3 filters
        *on("partial_conv2d", MAP, filters=3, kernel=2, connections=[[0, 4], [1, 2, 3], [4]]),
        (3, 16, 12),
        {WEIGHT: (2 + 3 + 1) * 2 * 2, BIAS: 3},
        Work(macs=(2 + 3 + 1) * 2 * 2 * 16 * 12, bias_adds=3 * 16 * 12),
        Window((2, 2)),
    ),
    Case(  # 7 filters for each of 5 channels, each of which they read alone
        *on(
            *("depthwise_conv2d", MAP),
            kernel=(3, 2),
            stride=(2, 3),
            padding=(1, 1, 0, 0),
            multiplier=7,
        ),
        (5 * 7, HIGH, WIDE),
        {WEIGHT: 5 * 7 * 3 * 2, BIAS: 5 * 7},
        Work(macs=5 * 7 * 3 * 2 * HIGH * WIDE, bias_adds=5 * 7 * HIGH * WIDE),
        OBLONG_WINDOW,
    ),
    Case(  # dilated by (3, 2), 3×5 reaches over 7×9
        *on("depthwise_conv2d", MAP, kernel=(3, 5), dilation=(3, 2), bias=False),
        (5, 17 - 7 + 1, 13 - 9 + 1),
        {WEIGHT: 5 * 3 * 5},
        Work(macs=5 * 3 * 5 * 11 * 5),
        Window((3, 5), dilation=(3, 2)),
    ),
    Case(  # 7 filters and biases of their own at each position
        *on("locally_connected2d", MAP, **OBLONG),
        (7, HIGH, WIDE),
        {WEIGHT: HIGH * WIDE * 7 * 5 * 3 * 2, BIAS: 7 * HIGH * WIDE},
        Work(macs=HIGH * WIDE * 7 * 5 * 3 * 2, bias_adds=7 * HIGH * WIDE),
        OBLONG_WINDOW,
    ),
    Case(
        *on("locally_connected2d", MAP, filters=7, kernel=2, bias=False),
        (7, 16, 12),
        {WEIGHT: 16 * 12 * 7 * 5 * 2 * 2},
        Work(macs=16 * 12 * 7 * 5 * 2 * 2),
        Window((2, 2)),
    ),
    Case(  # each of 5·17·13 elements times 7·3·2 weights
        *on("conv_transpose2d", MAP, **OBLONG),
        (7, TALL, BROAD),
        {WEIGHT: 5 * 7 * 3 * 2, BIAS: 7},
        Work(macs=5 * 17 * 13 * 7 * 3 * 2, bias_adds=7 * TALL * BROAD),
        UPSAMPLED._replace(pads=(1, 1, 0, 0)),
    ),
    Case(  # 3 groups: each of 15 channels goes to 21 / 3 filters
        *on(
            *("conv_transpose2d", (15, 17, 13)),
            filters=21,
            kernel=2,
            stride=(2, 3),
            output_padding=(1, 2),
            groups=3,
            bias=False,
        ),
        (21, (17 - 1) * 2 + 2 + 1, (13 - 1) * 3 + 2 + 2),
        {WEIGHT: 15 * (21 // 3) * 2 * 2},
        Work(macs=15 * 17 * 13 * (21 // 3) * 2 * 2),
        UPSAMPLED,
    ),
    Case(  # dilated by (3, 2), 3×5 reaches over 7×9
        *on("conv_transpose2d", MAP, filters=7, kernel=(3, 5), dilation=(3, 2), bias=False),
        (7, 17 - 1 + 7, 13 - 1 + 9),
        {WEIGHT: 5 * 7 * 3 * 5},
        Work(macs=5 * 17 * 13 * 7 * 3 * 5),
        UPSAMPLED,
    ),
    Case(  # a kernel that is not trained
        *on("conv_transpose2d", MAP, filters=7, kernel=2, bias=False, fixed=True),
        (7, 18, 14),
        {BUFFER: 5 * 7 * 2 * 2},
        Work(macs=5 * 17 * 13 * 7 * 2 * 2),
        UPSAMPLED,
    ),
]
