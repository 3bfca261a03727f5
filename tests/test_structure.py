"""The shape of the package: what may import what, how large a part may be, who knows op names."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import archdb
from archdb.ops import REGISTRY

PACKAGE = Path(archdb.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))

#: From left to right. A module may import from its own rank and from those before it.
RANKS = (
    {"version", "text", "rounding"},
    {"errors", "resources"},
    {"printed_number"},
    {"model"},
    {"ops"},
    {"blocks"},
    {"analysis"},
    {"spaces", "sources"},
    {"rewrite", "explain"},
    {"db"},
    {"queries"},
    {"dataset"},
    {"render"},
    {"arrow", "export", "engines"},
    {"api"},
    {"serve"},
    {"cli"},
    {"archdb", "__main__"},  # the face of the package: what `import archdb` and `-m` give
)
RANK = {part: rank for rank, parts in enumerate(RANKS) for part in parts}

#: Who may import what is not archdb's and not everywhere at home.
GUARDED = {
    "click": {"cli"},
    "matplotlib": {"render"},
    "pyarrow": {"arrow", "engines", "export", "queries"},  # in queries for to_arrow
    "duckdb": {"engines"},
    "pyspark": {"engines"},
    "py4j": {"engines"},
    "pandas": {"queries"},
    "polars": {"queries"},
    "sqlalchemy": {"db"},
    "alembic": {"db"},
    "sqlite3": {"db", "queries", "dataset", "serve", "cli"},  # serve: SQLite's limits by name
    **{name: {"serve"} for name in ("starlette", "uvicorn", "jinja2")},
    "platformdirs": {"db"},
}
#: What of db changes a file, or makes one; and who may, to the left of api.
WRITING = {
    *("build", "bundled_networks", "definition_tables", "copying", "engine", "files", "migrate"),
    *("profiles", "scratch", "self_description", "spaces", "unfinished", "user_networks"),
    *("variants", "writer"),
}
READING = {"model", "analysis", "rewrite", "explain", "queries", "render"}
#: Until names with rules are answered in memory, a scratch file is filled for them; and check
#: compares the schema with one that is built in memory.
EXCEPT = {
    "queries/named.py": {"engine", "scratch", "variants"},
    "queries/check.py": {"build", "bundled_networks"},
}
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 250, 40


def part(path: Path) -> str:
    """The part of the package that a module belongs to: ops for archdb/ops/base.py."""
    first = path.relative_to(PACKAGE).parts[0]
    return "archdb" if first == "__init__.py" else first.removesuffix(".py")


def imported(tree: ast.AST) -> Iterator[str]:
    """Dotted names of all that a module imports, inside functions and for types too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part_of(name: str) -> str:
    """The part of archdb that an imported name means."""
    inner = name.split(".")[1] if "." in name else ""
    return inner if inner in RANK else "archdb"


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


each = pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))


def test_every_part_has_a_rank() -> None:
    assert {part(path) for path in MODULES} == set(RANK)


@each
def test_imports_point_one_way(path: Path) -> None:
    own = part(path)
    for name in imported(tree(path)):
        if name.split(".")[0] == "archdb":
            assert RANK[part_of(name)] <= RANK[own], f"{own} imports {name}, which comes later"


def module(path: Path) -> str:
    """The dotted name of a module: archdb.ops for archdb/ops/__init__.py."""
    parts = ("archdb", *path.relative_to(PACKAGE).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def at_module_level(path: Path) -> ast.Module:
    """A module without its functions, methods too."""
    found = tree(path)
    for node in ast.walk(found):
        for field in ("body", "orelse"):
            inner = getattr(node, field, None)
            if isinstance(inner, list):
                kept = [n for n in inner if not isinstance(n, ast.FunctionDef)]
                setattr(node, field, kept)
    return found


def test_no_modules_import_each_other_in_a_circle() -> None:
    """Inside one part, too, and for types. What a function imports when it is called, as the
    registries do with what registers itself, is no part of it."""
    names = {module(path) for path in MODULES}
    graph = {
        module(path): {
            name if name in names else name.rpartition(".")[0]
            for name in imported(at_module_level(path))
            if {name, name.rpartition(".")[0]} & names
        }
        - {module(path), "archdb.ops", "archdb.blocks", "archdb.spaces", "archdb.rewrite"}
        for path in MODULES
        if path.name != "__init__.py"
    }
    list(TopologicalSorter(graph).static_order())  # CycleError names the modules


@each
def test_what_needs_a_library_stands_in_its_place(path: Path) -> None:
    for name in imported(tree(path)):
        places = GUARDED.get(name.split(".")[0])
        assert places is None or part(path) in places, f"{part(path)} imports {name}"


@each
def test_reading_imports_nothing_that_writes(path: Path) -> None:
    allowed = EXCEPT.get(path.relative_to(PACKAGE).as_posix(), set())
    if part(path) in READING:
        for name in imported(tree(path)):
            if name.startswith("archdb.db."):
                for module in (*name.split(".")[2:], name.split(".")[-1]):
                    assert module not in WRITING - allowed, f"{path.name} imports {name}"


def loaded_by(statement: str) -> set[str]:
    """The modules that a new Python has loaded after a statement."""
    listed = f"import sys; {statement}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", listed], capture_output=True, text=True, check=True)
    return set(run.stdout.split())


def test_what_stands_left_of_the_database_runs_without_one() -> None:
    loaded = loaded_by(
        "import archdb.sources.toml, archdb.analysis.profile, archdb.analysis.conventions"
    )
    assert "archdb.analysis.profile" in loaded
    assert not loaded & {"sqlite3", "sqlalchemy", "alembic", "click", "archdb.db"}


def test_importing_the_package_alone_loads_no_part_of_it() -> None:
    loaded = {name for name in loaded_by("import archdb") if name.startswith("archdb.")}
    assert loaded == {"archdb.version"}


def loaded_by_command(database: Path, words: str) -> set[str]:
    """The modules that a command has loaded when it is done."""
    called = ["--database", str(database), *words.split()]
    return loaded_by(f"from archdb.cli import main; main({called}, standalone_mode=False)")


@pytest.mark.parametrize(
    "words",
    [
        "compare lenet5 alexnet",
        "rewrite lenet5 fc-to-conv",
        "explain lenet5",
        "explain lenet5/C1",
        "sweep lenet5+fc-to-conv --input 32,64",
        "explain-number lenet5 60k",
    ],
)
def test_what_only_reads_loads_nothing_that_writes(built: Path, words: str) -> None:
    loaded = loaded_by_command(built, words)
    assert not loaded & {"sqlalchemy", "alembic", "archdb.db.writer", "archdb.sources.toml"}
    assert "archdb.blocks" not in loaded


def test_what_few_commands_need_is_loaded_by_these_only(built: Path) -> None:
    loaded = loaded_by_command(built, "compare lenet5 alexnet")
    parts = {name.split(".")[1] for name in loaded if name.startswith("archdb.")}
    assert "queries" in parts
    assert not parts & {"ops", "blocks", "dataset", "export", "serve"}
    assert not loaded & {"matplotlib", "pyarrow", "numpy", "decimal", "hashlib"}


@each
def test_a_module_can_be_read_at_one_sitting(path: Path) -> None:
    lines = path.read_text("utf-8").count("\n")
    assert lines <= MOST_LINES


@each
def test_a_function_can_be_read_at_a_glance(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            lines = (node.end_lineno or 0) - node.lineno + 1
            assert lines <= MOST_LINES_OF_A_FUNCTION, node.name


def literals(node: ast.expr) -> Iterator[str]:
    """The words in an expression: a literal, or a list, tuple or set of them."""
    for inner in [node, *getattr(node, "elts", [])]:
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value


def compared(module: ast.Module) -> Iterator[str]:
    """Every word that a module compares with something, by ==, in or case."""
    for node in ast.walk(module):
        if isinstance(node, ast.Compare):
            for side in (node.left, *node.comparators):
                yield from literals(side)
        elif isinstance(node, ast.MatchValue):
            yield from literals(node.value)


@pytest.mark.parametrize(
    "text",
    [
        "if op == 'conv2d': pass",
        "x = [n for n in names if 'add' != n]",
        "op.name in ('lrn', 'other')",
        "match name:\n  case 'relu': pass",
    ],
)
def test_a_comparison_with_the_name_of_an_op_is_seen(text: str) -> None:
    assert set(compared(ast.parse(text))) & set(REGISTRY)


@each
def test_only_ops_branch_on_the_name_of_an_op(path: Path) -> None:
    if part(path) != "ops":
        assert set(compared(tree(path))) & set(REGISTRY) == set()


@each
def test_a_module_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(tree(path))


def asked_by_name(module: ast.Module) -> Iterator[str]:
    """The names by which a module calls for .sql files of archdb/queries/sql."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and node.args:
            called = getattr(node.func, "attr", getattr(node.func, "id", None))
            if called in ("run_named", "recall", "_recall", "sql"):
                assert isinstance(node.args[0], ast.Constant | ast.Name), ast.unparse(node)
                yield from literals(node.args[0])


def test_each_sql_file_is_named_somewhere_and_each_name_has_its_file() -> None:
    files = {path.stem for path in (PACKAGE / "queries" / "sql").glob("*.sql")}
    assert files == {name for path in MODULES for name in asked_by_name(tree(path))}
