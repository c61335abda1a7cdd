"""HTTPS to the centre: mutual TLS with the fleet's own authority; answers are measured and parsed before belief.

The one importer of the HTTP library. It knows the paths and headers of /v1 and turns whatever happens on the way into
the declared errors of ``box.courier.errors``; when to try again is not its business. Nothing of a body is ever logged.
"""

from __future__ import annotations

import hashlib
import logging
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

import httpx
import msgspec

from box.clock import Clock, SystemClock
from box.courier.errors import CallerRefused, CentreAnswerWrong
from box.courier.http_refusals import said_by_status
from box.courier.messages import (
    Acknowledgement,
    CentreHealth,
    EventVerdicts,
    Feed,
    Publications,
    Published,
    PulledReadings,
    PulledRequests,
    ReferenceDocument,
    ReferencePublished,
)
from box.courier.vocabulary import FetchedReference
from box.errors import CentreAway, SettingsWrong

MAX_ANSWER_BYTES = 8_000_000
"""A feed page of 500 full accounts stays under a quarter of this."""

MAX_PROBLEM_BYTES = 64_000
LONGEST_ETAG = 200

CONNECT_TIMEOUT_S = 15.0
QUIET_TIMEOUT_S = 30.0
"""Longest silence inside one request."""

SLOWEST_LINK_BYTES_PER_S = 1000.0
"""A poor GPRS link (about 8 kbit/s): a request may last as long as its payload needs at this rate."""

KEEP_ALIVE_S = 4.0
"""Shorter than the centre keeps an idle connection, so that no request starts on one that is just being closed."""

Answer = TypeVar("Answer")

# The library tells of every request, with its address, at INFO; the story is told by the courier.
logging.getLogger("httpx").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class CentreLink:
    """Where the centre is and who we are. The files are PEM; the certificate file holds the chain, own one first."""

    url: str
    ca_file: Path
    certificate_file: Path
    key_file: Path


class CentreClient:
    """One connection to the centre, for a box or (second half of the methods) for billing. Not for two threads at once.

    Renewed certificates are taken up without a restart: the files are looked at before each request.
    """

    def __init__(self, link: CentreLink, clock: Clock | None = None) -> None:
        if not link.url.startswith("https://"):
            raise SettingsWrong([f"centre.url: must start with https:// (found {link.url!r})"])
        self._link = link
        self._clock = clock or SystemClock()
        self._signature: tuple[int, ...] = ()
        self._http: httpx.Client | None = None

    def close(self) -> None:
        """Close the connection; the next request opens a new one."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def __enter__(self) -> CentreClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ------------------------------------------------------------ a box

    def post_events(self, bodies: Sequence[bytes]) -> EventVerdicts:
        """POST /v1/events. The key follows from the content: the same batch sent again carries the same key."""
        body = b'{"events":[' + b",".join(bodies) + b"]}"
        return self._post("/v1/events", body, EventVerdicts, key=key_of("/v1/events", body))

    def get_feed(self, after: str, limit: int) -> Feed:
        """GET /v1/feed. Raises CursorForgotten when the centre no longer knows ``after``."""
        return self._ask("GET", "/v1/feed", Feed, query=_page(after, limit))

    def get_reference(self, etag: str) -> FetchedReference | None:
        """GET /v1/reference with If-None-Match (RFC 9110 §13.1.2); None when nothing is newer than ``etag`` ('' = ask
        for any). A centre of an earlier release has no such path: it has none to give."""
        headers = {"If-None-Match": etag} if etag else {}
        status, answered, content = self._exchange("GET", "/v1/reference", headers=headers)
        if (status == 304 and etag) or status == 404:
            return None
        if status != 200:
            raise said_by_status(status, answered, content)
        mark = answered.get("ETag", "")
        if not (mark.startswith('"') and mark.isascii() and mark.isprintable() and len(mark) <= LONGEST_ETAG):
            raise CentreAnswerWrong("the centre's reference document has no ETag")
        return FetchedReference(_parsed(content, ReferenceDocument), mark)

    # ------------------------------------------------------------ billing

    def publish(self, publications: Publications, key: str | None = None) -> Published:
        """POST /v1/accounts. Give the same ``key`` only to repeat one publication whose answer was lost. It cannot
        follow from the content: publishing A, then B, then A again means A."""
        return self._post("/v1/accounts", msgspec.json.encode(publications), Published, key=key or str(uuid4()))

    def publish_reference(self, document: ReferenceDocument, key: str | None = None) -> ReferencePublished:
        """POST /v1/reference; ``key`` as in ``publish``."""
        return self._post("/v1/reference", msgspec.json.encode(document), ReferencePublished, key=key or str(uuid4()))

    def pull_readings(self, after: str = "", limit: int = 100) -> PulledReadings:
        """GET /v1/readings; '' starts behind the last acknowledged one."""
        return self._ask("GET", "/v1/readings", PulledReadings, query=_page(after, limit))

    def acknowledge(self, cursor: str) -> Acknowledgement:
        """POST /v1/readings/ack: everything up to ``cursor`` is booked. Gives the cursor that now stands."""
        body = msgspec.json.encode(Acknowledgement(cursor))
        return self._post("/v1/readings/ack", body, Acknowledgement, key=key_of("/v1/readings/ack", body))

    def pull_requests(self, after: str = "", limit: int = 100) -> PulledRequests:
        """GET /v1/requests; '' starts behind the last acknowledged one."""
        return self._ask("GET", "/v1/requests", PulledRequests, query=_page(after, limit))

    def acknowledge_requests(self, cursor: str) -> Acknowledgement:
        """POST /v1/requests/ack: everything up to ``cursor`` is with those who carry it out."""
        body = msgspec.json.encode(Acknowledgement(cursor))
        return self._post("/v1/requests/ack", body, Acknowledgement, key=key_of("/v1/requests/ack", body))

    def health(self) -> CentreHealth:
        """GET /v1/health."""
        return self._ask("GET", "/v1/health", CentreHealth)

    # ------------------------------------------------------------ inside

    def _post(self, path: str, body: bytes, answer: type[Answer], *, key: str) -> Answer:
        # Idempotency-Key is a Structured Field string (draft-ietf-httpapi-idempotency-key-header-07 §2.1): in quotes.
        headers = {"Content-Type": "application/json", "Idempotency-Key": f'"{key}"'}
        return self._ask("POST", path, answer, body=body, headers=headers)

    def _ask(
        self,
        method: str,
        path: str,
        answer: type[Answer],
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Answer:
        status, answered, content = self._exchange(method, path, body=body, headers=headers, query=query)
        if status == 200:
            return _parsed(content, answer)
        raise said_by_status(status, answered, content)

    def _exchange(
        self,
        method: str,
        path: str,
        *,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> tuple[int, httpx.Headers, bytes]:
        """Status, headers and the measured content of an answer, whatever it says."""
        http = self._opened()
        deadline = self._clock.monotonic() + deadline_s(len(body))
        try:
            with http.stream(method, path, content=body or None, headers=headers, params=query) as response:
                status, answer_headers = response.status_code, response.headers
                limit = MAX_ANSWER_BYTES if status == 200 else MAX_PROBLEM_BYTES
                content = self._read_limited(response, limit, deadline)
        except httpx.HTTPError as error:
            self.close()
            raise _said_by_network(error) from error
        return status, answer_headers, content

    def _read_limited(self, response: httpx.Response, limit: int, deadline: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        for part in response.iter_raw():
            parts.append(part)
            size += len(part)
            if size > limit:
                raise CentreAnswerWrong(f"the centre's answer is longer than {limit} bytes")
            if self._clock.monotonic() > deadline + size / SLOWEST_LINK_BYTES_PER_S:
                raise CentreAway("the centre's answer comes too slowly")
        return b"".join(parts)

    def _opened(self) -> httpx.Client:
        link = self._link
        try:
            seen = tuple(file.stat().st_mtime_ns for file in (link.ca_file, link.certificate_file, link.key_file))
        except OSError as error:
            raise SettingsWrong([f"centre: cannot read {error.filename}: {error.strerror}"]) from error
        if self._http is None or seen != self._signature:
            self.close()
            self._http = httpx.Client(
                base_url=link.url,
                verify=client_context(link),
                timeout=httpx.Timeout(QUIET_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
                limits=httpx.Limits(max_connections=1, keepalive_expiry=KEEP_ALIVE_S),
                # A body that grows while it is unpacked cannot be measured on the wire.
                headers={"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "linebox"},
                trust_env=False,
                follow_redirects=False,
            )
            self._signature = seen
        return self._http


def client_context(link: CentreLink) -> ssl.SSLContext:
    """TLS 1.2 or newer, trusting the pinned authority alone and showing our own certificate. SettingsWrong names the
    file that cannot be used."""
    try:
        context = ssl.create_default_context(cafile=str(link.ca_file))
    except (OSError, ssl.SSLError) as error:
        raise SettingsWrong([f"centre.ca: {link.ca_file} is not a PEM certificate ({error})"]) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        context.load_cert_chain(str(link.certificate_file), str(link.key_file), password=_no_passphrase)
    except (OSError, ssl.SSLError, ValueError) as error:
        raise SettingsWrong(
            [f"centre.certificate: {link.certificate_file} and {link.key_file} are not a PEM pair ({error})"]
        ) from error
    return context


def _no_passphrase() -> str:
    """OpenSSL would otherwise ask on the terminal, where nobody sits."""
    return ""


def key_of(path: str, body: bytes) -> str:
    """The idempotency key of one content: 128 bits of SHA-256, in hex."""
    return hashlib.sha256(path.encode() + b"\0" + body).hexdigest()[:32]


def deadline_s(payload_bytes: int) -> float:
    """Seconds that a whole request may last, from its payload up and the largest usual page down."""
    return CONNECT_TIMEOUT_S + 2 * QUIET_TIMEOUT_S + payload_bytes / SLOWEST_LINK_BYTES_PER_S


def _page(after: str, limit: int) -> dict[str, str]:
    query = {"limit": str(limit)}
    if after:
        query["after"] = after
    return query


def _parsed(content: bytes, answer: type[Answer]) -> Answer:
    try:
        return msgspec.json.decode(content, type=answer)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CentreAnswerWrong(f"the centre's answer is not a {answer.__name__}") from error


def _said_by_network(error: httpx.HTTPError) -> CentreAway | CallerRefused:
    """The declared error for a request that got no answer."""
    tls = _cause(error, ssl.SSLError)
    if isinstance(tls, ssl.SSLCertVerificationError):
        return CentreAway(
            f"the centre's certificate is not trusted: {tls.verify_message}; check centre.ca and the clock"
        )
    if tls is not None and "ALERT" in (tls.reason or ""):
        return CallerRefused(f"the centre refuses our certificate ({tls.reason}); renew it or enrol again")
    if isinstance(error, httpx.TimeoutException):
        return CentreAway("the centre does not answer in time")
    if isinstance(error, httpx.ConnectError):
        return CentreAway(f"the centre cannot be reached ({type(error).__name__})")
    return CentreAway(f"the connection to the centre broke ({type(error).__name__})")


def _cause(error: BaseException | None, kind: type[ssl.SSLError]) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, kind):
            return error
        error = error.__cause__ or error.__context__
    return None
