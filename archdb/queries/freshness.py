"""No figure is shown stale: what is, or is missing, is derived before it is read.

SQLAlchemy and the ops are imported only where something must be derived.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from archdb.errors import ArchdbError, DatabaseError, NotFoundError

if TYPE_CHECKING:
    from archdb.model.input_spec import InputSpec
    from archdb.model.shape import Shape
    from archdb.queries.reader import Reader

#: How often a question is put again because another program has changed rows meanwhile.
ATTEMPTS = 5
#: So many networks take long enough to be said beforehand.
MANY = 1000
#: Whose rows have changed where those of no network have.
FIGURES = ("published figures",)


Answer = TypeVar("Answer")
Question = TypeVar("Question", bound=Callable[..., Any])


class _OutdatedError(Exception):
    """What a question needs is stale or missing; `derive` mends that, outside its state."""

    def __init__(self, names: Sequence[str], derive: Callable[[], object]) -> None:
        super().__init__(names)
        self.names, self.derive = names, derive


def answer_from_one_state(reader: Reader, question: Callable[[], Answer]) -> Answer:
    """What a question answers, all of it from one state of the file.

    Where it needs what must be derived first, that is done and the question put again, from its
    beginning: meanwhile another program may have changed anything.
    """
    if reader.faults is not None:  # a question inside a question
        return question()
    names: Sequence[str] = ()
    reader.faults = {}
    try:
        for _ in range(ATTEMPTS):
            reader.let_go()
            try:
                with reader.snapshot(keep=reader.keeps):
                    return question()
            except _OutdatedError as outdated:
                names, derive = outdated.names, outdated.derive
            except Exception as error:
                if damage := reader.blamed(error):
                    raise damage from None
                raise
            derive()
    finally:
        reader.faults = None
    raise _unsettled_error(reader, names)


def one_state(question: Question) -> Question:
    """A method of a reader whose questions are answered from one state of the file."""

    @functools.wraps(question)
    def answer(reader: Any, *arguments: Any, **options: Any) -> Any:
        return answer_from_one_state(reader, lambda: question(reader, *arguments, **options))

    return answer  # type: ignore[return-value]


def _unsettled_error(reader: Reader, names: Sequence[str]) -> ArchdbError:
    return DatabaseError(
        f"another program keeps changing the rows of {first_names(names)}",
        remedy="try again when it has finished",
    ).at(str(reader.path))


@contextlib.contextmanager
def ensure_profiles(
    reader: Reader, names: Sequence[str], spec: InputSpec = None
) -> Iterator[list[str]]:
    """The inputs, as text, of fresh profiles of these networks, from one state of the file."""
    if reader.faults is not None:
        yield _inputs_here(reader, names, spec)
        return
    for _ in range(ATTEMPTS):
        inputs = profiles(reader, names, spec)
        with reader.snapshot():
            if all(has_profile(reader, *pair) for pair in zip(names, inputs, strict=True)):
                yield inputs
                return
    raise _unsettled_error(reader, names)


def _inputs_here(reader: Reader, names: Sequence[str], spec: InputSpec) -> list[str]:
    """The same in the state that a question is answered from, where nothing can be derived."""
    if not any(is_stale(reader, name) for name in names):
        inputs = _inputs(reader, names, spec)
        if all(has_profile(reader, *pair) for pair in zip(names, inputs, strict=True)):
            return inputs
    raise _OutdatedError(names, lambda: profiles(reader, names, spec))


def profiles(reader: Reader, names: Sequence[str], spec: InputSpec = None) -> list[str]:
    """The inputs, as text, of fresh profiles; those that are missing are derived, all or none.

    `spec` says which inputs; None means the native ones.
    """
    stale = [name for name in names if is_stale(reader, name)]
    for fault in _derive_again(reader, stale).values():
        raise fault
    inputs = _inputs(reader, names, spec)
    pairs = zip(names, inputs, strict=True)
    missing = [pair for pair in pairs if not has_profile(reader, *pair)]
    if missing:
        reader.deriver.add(reader.path, missing)
    return inputs


def _inputs(reader: Reader, names: Sequence[str], spec: InputSpec) -> list[str]:
    if spec is None:
        return [native_input(reader, name) for name in names]
    from archdb.analysis.inputs import format_inputs, resolve_each

    return list(
        map(format_inputs, resolve_each(spec, [native_shapes(reader, name) for name in names]))
    )


def native_input(reader: Reader, name: str) -> str:
    """The inputs that a network is defined at, as text."""
    found = reader.recall("native", name=name)
    if not found:  # since its name was looked up
        raise NotFoundError(f"network '{name}' is no longer there")
    return str(found[0][0])


def native_shapes(reader: Reader, name: str) -> dict[str, Shape]:
    """The same by name."""
    from archdb.analysis.inputs import parse_shapes

    shapes = parse_shapes(native_input(reader, name))
    layers = reader.run_named("input_layers", name=name).column("name")
    return dict(zip(layers, shapes, strict=True))


def is_stale(reader: Reader, name: str) -> bool:
    """Whether figures of a network are not those of its rows."""
    return bool(reader.recall("stale_one", name=name))


def has_profile(reader: Reader, name: str, input: str) -> bool:
    """Whether figures of a network at an input, as text, are there."""
    return (input,) in reader.recall("inputs", name=name)


def refresh_stale(reader: Reader, *, points: bool = True) -> dict[str, ArchdbError]:
    """Derive every stale network again; the faults, by name, of those whose rows define none.

    Views show none of the latter until their rows are mended. Without `points` those of search
    spaces stay as they are: a question about the catalogue does not wait for them.
    """
    stale = reader.run_named("stale", points=points).column("name")
    figures = bool(reader.run("select 1 from unread_figure limit 1").rows)
    faults = reader.faults
    if faults is None:
        faults = _derive_again(reader, stale, figures=figures)
    elif figures or not faults.keys() >= set(stale):
        raise _OutdatedError(
            stale or FIGURES,
            lambda: _note(reader, _derive_again(reader, stale, figures=figures)),
        )
    for fault in faults.values():
        reader.notify(f"left out: {fault}")
    return faults


def _note(reader: Reader, faults: dict[str, ArchdbError]) -> None:
    """Remember which networks cannot be derived, while a question is put again."""
    if reader.faults is not None:
        reader.faults.update(faults)


def _derive_again(
    reader: Reader, stale: Sequence[str], *, figures: bool = False
) -> dict[str, ArchdbError]:
    """The faults, by name; `figures`: values of published figures have to be worked out again."""
    if not stale and not figures:
        return {}
    if reader.isolated:
        why = "its rows define no network, or have changed since its figures were derived"
        return {name: DatabaseError(why).at(name) for name in stale}
    if len(stale) > MANY:
        reader.notify(
            f"deriving {len(stale)} networks again: after an interruption archdb derive goes on"
        )
    try:
        faults = reader.deriver.refresh(reader.path, stale, reader.progress)
    except DatabaseError as error:
        whose = first_names(stale or FIGURES)
        changed = f"the rows of {whose} have changed and cannot be derived again"
        error.what = f"{changed}: {error.what}"
        raise
    notify_derived(reader, [name for name in stale if name not in faults])
    return faults


def notify_derived(reader: Reader, names: Sequence[str]) -> None:
    """Say whose figures are other ones than were stored."""
    if names:
        reader.notify(f"derived again, because rows or archdb have changed: {first_names(names)}")


def first_names(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
