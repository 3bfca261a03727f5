"""Caffe's recurrent layers: their tensors are known, and how many steps they take is not, since
the first axis of what they read is that of steps and archdb takes it for the batch."""

from __future__ import annotations

from math import prod

from archdb.errors import DefinitionError
from archdb.model.shape import Shape
from archdb.ops import BIAS, WEIGHT
from archdb.sources.caffe import Prototxt, layer
from archdb.sources.laying import OpenError
from archdb.sources.lowering.base import UnmappedError
from archdb.sources.prototext import Message

#: How many vectors of its size a cell's sum has.
GATES = {"LSTM": 4, "RNN": 1}
WHY = "has steps along the axis that is the batch elsewhere"


@layer(*GATES)
def recurrent(net: Prototxt, part: Message) -> str:
    """Kernel and bias of the input, perhaps of a static one, kernel of the state; a plain one has
    a kernel and a bias more, for its output."""
    own, kind, bottoms = part.message("recurrent_param"), part.word("type"), net.some()
    units = own.integer("num_output", 0)
    if units < 1:
        raise DefinitionError("does not say its num_output")
    if own.flag("expose_hidden", False):
        raise UnmappedError("gives its state as well")
    sums = GATES[kind] * units
    shape = net.net.shape(bottoms[0])
    tensors: list[tuple[str, Shape]] = [
        (WEIGHT, (sums, max(prod(shape[1:]), 1))),
        (BIAS, (sums,)),
        (WEIGHT, (sums, units)),
    ]
    if len(bottoms) > 2:  # without steps: its first axis is the batch
        tensors.append((WEIGHT, (sums, prod(net.net.shape(bottoms[2])))))
    if GATES[kind] == 1:
        tensors += [(WEIGHT, (units, units)), (BIAS, (units,))]
    raise OpenError(WHY, tensors, (shape[0], units))
