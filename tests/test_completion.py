"""The tab key: names of what there is, out of the database as it is, and nothing without one."""

from pathlib import Path

import pytest
from command import archdb, files, process
from test_structure import loaded_by

#: The words so far, and some of what the shell offers for the last; all of it, where nothing else
#: is offered.
OFFERED = [
    ("show vgg16", ["vgg16", "vgg16_c"], True),
    ("show vgg_", ["vgg_16", "vgg_d"], False),
    ("show --convention ma", ["mac"], True),
    ("explain vgg16/conv1", ["vgg16/conv1_1", "vgg16/conv1_2"], True),
    ("explain vgg_d/conv1", ["vgg_d/conv1_1", "vgg_d/conv1_2"], True),
    ("explain vgg1", ["vgg11", "vgg16"], False),
    ("explain nonesuch/", [], True),
    ("explain vgg16 --quantity effective_p", ["effective_padding"], False),
    ("explain-number vgg16/pool4", ["vgg16/pool4"], True),
    ("explain-number vgg16 138M --until fc", ["fc6", "fc7", "fc8"], True),
    ("compare lenet5 vgg16+f", ["vgg16+fc-to-conv", "vgg16+fold-bn"], False),
    ("compare vgg16+fc-to-conv+drop", ["vgg16+fc-to-conv+drop-aux"], True),
    ("rewrite vgg16 fc", ["fc-to-conv"], True),
    ("list --family V", ["VGG"], True),
    ("list --sort max", [], True),
    ("list --sort mac", ["macs"], True),
    ("list --space n", ["nasbench201"], True),
    ("space build nasbench2", ["nasbench201"], True),
    ("schema layer", ["layer_summary"], True),
    ("published --verdict ", ["agrees", "explained", "contradicts"], False),
    ("query --saved de", ["depths", "deepest"], True),
    ("query --saved li", ["list"], True),
    ("query --remove ", ["deepest"], True),
]


@pytest.fixture(scope="module")
def place(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("completion") / "archdb.sqlite"
    path.write_bytes(built.read_bytes())
    archdb("space", "build", "nasbench201", "--limit", "1", database=path)
    archdb("query", "--save", "deepest", "select 1", database=path)
    return path


def offered(words: str, database: Path) -> list[str]:
    count = len(f"archdb {words}".split(" "))
    env = {
        "_ARCHDB_COMPLETE": "bash_complete",
        "COMP_WORDS": f"archdb {words}",
        "COMP_CWORD": str(count - 1),
        "ARCHDB_DATABASE": str(database),
    }
    answer = process(env=env)
    assert answer.err == ""
    return [line.partition(",")[2] for line in answer.out.splitlines() if line]


@pytest.mark.parametrize(("words", "expected", "alone"), OFFERED, ids=[o[0] for o in OFFERED])
def test_what_is_offered(words: str, expected: list[str], alone: bool, place: Path) -> None:
    before = files(place.parent)
    found = offered(words, place)
    assert set(expected) <= set(found)
    assert not alone or sorted(found) == sorted(expected)
    assert files(place.parent) == before


@pytest.mark.parametrize(
    "words", ["show v", "list --family V", "explain vgg16/", "query --remove "]
)
def test_nothing_without_a_database(words: str, tmp_path: Path) -> None:
    assert offered(words, tmp_path / "missing.sqlite") == []
    assert files(tmp_path) == {}
    (tmp_path / "other.sqlite").write_text("no database", "utf-8")
    assert offered(words, tmp_path / "other.sqlite") == []


def test_sources_of_published_figures(whole: Path) -> None:
    assert "torchvision" in offered("plot accuracy --source torch", whole)
    assert "torchvision" in offered("explain-number vgg16 1 --source torch", whole)


@pytest.mark.parametrize("words", ["explain vgg16/c", "show vgg16+f", "query --saved d"])
def test_it_loads_nothing_that_takes_time(words: str, place: Path) -> None:
    called = ["--database", str(place), *words.split()[:-1]]
    loaded = loaded_by(
        "from archdb.cli import main; from click.shell_completion import ShellComplete;"
        f"ShellComplete(main, {{}}, 'archdb', '').get_completions({called}, {words.split()[-1]!r})"
    )
    assert "archdb.cli.completion" in loaded
    assert not loaded & {"sqlalchemy", "alembic", "numpy", "matplotlib", "archdb.blocks"}
