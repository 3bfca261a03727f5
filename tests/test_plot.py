"""archdb plot: pictures of every kind, the same bytes each time, and names that do not overlap."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from command import archdb, command, refused

from archdb.dataset.release import release
from archdb.queries import charts
from archdb.queries.reader import Reader
from archdb.render.accuracy_svg import accuracies
from archdb.render.places import MARKER, NEARER, Box, best
from archdb.render.plot.style import COLOURS, HATCHES, LINES, styles

try:
    import matplotlib
except ImportError:
    matplotlib = None

needs_matplotlib = pytest.mark.skipif(
    matplotlib is None, reason="matplotlib is not installed (the extra 'plot')"
)
CHARTS = {
    "accuracy": (),
    "totals": ("resnet18", "alexnet"),
    "depth": ("resnet18", "alexnet"),
    "resolution": ("vgg16", "googlenet"),
    "receptive-field": ("vgg16", "googlenet", "lenet5"),
}
charts_of_each_kind = pytest.mark.parametrize("kind", CHARTS)
BEGINS = {".svg": b"<?xml", ".pdf": b"%PDF", ".png": b"\x89PNG"}


@pytest.fixture
def place(request: pytest.FixtureRequest) -> Path:
    """A database for the kind of chart that a test is about: only one needs published figures."""
    kind = request.node.callspec.params["kind"]
    path: Path = request.getfixturevalue("whole" if kind == "accuracy" else "built")
    return path


def plotted(kind: str, *words: str, to: Path, database: Path) -> bytes:
    answer = archdb("plot", kind, *words, "--output", str(to), database=database)
    assert answer.status == 0, answer.err
    assert answer.out == "" and f"wrote {to}" in answer.err
    return to.read_bytes()


# Pictures.


@needs_matplotlib
@charts_of_each_kind
@pytest.mark.parametrize("suffix", BEGINS)
def test_each_kind_of_picture(kind: str, suffix: str, place: Path, tmp_path: Path) -> None:
    picture = plotted(kind, *CHARTS[kind], to=tmp_path / f"x{suffix}", database=place)
    assert picture.startswith(BEGINS[suffix])
    assert len(picture) > 5000
    if suffix == ".svg":
        ElementTree.fromstring(picture)


@needs_matplotlib
@charts_of_each_kind
def test_a_picture_has_the_same_bytes_each_time(kind: str, place: Path, tmp_path: Path) -> None:
    """In processes with other hash seeds, another time zone and the user's own matplotlibrc."""
    pictures = []
    for seed, zone in (("1", "UTC"), ("2", "Asia/Tokyo")):
        own = tmp_path / seed
        own.mkdir()
        (own / "matplotlibrc").write_text(f"axes.linewidth: {seed}")
        words = ("plot", kind, *CHARTS[kind], "-o", str(own / "x.svg"))
        env = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone, "MATPLOTLIBRC": str(own)}
        subprocess.run(command(*words, database=place), env=env, check=True, capture_output=True)
        pictures.append((own / "x.svg").read_bytes())
    assert pictures[0] == pictures[1]
    assert not re.search(rb"20\d\d-\d\d-\d\dT", pictures[0]), "no time of day"


@needs_matplotlib
def test_the_picture_names_its_dataset_and_its_source(whole: Path, tmp_path: Path) -> None:
    from archdb.render.plot.accuracy import _small_print

    with Reader(whole) as reader:
        found = charts.accuracies(reader, [], None)
        dataset = release(reader)
    assert "published by torchvision" in _small_print(found)
    assert dataset.content.startswith("sha256:")


@needs_matplotlib
def test_names_without_an_accuracy_are_told(whole: Path, tmp_path: Path) -> None:
    words = ("plot", "accuracy", "vgg16", "resnet18", "lenet5", "--source", "torchvision")
    answer = archdb(*words, "-o", str(tmp_path / "x.png"), database=whole)
    assert "2 networks, accuracies of torchvision" in answer.err
    assert "note: no accuracy there: lenet5" in answer.err


# What is drawn.


@needs_matplotlib
def test_several_networks_stand_below_each_other(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bars of both quantities for each, over one scale of depth: VGG-16's 16, LeNet-5's 5."""
    drawn = kept(monkeypatch)
    plotted("depth", "vgg16", "lenet5", to=tmp_path / "x.png", database=built)
    (figure,) = drawn
    assert len(figure.axes) == 2 * 2
    assert [axes.get_ylabel() for axes in figure.axes[::2]] == ["vgg16", "lenet5"]
    heights = [sum(bar.get_height() for bar in axes.patches) for axes in figure.axes]
    with Reader(built) as reader:
        totals = [
            reader.run(f"select macs, params from architecture_summary where architecture = '{n}'")
            for n in ("vgg16", "lenet5")
        ]
    assert heights[:2] == list(totals[0].rows[0]), "what stands at the depths adds up"
    params = dict(zip(("macs", "params"), totals[1].rows[0], strict=True))
    assert heights[2] == params["macs"]
    assert {axes.get_xlim() for axes in figure.axes} == {figure.axes[0].get_xlim()}


@needs_matplotlib
def test_resolutions_add_up_and_receptive_fields_end_where_the_network_does(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = kept(monkeypatch)
    plotted("resolution", "vgg16", "googlenet", to=tmp_path / "x.png", database=built)
    plotted("receptive-field", "vgg16", "googlenet", to=tmp_path / "x.png", database=built)
    resolution, field = drawn
    with Reader(built) as reader:
        rows = reader.run(
            "select architecture, macs, params from architecture_summary where is_native"
            " and architecture in ('vgg16', 'googlenet')"
        ).rows
    for axes, place in zip(resolution.axes, (1, 2), strict=True):
        sums = {c.get_label(): sum(bar.get_height() for bar in c) for c in axes.containers}
        assert sums == {row[0]: row[place] for row in rows}
    lines = {line.get_label(): line for line in field.axes[0].lines if line.get_marker() != "None"}
    # fc6 of VGG-16 sees 7×7 positions of pool5, each of 212 rows, 32 apart: 212 + 6 × 32.
    assert max(lines["vgg16"].get_ydata()) == 212 + 6 * 32
    assert min(lines["vgg16"].get_ydata()) == 1


def kept(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The figures that are drawn from here on."""
    from matplotlib.figure import Figure

    drawn: list[Any] = []
    save = Figure.savefig

    def saved(figure: Any, *words: Any, **more: Any) -> None:
        drawn.append(figure)
        save(figure, *words, **more)

    monkeypatch.setattr(Figure, "savefig", saved)
    return drawn


@needs_matplotlib
@pytest.mark.parametrize("source", ["torchvision", "timm", "kerasapplications", "tfslim"])
def test_no_name_lies_over_another_or_over_a_marker(
    source: str, whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the whole catalogue's chart."""
    drawn = kept(monkeypatch)
    path = tmp_path / "x.png"
    plotted("accuracy", "--source", source, to=path, database=whole)
    (axes,) = drawn[0].axes
    renderer = drawn[0].canvas.get_renderer()
    names = {text.get_text().rstrip("†"): text.get_window_extent(renderer) for text in axes.texts}
    with Reader(whole) as reader:
        points = charts.accuracies(reader, [], source).points
    assert len(names) >= 0.9 * len(points), "nearly all have room"
    for (one, a), (other, b) in combinations(names.items(), 2):
        assert not a.overlaps(b), f"{one} and {other}"
    for point in points:
        x, y = axes.transData.transform((point.macs, point.accuracy))
        for name, box in names.items():
            inside = box.x0 < x < box.x1 and box.y0 < y < box.y1
            assert not inside, f"{name} lies over {point.name}"


# Looks.


def linear(colour: str) -> list[float]:
    """Red, green and blue as light, of an sRGB colour."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]


#: What is left of red, green and blue without one kind of cones (Viénot, Brettel and Mollon,
#: 'Digital video colourmaps for checking the legibility of displays by dichromats', 1999).
WITHOUT = {
    "protanopia": [[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]],
    "deuteranopia": [[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]],
}


@pytest.mark.parametrize("lacking", WITHOUT)
def test_colours_differ_without_full_colour_vision(lacking: str) -> None:
    seen = [
        [sum(w * p for w, p in zip(row, linear(colour), strict=True)) for row in WITHOUT[lacking]]
        for colour in COLOURS
    ]
    for (i, a), (j, b) in combinations(enumerate(seen), 2):
        apart = max(abs(p - q) for p, q in zip(a, b, strict=True))
        assert apart > 0.05, f"{COLOURS[i]} and {COLOURS[j]}"


def test_no_two_of_many_names_look_alike() -> None:
    looks = list(styles(map(str, range(42))).values())
    for other in ("marker", "line", "hatch"):
        pairs = [(look.colour, str(getattr(look, other))) for look in looks]
        assert len(set(pairs)) == 42, other
    assert len(COLOURS) not in (len(LINES), len(HATCHES)), "else a pair comes again too soon"


# The places of names, without a picture.


def test_names_find_places_or_are_left_out() -> None:
    """Nine points in one place, with room for names around them, and then with none."""
    centres = [(500.0 + i, 500.0 + 2 * i) for i in range(9)]
    sizes = [(80.0, 20.0)] * 9
    for side, named in ((1000.0, 9), (40.0, 0)):
        frame = Box(500 - side / 2, 500 - side / 2, 500 + side / 2, 500 + side / 2)
        found = best(centres, [10.0] * 9, sizes, frame)
        assert len(found) == named
        boxes = [box for box, _ in found.values()]
        assert not any(a.meets(b) for a, b in combinations(boxes, 2))
        assert all(box.within(frame) for box in boxes)


def test_a_name_without_a_line_is_nearest_to_its_own_point() -> None:
    centres = [(100.0 + 25 * (i % 6), 100.0 + 25 * (i // 6)) for i in range(36)]
    found = best(centres, [MARKER + 2.0] * 36, [(60.0, 16.0)] * 36, Box(-300, -300, 700, 700))
    lone = {i: box for i, (box, line) in found.items() if not line}
    assert lone and len(found) > len(lone)
    for i, box in lone.items():
        gaps = [gap(centre, box) for centre in centres]
        assert all(NEARER * gaps[i] < other for j, other in enumerate(gaps) if j != i)


def gap(point: tuple[float, float], box: Box) -> float:
    x = max(box.left - point[0], 0, point[0] - box.right)
    y = max(box.low - point[1], 0, point[1] - box.high)
    return float((x * x + y * y) ** 0.5)


# What goes wrong.


def test_a_suffix_says_which_picture(whole: Path, tmp_path: Path) -> None:
    for name in ("x.gif", "x", "png"):
        answer = archdb("plot", "depth", "nin", "-o", str(tmp_path / name), database=whole)
        refused(answer, f"'{name}' does not say", ".svg, .pdf, .png", status=2)
    assert list(tmp_path.iterdir()) == []


@needs_matplotlib
def test_what_cannot_be_written_or_found(whole: Path, tmp_path: Path) -> None:
    path = str(tmp_path / "x.svg")
    nowhere = str(tmp_path / "nowhere" / "x.svg")
    refused(archdb("plot", "depth", "nin", "-o", nowhere, database=whole), nowhere)
    refused(archdb("plot", "depth", "nim", "-o", path, database=whole), "'nim'", "nin")
    refused(archdb("plot", "depth", "nin", "--input", "x", "-o", path, database=whole), status=2)
    refused(archdb("plot", "accuracy", "lenet5", "-o", path, database=whole), "lenet5")
    words = ("plot", "accuracy", "--source", "torchvison", "-o", path)
    refused(archdb(*words, database=whole), "'torchvison'", "torchvision")
    assert list(tmp_path.iterdir()) == []


def test_without_matplotlib_the_extra_is_named(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    for kind, names in CHARTS.items():
        answer = archdb("plot", kind, *names, "-o", str(tmp_path / "x.svg"), database=whole)
        refused(answer, "charts need matplotlib", "pip install 'archdb[plot]'")
    assert list(tmp_path.iterdir()) == []


@needs_matplotlib
def test_a_network_without_a_receptive_field_is_refused(whole: Path, tmp_path: Path) -> None:
    words = ("plot", "receptive-field", "lstm_imdb", "-o", str(tmp_path / "x.svg"))
    refused(archdb(*words, database=whole), "lstm_imdb has no receptive field: ", "not an image")


# Points of one's own, totals, log axes, curves that coincide.


@needs_matplotlib
def test_own_points_stand_among_the_published(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stored network at another accuracy, and one that a rule makes."""
    drawn = kept(monkeypatch)
    points = ("--point", "mobilenet_v2+width=0.5=65.4", "--point", "resnet50=79.25")
    plotted("accuracy", *points, to=tmp_path / "x.png", database=whole)
    (axes,) = drawn[0].axes
    own = {line.get_label(): line for line in axes.lines}["own points"]
    with Reader(whole) as reader:
        macs = reader.run(
            "select macs from architecture_summary where architecture = 'resnet50' and is_native"
        ).column("macs")
    assert list(own.get_ydata()) == [65.4, 79.25]
    assert list(own.get_xdata())[1:] == macs
    assert 0 < own.get_xdata()[0] < macs[0] / 20
    assert "as stated by the author" in drawn[0].get_supxlabel().replace("\n", " ")


@needs_matplotlib
def test_points_that_are_none_are_refused(whole: Path, tmp_path: Path) -> None:
    path = str(tmp_path / "x.png")
    for point in ("resnet50", "=70", "resnet50=101", "resnet50=many"):
        answer = archdb("plot", "accuracy", "--point", point, "-o", path, database=whole)
        refused(answer, repr(point), "NAME=PERCENT", status=2)
    missing = archdb("plot", "accuracy", "--point", "vgg61=70", "-o", path, database=whole)
    refused(missing, "'vgg61'")
    assert list(tmp_path.glob("x*")) == []


@needs_matplotlib
def test_totals_are_drawn_over_log_axes(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = kept(monkeypatch)
    names = ("vgg16", "lenet5", "vgg16+fc-to-conv")
    plotted("totals", *names, to=tmp_path / "x.png", database=whole)
    (axes,) = drawn[0].axes
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    points = {
        point
        for line in axes.lines
        for point in zip(line.get_xdata(), line.get_ydata(), strict=True)
    }
    # LeNet-5 has 60,000 params; VGG-16's fully connected layers as convolutions cost the same.
    assert {(15470264320, 138357544), (325680, 60000)} <= points
    assert {text.get_text() for text in axes.texts} <= set(names)


@needs_matplotlib
def test_resolutions_over_log_axes(
    built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = kept(monkeypatch)
    for more, scale in ((("--log",), "log"), ((), "linear")):
        plotted("resolution", "vgg16", *more, to=tmp_path / "x.png", database=built)
        assert {axes.get_yscale() for axes in drawn[-1].axes} == {scale}


@needs_matplotlib
def test_the_legend_tells_curves_that_coincide(
    whole: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wider maps see no further: only one of two lines is seen."""
    drawn = kept(monkeypatch)
    names = ("resnet50_v1_5", "wide_resnet50_2", "vgg16")
    plotted("receptive-field", *names, to=tmp_path / "x.png", database=whole)
    legend = [text.get_text() for text in drawn[0].axes[0].get_legend().get_texts()]
    assert legend == ["resnet50_v1_5", "wide_resnet50_2 (on resnet50_v1_5)", "vgg16"]


@needs_matplotlib
def test_the_first_picture_says_nothing_of_a_font_cache(built: Path, tmp_path: Path) -> None:
    words = command("plot", "depth", "lenet5", "-o", str(tmp_path / "x.png"), database=built)
    env = os.environ | {"MPLCONFIGDIR": str(tmp_path)}
    done = subprocess.run(words, env=env, check=True, capture_output=True, text=True)
    assert done.stderr == f"wrote {tmp_path / 'x.png'}\n"


# archdb's own chart of accuracies.


@pytest.mark.parametrize("source", ["torchvision", "timm", "kerasapplications", "tfslim"])
def test_no_name_of_the_svg_lies_over_another_or_over_a_bubble(source: str, whole: Path) -> None:
    with Reader(whole) as reader:
        found = charts.accuracies(reader, [], source)
    root = ElementTree.fromstring(accuracies(found))
    space = "{http://www.w3.org/2000/svg}"
    names = {}
    for text in root.iter(f"{space}text"):
        if text.get("class") == "name":
            x, y, half = (
                float(text.get("x", 0)),
                float(text.get("y", 0)),
                2.2 * len(text.text or ""),
            )
            names[text.text] = Box(x - half, y - 6, x + half, y)
    bubbles = list(root.iter(f"{space}circle"))
    assert len(bubbles) == len(found.points) == len(root.findall(f".//{space}circle/{space}title"))
    assert len(names) >= 0.9 * len(bubbles)
    for (one, a), (other, b) in combinations(names.items(), 2):
        assert not a.meets(b), f"{one} and {other}"
    for bubble in bubbles:
        x, y, r = (float(bubble.get(part, 0)) for part in ("cx", "cy", "r"))
        for name, box in names.items():
            assert gap((x, y), box) >= r - 0.5, f"{name} lies over a bubble"
