"""One network after another, one input size after another: what each point costs.

Nothing is stored: each point is derived from the layer rows as they stand.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from archdb.analysis.inputs import Inputs, format_inputs, native_inputs, resolve_each
from archdb.analysis.layer_table import params
from archdb.analysis.profile import derive
from archdb.analysis.totals import TOTAL_COLUMNS
from archdb.analysis.weighing import Convention
from archdb.errors import ShapeError, UsageError
from archdb.model.input_spec import COMMA, EQUALS, InputSpec
from archdb.model.names import PLUS
from archdb.printed_number import in_full
from archdb.queries import conventions
from archdb.queries.named import notify_skipped, rewrite_named

if TYPE_CHECKING:
    from archdb.model.graph import Network
    from archdb.queries.reader import Reader

#: Totals that have a column each, between the parameters and what there is to say.
FIGURES = (
    "macs",
    "activations",
    "peak_activation_elements",
    "depth",
    "receptive_field_h",
    "receptive_field_w",
)
COLUMNS = ("architecture", "input", "params", *FIGURES)
#: First, last and step: decimal numbers of which none is longer than anyone writes.
_NUMBER = r"([+-]?(?:[0-9]{1,20}(?:\.[0-9]{1,20})?|\.[0-9]{1,20})(?:[eE][+-]?[0-9]{1,2})?)"
_RANGE = re.compile(rf"{_NUMBER}\.\.{_NUMBER}(?::{_NUMBER})?")
#: More points than this are a slip of the keyboard.
MOST = 100_000
#: All networks of a sweep are made, and held, before its first point.
NETWORKS = 10_000


#: What a narrow terminal leaves out last.
FIRST = ("architecture", "input", "params", "macs")


def columns(convention: conventions.Names = None) -> list[str]:
    """The names of what a row holds."""
    return [*COLUMNS, *conventions.as_names(convention), "note"]


def expand(text: str) -> list[str]:
    """The values that '128..512:32', '0.25..1:0.25' or '128,160,192' name, as text.

    Raises UsageError where a range has no end or no values.
    """
    return [value for part in text.split(",") for value in _range(part)]


def _range(text: str) -> list[str]:
    found = _RANGE.fullmatch(text)
    if found is None:
        if ".." in text:
            raise UsageError(f"'{text}' is not a range", remedy="write 128..512:32")
        return [text]
    first, last, step = (Fraction(number or 1) for number in found.groups())
    count = (last - first) // step + 1 if step > 0 else 0
    if count < 1:
        raise UsageError(
            f"the range '{text}' has no values: it goes up by a step above 0",
            remedy="write 128..512:32",
        )
    if count > MOST:
        raise UsageError(f"the range '{text}' has more than {MOST:,} values")
    return [in_full(first + i * step).replace(",", "") for i in range(count)]


def _choices(name: str) -> list[list[str]]:
    """A network's name, then for each rule behind it the rules that its range stands for."""
    base, *rules = name.split(PLUS)
    return [[base], *map(_rules, rules)]


def _rules(rule: str) -> list[str]:
    head, at, glob = rule.partition("@")
    name, equals, value = head.partition("=")
    return [f"{name}={one}{at}{glob}" for one in expand(value)] if equals else [rule]


def _sizes(spec: Sequence[str]) -> list[tuple[str, ...]]:
    """Every combination of the sizes of each input that is named, and of those for all others."""
    axes = [axis for word in spec for axis in _axes(word)]
    if prod(map(len, axes)) > MOST:
        raise UsageError(f"more than {MOST:,} inputs", remedy="sweep a part of them at a time")
    return list(product(*axes))


def _axes(word: str) -> list[list[str]]:
    """The words that 'left=64,96,right=32' stands for: a list each for left and for right."""
    if EQUALS not in word:
        return [expand(word)]
    sizes: dict[str, list[str]] = {}
    name = ""
    for part in word.split(COMMA):
        named, _, size = part.rpartition(EQUALS)
        name = named or name
        sizes.setdefault(name, []).extend(expand(size))
    return [[f"{name}{EQUALS}{size}" for size in found] for name, found in sizes.items()]


def sweep(
    reader: Reader, names: Sequence[str], spec: InputSpec, convention: conventions.Names = None
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """(number of points, a row of columns) for each point, input by input.

    A point that cannot be derived has its reason in `note` and no figures.
    """
    choices = [_choices(word) for word in names]
    sizes = [None] if spec is None else _sizes(spec)
    networks = sum(prod(map(len, parts)) for parts in choices)
    points = len(sizes) * networks
    for count, most, what in ((points, MOST, "points"), (networks, NETWORKS, "networks")):
        if count > most:
            raise UsageError(f"more than {most:,} {what}", remedy="sweep a part of them at a time")
    names = [PLUS.join(name) for parts in choices for name in product(*parts)]
    with reader.snapshot():
        conventions.check(reader, convention)
        counted = conventions.chosen(reader, convention)
        made = rewrite_named(reader, names)
    notify_skipped(reader, made)
    natives = [native_inputs(one.network) for one in made]
    # all of them, so that a size in wrong words is found before the first point
    inputs = [natives if size is None else resolve_each(size, natives) for size in sizes]
    for shapes in inputs:
        for one, at in zip(made, shapes, strict=True):
            yield points, _point(one.network, at, counted)


def _point(network: Network, at: Inputs, counted: Sequence[Convention]) -> tuple[Any, ...]:
    try:
        profile = derive(network, at)
        totals = profile.totals
        weighed = [profile.table.main.weigh(convention) for convention in counted]
    except ShapeError as error:
        totals = dict.fromkeys(TOTAL_COLUMNS) | {"note": f"{error.places[-1]}: {error.what}"}
        weighed = [None] * len(counted)
    return (
        network.name,
        format_inputs(at),
        params(totals),
        *(totals[column] for column in FIGURES),
        *weighed,
        totals["note"],
    )
