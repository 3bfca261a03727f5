"""A search space as Parquet files: definitions, totals and layer rows, a thousand networks each.

    DIR/definitions/part-00000.parquet    one row a network: what it is derived from
    DIR/totals/part-00000.parquet         one row a network: architecture_summary, cost_summary
    DIR/layers/part-00000.parquet         one row a layer: layer_summary

What stands in memory does not grow with the number of networks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from itertools import count, islice
from pathlib import Path
from typing import Any

import pyarrow
from pyarrow import parquet

from archdb import arrow
from archdb.engines.definition import BATCH, DEFINITION, row_of, values_text
from archdb.errors import DefinitionError, NotFoundError
from archdb.export.dataset import whole_directory
from archdb.queries.reader import Reader

#: Networks of one file.
PART = 1000
_COUNT = "select count(*) from network where space = :space"
#: A network of a space behind a number, and where it stands there.
_POINTS = """
    select n.name as architecture, n.space, n.number, n.title, n.family, n.year, n.classes,
        n.structure,
        (select json_group_object(p.attribute, p.value) from point p where p.network_id = n.id)
            as "values"
    from network n
    where n.space = :space and n.number > :after
    order by n.number
    limit :batch
"""


def export_space(reader: Reader, space: str, target: Path) -> int:
    """Write the points of a space that are in a database into a new (or empty) directory; how many.

    Raises NotFoundError where none is there, ArchdbError where the directory is not empty.
    """
    (total,) = reader.run(_COUNT, {"space": space}).rows[0]
    if not total:
        raise NotFoundError(
            f"no point of a search space '{space}' is in the database",
            remedy=f"archdb space build {space}",
        )
    done = 0
    with reader.snapshot(), whole_directory(target) as directory:
        batches = stored_definitions(reader, space)
        for part in count():
            reader.progress(done, total)
            some = [*islice(batches, PART // BATCH)]
            if not some:
                break
            write_part(directory, f"part-{part:05}.parquet", some)
            done += sum(batch.num_rows for batch in some)
    return done


def write_part(directory: Path, name: str, some: Sequence[pyarrow.RecordBatch]) -> None:
    """The definitions, and what follows from them, as a file in each of the three directories."""
    with ExitStack() as open_files:

        def opened(kind: str, made: pyarrow.Schema) -> parquet.ParquetWriter:
            (directory / kind).mkdir(exist_ok=True)
            without = made.remove(made.get_field_index("fault"))
            file = parquet.ParquetWriter(directory / kind / name, without, compression="zstd")
            return open_files.enter_context(file)

        definitions = opened("definitions", DEFINITION)
        for batch in some:
            definitions.write_batch(_faultless(batch))
        files = [opened("totals", arrow.schema("totals")), opened("layers", arrow.schema("rows"))]
        for found in arrow.derive_each(some, ("totals", "rows")):
            for file, batch in zip(files, found, strict=True):
                file.write_batch(_faultless(batch))


def _faultless(batch: pyarrow.RecordBatch) -> pyarrow.RecordBatch:
    """A batch without the column of faults, of which it must have none."""
    fault = next((fault for fault in batch.column("fault").to_pylist() if fault), None)
    if fault is not None:
        raise DefinitionError(fault)
    return batch.drop_columns(["fault"])


def stored_definitions(reader: Reader, space: str) -> Iterator[pyarrow.RecordBatch]:
    """Batches of DEFINITION of what the database says today."""
    after = -1
    while rows := reader.run(_POINTS, {"space": space, "after": after, "batch": BATCH}).to_dicts():
        found = [_definition(reader, row) for row in rows]
        yield pyarrow.RecordBatch.from_pylist(found, DEFINITION)
        after = rows[-1]["number"]


def _definition(reader: Reader, row: Mapping[str, Any]) -> dict[str, Any]:
    values = {"values": values_text(json.loads(row["values"]))}
    return {**row, **values, **row_of(reader.load(row["architecture"]))}
