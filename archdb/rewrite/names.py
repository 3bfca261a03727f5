"""Rules as words: RULE[=VALUE][@GLOB], and NAME+RULE+RULE… for what they make of a network."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from archdb.errors import UsageError, nearest
from archdb.model.attribute_text import value as plain
from archdb.model.declaration import REQUIRED
from archdb.model.names import LONGEST_GLOB, PLUS
from archdb.rewrite.base import REGISTRY, Rule

#: More rules on one network are a slip of the keyboard.
MOST = 32


class Step(NamedTuple):
    """A rule, the value of its parameter, and the glob of the layers that it is for."""

    rule: Rule
    value: Any
    glob: str | None
    text: str


def split_name(name: str) -> tuple[str, tuple[str, ...]]:
    """The name of a network and the rules on it: 'vgg16+width=0.5' → 'vgg16', ('width=0.5',).

    Raises UsageError where what follows a plus is no rule.
    """
    base, *rules = name.split(PLUS)
    return base, tuple(step.text for step in steps(rules))


def steps(rules: str | Iterable[str], only: str | None = None) -> list[Step]:
    """The rules that the words name; `only` is the glob of those that have none of their own."""
    words = rules.split(PLUS) if isinstance(rules, str) else rules
    parts = [part for word in words for part in word.split(PLUS)]
    if len(parts) > MOST:
        raise UsageError(
            f"{len(parts)} rules on one network: at most {MOST}",
            remedy="store what the first of them make with archdb rewrite --as",
        )
    return [_step(part, only) for part in parts]


def _step(text: str, only: str | None) -> Step:
    head, at, glob = text.partition("@")
    name, equals, value = head.partition("=")
    if name not in REGISTRY:
        raise UsageError(
            f"'{name}' is no rule",
            remedy=nearest(name, REGISTRY) or f"there are: {', '.join(REGISTRY)}",
        )
    if at and not glob:
        raise UsageError(f"'{text}': a glob of layer names must follow the @")
    rule = REGISTRY[name]
    own = glob or only
    if own and len(own) > LONGEST_GLOB:
        raise UsageError(f"the glob '{own}' is too long", remedy=f"at most {LONGEST_GLOB} signs")
    text = head + (f"@{own}" if own else "")
    return Step(rule, _value(rule, value if equals else None), own, text)


def _value(rule: Rule, text: str | None) -> Any:
    parameter = rule.parameter
    if parameter is None:
        if text is not None:
            raise UsageError(f"{rule.name} takes no value, got '{text}'")
        return None
    needs = f"{rule.name} needs {parameter.kind.takes}"
    if text is None:
        if parameter.default is REQUIRED:
            raise UsageError(needs, remedy=f"write {rule.name}=VALUE")
        return parameter.default
    try:
        return parameter.kind.parse(plain(text))
    except (ValueError, TypeError):
        raise UsageError(f"{needs}, got '{text}'") from None
    except OverflowError as error:
        raise UsageError(f"{rule.name}={text} is too large: at most {error}") from None
