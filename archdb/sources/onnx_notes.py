"""What has to be known of an ONNX file beside its layers."""

from __future__ import annotations

from collections.abc import Iterator

from archdb.sources.onnx_parts import OnnxGraph, OnnxModel


def notes(model: OnnxModel, graph: OnnxGraph) -> Iterator[str]:
    """Folded norms, quantisation, training, weights elsewhere."""
    ops = {node.op for node in graph.nodes}
    if "Conv" in ops and "BatchNormalization" not in ops:
        yield (
            "no batch norm in the file: the exporter folded it into the convolutions, or there was"
            " none"
        )
    if any("Quantize" in op or "Integer" in op or op.startswith("QLinear") for op in ops):
        yield "quantised: parameters are counted as elements, whatever their bits"
    if model.training:
        yield "exported for training: what trains it is left out"
    if any(tensor.external for tensor in graph.tensors.values()):
        yield "its weights are in another file, which was not read"
