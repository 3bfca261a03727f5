"""Answers that are kept of a file that nobody changes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any

#: So many at the most: some for each network of a catalogue.
MOST = 4096


class LastAnswers:
    """The answers that were asked for last."""

    def __init__(self) -> None:
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, what: Hashable, make: Callable[[], Any]) -> Any:
        """The answer to `what`, made where it is not there; None is not kept."""
        found = self._answers.get(what)
        if found is not None:
            self._answers.move_to_end(what)
            return found
        found = make()
        if found is not None:
            self._answers[what] = found
            if len(self._answers) > MOST:
                self._answers.popitem(last=False)
        return found
