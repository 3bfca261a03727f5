"""Rules that change how wide layers are, and carry it through joins, groups and slices."""

from collections.abc import Iterable, Iterator

from archdb.model.attributes import Count
from archdb.model.graph import Layer
from archdb.ops.factor import Factor
from archdb.rewrite.base import Subject, rule
from archdb.rewrite.channels import Channels
from archdb.rewrite.multiplier import Multiplier, told


@rule("width")
def width(subject: Subject, *, factor: Factor) -> Iterable[Layer]:
    """Filters and units times a factor (howard2017, section 3.3), but for the classifiers: what the
    network gives out, and what it is given, stay as they are.

    Rounded to the nearest whole number, halves up, and at least 1; where channels are divided into
    groups or slices, to the nearest multiple that divides as before. Layers that are added or
    multiplied stay equally wide: of a glob they are all to be in it.

    Where a family's paper defines its multiplier otherwise, that is taken: multiples of eight in
    MobileNetV2 and V3, MnasNet and EfficientNet, in whose units expansion and squeeze keep their
    proportion; a last convolution that is not shrunk (MobileNetV2 and V3) or stays (MnasNet); a
    first one that stays (Wide ResNet). A note names the network that is shipped at that width where
    it is another.
    """
    channels = Channels(subject)
    multiplier = Multiplier(subject, channels, factor)
    wanted: dict[str, int] = {}
    for root, stating in channels.stated.items():
        why = channels.pinned.get(root) or _unasked(subject, stating)
        if why:
            for name in filter(subject.chosen, stating):
                subject.leave(name, why)
        else:
            wanted[root] = multiplier.width(root, wanted)
    for note in told(subject.network.name, factor) if subject.glob is None else ():
        subject.say(note)
    return channels.laid(wanted)


def _unasked(subject: Subject, names: list[str]) -> str:
    """Why a glob that asks for some of the layers that are equally wide gets none of them."""
    other = next((name for name in names if not subject.chosen(name)), None)
    return f"joined with '{other}', which was not asked for" if other is not None else ""


@rule("classes")
def classes(subject: Subject, *, classes: Count) -> Iterable[Layer]:
    """So many classes: in the last layer that says how many channels (or features) the network
    gives out, in what is added to it, and in auxiliary heads that give out as many."""
    channels = Channels(subject)
    wanted: dict[str, int] = {}
    ends = list(_ends(subject))
    last = next(name for name in reversed(ends) if not subject.sites[name].layer.auxiliary)
    for name in ends:
        root = channels.root(name)
        if channels.width(root) != channels.width(channels.root(last)):
            continue
        why = channels.unfree.get(root)
        if why is None and root in channels.worked_out:
            why = f"as wide as '{channels.worked_out[root].name}' makes it of what it reads"
        if why is not None:
            subject.leave(name, why)
        elif any(map(subject.chosen, channels.stated[root])):
            wanted[root] = classes
    return channels.laid(wanted)


def _ends(subject: Subject) -> Iterator[str]:
    """What nothing reads."""
    return (name for name, readers in subject.readers.items() if not readers)
