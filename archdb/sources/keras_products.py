"""Keras's products of tensors in archdb's ops: einsum and what contracts axes."""

from __future__ import annotations

import re
from math import prod
from typing import Any

from archdb.errors import DefinitionError
from archdb.sources.keras_config import Value
from archdb.sources.keras_net import Call, KerasNet, layer
from archdb.sources.keras_windows import told
from archdb.sources.lowering.base import UnmappedError

#: Letters for the axes of two tensors that are multiplied, and what stands for the batch in all.
LETTERS = "abcdefghijklmnop"
EQUATION = re.compile(r"[a-zA-Z.]+(,[a-zA-Z.]+)*->[a-zA-Z.]+")


def contract(net: KerasNet, terms: list[str], out: str, *values: Value) -> Value:
    """Einstein's sum over axes in Keras's order, without the batch."""
    for term, value in zip(terms, values, strict=True):
        if len(term) != len(net.shape(value)):
            raise UnmappedError(f"calls axes of {len(net.shape(value))} by '{term}'")
    turned = [_turned(net, term) for term in (*terms, out)]
    return net.lay("einsum", *values, equation=f"{','.join(turned[:-1])}->{turned[-1]}")


def _turned(net: KerasNet, term: str) -> str:
    """Letters in the order of archdb's axes."""
    return term if len(term) < 3 or net.channels_first else term[-1] + term[:-1]


def _terms(equation: Any, inputs: int) -> tuple[list[str], str]:
    """The letters of each tensor of an equation without those of the batch."""
    text = str(equation).replace(" ", "").replace("...", "")
    if not EQUATION.fullmatch(text):
        raise UnmappedError(f"sums by '{equation}'")
    left, _, out = text.partition("->")
    terms = left.split(",")
    if len(terms) != inputs:
        raise DefinitionError(f"has {inputs} tensors for the equation '{equation}'")
    if "..." in str(equation):
        return terms, out
    batch = out[0]
    if any(term[0] != batch for term in terms[:1]):
        raise UnmappedError(f"sums over the batch, by '{equation}'")
    return [term.removeprefix(batch) for term in terms], out[1:]


@layer("op:einsum")
def einsum(net: KerasNet, call: Call) -> Value:
    """Einstein's sum of one tensor or two."""
    terms, out = _terms(call.config.get("subscripts"), len(call.inputs))
    return contract(net, terms, out, *call.inputs)


@layer("op:matmul")
def matmul(net: KerasNet, call: Call) -> Value:
    """Of matrices, or of as many of them on either side."""
    if len(call.inputs) != 2:
        raise UnmappedError("contracts axes of its own")
    first, second = (net.shape(value) for value in call.inputs)
    if len(first) != len(second) or len(first) < 2:
        raise UnmappedError("multiplies tensors of different ranks")
    if len(first) == 2:
        return net.lay("matmul", *call.inputs)
    many = LETTERS[: len(first) - 2]
    return contract(net, [f"{many}ij", f"{many}jk"], f"{many}ik", *call.inputs)


@layer("Dot")
def dot(net: KerasNet, call: Call) -> Value:
    """One axis of each contracted; axis 0 is the batch."""
    axes = call.config.get("axes")
    axes = [axes, axes] if isinstance(axes, int) else axes
    if len(call.inputs) != 2 or call.config.get("normalize"):
        raise UnmappedError("multiplies other than two tensors, or normalizes them")
    if not isinstance(axes, list) or len(axes) != 2:
        raise DefinitionError(f"does not say which axes: {axes!r}")
    terms = []
    for value, axis, other in zip(call.inputs, axes, (LETTERS[:8], LETTERS[8:]), strict=True):
        rank = len(net.shape(value))
        at = axis - 1 if axis > 0 else axis + rank
        if not 0 <= at < rank:
            raise UnmappedError(f"contracts axis {axis}")
        terms.append(other[:at] + "z" + other[at + 1 : rank])
    out = "".join(terms).replace("z", "")
    if not out:
        raise UnmappedError("gives one number for each sample")
    return contract(net, terms, out, *call.inputs)


@layer("EinsumDense")
def einsum_dense(net: KerasNet, call: Call) -> Value:
    """A linear layer over the axes behind: what is contracted stands last, what is new too."""
    own = call.config
    (term, kernel), out = _terms(own.get("equation"), 2)
    value = call.one()
    shape = net.shape(value)
    gone = "".join(letter for letter in kernel if letter not in out)
    new = kernel[len(gone) :]
    kept = term[: len(term) - len(gone)]
    plain = kernel == gone + new and term == kept + gone and out == kept + new
    bias = own.get("bias_axes") or ""
    if not plain or bias not in ("", new) or len(term) != len(shape) or len(kept) > 1 or not new:
        raise UnmappedError(f"is no linear layer: '{own.get('equation')}', bias '{bias}'")
    sizes = own.get("output_shape")
    sizes = sizes if isinstance(sizes, list) else [sizes]
    extents = sizes[len(sizes) - len(new) :]
    if not all(isinstance(n, int) for n in extents):
        raise UnmappedError("leaves the extents of its output open")
    if len(gone) > 1:
        value = _joined(net, value, len(kept))
    made = net.weighted("linear", value, units=prod(extents), bias=bool(bias))
    if len(new) == 1:
        return made
    steps = net.shape(made)[:-1]
    parted = net.lay("reshape", made, more="parted", shape=[*steps, *extents])
    return _placed(net, parted, len(steps) + len(extents))


def _joined(net: KerasNet, value: Value, kept: int) -> Value:
    """The axes behind the first `kept` as one, in Keras's order."""
    shape = net.shape(value)
    if len(shape) > 2 and not net.channels_first:
        order = [*range(1, len(shape)), 0]
        value = net.lay("permute", value, more="last", order=order)
    return net.lay("reshape", value, more="joined", shape=[*shape[:kept], prod(shape[kept:])])


def _placed(net: KerasNet, value: Value, rank: int) -> Value:
    """A tensor in Keras's order with its axes as archdb has them."""
    if rank < 3 or net.channels_first:
        return value
    return net.lay("permute", value, more="first", order=[rank - 1, *range(rank - 1)])


@layer("Embedding")
def embedding(net: KerasNet, call: Call) -> Value:
    vocabulary, units = told(call, "input_dim"), told(call, "output_dim")
    return net.weighted("embedding", call.one(), vocabulary=vocabulary, units=units)


@layer("ReversibleEmbedding")
def reversible(net: KerasNet, call: Call) -> Value:
    """An embedding, and its table, or one of its own, as the matrix from features to tokens."""
    vocabulary, tied = told(call, "input_dim"), call.config.get("tie_weights", True)
    both = any(node.kwargs.get("reverse") for node in call.part.nodes)
    if not tied and not both:
        raise UnmappedError("has a matrix for the way back, and does not go it")
    if not call.node.kwargs.get("reverse"):
        if not tied or not both:
            return embedding(net, call)
        return net.lay("take", _table(net, call), call.one(), axis=0)
    if not tied:
        made = net.weighted("linear", call.one(), more="reverse", units=vocabulary, bias=False)
    else:
        made = net.lay("matmul", call.one(), _table(net, call), transpose_second=True)
    cap = call.config.get("logit_soft_cap")
    if not cap:
        return made
    made = net.lay("divide", made, more="divided", value=cap)
    return net.lay("rescale", net.lay("tanh", made, more="tanh"), more="capped", factor=cap)


def _table(net: KerasNet, call: Call) -> Value:
    shape = [told(call, "input_dim"), told(call, "output_dim")]
    return net.weighted("parameter", more="table", shape=shape)
