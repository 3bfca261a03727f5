"""One network after another, one input size after another: what each point costs.

Nothing is stored: each point is derived from the layer rows as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import TYPE_CHECKING, Any

from archdb.errors import ShapeError, UsageError
from archdb.queries.rewritten import PLUS, holding

if TYPE_CHECKING:
    from archdb.derive import Profile
    from archdb.graph import Network
    from archdb.queries.reader import Reader

COLUMNS = (
    *("network", "input", "params", "macs", "activations", "peak_activation_elements"),
    *("receptive_field", "note"),
)
#: More points than this are a slip of the keyboard.
MOST = 100_000


def expand(words: str) -> list[str]:
    """The values that '128..512:32', '0.25..1:0.25' or '128,160,192' name, as text.

    Raises UsageError where a range has no end or no values.
    """
    return [value for part in words.split(",") for value in _range(part)]


def _range(words: str) -> list[str]:
    if ".." not in words:
        return [words]
    span, _, step_words = words.partition(":")
    first_words, _, last_words = span.partition("..")
    try:
        first, last = Decimal(first_words), Decimal(last_words)
        step = Decimal(step_words or "1")
    except InvalidOperation:
        raise UsageError(f"'{words}' is not a range", remedy="write 128..512:32") from None
    if not step.is_finite() or step <= 0 or not first <= last or (last - first) / step > MOST:
        raise UsageError(
            f"the range '{words}' has no values, or too many", remedy="write 128..512:32"
        )
    count = int((last - first) / step) + 1
    return [format((first + i * step).normalize(), "f") for i in range(count)]


def names_of(words: str) -> list[str]:
    """The networks that 'mobilenet_v1+width=0.25..1:0.25' names: one for each value."""
    base, *rules = words.split(PLUS)
    choices = [_rules(rule) for rule in rules]
    return [PLUS.join([base, *chosen]) for chosen in product(*choices)]


def _rules(rule: str) -> list[str]:
    name, equals, value = rule.partition("=")
    if not equals or (".." not in value and "," not in value):
        return [rule]
    values, at, glob = value.partition("@")
    return [f"{name}={one}{at}{glob}" for one in expand(values)]


def sweep(
    reader: Reader, words: Sequence[str], inputs: str | None
) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """(number of points, a row of COLUMNS) for each point, input by input.

    A point that cannot be derived has its reason in `note` and no figures.
    """
    names = [name for word in words for name in names_of(word)]
    sizes: list[str | None] = list(expand(inputs)) if inputs else [None]
    if len(names) * len(sizes) > MOST:
        raise UsageError(f"more than {MOST:,} points", remedy="sweep a part of them at a time")
    with holding(reader, names) as (held, full):
        networks = _load(held, full)
    for size in sizes:
        for name, network in zip(full, networks, strict=True):
            yield len(names) * len(sizes), _point(name, network, size)


def _load(reader: Reader, names: Iterable[str]) -> list[Network]:
    from archdb.db.engine import reading
    from archdb.db.rows import load
    from archdb.db.store import id_of

    with reading(reader.path) as connection:
        return [load(connection, id_of(connection, reader.resolve(name))) for name in names]


def _point(name: str, network: Network, size: str | None) -> tuple[Any, ...]:
    from archdb.derive import derive, native_input
    from archdb.ops.shape import resize, text

    native = native_input(network)
    shape = native if size is None else resize(size, native)
    try:
        return _row(name, derive(network, shape))
    except ShapeError as error:
        return (
            name,
            text(shape),
            *(None,) * (len(COLUMNS) - 3),
            f"{error.places[-1]}: {error.what}",
        )


def _row(name: str, profile: Profile) -> tuple[Any, ...]:
    from archdb.ops.shape import text

    totals = profile.totals
    params = [totals[f"{role}_params"] for role in ("weight", "bias", "norm")]
    return (
        name,
        text(profile.input),
        None if None in params else sum(params),
        *(totals[column] for column in ("macs", "activations", "peak_activation_elements")),
        totals["receptive_field_h"],
        totals["note"],
    )
