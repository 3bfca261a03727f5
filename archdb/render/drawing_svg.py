"""An Outline as SVG: boxes from the top down or from left to right, heads dashed, blocks of blocks
in frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from archdb.queries.drawn import Node, Outline
from archdb.render.box_text import exact, lines
from archdb.render.frames import TITLE, Frame, frames, titled
from archdb.render.layered import Box, Layout, layout
from archdb.render.svg import element, label, picture, words
from archdb.text import cells_of, shortened

#: Of a box: what a letter takes of its width, a line of its height, and what stands around both.
LETTER, LINE, PAD = 6.3, 14.0, 10.0
#: Letters of a line, and what is left out of the middle of a longer one.
LONGEST = 44
#: Half the width and the length of an arrow's head.
HEAD, TIP = 3.5, 6.0


def svg(
    outline: Outline,
    said: str = "",
    direction: str = "TB",
    *,
    alone: bool = True,
    leads: Mapping[str, str] = {},
) -> str:
    """The drawing; `said` is a description, of which dataset it is, and `leads` says where boxes
    lead to, by their names."""
    texts = {
        node.name: [shortened(line, LONGEST) for line in lines(node)] for node in outline.nodes
    }
    heads = {node.name for node in outline.nodes if node.auxiliary}
    sizes = {name: _size(texts[name]) for name in texts}
    across = direction == "LR"
    if across:
        placed = layout({n: size[::-1] for n, size in sizes.items()}, outline.edges, heads)
        placed = _turned(placed, TITLE if outline.groups else 0)
    else:
        placed = layout(sizes, outline.edges, heads)
    around = titled(frames(outline, placed.boxes, LETTER), placed)
    width = max([placed.width, *(frame.title.right + PAD for frame in around)])
    parts = [
        *map(_frame, around),
        *_edges(outline, placed, heads, across=across),
        *(
            _led(_box(node, placed.boxes[node.name], texts[node.name]), leads.get(node.name))
            for node in outline.nodes
        ),
        *(label(f.text, f.title.left, f.title.high - 2, of="dim") for f in around),
    ]
    title = f"{outline.name} at {outline.input}"
    return picture(parts, width, placed.height, title, alone=alone, said=said, leads=bool(leads))


def _size(texts: list[str]) -> tuple[float, float]:
    return PAD * 2 + LETTER * max(map(cells_of, texts)), PAD + LINE * len(texts)


def _turned(placed: Layout, above: float) -> Layout:
    """The same with what was below to the right, and so much room above all and below."""
    boxes = {n: Box(b.y, b.x + above, b.height, b.width) for n, b in placed.boxes.items()}
    lines = [[(y, x + above) for x, y in points] for points in placed.lines]
    return Layout(boxes, lines, placed.height, placed.width + 2 * above)


def _box(node: Node, box: Box, texts: list[str]) -> str:
    of = " ".join(["box", *(["block"] if node.block else []), *(["aux"] if node.auxiliary else [])])
    left, top = box.x - box.width / 2, box.y - box.height / 2
    costs = exact(node)
    tip = element("title", words(costs)) if costs else ""
    shape = element("rect", tip, of=of, x=left, y=top, width=box.width, height=box.height, rx=4)
    return shape + "".join(
        label(line, box.x, top + PAD / 2 + LINE * (at + 0.75), text_anchor="middle",
              of="strong" if at == 0 else "dim")
        for at, line in enumerate(texts)
    )  # fmt: skip


def _led(box: str, where: str | None) -> str:
    return box if where is None else element("a", box, href=where)


def _edges(outline: Outline, placed: Layout, heads: set[str], *, across: bool) -> Iterator[str]:
    kept = [edge for edge in outline.edges if edge[0] != edge[1]]
    for (_, reader), points in zip(kept, placed.lines, strict=False):
        upright = [(y, x) for x, y in points] if across else points
        of = "edge aux" if reader in heads else "edge"
        yield element("path", d=_path(upright, across=across), of=of)
        x, y = upright[-1]
        tip = [(x - HEAD, y - TIP), (x, y), (x + HEAD, y - TIP)]
        yield element("path", d="M" + "L".join(_point(p, across=across) for p in tip), of="edge")


def _path(points: list[tuple[float, float]], *, across: bool) -> str:
    """A line down through these points, straight where it keeps its place, else curved."""
    path = f"M{_point(points[0], across=across)}"
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (y0 + y1) / 2
        curved = [(x0, middle), (x1, middle), (x1, y1)]
        through = [(x1, y1)] if abs(x0 - x1) < 1 else curved
        path += "C" if len(through) > 1 else "L"
        path += " ".join(_point(place, across=across) for place in through)
    return path


def _point(place: tuple[float, float], *, across: bool) -> str:
    x, y = reversed(place) if across else place
    return f"{x:.1f} {y:.1f}"


def _frame(frame: Frame) -> str:
    left, top, right, bottom = frame.box
    return element("rect", of="frame", x=left, y=top, width=right - left, height=bottom - top, rx=6)
