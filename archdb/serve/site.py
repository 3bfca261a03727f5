"""A site without a server: the service's answers as files, written by `archdb export --site`.

Every page is made by the function that answers requests. What the service works out on demand a
site has not; search and comparisons are left to scripts that read its JSON, and SQL to sql.js
where that is supplied.
"""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from archdb.api import Database
from archdb.dataset.canonical_file import write as write_database
from archdb.dataset.release import release
from archdb.errors import ArchdbError
from archdb.export.dataset import SUMS, whole_directory
from archdb.export.files import checksums, describe_written
from archdb.queries.sandbox import Answer, Limits
from archdb.queries.search import facts
from archdb.queries.session import Session
from archdb.serve import assets
from archdb.serve.address import Target
from archdb.serve.answer import Source, answer, target_of
from archdb.serve.reply import Rows
from archdb.serve.site_files import Files, file_of, unlinked
from archdb.serve.site_targets import asked, networks, targets
from archdb.serve.streams import statement, written
from archdb.serve.view import path as view_path

#: What sql.js consists of: where it stands in its package, and in the site.
SQL_JS = {"dist/sql-wasm.js": "sql-wasm.js", "dist/sql-wasm.wasm": "sql-wasm.wasm",
          "LICENSE": "LICENSE"}  # fmt: skip
#: What a saved query may take: seconds, megabytes, and rows on its page.
SECONDS, MEMORY, SHOWN = 120.0, 512.0, 1000
#: Seconds after which a page ends a statement that runs in it, as site-sql.js says.
IN_PAGE = 20
Progress = Callable[[int, int], None]


def export_site(
    database: Path, target: Path, *, sql_js: Path | None = None, progress: Progress | None = None
) -> int:
    """Write the site of a database into a new (or empty) directory; the number of files.

    `sql_js` is the directory of the npm package sql.js, which is copied in with its licence.
    Raises ArchdbError where it is none, or the directory is not empty or cannot be made.
    """
    vendored = _vendored(sql_js) if sql_js is not None else {}
    with whole_directory(target) as directory:
        write_database(database, directory / "archdb.sqlite")
        with Database(
            directory / "archdb.sqlite", isolated=True, notify=lambda message: None
        ) as opened, contextlib.closing(Session()) as session:  # fmt: skip
            source = Source(opened, release(opened.reader))
            session.open(opened.path, int(MEMORY * 1e6))
            Site(source, session, directory, vendored).write(progress or (lambda done, of: None))
        for path in directory.glob("archdb.sqlite-*"):
            path.unlink()
        paths = sorted(p.relative_to(directory).as_posix() for p in _files(directory))
        sums = checksums(describe_written(directory, path) for path in paths)
        (directory / SUMS).write_text(sums, "utf-8", newline="\n")
        return len(paths) + 1


def _files(directory: Path) -> Iterator[Path]:
    return (path for path in directory.rglob("*") if path.is_file())


def _vendored(package: Path) -> dict[str, bytes]:
    """The files of sql.js by where they stand in the site, with a manifest: of which package and
    version they are, under which licence, and the hash of each."""
    try:
        files = {f"sql.js/{name}": (package / path).read_bytes() for path, name in SQL_JS.items()}
        told = json.loads((package / "package.json").read_bytes())
        if not isinstance(told, dict) or told.get("name") != "sql.js":
            raise _no_package(package, "package.json is of another")
    except ValueError:
        raise _no_package(package, "package.json is no JSON") from None
    except OSError as error:
        missing = Path(str(error.filename)).relative_to(package)
        raise _no_package(package, f"{missing} is missing") from None
    said = {
        **{key: told.get(key) for key in ("name", "version", "license")},
        "files": {path: hashlib.sha256(content).hexdigest() for path, content in files.items()},
    }
    manifest = json.dumps({"packages": [said]}, indent=1, sort_keys=True)
    return {**files, "sql.js/manifest.json": f"{manifest}\n".encode()}


def _no_package(package: Path, why: str) -> ArchdbError:
    remedy = "npm pack sql.js, unpack it, and name its directory 'package'"
    return ArchdbError(f"is no package sql.js: {why}", remedy=remedy).at(str(package))


class Site:
    """The files of a site, while they are written."""

    def __init__(
        self, source: Source, session: Session, directory: Path, vendored: dict[str, bytes]
    ) -> None:
        self.source, self.session, self.directory = source, session, directory
        self.targets = targets(source)
        self.others = {
            **vendored,
            **{assets.address(name)[1:]: assets.content(name) for name in assets.names()},
            "index.json": index(source.database),
            ".nojekyll": b"",
        }
        if vendored:
            content = (directory / "archdb.sqlite").read_bytes()
            self.others["sql.js/archdb.sqlite.gz"] = gzip.compress(content, 9, mtime=0)
        names = networks(source.database)
        source.site = Files(self.targets, [*self.others, "archdb.sqlite"], names)
        self.files = source.site

    def write(self, progress: Progress) -> None:
        for path, content in self.others.items():
            self._put(path, content)
        for done, target in enumerate(self.targets):
            progress(done, len(self.targets))
            self._put(file_of(target), self.body(target))

    def body(self, target: Target) -> bytes:
        """The file of a target: the service's answer, with links to files."""
        if target.route.is_sql and "query" in target.names:
            body = self._saved(target)
        else:
            rows = Rows("", {}, most=SHOWN, seconds=IN_PAGE) if target.route.is_sql else None
            body = answer(self.source, asked(target), rows).body
        if target.form == "html":
            return unlinked(body.decode()).encode()
        return self._linked(target, body) if target.form == "json" else body

    def _saved(self, target: Target) -> bytes:
        """What a saved query gives with its parameters' defaults."""
        text, values = statement(target)
        limit = SHOWN if target.form == "html" else None
        limits = Limits(SECONDS, MEMORY, MEMORY)
        messages = self.session.run(text, values, limit, SECONDS)
        found = Answer(text, messages, limit, limits)
        if target.form != "html":
            return "".join(written(found, target, self.source.dataset)).encode()
        kept = found.kept()
        columns = list(map(tuple, kept.schema))
        rows = Rows(text, values, columns, kept.rows, kept.notes, most=SHOWN, seconds=IN_PAGE)
        return answer(self.source, target, rows).body

    def _linked(self, target: Target, body: bytes) -> bytes:
        found = json.loads(body) | {"links": self.files.links(target)}
        return (json.dumps(found, ensure_ascii=False, separators=(",", ":")) + "\n").encode()

    def _put(self, path: str, content: bytes) -> None:
        place = self.directory / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def index(database: Database) -> bytes:
    """What the search of a site looks at: names, titles, values of each facet, and figures."""
    known = database.answer(facts)
    rows = [
        {"name": name, "names": [name, *one.aliases], "title": one.title, **one.values,
         "figures": one.figures, "file": file_of(target_of(view_path("networks", name)))[:-5]}
        for name, one in sorted(known.items())
    ]  # fmt: skip
    return (json.dumps(rows, ensure_ascii=False, separators=(",", ":")) + "\n").encode()
