"""A profile as lists of rows: of its layers, and of these together by op, block and resolution."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from json.encoder import encode_basestring
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Table

from archdb.analysis.layer_costs import FACT_COLUMNS, Facts
from archdb.analysis.layer_table import OUT, resolution
from archdb.analysis.profile import Profile
from archdb.analysis.totals import count_sums
from archdb.db.engine import driver
from archdb.db.networks import block_rows, columns_of
from archdb.db.shared_rows import Recent, Row, find_or_add
from archdb.db.shared_tables import (
    block_row,
    fact_row,
    field_row,
    layer_row,
    op_row,
    resolution_row,
)
from archdb.model.graph import Layer, Network
from archdb.ops import Op

Thing = TypeVar("Thing")
#: Columns of profile_row, beside its key.
LISTS = ("layers", "ops", "blocks", "resolutions")
#: Where in a layer's row of a profile its depth stands, between its facts and its field; and where
#: in its facts its output.
_DEPTH = len(FACT_COLUMNS)
_OUT = [FACT_COLUMNS.index(column) for column in OUT]


class _Step(NamedTuple):
    """A layer as a profile has it."""

    layer: Layer
    facts: Facts
    field: object
    row: Row


class _Member(NamedTuple):
    """A row of layer_row, and that of its facts. `facts` and `field` are known by their identity,
    which is theirs for as long as they are kept here."""

    id: int
    fact: int
    resolution: Row
    facts: Facts
    field: object


#: Layers that are added up, by what is said of them besides.
_Groups = dict[Row, list[_Member]]


class ProfileLists:
    """Finds the rows of profiles, for one connection after the other to one file."""

    def __init__(self) -> None:
        self._schema: int | None = None

    def go_on(self, connection: sqlite3.Connection) -> None:
        """Go on in a new transaction. What is known is forgotten where rows have been taken away:
        that needs a change of the schema (`sweep`)."""
        (schema,) = connection.execute("pragma schema_version").fetchone()
        if schema != self._schema:
            self._members: Recent[_Member] = Recent()
            self._ids: Recent[int] = Recent()
        self._connection, self._schema = connection, schema

    def of(self, network: Network, profile: Profile) -> tuple[str, ...]:
        """LISTS of a profile of `network`, which stands as it is defined at its native input. Rows
        that are not there yet are added."""
        steps = zip(network.layers, profile.facts, profile.fields, profile.rows, strict=True)
        members = self._find_members(list(steps))
        tables = (op_row, block_row, resolution_row)
        groups = zip(tables, _groups(network, members), strict=True)
        lists = [self._find_sums(table, group) for table, group in groups]
        return tuple(map(_json, ([member.id for member in members], *lists)))

    def _find_members(self, steps: list[tuple[Layer, Facts, object, Row]]) -> list[_Member]:
        keys = [(layer, row[_DEPTH], id(facts), id(field)) for layer, facts, field, row in steps]
        found = [self._members.get(key) for key in keys]
        if None not in found:
            return found  # type: ignore[return-value]
        missing = {
            key: _Step(*step)
            for key, step, member in zip(keys, steps, found, strict=True)
            if member is None
        }
        new = dict(zip(missing, self._new_members(list(missing.values())), strict=True))
        for key, member in new.items():
            self._members.put(key, member)
        return [member or new[key] for key, member in zip(keys, found, strict=True)]

    def _new_members(self, steps: list[_Step]) -> Iterator[_Member]:
        facts = [(step.layer.op, step.facts.columns) for step in steps]
        fields = [_field(step) for step in steps]
        fact = self._find(fact_row, dict(zip(facts, facts, strict=True)), _fact_row)
        field = self._find(field_row, dict(zip(fields, fields, strict=True)), tuple)
        keys = [(fact[one], field[other]) for one, other in zip(facts, fields, strict=True)]
        rows = [
            (*_place(step.layer), *key, step.row[_DEPTH])
            for step, key in zip(steps, keys, strict=True)
        ]
        found = find_or_add(self._connection, layer_row, rows)
        for step, key, (fact_key, _) in zip(steps, found, keys, strict=True):
            yield _Member(key, fact_key, _size(step.facts), step.facts, step.field)

    def _find_sums(self, table: Table, groups: _Groups) -> list[int]:
        """The rows of groups of layers; sums do not depend on the order of these."""
        keyed = {
            (*head, tuple(sorted([member.fact for member in members]))): (head, members)
            for head, members in groups.items()
        }
        return list(self._find(table, keyed, _sums).values())

    def _find(
        self, table: Table, things: Mapping[Row, Thing], row_of: Callable[[Thing], Row]
    ) -> dict[Row, int]:
        """The row of each thing, by a key that stands for all of it."""
        known = {key: self._ids.get((table.name, key)) for key in things}
        new = [key for key, found in known.items() if found is None]
        if new:
            rows = [row_of(things[key]) for key in new]
            added = find_or_add(self._connection, table, rows)
            for key, found in zip(new, added, strict=True):
                known[key] = self._ids.put((table.name, key), found)
        return known  # type: ignore[return-value]


def rows_of(network: Network, profile: Profile) -> list[list[Row]]:
    """All rows of the lists of a profile, each layer's with those of its facts and field."""
    parts = zip(network.layers, profile.facts, profile.fields, profile.rows, strict=True)
    steps = [_Step(*part) for part in parts]
    layers = [
        (*_place(s.layer), *_fact_row((s.layer.op, s.facts.columns)), *_field(s), s.row[_DEPTH])
        for s in steps
    ]
    members = [_Member(0, 0, _size(step.facts), step.facts, step.field) for step in steps]
    groups = _groups(network, members)
    return [layers, *([_sums(group) for group in each.items()] for each in groups)]


def lists_for(connection: Connection, known: ProfileLists | None = None) -> ProfileLists:
    """What is known to be in the file of a connection, for as long as that is open; at first what
    is `known` from another one to the same file."""
    lists: ProfileLists = connection.info.setdefault("profile lists", known or ProfileLists())
    lists.go_on(driver(connection))
    return lists


def _field(step: _Step) -> Row:
    return step.row[_DEPTH + 1 :]


def _fact_row(fact: tuple[Op, Row]) -> Row:
    op, columns = fact
    return (op.name, *columns_of(op), *columns)


def _place(layer: Layer) -> Row:
    inputs = f"[{', '.join(map(encode_basestring, layer.inputs))}]"
    return (layer.name, layer.block, int(layer.auxiliary), inputs, layer.weights_of)


def _size(facts: Facts) -> Row:
    """The resolution of an output, and its height and width."""
    channels, height, width, stated = [facts.columns[at] for at in _OUT]
    return (resolution(channels, height, width, stated), height, width)


def _sums(group: tuple[Row, list[_Member]]) -> Row:
    head, members = group
    return (*head, len(members), *count_sums([member.facts for member in members]))


def _groups(network: Network, members: list[_Member]) -> tuple[_Groups, _Groups, _Groups]:
    """The layers of each op, block and resolution, but those of auxiliary heads."""
    ops, blocks, sizes = _Found(list), _Found(list), _Found(list)
    for position, layer in enumerate(network.layers):
        if not layer.auxiliary:
            ops[layer.op.name].append(position)
            blocks[layer.block or layer.name].append(position)
            sizes[members[position].resolution].append(position)
    of_blocks = _blocks(network, blocks)
    return (
        {(op, of[0]): [members[at] for at in of] for op, of in ops.items()},
        {head: [members[at] for at in of] for head, of in of_blocks},
        {size: [members[at] for at in of] for size, of in sizes.items()},
    )


#: Groups in the making: under each key the positions of its layers.
_Found = defaultdict[Any, list[int]]


def _blocks(network: Network, found: _Found) -> Iterator[tuple[Row, list[int]]]:
    """The blocks that are defined, in their order, then the layers that stand for themselves."""
    for _, name, _, *said in block_rows(0, network):
        of = found.pop(name, [])
        yield (name, *said, of[0] if of else None), of
    for name, of in found.items():
        yield (name, None, None, None, of[0]), of


def _json(ids: list[int]) -> str:
    return f"[{','.join(map(str, ids))}]"
