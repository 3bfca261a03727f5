"""archdb as its users hold it: every capability once, named as the command that has it."""

from __future__ import annotations

from archdb.api.catalogue import Catalogue
from archdb.api.changes import Changes
from archdb.api.drawings import Drawings
from archdb.api.questions import Questions
from archdb.api.saved import SavedQueries
from archdb.queries.result import Derivation, Result


class Database(Questions, Catalogue, Changes, Drawings, SavedQueries):
    """An archdb database, safe to use from several threads; questions answer with a Result.

    A question's module is imported where it is asked: start-up counts.
    """


def _text(result: Result) -> str:
    from archdb.render import formats

    if isinstance(result, Derivation):
        from archdb.render import derivation

        return derivation.written(result.rows)
    return formats.table(result)


def _html(result: Result) -> str:
    from archdb.render import formats

    return formats.html(result)


Result.text, Result.html = _text, _html
