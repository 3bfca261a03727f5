"""The bundled networks, each read and derived once."""

from functools import cache

from archdb.analysis.profile import Profile, derive
from archdb.model.graph import Network
from archdb.sources.records import Seed
from archdb.sources.toml import bundled_files, bundled_references, load

FILES = {path.stem: path for path in bundled_files()}
NAMES = list(FILES)


@cache
def seed(name: str) -> Seed:
    """A bundled seed."""
    return load(FILES[name], bundled_references())


def network(name: str) -> Network:
    """A bundled network."""
    return seed(name).network


@cache
def profile(name: str, shape: tuple[int, ...] | None = None) -> Profile:
    """The profile of a bundled network, native unless a shape is given."""
    return derive(network(name), shape)
