"""Who gets in: certificates good and bad, on real TLS."""

from __future__ import annotations

import logging
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from box.centre.authority import Use, issue_certificate, make_authority
from box.centre.identity import PeerCertificate, caller_of
from box.centre.problems import Refusal
from tests.centre.loopback import Fleet, Talker, check_problem, reading_event


def test_without_a_certificate_only_health_answers(fleet: Fleet) -> None:
    nobody = Talker(fleet.url, fleet.files("box:x"), shows_certificate=False)
    assert nobody.get("/v1/health").status == 200
    for method, path in (
        ("GET", "/v1/feed"),
        ("POST", "/v1/events"),
        ("GET", "/v1/readings"),
        ("POST", "/v1/accounts"),
    ):
        check_problem(nobody.ask(method, path), 403, "certificate-missing")


def test_an_expired_certificate_is_refused_in_words(fleet: Fleet, caplog: pytest.LogCaptureFixture) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=400)
    with caplog.at_level(logging.WARNING):
        answer = fleet.talker("box:old", now=long_ago, days=90).post("/v1/events", {"events": [reading_event("old")]})
    check_problem(answer, 403, "certificate-expired")
    assert "certificate-expired" in caplog.text


def test_a_certificate_from_the_future_is_refused_in_words(fleet: Fleet) -> None:
    later = datetime.now(UTC) + timedelta(days=400)
    check_problem(fleet.talker("box:early", now=later).get("/v1/feed"), 403, "certificate-expired")


@pytest.mark.parametrize("name", ["box1", "box:", "box:a b", "admin:x", "box:ё", "BOX:x", "box:x\u2028", " box:x"])
def test_a_name_without_a_role_is_refused(fleet: Fleet, name: str) -> None:
    check_problem(fleet.talker(name).get("/v1/feed"), 403, "certificate-strange")


def test_a_certificate_of_another_authority_does_not_get_through_the_door(
    fleet: Fleet, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    stranger = issue_certificate(make_authority(tmp_path / "ca"), "box:box1", tmp_path / "box")
    talker = Talker(fleet.url, fleet.files("box:x"), shows_certificate=False)
    talker._context.load_cert_chain(stranger.certificate_file, stranger.key_file)
    with caplog.at_level(logging.WARNING), pytest.raises((ssl.SSLError, ConnectionError)):
        talker.get("/v1/health")
    assert "refused at the door" in caplog.text


def test_a_server_certificate_is_no_client_certificate(fleet: Fleet) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        fleet.talker("box:server", use=Use.SERVER).get("/v1/health")


def test_old_tls_is_refused(fleet: Fleet) -> None:
    talker = fleet.talker("box:antique")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        talker._context.minimum_version = ssl.TLSVersion.TLSv1_1
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        talker._context.maximum_version = ssl.TLSVersion.TLSv1_1
    talker._context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.raises((ssl.SSLError, ConnectionError)):
        talker.get("/v1/health")


def test_tls_1_2_is_taken(fleet: Fleet) -> None:
    talker = fleet.talker("box:sedate")
    talker._context.maximum_version = ssl.TLSVersion.TLSv1_2
    assert talker.get("/v1/feed").status == 200


def test_the_dates_are_judged_to_the_second() -> None:
    starts, ends = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
    peer = PeerCertificate(("box:b",), starts, ends)
    second = timedelta(seconds=1)
    assert str(caller_of(peer, starts)) == str(caller_of(peer, ends)) == "box:b"
    for moment in (starts - second, ends + second):
        with pytest.raises(Refusal, match="certificate-expired"):
            caller_of(peer, moment)


def test_two_names_are_no_name() -> None:
    always = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
    for names in ((), ("box:a", "billing:b")):
        with pytest.raises(Refusal, match="certificate-strange"):
            caller_of(PeerCertificate(names, *always), datetime(2026, 1, 1, tzinfo=UTC))
