"""Rows as text while they come, for formats in which the text of a row hangs on no other row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from archdb.queries.result import Column, Result

#: Formats whose text can be written so.
STREAMED = ("csv", "tsv", "ndjson", "json")


def pieces(
    columns: Sequence[str | Column],
    batches: Iterable[Sequence[tuple[Any, ...]]],
    form: str,
    write: Callable[[Result, str], str],
) -> Iterator[str]:
    """The text of rows that come in batches, in a streamed format, piece by piece."""
    begin, between, end = write(Result(columns, ()), form), "", ""
    if form == "json":
        begin, between, end = "[", ",\n ", "]\n"
    yield begin
    for number, rows in enumerate(batches):
        text = write(Result(columns, rows), form)
        yield (between if number else "") + text.removeprefix(begin).removesuffix(end)
    yield end
