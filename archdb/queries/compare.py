"""Networks side by side, and one network by itself: by total, op, block, resolution or layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from archdb.analysis.differences import summarize_changes
from archdb.errors import UsageError
from archdb.queries import conventions
from archdb.queries.freshness import ensure_profiles
from archdb.queries.lineage import common_base, differences
from archdb.queries.live import live
from archdb.queries.provenance import Note, Subject
from archdb.queries.result import Column, Result

if TYPE_CHECKING:
    from archdb.model.input_size import Words
    from archdb.queries.reader import Reader

#: What `compare` sets side by side for each grouping; `show` gives all columns of by_*.sql.
GROUPINGS = {
    "op": ("layers", "params", "macs"),
    "block": ("layers", "params", "macs"),
    "resolution": ("layers", "params", "macs"),
    "layer": ("output", "params", "macs"),
}
BY = ("total", *GROUPINGS)


def compare(
    reader: Reader,
    names: Sequence[str],
    by: str,
    input: Words,
    convention: str | None,
) -> Result:
    """One row for each quantity (by total) or key; columns for each network."""
    if len(names) < 2:
        raise UsageError("compare needs two networks or more", remedy="archdb show NAME shows one")
    notes: list[str] = []
    wanted = _wanted(reader, names, by, convention, notes)
    with ensure_profiles(reader, wanted, input) as inputs:
        subjects = list(map(Subject, wanted, inputs))
        if by == "total":
            result = _totals(reader, subjects, convention)
        else:
            result = _grouped(reader, subjects, by, convention)
        for subject in subjects:
            notes += _notes(reader, subject, by, convention)
        notes += _variation(reader, subjects)
    result.notes, result.networks = notes + result.notes, subjects
    result.conventions = [convention] if convention else []
    return result


def _variation(reader: Reader, subjects: list[Subject]) -> list[str]:
    """Of two variants of one base: how their layer rows differ."""
    if len(subjects) != 2:
        return []
    first, second = (subject.name for subject in subjects)
    if common_base(reader, first, second) is None:
        return []
    return [
        Note(f"{first} → {second}: {line}", "variation", (first, second))
        for line in summarize_changes(differences(reader, first, second))
    ]


def show(reader: Reader, name: str, by: str, input: Words, convention: str | None) -> Result:
    """One network: rows as in `compare`, by more columns."""
    notes: list[str] = []
    wanted = _wanted(reader, [name], by, convention, notes)
    with ensure_profiles(reader, wanted, input) as inputs:
        subject = Subject(wanted[0], inputs[0])
        if by == "total":
            result = _totals(reader, [subject], convention)
        else:
            result = reader.run_named(f"by_{by}", **subject._asdict())
            if convention:
                values = _priced(reader, subject, by, convention)
                result.append(convention, [values[row[0]] for row in result.rows])
        notes += _notes(reader, subject, by, convention)
    result.notes, result.networks = notes + result.notes, [subject]
    result.conventions = [convention] if convention else []
    return result


def _wanted(
    reader: Reader, words: Sequence[str], by: str, convention: str | None, notes: list[str]
) -> list[str]:
    """The networks that the words mean; the whole request is checked before anything is derived."""
    if by not in BY:
        raise UsageError(f"cannot group by '{by}'", remedy=f"by one of: {', '.join(BY)}")
    conventions.check(reader, convention)
    names: list[str] = []
    for word in words:
        name = reader.resolve(word)
        if name in names:
            raise UsageError(f"'{word}' is a network that is already in the comparison")
        if name != word.lower():
            notes.append(f"{word} is another name of {name}")
        names.append(name)
    return names


def _priced(reader: Reader, subject: Subject, by: str, convention: str) -> dict[Any, Any]:
    """What each group counts for."""
    (prices,) = conventions.conventions(reader, convention)
    return conventions.groups(
        reader.run_named("components", **subject._asdict()).to_dicts(), by, prices
    )


def _notes(reader: Reader, subject: Subject, by: str, convention: str | None) -> list[str]:
    """What a reader of the figures must know: changed layers, heads left out, open totals."""
    notes = []
    changed = reader.run_named("changed", **subject._asdict()).rows
    for layer, op, params, native_params, native in changed:
        notes.append(
            f"{subject.name} at {subject.input}: layer {layer} ({op}) has {_number(params)} params"
            f" instead of {_number(native_params)} at the native {native},"
            " because its input has another size"
        )
    if by != "total":
        ((layers, params, macs),) = reader.run_named("heads", **subject._asdict()).rows
        if layers:
            notes.append(
                f"{subject.name}: {layers} layers of auxiliary heads are left out"
                f" ({_number(params)} params, {_number(macs)} MACs)"
            )
    if convention and (ops := conventions.unpriced(reader, *subject, convention)):
        notes.append(f"{subject.name}: {convention} does not price {', '.join(ops)}")
    return notes


def _number(value: int | None) -> str:
    return "an open number of" if value is None else f"{value:,}"


def _totals(reader: Reader, subjects: list[Subject], convention: str | None) -> Result:
    """Rows (quantity, unit, one value per network, ratio where there are two)."""
    summaries = [reader.run_named("summary", **s._asdict()).to_dicts()[0] for s in subjects]
    rows: list[tuple[Any, ...]] = [
        (quantity, unit, *(summary[quantity] for summary in summaries))
        for quantity, unit in reader.run_named("units").rows
    ]
    living, left_out = live(reader, subjects)
    rows += living
    if convention:
        values = [conventions.total(reader, *subject, convention) for subject in subjects]
        rows.append((convention, "by convention", *values))
    notes = [
        f"{subject.name}: {said}"
        for subject, summary in zip(subjects, summaries, strict=True)
        for said in _open(summary)
    ] + left_out
    of = [Column(subject.name, network=subject.name) for subject in subjects]
    columns: list[str | Column] = ["quantity", "unit", *of]
    if len(subjects) != 2:
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


def _grouped(reader: Reader, subjects: list[Subject], by: str, convention: str | None) -> Result:
    """Rows aligned by key; a key that a network does not have leaves its columns empty."""
    quantities = list(GROUPINGS[by])
    tables: list[dict[Any, dict[str, Any]]] = []
    for subject in subjects:
        rows = reader.run_named(f"by_{by}", **subject._asdict()).to_dicts()
        table = {row[by]: row for row in rows}
        if convention:
            for key, value in _priced(reader, subject, by, convention).items():
                table[key][convention] = value
        tables.append(table)
    if convention:
        quantities.append(convention)
    keys = _aligned([list(table) for table in tables], by)
    of = [
        Column(f"{s.name} {quantity}", quantity=quantity, network=s.name)
        for quantity in quantities
        for s in subjects
    ]
    cells = [
        (key, *(table.get(key, {}).get(q) for q in quantities for table in tables)) for key in keys
    ]
    pairs = [(1 + 2 * i, 2 + 2 * i) for i in range(len(quantities))] if len(subjects) == 2 else []
    return Result([by, *of], cells, pairs=pairs)


def _aligned(lists: list[list[Any]], by: str) -> list[Any]:
    """All keys, each once: maps by falling size; else each list's order, the first one leading."""
    if by == "resolution":
        every = {key for keys in lists for key in keys}
        return sorted(every, key=_falling_size)
    merged = list(lists[0])
    for keys in lists[1:]:
        at = 0
        for key in keys:
            if key in merged:
                at = merged.index(key) + 1
            else:
                merged.insert(at, key)
                at += 1
    return merged


def _falling_size(resolution: str) -> tuple[bool, int, int, str]:
    """Maps by falling size, then what is no map."""
    height, by, width = resolution.partition("x")
    if not by:
        return True, 0, 0, resolution
    return False, -int(height) * int(width), -int(height), resolution
