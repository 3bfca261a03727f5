"""The whole export: into a directory that appears when everything in it is written."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from archdb.dataset.canonical_file import write as write_database
from archdb.dataset.release import IMPORTED, content, figures, release
from archdb.db.unfinished import workplace
from archdb.errors import ArchdbError, DatabaseError
from archdb.export import texts
from archdb.export.croissant import croissant
from archdb.export.files import as_json, checksums, describe_written, write_table
from archdb.export.frictionless import datapackage
from archdb.export.relations import tables
from archdb.queries.reader import Reader
from archdb.render.bibtex import bibliography, own

#: The file of checksums.
SUMS = "SHA256SUMS"


def export(source: Path, target: Path, *, parquet: bool) -> int:
    """Write the dataset of a database into a new (or empty) directory; the number of files.

    Raises ArchdbError where the directory is not empty, or cannot be made.
    """
    with whole_directory(target) as directory:
        write_database(source, directory / "archdb.sqlite")
        with Reader(directory / "archdb.sqlite") as reader:
            if reader.run_named("stale", points=True).rows:
                raise DatabaseError(
                    "another program has changed rows since they were derived",
                    remedy="try again when it has finished",
                ).at(str(source))
            _write(directory, reader, parquet)
        return sum(path.is_file() for path in directory.rglob("*"))


def _write(directory: Path, reader: Reader, parquet: bool) -> None:
    found = tables(reader)
    for kind in ("csv", "parquet") if parquet else ("csv",):
        (directory / kind).mkdir()
    paths = [write_table(directory, table, reader, parquet=parquet) for table in found]
    every = ["archdb.sqlite", *sorted(path for some in paths for path in some)]
    files = {path: describe_written(directory, path) for path in every}
    made, said = release(reader), texts.words()
    hashes = texts.Hashes(made.content, figures(reader), made.own, content(reader, IMPORTED))
    citations = reader.run_named("all_citations").to_dicts()
    pages = {
        "datapackage.json": as_json(datapackage(made, said, found, files)),
        "croissant.json": as_json(croissant(made, said, own(made), found, files)),
        "references.bib": bibliography(citations, made),
        "CITATION.cff": texts.citation_cff(made),
        "LICENSE": texts.licence(),
        "README.md": texts.readme(made.version, hashes, said, found, files),
    }
    for name, text in pages.items():
        (directory / name).write_text(text, "utf-8", newline="\n")
    sums = checksums([*files.values(), *(describe_written(directory, name) for name in pages)])
    (directory / SUMS).write_text(sums, "utf-8", newline="\n")


@contextlib.contextmanager
def whole_directory(target: Path) -> Iterator[Path]:
    """A directory to fill beside `target`, which takes its place when it is finished."""
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        what = "is not empty" if target.is_dir() else "is a file"
        raise ArchdbError(what, remedy="name a directory that is not there yet").at(str(target))
    if not target.resolve().parent.is_dir():
        raise ArchdbError(
            f"the directory {target.resolve().parent} does not exist", remedy="create it first"
        ).at(str(target))
    beside = target.resolve().parent
    with contextlib.ExitStack() as stack:
        try:
            part = stack.enter_context(workplace(beside)) / target.resolve().name
            part.mkdir()
        except OSError as error:
            raise ArchdbError(f"cannot be made: {error.strerror}").at(str(target)) from None
        try:
            yield part
        except OSError as error:
            raise ArchdbError(
                f"cannot be written: {error.strerror}; nothing is left of it",
                remedy="look at the free room and the health of the disk, then try again",
            ).at(str(target)) from None
        _place(part, target)


def _place(part: Path, target: Path) -> None:
    """Give the finished directory its name. One that is there already, and empty, is filled: it
    may be where somebody stands (`export .`). What tells that all is there comes last."""
    if not target.exists():
        part.rename(target)
        return
    for entry in sorted(part.iterdir(), key=lambda entry: entry.name == SUMS):
        entry.rename(target / entry.name)
