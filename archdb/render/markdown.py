"""A table as GitHub's Markdown."""

from __future__ import annotations

import re

from archdb.dataset.provenance import Paper
from archdb.queries.result import Result
from archdb.render.paper_table import Head, Headings, Note, sheet
from archdb.text import inline

#: A bracket is markup where an address follows, an underscore where it is not inside a word.
_MARKUP = re.compile(r"[\\|<*`~&$]|\](?=[(\[:])|(?<![^\W_])_|_(?![^\W_])")
#: What at the beginning of a note would make a heading, a quotation or a list of it.
_OPENING = re.compile(r"^([0-9]*)(?=[#>+=.)-])")


def markdown(result: Result, paper: Paper, headings: Headings) -> str:
    """A GitHub table with its notes in a list below."""
    made = sheet(result, paper, headings)
    head = [_markdown_head(head) for head in made.heads]
    rule = ["---:" if number else "---" for number in made.right]
    body = [
        [_cell(text) + _superscript(made.marks.get(text, "")) for text in row] for row in made.rows
    ]
    lines = "".join(f"| {' | '.join(line)} |\n" for line in (head, rule, *body))
    notes = [*made.notes, Note("", inline(paper.made_by))]
    listed = "".join(
        f"- {_superscript(mark)}{' ' if mark else ''}{_note(t)}\n" for mark, t, _ in notes
    )
    return f"{lines}\n{listed}"


def _markdown_head(head: Head) -> str:
    unit = f"({_cell(inline(head.unit))})" if head.unit else ""
    return " ".join(
        filter(None, (_cell(head.name) + _superscript(head.mark), _cell(head.group), unit))
    )


def _cell(text: str) -> str:
    """Signs that would be markup stand for themselves."""
    return _MARKUP.sub(r"\\\g<0>", text)


def _note(text: str) -> str:
    return _OPENING.sub(r"\1\\", _cell(text))


def _superscript(mark: str) -> str:
    return f"<sup>{mark}</sup>" if mark else ""
