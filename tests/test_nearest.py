"""archdb nearest: what a network is a variant of."""

import json
from pathlib import Path
from typing import Any

from command import archdb, refused
from variants import ROWS, put, seed

from archdb.api import Database
from archdb.queries.said_of import stated


def nearest(*words: str, database: Path) -> list[dict[str, Any]]:
    answer = archdb("nearest", *words, "--format", "json", database=database)
    assert answer.status == 0, answer.err
    found: list[dict[str, Any]] = json.loads(answer.out)
    return found


def test_networks_stand_by_the_edits_that_they_take(opened: Database) -> None:
    put(
        opened,
        seed("own", ROWS),
        seed("twin", {f"x{name}": row for name, row in list(ROWS.items())[:4]}),
        seed("fewer", {**ROWS, "fc": '"linear", {units = 7}'}),
        seed("stranger", {"only": '"tanh"'}),
    )
    result = opened.nearest("own")
    assert [row[:3] for row in result] == [
        ("fewer", 1, 7),
        ("twin", 3, 5),
        ("stranger", 7, 1),
    ]
    assert result[0][3] == "units: 7 → 10 in fc"
    assert opened.nearest("own", count=1).rows == result.rows[:1]


def test_a_variant_is_nearest_to_its_base(whole: Path) -> None:
    for name, base, edits in (("resnet50_v1_5", "resnet50", 8), ("vgg11_lrn", "vgg11", 1)):
        first = nearest(name, "--limit", "1", database=whole)[0]
        assert (first["architecture"], first["edits"]) == (base, edits)


def test_a_name_with_rules_is_nearest_to_what_they_were_applied_to(whole: Path) -> None:
    (found,) = nearest("vgg16+classes=10", "--limit", "1", database=whole)
    assert (found["architecture"], found["edits"]) == ("vgg16", 1)
    assert found["differences"] == "units: 1000 → 10 in fc8"


def test_what_cannot_be_answered_is_refused(built: Path) -> None:
    refused(archdb("nearest", "vgg61", database=built), "did you mean", "vgg16")
    refused(archdb("nearest", "vgg16", "--limit", "0", database=built), "one or more", status=2)


def test_what_an_exporter_has_folded_is_found_all_the_same(whole: Path) -> None:
    """resnet18 without its 20 norms, which are biases of its 20 convolutions now: against the
    network as it is stored that is 40 edits, more than many others take."""
    first, second = nearest("resnet18+fold-bn", "--limit", "2", database=whole)
    assert (first["architecture"], first["edits"]) == ("resnet18+fold-bn", 0)
    assert second["edits"] > 20


def test_building_blocks_are_no_networks_that_somebody_asks_for(whole: Path) -> None:
    found = nearest("block_fire", "--limit", "200", database=whole)
    assert len(found) > 100
    assert not [row for row in found if row["architecture"].startswith("block_")]


def test_how_it_is_written_makes_none_farther(whole: Path) -> None:
    """vit_b_32 has larger patches, and so fewer positions to embed."""
    first = nearest("vit_b_16", "--limit", "1", database=whole)[0]
    assert (first["architecture"], first["edits"]) == ("vit_b_32", 3)


def test_a_network_says_what_a_library_differs_in(whole: Path) -> None:
    with Database(whole) as db:
        (source,) = db.query("select claim from source where claim like 'timm differs: leaky%'")
    assert stated(source, "timm") == ["leaky_relu slope: 0.1 → 0.01"]
    assert stated(source, "keras") == []
    claims = ["paper", "timm differs: relu op: relu → relu6; rescale added"]
    assert stated(claims, "timm") == ["relu op: relu → relu6", "rescale added"]
