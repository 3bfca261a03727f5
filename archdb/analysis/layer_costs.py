"""The four facts of one op on inputs of given shapes, folded into columns.

Facts do not depend on where in a network the op stands, so they are kept: equal layers on
equal shapes are worked out once.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from typing import Any, NamedTuple

from archdb.analysis.shape_columns import OUT_SHAPE, SHAPES, as_read, beyond, split
from archdb.errors import ShapeError
from archdb.model.attributes import Pads
from archdb.model.components import COMPONENTS, PARAMETERS, Sizes, Work
from archdb.model.graph import Layer
from archdb.model.shape import Shape, is_image, names_of
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
#: Where the COUNTS stand in a row of FACT_COLUMNS.
COUNTED = slice(len(SHAPES) + len(PADS), len(SHAPES) + len(PADS) + len(COUNTS))


class Facts(NamedTuple):
    """`columns` is a row of FACT_COLUMNS; `weighted`: contracts its input with weights."""

    out: Shape | None
    window: Window | Unbounded
    pads: Pads
    columns: Row
    weighted: bool
    elements: int | None
    #: False where an unknown op leaves counts open; those of parameters may be stated.
    counted: bool
    #: The part of `columns` that is summed, in the order of COUNTS.
    counts: Row
    #: Whether it contracts the channels of one position of a map: a 1×1 convolution.
    pointwise: bool = False
    #: Whether it contracts features that stand in no map: a fully connected layer.
    linear: bool = False
    #: Whether it cannot take what arrives: a layer of a head that a small input has no room for.
    unfit: bool = False

    @property
    def settled(self) -> bool:
        """Whether it is known if this is a weight layer: what has no weights is none."""
        return self.counted or self.counts[0] == 0


#: Where the parameters stand among the columns.
TENSORS = [FACT_COLUMNS.index(each.name) for each in PARAMETERS]

#: Beyond so many entries a memory of what is worked out begins anew.
MEMORY = 2**17
_KNOWN: dict[tuple[Any, ...], Facts] = {}


def facts_of(op: Op, inputs: tuple[Shape | None, ...]) -> Facts:
    """The facts of `op` on inputs of these shapes; ShapeError where it cannot take them."""
    key = (op, inputs, names_of(inputs))
    facts = _KNOWN.get(key)
    if facts is None:
        if len(_KNOWN) >= MEMORY:
            _KNOWN.clear()
        facts = _KNOWN[key] = _facts_of(op, inputs)
    return facts


def layer_facts(layer: Layer, inputs: tuple[Shape | None, ...]) -> Facts:
    """The facts of a layer: those of its op, but for tensors that are another layer's, which are
    counted there. What it does with them is counted here."""
    facts = facts_of(layer.op, inputs)
    if layer.weights_of is None or None in facts.counts[: len(TENSORS)]:
        return facts
    columns = list(facts.columns)
    for at in TENSORS:
        columns[at] = 0
    return facts._replace(columns=tuple(columns), counts=tuple(columns[COUNTED]))


def _facts_of(op: Op, inputs: tuple[Shape | None, ...]) -> Facts:
    op.admit(inputs)  # type: ignore[arg-type]
    if None in inputs:
        reason = "follows an op that archdb does not know"
        return _open(reason, op.stated(), tensors=_whatever_arrives(op))
    known: tuple[Shape, ...] = inputs  # type: ignore[assignment]
    out = op.out(*known)
    window = op.window(*known)
    tensors = op.params(*known)
    work = op.work(out, *known) if out is not None else None
    if out is None or tensors is None or work is None:
        reason = window.reason if isinstance(window, Unbounded) else "unknown"
        return _open(reason, out, known, tensors)
    pads = _pads(window, known)
    params = _by_role(tensors)
    gemm = op.gemm(out, *known) or (None, None, None)
    elements = prod(out)
    columns = (
        *split(as_read(known, window)),
        *split(out),
        *pads,
        *params,
        *work,
        *_sizes(known, out, window, params, work),
        *gemm,
        beyond(out),
    )
    check_size(columns)
    weighted = bool(params[0] and work.macs)
    on_map = is_image(out)
    pointwise = weighted and on_map and isinstance(window, Window) and window.kernel == (1, 1)
    linear = weighted and not on_map and gemm[0] is not None and not hasattr(op, "kernel")
    counts = columns[COUNTED]
    if isinstance(window, Window) and window is not POINT and not is_image(known[0]):
        window = Unbounded(TURNED if len(known[0]) == 3 else NO_MAP.reason, pads)
    return Facts(out, window, pads, columns, weighted, elements, True, counts, pointwise, linear)


def _sizes(
    inputs: tuple[Shape, ...], out: Shape, window: Window | Unbounded, params: list[int], work: Work
) -> Sizes:
    sizes = Sizes(sum(map(prod, inputs)), prod(out), stride_elements=0, unbiased_kernels=0)
    if isinstance(window, Unbounded):
        return sizes
    weights, biases, *_ = params
    return sizes._replace(
        stride_elements=prod(out) * prod(window.stride),
        unbiased_kernels=weights // prod(window.kernel) if work.macs and not biases else 0,
    )


def check_size(counts: Iterable[Any]) -> None:
    """Raises ShapeError where an integer among `counts` exceeds the 64 bits of a column."""
    for count in counts:
        if isinstance(count, int) and count > LARGEST:
            raise ShapeError("a count exceeds 64 bits", remedy="ask for a smaller input")


def _whatever_arrives(op: Op) -> tuple[Tensor, ...] | None:
    """The tensors of an op that has the same ones on any input, or none; None where the input
    must be known."""
    return op.params() if not op.known or type(op).params is no_params else None


def unfit_facts(reason: str) -> Facts:
    """Facts of a layer that cannot take what arrives, where that leaves figures open."""
    return _open(reason)._replace(unfit=True)


def _open(
    reason: str,
    out: Shape | None = None,
    known: tuple[Shape, ...] = (),
    tensors: tuple[Tensor, ...] | None = None,
) -> Facts:
    """Facts of a layer whose work cannot be counted; its output shape and its tensors may be known
    all the same."""
    shapes = (*split(known[0] if known else None), *split(out))
    params = (None,) * len(TENSORS) if tensors is None else _by_role(tensors)
    arrived = sum(map(prod, known)) if known else None
    elements = prod(out) if out is not None else None
    counts = (*params, *(None,) * len(Work._fields), *Sizes(arrived, elements))
    rest = (*(None,) * len(GEMM), beyond(out))
    columns = (*shapes, *(None,) * len(PADS), *counts, *rest)
    check_size(columns)
    window = Unbounded(reason)
    return Facts(out, window, (0, 0, 0, 0), columns, False, elements, False, columns[COUNTED])


def _pads(window: Window | Unbounded, inputs: tuple[Shape, ...]) -> Pads:
    if isinstance(window, Unbounded):
        return window.pads
    if window is POINT or len(inputs[0]) != 3:
        return (0, 0, 0, 0)
    return window.pads(*inputs[0][1:])


def _by_role(tensors: tuple[Tensor, ...]) -> list[int]:
    """How many numbers of each role."""
    return [
        sum(prod(tensor.shape) for tensor in tensors if tensor.role == each.role)
        for each in PARAMETERS
    ]
