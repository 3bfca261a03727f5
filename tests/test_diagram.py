"""archdb graph: dot that Graphviz draws, Mermaid, collapsed to blocks or layer by layer."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from command import archdb, refused

from archdb.queries.outline import Node, Outline, outline
from archdb.queries.reader import Reader
from archdb.render.diagram import dot, mermaid

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
    assert boxes["inception_3a"] == ["inception_3a", "inception", "256×28×28"]  # 64+128+32+32
    assert boxes["conv1/7x7_s2"][1:] == ["conv2d 7×7 / 2", "64×112×112"]
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
    assert labels(text)["res3a"] == ["res3a", "basic_unit", "128×28×28"]


def test_a_unit_with_parts_of_its_own_stays_one_box(whole: Path) -> None:
    boxes = labels(drawn("se_resnet50", database=whole))
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
    assert "maxEdges" not in archdb("graph", "nin", "--format", "mermaid", database=whole).err


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
    assert plain.count("\nnode ") == len(ODD)
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
        assert plain.count("\nnode ") == len(labels(text))
