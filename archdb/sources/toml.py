"""Seed files: one TOML file is one network, its sources and its names.

    name = "vgg16"                     # one exact network; the file is called vgg16.toml
    title = "VGG-16 (configuration D)"
    family = "VGG"
    year = 2014

    [[source]]
    claim = "layer table"              # what the source vouches for
    cite = "simonyan2015"              # a key of seeds/references, or of [reference.KEY] here
    where = "Table 1, column D"

    [net]
    input = [3, 224, 224]
    layers = [
      ["conv1", "conv_stage", {width = 64, kernels = [3, 3]}],
      ["sum",   "add", ["conv1", "shortcut"]],
    ]
    outputs = ["sum"]                  # where there is more than the last layer
    auxiliary = []                     # rows of heads that only training runs
    each = {}                          # attributes that every layer of an op has, as in
                                       # {batch_norm = {epsilon = 1e-3}}, whatever its row says

A row is a name, an op or a block, its attributes, and the layers it reads where that is not
the row above. An op's row may say weights_of = "conv1" among its attributes: it uses the tensors
of that layer, which has the same op, in place of its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from archdb.analysis.inputs import check_names
from archdb.blocks import REGISTRY as BLOCKS
from archdb.blocks import NetworkBuilder
from archdb.errors import ArchdbError, DefinitionError, nearest
from archdb.model.graph import Network
from archdb.model.names import legible
from archdb.ops import REGISTRY as OPS
from archdb.ops import make
from archdb.resources import bundled
from archdb.rounding import Written
from archdb.sources.records import HEADER, NET, Reference, Seed, differences, references, sources


def load(path: Path, shared: Mapping[str, Reference] | None = None) -> Seed:
    """The seed in a file. `shared` are references that the file may cite besides its own.

    Raises DefinitionError naming file, row and layer.
    """
    try:
        return _seed(_toml(path), shared or {})
    except ArchdbError as error:
        raise error.at(str(path)) from None


def loads(data: bytes, shared: Mapping[str, Reference] | None = None) -> Seed:
    """The same of a file's bytes; errors name no file."""
    return _seed(_parsed(data), shared or {})


def bundled_references() -> dict[str, Reference]:
    """The bibliography that all bundled seeds cite from."""
    found: dict[str, Reference] = {}
    for path in sorted((bundled("seeds") / "references").glob("*.toml")):
        try:
            own = references(_toml(path))
            for key in own.keys() & found.keys():
                raise DefinitionError("is in another file as well").at(f"reference '{key}'")
            found |= own
        except ArchdbError as error:
            raise error.at(str(path)) from None
    return found


def bundled_files() -> list[Path]:
    """The seed files that archdb ships, in the order of their names."""
    return sorted((bundled("seeds") / "nets").glob("*.toml"))


def _toml(path: Path) -> dict[str, Any]:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DefinitionError(f"cannot be read: {error.strerror}") from None
    except ValueError:  # a NUL or half a character in the path
        raise DefinitionError("cannot be the name of a file") from None
    return _parsed(data)


def _parsed(data: bytes) -> dict[str, Any]:
    try:
        text = data.decode("utf-8-sig")  # some editors begin it with a mark
    except UnicodeDecodeError as error:
        raise DefinitionError(
            f"is not UTF-8 text: byte {error.start} is wrong", remedy="save the file as UTF-8"
        ) from None
    if not text.strip():
        raise DefinitionError("is empty", remedy="a seed needs name, title, family, year and [net]")
    try:
        return tomllib.loads(text, parse_float=Written)
    except (ValueError, RecursionError) as error:  # also: a number or a nesting without end
        raise DefinitionError(f"is not TOML: {error}") from None


def _seed(data: dict[str, Any], shared: Mapping[str, Reference]) -> Seed:
    header = HEADER.parse(data)
    own = references(header["reference"])
    known = {**shared, **own}
    found = tuple(sources(header["source"], known))
    try:
        network = _network(header["name"], NET.parse(header["net"]))
    except ArchdbError as error:
        raise error.at("[net]") if not error.places else error from None
    cited = {source.cite for source in found}
    own_words = {key: header[key] for key in Seed._fields if key in header}
    return Seed(
        **own_words,
        differences=tuple(differences(header)),
        sources=found,
        references=tuple(known[key] for key in sorted(cited)),
        network=network,
    )


def _network(name: str, net: Mapping[str, Any]) -> Network:
    builder = NetworkBuilder(net["each"])
    axes = {"axis_names": net["input_axis_names"]} if net["input_axis_names"] else {}
    builder.add(net["input_name"], make("input", {"shape": net["input"], **axes}))
    _lay(builder, net["layers"], "row")
    outputs = net["outputs"] or (builder.last,)
    builder.auxiliary = True
    _lay(builder, net["auxiliary"], "auxiliary row")
    network = builder.network(name)
    check_names(network)
    ops = {layer.op.name for layer in network}
    for stated in net["each"].keys() - ops:
        raise DefinitionError(
            f"'{stated}' is the op of no layer", remedy=nearest(stated, sorted(ops))
        ).at("each")
    _check_outputs(network, outputs)
    return network


def _check_outputs(network: Network, outputs: tuple[str, ...]) -> None:
    """What nothing reads is an output: the last layer, or those that the seed states; any other
    was left hanging by mistake."""
    main = [layer for layer in network if not layer.auxiliary]
    read = {source for layer in main for source in layer.inputs}
    for layer in main:
        if layer.name not in read and layer.name not in outputs:
            raise DefinitionError(
                "nothing reads it", remedy=f'if it is an output: outputs = ["{layer.name}", …]'
            ).at(f"layer '{layer.name}'")
    names = [layer.name for layer in main]
    for name in outputs:
        if name not in names:
            raise DefinitionError(
                f"'{name}' is stated as an output, but is no layer", remedy=nearest(name, names)
            )


def _lay(builder: NetworkBuilder, rows: Iterable[list[Any]], what: str) -> None:
    for number, row in enumerate(rows, start=1):
        try:
            _lay_row(builder, row)
        except ArchdbError as error:
            name = row[0] if row else ""
            raise error.at(f"{what} {number} '{name}'") from None


def _lay_row(builder: NetworkBuilder, row: list[Any]) -> None:
    """A row; one whose last part are rows is a block that is spelled out, of whatever kind."""
    if not _holds_rows(row):
        builder.row(*_row(row))
        return
    *head, rows = row
    name, kind, attributes, inputs = _head(head)
    if inputs is not None:
        raise DefinitionError("a block that is spelled out reads what its rows say")
    with builder.inside(legible(name), legible(kind), attributes):
        _lay(builder, rows, "row")


def _holds_rows(row: list[Any]) -> bool:
    rows = row[-1] if len(row) > 2 else None
    return isinstance(rows, list) and bool(rows) and all(isinstance(one, list) for one in rows)


def _row(row: list[Any]) -> tuple[str, str, dict[str, Any], tuple[str, ...] | None]:
    """The parts of a row whose kind is an op or a figure."""
    name, kind, attributes, inputs = _head(row)
    if kind not in OPS and kind not in BLOCKS:
        raise DefinitionError(
            f"unknown op or block '{kind}'",
            remedy=nearest(kind, [*OPS, *BLOCKS])
            or "an op archdb does not know is written as 'unknown' with its kind",
        )
    return name, kind, attributes, inputs


def _head(row: list[Any]) -> tuple[str, str, dict[str, Any], tuple[str, ...] | None]:
    """name, op or block, attributes, inputs; None where these are not said."""
    attributes: dict[str, Any] = {}
    inputs: tuple[str, ...] | None = None
    if len(row) < 2 or not all(isinstance(word, str) and word for word in row[:2]):
        raise DefinitionError(f"needs a name and an op or block, got {row!r}")
    name, kind, *rest = row
    legible(name)
    for part in rest:
        if isinstance(part, dict):
            attributes = part
        elif isinstance(part, list) and all(isinstance(word, str) for word in part):
            inputs = tuple(part)
        else:
            raise DefinitionError(
                f"needs attributes in braces and inputs in brackets, got {part!r}"
            )
    return name, kind, attributes, inputs
