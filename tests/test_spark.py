"""Spark: the same rows as one process, whatever fails on the way."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import archdb, refused

pytest.importorskip("pyspark")
pyarrow = pytest.importorskip("pyarrow")
from pyarrow import dataset, parquet  # noqa: E402
from pyspark.errors import PySparkException  # noqa: E402
from pyspark.sql import SparkSession  # noqa: E402

from archdb import arrow  # noqa: E402
from archdb.db.unfinished import alone  # noqa: E402
from archdb.engines import spark  # noqa: E402
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


def test_without_java_spark_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    answer = archdb("space", "build", "vgg_widths", *TWO, str(tmp_path / "out"))
    refused(answer, "Spark needs Java, and there is none here", "openjdk-17-jre-headless")


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
