"""The containers that Keras keeps a configuration in; weights are left where they are."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

from archdb.errors import DefinitionError
from archdb.sources.laying import LARGEST_FILE, file_text

_H5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK\x03\x04"
REMEDY = "give what model.save or model.to_json has written"


class Stored(NamedTuple):
    """A model's configuration, and the version of Keras that wrote it, '' if it is not said."""

    config: dict[str, Any]
    version: str


def stored(path: Path) -> Stored:
    """What a file holds, whichever container it is; DefinitionError where it is none."""
    start = _start(path)
    if start.startswith(_ZIP):
        return _archive(path)
    if start.startswith(_H5):
        return _h5(path)
    return from_json(file_text(path))


def from_json(text: str, version: str = "") -> Stored:
    """A configuration in JSON, as model.to_json or TensorFlow.js writes it."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise DefinitionError(f"is not JSON: {error}", remedy=REMEDY) from None
    for key in ("modelTopology", "model_config"):  # of TensorFlow.js, perhaps both
        if isinstance(data, dict) and isinstance(data.get(key), dict):
            version = str(data[key].get("keras_version") or data.get("keras_version") or version)
            data = data[key]
    if not isinstance(data, dict) or "class_name" not in data or "config" not in data:
        raise DefinitionError("is JSON, but no Keras model's configuration", remedy=REMEDY)
    return Stored(data, str(data.get("keras_version") or version))


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(8)
    except OSError as error:
        raise DefinitionError(f"cannot be read: {error.strerror}") from None
    except ValueError:  # a NUL in the path
        raise DefinitionError("cannot be the name of a file") from None


def _archive(path: Path) -> Stored:
    """A .keras file: a zip with config.json and metadata.json in it, of which a bounded part is
    read however much they would unpack to."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if "config.json" not in names:
                raise DefinitionError("is a zip without config.json", remedy=REMEDY)
            text = _member(archive, "config.json")
            about = _member(archive, "metadata.json") if "metadata.json" in names else "{}"
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise DefinitionError(f"is a damaged zip: {error}", remedy=REMEDY) from None
    except zipfile.zlib.error as error:  # type: ignore[attr-defined]
        raise DefinitionError(f"is a damaged zip: {error}", remedy=REMEDY) from None
    return from_json(text, _version(about))


def _version(about: str) -> str:
    try:
        data = json.loads(about)
    except (ValueError, RecursionError):
        return ""
    return str(data.get("keras_version", "")) if isinstance(data, dict) else ""


def _member(archive: zipfile.ZipFile, name: str) -> str:
    with archive.open(name) as file:
        data = file.read(LARGEST_FILE + 1)
    if len(data) > LARGEST_FILE:
        raise DefinitionError(
            f"unpacks to more than {LARGEST_FILE // 2**20} MB of {name}",
            remedy="no configuration is so large: the file is damaged, or made to do harm",
        )
    return data.decode("utf-8", "replace")


def _h5(path: Path) -> Stored:
    """An H5 file, whose attribute model_config is the JSON."""
    try:
        import h5py  # an extra: archdb does without where no H5 file is read
    except ImportError:
        raise DefinitionError(
            "is an H5 file, and h5py is not installed",
            remedy="pip install 'archdb[h5]', or give what model.to_json() returns as a .json file",
        ) from None
    try:
        with h5py.File(path, "r") as file:
            config = file.attrs.get("model_config")
            version = file.attrs.get("keras_version", "")
    except (OSError, RuntimeError, LookupError, ValueError, TypeError) as error:
        raise DefinitionError(f"is a damaged H5 file: {error}", remedy=REMEDY) from None
    if config is None:
        raise DefinitionError(
            "has weights and no configuration", remedy="save the model, not its weights alone"
        )
    return from_json(_text(config), _text(version))


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
