"""A process that answers archdb's own questions: those that take longer than a glance, as rules,
other inputs, alignments and pages. It may be killed at any moment."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from archdb.errors import ArchdbError, LimitError
from archdb.queries.process import LateError, Process
from archdb.queries.provenance import Release
from archdb.serve.reply import Problem, ProblemError, Reply, Rows

if TYPE_CHECKING:
    from archdb.serve.snapshot import Snapshot

#: The address space that a question may take, in bytes.
MEMORY = 2 << 30
#: What most questions need, imported before there is one.
NEEDED = (
    "archdb.analysis.alignment_summary",
    "archdb.analysis.profile",
    "archdb.serve.pages",
    "jinja2",
)
START = "from archdb.serve.questioner import main; main()"


class Questioner(Process):
    """The process, held from outside."""

    last = frozenset({"reply", "problem"})

    def __init__(self, snapshot: Snapshot) -> None:
        super().__init__("-c", START)
        self._send("open", str(snapshot.path), tuple(snapshot.dataset))

    def ask(self, url: str, seconds: float, rows: Rows | None = None) -> Reply:
        """The answer to a target by its address; `rows` are those of a statement that has been
        run. Raises ProblemError, and LimitError where it takes longer."""
        self._ask(seconds, "ask", url, rows and tuple(rows))
        try:
            _, word, *rest = self._receive()
        except LateError:
            raise LimitError(
                f"the answer took longer than {seconds:g} s and was stopped",
                remedy="ask for less, or use archdb on your own machine, which has no such limit",
            ) from None
        if word == "problem":
            raise ProblemError(Problem(*rest))
        return Reply(*rest)


def main() -> None:
    """Answer, one after the other, for as long as anybody may ask."""
    from archdb.queries.pipe import messages, send

    inbox = messages()
    _, path, dataset = next(inbox)
    _bound()
    from archdb.api import Database
    from archdb.serve.answer import Source, answer, target_of

    source = Source(
        Database(Path(path), isolated=True, notify=lambda message: None), Release(*dataset)
    )
    for name in NEEDED:
        import_module(name)
    for _, url, rows in inbox:
        try:
            send("reply", *answer(source, target_of(url), rows and Rows(*rows)))
        except ArchdbError as error:
            send("problem", *Problem.of(error))
        except MemoryError:
            send("problem", 422, f"the answer needs more than {MEMORY >> 20} MB", "ask for less")
        except RecursionError:
            send("problem", 422, "the answer is too deep to be worked out", "ask for less")
        except Exception as error:
            send("problem", 500, f"archdb has stumbled: {type(error).__name__}", "report it")


def _bound() -> None:
    """No more address space than MEMORY, no files, cores or further processes."""
    try:
        import resource
    except ImportError:  # Windows has no such limits
        return
    for name, most in {"AS": MEMORY, "CORE": 0, "FSIZE": 0}.items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
