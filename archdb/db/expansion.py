"""SQL that names no component: a line in braces stands for one line of each.

    {quantity}    params and every component, what a counting convention may weigh
    {component}   every component
    {total}       the components that a profile has totals of
    {,}           a comma, but behind the last of them

with {unit}, {meaning}, {of_group}, {of_network} and {cited} as archdb.model.components states
them. Anywhere else {d.params} is the sum of the trainable components of d.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from archdb.model.components import COMPONENTS, QUANTITIES, TOTALLED, TRAINED, Component

EACH = {"quantity": QUANTITIES, "component": COMPONENTS, "total": TOTALLED}
_EACH = re.compile(r"\{(" + "|".join(EACH) + r")\}")
_PARAMS = re.compile(r"\{(\w+\.)?params\}")


def expand(statement: str) -> str:
    """The statement with a line for each component in place of the lines in braces."""
    return "".join(
        line for template in statement.splitlines(keepends=True) for line in _lines(template)
    )


def _lines(template: str) -> Iterator[str]:
    template = _PARAMS.sub(_sum, template)
    each = _EACH.search(template)
    if each is None:
        yield template
        return
    components = EACH[each[1]]
    for component in components:
        yield _fill(template, each[0], component, last=component is components[-1])


def _sum(found: re.Match[str]) -> str:
    return " + ".join((found[1] or "") + name for name in TRAINED)


def _fill(template: str, name: str, component: Component, *, last: bool) -> str:
    cited = f" [{component.citation}]" if component.citation else ""
    words = {name: component.name, "{,}": "" if last else ",", "{cited}": cited}
    words |= {f"{{{field}}}": str(value) for field, value in component._asdict().items()}
    for brace, word in words.items():
        template = template.replace(brace, word)
    return template
