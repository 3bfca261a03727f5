"""Seed files: one TOML file is one network, its sources and its names.

    name = "vgg16"                     # one exact network; the file is called vgg16.toml
    title = "VGG-16 (configuration D)"
    family = "VGG"
    year = 2014

    [[source]]
    claim = "layer table"              # what the source vouches for
    cite = "simonyan2015"              # a key of references.toml, or of [reference.KEY] here
    where = "Table 1, column D"

    [net]
    input = [3, 224, 224]
    layers = [
      ["conv1", "conv_stage", {width = 64, kernels = [3, 3]}],
      ["sum",   "add", ["conv1", "shortcut"]],
    ]
    auxiliary = []                     # rows of heads that only training runs

A row is a name, an op or a block, its attributes, and the layers it reads where that is not
the row above.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from archdb.blocks import REGISTRY as BLOCKS
from archdb.blocks import Draft
from archdb.errors import ArchdbError, DefinitionError, nearest
from archdb.graph import Network
from archdb.ops import REGISTRY as OPS
from archdb.ops import make
from archdb.ops.attributes import Count, Declaration, Extents, Kind, Name, Text, Year, lower_case
from archdb.paths import bundled


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


class Seed(NamedTuple):
    """All that one seed file says."""

    name: str
    title: str
    family: str
    year: int
    aliases: tuple[str, ...]
    variant_of: str | None
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
Rows = Annotated[
    Any, _list_of(_is(list), 'a list of rows such as ["conv1", "conv2d", {filters = 64}]')
]
Tables = Annotated[Any, _list_of(_is(dict), "tables")]
TomlTable = Annotated[Any, Kind("a table", _is(dict))]

HEADER = Declaration(
    {
        **{"name": Name, "title": Text, "family": Text, "year": Year, "aliases": Names},
        **{"variant_of": Name, "source": Tables, "reference": TomlTable, "net": TomlTable},
    },
    {"aliases": [], "variant_of": None, "source": [], "reference": {}},
)
NET = Declaration(
    {"input": Extents, "input_name": Text, "layers": Rows, "auxiliary": Rows},
    {"input_name": "data", "auxiliary": []},
)
SOURCE = Declaration({"claim": Text, "cite": Text, "where": Text}, {})
REFERENCE = Declaration(
    {
        **{"kind": Text, "authors": Words, "title": Text, "year": Count},
        **{"venue": Text, "doi": Text, "url": Text},
    },
    {"kind": "misc", "venue": None, "doi": None, "url": None},
)


def load(path: Path, shared: Mapping[str, Reference] | None = None) -> Seed:
    """The seed in a file. `shared` are references that the file may cite besides its own.

    Raises DefinitionError naming file, row and layer.
    """
    try:
        return _seed(_toml(path), shared or {})
    except ArchdbError as error:
        raise error.at(str(path)) from None


def bundled_references() -> dict[str, Reference]:
    """The bibliography that all bundled seeds cite from."""
    path = bundled("seeds") / "references.toml"
    try:
        return _references(_toml(path))
    except ArchdbError as error:
        raise error.at(str(path)) from None


def bundled_files() -> list[Path]:
    """The seed files that archdb ships, in the order of their names."""
    return sorted((bundled("seeds") / "nets").glob("*.toml"))


def _toml(path: Path) -> dict[str, Any]:
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise DefinitionError(
            f"is not UTF-8 text: byte {error.start} is wrong", remedy="save the file as UTF-8"
        ) from None
    except OSError as error:
        raise DefinitionError(f"cannot be read: {error.strerror}") from None
    if not text.strip():
        raise DefinitionError("is empty", remedy="a seed needs name, title, family, year and [net]")
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also: a number or a nesting without end
        raise DefinitionError(f"is not TOML: {error}") from None


def _seed(data: dict[str, Any], shared: Mapping[str, Reference]) -> Seed:
    header = HEADER.parse(data)
    own = _references(header["reference"])
    known = {**shared, **own}
    sources = tuple(_source(number, row, known) for number, row in enumerate(header["source"], 1))
    try:
        network = _network(header["name"], NET.parse(header["net"]))
    except ArchdbError as error:
        raise error.at("[net]") if not error.places else error from None
    cited = {source.cite for source in sources}
    own_words = {key: header[key] for key in Seed._fields if key in header}
    return Seed(
        **own_words,
        sources=sources,
        references=tuple(known[key] for key in sorted(cited)),
        network=network,
    )


def _references(data: Mapping[str, Any]) -> dict[str, Reference]:
    found: dict[str, Reference] = {}
    for key, row in data.items():
        try:
            if not isinstance(row, dict):
                raise DefinitionError(f"needs a table, got {row!r}")
            found[key] = Reference(key, **REFERENCE.parse(row))
        except DefinitionError as error:
            raise error.at(f"reference '{key}'") from None
    return found


def _source(number: int, row: Mapping[str, Any], known: Mapping[str, Reference]) -> Source:
    try:
        source = Source(**SOURCE.parse(row))
        if source.cite not in known:
            raise DefinitionError(
                f"cites '{source.cite}', which is in no list of references",
                remedy=nearest(source.cite, known) or f"add a table [reference.{source.cite}]",
            )
    except DefinitionError as error:
        raise error.at(f"source {number}") from None
    return source


def _network(name: str, net: Mapping[str, Any]) -> Network:
    draft = Draft()
    draft.add(net["input_name"], make("input", {"shape": net["input"]}))
    _lay(draft, net["layers"], "row")
    draft.auxiliary = True
    _lay(draft, net["auxiliary"], "auxiliary row")
    return draft.network(name)


def _lay(draft: Draft, rows: Iterable[list[Any]], what: str) -> None:
    for number, row in enumerate(rows, start=1):
        try:
            draft.row(*_row(row))
        except ArchdbError as error:
            name = row[0] if row else ""
            raise error.at(f"{what} {number} '{name}'") from None


def _row(row: list[Any]) -> tuple[str, str, dict[str, Any], tuple[str, ...]]:
    """name, op or block, attributes, inputs."""
    attributes: dict[str, Any] = {}
    inputs: tuple[str, ...] = ()
    if len(row) < 2 or not all(isinstance(word, str) and word for word in row[:2]):
        raise DefinitionError(f"needs a name and an op or block, got {row!r}")
    name, kind, *rest = row
    for part in rest:
        if isinstance(part, dict):
            attributes = part
        elif isinstance(part, list) and part and all(isinstance(word, str) for word in part):
            inputs = tuple(part)
        else:
            raise DefinitionError(
                f"needs attributes in braces and inputs in brackets, got {part!r}"
            )
    if kind not in OPS and kind not in BLOCKS:
        raise DefinitionError(
            f"unknown op or block '{kind}'",
            remedy=nearest(kind, [*OPS, *BLOCKS])
            or "an op archdb does not know is written as 'unknown' with its kind",
        )
    return name, kind, attributes, inputs
