"""The OpenAPI description, made of the table of routes."""

from __future__ import annotations

from typing import Any

from archdb.serve.address import MEDIA, Route, parameters_of
from archdb.serve.parameters import Parameter
from archdb.serve.reply import PROBLEM
from archdb.serve.routes import ROUTES
from archdb.serve.settings import Settings
from archdb.version import __version__

#: What a parameter of each kind takes: a range is '1M..10M' or '..600M'.
KINDS: dict[str, dict[str, Any]] = {
    "integer": {"type": "integer", "minimum": 0},
    "number": {"type": "number", "exclusiveMinimum": 0},
    "flag": {"enum": ["yes", "no"]},
    "range": {"pattern": r"^(\d{1,9}[kMG]?)?\.\.(\d{1,9}[kMG]?)?$"},
}
#: What a name in a path may be; of names that are one or more, at least so many are written out.
NAME = {"type": "string", "minLength": 1}
LEAST = {"names": 2}
#: A statement that is too long for an address is posted.
POSTED = {
    "description": "the statement, with its parameters where these have names",
    "content": {
        "text/plain": {},
        "application/x-www-form-urlencoded": {},
        "application/json": {},
    },
}


def description(settings: Settings) -> dict[str, Any]:
    """Every address in every form."""
    paths: dict[str, Any] = {}
    for route in ROUTES:
        if route.is_sql and not settings.sql:
            continue
        for form in route.forms:
            if not (callable(route.parameters) and form != "html"):
                paths[_path(route, form)] = _methods(route, form)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "archdb",
            "version": __version__,
            "description": "Neural network architectures as layer rows, and what derives from them",
        },
        "paths": paths,
    }


def _path(route: Route, form: str) -> str:
    """The path with each name in braces: '/compare/{name1}/{name2}.json'."""
    path = route.pattern
    for segment in _named(route):
        path = path.replace(segment, "/".join(f"{{{name}}}" for name in _inside(segment)))
    return path + ("" if form == "html" else f".{form}")


def _named(route: Route) -> list[str]:
    return [segment for segment in route.segments if segment[0] == "{"]


def _inside(segment: str) -> list[str]:
    """The names that stand for a segment of a pattern."""
    word = segment.strip("{*}")
    least = LEAST.get(word, 1)
    return [word] if least == 1 else [f"name{at}" for at in range(1, least + 1)]


def _methods(route: Route, form: str) -> dict[str, Any]:
    """What can be done at an address: it is read, and a statement may be posted."""
    found = {"get": _operation(route, form)}
    if route.is_sql and "{" not in route.pattern:
        asked = found["get"]
        rest = [one for one in asked["parameters"] if one["name"] != "q"]
        found["post"] = {**asked, "parameters": rest, "requestBody": POSTED}
    return found


def _operation(route: Route, form: str) -> dict[str, Any]:
    known = [] if callable(route.parameters) else parameters_of(route, {}, form)
    inside = [name for segment in _named(route) for name in _inside(segment)]
    problem = {"description": "What is wrong, and what can be done", "content": {PROBLEM: {}}}
    return {
        "summary": route.summary,
        "parameters": [
            *({"name": n, "in": "path", "required": True, "schema": NAME} for n in inside),
            *(_parameter(one) | ({"required": True} if one.needed and form != "html" else {})
              for one in known),
        ],
        "responses": {
            "200": {"description": route.summary, "content": {MEDIA[form].partition(";")[0]: {}}},
            "default": problem,
        },
    }  # fmt: skip


def _parameter(parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": "query",
        "description": parameter.meaning,
        "schema": schema_of(parameter),
    }


def schema_of(parameter: Parameter) -> dict[str, Any]:
    """What a parameter takes, as a JSON schema."""
    schema: dict[str, Any] = {"type": "string", **KINDS.get(parameter.kind, {})}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.default not in (None, False):
        schema["default"] = parameter.default
    if parameter.most is not None:
        schema["maximum"] = parameter.most
    if parameter.needed:
        schema["minLength"] = 1
    return {"type": "array", "items": schema} if parameter.many else schema
