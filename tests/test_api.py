"""archdb in Python: for notebooks and programs, without the command line."""

import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from command import archdb as run

import archdb
from archdb.api import Database
from archdb.errors import ArchdbError, DatabaseError, NotFoundError, QueryError, UsageError

VGG16 = 138_357_544


@pytest.fixture
def db(database: Path) -> Iterator[Database]:
    with archdb.open(database) as opened:
        yield opened


def modules(statement: str, *words: str) -> set[str]:
    """What a new Python has loaded after a statement."""
    listed = f"import sys\n{statement}\nprint('\\n' + ' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", listed, *words], capture_output=True, text=True, check=True
    )
    return set(done.stdout.splitlines()[-1].split())


# Results.


def test_compare(db: Database) -> None:
    result = db.compare("vgg16", "alexnet")
    assert result.columns == ["quantity", "unit", "vgg16", "alexnet", "ratio"]
    params = next(row for row in result.rows if row[0] == "params")
    # 96·364 + 256·1201 + 384·2305 + 384·1729 + 256·1729, then the three linear layers
    alexnet = 96 * 364 + 256 * 1201 + 384 * 2305 + (384 + 256) * 1729
    alexnet += 4096 * 9217 + 4096 * 4097 + 1000 * 4097
    assert params == ("params", "parameters", VGG16, alexnet, float(Fraction(VGG16, alexnet)))


def test_options_are_those_of_the_command_line(db: Database, database: Path) -> None:
    result = db.compare("vgg16", "nin", by="op", input=256, convention="flop")
    again = db.compare("vgg16", "nin", by="op", input="3x256x256", convention="flop")
    assert result.rows == again.rows
    words = ("vgg16", "nin", "--by", "op", "--input", "256", "--convention", "flop")
    printed = run("compare", *words, "--format", "csv", database=database).out
    assert printed.splitlines()[0].split(",") == result.columns
    assert any("layer fc6 (linear)" in note for note in result.notes)


def test_show(db: Database) -> None:
    result = db.show("vgg_d", by="layer")
    assert result.column("layer")[:2] == ["data", "conv1_1"]
    assert sum(result.column("params")) == VGG16
    assert result.notes == ["vgg_d is another name of vgg16"]


def test_query(db: Database) -> None:
    statement = "select architecture from architecture_summary where params = :n"
    assert db.query(statement, n=VGG16).rows == [("vgg16",)]
    assert db.query(statement, {"n": VGG16}).rows == [("vgg16",)]
    assert db.query("select :limit + :timeout as x", {"limit": 1, "timeout": 2}).rows == [(3,)]
    assert len(db.query("select * from layer_summary", limit=5)) == 5


def test_catalogue_and_schema(db: Database) -> None:
    assert db.catalogue("vgg*", sort="macs").column("architecture")[0] == "vgg11"
    assert "macs" in db.schema("layer_summary").column("column")
    assert {"vgg16", "vgg_d"} <= set(db.names())


def test_a_result_as_dicts(db: Database) -> None:
    result = db.query("select 1 as a, null as b, 'x' as c")
    assert result.to_dicts() == [{"a": 1, "b": None, "c": "x"}]
    assert result.columns == ["a", "b", "c"]
    assert result.rows == [(1, None, "x")]
    assert (len(result), repr(result)) == (1, "Result(1 rows: a, b, c)")
    with pytest.raises(KeyError):
        result.column("d")


def test_a_result_in_a_notebook(db: Database) -> None:
    shown = db.compare("vgg16", "alexnet")._repr_html_()
    assert shown is not None
    assert shown.startswith("<table>")
    assert f"<b>{VGG16:,}</b>" in shown, "the larger of a pair"
    assert "<p>" in (db.show("vgg16", input=384)._repr_html_() or ""), "notes stand below"


def test_also_in_a_python_that_has_done_nothing_else(database: Path) -> None:
    statement = (
        "import archdb\n"
        "assert '<table>' in archdb.open(sys.argv[1]).compare('vgg16', 'alexnet')._repr_html_()"
    )
    assert "archdb.render" in modules(statement, str(database))


# Opening.


def test_a_path_in_any_form(database: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for given in (database, str(database), f"sqlite:///{database}"):
        with archdb.open(given) as db:
            assert db.resolve("vgg_d") == "vgg16"
    monkeypatch.setenv("ARCHDB_DATABASE", str(database))
    with archdb.open() as db:
        assert repr(db) == f"archdb.open({str(database)!r})"


def test_the_default(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with archdb.open() as db:
        assert len(db.catalogue()) == 18
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "(first use)" in captured.err


def test_who_wants_to_hear_is_told(database: Path) -> None:
    said: list[str] = []
    steps: list[tuple[int, int]] = []
    with archdb.open(database, notify=said.append, progress=lambda *step: steps.append(step)) as db:
        db.derive(["nin", "vgg16"])
    assert steps == [(0, 2), (1, 2), (2, 2)]
    assert said == []


def test_two_at_once(database: Path) -> None:
    with archdb.open(database) as one, archdb.open(database) as other:
        one.show("nin", input=256)
        assert other.query("select count(*) from architecture_summary").rows == [(19,)]


# Errors.


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (("vgg16", "nonesuch"), NotFoundError),
        (("vgg16",), UsageError),
        (("vgg16", "vgg_d"), UsageError),
    ],
)
def test_compare_raises(words: tuple[str, ...], kind: type[ArchdbError], db: Database) -> None:
    with pytest.raises(kind):
        db.compare(*words)


def test_errors_name_what_and_the_remedy(db: Database, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="by one of: total, op, block, resolution, layer"):
        db.show("vgg16", by="size")
    with pytest.raises(UsageError, match="is not an input size"):
        db.show("vgg16", input="(3, 384, 384)")
    with pytest.raises(NotFoundError, match="did you mean flop"):
        db.show("vgg16", convention="flops")
    with pytest.raises(QueryError, match="only one that reads"):
        db.query("delete from layer")
    with pytest.raises(QueryError, match="too large an integer"):
        db.query("select :x", x=2**63)
    with pytest.raises(DatabaseError, match="there is no database here"):
        archdb.open(tmp_path / "missing.sqlite")


@pytest.mark.parametrize("wrong", [{"limit": -1}, {"timeout": 0}, {"timeout": -1.0}])
def test_limits_that_limit_nothing(wrong: dict[str, float], db: Database) -> None:
    with pytest.raises(UsageError):
        db.query("select 1", **wrong)


# What is imported, because start-up counts.

HEAVY = {"sqlalchemy", "alembic"}


def test_importing_archdb_imports_next_to_nothing() -> None:
    assert modules("import archdb") & {*HEAVY, "click", "sqlite3", "platformdirs"} == set()


def test_reading_in_python_needs_none_of_the_heavy(database: Path) -> None:
    statement = "import archdb; archdb.open(sys.argv[1]).compare('vgg16', 'alexnet')"
    assert modules(statement, str(database)) & {*HEAVY, "click"} == set()


@pytest.mark.parametrize(
    "words",
    [
        ("compare", "vgg16", "alexnet"),
        ("compare", "vgg16", "alexnet", "--by", "op", "--convention", "flop", "--format", "json"),
        ("show", "vgg16", "--by", "layer"),
        ("list",),
        ("query", "select 1"),
        ("schema",),
        ("db", "info"),
    ],
    ids=lambda words: words[0],
)
def test_nor_do_commands_that_read_into_a_pipe(words: tuple[str, ...], database: Path) -> None:
    statement = "from archdb.cli import main; main(standalone_mode=False)"
    loaded = modules(statement, "--database", str(database), *words)
    assert "click" in loaded
    assert loaded & HEAVY == set()
    assert "archdb.analysis.profile" not in loaded, "nor the ops"


def test_deriving_does(database: Path) -> None:
    statement = "from archdb.cli import main; main(standalone_mode=False)"
    words = ("--database", str(database), "show", "vgg16", "--input", "256")
    assert modules(statement, *words) >= {"sqlalchemy"}
