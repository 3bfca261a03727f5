"""Messages of the Model Context Protocol answered: in the service, or at a terminal's ends."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from archdb.db.connection import state as state_of_file
from archdb.errors import ArchdbError
from archdb.serve import mcp, tables
from archdb.serve.answer import Source, answer, canonical
from archdb.serve.reply import Problem, ProblemError
from archdb.serve.streams import Statement, statement

if TYPE_CHECKING:
    from archdb.api import Database
    from archdb.serve.address import Target
    from archdb.serve.settings import Settings
    from archdb.serve.state import State

#: Rows of a statement that a model is given, and seconds that it may take.
ROWS, SECONDS = 1000, 10.0


def lines(database: Database, incoming: Iterable[str]) -> Iterator[str]:
    """The answers to messages that come one to a line, each a line."""
    from archdb.dataset.release import release

    source, then = None, None
    for line in filter(str.strip, incoming):
        step = _read(line)
        if isinstance(step, mcp.Call):
            if source is None or state_of_file(database.path) != then:
                then = state_of_file(database.path)
                source = Source(database, release(database.reader))
            step = _ask(source, step)
        if step is not None:
            yield json.dumps(step, ensure_ascii=True, separators=(",", ":")) + "\n"


def _read(text: str | bytes) -> mcp.Call | mcp.Message | None:
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return mcp.unreadable()
    return mcp.receive(message)


def _ask(source: Source, call: mcp.Call) -> mcp.Message:
    try:
        return call.reply(_text(source, canonical(source.database.reader, call.target)))
    except ArchdbError as error:
        return call.reply(_said(Problem.of(error)), failed=True)


def _text(source: Source, target: Target) -> str:
    if not target.route.is_sql:
        return answer(source, target).body.decode()
    words, values = statement(target)
    limit = min(target.values.get("limit", ROWS), ROWS)
    seconds = min(target.values.get("timeout", SECONDS), SECONDS)
    result = source.database.query(words, limit=limit, timeout=seconds, **values)
    return tables.envelope(result, target, source.dataset, {})


def _said(problem: Problem) -> str:
    return json.dumps({"title": problem.title, **problem._asdict()}, ensure_ascii=False)


# In the service.


async def respond(state: State, settings: Settings, body: bytes) -> mcp.Message | None:
    """The answer to one message; None to what wants none."""
    step = _read(body)
    if not isinstance(step, mcp.Call):
        return step
    try:
        target = canonical(state.source.database.reader, step.target)
        return step.reply(await _text_of(state, settings, target))
    except ArchdbError as error:
        return step.reply(_said(Problem.of(error)), failed=True)
    except ProblemError as error:
        return step.reply(_said(error.problem), failed=True)


async def _text_of(state: State, settings: Settings, target: Target) -> str:
    if not target.route.is_sql:
        return (await state.body(target)).plain().decode()
    if not settings.sql:
        raise ProblemError(Problem(403, "this service runs no statements"))
    asked = Statement(state.sessions, settings, target, state.snapshot.dataset)
    return tables.envelope(await asked.kept(), target, state.snapshot.dataset, {})
