"""The errors a user can cause, each naming what is wrong, where, and the remedy."""

from __future__ import annotations

from collections.abc import Iterable


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

    def __str__(self) -> str:
        where = ", ".join(self.places)
        message = f"{where}: {self.what}" if where else self.what
        return f"{message}\n  {self.remedy}" if self.remedy else message


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


def nearest(word: str, words: Iterable[str]) -> str:
    """A remedy that offers the words most like `word`, or nothing where none is near."""
    import difflib  # needed on the way to an error only

    close = difflib.get_close_matches(word, list(words), n=4, cutoff=0.5)
    return f"did you mean {', '.join(close)}?" if close else ""
