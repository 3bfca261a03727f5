"""A profile as lists of rows: of its layers, and of these together by op, block and resolution."""

from __future__ import annotations

import sqlite3
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from json.encoder import encode_basestring
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Connection, Table

from archdb.analysis.layer_costs import FACT_COLUMNS, Facts
from archdb.analysis.layer_table import OUT, resolution
from archdb.analysis.profile import Profile
from archdb.analysis.receptive_field import FieldOrReason
from archdb.analysis.receptive_field import columns_of as field_columns
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
#: Where in the facts of a layer its output stands.
_OUT = [FACT_COLUMNS.index(column) for column in OUT]


class _Step(NamedTuple):
    """A layer as a profile has it."""

    layer: Layer
    facts: Facts
    depth: int | None
    field: FieldOrReason


class _Member(NamedTuple):
    """A row of layer_row, and that of its facts. `facts` and `field` are known by their identity,
    which is theirs for as long as they are kept here."""

    id: int
    fact: int
    op: str
    resolution: Row
    facts: Facts
    field: FieldOrReason


#: Rows of facts that are added up, as often as layers have them, by what is said of these besides.
_Groups = Mapping[Any, list[int]]


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
        members = self._find_members(network, profile)
        of = {member.fact: member for member in members}
        tables = (op_row, block_row, resolution_row)
        groups = zip(tables, _groups(network, members, of), strict=True)
        lists = [self._find_sums(table, group, of) for table, group in groups]
        return tuple(map(_json, ([member.id for member in members], *lists)))

    def _find_members(self, network: Network, profile: Profile) -> list[_Member]:
        objects = (map(id, profile.facts), map(id, profile.fields))
        keys = list(zip(network.layers, profile.depths, *objects, strict=True))
        found = self._members.get_each(keys)
        if None not in found:
            return found  # type: ignore[return-value]
        missing = {
            key: step
            for key, step, member in zip(keys, _steps(network, profile), found, strict=True)
            if member is None
        }
        new = dict(zip(missing, self._new_members(list(missing.values())), strict=True))
        for key, member in new.items():
            self._members.put(key, member)
        return [member or new[key] for key, member in zip(keys, found, strict=True)]

    def _new_members(self, steps: list[_Step]) -> Iterator[_Member]:
        facts = [(step.layer.op, step.facts.columns) for step in steps]
        fields = [field_columns(step.field) for step in steps]
        fact = self._find(fact_row, dict(zip(facts, facts, strict=True)), _fact_row)
        field = self._find(field_row, dict(zip(fields, fields, strict=True)), tuple)
        keys = [(fact[one], field[other]) for one, other in zip(facts, fields, strict=True)]
        rows = [
            (*_place(step.layer), *key, step.depth) for step, key in zip(steps, keys, strict=True)
        ]
        found = find_or_add(self._connection, layer_row, rows)
        for step, key, (fact_key, _) in zip(steps, found, keys, strict=True):
            yield _member(step, key, fact_key)

    def _find_sums(self, table: Table, groups: _Groups, of: Mapping[int, _Member]) -> list[int]:
        """The rows of groups of layers; sums do not depend on the order of these."""
        keyed = {(*head, tuple(sorted(facts))): (head, facts) for head, facts in groups.items()}
        return list(self._find(table, keyed, lambda group: _sums(*group, of)).values())

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
    steps = list(_steps(network, profile))
    facts = [(step.layer.op, step.facts.columns) for step in steps]
    layers = [
        (*_place(step.layer), *_fact_row(fact), *field_columns(step.field), step.depth)
        for step, fact in zip(steps, facts, strict=True)
    ]
    numbers = {fact: number for number, fact in enumerate(facts)}
    members = [_member(step, 0, numbers[fact]) for step, fact in zip(steps, facts, strict=True)]
    of = {member.fact: member for member in members}
    groups = _groups(network, members, of)
    return [layers, *([_sums(*group, of) for group in each.items()] for each in groups)]


def lists_for(connection: Connection, known: ProfileLists | None = None) -> ProfileLists:
    """What is known to be in the file of a connection, for as long as that is open; at first what
    is `known` from another one to the same file."""
    lists: ProfileLists = connection.info.setdefault("profile lists", known or ProfileLists())
    lists.go_on(driver(connection))
    return lists


def _steps(network: Network, profile: Profile) -> Iterator[_Step]:
    parts = zip(network.layers, profile.facts, profile.depths, profile.fields, strict=True)
    return map(_Step._make, parts)


def _member(step: _Step, key: int, fact: int) -> _Member:
    return _Member(key, fact, step.layer.op.name, _size(step.facts), step.facts, step.field)


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


def _sums(head: Row, facts: list[int], of: Mapping[int, _Member]) -> Row:
    return (*head, len(facts), *count_sums([of[fact].facts for fact in facts]))


def _groups(
    network: Network, members: Sequence[_Member], of: Mapping[int, _Member]
) -> tuple[_Groups, _Groups, _Groups]:
    """The layers of each op, block and resolution, but those of auxiliary heads. `of` has a member
    for each row of facts: layers of one have the same op and resolution, so most need no look."""
    layers = network.layers
    main = [at for at, layer in enumerate(layers) if not layer.auxiliary]
    facts = [members[at].fact for at in main]
    ops: defaultdict[str, list[int]] = defaultdict(list)
    sizes: defaultdict[Row, list[int]] = defaultdict(list)
    blocks: defaultdict[str, list[int]] = defaultdict(list)
    for fact, count in Counter(facts).items():
        alike = [fact] * count
        ops[of[fact].op] += alike
        sizes[of[fact].resolution] += alike
    names = [layers[at].block or layers[at].name for at in main]
    for name, fact in zip(names, facts, strict=True):
        blocks[name].append(fact)
    first = _firsts(facts, main)
    return (
        {(op, first[group[0]]): group for op, group in ops.items()},
        dict(_blocks(network, blocks, _firsts(names, main))),
        sizes,
    )


def _firsts(things: Sequence[Thing], positions: Sequence[int]) -> dict[Thing, int]:
    """Where each thing stands first."""
    return dict(zip(reversed(things), reversed(positions), strict=True))


def _blocks(
    network: Network, found: dict[str, list[int]], first: Mapping[str, int]
) -> Iterator[tuple[Row, list[int]]]:
    """The blocks that are defined, in their order, then the layers that stand for themselves."""
    for _, name, _, *said in block_rows(0, network):
        yield (name, *said, first.get(name)), found.pop(name, [])
    for name, facts in found.items():
        yield (name, None, None, None, first[name]), facts


def _json(ids: list[int]) -> str:
    return f"[{','.join(map(str, ids))}]"
