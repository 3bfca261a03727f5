"""What mkdocs.yml cannot say: the pages of the site that are made from the database.

MkDocs calls the two functions at the end. The front page is README.md; each network, view and
convention has a page of its own, written anew from a database built for the occasion. Links to
files that are no pages lead to the repository.
"""

from __future__ import annotations

import posixpath
import re
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

import archdb
from archdb.analysis import conventions
from archdb.db import dictionary
from archdb.version import REPOSITORY

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from generate import code, prose, table, view_page  # noqa: E402

ROOT = HERE.parent
LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")


def repository() -> str:
    """Where the files of a checkout can be read."""
    return f"{REPOSITORY}/blob/main"


# Links.


def linked(markdown: str, page: str) -> str:
    """A page's text with links that the site can follow; `page` is where it is in the site."""

    def link(match: re.Match[str]) -> str:
        return f"[{match['text']}]({target(match['target'], page)})"

    return LINK.sub(link, markdown)


def target(wanted: str, page: str) -> str:
    if "://" in wanted or wanted.startswith(("#", "mailto:")):
        return wanted
    source = "README.md" if page == "index.md" else posixpath.join("docs", page)
    path, hash_sign, part = wanted.partition("#")
    file = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
    if file == "README.md":
        file = "docs/index.md"
    if posixpath.dirname(file) != "docs" and not file.startswith("docs/"):
        return f"{repository()}/{file}"
    here = posixpath.dirname(posixpath.join("docs", page))
    return posixpath.relpath(file, here) + hash_sign + part


# Pages.


def figure(value: Any) -> str:
    """A value as a page shows it: an integer in groups of three, nothing as a dash."""
    if value is None:
        return "–"
    return f"{value:,}" if isinstance(value, int) else prose(str(value))


def listing(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """A table whose columns of figures stand to the right."""
    shown = table(head, (map(figure, row) for row in rows)).splitlines(keepends=True)
    figures = (any(isinstance(row[at], int) for row in rows) for at in range(len(head)))
    rule = " | ".join("---:" if right else "---" for right in figures)
    return "".join([shown[0], f"| {rule} |\n", *shown[2:]])


def network_page(db: archdb.Database, name: str) -> str:
    """Everything on record of one network."""
    parts = [
        _head(db, name),
        _totals(db, name),
        _section("Blocks", db.show(name, by="block"), "No blocks are drawn in its source."),
        _section("Stated differences", db.lineage(name), None),
        _section("Published figures", _figures(db, name), None),
        f"## Ask further\n\n```console\n$ archdb show {name} --by layer\n$ archdb explain {name}\n"
        f"$ archdb graph {name} --format mermaid\n$ archdb cite {name}\n```\n",
    ]
    return "\n".join(part for part in parts if part)


def _head(db: archdb.Database, name: str) -> str:
    (about,) = db.query(
        "select title, family, year, variant_of, structure from architecture_summary"
        " where architecture = :name and is_native",
        name=name,
    ).to_dicts()
    lines = [f"# {prose(about['title'])}", f"`{name}`, {about['family']}, {about['year']}."]
    if about["variant_of"]:
        lines.append(f"A variant of [{about['variant_of']}]({about['variant_of']}.md).")
    variants = db.query(
        "select distinct architecture from architecture_summary where variant_of = :name"
        " and space is null order by 1",
        name=name,
    )
    if len(variants):
        lines.append(f"Variants: {', '.join(f'[{v}]({v}.md)' for (v,) in variants)}.")
    sources = db.query(
        "select title, year, claim, place, doi, url from architecture_source"
        " where architecture = :name order by number",
        name=name,
    )
    listed = "\n".join(f"- {_source(source)}" for source in sources.to_dicts())
    return "\n\n".join([*lines, "## Sources", listed]) + "\n"


def _source(source: dict[str, Any]) -> str:
    where = f"https://doi.org/{source['doi']}" if source["doi"] else source["url"]
    title = prose(source["title"])
    named = f"[{title}]({where})" if where else title
    return f"{named} ({source['year']}), {prose(source['place'])}: {prose(source['claim'])}"


def _totals(db: archdb.Database, name: str) -> str:
    shown = [row for row in db.show(name) if row[-1] not in (None, 0)]
    listed = [(quantity, value, unit) for quantity, unit, value in shown]
    return "## Totals\n\n" + listing(("quantity", "value", "unit"), listed)


def _figures(db: archdb.Database, name: str) -> archdb.Result:
    return db.query(
        "select printed_as, quantity, published, unit, derived, verdict, explanation, citation,"
        " place from published_check where architecture = :name",
        name=name,
    )


def _section(title: str, result: archdb.Result, otherwise: str | None) -> str:
    if len(result):
        return f"## {title}\n\n" + listing(result.columns, result)
    return f"## {title}\n\n{otherwise}\n" if otherwise else ""


def network_index(db: archdb.Database) -> str:
    listed = db.query(
        "select architecture, title, year, params, macs from architecture_summary"
        " where is_native and space is null order by family, year, architecture"
    )
    head = ("network", "title", "year", "params", "macs")
    named = [
        (f"[{name}]({name}.md)", title, str(year), *rest) for name, title, year, *rest in listed
    ]
    return "# Networks\n\n" + listing(head, named)


def convention_page(one: conventions.Convention) -> str:
    """A counting convention: its sentence, its source, and its price of each op."""
    prices: dict[str, list[str]] = {}
    for op, price in one.weights.items():
        prices.setdefault(_price(price, one.divisor), []).append(code(op))
    parts = [f"# {one.name}", prose(one.sentence), f"Source: {prose(one.source)}."]
    if one.missing:
        parts.append(f"Not expressed: {prose(one.missing)}")
    priced = table(("counted", "ops"), ((price, ", ".join(ops)) for price, ops in prices.items()))
    return "\n\n".join([*parts, "## Prices", priced])


def _price(price: Mapping[str, int], divisor: int) -> str:
    terms = [name if count == 1 else f"{count} × {name}" for name, count in price.items() if count]
    if not terms:
        return "nothing"
    total = prose(" + ".join(terms))
    return total if divisor == 1 else f"({total}) / {divisor}"


def index(title: str, names: Iterable[str]) -> str:
    return f"# {title}\n\n" + "".join(f"- [{name}]({name}.md)\n" for name in names)


def site_pages() -> Iterator[tuple[str, str]]:
    """Where each page stands in the site, and its Markdown."""
    yield "index.md", (ROOT / "README.md").read_text("utf-8")
    with (
        tempfile.TemporaryDirectory() as directory,
        archdb.open(Path(directory, "site.sqlite"), create=True) as db,
    ):
        yield "networks/index.md", network_index(db)
        for (name,) in db.query("select name from network order by name"):
            yield f"networks/{name}.md", network_page(db, name)
    views = sorted(dictionary.views())
    yield "views/index.md", index("Views", views)
    for view in views:
        yield f"views/{view}.md", f"# {view}\n\n{view_page(view)}"
    counted = list(conventions.bundled())
    yield (
        "conventions/index.md",
        index("Counting conventions, one by one", [c.name for c in counted]),
    )
    for one in counted:
        yield f"conventions/{one.name}.md", convention_page(one)


# What MkDocs calls.


def on_files(files: Files, config: MkDocsConfig) -> Files:
    for path, text in site_pages():
        files.append(File.generated(config, path, content=text))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    return linked(markdown, page.file.src_uri)
