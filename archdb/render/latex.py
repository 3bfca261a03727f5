"""A table as LaTeX, by the packages booktabs and threeparttable."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from archdb.dataset.provenance import Paper
from archdb.queries.result import Result
from archdb.render.bibtex import key_of
from archdb.render.paper_table import Head, Headings, Note, Sheet, sheet
from archdb.render.terminal import folded
from archdb.render.tex_text import escape_tex, untranslated
from archdb.text import inline

#: A table with more rows than a page has lines is one that LaTeX may break.
PAGE = 45
#: Types from the largest: about how wide a character is, in hundredths of a point.
TYPES = {"": 502, "\\small": 465, "\\footnotesize": 428, "\\scriptsize": 400}
#: What is between two columns, in points: LaTeX's own, and less of it where room is dear.
BETWEEN, CLOSE = 12, 6
#: How wide an article is, and one of two columns on its page, in points.
PAGE_WIDTH, COLUMN_WIDTH = 345, 229
#: Below a table of fewer points, notes are set on their own.
NARROW = 120
_POWER = re.compile(r"(-?[0-9][0-9.,]*)e(-?[0-9]+)")


class Type(NamedTuple):
    """How a table is set: its type, the space between columns, and what it has room in."""

    size: str
    between: int
    room: str


def latex(result: Result, paper: Paper, headings: Headings) -> str:
    """A booktabs table, its notes below it, and the dataset in a comment above it."""
    made = sheet(result, paper, headings)
    if paper.release is not None and made.notes:
        own = Note("", f"Derived by archdb {paper.release.version}.", "archdb")
        made = made._replace(notes=[*made.notes, own])
    long = len(made.rows) > PAGE
    columns = "".join("r" if number else "l" for number in made.right)
    environment = "longtable" if long else "tabular"
    repeated = "  \\endhead\n" if long else ""
    begin = f"\\begin{{{environment}}}{{@{{}}{columns}@{{}}}}\n"
    head = f"  \\toprule\n{_latex_head(made)}  \\midrule\n{repeated}"
    rows = f"{begin}{head}{_body(made)}  \\bottomrule\n\\end{{{environment}}}\n"
    type = _type(made)
    table = _set(rows, made, type, long)
    left = untranslated(table)
    stops = f"% pdflatex stops at {left}: use xelatex or lualatex, with a font that has them\n"
    return _comments(paper, type, long) + (stops if left else "") + table


def _body(made: Sheet) -> str:
    """The rows; a line below those that lead."""
    lines = [f"  {' & '.join(_mark_figures(row, made.marks))} \\\\\n" for row in made.rows]
    if 0 < made.leading < len(lines):
        lines.insert(made.leading, "  \\midrule\n")
    return "".join(lines)


def _set(rows: str, made: Sheet, type: Type, long: bool) -> str:
    """The table in its type, with its notes: as wide as it is, unless it is narrower than notes can
    be, or longer than a page."""
    own = f"{type.size}\\setlength{{\\tabcolsep}}{{{type.between // 2}pt}}"
    begin, end = ("", "") if type == ("", BETWEEN, type.room) else ("{" + own, "\\par}\n")
    if long or not made.notes or _width(made, type.size, type.between) < NARROW:
        start = "" if long else "\\noindent"
        return f"{begin}{start}{rows}{end}{_notes_below(made.notes)}"
    notes = "".join(f"\\item[{note.mark}] {_note(note)}\n" for note in made.notes)
    small = type.size if type.size == [*TYPES][-1] else "\\footnotesize"
    below = f"\\begin{{tablenotes}}[flushleft]\n{small}\\raggedright\n{notes}"
    table = f"{rows}{below}\\end{{tablenotes}}\n"
    return f"{begin}\\noindent\n\\begin{{threeparttable}}\n{table}\\end{{threeparttable}}\n{end}"


def _lines(made: Sheet) -> list[tuple[str, str, str]]:
    """The head of each column in three lines: its name in two, where it is wider than what stands
    below, and its unit."""
    columns = zip(*made.rows, strict=True) if made.rows else [()] * len(made.heads)
    return [
        (
            *folded(head.name, max(map(len, column), default=0)),
            f"({head.unit})" if head.unit and not head.group else "",
        )
        for head, column in zip(made.heads, columns, strict=True)
    ]


def _width(made: Sheet, type: str, between: int) -> int:
    """About how many points the table takes in a type."""
    columns = zip(*made.rows, strict=True) if made.rows else [()] * len(made.heads)
    widest = [
        max(map(len, [*head, *column])) for head, column in zip(_lines(made), columns, strict=True)
    ]
    marks = bool(made.marks)
    return (sum(widest) + marks) * TYPES[type] // 100 + between * (len(widest) - 1)


def _type(made: Sheet) -> Type:
    """The largest type in which the table fits the column of a paper that has two, or else the
    page of an article; as it is where it fits neither."""
    for type in TYPES:
        for between in (BETWEEN, CLOSE):
            if _width(made, type, between) <= COLUMN_WIDTH:
                return Type(type, between, "fits a column of a paper that is set in two")
    for type in TYPES:
        if _width(made, type, BETWEEN) <= PAGE_WIDTH:
            wide = "fits the page of an article: table* in a paper that is set in two columns"
            return Type(type, BETWEEN, wide)
    return Type("", BETWEEN, "wider than a page: choose columns by --columns, or turn the page")


def _comments(paper: Paper, type: Type, long: bool) -> str:
    packages = "booktabs,longtable" if long else "booktabs,threeparttable"
    names = inline(shlex.join(paper.networks))  # in a comment: it must not end before the line
    every = " --all" if paper.beside else ""
    cite = f"archdb cite{every} {names}" if paper.about else "archdb cite"
    cite += "".join(f" --convention {inline(shlex.quote(name))}" for name in paper.counted)
    return (
        f"% {inline(paper.made_by)}\n"
        f"% needs \\usepackage{{{packages}}}; BibTeX of the sources: {cite}\n"
        f"% {type.room}\n"
    )


def _mark_figures(row: Sequence[str], marks: dict[str, str]) -> list[str]:
    return [_guard(_figure(text)) + _superscript(marks.get(text, "")) for text in row]


def _guard(cell: str) -> str:
    """A bracket or star right behind the end of a line would be an argument of that."""
    return f"{{}}{cell}" if cell.startswith(("[", "*")) else cell


def _superscript(mark: str, after: str = "") -> str:
    return f"\\textsuperscript{{{mark}}}{after}" if mark else ""


def _figure(text: str) -> str:
    """A cell, in which 4.19e-4 is written as a product, and a number below zero with a minus."""
    if match := _POWER.fullmatch(text):
        return f"${match[1]}\\times10^{{{match[2]}}}$"
    if text[:1] == "-" and text[1:2].isdigit():
        return f"$-${escape_tex(text[1:])}"
    return escape_tex(text)


def _latex_head(made: Sheet) -> str:
    """A line or two for names; one more for units, and one above for quantities that several
    columns share."""
    first, second, units = zip(*_lines(made), strict=True) if made.heads else ((), (), ())
    marks = [_superscript(head.mark) for head in made.heads]
    names = [_guard(escape_tex(name)) + mark for name, mark in zip(second, marks, strict=True)]
    lines = [_spans(made.heads)] if any(head.group for head in made.heads) else []
    lines += [_row(_guard(escape_tex(text)) for text in first)] if any(first) else []
    lines.append(_row(names))
    lines += [_row(map(escape_tex, units))] if any(units) else []
    return "".join(lines)


def _row(cells: Iterable[str]) -> str:
    return f"  {' & '.join(cells)} \\\\\n"


def _spans(heads: Sequence[Head]) -> str:
    """The quantities above the networks, each with a rule as wide as its columns."""
    cells, rules, at = [], [], 1
    while at <= len(heads):
        head = heads[at - 1]
        width = sum(other.group == head.group for other in heads) if head.group else 1
        unit = f" ({head.unit})" if head.unit else ""
        span = f"\\multicolumn{{{width}}}{{c}}{{{escape_tex(head.group + unit)}}}"
        cells.append(span if head.group else "")
        if head.group:
            rules.append(f"\\cmidrule(lr){{{at}-{at + width - 1}}}")
        at += width
    return f"  {' & '.join(cells)} \\\\\n  {' '.join(rules)}\n"


def _note(note: Note) -> str:
    """Its sentence, with its source before the full stop."""
    if not note.source:
        return escape_tex(note.text)
    keys = ",".join(map(key_of, note.source.split(",")))
    return f"{escape_tex(note.text.removesuffix('.'))}~\\cite{{{keys}}}."


def _notes_below(notes: Sequence[Note]) -> str:
    if not notes:
        return ""
    lines = "".join(f"{_superscript(note.mark, '~')}{_note(note)}\\par\n" for note in notes)
    return f"\n\\smallskip\n{{\\footnotesize\\raggedright\n{lines}}}\n"
