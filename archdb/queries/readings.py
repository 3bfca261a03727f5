"""Readings of a printed number: a setting, counted by a convention, beside the printed digits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.analysis.weighing import Convention
from archdb.errors import NotFoundError, UsageError
from archdb.model.components import PARAMETERS
from archdb.printed_number import ROUND, Number, Printed
from archdb.queries import conventions
from archdb.queries.candidates import Candidate, Part, Tally, candidates
from archdb.queries.named import NetworkRef
from archdb.queries.tally_totals import Totals, weighed_sum

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: What a number may be of, and the components that a convention of that kind counts.
PARAMS = {"params", *(each.name for each in PARAMETERS)}
ELEMENTS = {"in_elements", "out_elements"}
KINDS = ("params", "activations", "macs")
#: What a narrow terminal leaves out last.
PRIORITY = ("architecture", "convention", "value", "digits", "input", "head", "off", "quantity")
COLUMNS = (
    "architecture",
    "input",
    "head",
    "quantity",
    "convention",
    "value",
    "off",
    "digits",
    "because",
    "published",
)
#: Between the conventions that share a row.
SHARED = ", "


class Wanted(NamedTuple):
    """What is asked for: one kind of number, one convention, one source; None where any will do."""

    quantity: str | None = None
    convention: conventions.Names = None
    source: str | None = None
    part: Part | None = None


ANYTHING = Wanted()


class Counting(NamedTuple):
    """A convention, what its total is of, and how many published figures of that are counted so."""

    convention: Convention
    kind: str
    followed: int


class Print(NamedTuple):
    """Where numbers with the same digits are published, of the same value of the same network;
    `same`: with no digit more; `is_named`: and of the very network that was named."""

    places: str
    same: bool
    is_named: bool


class Reading(NamedTuple):
    """A setting counted by a convention."""

    candidate: Candidate
    counting: Counting
    value: Number
    digits: str | None
    tally: Tally
    published: Print | None = None

    def arithmetic(self) -> str:
        """The sum that the value is."""
        return weighed_sum(self.counting.convention, self.tally)

    def cost(self) -> tuple[object, ...]:
        """What comes first: what is in print of the network that was named, then what is nearer
        to what was said; then what is in print at all, what is counted as more published figures
        are, and what has fewer rules of fewer terms."""
        convention = self.counting.convention
        unlike = self.digits not in (None, ROUND)
        rules = {tuple(weights.items()) for weights in convention.weights.values()}
        terms = sum(map(len, rules))
        distance = self.candidate.distance + unlike
        where = self.published or Print("", same=False, is_named=False)
        printed = (not where.is_named, distance, not where.same, not where.places)
        return *printed, -self.counting.followed, terms, unlike, self.candidate, convention.name


def countings(reader: Reader, wanted: Wanted, in_bytes: bool = False) -> list[Counting]:
    """The conventions that may be meant, those of one name or of a source that says the words.

    A size in bytes is of stored numbers, never of operations. NotFoundError where there is no
    convention of that name, or none and no publication speaks of the source.
    """
    conventions.check(reader, wanted.convention)
    followed = {(name, quantity): n for name, quantity, n in reader.run_named("followed").rows}
    named = _of_source(reader, wanted.source)
    found = []
    chosen = conventions.chosen(reader, wanted.convention)
    for convention in chosen or conventions.conventions(reader):
        kind = kind_of(convention)
        if wanted.quantity in (None, kind) and not (in_bytes and kind == KINDS[2]):
            asked = "file_bytes" if in_bytes else kind
            count = followed.get((convention.name, asked), 0)
            if convention.name in named:
                found.append(Counting(convention, kind, count))
    return found


def _of_source(reader: Reader, said: str | None) -> set[str]:
    """The conventions whose name, sentence or source has what is said; all, where nothing is."""
    rows = reader.run("select name, name || ' ' || source || ' ' || sentence from convention").rows
    named = {name for name, text in rows if said is None or said.casefold() in text.casefold()}
    if said is not None and not named and not reader.run_named("cited", text=said).rows:
        raise NotFoundError(
            f"no convention and no published figure has '{said}' in its source",
            remedy="archdb published lists the sources, archdb schema convention_total more",
        )
    return named


def kind_of(convention: Convention) -> str:
    """What a convention's total is of: operations, unless it counts tensors alone."""
    counted = {
        quantity for weights in convention.weights.values() for quantity, w in weights.items() if w
    }
    if counted <= PARAMS:
        return KINDS[0]
    return KINDS[1] if counted <= ELEMENTS else KINDS[2]


def readings_of(
    reader: Reader,
    network: NetworkRef,
    printed: Printed,
    counted: Iterable[Counting],
    part: Part | None,
) -> Iterator[Reading]:
    """Every setting of a network and its relatives under each of these conventions."""
    wanted = list(counted)
    alike: dict[tuple[str, str], list[tuple[Candidate, Tally]]] = {}
    for candidate, tally in candidates(reader, network, part):
        alike.setdefault((candidate.architecture, candidate.head), []).append((candidate, tally))
    for same in alike.values():
        totals = Totals([tally for _, tally in same])
        known: dict[tuple[Number | None, ...], list[Value]] = {}
        for counting in wanted:
            values = totals.by(counting.convention)
            if values not in known:  # many conventions count these ops alike
                known[values] = list(_by_value(same, values, printed))
            for candidate, value, digits, tally in known[values]:
                yield Reading(candidate, counting, value, digits, tally)


#: What stands in a reading whatever the convention is called.
Value = tuple[Candidate, Number, str | None, Tally]


def _by_value(
    inputs: list[tuple[Candidate, Tally]], totals: Iterable[Number | None], printed: Printed
) -> Iterator[Value]:
    """A network at its inputs with its totals there: those that are equal are one reading, that of
    the nearest, and all are named; where all are, the nearest speaks for them."""
    values: dict[Number, list[tuple[Candidate, Tally]]] = {}
    for value, setting in zip(totals, inputs, strict=True):
        if value:
            values.setdefault(value, []).append(setting)
    for value, same in values.items():
        candidate, tally = same[0]
        if 1 < len(same) < len(inputs):
            candidate = candidate._replace(input=", ".join(other.input for other, _ in same))
        yield candidate, value, printed.digits(value), tally


def plain_number(value: Number) -> int | float:
    """A value as a result holds it: whole wherever it can be."""
    return value if isinstance(value, int) else float(value)


def merge_rows(readings: Iterable[Reading], printed: Printed) -> list[tuple[Any, ...]]:
    """Rows of COLUMNS; conventions that agree on a setting share one, told by the simplest."""
    rows: dict[tuple[Candidate, str, Number], list[Reading]] = {}
    for reading in readings:
        rows.setdefault((reading.candidate, reading.counting.kind, reading.value), []).append(
            reading
        )
    return [
        (
            candidate.architecture,
            candidate.input,
            candidate.head,
            kind,
            SHARED.join(reading.counting.convention.name for reading in same),
            plain_number(value),
            plain_number(value - printed.value),
            same[0].digits,
            min(same, key=Reading.cost).arithmetic(),
            same[0].published.places if same[0].published else None,
        )
        for (candidate, kind, value), same in rows.items()
    ]


def conventions_of(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """Those that rows of `merge_rows` are counted by, each once."""
    at = columns.index("convention")
    return list(dict.fromkeys(name for row in rows if row[at] for name in row[at].split(SHARED)))


def split_part(reader: Reader, name: str, until: str | None) -> tuple[str, Part | None]:
    """The network of NAME/LAYER, and the part of it that is meant."""
    if "/" in name and not reader.run_named("resolve", name=name.lower()).rows:
        name, _, layer = name.partition("/")
        if until is not None:
            raise UsageError(
                f"a figure is of '{layer}' or of all up to '{until}', not of both",
                remedy=f"leave out /{layer}, or --until",
            )
        return name, Part(layer)
    return name, None if until is None else Part(until, until=True)
