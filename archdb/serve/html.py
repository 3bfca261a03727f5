"""Templates filled in, and what all pages share. None of it knows of a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.queries.provenance import Release
from archdb.queries.result import Result
from archdb.serve import assets, table_html
from archdb.serve.address import Target, parameters_of
from archdb.serve.reply import Problem
from archdb.serve.table_html import Href
from archdb.serve.view import path, view
from archdb.text import printable

if TYPE_CHECKING:
    import jinja2

    from archdb.queries.reader import Reader
    from archdb.serve.answer import Source
    from archdb.serve.site_files import Files

Context = Mapping[str, Any]
Page = Callable[["Source", Target], Context]


@cache
def _environment(is_site: bool) -> jinja2.Environment:
    import jinja2
    from markupsafe import Markup

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(assets.HERE / "templates"),
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters |= {"grouped": lambda value: f"{value:,}", "printable": printable}
    made.globals |= {
        "path": path,
        "static": assets.address,
        "site": is_site,
        "policy": assets.POLICY,
        "table_html": lambda *given: Markup(table_html.table(*given)),
    }
    return made


def render(
    name: str,
    target: Target,
    dataset: Release | None,
    context: Context,
    root: str | None = None,
    site: Files | None = None,
) -> str:
    """A page's text; links in it lead from where the target stands, or from where `root` leads to
    the start; those of a site lead to its files."""
    if root is None:
        root = target.root if site is None else site.root(target)
    href = _leads(root) if site is None else partial(site.href, root)
    frame = _frame(root, dataset) if site is None else _Frame.of(href, dataset, is_site=True)
    return (
        _environment(site is not None)
        .get_template(f"{name}.html")
        .render(target=target, frame=frame, href=href, root=root, **context)
    )


def _leads(root: str) -> Href:
    """An address of the service from where `root` leads to its start, or another as it is."""
    return lambda address: root + address[1:] if address.startswith("/") else address


class _Frame(NamedTuple):
    """What stands around every page."""

    head: str
    header: str
    footer: str

    @classmethod
    def of(cls, href: Href, dataset: Release | None, *, is_site: bool) -> _Frame:
        parts: Any = _environment(is_site).get_template("frame.html").module
        return cls(parts.head(href), parts.header(href), parts.footer(href, dataset))


@lru_cache(64)
def _frame(root: str, dataset: Release | None) -> _Frame:
    """Of the pages of a service that are as deep as each other."""
    return _Frame.of(_leads(root), dataset, is_site=False)


def problem(found: Problem, start: Target, root: str) -> str:
    """What is wrong, for people; `root` leads to the start from wherever they asked."""
    return render("problem", start, None, {"problem": found}, root)


def table(source: Source, target: Target) -> Context:
    """What every page of one table has."""
    return shown(target, source.result(target))


def shown(target: Target, result: Result, **more: Any) -> Context:
    return {"view": view(result), **form_of(target), **more}


def form_of(target: Target) -> dict[str, Any]:
    """What a form that asks again needs: parameters, with what they are now."""
    fields = [
        (parameter, target.arguments[parameter.name])
        for parameter in parameters_of(target.route, target.names, "html")
    ]
    return {"fields": fields, "title": title(target)}


def title(target: Target) -> str:
    names = target.names.get("names") or tuple(
        "/".join(value) if isinstance(value, tuple) else value for value in target.names.values()
    )
    named = ", ".join(map(printable, names))
    return f"{named}: {target.route.summary.lower()}" if named else target.route.summary


def networks(source: Source) -> Any:
    """The names that forms offer, as a part of a page."""

    def offered(reader: Reader) -> Any:
        statement = "select name from network where space is null order by name"
        parts: Any = _environment(False).get_template("parts.html").module
        return parts.options(reader.run(statement).column("name"))

    return source.database.reader.once("offered", offered)
