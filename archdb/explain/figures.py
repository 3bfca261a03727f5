"""All figures of one layer that is in no network, by quantity."""

from __future__ import annotations

from collections.abc import Iterator

from archdb.analysis.layer_costs import GEMM, PADS
from archdb.analysis.layer_table import params
from archdb.analysis.receptive_field import FIELD_COLUMNS, NOT_AN_IMAGE, PIXEL, columns_of, through
from archdb.explain.layer import additions, kernel_applications, multiplications
from archdb.explain.layer_trace import LayerTrace
from archdb.model.components import PARAMETERS, PARAMS, WORK
from archdb.model.shape import is_image, text
from archdb.model.window import POINT, Unbounded

Row = tuple[str, str, int | str | None]
COLUMNS = ("quantity", "unit", "value")


def rows(layer: LayerTrace) -> Iterator[Row]:
    """(quantity, unit, value), in one order for all ops; a figure that the op has not is left
    out, a count that is zero is zero."""
    yield from _shapes(layer)
    yield from _params(layer)
    yield from _operations(layer)
    yield from _window(layer)


def _shapes(layer: LayerTrace) -> Iterator[Row]:
    for slot, shape in enumerate(layer.inputs, start=1):
        yield ("input" if len(layer.inputs) == 1 else f"input_{slot}"), "shape", text(shape)
    yield "output", "shape", text(layer.out)
    for tensor in layer.op.params(*layer.inputs) or ():
        yield tensor.name.replace(" ", "_"), "shape", text(tensor.shape)
    weight = layer.op.tensorflow(*layer.inputs)
    if weight is not None:
        yield "weight_tensorflow", "shape", text(weight)


def _params(layer: LayerTrace) -> Iterator[Row]:
    yield PARAMS.name, PARAMS.unit, params(layer.columns)
    for each in PARAMETERS:
        yield each.name, each.unit, layer.columns[each.name]


def _operations(layer: LayerTrace) -> Iterator[Row]:
    for kind in WORK:
        yield kind.name, kind.unit, layer.columns[kind.name]
    yield "multiplications", "operations", multiplications(layer)
    yield "additions", "operations", additions(layer)
    applications = kernel_applications(layer)
    if applications is not None:
        yield "kernel_applications", "kernels", applications
    for name in ("in_elements", "out_elements"):
        yield name, "elements", layer.columns[name]
    if layer.columns["gemm_m"] is not None:
        for name in GEMM:
            yield name, "numbers", layer.columns[name]


def _window(layer: LayerTrace) -> Iterator[Row]:
    """The concrete padding, and the receptive field as if this layer read the image."""
    window = layer.facts.window
    if not all(map(is_image, layer.inputs)):
        yield FIELD_COLUMNS[-1], "text", NOT_AN_IMAGE
        return
    if isinstance(window, Unbounded):
        if any(window.pads):
            for name in PADS:
                yield name, "pixels", layer.columns[name]
        yield FIELD_COLUMNS[-1], "text", window.reason
        return
    if window is not POINT:
        for name in PADS:
            yield name, "pixels", layer.columns[name]
        for letter, extent in zip("hw", window.extent, strict=True):
            yield f"effective_kernel_{letter}", "pixels", extent
    field = through(PIXEL, window, layer.facts.pads)
    for name, value in zip(FIELD_COLUMNS[:-1], columns_of(field), strict=False):
        yield name, "pixels", value
