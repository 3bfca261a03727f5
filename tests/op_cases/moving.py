"""Tensors of any rank: axes moved, cut, joined and added; learnt tensors. Eleven heads of 19 steps
of 7 features each are H; V is a volume."""

from archdb.model.shape import HEIGHT, WIDTH, named, unnamed
from archdb.model.window import POINT, Unbounded, Window
from archdb.ops import BIAS, BUFFER, WEIGHT, Work
from archdb.ops.cutting import AROUND, CHOSEN, PICKED
from archdb.ops.joining import JOINED, STACKED
from archdb.ops.moving import EXPANDED, FLIPPED, RESHAPED, ROLLED
from op_cases.table import MAP, NOTHING, SEQUENCE, VECTOR, Case, Shape, on

H = unnamed((11, 19, 7))
V = (5, 3, 17, 13)  # channels, depth, height, width


def moved(applied: object, out: Shape, window: Window | Unbounded) -> Case:
    """An op that computes nothing."""
    op, inputs = applied  # type: ignore[misc]
    return Case(op, inputs, out, NOTHING, Work(), window)


CASES = [
    # reshape, beyond maps
    moved(on("reshape", (19, 231), shape=[0, 3, 11, 7]), (19, 3, 11, 7), RESHAPED),
    moved(on("reshape", V, shape=[5, 1, 3, 17, -1, 1]), (5, 1, 3, 17, 13, 1), RESHAPED),
    moved(
        on("reshape", (19, 77), shape=[0, 11, 7], axis_names=["sequence", "heads", "feature"]),
        (19, 11, 7),
        RESHAPED,
    ),
    # axes in another order
    moved(on("permute", MAP, order=[1, 2, 0]), (17, 13, 5), POINT),
    moved(on("permute", (19, 3, 11, 7), order=[1, 2, 0, 3]), (3, 11, 19, 7), POINT),
    # spread: 1 over 3, and a new axis before
    moved(on("expand", (1, 23), shape=[7, 3, 0]), (7, 3, 23), POINT),
    moved(on("expand", (5, 1, 1), shape=[0, 17, 13]), MAP, EXPANDED),
    # moved along axes
    moved(on("roll", MAP, axes=[1, 2], shifts=[-3, 2]), MAP, ROLLED),
    moved(on("roll", MAP, axes=[0], shifts=[2]), MAP, POINT),  # channels: positions stay
    moved(on("flip", MAP, axes=[-1]), MAP, FLIPPED),
    moved(on("flip", SEQUENCE, axes=[0]), SEQUENCE, POINT),
    # parts: 2, 5, 8, 11 and 14 of 17 rows; the last 4 of 19 steps; from the third of 3 parts
    moved(
        on("slice", MAP, axis=1, start=2, stop=15, step=3),
        (5, 5, 13),
        Window(stride=(3, 1), padding=(-2, -2, 0, 0)),
    ),
    moved(
        on("slice", MAP, axis=2, start=1, step=2),
        (5, 17, 6),
        Window(stride=(1, 2), padding=(0, 0, -1, 0)),
    ),
    moved(on("slice", SEQUENCE, axis=0, start=-4), (4, 23), POINT),
    moved(on("slice", H, axis=-2, stop=-1), (11, 18, 7), POINT),
    moved(on("slice", MAP, axis=0, start=1, stop=4), (3, 17, 13), POINT),
    moved(on("select", SEQUENCE, axis=0, index=0), (23,), POINT),
    moved(on("select", (3, 11, 19, 7), axis=0, index=-1), (11, 19, 7), POINT),
    moved(on("select", MAP, axis=2, index=12), (5, 17), CHOSEN),
    # 529 relative positions of 11 heads, picked for 49 by 49 places
    moved(on("take", (529, 11), shape=[49, 49]), (49, 49, 11), POINT),
    moved(on("take", SEQUENCE, (7,), axis=1), (19, 7), POINT),
    moved(on("take", MAP, axis=1, shape=[3]), (5, 3, 13), PICKED),
    moved(on("gather", SEQUENCE, axis=0, shape=[5, 23]), (5, 23), POINT),
    moved(on("gather", MAP, (5, 29, 13), axis=1), (5, 29, 13), PICKED),
    # more on both sides: 1 + 17 + 2 rows, 13 + 7 columns; 5 - 2 channels
    moved(
        on("pad", MAP, sides=[[0, 0], [1, 2], [0, 7]], mode="reflect"),
        (5, 20, 20),
        Window(padding=(1, 2, 0, 7)),
    ),
    moved(on("pad", MAP, sides=[[-2, 0], [0, 0], [0, 0]]), (3, 17, 13), POINT),
    moved(on("pad", MAP, sides=[[0, 0], [1, 1], [0, 0]], mode="circular"), (5, 19, 13), AROUND),
    moved(on("pad", V, sides=[[0, 0], [2, 1], [0, 0], [0, 0]]), (5, 6, 17, 13), POINT),
    # beside each other
    moved(on("concat", (1, 23), SEQUENCE, axis=0), (1 + 19, 23), POINT),
    moved(on("concat", H, (11, 2, 7), axis=1), (11, 19 + 2, 7), POINT),
    moved(on("concat", MAP, (5, 17, 2), axis=-1), (5, 17, 13 + 2), JOINED),
    moved(on("stack", SEQUENCE, SEQUENCE, SEQUENCE, axis=1), (19, 3, 23), STACKED),
    moved(on("stack", VECTOR), (1, 31), STACKED),
    # there before anything arrives
    Case(*on("parameter", shape=[197, 23]), (197, 23), {WEIGHT: 197 * 23}, Work(), POINT),
    Case(*on("parameter", shape=[31], role="bias"), (31,), {BIAS: 31}, Work(), POINT),
    Case(
        *on("parameter", shape=[3, 7, 11], axis_names=["heads", HEIGHT, WIDTH]),
        (3, 7, 11),
        {WEIGHT: 3 * 7 * 11},
        Work(),
        POINT,
    ),
    Case(*on("constant", shape=[49, 49], buffer=True), (49, 49), {BUFFER: 49 * 49}, Work(), POINT),
    moved(on("constant", shape=[1, 2, 3, 5]), (1, 2, 3, 5), POINT),
    moved(
        on("input", shape=[5, 19], axis_names=["channel", "sequence"]),
        named((5, 19), ("channel", "sequence")),
        POINT,
    ),
]
