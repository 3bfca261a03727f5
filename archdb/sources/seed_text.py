"""A seed as the text of its file, as one would write it by hand: what `sources.toml` reads."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import Any

from archdb.model.declaration import Declaration
from archdb.sources.records import DIFFERENCE, HEADER, REFERENCE, SOURCE, Reference, Seed
from archdb.sources.seed_rows import Row, seed_rows
from archdb.sources.toml_text import attributes, key, text

#: Of a header's keys, those that have a line of their own; the others are tables.
LINES = ("name", "title", "family", "year", "aliases", "variant_of", "classes")
#: What the first input is called unless a seed says it.
INPUT = "data"


def seed_text(seed: Seed, shared: Container[Reference] = ()) -> str:
    """The file of a seed. `shared`: references that whoever reads it has."""
    parts = [_lines(HEADER, {name: getattr(seed, name) for name in LINES})]
    parts += [_table("[[difference]]", DIFFERENCE, d._asdict()) for d in seed.differences]
    parts += [_table("[[source]]", SOURCE, source._asdict()) for source in seed.sources]
    parts += [
        _table(f"[reference.{key(reference.key)}]", REFERENCE, reference._asdict())
        for reference in seed.references
        if reference not in shared
    ]
    return "\n".join([*parts, "".join(f"{line}\n" for line in _net(seed))])


def _table(head: str, declaration: Declaration, values: Mapping[str, Any]) -> str:
    return f"{head}\n{_lines(declaration, values)}"


def _lines(declaration: Declaration, values: Mapping[str, Any]) -> str:
    said = attributes(declaration, values)
    return "".join(f"{name} = {text(value)}\n" for name, value in said.items())


def _net(seed: Seed) -> Iterator[str]:
    source = next(layer for layer in seed.network if layer.op.source)
    drawn = seed_rows(seed.network)
    yield "[net]"
    yield f"input = {text(source.op.shape)}"
    if source.name != INPUT:
        yield f"input_name = {text(source.name)}"
    if source.op.axis_names:
        yield f"input_axis_names = {text(source.op.axis_names)}"
    yield from _rows("layers", drawn.layers)
    if drawn.outputs:
        yield f"outputs = {text(drawn.outputs)}"
    if drawn.auxiliary:
        yield from _rows("auxiliary", drawn.auxiliary)
    if drawn.each:
        yield f"each = {text(drawn.each)}"


def _rows(name: str, rows: Iterable[Row]) -> Iterator[str]:
    yield f"{name} = ["
    yield from _laid_out(rows, "  ")
    yield "]"


def _laid_out(rows: Iterable[Row], indent: str) -> Iterator[str]:
    """A row to the line; those of a block that is spelled out further in."""
    for row in rows:
        *head, last = row
        if isinstance(last, list) and last and isinstance(last[0], list):
            yield f"{indent}[{', '.join(map(text, head))}, ["
            yield from _laid_out(last, f"{indent}  ")
            yield f"{indent}]],"
        else:
            yield f"{indent}{text(row)},"
