"""Elements that are written into places of a tensor which a table says."""

from __future__ import annotations

from math import prod

from archdb.sources.lowering.arranging import plain
from archdb.sources.lowering.base import Lowering, UnmappedError, rule
from archdb.sources.lowering.values import BATCH, Axis, Known, Opaque, Stored, Value
from archdb.sources.neutral import Call


@rule("ScatterND", "ScatterElements", "write_through_a_view")
def scattered(net: Lowering, call: Call) -> Value:
    """Numbers written into a table of the file: a table again, as the mask of shifted windows;
    zeros written into a learned tensor, as into the bias of keys, leave it what it is. Any others
    are taken, in their places, from what was there and what is written."""
    tensor, *rest = (net.get(ref) for ref in call.arguments.values())
    if isinstance(tensor, Opaque):
        raise UnmappedError("writes into a tensor of unstated shape")
    if not any(isinstance(one, Value) for one in (tensor, *rest)):
        stored = [one for one in (tensor, *rest) if isinstance(one, Stored)]
        names = {name for one in stored if net.trains(one) for name in one.names}
        if not names:
            return net.table(Known(tensor.shape, ()))
        if isinstance(tensor, Stored) and tensor.whole and names == set(tensor.names):
            return net.parameter(tensor)
    if len(rest) < 2:
        raise UnmappedError("writes a learned tensor into places of another")
    if isinstance(rest[0], Value):
        raise UnmappedError("writes into places that are worked out")
    return _taken_from_both(net, net.realised(tensor), net.realised(rest[1]))


def _taken_from_both(net: Lowering, old: Value, new: Value) -> Value:
    """The elements of two tensors side by side, of which each place takes one."""
    old, new = plain(net, old), plain(net, new)
    if any(axis.batch and axis != BATCH for axis in (*old.axes, *new.axes)):
        raise UnmappedError("writes into what the batch is folded into")
    if BATCH in new.axes and BATCH not in old.axes:
        raise UnmappedError("writes what each sample has of its own into a table")
    vectors = [
        x if len(x.shape) == 1 else net.reshape(x, (prod(x.shape),), (Axis((0,)),), main=False)
        for x in (old, new)
    ]
    both = net.lay(net.make("concat", axis=0), *vectors, axes=(Axis((0,)),), main=False)
    found = net.lay(net.make("take", axis=0, shape=[prod(old.shape)]), both, axes=(Axis((0,)),))
    if len(old.shape) == 1:
        return found._replace(axes=old.axes)
    return net.reshape(found, old.shape, old.axes, main=False)
