"""Rules that change how wide layers are, and carry it through joins, groups and slices."""

from collections.abc import Iterable, Iterator

from archdb.model.attributes import Count
from archdb.model.graph import Layer
from archdb.ops.factor import Factor
from archdb.rewrite.base import RewriteContext, rule
from archdb.rewrite.channels import Channels


@rule("width")
def width(context: RewriteContext, *, factor: Factor) -> Iterable[Layer]:
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
    from archdb.rewrite.multiplier import Multiplier, family_notes  # all blocks: families' rules

    channels = Channels(context)
    multiplier = Multiplier(context, channels, factor)
    wanted: dict[str, int] = {}
    for root, stating in channels.stated.items():
        why = channels.pinned.get(root) or _why_unasked(context, stating)
        if why:
            for name in filter(context.chosen, stating):
                context.skip(name, why)
        else:
            wanted[root] = multiplier.width(root, wanted)
    for note in family_notes(context.network.name, factor) if context.glob is None else ():
        context.notify(note)
    return channels.build(wanted)


def _why_unasked(context: RewriteContext, names: list[str]) -> str:
    """Why a glob that asks for some of the layers that are equally wide gets none of them."""
    other = next((name for name in names if not context.chosen(name)), None)
    return f"joined with '{other}', which was not asked for" if other is not None else ""


@rule("classes")
def classes(context: RewriteContext, *, classes: Count) -> Iterable[Layer]:
    """So many classes: in the last layer that says how many channels (or features) the network
    gives out, in what is added to it, and in auxiliary heads that give out as many."""
    channels = Channels(context)
    wanted: dict[str, int] = {}
    ends = list(_ends(context))
    last = next(name for name in reversed(ends) if not context.layers[name].layer.auxiliary)
    for name in ends:
        root = channels.root(name)
        if channels.width(root) != channels.width(channels.root(last)):
            continue
        why = channels.unfree.get(root)
        if why is None and root in channels.worked_out:
            why = f"as wide as '{channels.worked_out[root].name}' makes it of what it reads"
        if why is not None:
            context.skip(name, why)
        elif any(map(context.chosen, channels.stated[root])):
            wanted[root] = classes
    return channels.build(wanted)


def _ends(context: RewriteContext) -> Iterator[str]:
    """What nothing reads."""
    return (name for name, readers in context.readers.items() if not readers)
