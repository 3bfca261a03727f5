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
    from pathlib import Path

    from archdb.api import Database
    from archdb.db.migrate import Changed
    from archdb.queries.result import Result
    from archdb.sources.base import Imported

from archdb.version import __version__ as __version__


def open(path: str | os.PathLike[str] | None = None, **options: Any) -> Database:
    """The database at `path`; without one, ARCHDB_DATABASE or the default, made on first use.

    `create=True` makes a missing file, `migrate=True` upgrades one of an older archdb, after a
    copy; nothing else is written by opening. Raises archdb.errors.DatabaseError where the file
    cannot be used.
    """
    from archdb.api import Database  # importing archdb alone costs nothing

    return Database(path, **options)


def calc(op: str, /, *inputs: Any, explained: bool = False, **attributes: Any) -> Result:
    """One layer that is in no database, calc("conv2d", "3x227x227", filters=96, kernel=11), or
    several in a line: calc("conv2d filters=20 kernel=1, relu", "200x30x40")."""
    from archdb.api import Database

    return Database.calc(op, *inputs, explained=explained, **attributes)


def from_torch(module: Any, *inputs: Any, name: str | None = None) -> Imported:
    """The network that a PyTorch module is, for `compare`, `show` and `import_`: no weight is read.

    `inputs`: for each argument its shape without the batch, or an example tensor with it. Raises
    archdb.errors.DefinitionError where its forward pass fails on the meta device.
    """
    from archdb.sources import base

    return base.from_torch(module, *inputs, name=name)


def from_onnx(path: str | os.PathLike[str], name: str | None = None, **options: Any) -> Imported:
    """The network in an ONNX file, whose weights are not read; `input`: the sizes that it leaves
    open. Raises archdb.errors.DefinitionError naming file, node and remedy."""
    from archdb.sources import base

    return base.from_onnx(str(path), name, **options)


def from_keras(model: Any, name: str | None = None) -> Imported:
    """The network that a Keras model is, or a file with its configuration."""
    from archdb.sources import base

    return base.from_keras(model, name)


def init(path: str | os.PathLike[str] | None = None, **options: Any) -> Path:
    """Create a database, with all bundled networks unless `empty=True`; where it is."""
    from archdb.api import files

    return files.init(path, **options)


def upgrade(path: str | os.PathLike[str] | None = None, **options: Any) -> Changed:
    """Bring a database up to this archdb; where the copy is, and what had to give way."""
    from archdb.api import files

    return files.upgrade(path, **options)


def repair(path: str | os.PathLike[str] | None = None) -> Changed:
    """Make views, triggers, indexes and the dictionary as this archdb makes them."""
    from archdb.api import files

    return files.repair(path)
