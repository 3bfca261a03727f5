"""What the charts show: accuracies, sums by depth and by resolution, receptive fields."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, NamedTuple

from archdb.errors import NotFoundError, nearest
from archdb.queries.freshness import one_state, refresh_stale
from archdb.queries.named import name_of, network_refs
from archdb.queries.profiles import AnyProfile, open_profiles

if TYPE_CHECKING:
    from archdb.model.input_spec import InputSpec
    from archdb.queries.reader import Reader


#: What points are called that are of no family of the catalogue.
OWN = "own points"


class Point(NamedTuple):
    """A network in the chart of accuracies; `direct` is false where its accuracy was not read at
    the source."""

    name: str
    family: str
    accuracy: float
    macs: int
    params: int
    direct: bool


class Cost(NamedTuple):
    """A network in the chart of totals."""

    name: str
    family: str
    macs: int
    params: int


class Accuracies(NamedTuple):
    """Points that can be compared: accuracies of one source, told by as many classes."""

    points: list[Point]
    source: str
    left_out: list[str]


class Series(NamedTuple):
    """One network in a chart of lines: where its values stand, and the values by quantity."""

    name: str
    input: str
    at: list[str]
    values: dict[str, list[int | None]]


class Chart(NamedTuple):
    """Series to draw in one frame, and what must be said of them."""

    series: list[Series]
    notes: list[str]


@one_state
def accuracies(
    reader: Reader,
    names: Sequence[str],
    source: str | None,
    own: Sequence[tuple[str, float]] = (),
) -> Accuracies:
    """Published top-1 accuracies of one source beside our MACs and parameters, and a user's `own`.

    Without a source it is the one that has figures of most of the networks: others measure
    otherwise. Raises NotFoundError where there is nothing to show.
    """
    refresh_stale(reader, points=bool(names))
    wanted = [reader.resolve(name) for name in names]
    if not reader.run("select 1 from sqlite_master where name = 'published'").rows:
        raise NotFoundError("this database has no published figures", remedy="archdb db upgrade")
    rows = reader.run_named("accuracies", source=source).to_dicts()
    rows = [row for row in rows if not wanted or row["architecture"] in wanted]
    if not rows:
        raise _nothing(reader, names, source)
    counts = Counter((row["citation"], row["classes"]) for row in rows)
    (citation, classes), _ = min(counts.items(), key=lambda item: (-item[1], str(item[0])))
    kept = [row for row in rows if (row["citation"], row["classes"]) == (citation, classes)]
    points = [
        Point(
            row["architecture"],
            row["family"],
            row["accuracy"],
            row["macs"],
            row["params"],
            bool(row["direct"]),
        )
        for row in kept
    ]
    shown = {point.name for point in points}
    left_out = [name for name in wanted if name not in shown]
    return Accuracies([*points, *_own_points(reader, own)], citation, left_out)


def _own_points(reader: Reader, own: Sequence[tuple[str, float]]) -> list[Point]:
    """What a user has measured: by the names of networks, with or without rules, or files."""
    costs = [totals(reader, [name])[0] for name, _ in own]
    return [
        Point(cost.name, OWN, accuracy, cost.macs, cost.params, direct=True)
        for (_, accuracy), cost in zip(own, costs, strict=True)
    ]


@one_state
def totals(reader: Reader, names: Sequence[str]) -> list[Cost]:
    """Parameters and MACs of networks at native inputs: of these, with or without rules, or of the
    catalogue. Raises NotFoundError where a count is open."""
    refresh_stale(reader, points=bool(names))
    rows = reader.run(
        "select architecture, family, macs, params from architecture_summary"
        " where is_native and space is null and macs > 0 and params > 0 order by family, macs"
    ).rows
    if not names:
        return [Cost(*row) for row in rows]
    family = {row[0]: row[1] for row in rows}
    found = {}
    with _open_profiles(reader, names, None) as profiles:
        for one in profiles:
            macs, params = one.totals["macs"], one.totals["params"]
            if not macs or not params:
                raise NotFoundError(f"{one.name} has no parameters or MACs to draw")
            found[one.name] = Cost(one.name, family.get(one.name, OWN), macs, params)
    return list(found.values())


def _nothing(reader: Reader, names: Sequence[str], source: str | None) -> NotFoundError:
    statement = "select distinct citation from published where quantity = 'top1_error' order by 1"
    known = reader.run(statement).column("citation")
    if source is not None and source not in known:
        return NotFoundError(
            f"no accuracies are known from '{source}'",
            remedy=nearest(source, known) or f"there are: {', '.join(known)}",
        )
    of = f" of {', '.join(names)}" if names else ""
    return NotFoundError(f"no top-1 accuracy{of} is published in this database")


@one_state
def by_depth(reader: Reader, names: Sequence[str], spec: InputSpec) -> Chart:
    """Params and MACs of what stands at each depth: of a weight layer and all that follows it up
    to the next."""
    return _sums(reader, names, spec, "depth")


@one_state
def by_resolution(reader: Reader, names: Sequence[str], spec: InputSpec) -> Chart:
    """Params and MACs of the layers with each output size, from the largest maps on."""
    return _sums(reader, names, spec, "resolution")


def _sums(reader: Reader, names: Sequence[str], spec: InputSpec, by: str) -> Chart:
    series = []
    with _open_profiles(reader, names, spec) as found:
        for one in found:
            groups = one.layers.main.groups(by)
            groups.pop(None, None)  # behind an unknown op, which may be a weight layer
            sums = {q: [group.known(q) for group in groups.values()] for q in ("macs", "params")}
            series.append(Series(one.name, one.input, list(map(str, groups)), sums))
    return Chart(series, [])


@one_state
def fields(reader: Reader, names: Sequence[str], spec: InputSpec) -> Chart:
    """The receptive field behind each layer; none where paths disagree."""
    chart = Chart([], [])
    with _open_profiles(reader, names, spec) as found:
        for one in found:
            layers = one.layers.main
            values = {"field": layers.column("receptive_field_h")}
            chart.series.append(Series(one.name, one.input, layers.column("layer"), values))
            chart.notes.extend(_without_field(one, chart.series[-1]))
    return chart


def _without_field(one: AnyProfile, drawn: Series) -> Iterator[str]:
    """Behind which layer a network has no field; NotFoundError where it has none at all."""
    fields = zip(drawn.at, drawn.values["field"], strict=True)
    missing = [layer for layer, field in fields if field is None]
    if len(missing) == len(drawn.at):
        raise NotFoundError(
            f"{one.name} has no receptive field: {one.totals['receptive_field_note']}"
        )
    if missing:
        yield f"{one.name} has no receptive field behind {missing[0]}: paths disagree"


def _open_profiles(
    reader: Reader, names: Sequence[str], spec: InputSpec
) -> AbstractContextManager[list[AnyProfile]]:
    """Each network once, by whichever of its names."""
    networks = {
        name_of(reader, one): name_of(reader, one) if isinstance(one, str) else one
        for one in network_refs(reader, names, spec)
    }
    return open_profiles(reader, list(networks.values()), spec)
