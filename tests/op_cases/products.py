"""Products of two layers of any rank, attention, and layers whose weights are inputs. Eleven heads
of 19 queries, 29 keys, 7 features and values of 5."""

from archdb.model.shape import named
from archdb.model.window import NO_MAP, POINT, Window
from archdb.ops import BIAS, WEIGHT, Work
from archdb.ops.activation import MIXED
from archdb.ops.attention import ATTENTION
from archdb.ops.products import PRODUCT
from archdb.ops.volume import VOLUME
from op_cases.table import MAP, NOTHING, SEQUENCE, Case, Shape, on

Q, K, V = (11, 19, 7), (11, 29, 7), (11, 29, 5)
SCORES = 11 * 19 * 29
TURNED = named((17, 13, 5), ("height", "width", "channel"))


def product(name: str, inputs: list[Shape], out: Shape, work: Work, **attributes: object) -> Case:
    return Case(*on(name, *inputs, **attributes), out, NOTHING, work, PRODUCT)


#: A convolution that reads both its tensors.
READ = {"kernel_input": True, "bias_input": True}
KERNEL = {"kernel_input": True}

CASES = [
    product("matmul", [Q, K], (11, 19, 29), Work(macs=SCORES * 7), transpose_second=True),
    product("matmul", [(11, 19, 29), V], (11, 19, 5), Work(macs=11 * 19 * 29 * 5)),
    product(  # one matrix for all heads of 3 windows
        "matmul", [(3, 11, 19, 7), (7, 5)], (3, 11, 19, 5), Work(macs=3 * 11 * 19 * 7 * 5)
    ),
    product(
        "matmul",
        [(3, 1, 19, 7), (11, 19, 5)],
        (3, 11, 7, 5),
        Work(macs=3 * 11 * 7 * 19 * 5),
        transpose_first=True,
    ),
    Case(
        *on("scaled_dot_product_attention", Q, K, V),
        (11, 19, 5),
        NOTHING,
        Work(
            macs=SCORES * 7 + SCORES * 5,
            muls=SCORES,
            adds=11 * 19 * 28,
            exponentials=SCORES,
            divisions=SCORES,
        ),
        ATTENTION,
    ),
    Case(  # masked: an addition for each score more
        *on("scaled_dot_product_attention", Q, K, V, (19, 29)),
        (11, 19, 5),
        NOTHING,
        Work(
            macs=SCORES * 12,
            muls=SCORES,
            adds=SCORES + 11 * 19 * 28,
            exponentials=SCORES,
            divisions=SCORES,
        ),
        ATTENTION,
    ),
    Case(  # one mask for each head of 3 windows
        *on("scaled_dot_product_attention", *[(3, 2, 19, 7)] * 3, (1, 2, 19, 19)),
        (3, 2, 19, 7),
        NOTHING,
        Work(
            macs=6 * 19 * 19 * 14,
            muls=6 * 19 * 19,
            adds=6 * 19 * 19 + 6 * 19 * 18,
            exponentials=6 * 19 * 19,
            divisions=6 * 19 * 19,
        ),
        ATTENTION,
    ),
    Case(  # two heads of keys and values for 12 of queries
        *on("scaled_dot_product_attention", (12, 19, 7), (2, 19, 7), (2, 19, 7), causal=True),
        (12, 19, 7),
        NOTHING,
        Work(
            macs=12 * 19 * 19 * 14,
            muls=12 * 19 * 19,
            adds=12 * 19 * 19 + 12 * 19 * 18,
            exponentials=12 * 19 * 19,
            divisions=12 * 19 * 19,
        ),
        ATTENTION,
    ),
    product("einsum", [Q, K], (11, 19, 29), Work(macs=SCORES * 7), equation="hid,hjd->hij"),
    product(  # nothing is summed over: a product for each element
        "einsum", [SEQUENCE, (7,)], (7, 19, 23), Work(muls=7 * 19 * 23), equation="ij,k->kij"
    ),
    product(  # the second input alone sums over d: 10 additions for each of 5 by 7
        "einsum",
        [(3, 5), (5, 7, 11)],
        (3, 7),
        Work(macs=3 * 5 * 7, adds=5 * 7 * 10),
        equation="ab,bcd->ac",
    ),
    product("einsum", [(3, 5, 7)], (7, 3), Work(adds=3 * 7 * 4), equation="abc->ca"),
    Case(*on("rope", Q), Q, NOTHING, Work(muls=2 * 11 * 19 * 7, adds=11 * 19 * 7), POINT),
    # along an axis
    Case(
        *on("linear", Q, units=3, axis=-1),
        (11, 19, 3),
        {WEIGHT: 3 * 7, BIAS: 3},
        Work(macs=11 * 19 * 3 * 7, bias_adds=11 * 19 * 3),
        MIXED,
    ),
    Case(  # tokens are mixed: 23 features of 19 steps become those of 3
        *on("linear", SEQUENCE, units=3, axis=0, bias=False),
        (3, 23),
        {WEIGHT: 3 * 19},
        Work(macs=3 * 23 * 19),
        POINT,
    ),
    Case(
        *on("linear", TURNED, units=3, axis=-1),
        (17, 13, 3),
        {WEIGHT: 15, BIAS: 3},
        Work(macs=221 * 15, bias_adds=221 * 3),
        POINT,
    ),
    # weights that are inputs
    Case(
        *on("linear", SEQUENCE, (5,), units=5, bias_input=True),
        (19, 5),
        {WEIGHT: 5 * 23},
        Work(macs=19 * 5 * 23, bias_adds=19 * 5),
        POINT,
    ),
    Case(
        *on("conv2d", MAP, (7, 5, 3, 3), filters=7, kernel=3, kernel_input=True),
        (7, 15, 11),
        {BIAS: 7},
        Work(macs=7 * 5 * 9 * 15 * 11, bias_adds=7 * 15 * 11),
        Window((3, 3)),
    ),
    Case(
        *on(
            "conv2d",
            MAP,
            (7, 5, 3, 3),
            (7,),
            filters=7,
            kernel=3,
            kernel_input=True,
            bias_input=True,
        ),
        (7, 15, 11),
        NOTHING,
        Work(macs=7 * 5 * 9 * 15 * 11, bias_adds=7 * 15 * 11),
        Window((3, 3)),
    ),
    Case(  # a kernel that is normalised before it is used, along a sequence
        *on("conv1d", SEQUENCE, (7, 23, 3), filters=7, kernel=3, kernel_input=True),
        (17, 7),
        {BIAS: 7},
        Work(macs=17 * 7 * 23 * 3, bias_adds=17 * 7),
        NO_MAP,
    ),
    Case(
        *on("conv3d", (5, 7, 17, 13), (3, 5, 2, 2, 2), filters=3, kernel=2, bias=False, **KERNEL),
        (3, 6, 16, 12),
        NOTHING,
        Work(macs=6 * 16 * 12 * 3 * 5 * 8),
        VOLUME,
    ),
]
