"""Parameters of addresses: spelled as the options of the commands, checked before anything is
asked, and written in one way."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote

from archdb.errors import UsageError, nearest
from archdb.text import printable

#: What an address may hold unquoted besides letters and digits, as RFC 3986 has it.
SAFE = "-._~!$'()*,;:@/="
_PLAIN = re.compile(r"[A-Za-z0-9._~-]*")
#: Words for a flag that is set, and for one that is not.
YES, NO = ("yes", "true", "1", "on"), ("no", "false", "0", "off")


class Parameter(NamedTuple):
    """A parameter of an address: `kind` is text, integer, number, flag or range (LO..HI)."""

    name: str
    meaning: str
    default: Any = None
    choices: Sequence[str] = ()
    kind: str = "text"
    many: bool = False
    most: float | None = None
    #: Whether there is no table without it; a page without it is a form.
    needed: bool = False

    def read(self, word: str) -> Any:
        """The value that a word stands for. Raises UsageError."""
        if self.choices and word not in self.choices:
            known = nearest(word, self.choices) or f"there are: {', '.join(self.choices)}"
            raise UsageError(f"{self.name} cannot be '{printable(word)}'", remedy=known)
        value: Any = _READ[self.kind](self.name, word)
        if self.most is not None and value > self.most:
            raise UsageError(f"{self.name} is at most {self.most:g} here, got {value:g}")
        return value


def _flag(name: str, word: str) -> bool:
    if word.lower() not in YES + NO:
        raise UsageError(f"{name} is yes or no, got '{printable(word)}'")
    return word.lower() in YES


def _integer(name: str, word: str) -> int:
    if not word.isascii() or not word.isdigit() or len(word) > 18:
        raise UsageError(f"{name} is a whole number, got '{printable(word)}'")
    return int(word)


def _number(name: str, word: str) -> float:
    try:
        value = float(word)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise UsageError(f"{name} is a number above 0, got '{printable(word)}'")
    return value


def _text(name: str, word: str) -> str:
    return word


def _range(name: str, word: str) -> tuple[int | None, int | None]:
    """(1000000, None) of '1M..'."""
    low, dots, high = word.partition("..")
    if not dots:
        raise UsageError(
            f"{name} is a range, got '{printable(word)}'", remedy=f"as in {name}=1M..10M, or ..5e9"
        )
    return _count(name, low), _count(name, high)


_POWERS = {"k": 3, "K": 3, "M": 6, "G": 9, "B": 9, "T": 12}


def _count(name: str, word: str) -> int | None:
    """1500000 of '1.5M'; None of nothing."""
    from decimal import Decimal, InvalidOperation

    if not word:
        return None
    power = _POWERS.get(word[-1], 0)
    try:
        value = Decimal(word[:-1] if power else word).scaleb(power)
        if not 0 <= value < 2**63:
            raise InvalidOperation
    except InvalidOperation:
        raise UsageError(
            f"{name} cannot be '{printable(word)}'", remedy="as in 25000000, 25M or 2.5e7"
        ) from None
    return int(value)


_READ: dict[str, Callable[[str, str], Any]] = {
    "text": _text,
    "flag": _flag,
    "integer": _integer,
    "number": _number,
    "range": _range,
}


def read(
    pairs: Iterable[tuple[str, str]], known: Sequence[Parameter], free: bool
) -> dict[str, Any]:
    """The values of an address's words, without those that are the default; `free` ones begin
    with a colon and are taken as they are. Raises UsageError."""
    by_name = {parameter.name: parameter for parameter in known}
    found: dict[str, Any] = {}
    for name, word in pairs:
        if free and name.startswith(":") and len(name) > 1:
            found[name] = word
            continue
        if name not in by_name:
            raise _unknown(name, list(by_name))
        parameter = by_name[name]
        if not word:
            continue
        if parameter.many:
            found.setdefault(name, []).extend(map(parameter.read, word.split()))
        elif name in found:
            raise UsageError(f"{name} is given twice")
        else:
            found[name] = parameter.read(word)
    return {
        name: value
        for name, value in found.items()
        if name not in by_name or value != by_name[name].default
    }


def _unknown(name: str, known: Sequence[str]) -> UsageError:
    listed = f"there are: {', '.join(known)}" if known else "this address takes none"
    return UsageError(
        f"there is no parameter '{printable(name)}' here", remedy=nearest(name, known) or listed
    )


def write(values: Mapping[str, Any]) -> str:
    """The one way in which an address says these values: '?by=layer&input=384', or nothing."""
    pairs = [
        f"{quoted(name)}={quoted(_word(one))}"
        for name, value in sorted(values.items())
        for one in (value if isinstance(value, list) else [value])
    ]
    return f"?{'&'.join(pairs)}" if pairs else ""


def quoted(text: str, safe: str = SAFE) -> str:
    """A part of an address; most hold nothing that has to be quoted."""
    return text if _PLAIN.fullmatch(text) else quote(text, safe=safe)


def _word(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "..".join("" if end is None else str(end) for end in value)
    return f"{value:g}" if isinstance(value, float) else str(value)
