"""One network after another, one input size after another: what each point costs.

Nothing is stored: each point is derived from the layer rows as they stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product
from math import prod
from typing import TYPE_CHECKING, Any

from archdb.derive import derive, native_input
from archdb.errors import ShapeError, UsageError
from archdb.facts import params
from archdb.ops.shape import Shape, resize, text
from archdb.queries.rewritten import rewritten, say_left
from archdb.rewrite.names import PLUS
from archdb.totals import TOTAL_COLUMNS

if TYPE_CHECKING:
    from archdb.graph import Network
    from archdb.queries.reader import Reader

#: Totals that have a column each, between the parameters and what there is to say.
FIGURES = (
    *("macs", "activations", "peak_activation_elements", "depth"),
    *("receptive_field_h", "receptive_field_w"),
)
COLUMNS = ("architecture", "input", "params", *FIGURES, "note")
#: More points than this are a slip of the keyboard.
MOST = 100_000


def expand(words: str) -> list[str]:
    """The values that '128..512:32', '0.25..1:0.25' or '128,160,192' name, as text.

    Raises UsageError where a range has no end or no values.
    """
    return [value for part in words.split(",") for value in _range(part)]


def _range(words: str) -> list[str]:
    span, colon, step_words = words.partition(":")
    first_words, dots, last_words = span.partition("..")
    if not dots:
        return [words]
    try:
        first, last = Decimal(first_words), Decimal(last_words)
        step = Decimal(step_words if colon else "1")
        count = (last - first) // step + 1
        if not (step > 0 and 1 <= count <= MOST):
            raise UsageError(
                f"the range '{words}' has no values, or too many", remedy="write 128..512:32"
            )
    except ArithmeticError:
        raise UsageError(f"'{words}' is not a range", remedy="write 128..512:32") from None
    return [format((first + i * step).normalize(), "f") for i in range(int(count))]


def _choices(words: str) -> list[list[str]]:
    """A network's name, then for each rule behind it the rules that its range stands for."""
    base, *rules = words.split(PLUS)
    return [[base], *map(_rules, rules)]


def _rules(rule: str) -> list[str]:
    head, at, glob = rule.partition("@")
    name, equals, value = head.partition("=")
    return [f"{name}={one}{at}{glob}" for one in expand(value)] if equals else [rule]


def sweep(
    reader: Reader, words: Sequence[str], inputs: str | None
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """(number of points, a row of COLUMNS) for each point, input by input.

    A point that cannot be derived has its reason in `note` and no figures.
    """
    choices = [_choices(word) for word in words]
    sizes = [None] if inputs is None else expand(inputs)
    points = len(sizes) * sum(prod(map(len, parts)) for parts in choices)
    if points > MOST:
        raise UsageError(f"more than {MOST:,} points", remedy="sweep a part of them at a time")
    made = rewritten(reader, [PLUS.join(name) for parts in choices for name in product(*parts)])
    say_left(reader, made)
    natives = [(one, native_input(one.network)) for one in made]
    asked = [  # all of them, so that a size in wrong words is found before the first point
        (one.network, native if size is None else resize(size, native))
        for size in sizes
        for one, native in natives
    ]
    for network, shape in asked:
        yield points, _point(network, shape)


def _point(network: Network, shape: Shape) -> tuple[Any, ...]:
    try:
        totals = derive(network, shape).totals
    except ShapeError as error:
        totals = dict.fromkeys(TOTAL_COLUMNS) | {"note": f"{error.places[-1]}: {error.what}"}
    return (
        network.name,
        text(shape),
        params(totals),
        *(totals[column] for column in FIGURES),
        totals["note"],
    )
