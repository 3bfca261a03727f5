"""What an import came to: a file's own figures beside those that archdb derives."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from math import prod
from typing import NamedTuple

from archdb.analysis.layer_table import params
from archdb.analysis.profile import Profile
from archdb.sources.lowering.outcome import Outcome
from archdb.sources.neutral import BUFFER, PARAMETER, Graph, Tensor

EXACT, OPEN, DIFFERS = "exact", "open", "differs"
#: What of a report is printed; the rest is in the database.
PRINTED = ("source", "calls", "unknown", "parameters", "shapes", "note", "verdict")

#: What is said where a file is only asked about, and how many lines of it.
SUMMED_UP, MOST = ("note", "unknown", "verdict"), 6


class Line(NamedTuple):
    """One thing that is said of an import: `stated` is the file's count, `derived` archdb's."""

    subject: str
    item: str
    stated: int | None = None
    derived: int | None = None
    note: str | None = None

    def __str__(self) -> str:
        counts = [f"{n:,}" for n in (self.stated, self.derived) if n is not None]
        if len(counts) == 2:
            counts = [f"{counts[0]} in the file, {counts[1]} derived"]
        told = "; ".join(filter(None, [*counts, self.note]))
        what = " ".join(filter(None, (self.subject, self.item)))
        return f"{what}: {told}" if told else what


class Report(NamedTuple):
    """All lines of an import, and what they come to: exact, open or differs."""

    lines: tuple[Line, ...]
    verdict: str

    def summary(self) -> list[str]:
        """What made it, what leaves figures open or needs to be known, and the verdict."""
        said = [line for line in self.lines if line.subject in SUMMED_UP]
        lines = [str(line) for line in [*said[:MOST], *said[max(len(said) - 1, MOST) :]]]
        return [self.origin(), *lines] if self.origin() else lines

    def origin(self) -> str:
        """Its format, the version of that, and what wrote it: 'ONNX, opset 17, pytorch 2.14'."""
        source = {line.item: line.note for line in self.lines if line.subject == "source"}
        return ", ".join(filter(None, map(source.get, ("format", "library", "producer"))))

    def printed(self) -> list[str]:
        """The lines that people read, as sentences."""
        return [str(line) for line in self.lines if line.subject in PRINTED]


def told(
    profile: Profile,
    outcome: Outcome,
    source: Mapping[str, str],
    graph: Graph | None = None,
    holders: Mapping[str, list[str]] | None = None,
    folds: Counter[str] | None = None,
) -> Report:
    """The report of a network that was read: of a graph with its stored tensors, or of a file that
    has no weights."""
    lines = [Line("source", item, note=words) for item, words in source.items()]
    lines += _calls(profile, outcome, graph, folds or Counter())
    lines += [
        Line("unknown", u.key, u.parameters, note=f"{u.kind}: {u.why}") for u in outcome.unknown
    ]
    verdict = OPEN if outcome.unknown or params(profile.totals) is None else EXACT
    if graph is not None:
        own, difference = _tensors(profile, outcome, graph, holders or {})
        lines += own
        if difference and verdict == EXACT:
            verdict = DIFFERS
    if outcome.compared:
        lines.append(
            Line(
                "shapes",
                "first that differs" if outcome.shape_differs else "all agree",
                outcome.compared,
                note=outcome.shape_differs or None,
            )
        )
        verdict = DIFFERS if outcome.shape_differs else verdict
    lines += [Line("note", "", note=words) for words in _notes(outcome, graph)]
    meaning = _meaning(verdict, profile, graph is not None)
    lines.append(Line("verdict", verdict, note=meaning))
    return Report(tuple(lines), verdict)


def _calls(
    profile: Profile, outcome: Outcome, graph: Graph | None, folds: Counter[str]
) -> Iterator[Line]:
    read = len(graph.calls) + folds.total() if graph is not None else None
    yield Line("calls", "to layers", read, len(profile.network))
    for counts, why in (
        (folds, "several calls as one"),
        (outcome.constant, "worked out: depends on no input"),
        (outcome.folded, "no layer: changes nothing, or the order alone"),
    ):
        for kind, count in sorted(counts.items()):
            yield Line("folded", kind, count, note=why)


def _tensors(
    profile: Profile, outcome: Outcome, graph: Graph, holders: Mapping[str, list[str]]
) -> tuple[list[Line], bool]:
    """Lines of the stored tensors, and whether anything of them is left unexplained."""
    kept = [t for t in graph.tensors.values() if t.role in (PARAMETER, BUFFER)]
    lines = [_line(tensor, holders) for tensor in kept]
    stored = sum(_count(t) for t in kept if t.role == PARAMETER)
    unread = [t for t in kept if t.role == PARAMETER and t.name not in holders]
    again = sum(_count(graph.tensors[n]) * times for n, times in outcome.repeated.items())
    derived = params(profile.totals)
    lines.append(Line("parameters", "all", stored, derived))
    if unread:
        names = ", ".join(t.name for t in unread[:5]) + (", …" if len(unread) > 5 else "")
        lines.append(Line("parameters", "never read", sum(map(_count, unread)), 0, names))
    several = [t for t in kept if len(holders.get(t.name, ())) > 1]
    shared = sum(_count(t) for t in several if t.name not in outcome.repeated)
    if shared:
        lines.append(Line("parameters", "read by several layers, counted once", shared))
    if again:
        lines.append(
            Line("parameters", "stored once, counted for each layer that reads them", again)
        )
    lines += _first_difference(profile, kept, holders)
    learned = sum(_count(t) for t in unread)
    return lines, derived is not None and stored - learned + again != derived


def _first_difference(
    profile: Profile, kept: list[Tensor], holders: Mapping[str, list[str]]
) -> Iterator[Line]:
    """The first layer whose own tensors are not as many numbers as are derived for it."""
    own: Counter[str] = Counter()
    sharing = {layer.name for layer in profile.network if layer.weights_of}
    for tensor in kept:
        own.update(dict.fromkeys(holders.get(tensor.name, ()), _count(tensor)))
    columns = map(profile.table.column, ("layer", "params", "buffers"))
    for layer, learned, buffers in zip(*columns, strict=True):
        known = learned is not None and buffers is not None and layer not in sharing
        if layer in own and known and own[layer] != learned + buffers:
            what = f"first layer that differs, '{layer}'"
            yield Line("parameters", what, own[layer], learned + buffers)
            return


def _line(tensor: Tensor, holders: Mapping[str, list[str]]) -> Line:
    return Line(
        "tensor",
        tensor.name,
        _count(tensor),
        _count(tensor) if tensor.name in holders else 0,
        ", ".join(holders.get(tensor.name, ())) or "never read",
    )


def _count(tensor: Tensor) -> int:
    return prod(tensor.shape or ())


def _notes(outcome: Outcome, graph: Graph | None) -> list[str]:
    return [*(graph.notes if graph is not None else ()), *outcome.notes]


def _meaning(verdict: str, profile: Profile, weighed: bool) -> str:
    if verdict == EXACT and not weighed:
        return "no total is open; the file has no weights that parameters could be held to"
    if verdict == EXACT:
        return "every parameter of the file is placed, and no total is open"
    if verdict == OPEN:
        return str(profile.totals["note"] or "totals are open")
    return "what is derived is not what the file has: see the lines above"
