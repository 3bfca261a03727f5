"""Every op against its rows of the table in op_cases, and what holds for all ops."""

import pytest
from op_cases import CASES, HIGH, MAP, OBLONG, POOL, SEQUENCE, VECTOR, WIDE, Case, Shape, on

from archdb.errors import ShapeError
from archdb.facts import COUNTED, COUNTS, facts_of
from archdb.ops import BIAS, BUFFER, NORM, REGISTRY, WEIGHT, Gemm, Op
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
    if case.params is None or case.work is None:
        assert set(counts.values()) == {None}
        return
    stated = {f"{role}_params": case.params.get(role, 0) for role in (WEIGHT, BIAS, NORM)}
    stated |= {"buffers": case.params.get(BUFFER, 0)} | case.work._asdict()
    assert {name: counts[name] for name in stated} == stated


GEMMS = [  # positions; filters of a group; weights of a filter
    (on("conv2d", MAP, **OBLONG), Gemm(m=HIGH * WIDE, n=7, k=5 * 3 * 2)),
    (on("conv2d", (15, 17, 13), filters=21, kernel=2, groups=3), Gemm(16 * 12, 21 // 3, 5 * 2 * 2)),
    (on("linear", MAP, units=11), Gemm(1, 11, 5 * 17 * 13)),
    (on("linear", SEQUENCE, units=11), Gemm(19, 11, 23)),
    (on("max_pool2d", MAP, **POOL, rounding="floor"), None),
]


@pytest.mark.parametrize(("applied", "gemm"), GEMMS, ids=str)
def test_gemm(applied: tuple[Op, tuple[Shape, ...]], gemm: Gemm | None) -> None:
    operation, inputs = applied
    assert operation.gemm(operation.out(*inputs), *inputs) == gemm


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
@pytest.mark.parametrize("inputs", [(), (VECTOR,), (SEQUENCE,), (MAP,), (MAP, VECTOR)], ids=str)
def test_any_input_is_taken_or_refused_as_a_shape(case: Case, inputs: tuple[Shape, ...]) -> None:
    try:
        facts = facts_of(case.op, inputs)
    except ShapeError as error:
        assert error.what
    else:
        assert facts.out is None or all(extent > 0 for extent in facts.out)
