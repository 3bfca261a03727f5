"""A Result as a table of pandas, polars or Arrow: exact, and each imported where it is asked for.

A column of whole numbers is one of 64-bit integers, also where some are missing. Numbers that are
not all whole are doubles, if that changes none of them; everything else that is mixed is text.
"""

from __future__ import annotations

import importlib
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from archdb.errors import ArchdbError

if TYPE_CHECKING:
    import pandas
    import polars
    import pyarrow

    from archdb.queries.result import Column, Result

#: How a column of values of one type is called in each library.
PANDAS = {int: "Int64", float: "Float64", str: "str", bytes: "object"}
POLARS = {int: "Int64", float: "Float64", str: "String", bytes: "Binary"}
ARROW = {int: "int64", float: "float64", str: "string", bytes: "binary"}


def to_pandas(result: Result) -> pandas.DataFrame:
    """A DataFrame; a column without a missing value has NumPy's own type."""
    library = _imported("pandas", "'archdb[pandas]'")
    made = []
    for kind, values in _columns(result):
        name = PANDAS[kind]
        if None not in values:
            name = name.lower()
        made.append(library.Series(values, dtype=name))
    frame = library.concat(made, axis=1) if made else library.DataFrame()
    named: pandas.DataFrame = frame.set_axis(result.columns, axis=1)
    return named


def to_polars(result: Result) -> polars.DataFrame:
    """A DataFrame of polars."""
    library = _imported("polars", "'archdb[polars]'")
    columns = zip(result.columns, _columns(result), strict=True)
    frame: polars.DataFrame = library.DataFrame(
        [
            library.Series(name, values, dtype=getattr(library, POLARS[kind]))
            for name, (kind, values) in columns
        ]
    )
    return frame


def to_arrow(result: Result) -> pyarrow.Table:
    """An Arrow table."""
    library = _imported("pyarrow", "'archdb[parquet]'")
    kinds, values = zip(*_columns(result), strict=True) if result.schema else ((), ())
    types = [getattr(library, ARROW[kind])() for kind in kinds]
    fields = [
        library.field(column.name, of, metadata=_metadata(column))
        for column, of in zip(result.schema, types, strict=True)
    ]
    arrays = [library.array(some, of) for some, of in zip(values, types, strict=True)]
    return library.Table.from_arrays(arrays, schema=library.schema(fields))


def to_parquet(result: Result) -> bytes:
    """The same as a Parquet file."""
    table = to_arrow(result)
    writer = _imported("pyarrow.parquet", "'archdb[parquet]'")
    file = io.BytesIO()
    writer.write_table(table, file)
    return file.getvalue()


def _metadata(column: Column) -> dict[str, str]:
    return {
        key: value for key, value in column._asdict().items() if key != "name" and value is not None
    }


def _columns(result: Result) -> list[tuple[type, list[Any]]]:
    """The values of each column, all of one type (or None), and that type."""
    columns = zip(*result.rows, strict=True) if result.rows else [()] * len(result.schema)
    return [_uniform(values) for values in columns]


def _uniform(values: Sequence[Any]) -> tuple[type, list[Any]]:
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {int, bool}:
        return (int if kinds else str), list(values)
    if kinds <= {int, float} and all(v is None or float(v) == v for v in values):
        return float, [None if value is None else float(value) for value in values]
    if len(kinds) == 1 and kinds <= {str, bytes}:
        return kinds.pop(), list(values)
    return str, [None if value is None else str(value) for value in values]


def _imported(library: str, package: str) -> Any:
    try:
        return importlib.import_module(library)
    except ImportError as error:
        raise ArchdbError(
            f"{library} is not installed or cannot be loaded: {error}",
            remedy=f"pip install {package}",
        ) from None
