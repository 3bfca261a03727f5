"""How the shape of a layer's output comes about, extent by extent."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

from archdb.explain import window
from archdb.explain.layer_trace import LayerTrace
from archdb.explain.steps import Step, with_numbers
from archdb.model.shape import is_image, pretty
from archdb.model.window import POINT, Unbounded
from archdb.ops import Op
from archdb.ops.explained import OUT_AXES, OUTPUT, Stated, out_axes

#: Extents that formulas speak of by name, and one of which no formula says anything.
OUT_NAMES = {name for names in OUT_AXES.values() for name in names}
AS_IT_ARRIVES = Stated("as it arrives", "")


def steps(layer: LayerTrace) -> Iterator[Step]:
    """What arrives, and how the output comes to its shape."""
    axes = out_axes(layer.out)
    moved = _sliding_window(layer)
    if layer.inputs:
        arrives = " and ".join(map(pretty, layer.inputs))
        yield Step("input", "", "", arrives, summary(layer.op))
    if not layer.out:
        yield Step(OUTPUT, "not known", "", None, summary(layer.op))
    elif OUTPUT in layer.formulas or axes[0] not in OUT_NAMES:
        yield from _axes(layer, axes)
    elif not moved and layer.formulas.keys().isdisjoint(axes):
        yield Step(OUTPUT, _same_shape_as(layer), "", pretty(layer.out), summary(layer.op))
    else:
        for name in axes if not moved else axes[:1]:
            own = name.removeprefix("out_")
            formula = layer.formulas.get(name, own if own in layer.values else AS_IT_ARRIVES)
            result = layer.values[name]
            yield formula_step(layer, name, result, summary(layer.op), formula)
        if moved:
            yield from window.steps(*moved)


def _axes(layer: LayerTrace, axes: tuple[str, ...]) -> Iterator[Step]:
    """The axes that an op says something of, and the shape."""
    for name, extent in zip(axes, layer.out, strict=True):
        if name in layer.formulas:
            yield formula_step(layer, name, extent, summary(layer.op), layer.formulas[name])
    words = Stated(_same_shape_as(layer), "")
    formula = layer.formulas.get(OUTPUT, words)
    yield formula_step(layer, OUTPUT, pretty(layer.out), summary(layer.op), formula)


def _sliding_window(layer: LayerTrace) -> tuple[Any, ...]:
    """A window and what it slides over, where it makes the output's height and width."""
    slides = layer.op.window(*layer.inputs) if layer.facts.counted else POINT
    if slides is POINT or isinstance(slides, Unbounded) or not is_image(layer.out):
        return ()
    if "out_height" in layer.formulas:
        return ()
    return slides, layer.facts.pads, layer.inputs[0][1:], layer.out[1:]


def _same_shape_as(layer: LayerTrace) -> str:
    if layer.out not in layer.inputs:
        return "as stated"
    shapes = "that of its input" if len(layer.inputs) == 1 else "that of its inputs"
    return shapes if len(set(layer.inputs)) == 1 else "that of its largest input"


def summary(op: Op) -> str:
    """The first paragraph of what the op says of itself."""
    return " ".join(inspect.cleandoc(op.__doc__ or "").split("\n\n")[0].split()).rstrip(".")


def formula_step(
    layer: LayerTrace, name: str, result: int | str, rule: str, formula: str | Stated
) -> Step:
    if isinstance(formula, Stated):
        return Step(name, formula.formula, formula.numbers, result, rule)
    formula = formula.replace(" · ", "·")
    return Step(name, formula, with_numbers(formula, layer.values), result, rule)
