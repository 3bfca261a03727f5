"""archdb: neural network architectures as layer rows, and everything derived from them.

import archdb
db = archdb.open()                       # the bundled networks
db.compare("vgg16", "alexnet")           # a Result: .columns, .rows, .to_dicts()
db.query("select architecture, macs from architecture_summary where macs < :most", most=10**9)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import os

    from archdb.api import Database

from archdb.version import __version__ as __version__


def open(path: str | os.PathLike[str] | None = None, **options: Any) -> Database:
    """The database at `path`; without one, ARCHDB_DATABASE or the default, made on first use.

    Raises archdb.errors.DatabaseError where the file cannot be used.
    """
    from archdb.api import Database  # importing archdb alone costs nothing

    return Database(path, **options)
