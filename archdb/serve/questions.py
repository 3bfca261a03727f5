"""What the routes of tables ask: a question of archdb.api each, with an address's arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from archdb.api import Database
from archdb.errors import NotFoundError, UsageError, nearest
from archdb.queries.reader import Reader
from archdb.queries.result import Result
from archdb.queries.search import FACETS, Found, search
from archdb.serve.address import Arguments

#: Of the arguments of a layer, those that are none of its attributes.
NO_ATTRIBUTES = {"op", "input", "explain"}
Question = Callable[[Database, Arguments], Result]


def spec(arguments: Arguments) -> Any:
    """The input sizes that are asked for; None where those are the native ones."""
    return tuple(arguments["input"]) if arguments.get("input") else None


def shown(by: str | None = None) -> Question:
    """One network, grouped as the address says or always in one way."""

    def question(database: Database, a: Arguments) -> Result:
        return database.show(a["name"], by=by or a["by"], input=spec(a), convention=a["convention"])

    return question


def compared(database: Database, a: Arguments) -> Result:
    if len(a["names"]) > 6:
        raise UsageError(
            "at most six networks are compared here", remedy="archdb compare has no bound"
        )
    return database.compare(
        *a["names"], by=a["by"], input=spec(a), convention=a["convention"], only=a["only"]
    )


def found(database: Database, a: Arguments) -> Found:
    """The networks that a search finds, with counts by facet."""
    facets = {name: a[name] for name in FACETS}
    bounds = {name: a[name] for name in ("params", "macs")}
    return database.answer(
        lambda reader: search(
            reader,
            a["q"],
            facets,
            bounds,
            sort=a["sort"],
            descending=a["desc"],
            convention=a["convention"],
            columns=a["columns"] and a["columns"].split(","),
            limit=a["limit"],
            after=a["after"],
        )
    )


def listed(database: Database, a: Arguments) -> Result:
    page = found(database, a)
    if page.after is not None:
        page.page.notes.append(
            f"{len(page.page)} of {page.total} networks; the next: after={page.after}"
        )
    return database.result(lambda reader: page.page)


def explained(database: Database, a: Arguments) -> Result:
    layer = "/".join(("", *a.get("layer", ())))
    return database.explain(a["name"] + layer, quantity=a["quantity"], by=a["by"], input=spec(a))


def explained_number(database: Database, a: Arguments) -> Result:
    if not a["name"] or not a["value"]:
        raise UsageError("a name and a number are needed", remedy="?name=resnet50&value=4.11G")
    return database.explain_number(
        a["name"],
        a["value"],
        a["quantity"],
        convention=a["convention"],
        source=a["source"],
        until=a["until"],
        everything=a["all"],
    )


def _check_known(word: str, known: Sequence[str], what: str, otherwise: str) -> None:
    """Raises NotFoundError, which says `what`, with the nearest that are known or `otherwise`."""
    if word not in known:
        raise NotFoundError(what, remedy=nearest(word, known) or otherwise)


def published(database: Database, a: Arguments) -> Result:
    """The published figures, narrowed down to a citation and a quantity where that is asked."""
    result = database.published(a.get("name"), verdict=a["verdict"])
    for column in ("citation", "quantity"):
        if a.get(column):
            at = result.columns.index(column)
            known = sorted({row[at] for row in result.rows if row[at]})
            what = f"no published figure has the {column} '{a[column]}'"
            _check_known(a[column], known, what, f"there are: {', '.join(known[:20])}")
            result.rows = [row for row in result.rows if row[at] == a[column]]
    return result


def rewritten(database: Database, a: Arguments) -> Result:
    if not a["rule"]:
        raise UsageError("which rules?", remedy="?rule=width=0.5, again for each further one")
    return database.rewrite(a["name"], *a["rule"], only=a["only"], input=spec(a))


def swept(database: Database, a: Arguments) -> Result:
    if not a["name"]:
        raise UsageError("which networks?", remedy="?name=resnet50&input=128..256:32")
    return database.sweep(*a["name"], input=spec(a), convention=a["convention"])


def calculated(database: Database, a: Arguments) -> Result:
    given = {
        key: value for key, value in a.items() if key not in NO_ATTRIBUTES and value is not None
    }
    return database.calc(a["op"], *(a["input"] or ()), explained=a["explain"], **given)


def rows_of(statement: str, *names: str, none: str = "") -> Question:
    """A question that is a statement of archdb's own, with arguments for its parameters; `none`
    says that there has to be a row."""

    def question(database: Database, a: Arguments) -> Result:
        def ask(reader: Reader) -> Result:
            values = {name: a[name] for name in names}
            if "name" in values:
                values["name"] = reader.resolve(values["name"])
            result = reader.run(statement, values)
            if none and not result.rows:
                raise NotFoundError(none.format(**values), remedy="look at the list of them")
            return result

        return database.result(ask)

    return question


def conventions(database: Database, a: Arguments) -> Result:
    """The weights of one counting convention."""
    from archdb.queries.conventions import check

    def ask(reader: Reader) -> Result:
        check(reader, a["convention"])
        return reader.run_named("weights", convention=a["convention"])

    return database.result(ask)


def citation(database: Database, a: Arguments) -> Result:
    """Where a publication vouches for something: by network and claim."""

    def ask(reader: Reader) -> Result:
        known = reader.run("select key from citation").column("key")
        what = f"no publication is called '{a['key']}'"
        _check_known(a["key"], known, what, "the networks' pages name their publications")
        return reader.run(
            "select architecture, claim, place from architecture_source where citation = :key"
            " order by architecture, number",
            {"key": a["key"]},
        )

    return database.result(ask)


def bibliography(database: Database, a: Arguments) -> str:
    known = a["name"] in database.names()
    return database.cite(a["name"] if known else a["name"].partition("+")[0], everything=True)


def publication(database: Database, a: Arguments) -> str:
    """BibTeX of one publication."""
    from archdb.dataset.release import release
    from archdb.render.bibtex import bibliography

    citation(database, a)  # says where there is none of that key
    rows = database.reader.run("select * from citation where key = :key", {"key": a["key"]})
    return bibliography(rows.to_dicts(), release(database.reader))


def points(database: Database, a: Arguments) -> Result:
    """Points of a search space in its own order, between bounds."""
    statement = (
        "select number, architecture, input, params, macs, live_params, live_macs from cost_summary"
        " where space = :space and is_native = 1 and number > :after"
        " and (:params_low is null or params >= :params_low)"
        " and (:params_high is null or params <= :params_high)"
        " and (:macs_low is null or macs >= :macs_low)"
        " and (:macs_high is null or macs <= :macs_high) order by number limit :limit"
    )
    values = {"space": a["space"], "after": -1 if a["after"] is None else a["after"]}
    for name in ("params", "macs"):
        values[f"{name}_low"], values[f"{name}_high"] = a[name] or (None, None)

    def ask(reader: Reader) -> Result:
        known = reader.run("select name from space").column("name")
        what = f"no search space '{a['space']}' is in this database"
        _check_known(a["space"], known, what, "/spaces shows what there is")
        result = reader.run(statement, {**values, "limit": a["limit"] + 1})
        if len(result) > a["limit"]:
            result.rows.pop()
            result.notes.append(f"there are more: after={result.rows[-1][0]}")
        return result

    return database.result(ask)
