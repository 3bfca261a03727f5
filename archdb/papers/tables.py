"""The formats for papers, by name."""

from __future__ import annotations

from collections.abc import Callable

from archdb.papers.latex import latex
from archdb.papers.markdown import markdown
from archdb.queries.paper import Paper
from archdb.queries.result import Result

FORMATS: dict[str, Callable[[Result, Paper], str]] = {"markdown": markdown, "latex": latex}
