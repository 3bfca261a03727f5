"""Which dataset this is: its version, and hashes of what it says."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import TYPE_CHECKING

from archdb.dataset.canonical import Relation, definition, derived_tables
from archdb.queries.provenance import Release as Release
from archdb.queries.result import Result
from archdb.text import inline

if TYPE_CHECKING:
    from archdb.queries.reader import Reader


def release(reader: Reader) -> Release:
    """The release that a database holds."""
    version = reader.run("select value from meta where key = 'archdb_version'").column("value")
    return Release(inline("".join(version)), digest(reader, definition(reader)))


def digest(reader: Reader, relations: Iterable[Relation]) -> str:
    """SHA-256 over the rows, each a line of JSON in which what is NULL is left out.

    So neither the file's layout nor a column that a migration adds empty makes a difference.
    """
    found = hashlib.sha256()
    encode = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode
    for relation in relations:
        for row in reader.stream(relation.statement):
            pairs = zip(relation.columns, row, strict=True)
            said = {key: value for key, value in pairs if value is not None}
            found.update(f"{encode([relation.name, said])}\n".encode())
    return f"sha256:{found.hexdigest()}"


def info(reader: Reader) -> Result:
    """Version, hashes and sizes of the dataset, a row for each."""
    version, content = release(reader)
    relations = definition(reader)
    counts = [
        (
            f"rows of {relation.name}",
            reader.run(f'select count(*) from "{relation.name}"').rows[0][0],
        )
        for relation in relations
    ]
    hashes = [
        ("dataset version", version),
        ("content hash", content),
        ("figures hash", digest(reader, derived_tables(reader))),
    ]
    return Result(["item", "value"], [*hashes, *counts])
