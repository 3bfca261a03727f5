"""What is to be cited of networks, and of conventions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from archdb.queries.conventions import check, chosen
from archdb.queries.named import outside, stored_name

if TYPE_CHECKING:
    from archdb.analysis.weighing import Convention
    from archdb.queries.reader import Reader
    from archdb.sources.records import Seed

Row = dict[str, Any]
PUBLICATIONS = "select key, kind, authors, title, year, venue, doi, url from citation"
#: The source of conventions that nobody else vouches for.
OWN = "archdb"


def citations(reader: Reader, names: Iterable[str], *, everything: bool) -> Iterator[Row]:
    """Their papers, or with `everything` all that vouches for them; of a variant that names no
    paper its base's, of a name with rules those of the network before them, and of a network for
    which no paper stands at all whatever vouches for it."""
    for name in names:
        made = outside(reader, name)
        if made is not None and made.outside is not None:
            found = _of_seed(reader, made.outside, everything)
        else:
            found = _of_stored(reader, stored_name(reader, name), everything)
        if not found:
            reader.notify(f"note: {name} names no source")
        yield from found


def _of_stored(reader: Reader, name: str, everything: bool) -> list[Row]:
    """Of a network, and of its bases up to the first one that names a paper."""
    line = reader.run_named("ancestors", name=name).column("name")
    cited: list[Row] = []
    for one in line:
        papers = _cited(reader, one, whole=False)
        cited += _cited(reader, one, whole=True) if everything else papers
        if papers:
            return cited
    instead = cited or [row for one in line[:1] for row in _cited(reader, one, whole=True)]
    if instead:
        reader.notify(f"note: {name} names no paper: cited is what vouches for it")
    return instead


def of_conventions(reader: Reader, names: Iterable[str]) -> dict[str, list[Row]]:
    """What vouches for each of these counting conventions: the publications that its source names,
    or else the tool that it is of; nothing, where it is archdb's own.

    Raises NotFoundError where there is no such convention."""
    names = list(names)
    check(reader, names)
    known = {row["key"]: row for row in reader.run(PUBLICATIONS).to_dicts()}
    found: dict[str, list[Row]] = {}
    for one in chosen(reader, names):
        words = dict.fromkeys(re.findall(r"(?:^|[,;] )(\w+)", one.source))
        cited = [known[word] for word in words if word in known]
        found[one.name] = cited or ([] if one.source == OWN else [_tool(one)])
    return found


def _tool(convention: Convention) -> Row:
    """An entry for what counts so; a publication has an author and a year, it has a version."""
    key, venue = f"convention-{convention.name}", f"Counting convention {convention.name}"
    nothing = {"doi": None, "url": None, "year": ""}
    title = convention.source
    return {"kind": "misc", "key": key, "authors": "[]", "title": title, "venue": venue, **nothing}


def _cited(reader: Reader, name: str, *, whole: bool) -> list[Row]:
    return reader.run_named("citations", name=name, whole=whole).to_dicts()


def _of_seed(reader: Reader, seed: Seed, everything: bool) -> list[Row]:
    """Of a network that is in no database; its base may be there."""
    every = {source.cite for source in seed.sources}
    papers = {source.cite for source in seed.sources if source.claim == "paper"}
    base: list[Row] = []
    if not papers and seed.variant_of and seed.variant_of in reader.names():
        base = _of_stored(reader, reader.resolve(seed.variant_of), everything)
    wanted = every if everything or not (papers or base) else papers
    own = [
        one._asdict() | {"authors": json.dumps(one.authors, ensure_ascii=False)}
        for one in seed.references
        if one.key in wanted
    ]
    return own + base
