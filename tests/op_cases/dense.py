"""Layers in which every output reads every feature."""

from archdb.model.window import POINT, Window
from archdb.ops import BIAS, BUFFER, WEIGHT, Work
from op_cases.table import MAP, NOTHING, SEQUENCE, VECTOR, Case, on

CASES = [
    Case(  # the whole map is one vector of 5·17·13 features
        *on("linear", MAP, units=11),
        (11,),
        {WEIGHT: 11 * 5 * 17 * 13, BIAS: 11},
        Work(macs=11 * 5 * 17 * 13, bias_adds=11),
        Window((17, 13)),
    ),
    Case(
        *on("linear", VECTOR, units=11, bias=False),
        (11,),
        {WEIGHT: 11 * 31},
        Work(macs=11 * 31),
        POINT,
    ),
    Case(  # each of 19 steps alone
        *on("linear", SEQUENCE, units=11),
        (19, 11),
        {WEIGHT: 11 * 23, BIAS: 11},
        Work(macs=19 * 11 * 23, bias_adds=19 * 11),
        POINT,
    ),
    Case(  # 31 differences and squares, 30 sums of them, for each of 11 units
        *on("rbf", VECTOR, units=11),
        (11,),
        {BUFFER: 11 * 31},
        Work(adds=11 * (31 + 30), muls=11 * 31),
        POINT,
    ),
    Case(*on("flatten", MAP), (5 * 17 * 13,), NOTHING, Work(), Window((17, 13))),
]
