"""The receptive field of one layer on paper, from that of what it reads."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archdb.analysis.receptive_field import (
    NOT_AN_IMAGE,
    PIXEL,
    Field,
    FieldOrReason,
    through,
    union,
)
from archdb.explain import layer as on_paper
from archdb.explain.layer_trace import LayerTrace
from archdb.explain.steps import Step, number
from archdb.model.shape import is_image
from archdb.model.window import POINT, Unbounded

FORWARD = (
    "receptive field r, effective stride j and effective padding q of what the layer reads"
    " (Araujo, Norris and Sim 2019)"
)
NAMES = ("receptive_field", "effective_stride", "effective_padding")


def derivation(layer: LayerTrace, fields: Sequence[FieldOrReason], name: str) -> Iterator[Step]:
    """All steps of a layer that reads layers with these fields."""
    yield from on_paper.steps(layer)
    yield from steps(layer, fields, name)


def steps(layer: LayerTrace, fields: Sequence[FieldOrReason], name: str) -> Iterator[Step]:
    """From the fields of its inputs; a layer that reads none is where fields begin."""
    window = layer.facts.window
    before = union(list(fields), name) if fields else _source_field(layer)
    if isinstance(window, Unbounded):
        yield Step("receptive_field", f"none: {window.reason}", "", None, FORWARD)
    elif isinstance(before, str):
        yield Step("receptive_field", f"none: {before}", "", None, FORWARD)
    elif window is POINT:
        yield from _unchanged_steps(fields, before)
    else:
        kernel = "k" if window.dilation == (1, 1) else "e"
        behind = through(before, window, layer.facts.pads)
        for axis, letter in enumerate("hw"):
            yield from _window_steps(before, behind, axis, letter, kernel)


def _source_field(layer: LayerTrace) -> FieldOrReason:
    return PIXEL if is_image(layer.out) else NOT_AN_IMAGE


def _unchanged_steps(fields: Sequence[FieldOrReason], field: Field) -> Iterator[Step]:
    met = [field.size for field in fields if isinstance(field, Field)]
    words = "that of its input, position by position"
    if not met:
        words = "one pixel"
    elif len(met) > 1:
        words = "from the first pixel of those that meet to the last; they agree on the stride"
    for axis, letter in enumerate("hw"):
        sizes = ", ".join(str(size[axis]) for size in met)
        spans = field.size[axis] > max(size[axis] for size in met) if met else False
        numbers = f"max({sizes})" if len(met) > 1 and not spans else ""
        yield Step(f"{NAMES[0]}_{letter}", words, numbers, field.size[axis], FORWARD)


def _window_steps(
    before: Field, behind: Field, axis: int, letter: str, kernel: str
) -> Iterator[Step]:
    r, j, q = before.size[axis], before.stride[axis], before.padding[axis]
    size, stride, padding = behind.size[axis], behind.stride[axis], behind.padding[axis]
    extent = (size - r) // j + 1
    numbers = (
        f"{r} + ({extent} − 1)·{j}",
        f"{j}·{stride // j}",
        f"{number(q)} + {number((padding - q) // j)}·{j}",
    )
    formulas = (f"r + ({kernel} − 1)·j", "j·s", "q + p·j")
    for name, formula, put, result in zip(
        NAMES, formulas, numbers, (size, stride, padding), strict=True
    ):
        if name != NAMES[-1] or behind.apart is None:
            yield Step(f"{name}_{letter}", formula, put, result, FORWARD)
