"""The answer to a target: the same for a request, a worker, and a site without a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archdb.queries.provenance import Release
from archdb.queries.reader import Reader
from archdb.queries.result import Result
from archdb.serve import tables
from archdb.serve.address import MEDIA, Target, find
from archdb.serve.reply import Reply, Rows
from archdb.serve.routes import ROUTES, of_pattern

if TYPE_CHECKING:
    from archdb.api import Database
    from archdb.serve.site_files import Files


class Source:
    """A database, which dataset it is, and what it says unasked while it answers. Of an isolated
    one, which is a copy that nobody changes, answers are remembered."""

    def __init__(self, database: Database, dataset: Release) -> None:
        self.database, self.dataset = database, dataset
        self.said: list[str] = []
        #: Where its answers are files; None where they come from a service.
        self.site: Files | None = None
        database.reader.notify = self.said.append
        if database.reader.isolated:
            database.reader.dataset = dataset

    def result(self, target: Target) -> Result:
        """The table behind a target, with what was said on the way to it among its notes."""
        question = target.route.question
        assert question is not None
        self.said.clear()
        found = question(self.database, target.arguments)
        found.notes += [note.removeprefix("note: ") for note in dict.fromkeys(self.said)]
        return found


def answer(source: Source, target: Target, rows: Rows | None = None) -> Reply:
    """The body of what is asked; `rows` are those of a statement. Raises ArchdbError."""
    if target.form in target.route.written:
        text = target.route.written[target.form](source.database, target.arguments)
        return Reply(MEDIA[target.form], text.encode("utf-8", "backslashreplace"))
    if target.form == "html":
        from archdb.serve import pages

        text = pages.page(source, target) if rows is None else pages.sql(source, target, rows)
        return Reply(MEDIA["html"], text.encode("utf-8", "backslashreplace"))
    if rows is not None:
        result = rows.result()
        return tables.body(source.database, source.dataset, target, result)
    return tables.body(source.database, source.dataset, target, source.result(target))


def target_of(url: str) -> Target:
    """The target of an address of the service: '/networks/vgg16.json?by=op'."""
    path, _, query = url.partition("?")
    return find(ROUTES, path, query)


def canonical(reader: Reader, target: Target) -> Target:
    """The same with every network under its own name; those chosen in a form are compared, and
    points of a search space, of which there may be many, have an address of their own."""
    if target.route.pattern == "/compare" and len(target.values.get("name", ())) > 1:
        chosen = tuple(name.strip() for name in target.values["name"])
        target = Target(of_pattern("/compare/{names*}"), {"names": chosen}, {}, target.form)
    if target.route.pattern == "/networks" and "space" in target.values:
        target = _points(target)
    names = dict(target.names)
    if "name" in names:
        names["name"] = _own_name(reader, names["name"])
    if "names" in names:
        names["names"] = tuple(_own_name(reader, name) for name in names["names"])
    return target if names == target.names else target._replace(names=names)


def _points(target: Target) -> Target:
    """Raises UsageError where points are not told apart by a parameter."""
    values = dict(target.values)
    names = {"space": values.pop("space")}
    return target_of(Target(of_pattern("/spaces/{space}"), names, values, target.form).url)


def _own_name(reader: Reader, word: str) -> str:
    base, plus, rules = word.partition("+")
    for stored, rest in ((word, ""), (base, plus + rules)):
        found = reader.stored(stored) or reader.titled(stored)
        if len(found) == 1:
            return f"{found[0][0]}{rest}"
    return word
