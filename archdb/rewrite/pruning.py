"""Rules that take layers away: what inference does not need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from archdb.model.graph import Layer
from archdb.rewrite.base import RewriteContext, TracedLayer, rule


@rule("drop-aux")
def drop_aux(context: RewriteContext) -> Iterable[Layer]:
    """The network without its auxiliary heads, which only training runs. Of a glob's layers, those
    of heads go, and with them what they alone feed or read."""
    kept = {layer.name: layer for layer in context.network}
    for layer in context.network:
        missing = not all(source in kept for source in layer.inputs)
        if missing or (layer.auxiliary and context.chosen(layer.name)):
            del kept[layer.name]
    for layer in reversed(context.network.layers):
        readers = context.readers[layer.name]
        if layer.auxiliary and readers and not any(reader in kept for reader in readers):
            kept.pop(layer.name, None)
    return kept.values()


@rule("fold-bn")
def fold_bn(context: RewriteContext) -> Iterator[Layer]:
    """Batch normalisation folded into the convolution before it: at inference it scales and shifts
    by constants, which weights and a bias can take in. The norm's parameters go, a bias comes, and
    the MACs stay."""
    into: dict[str, str] = {}  # what is read instead of a norm that is gone
    for traced in context.layers.values():
        if traced.op.affine and (
            context.chosen(traced.name) or context.chosen(traced.layer.inputs[0])
        ):
            (source,) = traced.layer.inputs
            why = context.why_tied(traced.name) or context.why_tied(source)
            why = why or _no_fold(context.layers[into.get(source, source)], context.readers[source])
            if not why:
                into[traced.name] = into.get(source, source)
                continue
            context.skip(traced.name, why)
    folded = set(into.values())
    for layer in context.network:
        if layer.name not in into:
            op = layer.op.like(bias=True) if layer.name in folded else layer.op
            yield layer._replace(op=op, inputs=tuple(into.get(n, n) for n in layer.inputs))


def _no_fold(before: TracedLayer, readers: Sequence[str]) -> str:
    """Why a norm cannot be folded into the layer before it, which these read."""
    known = before.facts.out is not None and None not in before.inputs
    if not known or before.op.gemm(before.facts.out, *before.inputs) is None:  # type: ignore[arg-type]
        return "no convolution stands before it"
    if not before.facts.weighted:
        return "the weights of the convolution before it are fixed"
    if len(readers) > 1:
        return "the convolution before it has other readers"
    return ""
