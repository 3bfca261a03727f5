"""Drawings and charts of networks, each as the text of a picture."""

from __future__ import annotations

from collections.abc import Callable

from archdb.api import Database
from archdb.errors import NotFoundError
from archdb.serve.address import Arguments
from archdb.serve.questions import spec

#: What stands below the bars of each chart.
BELOW = {
    "depth": "depth (weight layers on the longest path)",
    "resolution": "output height × width",
}


def drawn(form: str) -> Callable[[Database, Arguments], str]:
    """Writes a network's drawing in a form of `archdb graph`."""

    def write(database: Database, a: Arguments) -> str:
        return database.graph(a["name"], layers=a["layers"], input=spec(a), form=form)

    return write


def charted(database: Database, a: Arguments, *, alone: bool = True) -> str:
    """One of the charts of a network."""
    from archdb.queries import charts
    from archdb.render import chart_svg

    kind, names, inputs = a["chart"], [a["name"]], spec(a)
    if kind == "receptive-field":
        found = database.answer(lambda reader: charts.fields(reader, names, inputs))
        return chart_svg.fields(found, alone=alone)
    if kind not in BELOW:
        known = ", ".join([*BELOW, "receptive-field"])
        raise NotFoundError(f"there is no chart of '{kind}'", remedy=f"there are: {known}")
    question = charts.by_depth if kind == "depth" else charts.by_resolution
    found = database.answer(lambda reader: question(reader, names, inputs))
    return chart_svg.bars(found, BELOW[kind], alone=alone)


def accuracies(database: Database, a: Arguments) -> str:
    """The chart of published accuracies."""
    from archdb.queries import charts
    from archdb.render import accuracy_svg

    found = database.answer(lambda reader: charts.accuracies(reader, [], a["source"]))
    return accuracy_svg.accuracies(found)
