"""A network rewritten by rules, beside what it was."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from archdb.analysis.inputs import native_inputs, resolve_inputs
from archdb.analysis.layer_table import params
from archdb.analysis.profile import Profile, derive
from archdb.model.input_spec import InputSpec
from archdb.queries.named import RewriteResult, rewrite_named, without_axes
from archdb.queries.provenance import Note
from archdb.queries.result import Column, Result

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: What is shown of a layer before and after; None for one that is not there.
SHOWN = ("op", "output", "params", "macs")
COLUMNS: tuple[str | Column, ...] = (
    "layer",
    "change",
    *(Column(f"{w} {when}", quantity=w) for w in SHOWN for when in ("before", "after")),
)


def rewrite(
    reader: Reader,
    name: str,
    rules: Sequence[str],
    only: str | None = None,
    spec: InputSpec = None,
) -> Result:
    """What rules make of a network: a row for each layer that is not as it was, then the totals.

    `change` is added, removed, changed (another op), or follows: what arrives is another.
    """
    (made,) = rewrite_named(reader, [name], rules, only, spec)
    spec = without_axes(spec, [made])
    inputs = None if spec is None else resolve_inputs(spec, native_inputs(made.base))
    before, after = derive(made.base, inputs), derive(made.network, inputs)
    notes: list[str] = list(skipped(made))
    if any(profile.totals["aux_params"] for profile in (before, after)):
        notes.append("totals are without auxiliary heads")
    pairs = [(6, 7), (8, 9)]
    return Result(
        COLUMNS,
        [*_changes(before, after), _total(before, after)],
        notes,
        pairs,
        networks=[(made.base.name, before.input)],
    )


def skipped(made: RewriteResult) -> Iterator[Note]:
    """Which layers the rules left alone, and why."""
    for note in made.notes:
        yield Note(str(note), "skipped", (made.base.name,), **note._asdict())


def _changes(before: Profile, after: Profile) -> Iterator[tuple[Any, ...]]:
    old, new = _rows(before), _rows(after)
    for name in _order(list(old), list(new)):
        was, now = old.get(name), new.get(name)
        if was is None or now is None:
            change = "added" if was is None else "removed"
        elif was == now:
            continue
        else:
            change = "changed" if was[0] != now[0] else "follows"
        yield name, change, *_alternate(_shown(was), _shown(now))


def _rows(profile: Profile) -> dict[str, tuple[Any, ...]]:
    """The op of each layer, and its figures as in SHOWN."""
    table = profile.table
    figures = zip(table.outputs(), table.column("params"), table.column("macs"), strict=True)
    rows = zip(profile.network, figures, strict=True)
    return {layer.name: (layer.op, *row) for layer, row in rows}


def _shown(row: tuple[Any, ...] | None) -> tuple[Any, ...]:
    """SHOWN of a layer."""
    return (None,) * len(SHOWN) if row is None else (row[0].name, *row[1:])


def _alternate(was: Iterable[Any], now: Iterable[Any]) -> Iterator[Any]:
    for pair in zip(was, now, strict=True):
        yield from pair


def _order(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    """The new layers in their order; each that is gone before what followed it."""
    here, place = set(new), {name: i for i, name in enumerate(old)}
    shown = 0
    for name in new:
        for gone in old[shown : place.get(name, 0)]:
            if gone not in here:
                yield gone
        shown = max(shown, place.get(name, 0))
        yield name
    yield from (gone for gone in old[shown:] if gone not in here)


def _total(before: Profile, after: Profile) -> tuple[Any, ...]:
    figures = [(None, None, params(p.totals), p.totals["macs"]) for p in (before, after)]
    return ("total", None, *_alternate(*figures))
