"""What a table in a paper must say beside its figures: units, variants, conventions, sources."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from archdb.dataset.release import Release, release
from archdb.model.input_size import pretty
from archdb.queries.lineage import stated
from archdb.queries.result import Result
from archdb.version import __version__

if TYPE_CHECKING:
    from archdb.queries.reader import Reader

#: Of so many networks a table says what each one is; of more, that this can be asked for.
MOST = 12
#: Quantities whose meaning a table repeats: the ones that papers count differently.
EXPLAINED = ("params", "macs", "activations")


class Paper(NamedTuple):
    """`units` by the names of columns and quantities; `about` says in a sentence what each network
    is; `conventions` how its figures were counted; `release` is None where no dataset was asked."""

    units: dict[str, str]
    about: dict[str, str]
    conventions: list[str]
    networks: list[str]
    release: Release | None

    @property
    def made_by(self) -> str:
        """The dataset and its hash, or the program alone."""
        if self.release is None:
            return f"archdb {__version__}"
        return f"archdb dataset {self.release.version}, content {self.release.content}"


#: What belongs to a layer that is in no database: its rows say all there is.
NO_DATASET = Paper({}, {}, [], [], None)


def paper(reader: Reader, result: Result) -> Paper:
    """All that belongs to a result where it is printed for readers who cannot ask."""
    dictionary = {row[0]: row[1:] for row in reader.run_named("column_units").rows}
    dictionary["receptive_field"] = dictionary["receptive_field_h"]  # of both sides, where equal
    every = reader.run("select name, sentence from convention").rows
    conventions = [row for row in every if row[0] not in dictionary]
    subjects = result.subjects or _named(reader, result)
    words = _words(result)
    sentences = {name: dictionary[name][1] for name in EXPLAINED if name in dictionary}
    readings = [
        f"{name}: {sentence.rstrip('.')}."
        for name, sentence in [*sentences.items(), *conventions]
        if name in words
    ]
    units = {name: unit for name, (unit, _) in dictionary.items()}
    about = {}
    if len(subjects) <= MOST:
        about = {name: _sentence(reader, name, input, result) for name, input in subjects}
    names = list(dict.fromkeys(_stored(reader, name)[0] for name, _ in subjects))
    return Paper(
        {**dict.fromkeys((name for name, _ in conventions), "by convention"), **units},
        about,
        readings,
        names,
        release(reader),
    )


def _named(reader: Reader, result: Result) -> list[tuple[str, str]]:
    """The networks in the column `architecture`, each with its input where there is one."""
    if "architecture" not in result.columns:
        return []
    known = set(reader.names())
    found = {row["architecture"]: row.get("input") or "" for row in result.to_dicts()}
    return [(str(name), str(input)) for name, input in found.items() if name in known]


def _words(result: Result) -> set[str]:
    """The quantities of a result: of columns, without the network they are of, and of rows; and
    the conventions that rows name, unless these are many."""
    words = {column.rsplit(" ", 1)[-1] for column in result.columns}
    if "quantity" in result.columns:
        words.update(map(str, result.column("quantity")))
    if "convention" in result.columns:
        named = {name for some in result.column("convention") for name in str(some).split(", ")}
        words.update(named if len(named) <= MOST else ())
    return words


def _sentence(reader: Reader, name: str, input: str, result: Result) -> str:
    """'VGG-16 (configuration D), input 3×224×224, after Simonyan and Zisserman (2015), Table 1.'"""
    stored, rules = _stored(reader, name)
    row = reader.run_named("subject", name=stored).to_dicts()[0]
    title = f"{row['title']}, rewritten by {rules}" if rules else row["title"]
    parts = [title, f"input {pretty(input or row['native'] or '') or 'unknown'}"]
    if row["authors"]:
        parts.append(f"after {_authors(row['authors'])} ({row['year']}), {row['place']}")
    base = None if rules else row["variant_of"]
    if base:
        both = (f"{base} → {name}:", f"{name} → {base}:")
        said = any(note.startswith(both) for note in result.notes)
        changes = "" if said else "; ".join(stated(reader, name))
        parts.append(f"a variant of {base}" + (f" ({changes})" if changes else ""))
    return f"{', '.join(parts)}."


def _stored(reader: Reader, name: str) -> tuple[str, str]:
    """The stored network of a name, and the rules behind it."""
    if reader.run_named("subject", name=name).rows:
        return name, ""
    stored, _, rules = name.partition("+")
    return reader.resolve(stored), rules


def _authors(authors: str) -> str:
    families = [name.split(",")[0] for name in json.loads(authors)]
    if len(families) > 2:
        return f"{families[0]} et al."
    return " and ".join(families)
