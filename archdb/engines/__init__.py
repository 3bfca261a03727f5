"""Whole search spaces outside of SQLite: as Parquet files, in DuckDB, in Spark."""

from importlib.util import find_spec

from archdb.errors import ArchdbError


def need(what: str, extra: str, *libraries: str) -> None:
    """Raises ArchdbError with the remedy where one of these libraries is not installed."""
    missing = [library for library in libraries if find_spec(library) is None]
    if missing:
        raise ArchdbError(
            f"{what} needs {' and '.join(missing)}, not installed here",
            remedy=f"pip install 'archdb[{extra}]'",
        )
