"""What networks cost beside each other as SVG: for each quantity a bar for each network, whose
longest is the widest."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from archdb.queries.result import Result
from archdb.render.svg import picture, words
from archdb.text import cells_of

#: What is drawn, where its rows are in the comparison.
DRAWN = ("params", "macs", "activations", "peak_activation_elements", "depth")
#: The picture, the height of a bar and of what stands above one, and what a letter takes.
WIDTH, BAR, HEAD, LETTER = 560.0, 16.0, 24.0, 6.4
LOOKS = ("one", "two")


def bars(result: Result, names: Sequence[str]) -> str:
    """The picture of a comparison by total; empty where none of its quantities is known."""
    rows = {row[0]: row for row in result.rows if row[0] in DRAWN}
    left = max(map(cells_of, names)) * LETTER + 12
    labels = [words(name) for name in names]
    parts: list[str] = []
    top = 0.0
    for quantity in filter(rows.__contains__, DRAWN):
        _, unit, *values = rows[quantity][: 2 + len(names)]
        if not any(values):
            continue
        said = f"{quantity.replace('_', ' ')} ({unit})"
        parts.append(f'<text x="0" y="{top + 15:g}" class="dim">{said}</text>')
        parts += _panel(labels, values, left, top + HEAD)
        top += HEAD + BAR * len(names) + 8
    title = f"{', '.join(names)} side by side"
    return picture(parts, WIDTH, top, title, alone=False) if parts else ""


def _panel(labels: Sequence[str], values: Sequence[Any], left: float, top: float) -> Iterator[str]:
    """A line for each network: its name, its bar, its value. Written as it is, since every page of
    a comparison has one."""
    most = max(value or 0 for value in values)
    room = WIDTH - left - (len(f"{most:,}") * LETTER + 14)
    for at, (name, value) in enumerate(zip(labels, values, strict=True)):
        y = top + at * BAR
        said = "not known" if value is None else f"{value:,}"
        wide = (value or 0) / most * room
        strong = ' class="strong"' if value == most else ""
        yield (
            f'<text x="{left - 8:g}" y="{y + 11:g}" text-anchor="end">{name}</text>'
            f'<rect class="{LOOKS[at % 2]}" x="{left:g}" y="{y + 2:g}" width="{wide:.1f}"'
            f' height="{BAR - 4:g}"/>'
            f'<text x="{left + wide + 6:.1f}" y="{y + 11:g}"{strong}>{said}</text>'
        )
