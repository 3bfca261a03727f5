"""The OpenAPI description, made of the table of routes."""

from __future__ import annotations

from typing import Any

from archdb.serve.address import MEDIA, Route, parameters_of
from archdb.serve.parameters import Parameter
from archdb.serve.reply import PROBLEM
from archdb.serve.routes import ROUTES
from archdb.serve.settings import Settings
from archdb.version import __version__

TYPES = {"integer": "integer", "number": "number"}


def description(settings: Settings) -> dict[str, Any]:
    """Every address in every form."""
    paths: dict[str, Any] = {}
    for route in ROUTES:
        if route.is_sql and not settings.sql:
            continue
        for form in route.forms:
            if not (callable(route.parameters) and form != "html"):
                paths[_path(route, form)] = {"get": _operation(route, form)}
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
    return route.pattern.replace("*}", "}") + ("" if form == "html" else f".{form}")


def _operation(route: Route, form: str) -> dict[str, Any]:
    known = [] if callable(route.parameters) else parameters_of(route, {}, form)
    inside = [segment.strip("{*}") for segment in route.segments if segment[0] == "{"]
    problem = {"description": "What is wrong, and what can be done", "content": {PROBLEM: {}}}
    return {
        "summary": route.summary,
        "parameters": [
            *({"name": n, "in": "path", "required": True, "schema": {"type": "string"}}
              for n in inside),
            *map(_parameter, known),
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
    schema: dict[str, Any] = {"type": TYPES.get(parameter.kind, "string")}
    if parameter.choices:
        schema["enum"] = list(parameter.choices)
    if parameter.default not in (None, False):
        schema["default"] = parameter.default
    return {"type": "array", "items": schema} if parameter.many else schema
