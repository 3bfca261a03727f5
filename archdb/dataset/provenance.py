"""What a table in a paper must say beside its figures: units, variants, conventions, sources."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.dataset.release import release
from archdb.model.input_spec import pretty
from archdb.queries.citations import of_conventions
from archdb.queries.lineage import rules_of, stated_differences
from archdb.queries.named import stored_part
from archdb.queries.provenance import Note, Provenance, Release, Subject
from archdb.queries.result import Result
from archdb.queries.units import BY_CONVENTION
from archdb.version import __version__

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: Of so many networks a table says what each one is; of more, that this can be asked for.
MOST = 12
#: Quantities whose meaning a table repeats: the ones that papers count differently.
EXPLAINED = ("params", "macs", "activations")


class Paper(NamedTuple):
    """`about` says in a sentence what each network is; `meanings` what quantities are of, and how
    conventions count; `release` is None where no dataset was asked. `sources` are the keys in the
    bibliography of what `about` names, `beside` whether one is no network's paper: the bibliography
    has it where all sources are asked for. `counted` are the keys of what vouches for conventions,
    joined by commas."""

    about: dict[str, str]
    meanings: dict[str, str]
    networks: list[str]
    release: Release | None
    sources: dict[str, str]
    beside: bool
    counted: Mapping[str, str] = MappingProxyType({})

    @property
    def made_by(self) -> str:
        """The dataset and its hash, or the program alone."""
        return f"archdb {__version__}" if self.release is None else str(self.release)


#: What belongs to a layer that is in no database: its rows say all there is.
NO_DATASET = Paper({}, {}, [], None, {}, False)


def paper(reader: Reader, result: Result) -> Paper:
    """All that belongs to a result where it is printed for readers who cannot ask."""
    said = provenance(reader, result)
    meanings = {name: meaning for name, _, meaning in reader.run_named("column_units").rows}
    every = dict(reader.run("select name, sentence from convention").rows)
    wanted = _quantities(result).intersection(EXPLAINED)
    sentences = [(name, meanings[name]) for name in EXPLAINED if name in wanted & meanings.keys()]
    few = said.conventions if len(said.conventions) <= MOST else ()
    counted = [name for name in few if name in every and name not in meanings]
    sentences += [(name, every[name]) for name in counted]
    vouching = {
        name: ",".join(row["key"] for row in rows)
        for name, rows in of_conventions(reader, counted).items()
        if rows
    }
    readings = {name: f"{sentence.rstrip('.')}." for name, sentence in sentences}
    stored = {one.name: stored_part(reader, one.name)[0] for one in said.networks}
    names = list(dict.fromkeys(filter(None, stored.values())))
    if len(said.networks) > MOST:
        return Paper({}, readings, names, said.dataset, {}, False, vouching)
    about = {one.name: _sentence(reader, one, said.notes) for one in said.networks}
    rows = {name: _subject(reader, stored[name]) for name in about}
    sources = {name: row["key"] for name, row in rows.items() if row.get("key")}
    beside = any(row.get("key") and not row["is_paper"] for row in rows.values())
    return Paper(about, readings, names, said.dataset, sources, beside, vouching)


def provenance(reader: Reader, result: Result) -> Provenance:
    """What a result rests on: the dataset, and what the question or its columns say of the rest."""
    networks = result.networks or _named_networks(reader, result)
    conventions = result.conventions or _conventions(result)
    notes = (note if isinstance(note, Note) else Note(note) for note in result.notes)
    return Provenance(
        release(reader), tuple(networks), tuple(dict.fromkeys(conventions)), tuple(notes)
    )


def _named_networks(reader: Reader, result: Result) -> list[Subject]:
    """The networks in the column `architecture`, each with its input where there is one."""
    at, input = result.at("architecture"), result.at("input")
    if at is None:
        return []
    known = set(reader.names())
    found = {row[at]: (row[input] if input is not None else "") or "" for row in result.rows}
    return [Subject(str(name), str(input)) for name, input in found.items() if name in known]


def _conventions(result: Result) -> Iterator[str]:
    """Those that columns hold totals of, and those that a column names."""
    for column in result.schema:
        if column.unit == BY_CONVENTION and column.quantity:
            yield column.quantity
    if (at := result.at("convention")) is not None:
        yield from (str(row[at]) for row in result.rows if row[at] is not None)


def _quantities(result: Result) -> set[str]:
    """What the columns are of, and what rows say that they are of."""
    found = {column.quantity for column in result.schema if column.quantity}
    if (at := result.at("quantity")) is not None:
        found.update(str(row[at]) for row in result.rows)
    return found


def _sentence(reader: Reader, subject: Subject, notes: Iterable[Note]) -> str:
    """'VGG-16 (configuration D), input 3×224×224, after Simonyan and Zisserman (2015), Table 1.'"""
    name, input = subject
    stored, rules = stored_part(reader, name)
    row = _subject(reader, stored)
    if not row:  # of a file, which says no more of itself
        return f"input {pretty(input)}."
    title = f"{row['title']}, rewritten by {rules}" if rules else row["title"]
    parts = [title, f"input {pretty(input or row['native'] or '') or 'unknown'}"]
    base = None if rules else row["variant_of"]
    if base:
        both = {base, name}
        said = any(note.kind == "variation" and {*note.networks} == both for note in notes)
        made_by = rules_of(reader, name)
        changes = "" if said else made_by or "; ".join(stated_differences(reader, name))
        parts.append(f"a variant of {base}" + (f" ({changes})" if changes else ""))
    if row["authors"]:  # last, so that its key may stand behind it
        parts.append(f"after {_authors(row['authors'])} ({row['year']}), {row['place']}")
    return f"{', '.join(parts)}."


def _subject(reader: Reader, stored: str) -> dict[str, Any]:
    """What a note says of a stored network; nothing, where there is none of that name."""
    return next(iter(reader.run_named("subject", name=stored).to_dicts()), {})


def _authors(authors: str) -> str:
    families = [name.split(",")[0] for name in json.loads(authors)]
    if len(families) > 2:
        return f"{families[0]} et al."
    return " and ".join(families)
