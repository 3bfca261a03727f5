"""An Outline as SVG: boxes from the top down, heads dashed, blocks of blocks in frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from archdb.queries.outline import Node, Outline
from archdb.render.layered import Box, Layout, layout
from archdb.render.svg import element, label, picture
from archdb.text import cells_of, shortened

#: Of a box: what a letter takes of its width, a line of its height, and what stands around both.
LETTER, LINE, PAD = 6.3, 14.0, 10.0
#: Letters of a line, and what is left out of the middle of a longer one.
LONGEST = 44


def svg(outline: Outline, said: str = "", *, alone: bool = True) -> str:
    """The drawing; `said` is a description, of which dataset it is."""
    texts = {node.name: _texts(node) for node in outline.nodes}
    heads = {node.name for node in outline.nodes if node.auxiliary}
    placed = layout({name: _size(lines) for name, lines in texts.items()}, outline.edges, heads)
    parts = [
        *_frames(outline, placed.boxes),
        *_edges(outline, placed, heads),
        *(_box(node, placed.boxes[node.name], texts[node.name]) for node in outline.nodes),
    ]
    title = f"{outline.name} at {outline.input}"
    return picture(parts, placed.width, placed.height, title, alone=alone, said=said)


def _texts(node: Node) -> list[str]:
    return [shortened(line, LONGEST) for line in node.lines if line]


def _size(lines: list[str]) -> tuple[float, float]:
    return PAD * 2 + LETTER * max(map(cells_of, lines)), PAD + LINE * len(lines)


def _box(node: Node, box: Box, lines: list[str]) -> str:
    of = " ".join(["box", *(["block"] if node.block else []), *(["aux"] if node.auxiliary else [])])
    left, top = box.x - box.width / 2, box.y - box.height / 2
    shape = element("rect", of=of, x=left, y=top, width=box.width, height=box.height, rx=4)
    texts = "".join(
        label(line, box.x, top + PAD / 2 + LINE * (at + 0.75), text_anchor="middle",
              of="strong" if at == 0 else "dim")
        for at, line in enumerate(lines)
    )  # fmt: skip
    return shape + texts


def _edges(outline: Outline, placed: Layout, heads: set[str]) -> Iterator[str]:
    kept = [edge for edge in outline.edges if edge[0] != edge[1]]
    for (_, reader), points in zip(kept, placed.lines, strict=False):
        path = f"M{_point(points[0])}"
        for (x0, y0), (x1, y1) in pairwise(points):
            if abs(x0 - x1) < 1:
                path += f"L{_point((x1, y1))}"
            else:
                middle = (y0 + y1) / 2
                path += f"C{_point((x0, middle))} {_point((x1, middle))} {_point((x1, y1))}"
        yield element("path", d=path, of="edge aux" if reader in heads else "edge")
        x, y = points[-1]
        tip = f"M{_point((x - 3.5, y - 6))}L{_point((x, y))}L{_point((x + 3.5, y - 6))}"
        yield element("path", d=tip, of="edge")


def _point(place: tuple[float, float]) -> str:
    return f"{place[0]:.1f} {place[1]:.1f}"


def _frames(outline: Outline, boxes: Mapping[str, Box]) -> Iterator[str]:
    """A frame around the boxes of each group, its name and kind in its corner."""
    members: dict[str, list[tuple[int, Box]]] = {}
    for node in outline.nodes:
        for depth, group in enumerate(reversed(node.groups)):
            members.setdefault(group, []).append((depth, boxes[node.name]))
    for group, inside in members.items():
        room = 5.0 + 5.0 * max(depth for depth, _ in inside)
        left = min(box.x - box.width / 2 for _, box in inside) - room
        right = max(box.x + box.width / 2 for _, box in inside) + room
        top = min(box.y - box.height / 2 for _, box in inside) - room
        bottom = max(box.y + box.height / 2 for _, box in inside) + room
        yield element("rect", of="frame", x=left, y=top, width=right - left, height=bottom - top,
                      rx=6)  # fmt: skip
        yield label(group, left + 3, top - 2, of="dim")
