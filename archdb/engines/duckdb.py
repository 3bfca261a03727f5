"""An analyst's SQL over the views, from the Parquet files of `archdb export --space`, by DuckDB.

The views bear the names and the columns that they have in SQLite; parameters are written $name.
Nothing is stored: a statement reads, and sees no file but those of the directory.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow

from archdb.analysis.conventions import bundled
from archdb.db.dictionary import entries, views
from archdb.db.expansion import expand
from archdb.errors import QueryError, UsageError
from archdb.queries.result import Result

FILES = ("definitions", "totals", "layers")
VIEWS = Path(__file__).with_name("views")
#: In an order in which each follows what it reads.
NAMES = (
    *("architecture_summary", "cost_summary", "layer_summary", "space_point", "op_summary"),
    *("block_summary", "resolution_summary", "convention_total"),
)


def query(
    directory: Path,
    statement: str,
    parameters: Mapping[str, Any],
    *,
    limit: int | None,
    timeout: float,
    memory: float,
) -> Result:
    """What one statement answers, in at most `timeout` seconds and `memory` megabytes.

    Raises QueryError where it does not read, is malformed or reaches a limit, UsageError where the
    directory is no export of a space.
    """
    connection = duckdb.connect(config={"memory_limit": f"{memory:g}MB"})
    timer = threading.Timer(timeout, connection.interrupt)
    try:
        _lay_views(connection, directory)
        _check_reads(connection, statement)
        timer.start()
        answer = connection.execute(statement, dict(parameters) or None)
        rows = answer.fetchall() if limit is None else answer.fetchmany(limit)
        return Result([column[0] for column in answer.description], rows)
    except duckdb.InterruptException:
        raise QueryError(
            f"the statement took more than {timeout:g} s", remedy="--timeout allows more"
        ) from None
    except duckdb.OutOfMemoryException:
        raise QueryError(
            f"the statement takes more than {memory:g} MB", remedy="--memory allows more"
        ) from None
    except duckdb.Error as error:
        raise _said(error) from None
    finally:
        timer.cancel()
        connection.close()


def _said(error: duckdb.Error) -> QueryError:
    """What DuckDB says, its proposal as the remedy; of a view that no file here has, which do."""
    what, *rest = str(error).partition("\n\nLINE")[0].splitlines()
    missing = re.search(r"Table with name (\w+) does not exist", what)
    if missing and missing[1] in views() and missing[1] not in NAMES:
        return QueryError(
            f"the files of a search space have no {missing[1]}",
            remedy=f"there are: {', '.join(NAMES)}",
        )
    return QueryError(what, remedy=" ".join(rest))


def _lay_views(connection: duckdb.DuckDBPyConnection, directory: Path) -> None:
    """The files and the conventions as tables, the views over them; then no other file is seen."""
    for name in FILES:
        if not any((directory / name).glob("*.parquet")):
            raise UsageError(
                f"there are no files {name}/*.parquet",
                remedy="archdb export --space NAME DIR writes them",
            ).at(str(directory))
        files = str(directory.resolve() / name / "*.parquet").replace("'", "''")
        connection.execute(f"create view {name} as select * from read_parquet('{files}')")
    for name, table in _conventions().items():
        connection.from_arrow(table).create(name)
    for name in NAMES:
        text = expand((VIEWS / f"{name}.sql").read_text("utf-8"))
        columns = ", ".join(f'"{e.column}"' for e in entries() if e.relation == name)
        connection.execute(f"create view {name} as select {columns} from ({text})")
    connection.execute("set integer_division = true")  # as SQLite divides
    allowed = str(directory.resolve()).replace("'", "''")
    connection.execute(f"set allowed_directories = ['{allowed}']")
    connection.execute("set enable_external_access = false")
    connection.execute("set lock_configuration = true")


def _conventions() -> dict[str, pyarrow.Table]:
    """The bundled conventions, by their names, and what each weighs."""
    weights = [(each.name, *row) for each in bundled() for row in each.rows()]
    columns = ("convention", "op", "quantity", "weight")
    divisors = {each.name: each.divisor for each in bundled()}
    return {
        "convention": pyarrow.table([[*divisors], [*divisors.values()]], ("name", "divisor")),
        "convention_weight": pyarrow.table([*zip(*weights, strict=True)], columns),
    }


def _check_reads(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    kinds = [each.type for each in connection.extract_statements(statement)]
    if len(kinds) != 1:
        raise QueryError(f"give one statement, not {len(kinds)}")
    if kinds[0] not in (duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN):
        word = re.split(r"\W", statement.strip())[0].upper()
        raise QueryError(f"only statements that read are run, not {word}")
