"""What a prototxt file says of itself: the layers of a phase, and what it is given."""

from __future__ import annotations

from collections.abc import Container
from typing import NamedTuple

from archdb.errors import DefinitionError
from archdb.model.shape import Shape
from archdb.sources.prototext import Message

#: Types by which the first format calls its layers, where the words differ in more than signs.
OLD = {
    "ABSVAL": "AbsVal",
    "ARGMAX": "ArgMax",
    "BNLL": "BNLL",
    "DUMMY_DATA": "DummyData",
    "HDF5_DATA": "HDF5Data",
    "HDF5_OUTPUT": "HDF5Output",
    "LRN": "LRN",
    "MVN": "MVN",
    "RELU": "ReLU",
    "SOFTMAX_LOSS": "SoftmaxWithLoss",
    "TANH": "TanH",
}
#: Types that read data, which are no layers.
DATA = (
    *("Input", "Data", "ImageData", "HDF5Data", "WindowData", "MemoryData", "DummyData"),
    "AnnotatedData",
)


def reads_data(part: Message, known: Container[str]) -> bool:
    """Whether a layer brings data, which is no layer of the network: whatever its type is called,
    where it reads no blob and nothing else is `known` of it."""
    kind = part.word("type")
    return kind in DATA or (kind not in known and not part.all("bottom"))


class Given(NamedTuple):
    """A blob that the network is given: its size without the batch, or why that is not known, and
    a size as an example of how to give it."""

    shape: Shape | None
    why: str
    like: str


def layers_of(
    top: Message, phase: str, stages: frozenset[str], known: Container[str]
) -> list[Message]:
    """The layers of a phase, but for those that read data; old ones in the words of new ones.
    `known`: the types that archdb has rules for.

    Raises DefinitionError where the file is no network's.
    """
    found = _parts(top)
    if not found and not top.all("input"):
        named = top.word("net") or top.word("train_net")
        if named:
            raise DefinitionError(
                "says how a network is trained, not what it is", remedy=f"give '{named}'"
            )
        raise DefinitionError(
            "has no layers", remedy="a network's description has layer { … } with a type in each"
        )
    return [
        part for part in found if not reads_data(part, known) and _has_part(part, phase, stages)
    ]


def _parts(top: Message) -> list[Message]:
    return top.messages("layer") or [_new(old) for old in top.messages("layers")]


def network_of(top: Message) -> Message:
    """The network of a file, which a solver's may hold in itself."""
    held = [top.message(f"{which}net_param") for which in ("", "train_")]
    return next((net for net in held if net.fields), top)


def _new(old: Message) -> Message:
    """A layer of the first format (layers { type: CONVOLUTION }) as one of today's."""
    if old.all("layer"):
        raise DefinitionError(
            f"line {old.line}: is in the oldest format, layers {{ layer {{ … }} }}",
            remedy="Caffe's upgrade_net_proto_text makes a new one of it",
        )
    new = Message(old.line)
    new.fields = dict(old.fields)
    kind = old.word("type")
    camel = "".join(word.capitalize() for word in kind.split("_")) if kind.isupper() else kind
    new.fields["type"] = [OLD.get(kind, camel)]
    return new


def _has_part(part: Message, phase: str, stages: frozenset[str]) -> bool:
    """Whether a layer belongs to a phase and its stages."""
    include, exclude = part.messages("include"), part.messages("exclude")
    if include:
        return any(_meets(rule, phase, stages) for rule in include)
    return not any(_meets(rule, phase, stages) for rule in exclude)


def _meets(rule: Message, phase: str, stages: frozenset[str]) -> bool:
    return (
        rule.choice("phase", ("TRAIN", "TEST"), phase) == phase
        and rule.integer("min_level", 0) <= 0 <= rule.integer("max_level", 0)
        and stages.issuperset(rule.words("stage"))
        and stages.isdisjoint(rule.words("not_stage"))
    )


def given_blobs(top: Message, known: Container[str]) -> dict[str, Given]:
    """The blobs that a network is given: those of `input`, and those of layers that read data, of
    whatever phase."""
    found: dict[str, Given] = {}
    shapes = [sizes.integers("dim") for sizes in top.messages("input_shape")]
    dims = top.integers("input_dim")
    shapes = shapes or [dims[at : at + 4] for at in range(0, len(dims), 4)]
    for at, blob in enumerate(top.words("input")):
        found[blob] = _known(shapes[at] if at < len(shapes) else None)
    for part in _parts(top):
        if reads_data(part, known):
            for at, blob in enumerate(part.words("top")):
                if blob not in found or found[blob].shape is None:
                    found[blob] = _known(_stated(part, at), part)
    return found


def _known(shape: list[int] | None, part: Message | None = None) -> Given:
    """A shape with its batch; a file that states it with a zero does not know it."""
    own = tuple(shape or ())[1:] or ((1,) if shape else ())
    if own and min(own) > 0:
        return Given(own, "", "")
    crop = 0 if part is None else _crop(part)
    why = "states no size" if part is None else f"is read from data ({part.word('type')})"
    return Given(None, f"{why}, and has to be given one", f"3x{crop or 224}x{crop or 224}")


def _crop(part: Message) -> int:
    """The size to which a layer crops its images, 0 where it does not."""
    own = (
        sub for name in part.fields if name.endswith("data_param") for sub in part.messages(name)
    )
    sizes = [sub.integer("crop_size", 0) for sub in own]
    return part.message("transform_param").integer("crop_size", 0) or max(sizes, default=0)


def _stated(part: Message, at: int) -> list[int] | None:
    """What a layer that reads data says of the shape of its top number `at`, the batch first."""
    kind, crop = part.word("type"), _crop(part)
    if kind in ("Input", "DummyData"):
        own = part.message("input_param" if kind == "Input" else "dummy_data_param")
        shapes = [sizes.integers("dim") for sizes in own.messages("shape")]
        old = [own.integers(name) for name in ("num", "channels", "height", "width")]
        shapes = shapes or [list(dims) for dims in zip(*old, strict=False)]
        return shapes[min(at, len(shapes) - 1)] if shapes else None
    if at:
        return None
    if kind == "MemoryData":
        own = part.message("memory_data_param")
        return [1, *(own.integer(name, 0) for name in ("channels", "height", "width"))]
    if kind == "ImageData":
        own = part.message("image_data_param")
        size = [crop or own.integer("new_height", 0), crop or own.integer("new_width", 0)]
        return [1, 3 if own.flag("is_color", True) else 1, *size]
    return [1, 3, crop, crop] if kind == "WindowData" and crop else None
