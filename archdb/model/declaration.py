"""What an op, a block, a rule or a file takes: attributes by name, of the kinds of `attributes`."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import get_annotations
from typing import Any, NamedTuple

from archdb.errors import DefinitionError, nearest
from archdb.model.attributes import LATER, Kind

REQUIRED: Any = object()


def declared(owner: Any) -> dict[str, Any]:
    """The annotations of a class or function that state kinds, whether its module keeps them as
    text (`from __future__ import annotations`) or not."""
    stated = get_annotations(owner, eval_str=True)
    return {name: kind for name, kind in stated.items() if hasattr(kind, "__metadata__")}


class Attribute(NamedTuple):
    """One declared attribute; `default` is REQUIRED where the user must say it. `later`: a row
    leaves it out where it is at its default."""

    name: str
    kind: Kind
    default: Any
    later: bool = False


class Declaration:
    """The attributes that an op or a block takes, in order."""

    __slots__ = ("attributes",)

    def __init__(self, annotations: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        self.attributes: dict[str, Attribute] = {}
        for name, annotation in annotations.items():
            kind = next(m for m in annotation.__metadata__ if isinstance(m, Kind))
            default = defaults.get(name, REQUIRED)
            if default is not REQUIRED and default is not None:
                default = kind.parse(default)
            later = LATER in annotation.__metadata__
            self.attributes[name] = Attribute(name, kind, default, later)

    def left_out(self) -> dict[str, Any]:
        """The attributes that a row may leave out, with what they are then."""
        return {a.name: a.default for a in self.attributes.values() if a.later}

    @property
    def required(self) -> set[str]:
        """The attributes that must be said."""
        return {a.name for a in self.attributes.values() if a.default is REQUIRED}

    def parse(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Canonical values of all attributes, in the declared order.

        Raises DefinitionError naming an unknown key, a missing one or a wrong value.
        """
        for name in given:
            if name not in self.attributes:
                known = ", ".join(self.attributes) or "none"
                raise DefinitionError(
                    f"has no attribute '{name}'",
                    remedy=nearest(name, self.attributes) or f"it takes: {known}",
                )
        values: dict[str, Any] = {}
        for name, attribute in self.attributes.items():
            value = given.get(name, attribute.default)
            values[name] = attribute.default if value is None else value
            if values[name] is REQUIRED:
                takes, _, why = attribute.kind
                raise DefinitionError(
                    f"'{name}' is missing", remedy=f"it needs {takes}{why and '; '}{why}"
                )
            if name in given and value is not None:
                values[name] = _parsed(attribute, value)
        return values


def _parsed(attribute: Attribute, value: Any) -> Any:
    try:
        return attribute.kind.parse(value)
    except DefinitionError as error:  # the kind says more than that it is another
        raise error.at(f"'{attribute.name}'") from None
    except (ValueError, TypeError):
        raise DefinitionError(
            f"'{attribute.name}' needs {attribute.kind.takes}, got {value!r}"
        ) from None
    except OverflowError as error:
        raise DefinitionError(f"'{attribute.name}' is too large: at most {error}") from None
