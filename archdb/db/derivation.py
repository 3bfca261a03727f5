"""Which archdb's derivation the figures of a file come from.

Points of search spaces are generated, and a packed one cannot be changed: while what derives is the
same, so is all that is stored of them, and an upgrade has nothing to derive again.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlalchemy import Connection, text

from archdb.db.self_description import keep, let_go

#: What has a part in a derived row, below the package.
SOURCES = (
    *("model", "ops", "analysis", "rounding.py"),
    *(f"db/{name}.py" for name in ("networks", "profile_lists", "shared_rows", "shared_tables")),
)
#: The row of `meta` that says it.
KEY = "derivation"
_PACKAGE = Path(__file__).parent.parent


def digest() -> str:
    """What tells this archdb's derivation from any other: a hash of the sources that derive."""
    found = hashlib.blake2b(digest_size=8)
    for path in sorted(path for source in SOURCES for path in _files(_PACKAGE / source)):
        content = path.read_bytes()
        found.update(f"{path.relative_to(_PACKAGE).as_posix()} {len(content)}\n".encode())
        found.update(content)
    return found.hexdigest()


def _files(source: Path) -> list[Path]:
    return list(source.rglob("*.py")) if source.is_dir() else [source]


def mark(connection: Connection) -> None:
    """Say that what is fresh comes from this archdb's derivation."""
    let_go(connection, KEY)
    keep(connection, KEY, digest())


def age_points(connection: Connection) -> None:
    """Make the points of search spaces stale, unless they come from this archdb's derivation, and
    `mark` that none comes from another one any longer."""
    query = text("select value from meta where key = :key")
    if connection.execute(query, {"key": KEY}).scalar() != digest():
        connection.execute(
            text("update network set revision = revision + 1 where space is not null")
        )
        mark(connection)
