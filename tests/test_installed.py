"""Libraries whose models are asked for, not installed or broken: said, whatever they raise."""

import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from command import archdb, refused

from archdb.sources.installed import LIBRARIES
from archdb.sources.keras import Read, read

RAISED = {
    "ImportError('no such symbol')": "ImportError: no such symbol",
    "RuntimeError('operator nms does not exist')": "RuntimeError: operator nms does not exist",
    "ModuleNotFoundError('no tensorflow', name='tensorflow')": "ModuleNotFoundError: no tensorflow",
}


@pytest.fixture(params=LIBRARIES)
def library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Each library, as if nothing of it were installed."""
    for name in ("torch", *LIBRARIES):
        monkeypatch.setitem(sys.modules, name, None)
        for module in LIBRARIES.values():
            monkeypatch.delitem(sys.modules, f"archdb.sources.{module[0]}", raising=False)
    return str(request.param)


@pytest.mark.parametrize("command", [["show"], ["compare", "lenet5"], ["import"]])
def test_one_that_is_not_installed_is_said(
    command: list[str], library: str, database: Path
) -> None:
    first = LIBRARIES[library][1][0]
    answer = archdb(*command, f"{library}:some_model", database=database)
    refused(answer, f"{first} is not installed here", f"pip install {first}")


@pytest.mark.parametrize("raised", RAISED)
@pytest.mark.parametrize("word", ["model", "all"])
def test_one_that_cannot_be_loaded_is_said(
    word: str,
    raised: str,
    library: str,
    database: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = LIBRARIES[library][1][0]
    monkeypatch.delitem(sys.modules, first)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / f"{first}.py").write_text(f"raise {raised}\n")
    answer = archdb("import", f"{library}:{word}", database=database)
    said = f"{first} is installed, but cannot be loaded: {RAISED[raised]}"
    refused(answer, said, "KERAS_BACKEND" if library == "keras" else "shows where it fails")


def test_a_model_is_no_other_name_of_itself(
    database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def built(library: str, model: str, sizes: object) -> Read:
        return read(Path(__file__).parent / "foreign" / "keras" / "image.json")

    front_end = SimpleNamespace(names=lambda library: ["SmallNet"], build=built)
    monkeypatch.setitem(sys.modules, "keras", ModuleType("keras"))
    monkeypatch.setitem(sys.modules, "archdb.sources.keras_libraries", front_end)
    answer = archdb("compare", "keras:SmallNet", "lenet5", database=database)
    assert answer.status == 0
    assert "another name" not in answer.err
