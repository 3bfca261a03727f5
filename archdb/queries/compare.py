"""Networks side by side, and one network by itself: by total, op, block, resolution or layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.analysis.weighing import Convention
from archdb.errors import UsageError
from archdb.model.names import PLUS
from archdb.queries import conventions
from archdb.queries.grouped import COMPARED, SHOWN, aligned, rows_of
from archdb.queries.introduction import introduce
from archdb.queries.lineage import rules_of
from archdb.queries.live import live
from archdb.queries.named import NetworkRef, name_of, network_refs
from archdb.queries.profiles import AnyProfile, open_profiles
from archdb.queries.provenance import Note, Subject
from archdb.queries.result import Column, Result

if TYPE_CHECKING:
    from archdb.model.input_spec import InputSpec
    from archdb.queries.reader import Reader

BY = ("total", *SHOWN)
#: Of one network, what a narrow terminal leaves out last.
FIRST = ("op", "output", "params", "macs")
#: In more sentences than these, rules say it better.
MOST_SENTENCES = 3
#: By what networks are aligned by structure, and what of it may be all that is shown.
ALIGNED, ONLY = ("block", "layer"), ("differences",)


def compare(
    reader: Reader,
    names: Sequence[str],
    by: str,
    spec: InputSpec,
    convention: conventions.Names,
    only: str | None = None,
) -> Result:
    """One row for each quantity (by total) or key; columns for each network. By layer and block
    networks are aligned by structure; `only` the differences, where it says so."""
    networks = network_refs(reader, names, spec)
    _check_only(only, by)
    if len(names) < 2:
        raise UsageError("compare needs two networks or more", remedy="archdb show NAME shows one")
    request = _check_request(reader, networks, by, convention)
    introduce(reader, networks, differences=by not in ALIGNED)
    with open_profiles(reader, request.networks, spec) as found:
        counted = request.conventions(reader)
        if by in ALIGNED:
            from archdb.queries.alignment import by_structure

            table = by_structure(found, by, counted, differences_only=only is not None)
        else:
            total = by == "total"
            table = _totals(reader, found, counted) if total else _group_rows(found, by, counted)
            table.notes += _variation(found)
        notes = [*request.notes, *_notes(found, by, counted)]
    return _complete(table, notes, found, counted)


def _check_only(only: str | None, by: str) -> None:
    if only is None:
        return
    if only not in ONLY:
        raise UsageError(f"cannot show only '{only}'", remedy=f"only: {', '.join(ONLY)}")
    if by in BY and by not in ALIGNED:
        raise UsageError(
            f"by {by} there are no differences alone", remedy=f"by one of: {', '.join(ALIGNED)}"
        )


def _complete(
    result: Result, notes: list[str], found: Sequence[AnyProfile], counted: Sequence[Convention]
) -> Result:
    """With what belongs to all of it before what belongs to single figures."""
    result.notes = notes + result.notes
    result.networks = [Subject(one.name, one.input) for one in found]
    result.conventions = [each.name for each in counted]
    return result


def _variation(found: Sequence[AnyProfile]) -> list[str]:
    """Of two variants of one base: how their layer rows differ."""
    if len(found) != 2:
        return []
    first, second = found
    if not set(first.ancestors()) & set(second.ancestors()):
        return []
    both = (first.name, second.name)
    from archdb.analysis.alignment import align
    from archdb.analysis.alignment_summary import summarize

    lines = summarize(align(first.network, second.network))
    for base, variant in (found, found[::-1]) if len(lines) > MOST_SENTENCES else ():
        if rules := _rules_between(base, variant):
            return [Note(f"{base.name} → {variant.name}: {rules}", "variation", both)]
    return [Note(f"{' → '.join(both)}: {line}", "variation", both) for line in lines]


def _rules_between(base: AnyProfile, variant: AnyProfile) -> str:
    """The rules that make one network of the other; '' where none are known to."""
    if variant.ancestors()[1:2] != [base.name]:
        return ""
    if variant.name.startswith(f"{base.name}{PLUS}"):
        return variant.name.removeprefix(f"{base.name}{PLUS}")
    return rules_of(variant.reader, variant.name)


def show(
    reader: Reader, name: str, by: str, spec: InputSpec, convention: conventions.Names
) -> Result:
    """One network: rows as in `compare`, by more columns."""
    request = _check_request(reader, network_refs(reader, [name], spec), by, convention)
    with open_profiles(reader, request.networks, spec) as found:
        counted = request.conventions(reader)
        if by == "total":
            result = _totals(reader, found, counted)
        else:
            columns = [*SHOWN[by], *(each.name for each in counted)]
            rows = rows_of(found[0], by, columns, counted)
            lines = [(key, *row.values()) for key, row in rows.items()]
            result = Result([by, *columns], lines, priority=[by, *FIRST])
        notes = [*request.notes, *_notes(found, by, counted)]
    return _complete(result, notes, found, counted)


class _Request(NamedTuple):
    """What is asked, all of it checked before anything is derived."""

    networks: list[NetworkRef]
    counted: tuple[str, ...]
    notes: list[str]

    def conventions(self, reader: Reader) -> list[Convention]:
        """Those by which figures are counted besides."""
        return conventions.chosen(reader, self.counted)


def _check_request(
    reader: Reader, networks: Sequence[NetworkRef], by: str, convention: conventions.Names
) -> _Request:
    if by not in BY:
        raise UsageError(f"cannot group by '{by}'", remedy=f"by one of: {', '.join(BY)}")
    conventions.check(reader, convention)
    found: dict[str, NetworkRef] = {}
    notes = []
    for network in networks:
        name = name_of(reader, network)
        word = network if isinstance(network, str) else name
        if name in found:
            raise UsageError(f"'{word}' is a network that is already in the comparison")
        if name.lower() != word.lower():
            notes.append(f"{word} is another name of {name}")
        found[name] = name if isinstance(network, str) else network
    return _Request(list(found.values()), conventions.as_names(convention), notes)


def _notes(found: Sequence[AnyProfile], by: str, counted: Sequence[Convention]) -> Iterator[str]:
    """What a reader of the figures must know: changed layers, heads left out, open totals."""
    for one in found:
        if one.input != one.native_input:
            yield from _changed_layers(one)
        if by != "total" and len(heads := one.layers.heads):
            yield (
                f"{one.name}: {len(heads)} layers of auxiliary heads are left out"
                f" ({_number(heads.known('params'))} params, {_number(heads.known('macs'))} MACs)"
            )
        ops = list(one.layers.main.groups("op")) if counted else []
        for convention in counted:
            if unpriced := [op for op in ops if op not in convention.weights]:
                yield f"{one.name}: {convention.name} does not price {', '.join(unpriced)}"


def _changed_layers(one: AnyProfile) -> Iterator[str]:
    """Layers whose parameters at this input are not those at the native one."""
    native, there = one.native
    columns = ("layer", "op", "auxiliary", "params")
    rows = zip(*map(one.layers.column, columns), there.column("params"), strict=True)
    for layer, op, auxiliary, params, before in rows:
        if params != before and not (auxiliary and params is None):  # no room: another note
            yield (
                f"{one.name} at {one.input}: layer {layer} ({op}) has {_number(params)} params"
                f" instead of {_number(before)} at the native {native},"
                " because its input has another size"
            )


def _number(value: int | None) -> str:
    return "an open number of" if value is None else f"{value:,}"


def _totals(reader: Reader, found: Sequence[AnyProfile], counted: Sequence[Convention]) -> Result:
    """Rows (quantity, unit, one value per network, ratio where there are two)."""
    rows: list[tuple[Any, ...]] = [
        (quantity, unit, *(one.totals[quantity] for one in found))
        for quantity, unit in reader.recall("units")
    ]
    living, left_out = live(found)
    rows += living
    for each in counted:
        values = [one.layers.main.weigh(each) for one in found]
        rows.append((each.name, "by convention", *values))
    notes = [f"{one.name}: {said}" for one in found for said in _open(one.totals)] + left_out
    of = [Column(one.name, network=one.name) for one in found]
    columns: list[str | Column] = ["quantity", "unit", *of]
    if len(found) != 2:
        return Result(columns, rows, notes)
    return Result(
        [*columns, "ratio"], [(*row, _ratio(*row[2:4])) for row in rows], notes, pairs=[(2, 3)]
    )


def _open(summary: dict[str, Any]) -> Iterator[str]:
    """Why figures of a summary are NULL."""
    if summary["note"]:
        yield summary["note"]
    if summary["receptive_field_note"]:
        what = "receptive field" if summary["receptive_field_h"] is None else "effective padding"
        yield f"no {what}: {summary['receptive_field_note']}"


def _ratio(first: Any, second: Any) -> float | None:
    numbers = isinstance(first, int | float) and isinstance(second, int | float)
    if not numbers or second == 0:
        return None
    return float(first / second)


def _group_rows(found: Sequence[AnyProfile], by: str, counted: Sequence[Convention]) -> Result:
    """Rows aligned by key; a key that a network does not have leaves its columns empty."""
    quantities = [*COMPARED[by], *(each.name for each in counted)]
    tables = [rows_of(one, by, quantities, counted) for one in found]
    keys = aligned([list(table) for table in tables], by)
    of = [
        Column(f"{one.name} {quantity}", quantity=quantity, network=one.name)
        for quantity in quantities
        for one in found
    ]
    cells = [
        (key, *(table.get(key, {}).get(q) for q in quantities for table in tables)) for key in keys
    ]
    pairs = [(1 + 2 * i, 2 + 2 * i) for i in range(len(quantities))] if len(found) == 2 else []
    return Result([by, *of], cells, pairs=pairs)
