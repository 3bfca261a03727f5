"""croissant.json: the CSV files and their columns for machine learning tools.

After the Croissant format of MLCommons, version 1.0, http://mlcommons.org/croissant/1.0
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from archdb.dataset.release import Release
from archdb.export.files import Written
from archdb.export.frictionless import MEDIA
from archdb.export.relations import Table

VERSION = "http://mlcommons.org/croissant/1.0"
TYPES = {"integer": "sc:Integer", "number": "sc:Float", "string": "sc:Text"}
_CROISSANT = (
    "citeAs",
    "column",
    "equivalentProperty",
    "extract",
    "field",
    "fileObject",
    "fileProperty",
    "fileSet",
    "format",
    "includes",
    "isLiveDataset",
    "jsonPath",
    "key",
    "md5",
    "parentField",
    "path",
    "recordSet",
    "references",
    "regex",
    "repeated",
    "replace",
    "samplingRate",
    "separator",
    "source",
    "subField",
    "transform",
)
CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "rai": "http://mlcommons.org/croissant/RAI/",
    "sc": "https://schema.org/",
    **{word: f"cr:{word}" for word in _CROISSANT},
}


def croissant(
    release: Release,
    texts: Mapping[str, Any],
    cite: str,
    tables: Sequence[Table],
    files: Mapping[str, Written],
) -> dict[str, Any]:
    """The metadata as JSON-LD; `cite` is the dataset's own BibTeX entry."""
    return {
        "@context": CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": VERSION,
        "name": "archdb",
        "description": texts["abstract"],
        "version": release.version,
        "identifier": release.content,
        "license": f"https://spdx.org/licenses/{texts['license']}.html",
        "keywords": texts["keywords"],
        "creator": [{"@type": "sc:Organization", "name": name} for name in texts["authors"]],
        "citeAs": cite,
        "isLiveDataset": False,
        "distribution": [_file(file) for file in files.values()],
        "recordSet": [_records(table) for table in tables],
    }


def _file(file: Written) -> dict[str, Any]:
    suffix = file.path[file.path.rindex(".") :]
    return {
        "@type": "cr:FileObject",
        "@id": file.path,
        "name": file.path,
        "contentUrl": file.path,
        "contentSize": f"{file.size} B",
        "encodingFormat": MEDIA[suffix],
        "sha256": file.sha256,
    }


def _records(table: Table) -> dict[str, Any]:
    key = [{"@id": f"{table.name}/{column}"} for column in table.key]
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": table.description,
        **({"key": key} if key else {}),
        "field": [
            {
                "@type": "cr:Field",
                "@id": f"{table.name}/{field.name}",
                "name": field.name,
                "description": field.meaning or field.name,
                "dataType": TYPES[field.type],
                "source": {
                    "fileObject": {"@id": f"csv/{table.name}.csv"},
                    "extract": {"column": field.name},
                },
            }
            for field in table.fields
        ],
    }
