"""What is drawn of networks, and networks and the dataset as files."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from archdb.api.connected import Connected
from archdb.errors import UsageError
from archdb.model.input_spec import InputLike, spec_of
from archdb.queries.reader import Progress, Reader, no_progress

if TYPE_CHECKING:
    from archdb.dataset.release import Release
    from archdb.export.postgresql import Published
    from archdb.queries import charts
    from archdb.queries.drawn import Outline

#: The charts of lines, each with its question in archdb.queries.charts and its picture in
#: archdb.render.plot.profiles.
LINES = {
    "depth": ("by_depth", "by_depth"),
    "resolution": ("by_resolution", "by_resolution"),
    "receptive-field": ("fields", "receptive_fields"),
}
#: How many edges and characters Mermaid draws before it asks for its own limits to be raised.
MERMAID = {"maxEdges": (500, "edges"), "maxTextSize": (50_000, "characters")}


class Drawings(Connected):
    """Charts, graphs, seed files and exports."""

    def plot(
        self,
        kind: str,
        *names: str,
        path: str | os.PathLike[str],
        input: InputLike = None,
        source: str | None = None,
        points: Sequence[tuple[str, float]] = (),
        log: bool = False,
    ) -> Sequence[str]:
        """Draw a chart into a file (.svg, .pdf, .png): accuracy (of a `source`, and `points` of
        one's own: networks and their top-1 accuracies in per cent), totals, depth, resolution (over
        a `log` axis) or receptive-field. Returns what has to be said of it, in sentences."""
        from archdb.dataset.release import release
        from archdb.queries import charts
        from archdb.render.plot import profiles, style

        place = Path(path)
        style.check(place)
        if kind == "accuracy":
            return self._accuracies(names, source, points, place)
        if kind == "totals":
            return self._totals(names, place)
        if kind not in LINES:
            charted = ", ".join(["accuracy", "totals", *LINES])
            raise UsageError(f"there is no chart of '{kind}'", remedy=f"there are: {charted}")
        chart_of, picture = LINES[kind]
        spec = spec_of(input)

        def question(reader: Reader) -> tuple[charts.Chart, Release]:
            return getattr(charts, chart_of)(reader, names, spec), release(reader)

        chart, dataset = self.answer(question)
        more = {"log": log} if kind == "resolution" else {}
        getattr(profiles, picture)(chart, dataset, place, **more)
        return [f"wrote {place}", *(f"note: {note}" for note in chart.notes)]

    def _totals(self, names: Sequence[str], path: Path) -> Sequence[str]:
        from archdb.dataset.release import release
        from archdb.queries.charts import totals
        from archdb.render.plot.totals import draw

        found, dataset = self.answer(lambda reader: (totals(reader, names), release(reader)))
        unnamed = draw(found, dataset, path)
        said = [f"note: no room for the name: {', '.join(unnamed)}"] if unnamed else []
        return [f"{len(found)} networks; wrote {path}", *said]

    def _accuracies(
        self,
        names: Sequence[str],
        source: str | None,
        points: Sequence[tuple[str, float]],
        path: Path,
    ) -> Sequence[str]:
        from archdb.dataset.release import release
        from archdb.queries.charts import accuracies
        from archdb.render.plot.accuracy import draw

        found, dataset = self.answer(
            lambda reader: (accuracies(reader, names, source, points), release(reader))
        )
        unnamed = draw(found, dataset, path)
        count = len(found.points)
        counted = "1 network" if count == 1 else f"{count} networks"
        notes = {"no accuracy there": found.left_out, "no room for the name": unnamed}
        return [
            f"{counted}, accuracies of {found.source}; wrote {path}",
            *(f"note: {why}: {', '.join(some)}" for why, some in notes.items() if some),
        ]

    def graph(
        self,
        name: str,
        *,
        layers: bool = False,
        input: InputLike = None,
        form: str = "dot",
        direction: str = "TB",
        fold: bool = True,
    ) -> str:
        """A network as a drawing in Graphviz's `dot`, Mermaid or SVG (which needs no other
        program), from the top down ("TB") or from left to right ("LR"): its blocks, equal ones in a
        row as one box unless `fold` is false, or all `layers`."""
        from archdb.dataset.release import release
        from archdb.queries.outline import outline
        from archdb.render.diagram import DIRECTIONS, FORMATS

        for what, word, known in (("form", form, FORMATS), ("direction", direction, DIRECTIONS)):
            if word not in known:
                raise UsageError(f"{what} {word!r}: there is none", remedy=", ".join(known))
        spec = spec_of(input)

        def question(reader: Reader) -> tuple[Outline, Release]:
            return outline(reader, name, spec, layers=layers, fold=fold), release(reader)

        drawn, made = self.answer(question)
        text = FORMATS[form](drawn, f"{made}: {drawn.name} at {drawn.input}", direction)
        if form == "mermaid":
            self._notify_limits(len(drawn.edges), len(text))
        return text

    def _notify_limits(self, *sizes: int) -> None:
        """Say which of Mermaid's limits a drawing goes beyond."""
        beyond = {
            limit: f"{size:,} {unit}"
            for size, (limit, (most, unit)) in zip(sizes, MERMAID.items(), strict=True)
            if size > most
        }
        if beyond:
            many, limits = " and ".join(beyond.values()), " and ".join(beyond)
            self.notify(f"note: {many}; Mermaid draws them with {limits} set that high")

    def seed(self, name: str, *, new_name: str | None = None) -> str:
        """A network as the text of a seed file, of which `import_` makes the same network."""
        from archdb.db.variants import check_name
        from archdb.queries.seed import seed_of
        from archdb.sources.seed_text import seed_text
        from archdb.sources.toml import bundled_references

        if new_name is not None:
            check_name(new_name)
        seed = self.answer(lambda reader: seed_of(reader, name, new_name))
        return seed_text(seed, bundled_references().values())

    def export(self, directory: str | os.PathLike[str], *, parquet: bool | None = None) -> int:
        """The whole dataset as files in a new or empty directory; how many. With Parquet files
        where pyarrow is installed, unless `parquet` says so or forbids it."""
        from archdb.export.dataset import export
        from archdb.export.files import has_pyarrow
        from archdb.queries.freshness import refresh_stale

        for fault in refresh_stale(self.reader).values():
            raise fault
        if parquet is None:
            parquet = has_pyarrow()
            if not parquet:
                without = "note: no Parquet files, which need pyarrow"
                self.notify(f"{without}: pip install 'archdb[parquet]'")
        return export(self.path, Path(directory), parquet=parquet)

    def datasette_metadata(self) -> str:
        """JSON that tells datasette what views, columns and saved queries of this file are."""
        from archdb.export.datasette import metadata
        from archdb.export.files import as_json

        return as_json(metadata(self.reader, self.path.stem))

    def publish(
        self,
        url: str,
        *,
        schema: str = "archdb",
        spaces: Sequence[str] = (),
        progress: Progress = no_progress,
    ) -> Published:
        """The views at native inputs as tables of a PostgreSQL database, in one transaction: the
        catalogue and a user's own networks, with the points of `spaces` where they are named."""
        from archdb.export.postgresql import publish

        def question(reader: Reader) -> Published:
            return publish(reader, url, schema=schema, spaces=spaces, progress=progress)

        return self.answer(question)

    def export_space(self, space: str, directory: str | os.PathLike[str]) -> int:
        """The points of a search space that are here as Parquet files in a new or empty directory:
        definitions, totals and layer rows, a thousand networks a file; how many points."""
        from archdb.engines import need

        need("Parquet", "parquet", "pyarrow")
        from archdb.engines.parquet import export_space

        return export_space(self.reader, space, Path(directory))
