"""A network's profile: rows of its layers and their totals, from one walk over it.

A profile is a network at one size of each input. Its layer rows hold shapes, parameters by role,
operations by kind, the im2col product and the receptive field; its totals are sums and folds
over them. Everything is an exact integer, or None where an unknown op leaves it open.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from archdb.analysis.inputs import (
    Inputs,
    complete_inputs,
    format_inputs,
    native_inputs,
    resize_network,
)
from archdb.analysis.layer_costs import FACT_COLUMNS, Facts, Row
from archdb.analysis.layer_table import PLACE, LayerTable
from archdb.analysis.receptive_field import FIELD_COLUMNS, FieldOrReason, columns_of
from archdb.analysis.totals import totals_of
from archdb.analysis.trace import Trace
from archdb.analysis.trace import forget as forget
from archdb.errors import ArchdbError
from archdb.model.graph import Network
from archdb.model.shape import Shape

#: Columns of a layer row, in the order in which `derive` yields them.
LAYER_COLUMNS = (*FACT_COLUMNS, "depth", *FIELD_COLUMNS)


class Profile(NamedTuple):
    """`facts`, `depths` and `fields` follow `network.layers`; `totals` is a row of columns. An op
    that is told of another size is told nothing (`Op.unsized`)."""

    network: Network
    inputs: Inputs
    totals: dict[str, Any]
    facts: list[Facts]
    depths: list[int | None]
    fields: list[FieldOrReason]

    @property
    def input(self) -> str:
        """The inputs as text."""
        return format_inputs(self.inputs)

    @property
    def rows(self) -> list[Row]:
        """A row of LAYER_COLUMNS of each layer: made when it is asked for, totals need none."""
        parts = zip(self.facts, self.depths, self.fields, strict=True)
        return [(*fact.columns, depth, *columns_of(field)) for fact, depth, field in parts]

    @property
    def table(self) -> LayerTable:
        """The layer rows, as those of a stored profile are read."""
        rows = zip(self.network.layers, self.rows, strict=True)
        places = (
            (layer.name, layer.op.name, layer.block, layer.auxiliary, row) for layer, row in rows
        )
        return LayerTable((*PLACE, *LAYER_COLUMNS), [(*place, *row) for *place, row in places])

    def layer(self, name: str) -> dict[str, Any]:
        """One layer's row; KeyError where the network has no such layer."""
        for layer, row in zip(self.network.layers, self.rows, strict=True):
            if layer.name == name:
                return dict(zip(LAYER_COLUMNS, row, strict=True))
        raise KeyError(name)


def derive(network: Network, sizes: Shape | Inputs | None = None) -> Profile:
    """The profile of a network, at its native inputs unless `sizes` says others,
    as in `resize_network`.

    At another input than the native one an auxiliary head may not fit: then its figures are open,
    and the totals are the network's. Raises ShapeError naming network, layer, what arrived and
    from where.
    """
    inputs = native_inputs(network)
    at = inputs if sizes is None else complete_inputs(network, sizes)
    try:
        trace = Trace(network, inputs) if at == inputs or _has_sized_ops(network) else None
        if at != inputs:
            trace = Trace(resize_network(network, at), at, trace, elsewhere=True)
        assert trace is not None
        network = trace.network_at_inputs()
        facts, seen, depths = trace.facts, trace.seen, trace.depths
        fields = [each.field for each in seen]
        maps = [each.map for each in seen]
        totals = totals_of(network, facts, depths, fields, maps)
    except ArchdbError as error:
        raise error.at(network.name) from None
    return Profile(network, at, totals, facts, depths, fields)


def _has_sized_ops(network: Network) -> bool:
    """Whether what arrives at the native input matters at another one."""
    return any(layer.op.sized for layer in network.layers)
