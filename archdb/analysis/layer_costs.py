"""The four facts of one op on inputs of given shapes, folded into columns.

Facts do not depend on where in a network the op stands, so they are kept: equal layers on
equal shapes are worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import prod
from typing import Any

from archdb.analysis.shape_columns import OUT_SHAPE, SHAPES, as_read, beyond, split
from archdb.errors import ShapeError
from archdb.model.attributes import Pads
from archdb.model.components import COMPONENTS, PARAMETERS, Sizes, Work
from archdb.model.shape import Shape, is_image, is_map, key_of
from archdb.model.window import NO_MAP, POINT, Unbounded, Window
from archdb.ops import Op
from archdb.ops.base import Tensor, no_params

PADS = ("pad_top", "pad_bottom", "pad_left", "pad_right")
COUNTS = tuple(each.name for each in COMPONENTS)
GEMM = ("gemm_m", "gemm_n", "gemm_k")
FACT_COLUMNS = (*SHAPES, *PADS, *COUNTS, *GEMM, OUT_SHAPE)

#: Why a window has no receptive field that does not slide over height and width.
TURNED = "the window slides over other axes than height and width"

#: Largest integer that SQLite holds.
LARGEST = 2**63 - 1

Row = tuple[Any, ...]
Key = tuple[Any, ...] | None
#: Where the COUNTS stand in a row of FACT_COLUMNS.
COUNTED = slice(len(SHAPES) + len(PADS), len(SHAPES) + len(PADS) + len(COUNTS))


@dataclass(slots=True, eq=False)
class Facts:
    """The facts of one op on inputs of given shapes. Never changed, and told apart by identity:
    `facts_of` gives one object for equal ones."""

    out: Shape | None
    window: Window | Unbounded
    pads: Pads
    #: A row of FACT_COLUMNS, and the part of it that is summed, in the order of COUNTS.
    columns: Row
    counts: Row
    elements: int | None
    #: What the output is looked up by.
    key: Key
    #: Whether an output position has seen what the same position of the input has.
    still: bool
    #: Whether the output has the positions of a map where what arrives has, and hangs on their
    #: number (`Op.ends_map`).
    goes_on: bool
    #: Whether it contracts its input with weights.
    weighted: bool = False
    #: Whether it contracts the channels of one position of a map: a 1×1 convolution.
    pointwise: bool = False
    #: Whether it contracts features that stand in no map: a fully connected layer.
    linear: bool = False
    #: False where an unknown op leaves counts open; those of parameters may be stated.
    counted: bool = True
    #: Whether it is known if this is a weight layer: what has no weights is none.
    settled: bool = True
    #: Whether it cannot take what arrives: a layer of a head that a small input has no room for.
    unfit: bool = False


#: Where the parameters stand among the columns; the order of their roles.
TENSORS = [FACT_COLUMNS.index(each.name) for each in PARAMETERS]
ROLES = {each.role: at for at, each in enumerate(PARAMETERS)}
NO_PARAMS = (0,) * len(ROLES)
NO_GEMM = (None,) * len(GEMM)
NO_PADS = (0, 0, 0, 0)
#: Of an op that looks at one position at a time, what `_slide` says of a window.
NOT_SLIDING = (NO_PADS, 1, 1)

#: Beyond so many entries a memory of what is worked out begins anew.
MEMORY = 2**17
#: Facts by op and the keys of what arrives, and whether the tensors are another layer's.
KNOWN: dict[tuple[Any, ...], Facts] = {}


def facts_of(op: Op, inputs: tuple[Shape | None, ...], *, borrowed: bool = False) -> Facts:
    """The facts of `op` on inputs of these shapes; ShapeError where it cannot take them. Tensors
    that are `borrowed` are another layer's, and counted there; what is done with them is not."""
    key = (op, *map(key_of, inputs), *((BORROWED,) if borrowed else ()))
    return KNOWN.get(key) or learn(key, inputs)


#: Ends the key of facts of a layer whose tensors are another's.
BORROWED = "borrowed"


def learn(key: tuple[Any, ...], inputs: tuple[Shape | None, ...]) -> Facts:
    """Facts that are not known yet, of a key of KNOWN."""
    if key[-1] == BORROWED:
        facts = _borrowing(KNOWN.get(key[:-1]) or learn(key[:-1], inputs))
    else:
        facts = _facts_of(key[0], inputs)
    if len(KNOWN) >= MEMORY:
        KNOWN.clear()
    KNOWN[key] = facts
    return facts


def _borrowing(facts: Facts) -> Facts:
    """Without the tensors, where all of them are known."""
    if None in facts.counts[: len(TENSORS)]:
        return facts
    columns = list(facts.columns)
    for at in TENSORS:
        columns[at] = 0
    return replace(facts, columns=tuple(columns), counts=tuple(columns[COUNTED]))


def _facts_of(op: Op, inputs: tuple[Shape | None, ...]) -> Facts:
    op.admit(inputs)  # type: ignore[arg-type]
    if None in inputs:
        reason, stated = "follows an op that archdb does not know", op.stated()
        return _open(reason, _goes_on(op, stated, inputs), stated, tensors=_whatever_arrives(op))
    known: tuple[Shape, ...] = inputs  # type: ignore[assignment]
    out, window, tensors = op.out(*known), op.window(*known), op.params(*known)
    work = None if out is None else op.work(out, *known)
    if out is None or tensors is None or work is None:
        reason = window.reason if isinstance(window, Unbounded) else "unknown"
        return _open(reason, _goes_on(op, out, known), out, known, tensors)
    params = _by_role(tensors) if tensors else NO_PARAMS
    return _fold(op, known, out, window, params, work)


def _fold(
    op: Op,
    inputs: tuple[Shape, ...],
    out: Shape,
    window: Window | Unbounded,
    params: tuple[int, ...],
    work: Work,
) -> Facts:
    """What an op says of known inputs, as columns."""
    from_map, on_map = bool(inputs) and is_image(inputs[0]), is_image(out)
    arrived = prod(inputs[0]) if len(inputs) == 1 else sum([prod(x) for x in inputs])
    elements, macs, weights = prod(out), work.macs, params[0]
    pads, advance, reach = NOT_SLIDING if window is POINT else _slide(window, inputs)
    kernels = weights // reach if reach and macs and not params[1] else 0
    counts = (*params, *work, arrived, elements, elements * advance, kernels)
    if sum(counts) > LARGEST:  # none is below zero, and those of `gemm` are factors of MACs
        check_size(counts)
    gemm = op.gemm(out, *inputs) if macs else None
    read = inputs[0] if from_map else split(as_read(inputs, window))
    written = out if on_map else split(out)
    weighted = macs > 0 and weights > 0
    pointwise = weighted and on_map and isinstance(window, Window) and window.kernel == (1, 1)
    linear = weighted and not on_map and gemm is not None and not hasattr(op, "kernel")
    if not from_map and window is not POINT and isinstance(window, Window):
        window = Unbounded(TURNED if len(inputs[0]) == 3 else NO_MAP.reason, pads)
    return Facts(
        out,
        window,
        pads,
        (*read, *written, *pads, *counts, *(gemm or NO_GEMM), None if on_map else beyond(out)),
        counts,
        elements,
        out if on_map else key_of(out),
        (window is POINT or window == POINT) and not op.constant,
        (on_map or is_map(out)) and (op.sized or not op.ends_map(*inputs)),
        weighted,
        pointwise,
        linear,
    )


def _slide(window: Window | Unbounded, inputs: tuple[Shape, ...]) -> tuple[Pads, int, int]:
    """Its padding on these inputs, by how many positions it advances, and how many it covers."""
    if isinstance(window, Unbounded):
        return window.pads, 0, 0
    pads = window.pads(*inputs[0][1:]) if len(inputs[0]) == 3 else NO_PADS
    return pads, prod(window.stride), prod(window.kernel)


def _goes_on(op: Op, out: Shape | None, inputs: tuple[Shape | None, ...]) -> bool:
    """Whether what is put out may be a map as what arrives is; where it is not known, it may."""
    return (out is None or is_map(out)) and (op.sized or not op.ends_map(*inputs))


def check_size(counts: Iterable[int]) -> None:
    """Raises ShapeError where one of `counts` exceeds the 64 bits of a column."""
    if max(counts, default=0) > LARGEST:
        raise ShapeError("a count exceeds 64 bits", remedy="ask for a smaller input")


def _whatever_arrives(op: Op) -> tuple[Tensor, ...] | None:
    """The tensors of an op that has the same ones on any input, or none; None where the input
    must be known."""
    return op.params() if not op.known or type(op).params is no_params else None


def unfit_facts(reason: str) -> Facts:
    """Facts of a layer that cannot take what arrives, where that leaves figures open."""
    return replace(_open(reason, goes_on=False), unfit=True)


def _open(
    reason: str,
    goes_on: bool,
    out: Shape | None = None,
    known: tuple[Shape, ...] = (),
    tensors: tuple[Tensor, ...] | None = None,
) -> Facts:
    """Facts of a layer whose work cannot be counted; its output shape and its tensors may be known
    all the same."""
    params = (None,) * len(TENSORS) if tensors is None else _by_role(tensors)
    elements = prod(out) if out is not None else None
    sizes = Sizes(sum(map(prod, known)) if known else None, elements)
    counts = (*params, *(None,) * len(Work._fields), *sizes)
    check_size([count for count in counts if count is not None])
    shapes = (*split(known[0] if known else None), *split(out))
    return Facts(
        out,
        Unbounded(reason),
        NO_PADS,
        (*shapes, *(None,) * len(PADS), *counts, *NO_GEMM, beyond(out)),
        counts,
        elements,
        key_of(out),
        still=False,
        goes_on=goes_on,
        counted=False,
        settled=params[0] == 0,
    )


def _by_role(tensors: tuple[Tensor, ...]) -> tuple[int, ...]:
    """How many numbers of each role."""
    numbers = [0] * len(ROLES)
    for _, role, shape in tensors:
        numbers[ROLES[role]] += prod(shape)
    return tuple(numbers)
