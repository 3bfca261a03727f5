"""The whole catalogue as a database: what `archdb check` says of it, and what every network has."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from archdb.api import Database

WHOLE_CATALOGUE = True


@pytest.fixture(scope="module")
def catalogued(whole: Path) -> Iterator[Database]:
    with Database(whole) as database:
        yield database


def test_nothing_is_wrong_with_it(catalogued: Database) -> None:
    assert catalogued.check().rows == []


def test_it_holds_at_least_130_networks(catalogued: Database) -> None:
    assert len(catalogued.catalogue()) >= 130


def test_classifiers_say_how_many_classes_their_last_layer_tells_apart(
    catalogued: Database,
) -> None:
    """Besides classifiers only building blocks, and maps of features, have no classes."""
    rows = catalogued.reader.run(
        "select s.architecture, s.classes, l.out_channels from architecture_summary s"
        " join layer_summary l on l.architecture = s.architecture and l.input = s.input"
        " where s.is_native and s.classes is not null and l.position ="
        " (select max(position) from layer_summary m where m.architecture = s.architecture"
        " and m.input = s.input and not m.auxiliary)"
    ).rows
    # last are all boxes of all classes in one vector, and the four sides of each box
    detectors = {"ssd300_vgg16", "detr_resnet50"}
    differing = {name for name, classes, outputs in rows if classes != outputs} - detectors
    assert differing == {"lstm_imdb"}  # two classes, told apart by one output
