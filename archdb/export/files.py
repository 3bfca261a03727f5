"""The rows as files: CSV by the standard library, Parquet by pyarrow."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.errors import ArchdbError
from archdb.export.relations import Field, Table
from archdb.render.formats import csv_writer

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: How many rows stand in memory, and in a row group of a Parquet file.
BATCH = 50_000

Row = tuple[Any, ...]
#: What takes the rows of one file.
Sink = Callable[[list[Row]], object]


class Written(NamedTuple):
    """A file of the export, as whoever fetches it can tell that it is whole."""

    path: str
    size: int
    sha256: str


def describe_written(directory: Path, path: str) -> Written:
    """The file at a path in the export."""
    with (directory / path).open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Written(path, (directory / path).stat().st_size, sha256)


def write_table(directory: Path, table: Table, reader: Reader, *, parquet: bool) -> list[str]:
    """The rows as CSV, and as Parquet if asked; they are read once. Returns the paths."""
    opened = {f"csv/{table.name}.csv": _csv}
    if parquet:
        opened[f"parquet/{table.name}.parquet"] = _parquet
    with contextlib.ExitStack() as stack:
        sinks = [stack.enter_context(how(directory / path, table)) for path, how in opened.items()]
        stream = reader.stream(table.statement)
        while rows := list(islice(stream, BATCH)):
            for sink in sinks:
                sink(rows)
    return list(opened)


@contextlib.contextmanager
def _csv(path: Path, table: Table) -> Iterator[Sink]:
    """RFC 4180 in UTF-8, but for lines that end in a line feed alone; NULL is an empty field."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv_writer(file)
        writer.writerow([field.name for field in table.fields])
        yield writer.writerows


def has_pyarrow() -> bool:
    """Whether Parquet can be written."""
    import importlib.util

    return importlib.util.find_spec("pyarrow") is not None


@contextlib.contextmanager
def _parquet(path: Path, table: Table) -> Iterator[Sink]:
    """The same rows with their types, and with units and meanings as metadata of the columns."""
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise ArchdbError(
            "Parquet needs pyarrow, which is not installed",
            remedy="pip install 'archdb[parquet]', or leave it out with --no-parquet",
        ) from None
    types = {"integer": pyarrow.int64(), "number": pyarrow.float64(), "string": pyarrow.string()}
    schema = pyarrow.schema(
        [pyarrow.field(f.name, types[f.type], metadata=_metadata(f)) for f in table.fields]
    )
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:

        def sink(rows: list[Row]) -> None:
            columns = zip(zip(*rows, strict=True), schema, strict=True)
            arrays = [pyarrow.array(column, field.type) for column, field in columns]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))

        yield sink


def _metadata(field: Field) -> dict[str, str]:
    said = {"unit": field.unit, "meaning": field.meaning}
    return {word: text for word, text in said.items() if text}


def checksums(files: Iterable[Written]) -> str:
    """What `sha256sum --check` reads."""
    return "".join(f"{file.sha256}  {file.path}\n" for file in files)


def as_json(value: Any) -> str:
    """JSON for readers as well as programs: indented, keys in the order given."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
