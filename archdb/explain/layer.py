"""One layer on paper: output shape, parameters, operations, im2col product, receptive field."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from archdb.analysis.layer_costs import GEMM, TENSORS
from archdb.explain import output
from archdb.explain.layer_trace import LayerTrace
from archdb.explain.output import OUT_NAMES, formula_step
from archdb.explain.steps import Step, number, product, total
from archdb.model.components import PARAMETERS
from archdb.model.shape import pretty
from archdb.model.window import Unbounded
from archdb.ops import BUFFER, Tensor, Work
from archdb.ops.explained import Stated, out_axes

TRAINED = "parameters, one for each element of a tensor; buffers are not trained"
COUNTED = "operations for one input at inference"
ADDED = "a sum of n products takes n multiplications and n − 1 additions, a bias one more"
IM2COL = (
    "im2col: patches (m × k) times kernels (k × n), for each group"
    " (Chellapilla, Puri and Simard 2006)"
)


def steps(layer: LayerTrace) -> Iterator[Step]:
    """All but the receptive field, which depends on what stands before the layer."""
    yield from output.steps(layer)
    if not layer.facts.counted:
        reason = layer.facts.window
        said = reason.reason if isinstance(reason, Unbounded) else ""
        if None in layer.facts.counts[: len(TENSORS)]:
            yield Step("params", f"open: {said}", "", None, TRAINED)
        else:
            yield from _tensors(layer)
        yield Step("operations", f"open: {said}", "", None, COUNTED)
        return
    yield from _tensors(layer)
    yield from _work(layer)
    yield from _gemm(layer)


# Parameters.


def _tensors(layer: LayerTrace) -> Iterator[Step]:
    tensors = layer.op.params(*layer.inputs) or ()
    if layer.weights_of is not None:
        yield Step("params", f"those of '{layer.weights_of}', counted there", "", 0, TRAINED)
        return
    for name, formula in layer.formulas.items():
        if isinstance(formula, Stated) and formula.value is not None:
            yield formula_step(layer, name, formula.value, TRAINED, formula)
    for tensor in tensors:
        own = Stated(pretty(tensor.shape), product(tensor.shape))
        formula = layer.formulas.get(tensor.name) or own
        yield formula_step(layer, tensor.name, prod(tensor.shape), TRAINED, formula)
    for component in PARAMETERS:
        of_role = [tensor for tensor in tensors if tensor.role == component.role]
        if len(of_role) > 1 and component.role != BUFFER:
            yield _sum_step(component.name, of_role)
    yield _sum_step("params", [tensor for tensor in tensors if tensor.role != BUFFER])
    if any(tensor.role == BUFFER for tensor in tensors):
        yield _sum_step("buffers", [tensor for tensor in tensors if tensor.role == BUFFER])


def _sum_step(name: str, tensors: list[Tensor]) -> Step:
    sizes = [prod(tensor.shape) for tensor in tensors]
    names = " + ".join(tensor.name for tensor in tensors)
    return Step(name, names, total(sizes), sum(sizes), TRAINED)


# Operations.


def _work(layer: LayerTrace) -> Iterator[Step]:
    yield from _count_steps(layer, "kernel_applications", kernel_applications(layer))
    for kind in Work._fields:
        yield from _count_steps(layer, kind, layer.columns[kind])
    yield from _multiplications(layer)
    yield from _additions(layer)


def _count_steps(layer: LayerTrace, name: str, count: int | None) -> Iterator[Step]:
    if not count:
        return
    formula = layer.formulas.get(name)
    if formula is None:
        each, left = divmod(count, layer.columns["out_elements"])
        times = "" if each == 1 else f"{each} · "
        names = out_axes(layer.out)
        elements = " · ".join(names) if names[0] in OUT_NAMES else "out_elements"
        formula = f"{times}{elements}" if not left else ""
    yield formula_step(layer, name, count, COUNTED, formula)


def kernel_applications(layer: LayerTrace) -> int | None:
    """How often a two-dimensional kernel is applied to a map; None where nothing slides."""
    if layer.formulas.get("kernel_applications") is None:
        return None
    kernel: tuple[int, int] = layer.op.attributes()["kernel"]
    return int(layer.columns["macs"]) // prod(kernel)


def multiplications(layer: LayerTrace) -> int:
    """Those of the MACs and all others."""
    return int(layer.columns["macs"] + layer.columns["muls"])


def additions(layer: LayerTrace) -> int:
    """Those of the MACs, one fewer in each sum than it has products; biases; all others."""
    columns = layer.columns
    return int(_sum_additions(layer) + columns["bias_adds"] + columns["adds"])


def _sum_additions(layer: LayerTrace) -> int:
    macs = int(layer.columns["macs"])
    return macs - layer.op.sums(layer.out, *layer.inputs) if macs else 0


def _multiplications(layer: LayerTrace) -> Iterator[Step]:
    terms = {name: layer.columns[name] for name in ("macs", "muls") if layer.columns[name]}
    if terms:
        count = multiplications(layer)
        yield Step("multiplications", " + ".join(terms), total(terms.values()), count, ADDED)


def _additions(layer: LayerTrace) -> Iterator[Step]:
    macs, terms = layer.columns["macs"], {}
    if macs:
        sums = layer.op.sums(layer.out, *layer.inputs)
        terms["macs − sums"] = f"{number(macs)} − {number(sums)}"
        if macs % sums == 0:
            del terms["macs − sums"]
            terms["sums·(products − 1)"] = f"{number(sums)}·({macs // sums} − 1)"
    for name in ("bias_adds", "adds"):
        if layer.columns[name]:
            terms[name] = number(layer.columns[name])
    if terms:
        numbers = " + ".join(terms.values())
        yield Step("additions", " + ".join(terms), numbers, additions(layer), ADDED)


# The matrix product.


def _gemm(layer: LayerTrace) -> Iterator[Step]:
    for name in ("gemm_m", "gemm_k", "gemm_n"):
        count, formula = layer.columns[name], layer.formulas.get(name)
        if count is not None and formula is not None:
            yield formula_step(layer, name, count, IM2COL, formula)
    if layer.columns["gemm_m"] is not None:
        m, n, k = (layer.columns[name] for name in GEMM)
        yield Step("product", "m×k times k×n", f"{m}×{k} times {k}×{n}", f"{m}×{n}", IM2COL)
