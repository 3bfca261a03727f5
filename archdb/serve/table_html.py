"""A table of a page as HTML: what most of a page is made of, and so written without a template."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from archdb.serve.view import Cell, Group, Head, Row, View
from archdb.text import printable

Href = Callable[[str], str]
_SPECIAL = re.compile("[&<>'\"]")
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;"})


def escaped(text: str) -> str:
    """Text as it stands between tags and in quotes."""
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def table(view: View, href: Href, caption: str, sorts: Sequence[str] | None, label: str) -> str:
    """The table, which can be scrolled to the side; heads lead to `sorts`, where there are any."""
    named = f"<caption>{escaped(caption)}</caption>\n" if caption else ""
    groups = f"<tr>{''.join(map(_group, view.groups))}</tr>\n" if view.groups else ""
    leads = sorts or [head.href for head in view.heads]
    heads = [_head(head, href, lead) for head, lead in zip(view.heads, leads, strict=False)]
    return (
        '<div class="scroll" tabindex="0" role="region"'
        f' aria-label="{escaped(caption or label)}">\n<table>\n{named}<thead>\n{groups}'
        f"<tr>{''.join(heads)}</tr>\n</thead>\n<tbody>\n"
        f"{''.join([_row(row, href) for row in view.rows])}</tbody>\n</table>\n</div>"
    )


def _unit(unit: str) -> str:
    return f' <span class="unit">{escaped(unit)}</span>' if unit else ""


def _group(group: Group) -> str:
    if not group.name:
        return "<td></td>"
    head = f'<th colspan="{group.span}" class="group" scope="colgroup">'
    return f"{head}{escaped(group.name)}{_unit(group.unit)}</th>"


def _head(head: Head, href: Href, lead: str) -> str:
    name = escaped(printable(head.name))
    if lead:
        name = f'<a href="{escaped(href(lead))}">{name}</a>'
    right = ' class="n"' if head.right else ""
    return f'<th scope="col"{right}>{name}{_unit(head.unit)}</th>'


def _row(row: Row, href: Href) -> str:
    differs = ' class="differs"' if row.differs else ""
    return f"<tr{differs}>{''.join([_cell(cell, href) for cell in row.cells])}</tr>\n"


def _cell(cell: Cell, href: Href) -> str:
    text, of, larger, lead, unit = cell
    text = escaped(text)
    if lead:
        text = f'<a href="{escaped(href(lead))}">{text}</a>'
    if larger:
        text = f'<b>{text}</b><span class="sr"> (larger)</span>'
    look = f' class="{of}"' if of else ""
    return f"<td{look}>{text}{_unit(unit)}</td>"
