"""Which network, input, head and counting convention give a number that someone has printed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.errors import UsageError
from archdb.printed import ROUND, Number, Printed, in_full, parse, whole
from archdb.queries import pricing
from archdb.queries.lineage import differences, told
from archdb.queries.pricing import Prices
from archdb.queries.result import Result
from archdb.queries.settings import Setting, Tally, settings

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: What a number may be of, and the components that a convention of that kind counts.
PARAMS = {"params", "weight_params", "bias_params", "norm_params", "buffers"}
ELEMENTS = {"in_elements", "out_elements"}
KINDS = ("params", "activations", "macs")
#: So many readings are shown unless all are asked for; so many of the nearest, where none fits.
SHOWN, NEAREST = 12, 6
COLUMNS = (
    *("architecture", "input", "head", "quantity", "convention"),
    *("value", "off", "digits", "because"),
)


class Reading(NamedTuple):
    """A setting counted by a convention."""

    setting: Setting
    kind: str
    prices: Prices
    value: Number
    digits: str | None
    tally: Tally


def explain_number(
    reader: Reader, name: str, words: str, quantity: str | None = None, *, everything: bool = False
) -> Result:
    """One row for each reading that gives the number at its printed precision, simplest first;
    or, where none does, for the nearest."""
    printed = parse(words)
    if quantity is not None and quantity not in KINDS:
        raise UsageError(f"a number is of no '{quantity}'", remedy=f"of one of: {', '.join(KINDS)}")
    network = reader.resolve(name)
    kinds = (quantity,) if quantity else KINDS
    found = list(_readings(reader, network, kinds, printed))
    hits = sorted((reading for reading in found if reading.digits), key=_simplest)
    nearest = sorted(found, key=lambda reading: abs(Fraction(reading.value) - printed.value))
    rows = _merged(hits or nearest, printed)
    most = len(rows) if everything else SHOWN if hits else NEAREST
    notes = [
        *_said(printed, len(rows) if hits else 0, most),
        *_variants(reader, network, (row[0] for row in rows[:most])),
    ]
    return Result(COLUMNS, rows[:most], notes)


def _readings(
    reader: Reader, network: str, kinds: Iterable[str], printed: Printed
) -> Iterator[Reading]:
    """Every setting under every convention of these kinds; one that the input size does not
    change is read once."""
    every = [(kind_of(prices), prices) for prices in pricing.conventions(reader)]
    wanted = [
        pair for pair in every if pair[0] in kinds and not (printed.bytes and pair[0] == KINDS[2])
    ]
    seen = set()
    for setting, tally in settings(reader, network):
        for kind, prices in wanted:
            parts = [prices.priced(op, counts) for op, counts in tally.items()]
            if None in parts:
                continue
            value = whole(Fraction(sum(part for part in parts if part), prices.divisor))
            key = (setting.architecture, setting.head, prices.name, value)
            if value and key not in seen:
                seen.add(key)
                yield Reading(setting, kind, prices, value, printed.digits(value), tally)


def kind_of(prices: Prices) -> str:
    """What a convention's total is of: operations, unless it counts tensors alone."""
    counted = {
        quantity for weights in prices.weights.values() for quantity, w in weights.items() if w
    }
    if counted <= PARAMS:
        return KINDS[0]
    return KINDS[1] if counted <= ELEMENTS else KINDS[2]


def _simplest(reading: Reading) -> tuple[object, ...]:
    """What comes first: nearer to what was said, then counted by fewer rules of fewer terms."""
    cut = reading.digits != ROUND
    rules = {tuple(weights.items()) for weights in reading.prices.weights.values()}
    terms = sum(map(len, rules))
    return reading.setting.far + cut, terms, cut, reading.setting, reading.prices.name


def _merged(readings: Iterable[Reading], printed: Printed) -> list[tuple[Any, ...]]:
    """Rows of COLUMNS; conventions that agree on a setting share one, told by the simplest."""
    rows: dict[tuple[Setting, str, Number], list[Reading]] = {}
    for reading in readings:
        rows.setdefault((reading.setting, reading.kind, reading.value), []).append(reading)
    return [
        (
            *(setting.architecture, setting.input, setting.head, kind),
            ", ".join(reading.prices.name for reading in same),
            *(_plain(value), _plain(value - printed.value), same[0].digits),
            _arithmetic(min(same, key=_simplest)),
        )
        for (setting, kind, value), same in rows.items()
    ]


def _plain(value: Number) -> int | float:
    """As a table holds it."""
    return value if isinstance(value, int) else float(value)


def _arithmetic(reading: Reading) -> str:
    """The sum, its largest term first: '4,089,184,256 macs + 2 × 11,113,984 out_elements of …'."""
    terms: dict[tuple[int, str], list[tuple[str, int]]] = {}
    for op, counts in reading.tally.items():
        for quantity, weight in reading.prices.weights[op].items():
            if weight and (count := counts[quantity]):
                terms.setdefault((weight, quantity), []).append((op, count))
    ordered = sorted(terms.items(), key=lambda term: -abs(term[0][0] * sum(n for _, n in term[1])))
    parts = [
        f"{_times(weight)}{sum(count for _, count in ops):,} {quantity}{_of(ops)}"
        for (weight, quantity), ops in ordered
    ]
    total = " + ".join(parts).replace("+ -", "- ")
    return total if reading.prices.divisor == 1 else f"({total}) / {reading.prices.divisor}"


def _times(weight: int) -> str:
    return {1: "", -1: "-"}.get(weight, f"{weight} × ")


def _of(ops: list[tuple[str, int]]) -> str:
    """The ops that a term is of, where they are few."""
    return f" of {', '.join(op for op, _ in ops)}" if len(ops) <= 2 else ""


def _said(printed: Printed, count: int, most: int) -> Iterator[str]:
    """What the digits stand for, and how many readings give them."""
    least, below = map(in_full, printed.rounded)
    unit = " numbers of 32 bits" if printed.bytes else ""
    yield f"{printed.words} is {least} up to, not including, {below}{unit}, rounded"
    if printed.aside:
        yield printed.aside
    if not count:
        yield "no reading gives it; the nearest are shown, and by how much they are off"
    elif count > most:
        yield f"{count - most} more readings give it: --all shows them"


def _variants(reader: Reader, network: str, shown: Iterable[object]) -> Iterator[str]:
    """How other networks than the one that was named differ from it."""
    for other in dict.fromkeys(map(str, shown)):
        if other != network:
            lines = told(differences(reader, network, other))
            more = f" (and {len(lines) - 3} more)" if len(lines) > 3 else ""
            yield f"{other} is not {network}: {'; '.join(lines[:3])}{more}"
