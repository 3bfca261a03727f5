"""Files of other formats, cut off anywhere or with a byte changed: an error with its place, or a
network."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from archdb.errors import ArchdbError
from archdb.sources import caffe, darknet, keras
from archdb.sources.keras_files import from_json

FOREIGN = Path(__file__).parent / "foreign"
READERS: dict[str, Callable[[str], Any]] = {
    ".cfg": lambda text: darknet.parse(text, "net"),
    ".prototxt": lambda text: caffe.load(text, "net"),
    ".json": lambda text: keras.load(from_json(text), "net"),
}
FILES = [path for path in sorted(FOREIGN.glob("*/*")) if path.suffix in READERS]
#: Every so-manieth place.
STEP = 23


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_damaged_file_is_an_error_or_a_network(path: Path) -> None:
    text, reader = path.read_text("utf-8"), READERS[path.suffix]
    read = refused = 0
    for at in range(0, len(text), STEP):
        for damaged in (text[:at], text[:at] + text[at + 1 :], f"{text[:at]}9{text[at + 1 :]}"):
            try:
                reader(damaged)
                read += 1
            except ArchdbError as error:
                assert error.what
                refused += 1
    assert refused and read
