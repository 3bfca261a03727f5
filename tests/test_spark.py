"""Spark: the same rows as one process, whatever fails on the way."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import archdb, process, refused

pytest.importorskip("pyspark")
pyarrow = pytest.importorskip("pyarrow")
from pyarrow import dataset, parquet  # noqa: E402
from pyspark.errors import PySparkException  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

from archdb import arrow  # noqa: E402
from archdb.db.unfinished import alone  # noqa: E402
from archdb.engines import java, spark  # noqa: E402
from archdb.errors import ArchdbError  # noqa: E402
from archdb.spaces import find  # noqa: E402

SAMPLE = {"nasbench101": (0, 17, 359_715), "nasbench201": (1, 9), "vgg_widths": (0, 1279)}
TWO = ("--engine", "spark", "--master", "local[2]", "--to")


@pytest.fixture
def session() -> Iterator[SparkSession]:
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    made = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
    yield made
    made.stop()


def rows(place: Path) -> list[dict[str, Any]]:
    """What the files of a directory hold, in no order."""
    return sorted(dataset.dataset(place).to_table().to_pylist(), key=str)


def alone_derived(batches: list[pyarrow.RecordBatch], what: arrow.What) -> list[dict[str, Any]]:
    found = [row for batch in arrow.derive(batches, what) for row in batch.to_pylist()]
    return sorted(found, key=str)


def test_a_frame_of_definitions_gives_the_rows_of_one_process(
    session: SparkSession, tmp_path: Path
) -> None:
    """Of three spaces, with one definition that does not fit."""
    batches = [b for name, some in SAMPLE.items() for b in arrow.definitions(find(name), some)]
    definitions = [row for batch in batches for row in batch.to_pylist()]
    conv = definitions[-1]["layers"][1]
    conv["attributes"] = json.dumps({**json.loads(conv["attributes"]), "kernel": [99, 99]})
    table = pyarrow.Table.from_pylist(definitions, arrow.DEFINITION)
    parquet.write_table(table, tmp_path / "definitions.parquet")
    frame = session.read.parquet(str(tmp_path / "definitions.parquet")).repartition(3)
    for what in ("totals", "rows"):
        spark.derive(frame, what).write.parquet(str(tmp_path / what))
        assert rows(tmp_path / what) == alone_derived(table.to_batches(), what)
    faults = [row for row in rows(tmp_path / "totals") if row["fault"]]
    assert [row["architecture"] for row in faults] == ["vgg_s5_n4_w128_k7"]
    assert "layer 'conv1_1' (conv2d)" in faults[0]["fault"]


def test_a_build_that_fails_goes_on_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "out"
    words = ("space", "build", "vgg_widths", "--limit", "6", *TWO, str(target))

    def fails(*given: object) -> None:
        raise PySparkException("No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(spark, "derive", fails)
        refused(archdb(*words), "No space left on device", "the same command goes on from there")
    (laid,) = (target / "_unfinished-vgg_widths-6").glob("definitions/*.parquet")
    laid.with_name(f".{laid.name}.crc").unlink()  # by which Spark sees that a file was changed
    kept = parquet.read_table(laid).to_pylist()
    parquet.write_table(
        pyarrow.Table.from_pylist([row | {"title": "kept"} for row in kept], arrow.DEFINITION), laid
    )
    answer = archdb(*words)
    assert f"vgg_widths: 6 points written into {target}" in answer.err
    assert sorted(path.name for path in target.iterdir()) == ["definitions", "layers", "totals"]
    batches = [*arrow.definitions(find("vgg_widths"), range(6))]
    for kind, what in (("totals", "totals"), ("layers", "rows")):
        expected = alone_derived(batches, what)
        for row in expected:
            del row["fault"]
            row |= {"title": "kept"} if what == "totals" else {}
        assert rows(target / kind) == sorted(expected, key=str)
    refused(archdb(*words), "is not empty")


def test_points_that_cannot_be_derived_are_set_apart(session: SparkSession, tmp_path: Path) -> None:
    """Of a space with a fault, as its executors have laid it."""
    work = tmp_path / "work"
    (batch,) = arrow.definitions(find("vgg_widths"), range(3))
    laid = batch.to_pylist()
    laid[1] |= {"layers": None, "blocks": None, "fault": "ZeroDivisionError: no such width"}
    (work / "definitions").mkdir(parents=True)
    parquet.write_table(
        pyarrow.Table.from_pylist(laid, arrow.DEFINITION), work / "definitions" / "part.parquet"
    )
    (work / "definitions" / spark.DONE).touch()
    built = spark._build(session, "vgg_widths", 3, tmp_path, work)
    assert built == (2, 1)
    assert rows(tmp_path / "faults") == [
        {
            "architecture": laid[1]["architecture"],
            "space": "vgg_widths",
            "number": 1,
            "fault": "ZeroDivisionError: no such width",
        }
    ]
    assert [row["number"] for row in rows(tmp_path / "totals")] == [0, 2]
    assert {row["architecture"] for row in rows(tmp_path / "layers")} == {
        laid[0]["architecture"],
        laid[2]["architecture"],
    }


def a_java(place: Path, said: str) -> Path:
    """A home of a Java that says this of its version."""
    program = place / "java" / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho '{said}' >&2\n")
    program.chmod(0o755)
    return program.parents[1]


def test_without_java_spark_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    answer = archdb("space", "build", "vgg_widths", *TWO, str(tmp_path / "out"))
    refused(answer, "Spark needs Java, and there is none here", "openjdk-17-jre-headless")
    assert not (tmp_path / "out").exists()


def test_the_java_of_java_home_is_the_one_that_spark_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though there is one on the path."""
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "nowhere"))
    answer = archdb("space", "build", "vgg_widths", *TWO, str(tmp_path / "out"))
    refused(answer, f"JAVA_HOME is {tmp_path / 'nowhere'}", "cannot be run", "or be unset")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ('java version "1.8.0_402"', "is Java 8"),
        ('openjdk version "11.0.22" 2024-01-16', "is Java 11"),
        ("what?", "does not tell its version"),
    ],
)
def test_a_java_that_is_too_old_is_named(
    said: str, found: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = a_java(tmp_path, said)
    monkeypatch.setenv("JAVA_HOME", str(home))
    answer = archdb("space", "build", "vgg_widths", *TWO, str(tmp_path / "out"))
    refused(answer, f"Spark needs Java 17, and {home}/bin/java {found}", "install Java 17")


def test_a_master_that_is_none_is_named(tmp_path: Path) -> None:
    """In two lines, without what Java prints; as a process, in which there is no Spark yet."""
    words = ("--engine", "spark", "--to", str(tmp_path / "out"), "--master", "elsewhere")
    answer = process("space", "build", "vgg_widths", *words)
    refused(answer, "Spark cannot be started on elsewhere: Master must", "local[2] is two cores")
    assert len(answer.err.splitlines()) == 2
    assert not (tmp_path / "out").exists()


def test_a_directory_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    answer = archdb("space", "build", "vgg_widths", *TWO, str(tmp_path / "file" / "out"))
    refused(answer, f"{tmp_path}/file/out: cannot be written: Not a directory", "name another")


def test_without_pyspark_the_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("archdb.engines.find_spec", lambda library: None)
    answer = archdb("space", "build", "vgg_widths", *TWO, str(tmp_path / "out"))
    refused(answer, "--engine spark needs pyspark and pyarrow and pandas", "archdb[spark]")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "An error occurred while calling o1.parquet.\n: org.SparkException: Job aborted.\n"
            "\tat org.Some.thing(It.scala:1)\nCaused by: java.io.IOException: No space left\n",
            "No space left",
        ),
        (
            "An exception was thrown:\nTraceback (most recent call last):\n"
            "  File \"a.py\", line 1, in <module>\nModuleNotFoundError: No module named 'archdb'\n",
            "No module named 'archdb'",
        ),
        (
            "26/11/30 05:56:55 ERROR StandaloneSchedulerBackend: All masters are unresponsive!",
            "All masters are unresponsive!",
        ),
        ("[CODE] It has stopped.\n  at once", "[CODE] It has stopped."),
        ("", "it does not say why"),
    ],
)
def test_the_innermost_cause_is_told(text: str, found: str) -> None:
    assert java.cause(text) == found


def test_a_directory_is_for_one_build_alone(tmp_path: Path) -> None:
    work = tmp_path / "_unfinished-vgg_widths-6"
    with alone(work), pytest.raises(ArchdbError, match="another process is at work there"):
        spark.build("vgg_widths", tmp_path, 6)


def test_a_directory_with_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    answer = archdb("space", "build", "vgg_widths", *TWO, str(tmp_path))
    refused(answer, "is not empty")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_an_engine_and_its_directory_go_together() -> None:
    refused(
        archdb("space", "build", "vgg_widths", "--engine", "spark"),
        "--engine spark takes --to DIR",
        status=2,
    )
