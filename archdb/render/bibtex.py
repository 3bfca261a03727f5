"""BibTeX of citations, and of the dataset itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from archdb.dataset.release import Release
from archdb.render.tex_text import escape_tex
from archdb.version import REPOSITORY

AUTHORS = "{The archdb developers}"
TITLE = "archdb: neural network architectures as layer rows, and what derives from them"
#: 'Neural Computation 9(8):1735-1780', as our bibliographies state where an article stands.
_ARTICLE = re.compile(r"^(?P<journal>.*?) (?P<volume>\d+)(?:\((?P<number>\d+)\))?:(?P<pages>\S+)$")
#: '…, LNCS 9905:21-37' and '…, 142-150': where in its proceedings a paper stands.
_PAGES = re.compile(r"^(?P<booktitle>.*?), (?:(?P<series>LNCS) (?P<volume>\d+):)?(?P<pages>\d\S+)$")
#: The field that says where something appeared, by kind.
_VENUE = {"article": "journal", "inproceedings": "booktitle"}
#: Values that TeX must take as they are: they are addresses, and their signs mean nothing else.
_VERBATIM = {"doi", "url", "eprint"}
_NOT_IN_ADDRESSES = re.compile(r"""[^\w.~:/?#@!$&'()*+,;=%\[\]-]|%(?![0-9A-Fa-f]{2})""", re.ASCII)


def bibliography(citations: Iterable[Mapping[str, Any]], release: Release) -> str:
    """An entry for each citation, and then the dataset's own."""
    entries = [entry(row["kind"], row["key"], _fields(row)) for row in citations]
    return "\n".join([*entries, own(release)])


def own(release: Release) -> str:
    """How to cite the dataset: figures belong to a version, and the hash says exactly which."""
    fields = {
        "author": AUTHORS,
        "title": f"{{{escape_tex(TITLE)}}}",
        "howpublished": "Software and dataset",
        "version": escape_tex(release.version),
        "url": REPOSITORY,
        "note": escape_tex(f"Version {release.version}, content {release.short}{release.beside}"),
    }
    return entry("misc", "archdb", fields)


def entry(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """One entry; a field to the line."""
    kind = kind if kind in _VENUE else "misc"
    width = max(map(len, fields))
    lines = "".join(f"  {name:<{width}} = {{{value}}},\n" for name, value in fields.items())
    return f"@{kind}{{{key_of(key)},\n{lines}}}\n"


def key_of(key: str) -> str:
    """The key with what BibTeX does not take left out."""
    return re.sub(r"[^A-Za-z0-9:.+/_-]", "", key) or "unnamed"


def _fields(row: Mapping[str, Any]) -> dict[str, str]:
    """Authors, title (its capitals kept), year, and where it appeared."""
    authors = json.loads(row["authors"])
    fields = {
        "author": " and ".join(map(_author, authors)),
        "key": "" if authors else escape_tex(row["title"]),  # what BibTeX sorts it by
        "title": f"{{{escape_tex(row['title'])}}}",
        "year": str(row["year"]),
        **_venue(row["kind"], row["venue"] or ""),
        "doi": row["doi"],
        "url": row["url"],
    }
    return {
        name: _verbatim(value) if name in _VERBATIM else value
        for name, value in fields.items()
        if value
    }


def _author(name: str) -> str:
    """'Family, Given' as it stands; a name without a comma is that of a group, kept whole."""
    if name == "others":
        return name
    return escape_tex(name) if "," in name else f"{{{escape_tex(name)}}}"


def _venue(kind: str, venue: str) -> dict[str, str]:
    """The venue taken apart: journal, volume, pages, preprint."""
    parts = venue.split("; ")
    preprint = next((part for part in parts if part.startswith("arXiv:")), "")
    rest = "; ".join(part for part in parts if part != preprint)
    fields = {}
    if rest:
        pattern = _ARTICLE if kind == "article" else _PAGES
        match = pattern.match(rest)
        found = match.groupdict() if match else {_VENUE.get(kind, "howpublished"): rest}
        fields = {name: escape_tex(value) for name, value in found.items() if value}
        if "pages" in fields:
            fields["pages"] = fields["pages"].replace("-", "--")
    if preprint:
        fields |= {"eprint": preprint.removeprefix("arXiv:"), "archiveprefix": "arXiv"}
        if kind not in _VENUE:
            fields["howpublished"] = escape_tex(preprint)
    return fields


def _verbatim(value: str) -> str:
    """An address: what none may hold (braces, spaces, line breaks, a percent sign that begins no
    code) is written by its code, as addresses have it."""
    return _NOT_IN_ADDRESSES.sub(lambda sign: quote(sign[0], errors="backslashreplace"), value)
