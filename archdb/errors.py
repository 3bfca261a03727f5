"""The errors a user can cause, each naming what is wrong, where, and the remedy."""

from __future__ import annotations

from collections.abc import Iterable

from archdb.text import WORD, clipped, printable


class ArchdbError(Exception):
    """A request that cannot be met; the command line ends with `status` and no traceback.

    `at` adds the place from the inside out, so that the function that knows the file, the
    network or the layer says so, and the one that found the fault need not.
    """

    status = 1

    def __init__(self, what: str, *, remedy: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.remedy = remedy
        self.places: tuple[str, ...] = ()

    def at(self, place: str) -> ArchdbError:
        """The same error, found in `place`."""
        self.places = (place, *self.places)
        return self

    def also(self, remedy: str) -> None:
        """Name one remedy more."""
        self.remedy = "\n  ".join(filter(None, (self.remedy, remedy)))

    def __str__(self) -> str:
        """The message for a terminal: places, names and values in it may be of any text."""
        where = ", ".join(self.places)
        message = f"{where}: {self.what}" if where else self.what
        lines = [message, *self.remedy.split("\n  ")] if self.remedy else [message]
        return "\n  ".join(clipped(printable(line)) for line in lines)


class UsageError(ArchdbError):
    """The words of the request are wrong: an unknown option value, a malformed input size."""

    status = 2


class DefinitionError(ArchdbError):
    """A network's definition is wrong: a key, a type, an op, a name, an edge."""


class ShapeError(DefinitionError):
    """A layer cannot take what arrives: channels, features or a window that does not fit."""


class NotFoundError(ArchdbError):
    """No network, layer, relation or saved query has that name; the nearest are given."""


class DatabaseError(ArchdbError):
    """The file is not a database that this archdb can read or write."""


class QueryError(ArchdbError):
    """A statement that is refused, malformed or too slow."""


class LimitError(QueryError):
    """What would take more time, memory or room than it is given; the message names the limit."""


#: Among so many words the most like one are sought; of more, among those that share most with it.
COMPARED = 300


def nearest(word: str, names: Iterable[str]) -> str:
    """A remedy that offers the words most like `word`, or nothing where none is near.

    It takes no time, however many the words are: a word too long to be a slip is like none.
    """
    import difflib  # needed on the way to an error only

    if len(word) > WORD:
        return ""
    known = [other for other in names if len(other) <= WORD]
    if len(known) > COMPARED:
        known = _sharing_most(word, known)
    close = difflib.get_close_matches(word, known, n=4, cutoff=0.5)
    return f"did you mean {', '.join(close)}?" if close else ""


def _sharing_most(word: str, names: Iterable[str]) -> list[str]:
    """The words that have most pairs of neighbouring letters in common with `word`."""
    import heapq
    from itertools import pairwise

    own = set(pairwise(word))

    def likeness(other: str) -> float:
        pairs = set(pairwise(other))
        return len(own & pairs) / (len(own | pairs) or 1)

    return heapq.nlargest(COMPARED, names, key=likeness)
