"""datapackage.json: every file of the export, its columns, keys and references.

After the Data Package standard of Frictionless Data, https://specs.frictionlessdata.io
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from archdb.dataset.release import Release
from archdb.export.files import Written
from archdb.export.relations import Field, Table

MEDIA = {
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".sqlite": "application/vnd.sqlite3",
}


def datapackage(
    release: Release,
    texts: Mapping[str, Any],
    tables: Sequence[Table],
    files: Mapping[str, Written],
) -> dict[str, Any]:
    """The descriptor; `files` are those of the export by path."""
    described = {f"csv/{table.name}.csv": table for table in tables}
    return {
        "profile": "data-package",
        "name": "archdb",
        "id": release.content,
        "title": texts["title"],
        "description": texts["abstract"],
        "version": release.version,
        "licenses": [{"name": texts["license"], "path": "LICENSE"}],
        "contributors": [{"title": name, "role": "author"} for name in texts["authors"]],
        "keywords": texts["keywords"],
        "resources": [_resource(file, described.get(file.path)) for file in files.values()],
    }


def _resource(file: Written, table: Table | None) -> dict[str, Any]:
    path = PurePosixPath(file.path)
    common = {
        "path": file.path,
        "format": path.suffix[1:],
        "mediatype": MEDIA[path.suffix],
        "bytes": file.size,
        "hash": f"sha256:{file.sha256}",
    }
    if table is None:
        name = f"{path.stem}-{path.suffix[1:]}"
        return {"name": name, "type": "file", **common}
    return {
        "name": table.name,
        "type": "table",
        "profile": "tabular-data-resource",
        "description": table.description,
        **common,
        "encoding": "utf-8",
        "dialect": {"lineTerminator": "\n", "delimiter": ",", "doubleQuote": True},
        "schema": _schema(table),
    }


def _schema(table: Table) -> dict[str, Any]:
    keys = {
        "primaryKey": table.key,
        "foreignKeys": [
            {"fields": [column], "reference": {"resource": other, "fields": [key]}}
            for column, other, key in table.refers
        ],
    }
    return {
        "fields": [_field(field, field.name in table.key) for field in table.fields],
        "missingValues": [""],
        **{word: value for word, value in keys.items() if value},
    }


def _field(field: Field, in_key: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"name": field.name, "type": field.type}
    if field.meaning:
        found |= {"description": field.meaning, "unit": field.unit}
    if field.unit == "flag":
        found["constraints"] = {"enum": [0, 1]}
    if in_key:
        found["constraints"] = {**found.get("constraints", {}), "required": True}
    return found
