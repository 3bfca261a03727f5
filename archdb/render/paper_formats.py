"""The formats for papers, by name."""

from __future__ import annotations

from collections.abc import Callable

from archdb.dataset.provenance import Paper
from archdb.queries.result import Result
from archdb.render.latex import latex
from archdb.render.markdown import markdown
from archdb.render.paper_table import Headings

FORMATS: dict[str, Callable[[Result, Paper, Headings], str]] = {
    "markdown": markdown,
    "latex": latex,
}
