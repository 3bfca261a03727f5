"""Addresses: a route, what its words mean, and the one way to write it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import parse_qsl, unquote

from archdb.errors import NotFoundError, UsageError, nearest
from archdb.serve.parameters import SAFE, Parameter, quoted, read, write
from archdb.text import printable

if TYPE_CHECKING:
    from archdb.api import Database
    from archdb.queries.reader import Reader
    from archdb.queries.result import Result

#: The forms of every table, by suffix, with their media types.
TABLES = {
    "json": "application/json",
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "tex": "application/x-tex; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
#: Those of everything else.
OTHERS = {
    "html": "text/html; charset=utf-8",
    "svg": "image/svg+xml",
    "bib": "application/x-bibtex; charset=utf-8",
    "dot": "text/vnd.graphviz; charset=utf-8",
    "mermaid": "text/vnd.mermaid; charset=utf-8",
}
MEDIA = {**TABLES, **OTHERS}
#: What every table in JSON takes besides.
JSON = (
    Parameter("shape", "rows as arrays, or each an object", "arrays", ("arrays", "objects")),
    Parameter("integers", "as numbers, or as text where JavaScript would round them", "exact",
              ("exact", "text")),
)  # fmt: skip

#: What a part of a path may hold unquoted.
IN_PATH = SAFE.replace("/", "+")

Arguments = Mapping[str, Any]


class _Route(NamedTuple):
    """A row of the table of routes.

    `pattern` holds names for segments, `{name}` for one and `{names*}` for one or more. `question`
    answers with the table behind every suffix, `page` is the name of its page, `written` what
    writes a form that is no table. `light` says which arguments are answered at once; all others
    are left to a process that can be killed.
    """

    pattern: str
    summary: str
    parameters: Sequence[Parameter] | Callable[[Arguments], Sequence[Parameter]] = ()
    question: Callable[[Database, Arguments], Result] | None = None
    page: str | None = None
    written: Mapping[str, Callable[[Database, Arguments], str]] = {}
    light: Callable[[Reader, Arguments], bool] = lambda reader, arguments: False
    #: Whether it works networks out that are not stored, by rules or at other inputs.
    derives: Callable[[Arguments], bool] = lambda arguments: bool(
        arguments.get("input")
        or "+" in "".join(arguments.get("names") or arguments.get("name") or ())
    )
    #: Whether parameters that begin with a colon are taken.
    free: bool = False
    #: Whether it is answered by a session that runs statements.
    is_sql: bool = False


class Route(_Route):
    """The same, with what follows from it worked out once."""

    @cached_property
    def forms(self) -> list[str]:
        """The suffixes that it is answered in; html is the one without."""
        own = ["html"] if self.page else []
        return [*own, *(TABLES if self.question or self.is_sql else ()), *self.written]

    @cached_property
    def segments(self) -> list[str]:
        return self.pattern.strip("/").split("/") if self.pattern != "/" else []

    def match(self, segments: Sequence[str]) -> dict[str, Any] | None:
        """What the names of the pattern stand for in an address; None where it is another."""
        own = self.segments
        found: dict[str, Any] = {}
        for at, name in enumerate(own):
            if name.endswith("*}") and len(segments) > at:
                found[name[1:-2]] = tuple(segments[at:])
                return found if all(segments[at:]) else None
            if at >= len(segments) or not (name[0] == "{" or name == segments[at]):
                return None
            if name[0] == "{":
                if not segments[at]:
                    return None
                found[name[1:-1]] = segments[at]
        return found if len(own) == len(segments) else None


class _Target(NamedTuple):
    """What is asked: a route, the names in its path, its parameters, and in which form."""

    route: Route
    names: dict[str, Any]
    values: dict[str, Any]
    form: str = "html"


class Target(_Target):
    """The same, with what follows from it worked out once."""

    @cached_property
    def arguments(self) -> dict[str, Any]:
        """Names and parameters, with the defaults of those that are not given."""
        known = parameters_of(self.route, self.names, "")
        values = {p.name: self.values.get(p.name, p.default) for p in known}
        return values | self.names

    @cached_property
    def path(self) -> str:
        """'/networks/vgg16/layers.csv'"""
        suffix = "" if self.form == "html" else f".{self.form}"
        return _path(self.route, self.names) + suffix

    @cached_property
    def url(self) -> str:
        """The one way to write it."""
        return self.path + write(self.values)

    @property
    def forms(self) -> dict[str, str]:
        """The same in every form: their addresses."""
        stem = self.path.removesuffix(f".{self.form}")
        query = self.url.removeprefix(self.path)
        return {f: stem + ("" if f == "html" else f".{f}") + query for f in self.route.forms}

    @property
    def root(self) -> str:
        """How the start of the service is reached from here: '../../'."""
        return "../" * (self.path.count("/") - 1) or "./"

    def at(self, form: str | None = None, **values: Any) -> Target:
        """The same in another form, or with other parameters; None takes one away."""
        merged = {k: v for k, v in {**self.values, **values}.items() if v is not None}
        made = self._replace(values=merged, form=form or self.form)
        if made.form == self.form:
            made.path = self.path
        return made


def parameters_of(route: Route, names: Arguments, form: str) -> list[Parameter]:
    """All that an address may say behind its question mark."""
    own = route.parameters
    known = list(own(names) if callable(own) else own)
    if form == "json" and "json" in route.forms:
        taken = {parameter.name for parameter in known}
        known += [parameter for parameter in JSON if parameter.name not in taken]
    return known


def _path(route: Route, names: Arguments) -> str:
    parts = []
    for segment in route.segments:
        if segment[0] != "{":
            parts.append(segment)
            continue
        value = names[segment.strip("{*}")]
        parts += [quoted(part, IN_PATH) for part in _several(value)]
    return "/" + "/".join(parts)


def _several(value: Any) -> Sequence[str]:
    return value if isinstance(value, tuple) else (value,)


def find(routes: Sequence[Route], path: str, query: str = "") -> Target:
    """The target of a path as it came (quoted), and of what stands behind its question mark.

    Raises NotFoundError where there is none, and UsageError on parameters that it has not.
    """
    try:
        segments = [unquote(part, errors="strict") for part in path.strip("/").split("/") if path]
        pairs = _pairs(query) if query else []
    except (UnicodeDecodeError, ValueError):
        raise UsageError("the address is no UTF-8 text, or has too many parameters") from None
    if any("\0" in part for part in [*segments, *(word for pair in pairs for word in pair)]):
        raise UsageError("the address holds a NUL")
    route, names, form = _route(routes, [] if segments == [""] else segments)
    return Target(route, names, read(pairs, parameters_of(route, names, form), route.free), form)


def _pairs(query: str) -> list[tuple[str, str]]:
    return parse_qsl(query, keep_blank_values=True, errors="strict", max_num_fields=200)


def _route(routes: Sequence[Route], segments: list[str]) -> tuple[Route, dict[str, Any], str]:
    stem, dot, suffix = segments[-1].rpartition(".") if segments else ("", "", "")
    if dot and stem and suffix in MEDIA:
        for route in routes:
            names = route.match([*segments[:-1], stem])
            if names is not None and suffix in route.forms:
                return route, names, suffix
    for route in routes:
        names = route.match(segments)
        if names is not None and route.forms:
            return route, names, route.forms[0]
    known = sorted({route.segments[0] for route in routes if route.segments})
    word = segments[0] if segments else ""
    raise NotFoundError(
        f"there is no address /{printable('/'.join(segments))}",
        remedy=nearest(word, known) or f"addresses begin with: {', '.join(known)}",
    )
