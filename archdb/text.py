"""Text of others as it may be shown: nothing in it is obeyed, and no word of it floods a screen.

Names, titles and whatever else a database holds may come from a stranger's file. What a terminal
would take for a command, and what no reader would see, is written as an escape.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

#: Letters and marks that show nothing, though Unicode does not call them formatting.
_BLANK = "\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
_BLANKS = re.compile(f"[{_BLANK}]")
_SPACES = {ord(space): " " for space in "\t\n\v\f\r"}
#: All that needs a closer look: most text is of the other kind.
_SPECIAL = re.compile(r"[^\x20-\x7e]+")
#: How many characters a message keeps of one word, and of all its words.
WORD, MESSAGE = 200, 2000


def _escape(sign: str) -> str:
    return sign.encode("unicode_escape").decode("ascii")


def printable(text: str, keep: str = "", escape: Callable[[str], str] = _escape) -> str:
    r"""The text with escapes (\x1b, \u202e) for signs that steer a terminal or that nobody sees:
    control and formatting characters, other line breaks, letters that show nothing, surrogates,
    code points without a character. `keep` are such signs that stay as they are."""

    if text.isascii() and text.isprintable():  # most text: nothing to look at closely
        return text

    def shown(run: re.Match[str]) -> str:
        if run[0].isprintable() and not _BLANKS.search(run[0]):
            return run[0]
        return "".join(s if s in keep or _is_seen(s) else escape(s) for s in run[0])

    return _SPECIAL.sub(shown, text)


def _is_seen(sign: str) -> bool:
    if sign.isprintable():
        return not _BLANKS.match(sign)
    return unicodedata.category(sign) == "Zs"  # no-break, thin and wide spaces


def inline(text: str) -> str:
    """The text on one line, as a cell of a table: tabs and line breaks are spaces."""
    return text if text.isascii() and text.isprintable() else printable(text.translate(_SPACES))


def clipped(message: str) -> str:
    """A message of which no word and not the whole is longer than anyone reads."""
    words = (shortened(word, WORD) for word in message.split(" "))
    return shortened(" ".join(words), MESSAGE)


def shortened(text: str, most: int) -> str:
    """Both ends of a text that is longer than `most` characters, with the middle left out."""
    end = most // 4
    return text if len(text) <= most else f"{text[: most - end - 1]}…{text[-end:]}"


def cells_of(text: str) -> int:
    """How many cells of a terminal a text takes: two for a wide sign, none for a combining one."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(sign) in "WF" for sign in text)
    return len(text) + wide - sum(map(bool, map(unicodedata.combining, text)))
