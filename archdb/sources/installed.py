"""The libraries whose models are read: loaded where they are named, or said why they are not."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any

from archdb.errors import NotFoundError

#: For each library the module that builds its models, and what that needs.
LIBRARIES = {
    "torchvision": ("torch_libraries", ("torch", "torchvision")),
    "timm": ("torch_libraries", ("torch", "timm")),
    "keras": ("keras_libraries", ("keras",)),
}
#: What else a library may lack when it is installed.
_LACKING = {
    "keras": "Keras needs a backend: pip install tensorflow, or set KERAS_BACKEND to an installed "
    "one, torch or jax",
}


def front_end(library: str) -> Any:
    """The module that lists and builds a library's models.

    Raises NotFoundError where the library, or what it needs, is not installed or cannot be loaded.
    """
    module, needed = LIBRARIES[library]
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # TensorFlow's log, where Keras loads it
    for each in needed:
        _load(each)
    return import_module(f"archdb.sources.{module}")


def _load(library: str) -> None:
    try:
        import_module(library)
    except Exception as error:  # whatever a library raises while it is loaded
        if isinstance(error, ModuleNotFoundError) and error.name == library:
            what, remedy = f"{library} is not installed here", f"pip install {library}"
        else:
            what = f"{library} is installed, but cannot be loaded: {type(error).__name__}: {error}"
            remedy = _LACKING.get(library, f"python -c 'import {library}' shows where it fails")
        raise NotFoundError(what, remedy=remedy) from None
