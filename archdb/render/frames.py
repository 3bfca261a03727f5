"""Frames around the boxes of a drawing, and where their titles stand: over no box and no edge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from archdb.queries.drawn import Outline
from archdb.render import layered
from archdb.render.places import Box
from archdb.text import cells_of

#: Between a frame and what is in it, in pixels; the height of a title, and the reach of an edge.
ROOM, TITLE, REACH = 5.0, 12.0, 2.0


class Frame(NamedTuple):
    """What a group is called, and its place; `title` is where that is written."""

    text: str
    box: Box
    title: Box


def frames(outline: Outline, boxes: Mapping[str, layered.Box], letter: float) -> list[Frame]:
    """A frame around the boxes of each group; titles stand on them, at the left."""
    members: dict[str, list[tuple[int, Box]]] = {}
    for node in outline.nodes:
        for depth, group in enumerate(reversed(node.groups)):
            members.setdefault(group, []).append((depth, _rectangle(boxes[node.name])))
    found = []
    for group, inside in members.items():
        room = ROOM * (1 + max(depth for depth, _ in inside))
        low, high = zip(*((box[:2], box[2:]) for _, box in inside), strict=True)
        left, top = (min(values) - room for values in zip(*low, strict=True))
        right, bottom = (max(values) + room for values in zip(*high, strict=True))
        text = f"{group} ({outline.groups[group]})"
        wide = letter * cells_of(text)
        title = Box(left, top - TITLE - 1, left + wide, top - 1)
        found.append(Frame(text, Box(left, top, right, bottom), title))
    return found


def titled(found: Sequence[Frame], placed: layered.Layout) -> list[Frame]:
    """The same frames with their titles where nothing is: on the frame, beside or below it, or else
    right of the whole drawing."""
    taken = [*map(_rectangle, placed.boxes.values()), *_along(placed.lines)]
    done = []
    for frame in found:
        inside = (place for place in _places(frame) if place.left >= 0 and place.low >= 0)
        free = (place for place in inside if not any(place.meets(other) for other in taken))
        title = next(free, None) or _beyond(frame, taken)
        taken.append(title)
        done.append(frame._replace(title=title))
    return done


def _places(frame: Frame) -> Iterator[Box]:
    left, high, right, low = frame.box
    wide = frame.title.right - frame.title.left
    yield frame.title
    yield Box(right - wide, frame.title.low, right, frame.title.high)
    yield Box(right + ROOM, high, right + ROOM + wide, high + TITLE)
    yield Box(left - ROOM - wide, high, left - ROOM, high + TITLE)
    yield Box(left, low + 1, left + wide, low + TITLE + 1)


def _beyond(frame: Frame, taken: Sequence[Box]) -> Box:
    """Right of all that is there."""
    left = max(box.right for box in taken) + ROOM
    wide = frame.title.right - frame.title.left
    return Box(left, frame.box.low, left + wide, frame.box.low + TITLE)


def _rectangle(box: layered.Box) -> Box:
    half, tall = box.width / 2, box.height / 2
    return Box(box.x - half, box.y - tall, box.x + half, box.y + tall)


def _along(lines: Sequence[Sequence[tuple[float, float]]]) -> Iterator[Box]:
    """What an edge covers between two of its points, wherever in there it bends."""
    for points in lines:
        for (x0, y0), (x1, y1) in pairwise(points):
            low, high = (min(x0, x1), min(y0, y1)), (max(x0, x1), max(y0, y1))
            yield Box(low[0] - REACH, low[1] - REACH, high[0] + REACH, high[1] + REACH)
