"""Networks from files and libraries: which front end reads what, by its suffix or its name.

Nothing that is read is run: a pickle is refused with what to do instead. A front end is loaded only
where its kind of file is asked for, and a library only where it is named.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from datetime import date, datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from archdb.analysis.inputs import check_names
from archdb.analysis.profile import derive
from archdb.errors import ArchdbError, DefinitionError, NotFoundError, UsageError, nearest
from archdb.model.graph import Network
from archdb.model.input_spec import InputLike, spec_of
from archdb.model.names import PLUS
from archdb.sources.installed import LIBRARIES, front_end
from archdb.sources.neutral import Graph
from archdb.sources.records import Seed
from archdb.sources.report import Report, told
from archdb.sources.sizes import Sizes, SizesLike
from archdb.sources.sizes import sizes as parsed

if TYPE_CHECKING:
    from archdb.sources.laying import Read

PICKLED = (
    "is not read: a pickle runs whatever code it holds",
    "in Python: archdb.from_torch(module, (3, 224, 224)); or export it by torch.onnx.export",
)
#: Kinds of files that are not read, why, and what to give in their place.
REFUSED = {
    **dict.fromkeys((".pt", ".pth", ".pkl", ".ckpt", ".bin"), PICKLED),
    ".caffemodel": ("holds weights alone", "give the .prototxt that describes the network"),
    ".weights": ("holds weights alone", "give the .cfg that describes the network"),
    ".safetensors": (
        "holds weights alone",
        "it has no network: give the network's own file, or its library and name",
    ),
}


class Imported(NamedTuple):
    """A network that was read, what is said of it, and the word that it was asked for by."""

    network: Network
    report: Report
    title: str
    family: str
    year: int

    def seed(self) -> Seed:
        """As a seed, to be stored."""
        header = (self.network.name, self.title, self.family, self.year)
        return Seed(*header, (), None, None, (), (), (), self.network)


def is_file(word: str) -> bool:
    """Whether a word means a file of a format that is read here."""
    return Path(word).suffix.lower() in {*FORMATS, *REFUSED}


def is_library(word: str) -> bool:
    """Whether a word is library:model, without rules behind it."""
    library, colon, model = word.partition(":")
    return bool(colon and model) and PLUS not in model and library in LIBRARIES


def is_outside(word: str) -> bool:
    """Whether a word means a file that is read here, or a library's model."""
    return is_library(word) or is_file(word) or word.lower().endswith(".toml")


def check_format(word: str) -> None:
    """Raises DefinitionError where a word is a path of a format that is not read here."""
    suffix = Path(word).suffix.lower()
    if suffix and suffix != ".toml" and not is_outside(word):
        raise DefinitionError(
            "is of no format that is read here",
            remedy=f"there are seeds (.toml), and files that end in {', '.join(FORMATS)}",
        ).at(word)


def read(word: str, name: str | None = None, sizes: SizesLike = None) -> Imported | None:
    """The network that a word means, a file's or a library's; None where it means neither."""
    if is_library(word):
        return read_library(word, name, sizes)
    return read_file(Path(word), name, sizes) if is_file(word) else None


def read_file(
    path: Path, name: str | None = None, sizes: SizesLike = None, phase: str | None = None
) -> Imported:
    """The network in a file; DefinitionError naming file, place and remedy. `phase`: TRAIN or TEST,
    of a file that describes both, as Caffe's do."""
    suffix = path.suffix.lower()
    if suffix in REFUSED:
        why, remedy = REFUSED[suffix]
        raise DefinitionError(why, remedy=remedy).at(str(path))
    if path.exists() and not path.is_file():
        what = "a directory" if path.is_dir() else "no file that can be read twice"
        raise DefinitionError(f"is {what}", remedy="give a file").at(str(path))
    if not path.is_file():
        raise NotFoundError("there is no such file").at(str(path))
    if phase is not None and suffix not in PHASED:
        raise UsageError("has no phases", remedy="leave out --phase").at(str(path))
    given = {} if phase is None else {"phase": phase.upper()}
    found = import_module(f"archdb.sources.{FORMATS[suffix]}").read(path, Sizes.of(sizes), **given)
    source = {"file": path.name, "sha256": _sha256(path)}
    year = datetime.fromtimestamp(path.stat().st_mtime).year
    try:
        return _imported(found, name or _named(path), source, path.stem, max(year, 1943))
    except ArchdbError as error:
        raise error.at(str(path)) from None


def _imported(
    found: Graph | Read, name: str, source: dict[str, str], title: str, year: int
) -> Imported:
    """What a front end gives as a network: a graph is lowered, a laid network is as it stands."""
    if isinstance(found, Graph):
        return from_graph(found, name, source, title, year)
    network = found.network.called(name)
    report = told(derive(network), found.outcome, {**source, **found.source})
    return Imported(network, report, title or name, "imported", year)


def from_graph(
    graph: Graph, name: str, source: Mapping[str, str], title: str = "", year: int = 0
) -> Imported:
    """The network that a neutral graph is, with its report."""
    from archdb.sources.folds import fold
    from archdb.sources.lowering import lower
    from archdb.sources.response_norms import response_norms
    from archdb.sources.spelled_out import spelled_out

    folds = spelled_out(graph) if graph.stored_once else Counter()
    folds += response_norms(graph) + fold(graph)
    found = lower(graph, name)
    check_names(found.network)
    profile = derive(found.network)
    said = {**source, **graph.source}
    report = told(profile, found.outcome, said, graph, found.holders, folds)
    return Imported(profile.network, report, title or name, "imported", year or date.today().year)


def _named(path: Path) -> str:
    return "_".join(path.stem.lower().split()) or "network"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


#: Files that describe a network for training and another for use.
PHASED = (".prototxt",)
#: The module that reads a kind of file, by its suffix.
FORMATS = {
    ".onnx": "onnx",
    ".pt2": "pt2",
    ".prototxt": "caffe",
    ".cfg": "darknet",
    **dict.fromkeys((".keras", ".json", ".h5", ".hdf5"), "keras"),
}


def read_library(word: str, name: str | None = None, sizes: SizesLike = None) -> Imported:
    """The network that a library builds under a name, as in timm:vit_base_patch16_224.

    Raises NotFoundError where the library is not installed or has no such model.
    """
    library, _, model = word.partition(":")
    try:
        given = Sizes.of(sizes)
        found = front_end(library).build(library, model, {} if given.only_open else given.given)
    except ArchdbError as error:
        raise error.at(word) from None
    return _imported(found, name or word.lower(), {"model": word}, model, date.today().year)


def from_torch(module: Any, *inputs: Any, name: str | None = None) -> Imported:
    """The network that a PyTorch module is, by one forward pass on the meta device: no weight is
    read. `inputs`: for each argument its shape without the batch, or an example tensor with it;
    None; or a dictionary of such by the names of arguments."""
    from archdb.sources.torch import record

    own = name or type(module).__name__.lower()
    return from_graph(record(module, inputs, own), own, {})


def from_onnx(path: str | Path, name: str | None = None, input: InputLike = None) -> Imported:
    """The network in an ONNX file. `input`: sizes where the file leaves extents open."""
    return read_file(Path(path), name, parsed(spec_of(input)))


def from_keras(model: Any, name: str | None = None) -> Imported:
    """The network that a Keras model is, or a file with its configuration; no weight is read."""
    if isinstance(model, str | Path):
        return read_file(Path(model), name)
    from archdb.sources.keras_libraries import configured

    read = configured(model)
    return _imported(read, name or read.network.name, {}, "", date.today().year)


def models(word: str) -> list[str]:
    """The names that library:glob means, as timm:all or timm:resnet*; the word alone where it is
    no glob."""
    from fnmatch import fnmatchcase

    library, _, pattern = word.partition(":")
    if not is_library(word):
        return [word]
    if pattern != "all" and not set(pattern) & set("*?["):
        return [word]
    known = front_end(library).names(library)
    chosen = [n for n in known if pattern == "all" or fnmatchcase(n, pattern)]
    if not chosen:
        raise NotFoundError(
            f"{library} has no model like '{pattern}'", remedy=nearest(pattern, known)
        )
    return [f"{library}:{name}" for name in chosen]
