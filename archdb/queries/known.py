"""Answers that are remembered of a file that nobody changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

#: So many at the most: some for each network of a catalogue.
REMEMBERED = 4096


class Known:
    """The answers that were asked for last."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, what: Hashable, make: Callable[[], Any]) -> Any:
        """The answer to `what`, made where it is not there; None is not remembered."""
        found = self._answers.get(what)
        if found is not None:
            self._answers.move_to_end(what)
            return found
        found = make()
        if found is not None:
            self._answers[what] = found
            if len(self._answers) > REMEMBERED:
                self._answers.popitem(last=False)
        return found
