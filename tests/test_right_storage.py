"""Issue 10, 'Under attack and under load': what a database file holds, and what is said of it."""

import random
import sqlite3
from contextlib import closing
from itertools import pairwise
from pathlib import Path

import pytest
from command import archdb, files, refused
from hypothesis import given
from hypothesis import strategies as st

import archdb as package
from archdb.db import owned, tables
from archdb.db.connection import APPLICATION_ID
from archdb.errors import ArchdbError, DatabaseError
from archdb.model.graph import Layer, Network
from archdb.queries.freshness import answer_from_one_state
from archdb.sources.toml import load

SEED = """name = "{name}"
title = "{title}"
family = "Own"
year = 2024
aliases = {aliases}

[net]
input = [3, 8, 8]
layers = [["conv", "conv2d", {{filters = {filters}, kernel = 3}}]]
"""


def seed(place: Path, name: str, *, filters: int = 4, file: str = "", aliases: str = "[]") -> Path:
    """A seed file of a network of one convolution: filters · (3 · 3² + 1) parameters."""
    path = place / f"{file or name}.toml"
    words = {"name": name, "title": name.title(), "filters": filters, "aliases": aliases}
    path.write_text(SEED.format(**words), "utf-8")
    return path


# 'import --replace a.toml b.toml' of one name.


@pytest.mark.parametrize("words", [("import",), ("import", "--replace")], ids=len)
def test_two_files_of_one_name_are_refused(
    words: tuple[str, ...], database: Path, tmp_path: Path
) -> None:
    first, second = (
        seed(tmp_path, "mine", filters=f, file=name) for f, name in ((4, "a"), (5, "b"))
    )
    before = files(database.parent)
    answer = archdb(*words, str(first), str(second), database=database)
    refused(answer, f"{second}: defines the network 'mine', and so does {first}", "another name")
    refused(archdb(*words, str(first), str(first), database=database), f"so does {first}")
    assert files(database.parent) == before


# 'Rows in reverse order: linear, not quadratic'.


class _Counted(str):
    """A name that counts how often it is compared or looked up."""

    looked = 0
    __slots__ = ()

    def __hash__(self) -> int:
        _Counted.looked += 1
        return str.__hash__(self)

    def __eq__(self, other: object) -> bool:
        return str.__eq__(self, other)


def _look_ups(count: int) -> int:
    """How often names are looked up to sort a chain of so many layers, given last first."""
    names = [_Counted(i) for i in range(count)]
    chain = [Layer(names[0], None)]
    chain += [Layer(name, None, (source,)) for source, name in pairwise(names)]
    _Counted.looked = 0
    network = Network("net", reversed(chain))
    looked = _Counted.looked
    assert list(network) == chain
    return looked


def test_rows_in_reverse_order_take_linear_time() -> None:
    """Twice the layers take twice the look-ups, and not four times as many."""
    assert _look_ups(4000) <= 2 * _look_ups(2000) + 10
    assert _look_ups(20_000) <= 20 * 20_000


@given(st.lists(st.integers(0, 9), min_size=10, max_size=10), st.permutations(range(11)))
def test_the_order_is_that_of_repeated_passes(readings: list[int], order: list[int]) -> None:
    """Each pass over what is left places, in the order given, whatever can be placed by then."""
    rows = [Layer("0", None)]
    rows += [Layer(str(n), None, (str(s % n),)) for n, s in enumerate(readings, start=1)]
    waiting, expected = [rows[n] for n in order], list[Layer]()
    while waiting:
        for layer in waiting:
            if set(layer.inputs) <= {placed.name for placed in expected}:
                expected.append(layer)
        waiting = [layer for layer in waiting if layer not in expected]
    assert list(Network("net", [rows[n] for n in order])) == expected


# 'Odd files'.


def tamper(database: Path, statements: str) -> None:
    with closing(sqlite3.connect(database)) as client:
        client.executescript(statements)


MARK = f"pragma application_id = {APPLICATION_ID};"
META = "create table meta (key text, value text);"
REVISION = "create table alembic_version (version_num text);"
#: Files with archdb's mark that are none of its databases, and what is said of them.
MARKED = {
    "and nothing else": ("create table t (x)", "no such table: meta"),
    "somebody else's meta": ("create table meta (who, when_)", "no such "),
    "a meta like ours": (META, "no such table: alembic_version"),
    "no networks": (META + REVISION, "no such table: network"),
    "no revision": (META + REVISION + "create table network (x)", "its schema is 'None'"),
    "a revision of others": (
        META + REVISION + "create table network (x); insert into alembic_version values ('1a2b3c')",
        "its schema is '1a2b3c'",
    ),
}


@pytest.mark.parametrize("kind", MARKED)
@pytest.mark.parametrize("words", [("list",), ("check",), ("db", "upgrade"), ("import", "x.toml")])
def test_a_file_with_the_mark_alone(kind: str, words: tuple[str, ...], tmp_path: Path) -> None:
    path = tmp_path / "odd" / "odd.sqlite"
    path.parent.mkdir()
    statements, sign = MARKED[kind]
    tamper(path, MARK + statements)
    before = files(path.parent)
    refused(archdb(*words, database=path), str(path), "bears the mark of archdb", sign, "a copy")
    assert files(path.parent) == before


def test_a_revision_that_there_never_was(database: Path) -> None:
    tamper(database, "update alembic_version set version_num = '0000'")
    before = files(database.parent)
    refused(archdb("list", database=database), "'0000'", "restore it from a copy")
    assert files(database.parent) == before


@pytest.mark.parametrize("path", ["\0", "x\0.sqlite", "\ud800.sqlite", "\udfff"])
def test_what_cannot_be_a_name_is_refused_as_such(path: str) -> None:
    for given_as in (path, Path(path)):
        with pytest.raises(DatabaseError, match="cannot be the name of a file") as caught:
            package.open(given_as)
        str(caught.value).encode("utf-8")
    with pytest.raises(ArchdbError, match="cannot be the name of a file"):
        load(Path(path))


NOTES = (
    'create table "my notes" ("the text" text, x); insert into "my notes" values (\'a\', 1);'
    'create index "my index" on "my notes" (x);'
    'create view "my view" as select * from "my notes";'
    "create virtual table words using fts5 (said);"
    'create trigger "my trigger" after insert on "my notes" begin select 1; end;'
)
EVERY = [
    *[("list",), ("show", "vgg16"), ("show", "vgg16", "--format", "latex"), ("info",), ("cite",)],
    *[("compare", "vgg16", "vgg16+width=0.5", "--format", "markdown"), ("graph", "nin")],
    ("query", "select count(*) from architecture_summary"),
]


def test_a_users_own_tables_are_no_part_of_the_dataset(database: Path, tmp_path: Path) -> None:
    """Nothing that archdb says depends on them, an export holds none, an upgrade leaves them."""
    plain = [archdb(*words, database=database) for words in EVERY]
    tamper(database, NOTES)
    assert [archdb(*words, database=database) for words in EVERY] == plain
    assert archdb("check", database=database).status == 0
    assert archdb("db", "upgrade", database=database).status == 0
    with closing(sqlite3.connect(database)) as client:
        assert client.execute('select * from "my view"').fetchall() == [("a", 1)]
        names = "select count(*) from sqlite_master where name like 'my %'"
        assert client.execute(names).fetchone() == (4,)
    assert archdb("export", str(tmp_path / "out"), "--no-parquet", database=database).status == 0
    with closing(sqlite3.connect(tmp_path / "out" / "archdb.sqlite")) as client:
        assert client.execute(names).fetchone() == (0,)


def test_archdbs_own_tables_are_known_by_name() -> None:
    assert {*tables.metadata.tables, "alembic_version"} == owned.TABLES


@pytest.mark.parametrize(
    ("statement", "sign"),
    [
        ("alter table layer rename column kernel_h to kernel_height", "kernel_h"),
        ("alter table edge rename column slot to place", "slot"),
        ("alter table network rename column title to heading", "title"),
        ("alter table profile rename column macs to products", "macs"),
        ("alter table block rename to blocks", "no such table: "),
    ],
)
def test_a_renamed_column_or_table_is_named(statement: str, sign: str, database: Path) -> None:
    tamper(database, "pragma legacy_alter_table = on;" + statement)
    for words in (("show", "vgg16+width=0.5"), ("show", "vgg16", "--by", "block"), ("derive",)):
        answer = archdb(*words, database=database)
        if answer.status:
            refused(answer, str(database), "is not as archdb made it", sign, "db repair")
    assert "Traceback" not in archdb("check", database=database).err


# 'Damaged files'.

#: A text of the file, in whose place no text is put, behind SQLite's back.
GARBLED = (
    "conv1_1",
    "VGG-16 (configuration D)",
    "Simonyan, Karen",
    "conv2d",
    "explicit",
    "bundled",
)
READ = [
    *[("show", "vgg16"), ("show", "vgg16", "--by", "layer"), ("show", "vgg16", "--lineage")],
    *[("sweep", "vgg16"), ("cite", "vgg16"), ("compare", "vgg16", "vgg16+width=0.5"), ("list",)],
    *[("graph", "vgg16"), ("info",), ("explain", "vgg16/conv1_1"), ("derive", "vgg16"), ("check",)],
    *[
        ("explain-number", "vgg16", "138M"),
        ("query", "select * from layer_summary"),
        ("published",),
    ],
    *[("show", "vgg16", "--format", "latex"), ("rewrite", "vgg16", "width=0.5"), ("db", "info")],
]


def sound_or_told(database: Path, words: tuple[str, ...], *, named: bool = False) -> bool:
    """Whether a command ended in an error, which is in words and has a remedy."""
    answer = archdb(*words, database=database)  # which raises what is no exit
    assert "Traceback" not in answer.err
    if answer.status and words != ("check",):
        assert "Error: " in answer.err
        assert named is False or f"{database}: is damaged" in answer.err, (words, answer.err)
    return answer.status != 0


@pytest.mark.parametrize("text", GARBLED)
def test_text_that_is_no_text_is_damage(text: str, database: Path) -> None:
    """The second byte of the text, wherever it stands, has its highest bit set: 0x80 and more
    behind a letter of ASCII is no UTF-8."""
    content, word = database.read_bytes(), text.encode()
    assert word in content
    database.write_bytes(content.replace(word, word[:1] + bytes([word[1] | 0x80]) + word[2:]))
    refused_some = [words for words in READ if sound_or_told(database, words)]
    assert ("check",) in refused_some


@pytest.mark.parametrize("words", READ, ids=" ".join)
def test_a_name_in_the_schema_that_is_no_text(words: tuple[str, ...], database: Path) -> None:
    """SQLite then says so in words that are none, either."""
    content = database.read_bytes()
    at = content.index(b"CREATE TABLE layer")
    changed = content[:at] + content[at : at + 3000].replace(b"kernel_h", b"kern\xe8l_h")
    database.write_bytes(changed + content[at + 3000 :])
    sound_or_told(database, words)


@pytest.mark.parametrize(
    "attributes", ["{", "[", '{"shape": [3, 224, 2r4]}', "[" * 100_000, "1" * 5000]
)
def test_attributes_that_are_no_json_name_their_layer(attributes: str, database: Path) -> None:
    with closing(sqlite3.connect(database)) as client:
        client.execute("pragma ignore_check_constraints = on")
        client.execute(
            "update layer set attributes = ? where op = 'input' and network_id ="
            " (select id from network where name = 'vgg16')",
            [attributes],
        )
        client.commit()
    for words in (("sweep", "vgg16"), ("explain", "vgg16"), ("derive", "vgg16")):
        answer = archdb(*words, database=database)
        refused(answer, "vgg16, layer 'data': attributes must be a JSON object", "from a copy")
    for words in READ:
        sound_or_told(database, words)


@pytest.mark.parametrize("seed", range(12))
def test_flipped_bits_end_in_words(seed: int, database: Path) -> None:
    draw = random.Random(seed)
    content = bytearray(database.read_bytes())
    for _ in range(3 ** (1 + seed % 5)):
        content[draw.randrange(100, len(content))] ^= 1 << draw.randrange(8)
    for words in READ[::2] if seed % 2 else READ[1::2]:
        database.write_bytes(content)
        sound_or_told(database, words)


def test_an_error_of_archdbs_own_is_not_blamed_on_the_file(database: Path) -> None:
    def fails() -> None:
        raise KeyError("mine")

    with package.open(database) as opened:
        with pytest.raises(KeyError, match="mine"):
            answer_from_one_state(opened.reader, fails)
        tamper(database, "delete from network where name = 'vgg16'")  # and leave its rows
        with pytest.raises(DatabaseError, match=r"is damaged: a row of .* refers to a missing row"):
            answer_from_one_state(opened.reader, fails)
