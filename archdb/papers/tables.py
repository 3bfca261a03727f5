"""A Result as a table for readers who cannot ask: LaTeX (booktabs) and Markdown.

Units stand in the head, figures are scaled and rounded by a rule that is stated below, and so
are the networks, conventions and sources that the figures belong to, and the dataset's version.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from archdb.papers.scale import RULE, Scale, scale_of
from archdb.papers.tex import escaped
from archdb.queries.paper import Paper
from archdb.queries.result import Result
from archdb.render import numeric

#: Units that say what kind of word a column holds, which its reader sees.
KINDS = {"name", "text", "number", "flag", "year", "shape", "JSON"}
#: A table with more rows than a page has lines is one that LaTeX may break.
PAGE = 45
QUANTITIES = ["quantity", "unit"]
MARKS = "abcdefghijklmnopqrstuvwxyz"


class Head(NamedTuple):
    """A column's head: its name, its unit (with the scale), and the quantity that it shares with
    its neighbours where there is one column for each network."""

    name: str
    unit: str
    group: str = ""


class Sheet(NamedTuple):
    """A table ready to be set: heads, cells, which columns are numbers, notes with their marks."""

    heads: list[Head]
    rows: list[list[str]]
    right: list[bool]
    marks: dict[str, str]
    notes: list[tuple[str, str]]


def sheet(result: Result, paper: Paper) -> Sheet:
    """Scale, round and annotate."""
    by_row = result.columns[: len(QUANTITIES)] == QUANTITIES
    heads, rows = _rows_of_quantities(result) if by_row else _columns(result, paper)
    names = {head.name for head in heads}
    if "architecture" in result.columns:
        names.update(map(str, result.column("architecture")))
    shown = [name for name in paper.about if name in names]
    marks = dict(zip(shown, MARKS, strict=False)) if len(paper.about) > 1 else {}
    notes = [(marks.get(name, ""), f"{name}: {text}") for name, text in paper.about.items()]
    rest = [*paper.conventions, *map(_sentence, result.notes)]
    if any(scaled for row in rows for scaled in row if scaled[:1].isdigit() and "." in scaled):
        rest.append(RULE)
    return Sheet(heads, rows, numeric(result), marks, notes + [("", note) for note in rest])


def _sentence(note: str) -> str:
    return note if note.endswith((".", "!", "?")) else f"{note}."


def _rows_of_quantities(result: Result) -> tuple[list[Head], list[list[str]]]:
    """Each row has a unit, and so a scale, of its own; a ratio has none."""
    scaled = [column != "ratio" for column in result.columns[len(QUANTITIES) :]]
    rows = []
    for quantity, unit, *values in result.rows:
        scale = scale_of((v for v, of_unit in zip(values, scaled, strict=True) if of_unit), unit)
        scales = [scale if of_unit else Scale() for of_unit in scaled]
        cells = [s.cell(value, quantity) for s, value in zip(scales, values, strict=True)]
        rows.append([str(quantity), "" if unit in KINDS else scale.unit(unit), *cells])
    return [Head(name, "") for name in result.columns], rows


def _columns(result: Result, paper: Paper) -> tuple[list[Head], list[list[str]]]:
    """Each column has a unit and a scale; columns of one quantity share theirs."""
    split = [_split(column, paper.networks) for column in result.columns]
    quantities = [quantity for _, quantity in split]
    scales = {
        quantity: scale_of(
            [row[i] for row in result.rows for i, q in enumerate(quantities) if q == quantity],
            paper.units.get(quantity, ""),
        )
        for quantity in quantities
    }
    heads = [_head(network, quantity, scales[quantity], paper) for network, quantity in split]
    rows = [
        [scales[q].cell(value, q) for q, value in zip(quantities, row, strict=True)]
        for row in result.rows
    ]
    return heads, rows


def _split(column: str, networks: Sequence[str]) -> tuple[str, str]:
    """('vgg16', 'macs') of 'vgg16 macs'; no network where the column is of none."""
    network, _, quantity = column.partition(" ")
    return (network, quantity) if quantity and network in networks else ("", column)


def _head(network: str, quantity: str, scale: Scale, paper: Paper) -> Head:
    unit = paper.units.get(quantity, "")
    unit = scale.unit("" if unit in KINDS else unit)
    return Head(network, unit, quantity) if network else Head(quantity, unit)


# LaTeX.


def latex(result: Result, paper: Paper) -> str:
    """A booktabs table, its notes below it, and the dataset in a comment above it."""
    made = sheet(result, paper)
    columns = "".join("r" if number else "l" for number in made.right)
    long = len(made.rows) > PAGE
    environment = "longtable" if long else "tabular"
    marked = [_marked(row, made.marks) for row in made.rows]
    body = "".join(f"  {' & '.join(row)} \\\\\n" for row in marked)
    repeated, start = ("  \\endhead\n", "") if long else ("", "\\noindent")
    begin = f"{start}\\begin{{{environment}}}{{@{{}}{columns}@{{}}}}\n"
    return (
        f"{_comments(paper, long)}{begin}  \\toprule\n{_latex_head(made)}  \\midrule\n{repeated}"
        f"{body}  \\bottomrule\n\\end{{{environment}}}\n{_latex_notes(made.notes)}"
    )


def _comments(paper: Paper, long: bool) -> str:
    packages = "booktabs,longtable" if long else "booktabs"
    cite = " ".join(["archdb cite", *paper.networks]) if paper.about else "archdb cite"
    return (
        f"% archdb dataset {paper.release.version}, content {paper.release.content}\n"
        f"% needs \\usepackage{{{packages}}}; BibTeX of the sources: {cite}\n"
    )


def _marked(row: Sequence[str], marks: dict[str, str]) -> list[str]:
    return [_figure(text) + _superscript(marks.get(text, "")) for text in row]


def _superscript(mark: str, after: str = "") -> str:
    return f"\\textsuperscript{{{mark}}}{after}" if mark else ""


def _figure(text: str) -> str:
    """A cell, in which 4.19e-4 is written as a product."""
    digits, e, power = text.partition("e")
    if e and digits[:1].isdigit() and power.lstrip("-").isdigit():
        return f"${digits}\\times10^{{{power}}}$"
    return escaped(text)


def _latex_head(made: Sheet) -> str:
    """One line; a second for units, and one above for quantities that several columns share."""
    lines = []
    if any(head.group for head in made.heads):
        lines.append(_spans(made.heads))
    names = _marked([head.name for head in made.heads], made.marks)
    lines.append(f"  {' & '.join(names)} \\\\\n")
    units = [f"({escaped(h.unit)})" if h.unit and not h.group else "" for h in made.heads]
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
        span = f"\\multicolumn{{{width}}}{{c}}{{{escaped(head.group + unit)}}}"
        cells.append(span if head.group else "")
        if head.group:
            rules.append(f"\\cmidrule(lr){{{at}-{at + width - 1}}}")
        at += width
    return f"  {' & '.join(cells)} \\\\\n  {' '.join(rules)}\n"


def _latex_notes(notes: Sequence[tuple[str, str]]) -> str:
    if not notes:
        return ""
    lines = "".join(f"{_superscript(mark, '~')}{escaped(text)}\\par\n" for mark, text in notes)
    return f"\n\\smallskip\n{{\\footnotesize\\raggedright\n{lines}}}\n"


# Markdown.


def markdown(result: Result, paper: Paper) -> str:
    """A GitHub table with its notes in a list below."""
    made = sheet(result, paper)
    head = [_markdown_head(head, made.marks.get(head.name, "")) for head in made.heads]
    rule = ["---:" if number else "---" for number in made.right]
    body = [[_cell(text) + _raised(made.marks.get(text, "")) for text in row] for row in made.rows]
    lines = "".join(f"| {' | '.join(line)} |\n" for line in (head, rule, *body))
    dataset = f"archdb dataset {paper.release.version}, content {paper.release.content}"
    notes = [*made.notes, ("", dataset)]
    listed = "".join(f"- {_raised(mark)}{' ' if mark else ''}{_cell(t)}\n" for mark, t in notes)
    return f"{lines}\n{listed}"


def _markdown_head(head: Head, mark: str) -> str:
    unit = f"({head.unit})" if head.unit else ""
    return " ".join(filter(None, (_cell(head.name) + _raised(mark), _cell(head.group), unit)))


def _cell(text: str) -> str:
    """Signs that would be markup stand for themselves."""
    for sign in "\\|<*":
        text = text.replace(sign, f"\\{sign}")
    return text


def _raised(mark: str) -> str:
    return f"<sup>{mark}</sup>" if mark else ""


FORMATS: dict[str, Callable[[Result, Paper], Any]] = {"latex": latex, "markdown": markdown}
