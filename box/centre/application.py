"""The centre's API under /v1, as an ASGI application: who may ask what, and what answers.

It knows no TLS (the verified certificate comes in the scope) and no SQL. Work on the database runs on worker
threads. A request ends in one of three ways: its answer, a Refusal, or a defect that is logged and answered as one.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Awaitable, Callable

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from box.centre.database import FEED_COUNTER, Database, last_number
from box.centre.idempotency import AnsweredOnce, Work, read_key
from box.centre.identity import PEER, Caller, Role, caller_of
from box.centre.intake import RawBatch, judge_batch, take_events
from box.centre.problems import KINDS, OTHER_STATUSES, Problems, Refusal
from box.centre.publication_rules import publication_mistake
from box.centre.publications import feed_page, publish
from box.centre.pull import pull_readings, pull_requests
from box.centre.reference import canonical, is_known, publish_reference, stored_reference
from box.centre.requests import read_body, read_limit, read_message
from box.centre.rules import place_of
from box.centre.streams import READINGS, REQUESTS, EventStream, acknowledge
from box.clock import Clock
from box.courier.messages import MAX_EVENTS_PER_BATCH, Acknowledgement, CentreHealth, Publications, ReferenceDocument

log = logging.getLogger(__name__)

MAX_PUBLICATIONS = 1000
FEED_PAGE, LARGEST_FEED_PAGE = 200, 500
READINGS_PAGE, LARGEST_READINGS_PAGE = 100, 1000
REQUESTS_PAGE, LARGEST_REQUESTS_PAGE = 100, 1000

COME_BACK_S = 5
"""Retry-After when the database is busy or away."""

TIDY_EVERY_S = 6 * 3600.0

Handler = Callable[[Request, Caller], Awaitable[bytes | Response]]
Post = Callable[[Caller, bytes], Callable[[Connection], Work]]


class CentreApplication:
    """The endpoints over one database."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._keys = AnsweredOnce(database)
        self._tidied_at = float("-inf")

    def asgi(self) -> Starlette:
        """The application to serve."""
        box, billing = Role.BOX, Role.BILLING
        return Starlette(
            routes=[
                Route("/v1/events", self._guarded(box, self._posted(self._events)), methods=["POST"]),
                Route("/v1/feed", self._guarded(box, self._feed), methods=["GET"]),
                Route("/v1/reference", self._guarded(box, self._reference), methods=["GET"]),
                Route("/v1/reference", self._guarded(billing, self._posted(self._new_reference)), methods=["POST"]),
                Route("/v1/accounts", self._guarded(billing, self._posted(self._accounts)), methods=["POST"]),
                Route("/v1/readings", self._guarded(billing, self._readings), methods=["GET"]),
                Route("/v1/readings/ack", self._guarded(billing, self._posted(self._ack(READINGS))), methods=["POST"]),
                Route("/v1/requests", self._guarded(billing, self._requests), methods=["GET"]),
                Route("/v1/requests/ack", self._guarded(billing, self._posted(self._ack(REQUESTS))), methods=["POST"]),
                Route("/v1/health", self._health, methods=["GET"]),
                Route("/v1/problems/{name}", _problem_page, methods=["GET"]),
            ],
            exception_handlers={HTTPException: _router_refusal},
        )

    # ------------------------------------------------------------ the way of every request

    def _guarded(self, role: Role, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
        async def endpoint(request: Request) -> Response:
            asker = request.client.host if request.client else "?"
            try:
                caller = caller_of(request.scope.get(PEER), self._clock.wall())
                asker = str(caller)
                answer = await handler(request, _in_role(caller, role))
                return answer if isinstance(answer, Response) else _answer(answer)
            except Refusal as refusal:
                log.warning("%s %s of %s refused: %s", request.method, request.url.path, asker, refusal)
                return _refused(refusal)
            except ClientDisconnect:
                log.info("%s %s of %s broke off; nothing was done", request.method, request.url.path, asker)
                return Response(status_code=400)
            except (OperationalError, PoolExhausted) as error:
                log.error("%s %s: the database is busy or away: %s", request.method, request.url.path, error)
                return _refused(Refusal(Problems.BUSY, retry_after_s=COME_BACK_S))
            except Exception:
                log.exception("a defect in %s %s", request.method, request.url.path)
                return _refused(Refusal(Problems.DEFECT))

        return endpoint

    def _posted(self, post: Post) -> Handler:
        """A POST, answered once for its Idempotency-Key."""

        async def handler(request: Request, caller: Caller) -> bytes:
            key = read_key(request.headers.get("idempotency-key"))
            body = await read_body(request)
            asked = f"{request.method} {request.url.path}\n".encode() + body
            return await run_in_threadpool(self._answer_once, caller, key, asked, lambda: post(caller, body))

        return handler

    def _answer_once(
        self, caller: Caller, key: str, asked: bytes, prepare: Callable[[], Callable[[Connection], Work]]
    ) -> bytes:
        now = self._clock.wall()
        answer, repeated = self._keys.answer(str(caller), key, asked, now, prepare())
        if repeated:
            log.info("%s repeats a request; answered as before", caller)
        if self._clock.monotonic() - self._tidied_at > TIDY_EVERY_S:
            self._tidied_at = self._clock.monotonic()
            self._keys.forget_old(now)
        return answer

    # ------------------------------------------------------------ boxes

    def _events(self, caller: Caller, body: bytes) -> Callable[[Connection], Work]:
        batch = read_message(body, RawBatch)
        if not 1 <= len(batch.events) <= MAX_EVENTS_PER_BATCH:
            raise Refusal(Problems.MALFORMED, f"$.events: 1…{MAX_EVENTS_PER_BATCH}")
        try:
            judged = judge_batch(batch, caller.name)
        except (msgspec.DecodeError, ValueError, RecursionError) as error:
            raise Refusal(Problems.MALFORMED, f"$.events[…]: {place_of(error)}") from None

        def work(connection: Connection) -> Work:
            verdicts = take_events(connection, judged, caller.name, self._clock.wall())
            counts = Counter(verdict.status for verdict in verdicts.results)
            log.info("%s brought %s", caller, ", ".join(f"{n} {status}" for status, n in sorted(counts.items())))
            return Work(msgspec.json.encode(verdicts), final="rejected" not in counts)

        return work

    async def _feed(self, request: Request, caller: Caller) -> bytes:
        limit = read_limit(request, FEED_PAGE, LARGEST_FEED_PAGE)
        after = request.query_params.get("after", "")
        page = await run_in_threadpool(feed_page, self._database, caller.name, after, limit)
        if page.changes:
            log.info("%s took %d account changes", caller, len(page.changes))
        return msgspec.json.encode(page)

    async def _reference(self, request: Request, caller: Caller) -> Response:
        stored = await run_in_threadpool(stored_reference, self._database)
        headers = {"ETag": stored.etag, "Cache-Control": "no-cache"}
        if is_known(request.headers.get("if-none-match"), stored.etag):
            return Response(status_code=304, headers=headers)
        log.info("%s takes the reference document", caller)
        return Response(stored.document, media_type="application/json", headers=headers)

    # ------------------------------------------------------------ billing

    def _new_reference(self, caller: Caller, body: bytes) -> Callable[[Connection], Work]:
        read_message(body, ReferenceDocument)
        wanted = canonical(body)

        def work(connection: Connection) -> Work:
            published = publish_reference(connection, wanted, self._clock.wall())
            log.info("%s published the reference document%s", caller, "" if published.changed else ", as it was")
            for finding in published.findings:
                log.warning("%s", finding)
            return Work(msgspec.json.encode(published))

        return work

    def _accounts(self, caller: Caller, body: bytes) -> Callable[[Connection], Work]:
        publications = read_message(body, Publications).accounts
        if len(publications) > MAX_PUBLICATIONS:
            raise Refusal(Problems.MALFORMED, f"$.accounts: ≤ {MAX_PUBLICATIONS}")
        for index, publication in enumerate(publications):
            if mistake := publication_mistake(publication):
                raise Refusal(Problems.MALFORMED, f"$.accounts[{index}].{mistake}")

        def work(connection: Connection) -> Work:
            published = publish(connection, publications)
            log.info("%s published %d accounts, %d changed", caller, len(publications), published.changed)
            return Work(msgspec.json.encode(published))

        return work

    async def _readings(self, request: Request, caller: Caller) -> bytes:
        limit = read_limit(request, READINGS_PAGE, LARGEST_READINGS_PAGE)
        after = request.query_params.get("after", "")
        page = await run_in_threadpool(pull_readings, self._database, str(caller), after, limit)
        if page.readings:
            log.info("%s pulled %d readings", caller, len(page.readings))
        return msgspec.json.encode(page)

    async def _requests(self, request: Request, caller: Caller) -> bytes:
        limit = read_limit(request, REQUESTS_PAGE, LARGEST_REQUESTS_PAGE)
        after = request.query_params.get("after", "")
        page = await run_in_threadpool(pull_requests, self._database, str(caller), after, limit)
        if page.requests:
            log.info("%s pulled %d requests", caller, len(page.requests))
        return msgspec.json.encode(page)

    def _ack(self, stream: EventStream) -> Post:
        def post(caller: Caller, body: bytes) -> Callable[[Connection], Work]:
            cursor = read_message(body, Acknowledgement).cursor

            def work(connection: Connection) -> Work:
                store_id, now = self._database.store_id, self._clock.wall()
                stands = acknowledge(connection, stream, store_id, str(caller), cursor, now)
                log.info("%s acknowledged the %s that it pulled", caller, stream.counter)
                return Work(msgspec.json.encode(stands))

            return work

        return post

    # ------------------------------------------------------------ anybody

    async def _health(self, request: Request) -> Response:
        def look() -> None:
            with self._database.reading() as connection:
                last_number(connection, FEED_COUNTER)

        try:
            await run_in_threadpool(look)
        except (OperationalError, PoolExhausted) as error:
            log.error("the database is busy or away: %s", error)
            return _refused(Refusal(Problems.BUSY, retry_after_s=COME_BACK_S))
        return _answer(msgspec.json.encode(CentreHealth("ok")))


def _in_role(caller: Caller, role: Role) -> Caller:
    if caller.role is not role:
        raise Refusal(Problems.ROLE_WRONG)
    return caller


async def _problem_page(request: Request) -> Response:
    kind = KINDS.get(request.path_params["name"])
    if kind is None:
        return _refused(Refusal(Problems.NOT_FOUND))
    return PlainTextResponse(f"{kind.name} ({kind.status}): {kind.title}\n", headers={"Content-Language": "ru"})


async def _router_refusal(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    refusal = Refusal(OTHER_STATUSES.get(error.status_code, Problems.MALFORMED))
    log.warning("%s refused: %s", request.method, refusal)
    response = _refused(refusal)
    if error.headers and "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


def _answer(body: bytes) -> Response:
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


def _refused(refusal: Refusal) -> Response:
    return Response(refusal.body(), status_code=refusal.status, headers=refusal.headers())
