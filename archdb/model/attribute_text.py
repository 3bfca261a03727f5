"""Attribute values from the words of a command line or of a rule's name.

Words become the value that a seed file would write, and the attribute's kind then judges that,
so a wrong value is answered in the same words everywhere.
"""

import re
from math import isfinite
from typing import Any

from archdb.rounding import Written

_INTEGER = re.compile(r"-?[0-9]{1,4000}")  # more digits than int() reads are left as words
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)
_BETWEEN = re.compile(r"[x×,]")


def value(text: str) -> Any:
    """The value that the words mean: 11, 0.5, true, same, 3x5 or 1,1,2,2, [[0, 1], [2]].

    What reads as none of these stays as it is.
    """
    if text in ("true", "false"):
        return text == "true"
    if text.startswith("["):
        return _list(text)
    if _INTEGER.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text) and isfinite(float(text)):
        return Written(text)
    parts = _BETWEEN.split(text)
    if len(parts) > 1 and all(map(_INTEGER.fullmatch, parts)):
        return list(map(int, parts))
    return text


def _list(text: str) -> Any:
    import json  # start-up counts, and few attributes are lists of lists

    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
