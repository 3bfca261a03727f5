"""The style sheet and the script: an address holds their hash, so that it is good for ever."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

#: What a page may load and where it may lead, for a header or for the page itself.
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; script-src 'self';"
    " connect-src 'self'; form-action 'self'; base-uri 'none'"
)
HERE = Path(__file__).parent
MEDIA = {
    ".svg": "image/svg+xml",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
}


@cache
def digest() -> str:
    """What tells these files from others."""
    made = hashlib.sha256()
    for file in sorted((HERE / "static").iterdir()):
        made.update(file.read_bytes())
    return made.hexdigest()[:12]


def address(name: str) -> str:
    """Where a file of `static` stands."""
    return f"/static/{digest()}/{name}"


def content(name: str) -> bytes:
    """Its bytes."""
    return (HERE / "static" / name).read_bytes()


@cache
def names() -> frozenset[str]:
    """The files that there are."""
    return frozenset(file.name for file in (HERE / "static").iterdir())


def media(name: str) -> str:
    """The media type of a file."""
    return MEDIA[Path(name).suffix]
