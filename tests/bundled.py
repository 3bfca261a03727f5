"""The bundled networks, each derived once."""

from functools import cache

from archdb.analysis.profile import Profile, derive
from archdb.sources.toml import bundled_files, bundled_references, load

NAMES = [path.stem for path in bundled_files()]


@cache
def profile(name: str, shape: tuple[int, ...] | None = None) -> Profile:
    """The profile of a bundled network, native unless a shape is given."""
    path = next(path for path in bundled_files() if path.stem == name)
    return derive(load(path, bundled_references()).network, shape)
