"""Values as TOML has them, in the shortest form that means the same."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from archdb.errors import ArchdbError
from archdb.model.attributes import Kind
from archdb.model.declaration import REQUIRED, Declaration
from archdb.ops import Op, make
from archdb.rounding import Written

_BARE = re.compile(r"[A-Za-z0-9_-]+")


def text(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{key(k)} = {text(v)}' for k, v in value.items())}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(text, value))}]"
    return _digits(value) if isinstance(value, float) else str(value)


def key(word: str) -> str:
    """A key, in quotes where it needs them."""
    return word if _BARE.fullmatch(word) else text(word)


def _digits(value: float) -> str:
    """A float as it was written, where TOML takes that: 0.5, 1e-05."""
    digits = value.digits if isinstance(value, Written) else repr(value)
    return digits if re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?(e[+-]?[0-9]+)?", digits) else repr(value)


def attributes(declaration: Declaration, values: Mapping[str, Any]) -> dict[str, Any]:
    """What has to be said of canonical values: those that are not at their default."""
    said = {}
    for attribute in declaration.attributes.values():
        value = values.get(attribute.name)
        if value is not None and (attribute.default is REQUIRED or value != attribute.default):
            said[attribute.name] = shortest(attribute.kind, value)
    return said


def of_op(op: Op) -> dict[str, Any]:
    """What a row says of its op; all of it where a default hangs on what else is said."""
    values, kinds = op.attributes(), op.declaration.attributes
    said = attributes(op.declaration, values)
    with contextlib.suppress(ArchdbError):
        if make(op.name, said) is op:
            return said
    stated = {name: value for name, value in values.items() if value is not None}
    return {name: shortest(kinds[name].kind, value) for name, value in stated.items()}


def shortest(kind: Kind, value: Any) -> Any:
    """What means a canonical value: of a pair, or of sides, that are equal one number."""
    return next((form for form in _forms(value) if _means(kind, form, value)), value)


def _forms(value: Any) -> Iterator[Any]:
    """Shorter ways to say the same of an axis, of two, of both sides of each."""
    if isinstance(value, tuple):
        yield from value[:1]
        yield list(value[::2])
    elif isinstance(value, float) and value.is_integer() and not isinstance(value, Written):
        yield int(value)


def _means(kind: Kind, form: Any, value: Any) -> bool:
    try:
        return bool(kind.parse(form) == value)
    except (ValueError, TypeError, OverflowError):
        return False
