"""An Outline as text that draws: Graphviz dot and Mermaid, and the formats by name.

Blocks are boxes, auxiliary heads are dashed, and what a block is part of is a frame around it. In
dot the title of a frame is a node in it, because edges lead around nodes and through labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from archdb.queries.drawn import Node, Outline
from archdb.render.box_text import exact, lines
from archdb.render.drawing_svg import svg
from archdb.text import printable

#: From the top down, or from left to right.
DIRECTIONS = ("TB", "LR")
DOT_HEAD = """\
  node [shape = box, style = rounded, fontname = "Helvetica", fontsize = 10, margin = "0.12,0.06"];
  edge [arrowsize = 0.6];
"""
DOT_GROUP = 'style = "rounded"; color = "gray60";'
DOT_TITLE = 'shape = plaintext, style = "", margin = 0'
DOT_BLOCK = 'style = "rounded,filled", fillcolor = "gray93"'
DOT_AUXILIARY = 'style = "rounded,dashed"'
MERMAID_CLASSES = """\
  classDef block fill:#ededed,stroke:#444
  classDef auxiliary stroke-dasharray:5 5
"""


def dot(outline: Outline, said: str, direction: str = "TB") -> str:
    """A Graphviz digraph; `said` is a comment, also in what Graphviz makes of it."""
    heads = {node.name for node in outline.nodes if node.auxiliary}
    dashed = {True: " [style = dashed]", False: ""}
    edges = (
        f"  {_quote(source)} -> {_quote(reader)}{dashed[reader in heads]};\n"
        for source, reader in outline.edges
    )
    body = "".join(_nest(outline, _dot_node, _dot_open, "}\n"))
    name = _quote(f"{outline.name} {outline.input}")
    head = f"  rankdir = {direction};\n  comment = {_quote(said)};\n{DOT_HEAD}"
    return f"// {printable(said)}\ndigraph {name} {{\n{head}{body}{''.join(edges)}}}\n"


def _dot_node(node: Node) -> str:
    label = "\\n".join(map(_escape, lines(node)))
    style = DOT_AUXILIARY if node.auxiliary else DOT_BLOCK if node.block else ""
    tip = exact(node) and f"tooltip = {_quote(exact(node))}"
    looks = ", ".join(filter(None, (f'label = "{label}"', style, tip)))
    return f"{_quote(node.name)} [{looks}];\n"


def _dot_open(number: int, group: str, kind: str) -> str:
    title = f"{_quote(f'{group} (title)')} [{DOT_TITLE}, label = {_quote(f'{group} ({kind})')}];"
    return f"subgraph cluster_{number} {{ {DOT_GROUP} {title}\n"


def _quote(text: str) -> str:
    return f'"{_escape(text)}"'


def _escape(text: str) -> str:
    """Text inside quotes; Graphviz would take &lt; for a sign, and \\N for the node's name."""
    plain = printable(text).replace("&", "&amp;")
    return plain.replace("\\", "\\\\").replace('"', '\\"')


def mermaid(outline: Outline, said: str, direction: str = "TB") -> str:
    """A Mermaid flowchart; names become n0, n1, …, because many signs mean something to it."""
    number = {node.name: f"n{i}" for i, node in enumerate(outline.nodes)}
    heads = {node.name for node in outline.nodes if node.auxiliary}

    def drawn(node: Node) -> str:
        label = "<br/>".join(map(_entities, lines(node)))
        mark = ":::auxiliary" if node.auxiliary else ":::block" if node.block else ""
        return f'{number[node.name]}["{label}"]{mark}\n'

    def open_group(place: int, group: str, kind: str) -> str:
        return f'subgraph g{place}["{_entities(f"{group} ({kind})")}"]\n'

    edges = (
        f"  {number[source]} {'-.->' if reader in heads else '-->'} {number[reader]}\n"
        for source, reader in outline.edges
    )
    body = "".join(_nest(outline, drawn, open_group, "end\n"))
    return f"%% {_entities(said)}\nflowchart {direction}\n{body}{''.join(edges)}{MERMAID_CLASSES}"


def _entities(text: str) -> str:
    """Text without signs that Mermaid or HTML would read: they are written by their number. That
    holds for comments too, where %%{…}%% is a command."""
    plain = " _-.,/:×()?+=…"
    return "".join(c if c.isalnum() or c in plain else f"#{ord(c)};" for c in printable(text))


def _nest(
    outline: Outline,
    drawn: Callable[[Node], str],
    open_group: Callable[[int, str, str], str],
    closed: str,
) -> Iterator[str]:
    """The nodes in order, with the frames around them opened and closed.

    A frame is one even where other nodes stand between its own in the order of execution.
    """
    numbers = {group: number for number, group in enumerate(outline.groups)}

    def level(nodes: Iterable[Node], depth: int) -> Iterator[str]:
        inside: dict[str, list[Node]] = {}
        for node in nodes:
            if len(node.groups) > depth:
                inside.setdefault(node.groups[depth], []).append(node)
            else:
                yield "  " * (depth + 1) + drawn(node)
        for group, members in inside.items():
            yield "  " * (depth + 1) + open_group(numbers[group], group, outline.groups[group])
            yield from level(members, depth + 1)
            yield "  " * (depth + 1) + closed

    yield from level(outline.nodes, 0)


FORMATS: dict[str, Callable[[Outline, str, str], str]] = {
    "dot": dot,
    "mermaid": mermaid,
    "svg": svg,
}
