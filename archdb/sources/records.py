"""What a seed file says beside its layers: names, sources, references, differences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, NamedTuple

from archdb.errors import DefinitionError, nearest
from archdb.model.attributes import Count, Extents, Kind, Name, Text, Word, Year
from archdb.model.axes import Names as AxisNames
from archdb.model.declaration import Declaration
from archdb.model.graph import Network
from archdb.model.names import LONGEST_GLOB, legible, lower_case, short_glob


class Source(NamedTuple):
    """Which publication vouches for what: `where` is the table, section or file in it."""

    claim: str
    cite: str
    where: str


class Reference(NamedTuple):
    """A publication or a released file, as a bibliography has it."""

    key: str
    kind: str
    authors: tuple[str, ...]
    title: str
    year: int
    venue: str | None
    doi: str | None
    url: str | None


class Difference(NamedTuple):
    """How a variant differs from its base: an attribute's value there and here, in the layers
    whose names match one of the globs. `what` is an attribute, op, inputs or layer; a layer that
    one of the two does not have has an empty value there."""

    what: str
    base: str
    here: str
    layers: tuple[str, ...]
    why: str


class Seed(NamedTuple):
    """All that one seed file says."""

    name: str
    title: str
    family: str
    year: int
    aliases: tuple[str, ...]
    variant_of: str | None
    classes: int | None
    differences: tuple[Difference, ...]
    sources: tuple[Source, ...]
    references: tuple[Reference, ...]
    network: Network


def _is(wanted: type) -> Callable[[Any], Any]:
    def parse(value: Any) -> Any:
        if not isinstance(value, wanted):
            raise ValueError
        return value

    return parse


def _list_of(parse: Callable[[Any], Any], takes: str) -> Kind:
    return Kind(takes, lambda value: tuple(parse(item) for item in _is(list)(value)))


Names = Annotated[Any, _list_of(lower_case, "a list of words in lower case")]
Words = Annotated[Any, _list_of(_is(str), "a list of words")]
Globs = Annotated[
    Any, _list_of(short_glob, f"a list of words, globs of at most {LONGEST_GLOB} signs")
]
Rows = Annotated[
    Any, _list_of(_is(list), 'a list of rows such as ["conv1", "conv2d", {filters = 64}]')
]
Tables = Annotated[Any, _list_of(_is(dict), "tables")]
TomlTable = Annotated[Any, Kind("a table", _is(dict))]


def _each(value: Any) -> dict[str, dict[str, Any]]:
    return {name: _is(dict)(attributes) for name, attributes in _is(dict)(value).items()}


Each = Annotated[Any, Kind("a table of ops such as {batch_norm = {epsilon = 1e-3}}", _each)]
Phrase = Annotated[str, Kind("text, perhaps empty", _is(str))]

HEADER = Declaration(
    {
        "name": Name,
        "title": Text,
        "family": Word,
        "year": Year,
        "aliases": Names,
        "variant_of": Name,
        "classes": Count,
        "difference": Tables,
        "source": Tables,
        "reference": TomlTable,
        "net": TomlTable,
    },
    {
        "aliases": [],
        "variant_of": None,
        "classes": None,
        "difference": [],
        "source": [],
        "reference": {},
    },
)
NET = Declaration(
    {
        "input": Extents,
        "input_name": Word,
        "input_axis_names": AxisNames,
        "layers": Rows,
        "outputs": Words,
        "auxiliary": Rows,
        "each": Each,
    },
    {
        "input_name": "data",
        "input_axis_names": None,
        "outputs": [],
        "auxiliary": [],
        "each": {},
    },
)
DIFFERENCE = Declaration(
    {"what": Text, "base": Phrase, "here": Phrase, "layers": Globs, "why": Phrase}, {"why": ""}
)
SOURCE = Declaration({"claim": Text, "cite": Text, "where": Text}, {})
REFERENCE = Declaration(
    {
        "kind": Text,
        "authors": Words,
        "title": Text,
        "year": Count,
        "venue": Text,
        "doi": Text,
        "url": Text,
    },
    {"kind": "misc", "venue": None, "doi": None, "url": None},
)


def differences(header: Mapping[str, Any]) -> Iterable[Difference]:
    """The [[difference]] tables of a header."""
    if header["difference"] and header["variant_of"] is None:
        raise DefinitionError("states differences, but no variant_of to differ from")
    for number, row in enumerate(header["difference"], 1):
        try:
            stated = Difference(**DIFFERENCE.parse(row))
            if stated.base == stated.here:
                raise DefinitionError(f"states no difference: '{stated.base}' here and in the base")
            if not stated.layers:
                raise DefinitionError("names no layers", remedy='layers = ["*"] means all')
            yield stated
        except DefinitionError as error:
            raise error.at(f"difference {number}") from None


def references(data: Mapping[str, Any]) -> dict[str, Reference]:
    """A bibliography by key; DefinitionError naming the entry at fault."""
    found: dict[str, Reference] = {}
    for key, row in data.items():
        try:
            if not isinstance(row, dict):
                raise DefinitionError(f"needs a table, got {row!r}")
            found[key] = Reference(legible(key), **REFERENCE.parse(row))
        except DefinitionError as error:
            raise error.at(f"reference '{key}'") from None
    return found


def sources(rows: Iterable[Mapping[str, Any]], known: Mapping[str, Reference]) -> Iterable[Source]:
    """The [[source]] tables of a header, each citing a known reference."""
    for number, row in enumerate(rows, 1):
        try:
            source = Source(**SOURCE.parse(row))
            if source.cite not in known:
                raise DefinitionError(
                    f"cites '{source.cite}', which is in no list of references",
                    remedy=nearest(source.cite, known) or f"add a table [reference.{source.cite}]",
                )
        except DefinitionError as error:
            raise error.at(f"source {number}") from None
        yield source
