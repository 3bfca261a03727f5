"""Strides removed and what follows dilated, so that maps stay fine and fields as they were."""

from collections.abc import Iterable
from typing import NamedTuple

from archdb.analysis.layer_costs import COUNTED, facts_of
from archdb.errors import DefinitionError, ShapeError
from archdb.model.attributes import Count
from archdb.model.components import TRAINED
from archdb.model.graph import Layer
from archdb.model.shape import Shape
from archdb.model.window import POINT, Unbounded, Window
from archdb.ops import Op
from archdb.rewrite.base import RewriteContext, TracedLayer, facts_at, rule

Pair = tuple[int, int]
#: Where weight, bias and norm parameters stand in a row of facts.
PARAMS = slice(COUNTED.start, COUNTED.start + len(TRAINED))


class Grid(NamedTuple):
    """The positions of a map: input pixels from one to the next, and how many times as many there
    are as before the rule, along either axis."""

    stride: Pair = (1, 1)
    rate: Pair = (1, 1)

    @property
    def finer(self) -> bool:
        return self.rate != (1, 1)


@rule("dilate")
def dilate(context: RewriteContext, *, stride: Count) -> Iterable[Layer]:
    """The last strides removed, so that the output stride does not go beyond this one, and the
    windows behind each dilated by as much (chen2015, section 3.1; chen2017deeplab, section 3.1):
    the receptive fields of all layers stay, and so do the parameters.

    A glob says of which layers strides may be removed. What sees the whole map, a global pool,
    sees the finer one.
    """
    trace = _GridTrace(context, stride)
    layers = [trace.step(traced) for traced in context.layers.values()]
    _check_params(context, layers)
    if layers == list(context.network.layers):
        context.notify(f"no stride that it may remove goes beyond {stride}")
    return layers


class _GridTrace:
    """One pass: the grid behind each layer; None where it has forgotten the map, because it has
    the same size whatever the map's."""

    def __init__(self, context: RewriteContext, most: int) -> None:
        self.context, self.most = context, most
        self.grids: dict[str, Grid | None] = {}

    def step(self, traced: TracedLayer) -> Layer:
        op = traced.op
        grid = self.meeting(traced)
        if traced.op.source:
            self.grids[traced.name] = Grid() if len(traced.facts.out or ()) == 3 else None
        elif grid is None or traced.facts.window is POINT:
            self.grids[traced.name] = grid
        elif isinstance(traced.facts.window, Unbounded):
            self.grids[traced.name] = self.beyond_window(traced, grid)
        elif _forgets(traced):
            self.grids[traced.name] = None
        else:
            op, self.grids[traced.name] = self.dilate_op(traced, grid)
        return traced.layer._replace(op=op)

    def meeting(self, traced: TracedLayer) -> Grid | None:
        """The grid on which the inputs meet; of inputs whose size differs from the output's,
        where others agree with it, nothing is read position by position."""
        size = (traced.facts.out or ())[1:]
        pairs = list(zip(traced.layer.inputs, traced.inputs, strict=True))
        same = [name for name, shape in pairs if (shape or ())[1:] == size]
        grids = [self.grids[name] for name in same or traced.layer.inputs]
        found = {grid.rate: grid for grid in grids if grid is not None}
        if len(found) > 1:
            raise DefinitionError("here meet paths that have not lost the same strides").at(
                _place(traced.layer)
            )
        return next(iter(found.values()), None)

    def beyond_window(self, traced: TracedLayer, grid: Grid) -> Grid | None:
        if grid.finer and traced.op.by_distance:
            raise DefinitionError(
                "moves elements by so many positions of the map as it was",
                remedy="choose a larger stride, or layers behind it with --only",
            ).at(_place(traced.layer))
        if any((shape or ())[1:] == (traced.facts.out or ())[1:] for shape in traced.inputs):
            return grid
        if grid.finer and not _forgets(traced):
            raise DefinitionError(
                "restores a size or by a factor that fits the map as it was",
                remedy="choose a larger stride, or layers behind it with --only",
            ).at(_place(traced.layer))
        return None

    def dilate_op(self, traced: TracedLayer, grid: Grid) -> tuple[Op, Grid]:
        """The op on a finer map, its own strides removed as far as they go beyond the limit."""
        window = traced.facts.window
        stride: Pair = window.stride if isinstance(window, Window) else (1, 1)
        kept = stride
        if self.context.chosen(traced.name):
            height, width = (
                _within(own, so_far, self.most)
                for own, so_far in zip(stride, grid.stride, strict=True)
            )
            kept = (height, width)
        behind = Grid(_times(grid.stride, kept), _times(grid.rate, _over(stride, kept)))
        if not grid.finer and kept == stride:
            return traced.op, behind
        try:
            op: Op = _covering(traced).dilated(grid.rate, kept)
        except ShapeError as error:
            raise error.at(_place(traced.layer)) from None
        return op, behind


def _covering(traced: TracedLayer) -> Op:
    """The op, padded by what its last window hangs over the map where counts are rounded up:
    without its stride it must reach as far."""
    window, (x,), out = traced.facts.window, traced.inputs, traced.facts.out
    if isinstance(window, Unbounded) or isinstance(window.padding, str) or not (x and out):
        return traced.op
    top, bottom, left, right = window.padding
    reach = [(n - 1) * s + e for n, s, e in zip(out[1:], window.stride, window.extent, strict=True)]
    low, far = reach[0] - x[1] - top - bottom, reach[1] - x[2] - left - right
    if max(low, far) <= 0:
        return traced.op
    padding = (top, bottom + max(low, 0), left, right + max(far, 0))
    covering: Op = traced.op.like(padding=padding)
    return covering


def _within(stride: int, so_far: int, most: int) -> int:
    """The largest part of a stride that keeps the stride of the whole within a limit."""
    return max(
        (part for part in range(1, stride + 1) if stride % part == 0 and so_far * part <= most),
        default=1,
    )


def _times(a: Pair, b: Pair) -> Pair:
    return a[0] * b[0], a[1] * b[1]


def _over(a: Pair, b: Pair) -> Pair:
    return a[0] // b[0], a[1] // b[1]


def _forgets(traced: TracedLayer) -> bool:
    """Whether the output has one size whatever the map's."""
    (x, *more), out = traced.inputs, traced.facts.out
    if x is None or out is None or len(x) != 3:
        return False
    if len(out) != 3:
        return True
    double: Shape = (x[0], 2 * x[1], 2 * x[2])
    try:
        after = facts_of(traced.op, (double, *more)).out
    except ShapeError:
        return False
    return after is not None and after[1:] == out[1:]


def _check_params(context: RewriteContext, layers: Iterable[Layer]) -> None:
    """What has weights for each position of a map cannot stand on a finer one."""
    shapes: dict[str, Shape | None] = {}
    for layer in layers:
        facts = facts_at(layer, tuple(shapes[name] for name in layer.inputs))
        shapes[layer.name] = facts.out
        before = context.layers[layer.name].facts
        if facts.columns[PARAMS] != before.columns[PARAMS]:
            raise DefinitionError(
                "has weights for each position of its map, which would be finer",
                remedy="turn fully connected layers into convolutions first: fc-to-conv",
            ).at(_place(layer))


def _place(layer: Layer) -> str:
    return f"layer '{layer.name}' ({layer.op.name})"
