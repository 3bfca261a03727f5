"""Darknet's cfg files: sections in brackets, one a layer, with options as key=value.

Layers are named by their section and its number, counted from 0 behind [net] as Darknet counts:
convolutional_0, what the same section does after it convolutional_0_bn and convolutional_0_leaky.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from archdb.errors import ArchdbError, DefinitionError, nearest
from archdb.model.graph import Block
from archdb.model.shape import Shape
from archdb.sources.laying import Laying, Read, file_text, name_of
from archdb.sources.lowering.base import UnmappedError
from archdb.sources.sizes import SizesLike

SUFFIX = ".cfg"
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")

#: Other words for the kind of a section.
ALIASES = {
    "network": "net",
    "conv": "convolutional",
    "deconv": "deconvolutional",
    "conn": "connected",
    "max": "maxpool",
    "avg": "avgpool",
    "normalization": "lrn",
    "soft": "softmax",
    "silence": "empty",
    "reorg3d": "reorg",
}


class Section(NamedTuple):
    """One section of a file: its kind as Darknet calls it, where it begins and its options."""

    kind: str
    line: int
    options: dict[str, str]

    def integer(self, option: str, default: int) -> int:
        """As Darknet reads it: the digits that the value begins with."""
        words = self.options.get(option)
        if words is None:
            return default
        found = _INTEGER.match(words)
        if not found:
            raise DefinitionError(f"'{option}' needs an integer, got '{words}'")
        return int(found[0])

    def number(self, option: str, default: float) -> float:
        """A number, as the value begins with one."""
        words = self.options.get(option)
        if words is None:
            return default
        found = _NUMBER.match(words)
        if not found:
            raise DefinitionError(f"'{option}' needs a number, got '{words}'")
        return float(found[0])

    def word(self, option: str, default: str) -> str:
        """A word, without what follows a comment sign."""
        return self.options.get(option, default).partition("#")[0]

    def integers(self, option: str) -> list[int]:
        """Integers with commas between; DefinitionError where there is none."""
        words = self.word(option, "")
        found = [_INTEGER.fullmatch(part) for part in words.strip(",").split(",")]
        if not words or None in found:
            raise DefinitionError(f"'{option}' needs numbers of layers, got '{words}'")
        return [int(number[0]) for number in found if number]


class Cfg:
    """A cfg file being laid out. `outputs`: the layer that gives the output of each section."""

    def __init__(self, net: Laying, start: str) -> None:
        self.net = net
        self.now = start
        self.outputs: list[str] = []
        self.own = ""

    def of(self, section: Section, option: str) -> list[str]:
        """The outputs of the sections that an option names, from this one back below zero."""
        here = len(self.outputs)
        numbers = [n + here if n < 0 else n for n in section.integers(option)]
        for number in numbers:
            if not 0 <= number < here:
                raise DefinitionError(
                    f"'{option}' names layer {number}, and before this one there are {here}",
                    remedy="layers are counted from 0, and from the one before below zero",
                )
        return [self.outputs[number] for number in numbers]

    def lay(self, op: str, *inputs: str, more: str = "", **attributes: object) -> str:
        """Lay a layer of this section: its own, or what is named by `more` and follows."""
        name = f"{self.own}_{more}" if more else self.own
        self.now = self.net.lay(name, op, *(inputs or (self.now,)), **attributes)  # type: ignore[arg-type]
        return self.now

    def map(self) -> Shape:
        """The shape of the map that arrives; a vector arrives as one of 1×1."""
        self.now = self.net.image(self.now)
        return self.net.shape(self.now)


Rule = Callable[[Cfg, Section], None]
RULES: dict[str, Rule] = {}


def section(*kinds: str) -> Callable[[Rule], Rule]:
    """Register the rule of some kinds of section: it lays layers and leaves the last as `now`."""

    def register(function: Rule) -> Rule:
        RULES.update(dict.fromkeys(kinds, function))
        return function

    return register


def read(path: Path, sizes: SizesLike = None) -> Read:
    """The network in a cfg file. `sizes`: the user's for its input, 'data'.

    Raises ArchdbError naming the file, the section and its line.
    """
    try:
        return parse(file_text(path), name_of(path), sizes)
    except ArchdbError as error:
        raise error.at(str(path)) from None


def parse(text: str, name: str, sizes: SizesLike = None) -> Read:
    """As `read`, of a text."""
    from archdb.sources import (  # noqa: F401  importing a module registers its rules
        darknet_joining,
        darknet_recurrent,
        darknet_sections,
    )

    first, *rest = sections(text)
    if first.kind != "net":
        raise DefinitionError(
            f"line {first.line}: a cfg file begins with [net], not [{first.kind}]"
        )
    if not rest:
        raise DefinitionError("has a section [net] and no layer behind it")
    net = Laying(sizes)
    try:
        cfg = Cfg(net, net.input("data", _given(first)))
    except ArchdbError as error:
        raise error.at(f"[net] (line {first.line})") from None
    for part in rest:
        try:
            _take(cfg, part)
        except ArchdbError as error:
            raise error.at(f"[{part.kind}] {len(cfg.outputs)} (line {part.line})") from None
    if len(net.layers) == 1:
        raise DefinitionError("has no section that archdb makes a layer of")
    return Read(net.network(name), net.outcome, {"format": "Darknet", "layers": str(len(rest))})


def sections(text: str) -> list[Section]:
    """The sections of a file in order; DefinitionError where there is none, or a line is wrong."""
    found: list[Section] = []
    for number, line in enumerate(text.splitlines(), 1):
        words = "".join(line.split())
        if not words or words[0] in "#;":
            continue
        if words[0] == "[":
            kind = words.partition("#")[0].strip("[]").lower()
            found.append(Section(ALIASES.get(kind, kind), number, {}))
            continue
        key, equals, value = words.partition("=")
        if not equals or not found:
            raise DefinitionError(
                f"line {number}: '{words}' is neither a section nor an option",
                remedy="a cfg file has lines such as [convolutional] and filters=32",
            )
        found[-1].options.setdefault(key, value)
    if not found:
        raise DefinitionError("has no sections", remedy="a cfg file begins with [net]")
    return found


def _given(net: Section) -> Shape | None:
    """What [net] says of the input: an image, or a vector of so many numbers."""
    extents = tuple(net.integer(axis, 0) for axis in ("channels", "height", "width"))
    if min(extents) > 0:
        return extents
    inputs = net.integer("inputs", 0)
    return (inputs,) if inputs > 0 else None


def _take(cfg: Cfg, part: Section) -> None:
    """Lay what a section is, as a block of its own where that is several layers."""
    before, arrived = len(cfg.net.layers), cfg.now
    cfg.own = f"{part.kind}_{len(cfg.outputs)}"
    cfg.net.block = cfg.own
    cfg.now = cfg.net.attempt(
        part.kind,
        lambda: _ruled(cfg, part),
        lambda why: cfg.net.open(cfg.own, part.kind, why, arrived, tensors=None),
    )
    cfg.net.block = None
    cfg.outputs.append(cfg.now)
    laid = list(cfg.net.layers)[before:]
    if len(laid) > 1:
        cfg.net.blocks.append(Block(cfg.own, part.kind, {}))
    elif laid:
        cfg.net.layers[laid[0]] = cfg.net.layers[laid[0]]._replace(block=None)


def _ruled(cfg: Cfg, part: Section) -> str:
    if part.kind not in RULES:
        raise UnmappedError(nearest(part.kind, RULES) or "is a section that archdb cannot read")
    RULES[part.kind](cfg, part)
    return cfg.now
