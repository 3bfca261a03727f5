"""The rows as files: CSV by the standard library, Parquet by pyarrow."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.errors import ArchdbError
from archdb.export.relations import Field, Table

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: How many rows stand in memory, and in a row group of a Parquet file.
BATCH = 50_000


class Written(NamedTuple):
    """A file of the export, as whoever fetches it can tell that it is whole."""

    path: str
    size: int
    sha256: str


def written(directory: Path, path: str) -> Written:
    """The file at a path in the export."""
    with (directory / path).open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Written(path, (directory / path).stat().st_size, sha256)


def write_csv(directory: Path, path: str, table: Table, reader: Reader) -> None:
    """RFC 4180 in UTF-8, but for lines that end in a line feed alone; NULL is an empty field."""
    with (directory / path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([field.name for field in table.fields])
        writer.writerows(table.stream(reader))


def has_pyarrow() -> bool:
    """Whether Parquet can be written."""
    import importlib.util

    return importlib.util.find_spec("pyarrow") is not None


def write_parquet(directory: Path, path: str, table: Table, reader: Reader) -> None:
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
    with parquet.ParquetWriter(directory / path, schema, compression="zstd") as writer:
        stream = table.stream(reader)
        while rows := list(islice(stream, BATCH)):
            arrays = [
                pyarrow.array(column, field.type)
                for column, field in zip(zip(*rows, strict=True), schema, strict=True)
            ]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))


def _metadata(field: Field) -> dict[str, str]:
    said = {"unit": field.unit, "meaning": field.meaning}
    return {word: text for word, text in said.items() if text}


def checksums(files: Iterable[Written]) -> str:
    """What `sha256sum --check` reads."""
    return "".join(f"{file.sha256}  {file.path}\n" for file in files)


def as_json(value: Any) -> str:
    """JSON for readers as well as programs: indented, keys in the order given."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"
