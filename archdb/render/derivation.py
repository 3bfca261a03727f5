"""Steps as text: under each rule its steps, formula above numbers, equal signs aligned."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from archdb.explain.steps import Step, number
from archdb.text import inline


def written(rows: Iterable[Sequence[Any]]) -> str:
    """The derivation as a person would write it down; a row is a step, perhaps behind the name of
    its layer."""
    by_layer: dict[str, list[Sequence[Any]]] = {}
    for row in rows:
        *layer, quantity, formula, numbers, result, rule = row
        step = (quantity, formula, numbers, result, rule)
        by_layer.setdefault(" ".join(map(inline, layer)), []).append(step)
    return "\n".join(_headed(name, _by_rule(steps)) for name, steps in by_layer.items())


def _headed(name: str, text: str) -> str:
    return f"{name}\n{'─' * len(name)}\n\n{text}" if name else text


def _by_rule(rows: Iterable[Sequence[Any]]) -> str:
    by_rule: dict[str, list[Step]] = {}
    for step in (Step(*map(_on_a_line, row)) for row in rows):
        by_rule.setdefault(step.rule, []).append(step)
    parts = (
        "\n".join([rule, *(line for step in _merge(steps) for line in _lines(step))])
        for rule, steps in by_rule.items()
    )
    return "\n\n".join(parts) + "\n"


def _on_a_line(part: Any) -> Any:
    return inline(part) if isinstance(part, str) else part


def _merge(steps: Sequence[Step]) -> list[Step]:
    """Height and width in one step where they are worked out alike."""
    names: dict[Step, list[str]] = {}
    for step in steps:
        names.setdefault(step._replace(quantity=_axis(step.quantity)), []).append(step.quantity)
    return [step._replace(quantity=" = ".join(same)) for step, same in names.items()]


_AXES = {
    "height": "",
    "width": "",
    "h": "",
    "w": "",
    "top": "",
    "left": "",
    "bottom": "'",
    "right": "'",
}


def _axis(quantity: str) -> str:
    """A quantity's name without its axis: equal for both axes of one thing."""
    words = quantity.split("_")
    return "_".join(_AXES.get(word, word) for word in words)


def _lines(step: Step) -> list[str]:
    if step.result is None:
        return [f"  {step.quantity}: {step.formula}"]
    head = f"  {step.quantity} = "
    result = number(step.result) if isinstance(step.result, int) else step.result
    if not step.numbers or step.numbers == result:
        written_out = step.formula and step.formula != result
        return [f"{head}{step.formula} = {result}" if written_out else f"{head}{result}"]
    if not step.formula:
        return [f"{head}{step.numbers} = {result}"]
    return [f"{head}{step.formula}", f"{' ' * (len(head) - 2)}= {step.numbers} = {result}"]
