"""archdb as others install it: into a bare environment, away from the checkout.

These tests use the package index. The checkout's files are copied first, so that nothing is
written into it and what is not part of a checkout (an environment, caches) is not taken along.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from test_readme import set_up_lines

from archdb.version import REPOSITORY

ROOT = Path(__file__).parent.parent
SHIPPED = (
    *("pyproject.toml", "README.md", "LICENSE", "CITATION.cff"),
    *("archdb", "seeds", "migrations"),
)
# vgg16, then alexnet: 13 and 5 convolutions, 3 fully connected layers each.
PARAMS = {
    "vgg16": (3 * 64 + 64 * 64 + 64 * 128 + 128 * 128 + 128 * 256 + 2 * 256 * 256) * 9
    + (256 * 512 + 5 * 512 * 512) * 9
    + (2 * 64 + 2 * 128 + 3 * 256 + 6 * 512)
    + (512 * 7 * 7 + 1) * 4096
    + (4096 + 1) * 4096
    + (4096 + 1) * 1000,
    "alexnet": 96 * (3 * 11 * 11 + 1)
    + 256 * (48 * 5 * 5 + 1)
    + 384 * (256 * 3 * 3 + 1)
    + 384 * (192 * 3 * 3 + 1)
    + 256 * (192 * 3 * 3 + 1)
    + (256 * 6 * 6 + 1) * 4096
    + (4096 + 1) * 4096
    + (4096 + 1) * 1000,
}


def run(words: str, where: Path, data: Path) -> str:
    """What a command line prints, run in `where`; `python3` is the one that runs the tests."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    env = {k: v for k, v in os.environ.items() if not k.startswith(("ARCHDB", "PYTHONPATH"))}
    env |= {"PATH": path, "XDG_DATA_HOME": str(data), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    done = subprocess.run(
        ["sh", "-c", words], cwd=where, env=env, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, f"{words}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a clean checkout holds of the package."""
    copy = tmp_path_factory.mktemp("checkout")
    for name in SHIPPED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, copy)
    return copy


@pytest.fixture(scope="module")
def wheel(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("wheel")
    run(f"python3 -m pip wheel -q --no-deps -w {made} .", checkout, made)
    (found,) = made.glob("archdb-*.whl")
    return found


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with an environment, `.venv`, that holds the wheel and what it depends on."""
    directory = tmp_path_factory.mktemp("bare")
    run(f"python3 -m venv .venv && .venv/bin/pip install -q {wheel}", directory, directory)
    return directory


def test_the_wheel_holds_every_seed_and_migration(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    here = [p for name in ("seeds", "migrations") for p in (ROOT / name).rglob("*") if p.is_file()]
    wanted = {
        f"archdb/_bundled/{p.relative_to(ROOT).as_posix()}" for p in here if p.suffix != ".pyc"
    }
    assert wanted and wanted - held == set()


def test_the_readme_of_a_package_index_leads_to_the_repository(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as held:
        (name,) = (name for name in held.namelist() if name.endswith("/METADATA"))
        text = held.read(name).decode()
    targets = re.findall(r"\]\(([^)]+)\)", text)
    assert targets and all(target.startswith((f"{REPOSITORY}/", "#")) for target in targets)
    assert f"]({REPOSITORY}/raw/main/docs/pictures/resnet50.svg)" in text


def test_nothing_of_the_checkout_or_for_development_is_there(bare: Path, checkout: Path) -> None:
    program = "import archdb, importlib.util as u; print(archdb.__file__, u.find_spec('pytest'))"
    place, pytest_found = run(f'.venv/bin/python -c "{program}"', bare, bare).split()
    assert Path(place).is_relative_to(bare / ".venv")
    assert pytest_found == "None"


def test_the_main_job(bare: Path) -> None:
    output = run(".venv/bin/archdb compare vgg16 alexnet --format json", bare, bare / "main")
    rows = {row["quantity"]: row for row in json.loads(output)}
    assert {name: rows["params"][name] for name in PARAMS} == PARAMS
    assert (rows["macs"]["vgg16"], rows["macs"]["alexnet"]) == (15_470_264_320, 724_406_816)


def test_an_upgrade_finds_the_migrations(bare: Path) -> None:
    archdb = ".venv/bin/archdb --database upgraded.sqlite"
    run(f"{archdb} db init && {archdb} db upgrade && {archdb} check", bare, bare)
    assert len(list(bare.glob("upgraded.sqlite.*.bak"))) == 1


def test_the_command_line_of_the_readme(checkout: Path, tmp_path: Path) -> None:
    """As a stranger types it: sets up, makes the default database and compares."""
    output = run(set_up_lines()[0], checkout, tmp_path)
    (params,) = [line for line in output.splitlines() if line.startswith("params ")]
    assert params.split()[2:4] == [f"{PARAMS[name]:,}" for name in ("vgg16", "alexnet")]
    assert (tmp_path / "archdb" / "archdb.sqlite").is_file()
