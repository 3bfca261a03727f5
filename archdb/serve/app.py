"""The service as an ASGI application: a request becomes a target, an answer becomes a response."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route as Path_

from archdb.errors import ArchdbError
from archdb.render.streamed import STREAMED
from archdb.serve import assets
from archdb.serve.address import MEDIA, Target, find
from archdb.serve.answer import canonical
from archdb.serve.guard import Guard
from archdb.serve.place import Place, body_of, found, posted, response
from archdb.serve.reply import LOOK, Problem, ProblemError, Reply, Rows
from archdb.serve.routes import ROUTES
from archdb.serve.settings import Settings
from archdb.serve.snapshot import Copying
from archdb.serve.state import Body, State, watch
from archdb.serve.streams import Statement

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

VARIES, ZIPPED = {"vary": "accept-encoding"}, {"content-encoding": "gzip"}
FOREVER = "public, max-age=31536000, immutable"


class Service:
    """What answers now, and the requests that are put to it."""

    def __init__(self, copying: Copying, settings: Settings) -> None:
        self.path, self.settings = copying.source, settings
        self.state: State = State(copying, settings)
        self._ending: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        self.state.open()
        gc.freeze()  # what is imported stays: no search for garbage among it holds an answer up
        watching = asyncio.create_task(watch(self, self.path))
        try:
            yield
        finally:
            watching.cancel()
            self.state.close()

    async def renew(self, state: State) -> None:
        """Answer from another state from now on; the one before ends when its answers have."""
        before, self.state = self.state, state
        state.open()
        task = asyncio.create_task(self._end(before))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _end(self, state: State) -> None:
        await asyncio.sleep(self.settings.answer_time)
        state.close()

    async def page(self, request: Request) -> Response:
        """Everything that has a row in the table of routes."""
        place = Place(request)
        try:
            if place.pin not in ("", self.state.pin):
                raise ProblemError(self._gone(place.pin))
            target = await self._target(request, place)
            if not place.is_of(target) and request.method != "POST":
                return Response(status_code=301, headers={"location": place.to(target.url)})
            if target.route.is_sql:
                return await self._statement(request, target)
            return await self._answer(request, target, place)
        except ArchdbError as error:
            return place.problem(Problem.of(error))
        except ProblemError as error:
            return place.problem(error.problem, error.headers)

    async def _target(self, request: Request, place: Place) -> Target:
        if request.method == "POST":
            query = "&".join(filter(None, (place.query, urlencode(await posted(request)))))
            target = find(ROUTES, place.path, query)
        else:
            target = found(place.path, place.query)
        return canonical(self.state.source.database.reader, target)

    def _gone(self, pin: str) -> Problem:
        said = f"this service holds {self.state.pin}, archdb {self.state.snapshot.dataset.version}"
        return Problem(410, f"dataset {pin} is not here", f"{said}: leave /@{pin} out")

    async def _answer(self, request: Request, target: Target, place: Place) -> Response:
        etag = self.state.etag(target)
        headers = {
            "etag": etag,
            **VARIES,
            "cache-control": FOREVER if place.pin else "public, no-cache",
        }
        if etag in request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers=headers)
        return sent(request, await self.state.body(target), headers)

    async def _statement(self, request: Request, target: Target) -> Response:
        """What a visitor's statement gives: a stream, or a page of at most so many rows."""
        if not self.settings.sql:
            raise ProblemError(Problem(403, "this service runs no statements", LOOK))
        dataset = self.state.snapshot.dataset
        if target.form in STREAMED:
            asked = Statement(self.state.sessions, self.settings, target, dataset)
            zipped = takes_gzip(request)
            begun = await asked.stream(zipped=zipped)
            if isinstance(begun, bytes):
                return sent(request, Body(Reply(MEDIA[target.form], begun)), VARIES)
            return Stream(*begun, MEDIA[target.form], {**VARIES, **(ZIPPED if zipped else {})})
        return sent(request, Body(await self.state.asked(target, await self._rows(target))), VARIES)

    async def _rows(self, target: Target) -> Rows:
        most, seconds = self.settings.rows, self.settings.time
        if target.form == "html" and "query" not in target.names and not target.values.get("q"):
            return Rows("", {}, most=most, seconds=seconds)
        asked = Statement(self.state.sessions, self.settings, target, self.state.snapshot.dataset)
        said = Rows(asked.text, asked.values, most=most, seconds=seconds)
        try:
            come = await asked.kept()
        except ArchdbError as error:
            if target.form != "html":
                raise
            return said._replace(problem=tuple(Problem.of(error)))
        return said._replace(
            columns=list(map(tuple, come.schema)), rows=come.rows, notes=come.notes
        )

    # What is no table.

    async def health(self, request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(self, request: Request) -> Response:
        try:
            return JSONResponse({"status": "ready", "dataset": await self.state.ready()})
        except (ArchdbError, ProblemError) as error:
            return response(Problem(503, str(error)).reply(), 503)

    async def model(self, request: Request) -> Response:
        """A message of a language model's client."""
        try:
            from archdb.serve.conversation import respond  # start-up counts

            said = await respond(self.state, self.settings, await body_of(request))
        except ProblemError as error:
            return response(error.problem.reply(), error.problem.status)
        return Response(status_code=202) if said is None else JSONResponse(said)

    async def static(self, request: Request) -> Response:
        name = request.path_params["name"]
        if request.path_params["hash"] != assets.digest() or name not in assets.names():
            return response(Problem(404, "there is no such file", LOOK).reply(), 404)
        kept = {"cache-control": FOREVER}
        return Response(assets.content(name), headers=kept, media_type=assets.media(name))

    async def described(self, request: Request) -> Response:
        from archdb.serve import openapi  # start-up counts

        return JSONResponse(openapi.description(self.settings))

    async def file(self, request: Request) -> Response:
        """The snapshot itself, or a part of it."""
        if not self.settings.download:
            return response(
                Problem(403, "this service does not hand out its file", LOOK).reply(), 403
            )
        headers = {"etag": f'"{self.state.pin}"', "cache-control": "public, no-cache"}
        return FileResponse(
            self.state.snapshot.path, headers=headers, media_type="application/vnd.sqlite3"
        )


class Stream(StreamingResponse):
    """Pieces as they come; the process is given back also where the client has gone before."""

    def __init__(
        self,
        pieces: AsyncIterator[bytes],
        stack: contextlib.AsyncExitStack,
        media: str,
        headers: dict[str, str],
    ) -> None:
        super().__init__(pieces, media_type=media, headers=headers)
        self._stack = stack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._stack:
            await super().__call__(scope, receive, send)


def takes_gzip(request: Request) -> bool:
    """Whether whoever asks can read what is compressed."""
    words = request.headers.get("accept-encoding", "").replace(" ", "").lower().split(",")
    return any(word == "gzip" or re.match(r"gzip;q=(1|0\.0*[1-9])", word) for word in words)


def sent(request: Request, body: Body, headers: dict[str, str]) -> Response:
    """A body as whoever asks can read it."""
    if not body.zipped:
        return Response(body.data, headers=headers, media_type=body.media)
    if not takes_gzip(request):
        return Response(body.plain(), headers=headers, media_type=body.media)
    return Response(body.data, headers={**headers, **ZIPPED}, media_type=body.media)


async def _stumbled(request: Request, error: Exception) -> Response:
    """A fault of archdb: said, and never a traceback."""
    what = f"archdb has stumbled: {type(error).__name__}"
    return response(Problem(500, what, "report it, please").reply(), 500)


def application(source: Path | Copying, settings: Settings) -> Starlette:
    """The service over a database file, or a copy of one that is on its way. Raises DatabaseError
    where it cannot be read."""
    service = Service(source if isinstance(source, Copying) else Copying(source), settings)
    made = Starlette(
        routes=[
            Path_("/health", service.health),
            Path_("/ready", service.ready),
            Path_("/openapi.json", service.described),
            Path_("/archdb.sqlite", service.file),
            Path_("/mcp", service.model, methods=["POST"]),
            Path_("/static/{hash}/{name}", service.static),
            Path_("/{rest:path}", service.page, methods=["GET", "POST"]),
        ],
        middleware=[Middleware(Guard, settings=settings)],
        exception_handlers={Exception: _stumbled},
        lifespan=service.lifespan,
    )
    made.state.service = service
    return made
