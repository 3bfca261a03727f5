"""Pages that ask: explain, explain-number, calc, rewrite, sweep. Without words they are a form."""

from __future__ import annotations

import inspect
import re
from itertools import groupby
from typing import TYPE_CHECKING, Any

from archdb.model.declaration import REQUIRED
from archdb.queries.result import Derivation
from archdb.serve.address import Target
from archdb.serve.html import Context, Page, form_of, networks, shown
from archdb.serve.view import path, view

if TYPE_CHECKING:
    from archdb.serve.answer import Source


def explain(source: Source, target: Target) -> Context:
    """How figures come about: of a layer step by step, of a network what they are made of."""
    result = source.result(target)
    name = target.names["name"]
    layers = [row[0] for row in source.database.show(name, by="layer").rows]
    lead = {"layer": lambda layer: path("networks", name, "explain", *layer.split("/"))}
    steps = None
    if isinstance(result, Derivation):
        steps = [(key, list(rows)) for key, rows in groupby(result.rows, key=lambda row: row[0])]
    own = "/".join(target.names.get("layer", ()))
    context = shown(target, result, layers=layers, steps=steps, own=own, name=name)
    if steps is None and "quantity" in result.columns:
        lead["quantity"] = lambda quantity: (
            path("networks", name, "explain") + f"?quantity={quantity}"
        )
    return {**context, "view": view(result, lead)}


def number(source: Source, target: Target) -> Context:
    """Where a printed number comes from."""
    names = networks(source)
    if not {"name", "value"} <= set(target.values):
        return {**form_of(target), "view": None, "names": names}
    return shown(target, source.result(target), names=names)


def calc(source: Source, target: Target) -> Context:
    """One layer: a field for each attribute, and what it comes to."""
    from archdb.ops import REGISTRY

    form = form_of(target)  # says where there is no such op
    op = REGISTRY[target.names["op"]]
    paragraphs = re.split(r"\n\s*\n", inspect.cleandoc(op.__doc__ or ""))
    doc = [" ".join(text.split()).split("`") for text in paragraphs]  # every other is code
    required = {n for n, a in op.declaration.attributes.items() if a.default is REQUIRED}
    more: dict[str, Any] = {"doc": doc, "required": required, "op": op.name, "steps": None}
    if not target.values:
        return {**form, **more, "view": None}
    result = source.result(target)
    if isinstance(result, Derivation):
        rows = groupby(result.rows, key=lambda row: row[0])
        more["steps"] = [(key, list(some)) for key, some in rows]
    return shown(target, result, **more)


def rewrite(source: Source, target: Target) -> Context:
    """What rules make of a network."""
    from archdb.rewrite import REGISTRY

    rules = [(rule.usage, rule.summary) for rule in REGISTRY.values()]
    if not target.values.get("rule"):
        return {**form_of(target), "view": None, "rules": rules}
    return shown(target, source.result(target), rules=rules)


def sweep(source: Source, target: Target) -> Context:
    """Figures over a range."""
    names = networks(source)
    if not target.values.get("name"):
        return {**form_of(target), "view": None, "names": names}
    return shown(target, source.result(target), names=names)


PAGES: dict[str, Page] = {
    "explain": explain,
    "number": number,
    "calc": calc,
    "rewrite": rewrite,
    "sweep": sweep,
}
