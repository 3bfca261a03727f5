"""The nodes of an exported program as calls: ATen's names, and arguments by these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archdb.sources.neutral import Ref
from archdb.sources.torch_arguments import ARGUMENTS, SYNONYMS
from archdb.sources.torch_functions import kind_of

#: Arguments that the schema writes as they are.
PLAIN = ("as_int", "as_float", "as_bool", "as_string", "as_ints", "as_floats", "as_bools")
#: What ATen calls an argument of one kind, where archdb's table has another word.
OWN = {("view", "size"): "shape", ("reshape", "size"): "shape", ("index", "indices"): "index"}
#: Overloads that are calls of other kinds.
KINDS = {"index": "getitem", "sym_size": "shape", "_unsafe_view": "view", "t": "T"}


def told(
    node: Mapping[str, Any], own: Mapping[str, str]
) -> tuple[str, dict[str, Any], tuple[str, ...]]:
    """Kind, arguments and outputs of a node; `own`: the module's names of stored tensors."""
    target = str(node["target"])
    name = target.split(".")[3] if target.startswith("torch.ops.aten.") else target
    name = name.removeprefix("_operator.")
    given = {one["name"]: _value(one["arg"], own) for one in node["inputs"]}
    kind = kind_of(name)
    if kind in KINDS or name == "sym_size":
        return KINDS[kind], _own(kind, given), _writes(node)
    return kind, _own(kind, given), _writes(node)


def _own(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    if kind == "sym_size":
        at = int(given["dim"])
        return {"input": given["self"], "start": at, "end": at + 1}
    expected = ARGUMENTS.get(kind, ())
    named = {}
    for key, value in given.items():
        word = OWN.get((kind, key)) or (key if key in expected else SYNONYMS.get(key, key))
        named[word] = value
    return named


def _writes(node: Mapping[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for at, output in enumerate(node["outputs"]):
        ((what, given),) = output.items()
        if what == "as_tensor":
            found.append(given["name"])
        elif what == "as_tensors":
            found += [one["name"] for one in given]
        elif what in ("as_sym_int", "as_sym_float", "as_sym_bool"):
            found.append(given.get("as_name", f"{node.get('name', 'node')} output {at}"))
    return tuple(found)


def _value(arg: Mapping[str, Any], own: Mapping[str, str]) -> Any:
    """An argument: tensors and open numbers as Refs."""
    ((what, given),) = arg.items()
    if what in PLAIN:
        return given
    if what in ("as_tensor", "as_sym_int", "as_sym_float", "as_sym_bool"):
        return _ref(given, own)
    if what in ("as_tensors", "as_sym_ints", "as_sym_floats"):
        return [_ref(one, own) for one in given]
    if what == "as_optional_tensors":
        return [_ref(one["as_tensor"], own) if "as_tensor" in one else None for one in given]
    return None if what == "as_none" else f"{what.removeprefix('as_')} {given}"


def _ref(given: Mapping[str, Any], own: Mapping[str, str]) -> Any:
    for key in ("as_int", "as_float", "as_bool"):
        if key in given:
            return given[key]
    name = given.get("name", given.get("as_name", ""))
    return Ref(own.get(name, name))
