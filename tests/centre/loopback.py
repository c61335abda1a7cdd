"""A centre on loopback with real TLS, certificates made for the test, and clients that speak through another library.

``Talker`` is http.client over ssl: it shares no line with the product's own client, so a shared mistake would show.
"""

from __future__ import annotations

import http.client
import json
import os
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from sqlalchemy import create_engine, make_url

from box.accounts.model import ClockTrust
from box.centre.authority import Credentials, issue_certificate
from box.centre.server import CentreThread
from box.courier.https_client import CentreClient, CentreLink


class SetClock:
    """A clock that moves only when told."""

    def __init__(self, now: datetime = datetime(2026, 11, 20, 12, tzinfo=UTC)) -> None:
        self.now = now
        self.elapsed_s = 1000.0

    def monotonic(self) -> float:
        return self.elapsed_s

    def wall(self) -> datetime:
        return self.now

    def trust(self) -> ClockTrust:
        return ClockTrust.SYNCED

    def forward(self, seconds: float) -> None:
        self.elapsed_s += seconds
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Talker:
    """One client of the centre, without any of the product's client code."""

    def __init__(self, url: str, files: Credentials, *, shows_certificate: bool = True) -> None:
        self._place = urlsplit(url)
        self._context = ssl.create_default_context(cafile=str(files.ca_file))
        if shows_certificate:
            self._context.load_cert_chain(files.certificate_file, files.key_file)

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """One request on its own connection."""
        connection = self.connection()
        try:
            connection.request(method, path, body, dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def post(self, path: str, message: object, key: str | None = None) -> Answer:
        """A POST as the contract wants it."""
        body = message if isinstance(message, bytes) else json.dumps(message).encode()
        headers = {"Content-Type": "application/json", "Idempotency-Key": f'"{key or uuid4()}"'}
        return self.ask("POST", path, body, headers)

    def get(self, path: str) -> Answer:
        """A GET."""
        return self.ask("GET", path)

    def connection(self) -> http.client.HTTPSConnection:
        """For what needs more than one request on it."""
        return http.client.HTTPSConnection(
            self._place.hostname or "", self._place.port, context=self._context, timeout=60
        )


class Fleet:
    """A running centre and the certificates of those who speak to it."""

    def __init__(self, folder: Path, centre: CentreThread) -> None:
        self.folder = folder
        self.centre = centre
        self.url = centre.url

    def files(self, name: str, **how: Any) -> Credentials:
        """A fresh certificate for ``name``."""
        return issue_certificate(self.centre.place.authority, name, self.folder / str(uuid4()), **how)

    def talker(self, name: str, **how: Any) -> Talker:
        """A client of that name."""
        return Talker(self.url, self.files(name, **how))

    def client(self, name: str, url: str = "", **how: Any) -> CentreClient:
        """The product's client of that name."""
        return CentreClient(link_of(url or self.url, self.files(name, **how)))


def link_of(url: str, files: Credentials) -> CentreLink:
    return CentreLink(url, files.ca_file, files.certificate_file, files.key_file)


def fresh_target(folder: Path) -> Path | str:
    """Where an empty database may be opened: a SQLite file in ``folder``, or, where LINEBOX_TEST_POSTGRESQL holds the
    URL of a server that is there to be written to, a new database on it."""
    server = os.environ.get("LINEBOX_TEST_POSTGRESQL")
    if server is None:
        return folder / "centre.sqlite3"
    name = f"linebox_{uuid4().hex}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@contextmanager
def running_fleet(folder: Path, **how: Any) -> Iterator[Fleet]:
    """A centre in ``folder``, stopped at the end."""
    target = fresh_target(folder)
    url = target if isinstance(target, str) else None
    with CentreThread(folder / "centre", database_url=url, **how) as centre:
        yield Fleet(folder, centre)


def reading_event(box: str = "box1", seq: int = 1, **changed: Any) -> dict[str, Any]:
    """A correct event with fictional contents; ``changed`` replaces fields of the event or of its body."""
    event: dict[str, Any] = {
        "event_id": str(uuid4()),
        "box_id": box,
        "seq": seq,
        "recorded_at": "2026-11-20T09:30:00.250Z",
        "clock": "synced",
        "uptime_ms": 12345,
        "body": {
            "kind": "reading",
            "account": "1234567890",
            "meter": "0042",
            "zones": [{"zone": "T1", "digits": "01578"}],
            "mode": "keys",
            "call_id": "call-1",
            "flags": [],
            "supersedes": "",
        },
    }
    for name, value in changed.items():
        (event if name in event else event["body"])[name] = value
    return event


def publication(number: str, boxes: tuple[str, ...] = (), street: str = "ул. Ленина") -> dict[str, Any]:
    """An account as billing publishes it."""
    record = {
        "number": number,
        "address": {"settlement": "Москва", "street": street, "house": "1"},
        "meters": [{"serial": "0042", "whole_digits": 5, "registers": [{"zone": "T1", "last": "01500"}]}],
        "phones": ["74995550101"],
    }
    return {"number": number, "account": record, "boxes": list(boxes)}


def check_problem(answer: Answer, status: int, name: str) -> None:
    """RFC 9457 §3: media type, the members and their types; and our own promises: stable type, Russian title."""
    assert (answer.status, answer.headers["content-type"]) == (status, "application/problem+json"), answer
    problem = answer.json()
    assert set(problem) <= {"type", "title", "status", "detail", "instance"}
    assert problem["status"] == status
    assert problem["type"] == f"/v1/problems/{name}"
    assert any("а" <= letter <= "я" for letter in problem["title"])
    assert isinstance(problem["detail"], str)
