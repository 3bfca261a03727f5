"""archdb export: the same bytes from the same seeds, and files that other tools take."""

from __future__ import annotations

import csv
import hashlib
import importlib.util
import json
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import archdb, command, refused

from archdb.dataset.canonical import LEFT_OUT, definition, views
from archdb.dataset.canonical_file import FILE_HEADER, _blank_gap
from archdb.dataset.release import release
from archdb.queries.reader import Reader

WHOLE_CATALOGUE = True


def needs(module: str) -> pytest.MarkDecorator:
    missing = importlib.util.find_spec(module) is None
    return pytest.mark.skipif(missing, reason=f"{module} is not installed")


HAS_PYARROW = importlib.util.find_spec("pyarrow") is not None


def run(*words: str, database: Path, seed: str, zone: str) -> None:
    """archdb in a process with a hash seed and a time zone of its own."""
    env = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
    done = subprocess.run(command(*words, database=database), env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")


@pytest.fixture(scope="module")
def exported(whole: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of the catalogue, exported from a database that nobody has used."""
    target = tmp_path_factory.mktemp("first") / "archdb"
    run("export", str(target), database=whole, seed="1", zone="UTC")
    return target


def hashes(directory: Path) -> dict[str, str]:
    return {
        str(path.relative_to(directory)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in directory.rglob("*")
        if path.is_file()
    }


def described(exported: Path) -> dict[str, Any]:
    package = json.loads((exported / "datapackage.json").read_text("utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# The same bytes.


def test_two_builds_are_exported_to_equal_files(
    exported: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Two databases from the same seeds, in other directories, with other hash seeds and zones.

    The second has been used before: a network was imported and deleted again, figures were asked
    for at another input, statistics were taken, and it was vacuumed into other pages.
    """
    place = tmp_path_factory.mktemp("another place")
    database, target = place / "used.sqlite", place / "archdb"
    run("db", "init", database=database, seed="4711", zone="Asia/Tokyo")
    run("show", "vgg16", "--input", "64", database=database, seed="3", zone="UTC")
    with closing(sqlite3.connect(database, isolation_level=None)) as client:
        client.execute("pragma foreign_keys = on")
        client.execute(
            "insert into network (name, title, family, year, origin)"
            " values ('z', 'Z', 'Z', 2000, 'imported')"
        )
        client.execute("update network set title = title || '!' where name = 'alexnet'")
        client.execute("update network set title = rtrim(title, '!') where name = 'alexnet'")
        client.execute("delete from network where name = 'z'")
        for sign in "+-":  # which counts as two revisions of every network with such a layer
            client.execute(f"update layer set filters = filters {sign} 1 where name = 'conv1'")
        client.execute("pragma page_size = 8192")
        client.execute("analyze")
        client.execute("vacuum")
    run("derive", database=database, seed="5", zone="UTC")
    run("export", str(target), database=database, seed="4712", zone="America/Lima")
    assert hashes(target) == hashes(exported)


def test_what_a_page_of_a_tree_has_between_its_lists_is_blanked() -> None:
    """A leaf of a table (13): one cell, whose place stands behind the 8 bytes of the header."""
    page = bytes([13, 0, 0, 0, 1, 0, 14, 0]) + bytes([0, 14]) + b"rest" + b"cell"
    assert _blank_gap(page, 0) == page.replace(b"rest", bytes(4))
    assert _blank_gap(b"\0\0\0\7overflowing text", 0) == b"\0\0\0\7overflowing text"
    first = b"x" * FILE_HEADER + bytes([13, 0, 0, 0, 0, 0, FILE_HEADER + 10, 0]) + b"??"
    assert _blank_gap(first, FILE_HEADER) == first[:-2] + bytes(2)


def test_the_database_is_sound_and_in_use_as_any(exported: Path, tmp_path: Path) -> None:
    copy = Path(shutil.copy(exported / "archdb.sqlite", tmp_path))
    with closing(sqlite3.connect(copy)) as client:
        assert client.execute("pragma integrity_check").fetchall() == [("ok",)]
        assert client.execute("pragma foreign_key_check").fetchall() == []
    answer = archdb("check", database=copy)
    assert answer.status == 0 and answer.err.endswith("no faults\n")
    answer = archdb("show", "alexnet", "--input", "256", database=copy)
    assert answer.status == 0, "it can be written to"


def test_it_says_what_the_database_said(exported: Path, whole: Path) -> None:
    answer = archdb("diff", str(whole), str(exported / "archdb.sqlite"))
    assert answer.status == 0 and answer.err == "no differences\n"
    info = [archdb("info", database=path).out for path in (whole, exported / "archdb.sqlite")]
    assert info[0] == info[1]


# What is in it.


def test_every_table_and_view_is_there_with_all_its_rows(exported: Path, whole: Path) -> None:
    with Reader(exported / "archdb.sqlite") as reader:
        for relation in [*views(reader), *definition(reader)]:
            found = rows(exported / "csv" / f"{relation.name}.csv")
            (count,) = reader.run(f"select count(*) from ({relation.source})").rows[0]
            assert len(found) == count, relation.name
    there = {path.stem for path in (exported / "csv").iterdir()}
    assert {"architecture_summary", "layer_summary", "published_check", "layer"} <= there
    assert "profile" not in there, "what is derived is in the views"


def test_counts_are_exact_and_null_is_nothing(exported: Path) -> None:
    summary = {
        row["architecture"]: row
        for row in rows(exported / "csv" / "architecture_summary.csv")
        if row["is_native"] == "1"
    }
    assert summary["vgg16"]["macs"] == "15470264320"
    assert summary["vgg16"]["variant_of"] == ""
    for table in (exported / "csv").iterdir():
        columns = table.read_text("utf-8").split("\n", 1)[0].split(",")
        assert not LEFT_OUT - {"structure"} & set(columns), f"{table.name} has ids of one file"


def test_the_readme_counts_the_rows_and_names_the_dataset(exported: Path) -> None:
    text = (exported / "README.md").read_text("utf-8")
    for path in (exported / "csv").iterdir():
        assert f"| `{path.stem}` | {len(rows(path)):,} | " in text
    with Reader(exported / "archdb.sqlite") as reader:
        assert f"content hash: `{release(reader).content}`" in text
    assert "Parquet" in text or not HAS_PYARROW


def test_the_checksums_are_those_of_all_other_files(exported: Path) -> None:
    lines = (exported / "SHA256SUMS").read_text("utf-8").splitlines()
    sums = dict(reversed(line.split("  ")) for line in lines)
    assert sums == {name: x for name, x in hashes(exported).items() if name != "SHA256SUMS"}


def test_licence_citation_and_bibliography(exported: Path) -> None:
    assert (exported / "LICENSE").read_text("utf-8").startswith("MIT License")
    text = (exported / "references.bib").read_text("utf-8")
    cited = {row["citation"] for row in rows(exported / "csv" / "source.csv")}
    assert cited and all(f"{{{key}," in text for key in cited)
    cff = (exported / "CITATION.cff").read_text("utf-8")
    with Reader(exported / "archdb.sqlite") as reader:
        made = release(reader)
    assert cff.startswith("cff-version: 1.2.0\n") and "\ntype: dataset\n" in cff
    assert f"\nversion: {made.version}\n" in cff and f"value: {made.content}\n" in cff
    assert made.short in text


# What describes it.


def test_types_units_and_keys(exported: Path) -> None:
    schema = described(exported)["architecture_summary"]["schema"]
    fields = {field["name"]: field for field in schema["fields"]}
    assert schema["primaryKey"] == ["architecture", "input"]
    assert fields["macs"]["type"] == "integer" and fields["macs"]["unit"] == "MAC"
    assert fields["receptive_field_h"]["unit"] == "pixels"
    assert fields["is_native"]["constraints"]["enum"] == [0, 1]
    assert schema["missingValues"] == [""]
    keys = [key["fields"] for key in schema["foreignKeys"]]
    assert keys == [["architecture"], ["variant_of"], ["space"]]


def test_every_column_of_a_view_has_its_meaning(exported: Path) -> None:
    with Reader(exported / "archdb.sqlite") as reader:
        seen = {relation.name for relation in views(reader)}
    assert "architecture_summary" in seen
    for name, resource in described(exported).items():
        if resource["type"] == "table":
            assert resource["description"], name
            bare = [f["name"] for f in resource["schema"]["fields"] if "description" not in f]
            assert bare == [] or name not in seen, name


def test_keys_tell_rows_apart_and_references_lead_somewhere(exported: Path) -> None:
    """By our own reading of the descriptor, without the tool."""
    tables = {n: r for n, r in described(exported).items() if r["type"] == "table"}
    found = {name: rows(exported / table["path"]) for name, table in tables.items()}
    for name, table in tables.items():
        key = table["schema"].get("primaryKey")
        assert key, f"{name} has no key"
        assert len({tuple(r[c] for c in key) for r in found[name]}) == len(found[name]), name
        for refers in table["schema"].get("foreignKeys", []):
            (column,), other = refers["fields"], refers["reference"]
            there = {row[other["fields"][0]] for row in found[other["resource"]]}
            assert {row[column] for row in found[name]} - {""} <= there, (name, column)


@needs("frictionless")
def test_frictionless_finds_it_valid(exported: Path) -> None:
    from frictionless import validate

    report = validate(str(exported / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "rowNumber", "fieldName", "note"])[:10]
    assert len(report.tasks) == len(described(exported))


@needs("frictionless")
@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("csv/alias.csv", "\n", "\n,\n"),
        ("csv/network.csv", "alexnet,", "alexnot,"),
        ("datapackage.json", '"integer"', '"boolean"'),
    ],
)
def test_frictionless_would_see_a_fault(
    file: str, old: str, new: str, exported: Path, tmp_path: Path
) -> None:
    from frictionless import validate

    copy = Path(shutil.copytree(exported, tmp_path / "copy"))
    text = (copy / file).read_text("utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new, 1), "utf-8")
    package = json.loads((copy / "datapackage.json").read_text("utf-8"))
    few = {"alias", "network", "architecture_source", "archdb-sqlite"}
    package["resources"] = [r for r in package["resources"] if r["name"] in few]
    (copy / "datapackage.json").write_text(json.dumps(package), "utf-8")
    assert not validate(str(copy / "datapackage.json")).valid


@needs("mlcroissant")
def test_mlcroissant_loads_it(exported: Path) -> None:
    from mlcroissant import Dataset

    dataset = Dataset(jsonld=str(exported / "croissant.json"))
    assert dataset.metadata.ctx.issues.errors == set()
    found = {}
    for record in dataset.records(record_set="architecture_summary"):
        row = {key.split("/")[1]: value for key, value in record.items()}
        if row["is_native"] == 1:
            found[row["architecture"].decode()] = row
    assert found["vgg16"]["macs"] == 15_470_264_320
    assert found["alexnet"]["title"].decode() == "AlexNet (two groups, 227×227)"
    tables = {n for n, resource in described(exported).items() if resource["type"] == "table"}
    assert {records.uuid for records in dataset.metadata.record_sets} == tables


@needs("pyarrow")
def test_parquet_holds_what_csv_holds_with_types_and_units(exported: Path) -> None:
    from pyarrow import parquet

    for name, resource in described(exported).items():
        if resource["type"] != "table":
            continue
        table = parquet.read_table(exported / "parquet" / f"{name}.parquet")
        types = {"integer": "int64", "number": "double", "string": "string"}
        for field in resource["schema"]["fields"]:
            column = table.schema.field(field["name"])
            assert str(column.type) == types[field["type"]], (name, field["name"])
            if "unit" in field:
                assert column.metadata[b"unit"].decode() == field["unit"]
        expected = rows(exported / resource["path"])
        assert table.num_rows == len(expected)
        for field in resource["schema"]["fields"]:
            read = {"integer": int, "number": float, "string": str}[field["type"]]
            column = [row[field["name"]] for row in expected]
            values = [read(text) if text else None for text in column]
            found = table.column(field["name"]).to_pylist()
            assert [value or None for value in found] == [v or None for v in values], name


# What goes wrong.


def test_a_directory_that_is_not_empty_is_left_alone(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    (target / "thesis.tex").write_text("x")
    refused(archdb("export", str(target), database=database), str(target), "is not empty")
    refused(archdb("export", str(target / "thesis.tex"), database=database), "is a file")
    assert [path.name for path in target.iterdir()] == ["thesis.tex"]


def test_an_empty_one_is_filled(database: Path, tmp_path: Path) -> None:
    target = tmp_path / "mine"
    target.mkdir()
    answer = archdb("export", str(target), "--no-parquet", database=database)
    files = sum(path.is_file() for path in target.rglob("*"))
    assert answer == (0, "", f"wrote {files} files into {target}\n")
    assert not (target / "parquet").exists()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["database", "mine"], "nothing is left"


def test_where_nothing_can_be_made(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "no" / "where"
    refused(archdb("export", str(target), database=database), str(target), "does not exist")

    def forbidden(**_: Any) -> str:
        raise PermissionError(13, "Permission denied", "/a/name/nobody/gave")

    monkeypatch.setattr("archdb.db.unfinished.tempfile.mkdtemp", forbidden)
    target = tmp_path / "here"
    answer = archdb("export", str(target), database=database)
    refused(answer, f"{target}: cannot be made: Permission denied")


def test_a_failure_in_the_middle_leaves_nothing(
    database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("archdb.export.dataset.croissant", full)
    refused(archdb("export", str(tmp_path / "x"), database=database), "No space left on device")
    assert [path.name for path in tmp_path.iterdir()] == ["database"]


def test_without_pyarrow(database: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Asked for, Parquet is an error that names the extra; else it is left out, and that said."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    answer = archdb("export", str(tmp_path / "x"), "--parquet", database=database)
    refused(answer, "Parquet needs pyarrow", "pip install 'archdb[parquet]'")
    assert not (tmp_path / "x").exists()
    answer = archdb("export", str(tmp_path / "x"), database=database)
    assert answer.status == 0 and "note: no Parquet files" in answer.err
    assert not (tmp_path / "x" / "parquet").exists()


def test_what_datasette_is_told(database: Path, tmp_path: Path) -> None:
    """Each column of each view; and saved queries whose empty fields are their defaults."""
    from archdb.db import dictionary
    from archdb.queries.sql import defaults, saved

    answer = archdb("export", "--datasette-metadata", database=database)
    assert answer.status == 0, answer.err
    told = json.loads(answer.out)["databases"][database.stem]
    with closing(sqlite3.connect(database)) as file:
        for view in dictionary.views():
            columns = [
                name for (name,) in file.execute("select name from pragma_table_info(?)", [view])
            ]
            assert sorted(told["tables"][view]["columns"]) == sorted(columns)
        assert told["tables"]["layer_summary"]["columns"]["macs"].startswith("MAC; ")
        for name, query in told["queries"].items():
            rows = file.execute(query["sql"], dict.fromkeys(query["params"], "")).fetchall()
            ours = saved(name)
            assert rows == file.execute(ours, defaults(ours)).fetchall(), name
    (budget,) = [q for name, q in told["queries"].items() if name == "largest_within_budget"]
    assert set(budget["params"]) == {"space", "macs", "top"} and "-- :" not in budget["sql"]


def test_metadata_is_printed_and_an_export_needs_a_place(database: Path, tmp_path: Path) -> None:
    refused(archdb("export", database=database), "a directory is missing", status=2)
    words = ("export", "--datasette-metadata", str(tmp_path / "out"))
    refused(archdb(*words, database=database), "leave the rest out", status=2)
    assert not (tmp_path / "out").exists()
