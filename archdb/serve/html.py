"""Templates filled in, and what all pages share. None of it knows of a request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from archdb.queries.provenance import Release
from archdb.queries.result import Result
from archdb.serve import assets
from archdb.serve.address import Target, parameters_of
from archdb.serve.reply import Problem
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

    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(assets.HERE / "templates"),
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=jinja2.StrictUndefined,
    )
    made.filters |= {"grouped": lambda value: f"{value:,}", "printable": printable}
    made.globals |= {"path": path, "static": assets.address, "site": is_site,
                     "policy": assets.POLICY}  # fmt: skip
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

    def href(address: str) -> str:
        """An address of the service from here, or another as it is."""
        if not address.startswith("/"):
            return address
        return root + address[1:] if site is None else site.href(root, address)

    return (
        _environment(site is not None)
        .get_template(f"{name}.html")
        .render(target=target, dataset=dataset, href=href, root=root, **context)
    )


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
