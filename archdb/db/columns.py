"""What the tables are made of: their naming, their kinds, and the constraints of value domains."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
)

NAMING = {
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)
Whole = BigInteger().with_variant(Integer, "sqlite")
TEXTS = {
    "receptive_field_layer",
    "receptive_field_note",
    "note",
    "costliest_layer",
    "costliest_op",
    "out_shape",
}


def table(name: str, *columns: Any, comment: str, **options: Any) -> Table:
    return Table(name, metadata, *columns, comment=comment, sqlite_strict=True, **options)


#: A table that is its primary key's index.
WITHOUT_ROWID: dict[str, Any] = {"sqlite_with_rowid": False}
#: A table whose ids are never given again, so that no row can inherit what a client that does
#: not check foreign keys has left of another.
AUTOINCREMENT: dict[str, Any] = {"sqlite_autoincrement": True}


def derived(names: tuple[str, ...]) -> list[Column[Any]]:
    return [Column(name, Text() if name in TEXTS else Whole) for name in names]


def flag(name: str) -> CheckConstraint:
    return CheckConstraint(f"{name} in (0, 1)", name=name)


def positive(*names: str) -> list[CheckConstraint]:
    return [CheckConstraint(f"{name} > 0", name=name) for name in names]


def whole_pair(pair: str) -> CheckConstraint:
    """A pair is stated whole or not at all."""
    return CheckConstraint(f"({pair}_h is null) = ({pair}_w is null)", name=f"{pair}_pair")


def only_where(condition: str, names: tuple[str, ...]) -> str:
    stated = " and ".join(f"{name} is not null" for name in names)
    absent = " and ".join(f"{name} is null" for name in names)
    return f"case when {condition} then {stated} else {absent} end"


def json(name: str) -> CheckConstraint:
    return CheckConstraint(f"{name} is null or json_valid({name})", name=name)


def of_network(column: str = "network_id", **more: Any) -> Column[Any]:
    key = ForeignKey("network.id", ondelete="CASCADE")
    return Column(column, Whole, key, nullable=False, **more)
