"""Writes the generated parts of the pages in this directory, or says which are not up to date.

    python docs/generate.py             rewrites them
    python docs/generate.py --check     ends with status 1 where a page is not as generated

A part stands between `<!-- generated: NAME -->` and `<!-- end -->`. What is in it comes from
the declarations of ops, blocks, seeds, conventions, tables, views and commands, so that a page
cannot say anything else than the code does.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import click

from archdb import blocks, ops, rewrite
from archdb.analysis import conventions
from archdb.cli import main as cli
from archdb.cli.calc import Ops
from archdb.db import dictionary, tables
from archdb.model.declaration import REQUIRED, Declaration
from archdb.sources import records, reported

HERE = Path(__file__).parent
PART = re.compile(
    r"(?P<begin><!-- generated: (?P<name>\w+) -->\n).*?(?P<end><!-- end -->)", re.DOTALL
)
HELP_WIDTH = 78


def pages(directory: Path = HERE) -> list[Path]:
    return sorted(directory.glob("*.md"))


def generated(text: str) -> str:
    """The page's text with every generated part as it should be; KeyError on an unknown one."""
    return PART.sub(lambda part: f"{part['begin']}\n{PARTS[part['name']]()}\n{part['end']}", text)


# Building blocks of Markdown.


def prose(doc: str | None) -> str:
    """A docstring as Markdown: signs that would be markup are escaped outside code."""
    pieces = re.split(r"(`[^`]*`)", inspect.cleandoc(doc or ""))
    return "".join(p if p.startswith("`") else re.sub(r"([*<|])", r"\\\1", p) for p in pieces)


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(' '.join(cell.split()) for cell in line)} |\n" for line in lines)


def code(value: str) -> str:
    return f"`{value}`"


# Seeds, ops and blocks.


def attributes(declaration: Declaration) -> str:
    """The attributes as a table, or a sentence where there are none."""
    if not declaration.attributes:
        return "No attributes.\n"
    rows = (
        (code(a.name), prose(a.kind.takes), default(a.default))
        for a in declaration.attributes.values()
    )
    return table(("attribute", "takes", "default"), rows)


def default(value: Any) -> str:
    """A default as a seed would write it."""
    if value is REQUIRED:
        return "required"
    if value in (None, (), {}):
        return "none"
    if isinstance(value, bool):
        return code(str(value).lower())
    if isinstance(value, tuple):
        return code(str(value[0] if len(set(value)) == 1 else list(value)))
    return code(f"{value:g}" if isinstance(value, float) else repr(value).replace("'", '"'))


def op_attributes() -> str:
    parts = (
        f"### {prose(name)}\n\n{first_sentence(op.__doc__)}\n\n{attributes(op.declaration)}"
        for name, op in ops.REGISTRY.items()
    )
    return "\n".join(parts)


def first_sentence(doc: str | None) -> str:
    """What the op is; what it counts stands on the page of counting conventions."""
    return re.split(r"(?<=\.)\s+(?=[A-Z])", prose(doc).split("\n\n")[0])[0]


def block_attributes() -> str:
    parts = (
        f"### {prose(name)}\n\n{prose(blocks.REGISTRY[name].__doc__)}\n\n{attributes(declared)}"
        for name, declared in blocks.DECLARATIONS.items()
    )
    return "\n".join(parts)


def rule_list() -> str:
    """Every rule as it is written, what it does and promises, and its value."""
    return "\n".join(
        f"### {code(rule.usage)}\n\n{prose(rule.change.__doc__)}\n" + value_of(rule)
        for rule in rewrite.REGISTRY.values()
    )


def value_of(rule: rewrite.Rule) -> str:
    if rule.parameter is None:
        return ""
    value = rule.parameter
    stated = "" if value.default is REQUIRED else f"; {code(value.default)} where it is left out"
    return f"\n{code(value.name.upper())}: {prose(value.kind.takes)}{stated}.\n"


def seed_keys() -> str:
    declared = {
        "The file": records.HEADER,
        "`[net]`": records.NET,
        "Each `[[source]]`": records.SOURCE,
        "Each `[[difference]]`": records.DIFFERENCE,
        "Each `[reference.KEY]`": records.REFERENCE,
    }
    return "\n".join(f"{what}:\n\n{attributes(keys)}" for what, keys in declared.items())


# What confirms the networks.


def confirmation_list() -> str:
    """The table of tests/confirmed.py, network by network."""
    sys.path.insert(0, str(HERE.parent / "tests"))
    from confirmed import KINDS, confirmations

    found = confirmations()
    rows = ((name, (found[name][kind] for kind in KINDS)) for name in sorted(found))
    return table(
        ("network", *KINDS),
        ((code(name), *(", ".join(each) or "–" for each in kinds)) for name, kinds in rows),
    )


# Published figures.


def figure_keys() -> str:
    """The columns of both kinds of files."""
    declared = {
        "A figure": reported.FIGURE,
        "An explanation, whose columns say what is to be read instead": reported.EXPLANATION,
    }
    return "\n".join(f"{what}:\n\n{attributes(keys)}" for what, keys in declared.items())


# Counting.


def op_counts() -> str:
    return table(
        ("op", "what it is, and what is counted"),
        ((code(name), prose(op.__doc__)) for name, op in ops.REGISTRY.items()),
    )


def convention_list() -> str:
    return table(
        ("convention", "counts", "source", "not expressed"),
        (
            (code(c.name), prose(c.sentence), prose(c.source), prose(c.missing))
            for c in conventions.bundled()
        ),
    )


# The database.


def table_list() -> str:
    rows = ((code(t.name), prose(t.comment)) for t in tables.metadata.sorted_tables)
    return table(("table", "a row is"), rows)


def view_columns() -> str:
    """The column dictionary, view by view."""
    return "\n".join(
        f"### {prose(name)}\n\n{view_page(name)}" for name in sorted(dictionary.views())
    )


def view_page(name: str) -> str:
    """What a row of a view is, and its columns."""
    columns = (
        (code(e.column), e.unit, e.origin, prose(e.meaning + _cited(e.citation)))
        for e in dictionary.entries()
        if e.relation == name
    )
    head = ("column", "unit", "origin", "meaning")
    return f"{_comment(dictionary.views()[name])}\n\n" + table(head, columns)


def _comment(view: str) -> str:
    """The sentences at the head of a view."""
    lines = [line for line in view.splitlines() if line.startswith("--")]
    return prose(" ".join(line.removeprefix("--").strip() for line in lines))


def _cited(citation: str | None) -> str:
    return f" ({citation})" if citation else ""


# The command line.


def command_help() -> str:
    """`--help` of every command, as a block that the tests run."""
    return "\n".join(
        f"## {words}\n\n```console\n$ {words} --help\n{help_text}\n```\n"
        for words, help_text in _helps(cli, "archdb", None)
    )


def _helps(
    command: click.Command, words: str, parent: click.Context | None
) -> Iterator[tuple[str, str]]:
    name = words.rsplit(" ", 1)[-1]
    context = click.Context(
        command,
        info_name=name,
        parent=parent,
        terminal_width=HELP_WIDTH,
        **command.context_settings,
    )
    yield words, command.get_help(context)
    if isinstance(command, click.Group) and not isinstance(command, Ops):  # seeds.md has the ops
        for child in command.list_commands(context):
            found = command.get_command(context, child)
            assert found is not None
            yield from _helps(found, f"{words} {child}", context)


PARTS: dict[str, Callable[[], str]] = {
    **{"figure_keys": figure_keys, "seed_keys": seed_keys, "op_attributes": op_attributes},
    **{"block_attributes": block_attributes, "op_counts": op_counts},
    **{"convention_list": convention_list, "table_list": table_list},
    **{"view_columns": view_columns, "command_help": command_help, "rule_list": rule_list},
    **{"confirmation_list": confirmation_list},
}


def main(arguments: list[str], directory: Path = HERE) -> int:
    stale = [
        page for page in pages(directory) if generated(text := page.read_text("utf-8")) != text
    ]
    for page in stale:
        if "--check" in arguments:
            print(f"docs/{page.name} is not as generated; run: python docs/generate.py")
        else:
            page.write_text(generated(page.read_text("utf-8")), "utf-8")
            print(f"docs/{page.name} rewritten")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
