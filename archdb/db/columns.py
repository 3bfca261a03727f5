"""What the table modules share: the metadata, column types and constraints."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, ForeignKey, Integer, MetaData, Table

NAMING = {
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)
Whole = BigInteger().with_variant(Integer, "sqlite")


def table(name: str, *columns: Any, rowid: bool = True, comment: str) -> Table:
    return Table(
        name, metadata, *columns, comment=comment, sqlite_strict=True, sqlite_with_rowid=rowid
    )


def flag(name: str) -> CheckConstraint:
    return CheckConstraint(f"{name} in (0, 1)", name=name)


def positive(*names: str) -> list[CheckConstraint]:
    return [CheckConstraint(f"{name} > 0", name=name) for name in names]


def json(name: str) -> CheckConstraint:
    return CheckConstraint(f"{name} is null or json_valid({name})", name=name)


def of_network(column: str = "network_id", **more: Any) -> Column[Any]:
    key = ForeignKey("network.id", ondelete="CASCADE")
    return Column(column, Whole, key, nullable=False, **more)
