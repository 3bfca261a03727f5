"""archdb publish: the views in a real PostgreSQL, all of them or none, and nobody's tables lost."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from command import archdb, refused

from archdb.dataset.canonical import REPEATING
from archdb.db import dictionary

psycopg = pytest.importorskip("psycopg")
SERVER = shutil.which("pg_virtualenv")
needs_server = pytest.mark.skipif(SERVER is None, reason="postgresql-common is not installed")


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL of our own, gone afterwards; its password is in PGPASSWORD."""
    words = [str(SERVER), "-t", "sh", "-c", "echo $PGHOST $PGPORT $PGUSER $PGPASSWORD; read end"]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        for line in run.stdout:
            if len(parts := line.split()) == 4 and parts[1].isdecimal():
                break
        host, port, user, password = parts
        before = os.environ.get("PGPASSWORD")
        os.environ["PGPASSWORD"] = password
        try:
            yield f"postgresql://{user}@{host}:{port}/postgres"
        finally:
            os.environ.pop("PGPASSWORD")
            if before is not None:
                os.environ["PGPASSWORD"] = before
            run.communicate("\n")  # reads to the end: what it says last must find a reader


@pytest.fixture
def client(server: str) -> Iterator[Any]:
    with psycopg.connect(server, autocommit=True) as connection:
        yield connection
        connection.execute("drop schema if exists archdb cascade")


def names(client: Any) -> set[str]:
    found = client.execute("select tablename from pg_tables where schemaname = 'archdb'")
    return {name for (name,) in found}


@needs_server
def test_each_view_has_its_rows_types_and_comments(
    server: str, client: Any, database: Path
) -> None:
    answer = archdb("publish", server, database=database)
    assert answer.status == 0, answer.err
    views = dictionary.views().keys() - REPEATING
    assert names(client) == {*views, "dataset"}
    with closing(sqlite3.connect(database)) as file:
        for view in views:
            cursor = file.execute(f"select * from {view}")
            columns = [each[0] for each in cursor.description]
            native = columns.index("is_native") if "is_native" in columns else None
            ours = {row for row in cursor if native is None or row[native]}
            listed = ", ".join(f'"{column}"' for column in columns)
            theirs = {tuple(row) for row in client.execute(f"select {listed} from archdb.{view}")}
            assert theirs == ours, view  # True == 1, so a flag compares with its boolean
    typed = dict(
        client.execute(
            "select column_name, data_type from information_schema.columns"
            " where table_schema = 'archdb' and table_name = 'layer_summary'"
        ).fetchall()
    )
    assert (typed["macs"], typed["is_native"], typed["op"]) == ("bigint", "boolean", "text")
    (said,) = client.execute(
        "select col_description('archdb.op_summary'::regclass, ordinal_position::int)"
        " from information_schema.columns where table_schema = 'archdb'"
        " and table_name = 'op_summary' and column_name = 'macs'"
    ).fetchone()
    assert said.startswith("MAC; multiply-accumulates")
    (index,) = client.execute(
        "select indexdef from pg_indexes where schemaname = 'archdb' and tablename = 'op_summary'"
    ).fetchone()
    assert index.endswith("(architecture, input)")


@needs_server
def test_it_says_which_dataset_it_is(server: str, client: Any, database: Path) -> None:
    archdb("publish", server, database=database)
    version, content = client.execute("select version, content from archdb.dataset").fetchone()
    assert content.startswith("sha256:")
    (comment,) = client.execute(
        "select obj_description('archdb'::regnamespace, 'pg_namespace')"
    ).fetchone()
    assert comment == f"archdb dataset {version}, content {content}"


@needs_server
def test_who_could_read_still_can(server: str, client: Any, database: Path) -> None:
    archdb("publish", server, database=database)
    client.execute("create role visitor")
    client.execute("grant usage on schema archdb to visitor")
    try:
        assert archdb("publish", server, database=database).status == 0
        client.execute("set role visitor")
        (count,) = client.execute("select count(*) from archdb.op_summary").fetchone()
        assert count > 0
    finally:
        client.execute("reset role")
        client.execute("drop schema archdb cascade")
        client.execute("drop role visitor")


@needs_server
def test_what_hangs_on_a_table_is_named_and_nothing_changes(
    server: str, client: Any, database: Path
) -> None:
    archdb("publish", server, database=database)
    client.execute("create view mine as select * from archdb.op_summary")
    client.execute("delete from archdb.op_summary")
    try:
        answer = archdb("publish", server, database=database)
        refused(answer, "view mine depends on table archdb.op_summary", "nothing was changed")
        (count,) = client.execute("select count(*) from archdb.op_summary").fetchone()
        assert count == 0
        schemas = client.execute("select count(*) from pg_namespace where nspname like 'archdb_%'")
        assert schemas.fetchone() == (0,)
    finally:
        client.execute("drop view mine")


@needs_server
def test_a_schema_of_somebody_else_is_left_alone(server: str, client: Any, database: Path) -> None:
    client.execute("create schema archdb create table archdb.precious (a int)")
    refused(
        archdb("publish", server, database=database),
        "there is a schema archdb that archdb has not made",
        "--schema",
    )
    assert names(client) == {"precious"}


@needs_server
def test_points_come_when_their_space_is_named(server: str, client: Any, database: Path) -> None:
    built = archdb("space", "build", "nasbench201", "--limit", "3", database=database)
    assert built.status == 0
    count = "select count(*) from archdb.architecture_summary where space is not null"
    assert archdb("publish", server, database=database).status == 0
    assert client.execute(count).fetchone() == (0,)
    named = archdb("publish", server, "--space", "nasbench201", database=database)
    assert named.status == 0
    assert client.execute(count).fetchone() == (3,)
    refused(archdb("publish", server, "--space", "nasbench2O1", database=database), "nasbench201")


def test_no_server_no_password_shown(database: Path) -> None:
    answer = archdb("publish", "postgresql://me:secret@localhost:1/there", database=database)
    refused(answer, "postgresql://localhost:1/there: PostgreSQL says: ", "nothing was changed")
    assert "secret" not in answer.err


def test_another_server_than_postgresql(database: Path) -> None:
    answer = archdb("publish", "mysql://me:secret@host/there", database=database)
    refused(answer, "'mysql' is not where figures can be published", "postgresql://")
    assert "secret" not in answer.err
