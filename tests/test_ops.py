"""Every op against its rows of the table in op_cases, and what holds for all ops."""

import pytest
from op_cases import CASES
from op_cases.table import HIGH, MAP, OBLONG, POOL, SEQUENCE, VECTOR, WIDE, Case, Shape, on

from archdb.analysis.layer_costs import COUNTED, COUNTS, facts_of
from archdb.errors import ShapeError
from archdb.ops import BIAS, BUFFER, NORM, REGISTRY, WEIGHT, Gemm, Op, Work
from archdb.ops.base import FACTS, no_params, no_work, op, point, same_shape

each = pytest.mark.parametrize("case", CASES, ids=lambda case: case.op.name)


def test_every_op_has_a_row_in_the_table() -> None:
    assert {case.op.name for case in CASES} == set(REGISTRY)


@each
def test_out(case: Case) -> None:
    assert case.op.out(*case.inputs) == case.out


@each
def test_params(case: Case) -> None:
    tensors = case.op.params(*case.inputs)
    if case.params is None:
        assert tensors is None
        return
    found: dict[str, int] = {}
    for tensor in tensors:
        size = 1
        for extent in tensor.shape:
            size *= extent
        found[tensor.role] = found.get(tensor.role, 0) + size
    assert found == case.params


@each
def test_work(case: Case) -> None:
    assert case.op.work(case.out, *case.inputs) == case.work


@each
def test_window(case: Case) -> None:
    assert case.op.window(*case.inputs) == case.window


@each
def test_facts_become_columns(case: Case) -> None:
    counts = dict(zip(COUNTS, facts_of(case.op, case.inputs).columns[COUNTED], strict=True))
    columns = {WEIGHT: "weight_params", BIAS: "bias_params", NORM: "norm_params", BUFFER: "buffers"}
    found = dict.fromkeys(columns) if case.params is None else case.params
    absent = None if case.params is None else 0
    stated = {column: found.get(role, absent) for role, column in columns.items()}
    stated |= dict.fromkeys(Work._fields) if case.work is None else case.work._asdict()
    assert {name: counts[name] for name in stated} == stated


GEMMS = [  # positions; filters of a group; weights of a filter
    (on("conv2d", MAP, **OBLONG), Gemm(m=HIGH * WIDE, n=7, k=5 * 3 * 2)),
    (on("conv2d", (15, 17, 13), filters=21, kernel=2, groups=3), Gemm(16 * 12, 21 // 3, 5 * 2 * 2)),
    (on("depthwise_conv2d", MAP, kernel=2, multiplier=7), Gemm(16 * 12, 7, 2 * 2)),
    # from every input position to what the kernel spreads over the output
    (on("conv_transpose2d", MAP, **OBLONG), Gemm(17 * 13, 7 * 3 * 2, 5)),
    (
        on("conv_transpose2d", (15, 17, 13), filters=21, kernel=2, groups=3),
        Gemm(17 * 13, 21 // 3 * 2 * 2, 15 // 3),
    ),
    (on("locally_connected2d", MAP, **OBLONG), None),
    (on("linear", MAP, units=11), Gemm(1, 11, 5 * 17 * 13)),
    (on("linear", SEQUENCE, units=11), Gemm(19, 11, 23)),
    (on("max_pool2d", MAP, **POOL, rounding="floor"), None),
]


@pytest.mark.parametrize(("applied", "gemm"), GEMMS, ids=str)
def test_gemm(applied: tuple[Op, tuple[Shape, ...]], gemm: Gemm | None) -> None:
    operation, inputs = applied
    assert operation.gemm(operation.out(*inputs), *inputs) == gemm


@each
def test_a_gemm_is_one_groups_part_of_the_macs(case: Case) -> None:
    """So that it needs no look whether it fits into 64 bits."""
    gemm = case.op.gemm(case.out, *case.inputs) if case.out is not None else None
    if gemm is not None:
        groups, rest = divmod(case.work.macs, gemm.m * gemm.n * gemm.k)
        assert groups >= 1
        assert rest == 0


@pytest.mark.parametrize("fact", FACTS)
def test_an_op_that_leaves_a_fact_unstated_fails_at_import(fact: str) -> None:
    stated = {"out": same_shape, "params": no_params, "work": no_work, "window": point}
    del stated[fact]
    with pytest.raises(TypeError, match=f"'lacking' does not state its {fact}"):
        op("lacking")(type("Lacking", (Op,), stated))
    assert "lacking" not in REGISTRY


def test_a_name_is_registered_once() -> None:
    with pytest.raises(TypeError, match="'relu' is registered twice"):
        op("relu")(type("Again", (REGISTRY["relu"],), {}))


@each
@pytest.mark.parametrize(
    "inputs",
    [
        *((), (VECTOR,), (SEQUENCE,), (MAP,), (MAP, MAP), (MAP, VECTOR), (VECTOR, MAP)),
        *((SEQUENCE, (19, 1, 1)), (MAP, MAP, MAP)),
    ],
    ids=str,
)
def test_any_input_is_taken_or_refused_as_a_shape(case: Case, inputs: tuple[Shape, ...]) -> None:
    try:
        facts = facts_of(case.op, inputs)
    except ShapeError as error:
        assert error.what
    else:
        assert facts.out is None or all(extent > 0 for extent in facts.out)


def test_where_the_order_of_inputs_makes_no_difference_it_makes_none() -> None:
    for case in CASES:
        if case.op.commutative:
            turned = facts_of(case.op, case.inputs[::-1])
            assert turned.out == case.out
            assert turned.columns[COUNTED] == facts_of(case.op, case.inputs).columns[COUNTED]
    assert {case.op.name for case in CASES if case.op.commutative} == {
        *("add", "multiply", "maximum", "minimum")
    }


@pytest.mark.parametrize("name", ["conv_transpose2d", "max_unpool2d"])
def test_padding_is_a_column_also_where_there_is_no_window(name: str) -> None:
    given = {**OBLONG} if name == "conv_transpose2d" else {**POOL, "padding": (1, 1, 0, 0)}
    operation, inputs = on(name, *[MAP] * (1 if name == "conv_transpose2d" else 2), **given)
    assert facts_of(operation, inputs).pads == (1, 1, 0, 0)
