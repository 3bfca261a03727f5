"""What a site without a server consists of: targets of the service, each of which becomes files."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from archdb.api import Database
from archdb.errors import ArchdbError
from archdb.queries.sql import saved_names
from archdb.serve.address import Target
from archdb.serve.answer import Source, answer, target_of
from archdb.serve.parameters import write
from archdb.serve.routes import VERDICTS
from archdb.serve.site_files import PARTS
from archdb.serve.view import path

#: The forms of a site: what people read, and what programs and spreadsheets do.
FORMS = ("html", "json", "csv", "svg", "dot", "mermaid", "bib")
_HREF = re.compile(r'href="\./([^"]*)"')


def targets(source: Source) -> list[Target]:
    """Every answer that has a file, in all of its forms, once."""
    found = {
        one.url: one
        for address in _addresses(source)
        for form in target_of(address).route.forms
        if form in FORMS and (address != "/sql" or form == "html")
        for one in [target_of(address).at(form)]
    }
    return list(found.values())


def _addresses(source: Source) -> Iterator[str]:
    database = source.database
    yield from ("/", "/networks", "/compare", "/conventions", "/spaces", "/schema", "/sql")
    yield from _begun(source)
    if _column(database, "select 1 from published limit 1"):
        yield "/published"
    for name in networks(database):
        yield from _of_network(database, name)
    for name in _column(database, "select name from convention order by name"):
        yield path("conventions", name)
        yield "/networks" + write({"convention": name})
    for verdict in VERDICTS:
        if _column(database, f"select 1 from published_check where verdict = '{verdict}' limit 1"):
            yield "/published" + write({"verdict": verdict})
    for key in _column(database, "select key from citation order by key"):
        yield path("citations", key)
    for key in _column(database, "select distinct citation from published order by citation"):
        yield "/published" + write({"citation": key})
    for view in dict.fromkeys(row[0] for row in database.schema()):
        yield path("schema", view)
    for query in saved_names():
        yield path("saved", query)


def _of_network(database: Database, name: str) -> Iterator[str]:
    own = path("networks", name)
    yield own
    for by in PARTS:
        yield own + write({"by": by})
    yield from (f"{own}/explain", f"{own}/drawing")
    if _column(database, "select 1 from published_check where architecture = :name", name=name):
        yield f"{own}/published"


def _begun(source: Source) -> Iterator[str]:
    """What the start page leads to and has an answer in this database, but for searches, which a
    script answers."""
    start = answer(source, target_of("/")).body.decode()
    for address in _HREF.findall(start.replace("&amp;", "&")):
        if address.startswith(("compare/", "explain-number?", "calc/", "published?")):
            with contextlib.suppress(ArchdbError):
                source.result(target_of(f"/{address}"))
                yield f"/{address}"


def networks(database: Database) -> list[str]:
    """Names of the networks that have pages: all but points of search spaces."""
    return _column(database, "select name from network where space is null order by name")


def _column(database: Database, statement: str, **values: str) -> list[str]:
    return [row[0] for row in database.reader.run(statement, values).rows]


def asked(target: Target) -> Target:
    """The target as its file answers it: the catalogue whole, for a script to narrow down."""
    return target.at(limit=10_000) if target.route.pattern == "/networks" else target
