"""Where the files that archdb ships stand: inside the installed package, or in the checkout."""

from __future__ import annotations

import os
import zlib
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def bundled(name: str) -> Path:
    """The directory `seeds` or `migrations`, or the file LICENSE or CITATION.cff: a wheel carries
    it in the package, a checkout beside it. ARCHDB_SEEDS names another catalogue of networks to
    build databases from; seeds/conventions and seeds/queries are always those of archdb."""
    if name == "seeds" and os.environ.get("ARCHDB_SEEDS"):
        return Path(os.environ["ARCHDB_SEEDS"])
    inside = _PACKAGE / "_bundled" / name
    return inside if inside.exists() else _PACKAGE.parent / name


def conventions_digest() -> str:
    """What tells the shipped counting conventions from those of another archdb."""
    digest = 0
    for path in sorted(bundled("seeds/conventions").glob("*.toml")):
        digest = zlib.crc32(path.name.encode() + path.read_bytes(), digest)
    return f"{digest:08x}"
