"""What a person reads first: README, CITATION.cff, and where their words come from."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from archdb.dataset.release import Release
from archdb.export.files import Written
from archdb.export.relations import Table
from archdb.resources import bundled

#: The README; `places` are directories, `parquet` what must be known where one holds Parquet.
README = """# archdb {version}

{abstract}

- dataset version: {version}
- content hash: `{content}`
- figures hash: `{figures}`
{own}
The content hash covers the rows that define the networks, the figures hash what is derived from
them at their native inputs. Neither depends on the files here: `archdb --database archdb.sqlite
info` works them out again, and `archdb diff` compares two datasets row by row.

## Files

- `archdb.sqlite`: all of it, for any SQLite client (3.37 or newer) and for archdb itself.
- {places}: the views and tables below, one file each.
  Text is UTF-8, an empty field of a CSV file is NULL, counts are exact integers. Text is as
  it is, also where it begins like a formula: spreadsheets are to import it as text.{parquet}
- `datapackage.json`: types, units, meanings, keys and references of all columns (Frictionless).
- `croissant.json`: the same for machine learning tools (Croissant).
- `references.bib`, `CITATION.cff`: the publications that vouch for the networks, and how to cite
  this dataset. `LICENSE`: its licence ({license}).
- `SHA256SUMS`: `sha256sum --check SHA256SUMS` tells whether all files are whole.

## Rows

| table or view | rows | a row is |
| --- | ---: | --- |
{rows}"""
#: What stands beside the bundled networks.
OWN = """- networks of whoever exported it: {count}, content hash `{content}`
"""
PARQUET = """
  The bytes of Parquet files, and so their hashes, depend on the version of pyarrow too."""


class Hashes(NamedTuple):
    """Of what is bundled, and of its figures; how many networks are beside it, and their hash."""

    content: str
    figures: str
    own: int
    own_content: str


def words() -> dict[str, Any]:
    """What CITATION.cff says of archdb, in the little of YAML that it is written in."""
    text = bundled("CITATION.cff").read_text("utf-8")
    found: dict[str, Any] = {}
    for key in ("title", "license"):
        line = re.search(rf"^{key}: (.*)$", text, re.MULTILINE)
        found[key] = line[1].strip('"') if line else ""
    for key in ("authors", "keywords"):
        block = re.search(rf"^{key}:\n((?:  .*\n?)+)", text, re.MULTILINE)
        found[key] = re.findall(r"^  - (?:name: )?(.*)$", block[1] if block else "", re.MULTILINE)
    folded = re.search(r"^abstract: >-\n((?:  .*\n)+)", text, re.MULTILINE)
    found["abstract"] = " ".join(folded[1].split()) if folded else ""
    return found


def citation_cff(release: Release) -> str:
    """CITATION.cff of this dataset: that of archdb, with the hash that says which one it is."""
    text = bundled("CITATION.cff").read_text("utf-8")
    text = re.sub(r"^type: .*$", "type: dataset", text, flags=re.MULTILINE)
    version = f"version: {release.version}"
    text = re.sub(r"^version: .*$", lambda _: version, text, flags=re.MULTILINE)
    identifier = f"  - type: other\n    value: {release.content}\n    description: content hash\n"
    return f"{text.rstrip()}\nidentifiers:\n{identifier}"


def licence() -> str:
    """The text of the licence."""
    return bundled("LICENSE").read_text("utf-8")


def readme(
    version: str,
    hashes: Hashes,
    said: Mapping[str, Any],
    tables: Sequence[Table],
    files: Mapping[str, Written],
) -> str:
    """What is here, how many rows of it, and how to tell that it is whole."""
    rows = [(f"`{table.name}`", f"{table.rows:,}", _first(table.description)) for table in tables]
    parquet = any(path.endswith(".parquet") for path in files)
    return README.format(
        version=version,
        content=hashes.content,
        figures=hashes.figures,
        own=OWN.format(count=hashes.own, content=hashes.own_content) if hashes.own else "",
        abstract=said["abstract"],
        license=said["license"],
        places="`csv/` and `parquet/`" if parquet else "`csv/`",
        parquet=PARQUET if parquet else "",
        rows="".join(f"| {' | '.join(row)} |\n" for row in rows),
    )


def _first(text: str) -> str:
    """The first sentence, as a cell of a Markdown table."""
    return re.split(r"(?<=\.) ", text)[0].replace("|", "\\|")
