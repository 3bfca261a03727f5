"""A table as LaTeX, by the package booktabs."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from archdb.dataset.provenance import Paper
from archdb.queries.result import Result
from archdb.render.paper_table import Head, Sheet, sheet
from archdb.render.tex_text import escape_tex
from archdb.text import inline

#: A table with more rows than a page has lines is one that LaTeX may break.
PAGE = 45
#: How many characters of each type an article has room for, and what stands between columns.
SIZES = {68: "", 74: "\\small", 80: "\\footnotesize", 90: "\\scriptsize"}
BETWEEN = 2
_POWER = re.compile(r"(-?[0-9][0-9.,]*)e(-?[0-9]+)")


def latex(result: Result, paper: Paper) -> str:
    """A booktabs table, its notes below it, and the dataset in a comment above it."""
    made = sheet(result, paper)
    columns = "".join("r" if number else "l" for number in made.right)
    long = len(made.rows) > PAGE
    environment = "longtable" if long else "tabular"
    marked = [_mark_figures(row, made.marks) for row in made.rows]
    body = "".join(f"  {' & '.join(row)} \\\\\n" for row in marked)
    repeated, start = ("  \\endhead\n", "") if long else ("", "\\noindent")
    begin = f"{start}\\begin{{{environment}}}{{@{{}}{columns}@{{}}}}\n"
    head = f"  \\toprule\n{_latex_head(made)}  \\midrule\n{repeated}"
    set_in, end = ("{" + size, "\\par}\n") if (size := _size(made)) else ("", "")
    return (
        f"{_comments(paper, made, long)}{set_in}{begin}{head}"
        f"{body}  \\bottomrule\n\\end{{{environment}}}\n{end}{_latex_notes(made.notes)}"
    )


def _width(made: Sheet) -> int:
    """About how many characters stand beside each other, with the space between columns."""
    heads = [[h.name, f"({h.unit})" if h.unit and not h.group else ""] for h in made.heads]
    columns = zip(*made.rows, strict=True) if made.rows else [()] * len(heads)
    return sum(
        max(map(len, [*head, *column])) + BETWEEN
        for head, column in zip(heads, columns, strict=True)
    )


def _size(made: Sheet) -> str:
    """The largest type in which the table fits the page; as it is where none does."""
    width = _width(made)
    return next((size for most, size in SIZES.items() if width <= most), "")


def _comments(paper: Paper, made: Sheet, long: bool) -> str:
    packages = "booktabs,longtable" if long else "booktabs"
    names = inline(shlex.join(paper.networks))  # in a comment: it must not end before the line
    cite = f"archdb cite {names}" if paper.about else "archdb cite"
    wide = "% wider than a page: choose columns by archdb query, or turn the page\n"
    return (
        f"% {inline(paper.made_by)}\n"
        f"% needs \\usepackage{{{packages}}}; BibTeX of the sources: {cite}\n"
        f"{wide if _width(made) > max(SIZES) else ''}"
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
    """One line; a second for units, and one above for quantities that several columns share."""
    lines = []
    if any(head.group for head in made.heads):
        lines.append(_spans(made.heads))
    names = _mark_figures([head.name for head in made.heads], made.marks)
    lines.append(f"  {' & '.join(names)} \\\\\n")
    units = [f"({escape_tex(h.unit)})" if h.unit and not h.group else "" for h in made.heads]
    if any(units):
        lines.append(f"  {' & '.join(units)} \\\\\n")
    return "".join(lines)


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


def _latex_notes(notes: Sequence[tuple[str, str]]) -> str:
    if not notes:
        return ""
    lines = "".join(f"{_superscript(mark, '~')}{escape_tex(text)}\\par\n" for mark, text in notes)
    return f"\n\\smallskip\n{{\\footnotesize\\raggedright\n{lines}}}\n"
