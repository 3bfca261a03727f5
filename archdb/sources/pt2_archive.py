"""The archive of an exported program: what of it is read, and within which limits."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from archdb.errors import DefinitionError

#: The JSON has no weights, and no program's is nearly as large.
LARGEST = 256 * 2**20
#: Where versions of PyTorch keep the program, and which tensors are one.
OLDER, MODELS, WEIGHTS = "serialized_exported_program.json", "/models/", "_weights_config.json"


class Program(NamedTuple):
    """A program: its graph, what its inputs are, and the file's name for each stored tensor."""

    graph: Mapping[str, Any]
    inputs: Sequence[Mapping[str, Any]]
    version: str
    weights: Mapping[str, str]

    def same(self, name: str) -> str:
        """The first name of a tensor that is stored once under several."""
        place = self.weights.get(name)
        return next((n for n, other in self.weights.items() if place and other == place), name)


def open_program(path: Path) -> Program:
    """The program in a file; DefinitionError where there is none, or several, or it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = [n for n in archive.namelist() if _is_program(n)]
            if len(found) != 1:
                names = f": {', '.join(found[:5])}" if found else ""
                raise DefinitionError(
                    f"holds {len(found) or 'no'} exported programs, and one is read{names}",
                    remedy="save one by torch.export.save(program, FILE)",
                )
            whole = _json(archive, found[0])
            weights = [n for n in archive.namelist() if n.endswith(WEIGHTS)]
            config = _json(archive, weights[0]) if weights else {}
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise DefinitionError(
            f"is no archive of PyTorch, or damaged: {error}", remedy="is it downloaded whole?"
        ) from None
    module = whole["graph_module"]
    places = {n: one["path_name"] for n, one in config.get("config", config).items()}
    version = str(whole.get("torch_version", "of unstated version"))
    return Program(module["graph"], module["signature"]["input_specs"], version, places)


def _is_program(name: str) -> bool:
    return name.endswith(OLDER) or (MODELS in f"/{name}" and name.endswith(".json"))


def _json(archive: zipfile.ZipFile, name: str) -> Any:
    size = archive.getinfo(name).file_size
    if size > LARGEST:
        raise DefinitionError(f"has {size:,} bytes of JSON, and at most {LARGEST:,} are read")
    with archive.open(name) as file:
        data = file.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise DefinitionError(f"has more than {LARGEST:,} bytes of JSON")
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        raise DefinitionError("has a program that is no JSON").at(name) from None
