"""archdb graph: dot that Graphviz draws, Mermaid, collapsed to blocks or layer by layer."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from itertools import combinations, pairwise
from pathlib import Path

import pytest
from command import archdb, refused

from archdb.queries.drawn import Node, Outline, folded
from archdb.queries.outline import outline
from archdb.queries.reader import Reader
from archdb.render.diagram import dot, mermaid
from archdb.render.places import Box

needs_dot = pytest.mark.skipif(
    shutil.which("dot") is None, reason="there is no Graphviz here (dot)"
)


def drawn(*words: str, database: Path) -> str:
    answer = archdb("graph", *words, database=database)
    assert answer.status == 0, answer.err
    return answer.out


def labels(text: str) -> dict[str, list[str]]:
    """The lines in each box of a dot file, by its name."""
    found = re.findall(r'^ *"(.*)" \[label = "(.*?)"', text, re.MULTILINE)
    return {name: label.split("\\n") for name, label in found}


def graphviz(text: str) -> str:
    """What dot makes of it: plain text with a line for each node and edge."""
    done = subprocess.run(["dot", "-Tplain"], input=text, capture_output=True, encoding="utf-8")
    assert done.returncode == 0 and done.stderr == "", done.stderr
    return done.stdout


def test_blocks_are_boxes_with_the_shape_they_put_out(database: Path) -> None:
    boxes = labels(drawn("googlenet", database=database))
    # 64 + 128 + 32 + 32 maps; 1×1s of 192×(64+96+16+32), 3×3 of 96×128, 5×5 of 16×32, 368 biases.
    costs = "164 k params, 128 M MACs"  # 163,696 and 784 × 163,328
    assert boxes["inception_3a"] == ["inception_3a", "inception", "256×28×28", costs]
    assert boxes["conv1/7x7_s2"][1:3] == ["conv2d 7×7 / 2", "64×112×112"]
    assert boxes["conv1/7x7_s2"][3] == "9.47 k params, 118 M MACs"  # 3 × 64 × 49 + 64
    assert boxes["conv1/relu_7x7"][1:] == ["relu", "64×112×112"]
    assert not [name for name in boxes if name.startswith("inception_3a/")]


def test_auxiliary_heads_are_dashed(database: Path) -> None:
    text = drawn("googlenet", database=database)
    dashed = [line for line in text.splitlines() if "dashed" in line]
    assert len(dashed) == 4, "two heads, and an edge to each"
    assert '  "inception_4a" -> "loss1" [style = dashed];' in dashed


def test_a_block_of_blocks_is_a_frame(database: Path) -> None:
    text = drawn("resnet18", database=database)
    assert text.count("subgraph cluster_") == 4
    assert 'label = "res2 (basic_stage)"' in text
    assert labels(text)["res3a"][:3] == ["res3a", "basic_unit", "128×28×28"]


def test_equal_units_in_a_row_are_one_box(database: Path) -> None:
    """All but the first of a stage of ResNet-50, which changes the size: 1 and 2, 3, 5, 2."""
    text = drawn("resnet50", database=database)
    boxes = labels(text)
    assert boxes["res4b"][0] == "res4b … res4f (×5)"
    assert boxes["res4b"][3] == "each 1.12 M params, 218 M MACs"
    assert 'tooltip = "res4b: 1,117,184 params, 218,365,952 MACs each"' in text
    assert boxes["res5b"][0] == "res5b, res5c (×2)"
    assert len([name for name in boxes if name.startswith("res")]) == 2 * 4
    assert '"res4a" -> "res4b";' in text and '"res4b" -> "res5a";' in text
    apart = drawn("resnet50", "--no-fold", database=database)
    assert len([name for name in labels(apart) if name.startswith("res")]) == 3 + 4 + 6 + 3
    assert "(×" not in apart


def node(name: str) -> Node:
    return Node(name, [name, "unit", "8×4×4"], (), False, True)


def test_what_is_read_elsewhere_stands_alone() -> None:
    """b is read by d, too: to fold it would lose an edge. d is another unit than c."""
    edges = [("a", "b"), ("b", "c"), ("b", "d"), ("c", "d")]
    made = Outline("x", "8x4x4", [node(name) for name in "abcd"], edges, {})
    found = folded(made, dict.fromkeys("abcd", "same"))
    assert [(one.name, one.last, one.units) for one in found.nodes] == [
        ("a", "b", 2),
        ("c", "c", 1),
        ("d", "d", 1),
    ]
    assert found.edges == [("a", "c"), ("a", "d"), ("c", "d")]
    different = folded(made, {"a": "one", "b": "other"})
    assert different.edges == made.edges


def test_a_unit_with_parts_of_its_own_stays_one_box(whole: Path) -> None:
    boxes = labels(drawn("se_resnet50", "--no-fold", database=whole))
    units = [label for label in boxes.values() if label[1] == "se_bottleneck_unit"]
    assert len(units) == 3 + 4 + 6 + 3
    assert "squeeze_excitation" not in {label[1] for label in boxes.values()}


def test_layer_by_layer_nothing_is_left_out(database: Path) -> None:
    text = drawn("googlenet", "--layers", database=database)
    with closing(sqlite3.connect(database)) as connection:
        where = "where network_id = (select id from network where name = 'googlenet')"
        ((layers,),) = connection.execute(f"select count(*) from layer {where}")
        ((edges,),) = connection.execute(f"select count(*) from edge {where}")
    assert len(labels(text)) == layers
    assert text.count(" -> ") == edges
    assert text.count("subgraph cluster_") == 9 + 2, "the modules and the heads"


def test_shapes_at_another_input(database: Path) -> None:
    boxes = labels(drawn("resnet18", "--input", "256", database=database))
    assert boxes["res2a"][2] == "64×64×64"
    assert boxes["fc1000"][2] == "1000"


def test_mermaid(database: Path) -> None:
    text = drawn("googlenet", "--format", "mermaid", database=database)
    lines = text.splitlines()
    assert lines[1] == "flowchart TB"
    assert '  n0["data<br/>input<br/>3×224×224"]' in lines
    assert len([line for line in lines if ":::auxiliary" in line]) == 2
    assert len([line for line in lines if "-.->" in line]) == 2
    assert text.count("subgraph ") == text.count("\nend") == 0
    frames = drawn("resnet18", "--format", "mermaid", database=database)
    assert frames.count("subgraph ") == len(re.findall(r"^ *end$", frames, re.MULTILINE)) == 4


def test_more_edges_than_mermaid_draws_are_told(whole: Path) -> None:
    answer = archdb("graph", "densenet201", "--layers", "--format", "mermaid", database=whole)
    assert "maxEdges" in answer.err
    assert "maxTextSize" in answer.err
    words = ("graph", "nin", "--format", "mermaid")
    assert "max" not in archdb(*words, database=whole).err


def test_from_left_to_right(database: Path) -> None:
    words = ("resnet18", "--direction", "LR")
    assert "  rankdir = LR;\n" in drawn(*words, database=database)
    assert "\nflowchart LR\n" in drawn(*words, "--format", "mermaid", database=database)
    for way, wider in (("LR", True), ("TB", False)):
        text = drawn("resnet18", "--direction", way, "--format", "svg", database=database)
        width, height = map(float, re.findall(r'<svg[^>]* width="(.*?)" height="(.*?)"', text)[0])
        assert (width > height) is wider


def rectangles(text: str) -> list[Box]:
    found = re.findall(
        r'<rect class="box.*?" x="(.*?)" y="(.*?)" width="(.*?)" height="(.*?)"', text
    )
    return [Box(x, y, x + w, y + h) for x, y, w, h in (map(float, one) for one in found)]


@pytest.mark.parametrize("way", ["TB", "LR"])
@pytest.mark.parametrize("name", ["resnet50", "googlenet"])
def test_no_edge_and_no_box_lies_over_a_title(name: str, way: str, database: Path) -> None:
    """In archdb's own SVG, layer by layer, where many edges lead into each frame."""
    words = (name, "--layers", "--format", "svg", "--direction", way)
    text = drawn(*words, database=database)
    height = float(re.findall(r'<svg[^>]* height="(.*?)"', text)[0])
    titles = [
        Box(float(x), float(y) - 8, float(x) + 5 * len(title), float(y))
        for x, y, title in re.findall(r'<text x="([^"]*)" y="([^"]*)" class="dim">(.*?)<', text)
    ]
    assert len(titles) == text.count('class="frame"') > 9
    paths = re.findall(r'<path d="(.*?)" class="edge', text)
    dots = [Box(x, y, x, y) for path in paths for x, y in passed(path)]
    for title in titles:
        assert title.low >= 0 and title.high <= height
        assert not any(title.meets(other) for other in (*rectangles(text), *dots))
    for one, other in combinations(titles, 2):
        assert not one.meets(other)


def passed(path: str) -> Iterator[tuple[float, float]]:
    """Points on a path of lines and cubic curves, twenty to each."""
    pen = (0.0, 0.0)
    for kind, numbers in re.findall(r"([MLC])([^MLC]*)", path):
        values = list(map(float, numbers.split()))
        *_, end = points = [pen, *zip(values[::2], values[1::2], strict=True)]
        for t in [i / 20 for i in range(21)] if kind != "M" else []:
            level = points
            while len(level) > 1:  # de Casteljau
                level = [
                    ((1 - t) * a + t * c, (1 - t) * b + t * d) for (a, b), (c, d) in pairwise(level)
                ]
            yield level[0]
        pen = end


@needs_dot
def test_graphviz_leads_no_edge_through_a_title(database: Path) -> None:
    """The title of a frame is a node, which edges lead around."""
    plain = graphviz(drawn("resnet18", database=database))
    rows = [line.split() for line in plain.splitlines()]
    titles = [row for row in rows if row[0] == "node" and "(title)" in " ".join(row)]
    assert len(titles) == 4
    assert 'label = "res2 (basic_stage)"];' in drawn("resnet18", database=database)


BEGINS = {".svg": b"<?xml", ".pdf": b"%PDF", ".png": b"\x89PNG"}


@needs_dot
@pytest.mark.parametrize("suffix", BEGINS)
def test_graphviz_draws_the_file(suffix: str, database: Path, tmp_path: Path) -> None:
    path = tmp_path / f"x{suffix}"
    answer = archdb("graph", "lenet5", "-o", str(path), database=database)
    assert (answer.status, answer.out, answer.err) == (0, "", f"wrote {path}\n")
    assert path.read_bytes().startswith(BEGINS[suffix])
    if suffix == ".svg":
        assert b"Generated by graphviz" in path.read_bytes()
        assert b"archdb dataset 0.1.0" in path.read_bytes()


def test_without_graphviz_archdb_draws_svg(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    path = tmp_path / "x.svg"
    assert drawn("lenet5", "-o", str(path), database=database) == ""
    assert path.read_text("utf-8") == drawn("lenet5", "--format", "svg", database=database)
    refused(
        archdb("graph", "lenet5", "-o", str(tmp_path / "x.pdf"), database=database),
        ".pdf files are drawn by Graphviz's dot, which is not installed",
        "install Graphviz, or name a file that ends in .svg",
    )


def test_text_goes_into_files_too(database: Path, tmp_path: Path) -> None:
    for suffix, form in ((".dot", "dot"), (".gv", "dot"), (".mmd", "mermaid"), (".svg", "svg")):
        path = tmp_path / f"x{suffix}"
        more = ("--format", "svg") if suffix == ".svg" else ()
        assert drawn("lenet5", "-o", str(path), *more, database=database) == ""
        assert path.read_text("utf-8") == drawn("lenet5", "--format", form, database=database)


def test_files_that_are_no_drawings_are_refused(database: Path, tmp_path: Path) -> None:
    words = ("graph", "lenet5", "-o")
    for name in ("x.gif", "x"):
        answer = archdb(*words, str(tmp_path / name), database=database)
        refused(answer, f"'{name}' does not say", ".svg, .pdf, .png, .dot", status=2)
    other = archdb(*words, str(tmp_path / "x.svg"), "--format", "mermaid", database=database)
    refused(other, "'x.svg' is no file for --format mermaid", status=2)
    assert list(tmp_path.glob("x*")) == []


def test_the_dataset_is_named_in_a_comment(database: Path) -> None:
    assert drawn("nin", database=database).startswith("// archdb dataset 0.1.0, content sha256:")
    text = drawn("nin", "--format", "mermaid", database=database)
    assert text.startswith("%% archdb dataset 0.1.0, content sha256:")


def test_what_is_wrong_is_said(database: Path) -> None:
    refused(archdb("graph", "vgg61", database=database), "no network is called 'vgg61'")
    refused(archdb("graph", "vgg16", "--input", "wide", database=database), status=2)


#: Names as a user may give them.
ODD = [
    'a "b"',
    "c\\d",
    "e<f>",
    "g;h",
    "subgraph",
    "end",
    "#35;",
    "1. i",
    "j|k",
    "{l}",
    "µ×",
    "n\no",
]


@needs_dot
def test_odd_names_are_drawn() -> None:
    nodes = [Node(name, [name, "op", "1"], ("stage",), False, True) for name in ODD]
    odd = Outline("x", "3x8x8", nodes, [(a, b) for a in ODD for b in ODD], {"stage": 'a"b'})
    plain = graphviz(dot(odd, "said"))
    assert plain.count("\nnode ") == len(ODD) + 1, "and the title of the frame"
    assert plain.count("\nedge ") == len(ODD) ** 2


def test_odd_names_cannot_end_a_label_of_mermaid() -> None:
    nodes = [Node(name, [name, "op", "1"], (), False, True) for name in ODD]
    text = mermaid(Outline("x", "3x8x8", nodes, [], {}), "said")
    boxes = [line for line in text.splitlines() if line.startswith("  n")]
    assert len(boxes) == len(ODD)
    for box in boxes:
        assert re.fullmatch(r'  n\d+\["[^"<>|{}\\]*<br/>op<br/>1"\]:::block', box), box


@needs_dot
def test_graphviz_draws_every_network(whole: Path) -> None:
    with Reader(whole) as reader:
        for name in reader.run("select name from network").column("name"):
            text = dot(outline(reader, name, None, layers=False), "said")
            done = subprocess.run(["dot", "-Tcanon"], input=text.encode(), capture_output=True)
            assert done.returncode == 0 and done.stderr == b"", name


@needs_dot
def test_graphviz_draws_all_layers_of_some(whole: Path) -> None:
    for name in ("alexnet", "googlenet", "densenet121", "unet"):
        text = drawn(name, "--layers", database=whole)
        plain = graphviz(text)
        assert plain.count("\nnode ") == len(labels(text)) + text.count("subgraph cluster_")
