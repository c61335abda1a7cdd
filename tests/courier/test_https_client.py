"""The client against servers that answer bytes: only declared errors come out, and nothing is believed unread."""

from __future__ import annotations

import gzip
import re
import shutil
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from box.centre.authority import Credentials, Use, issue_certificate, make_authority
from box.courier.errors import CallerRefused, CentreAnswerWrong, CentreBusy, ContentRefused, CursorForgotten
from box.courier.http_refusals import retry_after_s
from box.courier.https_client import (
    MAX_ANSWER_BYTES,
    CentreClient,
    CentreLink,
    client_context,
    deadline_s,
    key_of,
)
from box.courier.messages import EventVerdict, EventVerdicts
from box.errors import BoxError, CentreAway, SettingsWrong
from tests.centre.loopback import Fleet, SetClock, link_of
from tests.courier.bad_network import TlsServer, answer, fixed, read_message


@pytest.fixture(scope="module")
def server_files(fleet: Fleet) -> Credentials:
    return fleet.files("centre", use=Use.SERVER, names=["127.0.0.1"])


@pytest.fixture(scope="module")
def box_files(fleet: Fleet) -> Credentials:
    return fleet.files("box:client")


@contextmanager
def answering(
    server: Credentials, box: Credentials, reply: bytes, seen: list[bytes] | None = None
) -> Iterator[CentreClient]:
    """A client whose centre always says ``reply``."""
    with TlsServer(server, fixed(reply, seen=seen)) as there, CentreClient(link_of(there.url, box)) as client:
        yield client


def test_the_request_is_as_the_contract_wants_it(server_files: Credentials, box_files: Credentials) -> None:
    seen: list[bytes] = []
    body = b'{"results":[{"event_id":"e1","status":"accepted","reason":""}]}'
    with answering(server_files, box_files, answer("200 OK", body), seen) as client:
        verdicts = client.post_events([b'{"a":1}', b'{"b":2}'])
        client.post_events([b'{"a":1}', b'{"b":2}'])
        client.post_events([b'{"b":2}', b'{"a":1}'])
    assert verdicts == EventVerdicts((EventVerdict("e1", "accepted"),))
    keys = []
    for request in seen:
        head, _, sent = request.partition(b"\r\n\r\n")
        assert head.startswith(b"POST /v1/events HTTP/1.1\r\n")
        assert b"\r\nContent-Type: application/json" in head
        assert b"gzip" not in head
        found = re.search(rb'\r\nIdempotency-Key: ("[0-9a-f]{32}")', head)
        assert found
        keys.append(found[1])
    assert sent == b'{"events":[{"b":2},{"a":1}]}'
    assert keys[0] == keys[1] != keys[2]


def problem(status: str, name: str, *headers: str) -> bytes:
    body = f'{{"type":"/v1/problems/{name}","title":"т","status":{status[:3]},"detail":"1234567890"}}'.encode()
    return answer(status, body, *headers).replace(b"application/json", b"application/problem+json")


@pytest.mark.parametrize(
    ("reply", "error", "told"),
    [
        (problem("400 Bad Request", "malformed"), ContentRefused, "the centre answered 400 (malformed)"),
        (problem("413 Content Too Large", "x y"), ContentRefused, "the centre answered 413"),
        (answer("422 Unprocessable", b"1234567890"), ContentRefused, "the centre answered 422"),
        (problem("403 Forbidden", "role-wrong"), CallerRefused, "the centre answered 403 (role-wrong)"),
        (answer("404 Not Found", b""), CallerRefused, "the centre answered 404"),
        (problem("410 Gone", "cursor-unknown"), CursorForgotten, "the centre answered 410 (cursor-unknown)"),
        (problem("409 Conflict", "still-running"), CentreBusy, "the centre answered 409 (still-running)"),
        (answer("503 Service Unavailable", b"x"), CentreBusy, "the centre answered 503"),
        (answer("204 No Content", b""), CentreAnswerWrong, "the centre answered 204"),
        (answer("302 Found", b"", "Location: https://127.0.0.1/"), CentreAnswerWrong, "the centre answered 302"),
        (answer("200 OK", b""), CentreAnswerWrong, "is not a EventVerdicts"),
        (answer("200 OK", b"<html>"), CentreAnswerWrong, "is not a EventVerdicts"),
        (answer("200 OK", b'{"results":[{"event_id":1}]}'), CentreAnswerWrong, "is not a EventVerdicts"),
        (answer("200 OK", b'{"results":[{"event_id":"a","status":"maybe"}]}'), CentreAnswerWrong, "is not a"),
        (answer("200 OK", b"\xff\xfe\x00"), CentreAnswerWrong, "is not a EventVerdicts"),
        (answer("200 OK", gzip.compress(b'{"results":[]}'), "Content-Encoding: gzip"), CentreAnswerWrong, "is not a"),
        (answer("200 OK", b" " * (MAX_ANSWER_BYTES + 1)), CentreAnswerWrong, "longer than"),
        (answer("500 Oops", b" " * 100_000), CentreAnswerWrong, "longer than"),
        (answer("200 OK", b'{"results":[]}')[:-3], CentreAway, "the connection to the centre broke"),
        (b"HTTP/1.1 200", CentreAway, "the connection to the centre broke"),
        (b"\x00\x01 nonsense\r\n\r\n", CentreAway, "the connection to the centre broke"),
        (b"", CentreAway, "the connection to the centre broke"),
    ],
)
def test_whatever_comes_back_is_a_declared_error(
    server_files: Credentials, box_files: Credentials, reply: bytes, error: type[BoxError], told: str
) -> None:
    with answering(server_files, box_files, reply) as client, pytest.raises(error) as raised:
        client.post_events([b"{}"])
    assert type(raised.value) is error
    assert told in str(raised.value)
    assert "1234567890" not in str(raised.value)


def test_patience_that_is_asked_for_is_told(server_files: Credentials, box_files: Credentials) -> None:
    reply = answer("503 Service Unavailable", b"", "Retry-After: 17")
    with answering(server_files, box_files, reply) as client, pytest.raises(CentreBusy) as raised:
        client.get_feed("", 10)
    assert raised.value.retry_after_s == 17.0


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        (None, None, None),
        ("0", None, 0.0),
        (" 120 ", None, 120.0),
        ("Fri, 20 Nov 2026 12:01:40 GMT", "Fri, 20 Nov 2026 12:00:00 GMT", 100.0),
        ("Fri, 20 Nov 2026 12:00:00 GMT", "Fri, 20 Nov 2026 12:01:40 GMT", 0.0),
        ("Fri, 20 Nov 2026 12:01:40 GMT", None, None),
        ("Fri, 20 Nov 2026 12:01:40 GMT", "noon", None),
        ("soon", "Fri, 20 Nov 2026 12:00:00 GMT", None),
        ("-5", None, None),
        ("٣", None, None),
        ("9" * 400, None, 999999999.0),
    ],
)
def test_retry_after(value: str | None, date: str | None, seconds: float | None) -> None:
    assert retry_after_s(value, date) == seconds


def test_an_answer_that_trickles_is_given_up(server_files: Credentials, box_files: Credentials) -> None:
    clock = SetClock()

    def trickle(connection: ssl.SSLSocket) -> None:
        read_message(connection)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(1000):
            clock.forward(5)
            connection.sendall(b" ")
        connection.recv(1)  # until the client has gone

    with (
        TlsServer(server_files, trickle) as there,
        CentreClient(link_of(there.url, box_files), clock) as client,
        pytest.raises(CentreAway, match="too slowly"),
    ):
        client.post_events([b"{}"])


def test_patience_grows_with_the_payload() -> None:
    assert deadline_s(1_000_000) - deadline_s(0) == 1000.0


def test_nobody_listens(box_files: Credentials) -> None:
    nobody = link_of("https://127.0.0.1:1", box_files)
    with CentreClient(nobody) as client, pytest.raises(CentreAway, match="cannot be reached"):
        client.health()


def test_a_centre_of_another_authority_gets_no_event(fleet: Fleet, box_files: Credentials, tmp_path: Path) -> None:
    stranger = issue_certificate(
        make_authority(tmp_path / "ca"), "centre", tmp_path / "s", use=Use.SERVER, names=["127.0.0.1"]
    )
    seen: list[bytes] = []
    with (
        answering(stranger, box_files, answer("200 OK", b"{}"), seen) as client,
        pytest.raises(CentreAway, match="certificate is not trusted"),
    ):
        client.post_events([b"{}"])
    assert seen == []


@pytest.mark.parametrize("names", [["localhost"], ["127.0.0.2"]])
def test_a_centre_under_another_name_gets_no_event(fleet: Fleet, box_files: Credentials, names: list[str]) -> None:
    other = fleet.files("centre", use=Use.SERVER, names=names)
    with (
        answering(other, box_files, answer("200 OK", b"{}")) as client,
        pytest.raises(CentreAway, match="certificate is not trusted"),
    ):
        client.post_events([b"{}"])


def test_our_own_certificate_of_another_authority_is_told(fleet: Fleet, tmp_path: Path) -> None:
    stranger = issue_certificate(make_authority(tmp_path / "ca"), "box:client", tmp_path / "b")
    ours = Credentials(fleet.files("box:client").ca_file, stranger.certificate_file, stranger.key_file)
    with CentreClient(link_of(fleet.url, ours)) as client, pytest.raises((CallerRefused, CentreAway)):
        client.post_events([b"{}"])


def test_a_renewed_certificate_is_taken_up(fleet: Fleet, tmp_path: Path) -> None:
    first, second = fleet.files("box:renewed", days=1), fleet.files("billing:renewed")
    own = Credentials(tmp_path / "ca.pem", tmp_path / "box.pem", tmp_path / "box.key")

    def install(files: Credentials) -> None:
        for source, target in zip(
            (files.ca_file, files.certificate_file, files.key_file),
            (own.ca_file, own.certificate_file, own.key_file),
            strict=True,
        ):
            shutil.copy2(source, target)

    install(first)
    with CentreClient(link_of(fleet.url, own)) as client:
        assert client.get_feed("", 1).changes == ()
        install(second)
        assert client.pull_readings().more in (True, False)


def test_files_that_cannot_be_used_are_named(fleet: Fleet, box_files: Credentials, tmp_path: Path) -> None:
    absent = tmp_path / "absent.pem"
    text = tmp_path / "text.pem"
    text.write_text("not a certificate")
    other = fleet.files("box:other")
    whole = link_of(fleet.url, box_files)
    for link, told in (
        (CentreLink(whole.url, absent, whole.certificate_file, whole.key_file), f"cannot read {absent}"),
        (CentreLink(whole.url, text, whole.certificate_file, whole.key_file), "centre.ca"),
        (CentreLink(whole.url, whole.ca_file, text, whole.key_file), "centre.certificate"),
        (CentreLink(whole.url, whole.ca_file, whole.certificate_file, other.key_file), "are not a PEM pair"),
    ):
        with CentreClient(link) as client, pytest.raises(SettingsWrong, match=re.escape(told)):
            client.health()
    with pytest.raises(SettingsWrong, match="https://"):
        CentreClient(link_of("http://127.0.0.1", box_files))


def test_tls_is_1_2_or_newer_and_trusts_one_authority(box_files: Credentials) -> None:
    context = client_context(link_of("https://x", box_files))
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.check_hostname
    assert len(context.get_ca_certs()) == 1


def test_a_proxy_of_the_environment_is_not_asked(
    fleet: Fleet, box_files: Credentials, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with CentreClient(link_of(fleet.url, box_files)) as client:
        assert client.health().status == "ok"


def test_keys_follow_from_the_content() -> None:
    assert key_of("/v1/events", b"a") == key_of("/v1/events", b"a")
    assert len({key_of("/v1/events", b"a"), key_of("/v1/events", b"b"), key_of("/v1/readings/ack", b"a")}) == 3
