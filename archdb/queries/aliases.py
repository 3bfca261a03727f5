"""Which column of a view a statement's own name stands for: 'macs' of 'select macs as mine'."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: A name in any of SQLite's quotes, a text, a number, a word, another sign; comments and blanks.
_TOKEN = re.compile(
    r"""(?P<name>"(?:[^"]|"")*"|\[[^\]]*\]|`(?:[^`]|``)*`)|(?P<text>'(?:[^']|'')*')"""
    r"""|(?P<blank>\s+|--[^\n]*|/\*.*?\*/)|(?P<word>[^\W\d]\w*)|(?P<other>[0-9.]+|.)""",
    re.DOTALL,
)
#: What begins and what ends a list of columns, and what may stand before one.
_BEGIN = {"select"}
_END = {"from", "where", "group", "order", "limit", "union", "except", "intersect", "having"}
_BEFORE = {"distinct", "all"}
#: Functions whose result is of what they are given.
_KEEPING = {"sum", "min", "max", "avg", "total", "round", "abs"}

Tokens = list[tuple[str, str]]


def aliased_columns(statement: str) -> dict[str, str]:
    """The column that each alias of the outermost select stands for, where it stands for one alone,
    or for a sum, mean or extreme of one."""
    found = {}
    for item in _items(_tokens(statement)):
        if (pair := _alias(item)) is not None:
            found[pair[0]] = pair[1]
    return found


def _tokens(statement: str) -> Tokens:
    found = []
    for match in _TOKEN.finditer(statement):
        kind, text = str(match.lastgroup), match[0]
        if kind == "name":
            found.append((kind, text[1:-1].replace(text[0] * 2, text[0])))
        elif kind != "blank":
            found.append((kind, text))
    return found


def _items(tokens: Tokens) -> Iterator[Tokens]:
    """The columns of the first select that stands in no brackets."""
    depth, item, inside = 0, Tokens(), False
    for kind, text in tokens:
        depth += {"(": 1, ")": -1}.get(text, 0) if kind == "other" else 0
        word = text.lower() if kind == "word" and not depth else ""
        if not inside:
            inside = word in _BEGIN
        elif word in _END:
            break
        elif (kind, text, depth) == ("other", ",", 0):
            yield item
            item = []
        elif word not in _BEFORE:
            item.append((kind, text))
    yield item


def _alias(item: Tokens) -> tuple[str, str] | None:
    """(alias, column) of 's.macs as mine', 'macs mine' and 'sum(s.macs) as "all of it"'."""
    if len(item) < 2 or item[-1][0] == "other":
        return None
    (_, alias), rest = item[-1], item[:-1]
    if rest[-1][0] == "word" and rest[-1][1].lower() == "as":
        rest = rest[:-1]
    if (
        len(rest) > 3
        and rest[0][1].lower() in _KEEPING
        and rest[1][1] == "("
        and rest[-1][1] == ")"
    ):
        rest = rest[2:-1]
    if len(rest) == 3 and rest[1][1] == ".":
        rest = rest[2:]
    return (alias.strip("'"), rest[0][1]) if len(rest) == 1 and rest[0][0] != "other" else None
