"""The contract of /v1 over real TLS, asked through another HTTP library."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from uuid import uuid4

import pytest

from tests.centre.loopback import Fleet, check_problem, publication, reading_event, running_fleet

JSON = {"Content-Type": "application/json"}


def test_health_is_for_anybody(fleet: Fleet) -> None:
    answer = fleet.talker("box:anybody").get("/v1/health")
    assert (answer.status, answer.json()) == (200, {"status": "ok"})


def test_a_reading_goes_from_box_to_billing_once(fleet: Fleet) -> None:
    box, billing = fleet.talker("box:way1"), fleet.talker("billing:way1")
    event = reading_event("way1")
    first = box.post("/v1/events", {"events": [event]})
    again = box.post("/v1/events", {"events": [event]})
    assert first.json() == {"results": [{"event_id": event["event_id"], "status": "accepted", "reason": ""}]}
    assert again.json()["results"][0]["status"] == "duplicate"
    page = billing.get("/v1/readings?limit=1000").json()
    (pulled,) = [one for one in page["readings"] if one["box_id"] == "way1"]
    body = event["body"]
    assert {name: pulled[name] for name in ("event_id", "seq", "recorded_at", "clock")} == {
        name: event[name] for name in ("event_id", "seq", "recorded_at", "clock")
    }
    assert {name: pulled[name] for name in ("account", "meter", "zones", "mode", "flags", "supersedes")} == {
        name: body[name] for name in ("account", "meter", "zones", "mode", "flags", "supersedes")
    }
    acknowledged = billing.post("/v1/readings/ack", {"cursor": page["cursor"]})
    assert acknowledged.json() == {"cursor": page["cursor"]}
    assert billing.get("/v1/readings").json()["readings"] == []


def test_one_bad_event_does_not_spoil_its_batch(fleet: Fleet) -> None:
    events = [
        reading_event("mixed", 1),
        reading_event("mixed", 2, zones=[{"zone": "T1", "digits": "12a"}]),
        reading_event("mixed", 3, clock="sundial"),
        {**reading_event("mixed", 4), "box_id": "somebody-else"},
        reading_event("mixed", 5, kind="gossip"),
        reading_event("mixed", 6),
    ]
    results = fleet.talker("box:mixed").post("/v1/events", {"events": events}).json()["results"]
    assert [one["event_id"] for one in results] == [one["event_id"] for one in events]
    assert [one["status"] for one in results] == ["accepted", *["rejected"] * 4, "accepted"]
    assert [one["reason"] for one in results[1:5]] == [
        "a zone's value is not digits",
        "malformed at $.clock",
        "box_id is not that of the certificate",
        "malformed at $.body.kind",
    ]
    again = fleet.talker("box:mixed").post("/v1/events", {"events": events}).json()["results"]
    assert [one["status"] for one in again] == ["duplicate", *["rejected"] * 4, "duplicate"]


def test_other_events_are_taken_too(fleet: Fleet) -> None:
    bodies = [
        {"kind": "phone_saved", "account": "1234567890", "phone": "74995550101", "call_id": "c"},
        {"kind": "call_back", "account": "", "phone": "74995550102", "call_id": "c"},
        {
            "kind": "call",
            "call_id": "c",
            "line": "line0",
            "started_at": "2026-11-20T09:29:00Z",
            "duration_s": 41.5,
            "outcome": "readings_given",
            "noinput": 0,
            "nomatch": 1,
        },
    ]
    events = [{**reading_event("kinds", seq), "body": body} for seq, body in enumerate(bodies, 1)]
    results = fleet.talker("box:kinds").post("/v1/events", {"events": events}).json()["results"]
    assert [one["status"] for one in results] == ["accepted"] * 3
    pulled = fleet.talker("billing:kinds").get("/v1/readings?limit=1000").json()["readings"]
    assert [one for one in pulled if one["box_id"] == "kinds"] == []


def test_one_event_id_with_two_contents_is_told(fleet: Fleet, caplog: pytest.LogCaptureFixture) -> None:
    box = fleet.talker("box:twofaced")
    event = reading_event("twofaced")
    altered = {**event, "body": {**event["body"], "zones": [{"zone": "T1", "digits": "99999"}]}}
    reordered = dict(reversed(event.items()))
    box.post("/v1/events", {"events": [event]})
    assert box.post("/v1/events", {"events": [reordered]}).json()["results"][0]["status"] == "duplicate"
    with caplog.at_level(logging.WARNING):
        (result,) = box.post("/v1/events", {"events": [altered]}).json()["results"]
    assert (result["status"], result["reason"]) == ("rejected", "event_id was used before with other content")
    assert f"box:twofaced event {event['event_id']} rejected" in caplog.text
    assert "99999" not in caplog.text


def test_a_certificate_of_another_box_refuses_the_request_not_the_events(fleet: Fleet) -> None:
    events = [reading_event("honest", seq) for seq in (1, 2)]
    check_problem(fleet.talker("box:swapped").post("/v1/events", {"events": events}), 403, "box-wrong")
    results = fleet.talker("box:honest").post("/v1/events", {"events": events}).json()["results"]
    assert [one["status"] for one in results] == ["accepted", "accepted"]


# ---------------------------------------------------------------- Idempotency-Key


def test_a_key_is_required(fleet: Fleet) -> None:
    box = fleet.talker("box:keyless")
    body = json.dumps({"events": [reading_event("keyless")]}).encode()
    for headers in ({}, {"Idempotency-Key": ""}, {"Idempotency-Key": '""'}, {"Idempotency-Key": "a b"}):
        check_problem(box.ask("POST", "/v1/events", body, JSON | headers), 400, "key-missing")
    check_problem(box.ask("POST", "/v1/events", body, JSON | {"Idempotency-Key": "k" * 256}), 400, "key-missing")
    assert box.ask("POST", "/v1/events", body, JSON | {"Idempotency-Key": "bare-key"}).status == 200


def test_the_same_key_gives_the_same_answer_and_does_the_work_once(fleet: Fleet) -> None:
    billing = fleet.talker("billing:same")
    key = str(uuid4())
    message = {"accounts": [publication("5550001", ("same",))]}
    first = billing.post("/v1/accounts", message, key)
    other = billing.post("/v1/accounts", {"accounts": [publication("5550001", ("same",), "ул. Новая")]})
    again = billing.post("/v1/accounts", message, key)
    assert first.json() == again.json() == {"changed": 1, "unchanged": 0}
    assert other.json() == {"changed": 1, "unchanged": 0}
    (change,) = [
        one for one in fleet.talker("box:same").get("/v1/feed").json()["changes"] if one["number"] == "5550001"
    ]
    assert change["account"]["address"]["street"] == "ул. Новая"


def test_the_same_key_with_another_body_is_refused(fleet: Fleet) -> None:
    box, stranger = fleet.talker("box:reuse"), fleet.talker("box:reuse2")
    assert box.post("/v1/events", {"events": [reading_event("reuse", 1)]}, "one").status == 200
    check_problem(box.post("/v1/events", {"events": [reading_event("reuse", 2)]}, "one"), 422, "key-reused")
    assert stranger.post("/v1/events", {"events": [reading_event("reuse2", 1)]}, "one").status == 200


def test_a_rejected_event_is_judged_afresh_when_a_person_sends_it_again(fleet: Fleet) -> None:
    box = fleet.talker("box:afresh")
    bad = reading_event("afresh", account="12 34")
    for _ in range(2):
        answer = box.post("/v1/events", {"events": [bad]}, "again")
        assert answer.json()["results"][0]["status"] == "rejected"
    good = reading_event("afresh")
    assert box.post("/v1/events", {"events": [good]}, "again").json()["results"][0]["status"] == "accepted"


# ---------------------------------------------------------------- what is refused, in words


@pytest.mark.parametrize(
    ("who", "method", "path"),
    [
        ("billing:r", "POST", "/v1/events"),
        ("billing:r", "GET", "/v1/feed"),
        ("box:r", "POST", "/v1/accounts"),
        ("box:r", "GET", "/v1/readings"),
        ("box:r", "POST", "/v1/readings/ack"),
        ("box:r", "POST", "/v1/reference"),
        ("billing:r", "GET", "/v1/reference"),
    ],
)
def test_roles_are_kept_apart(fleet: Fleet, who: str, method: str, path: str) -> None:
    check_problem(fleet.talker(who).ask(method, path), 403, "role-wrong")


@pytest.mark.parametrize(
    ("who", "path", "body"),
    [
        ("box:m", "/v1/events", b""),
        ("box:m", "/v1/events", b"{"),
        ("box:m", "/v1/events", b"\xff\xfe"),
        ("box:m", "/v1/events", b'{"events": []}'),
        ("box:m", "/v1/events", b'{"events": [1]}'),
        ("box:m", "/v1/events", b'{"events": [{"seq": 1}]}'),
        ("box:m", "/v1/events", b'{"events": [{"event_id": ""}]}'),
        ("box:m", "/v1/events", b'{"events": [{"event_id": "a\\u0000"}]}'),
        ("box:m", "/v1/events", b'{"events": [' + b",".join([b'{"event_id": "x"}'] * 101) + b"]}"),
        ("box:m", "/v1/events", b'{"events": [{"event_id": "x", "deep": ' + b"[" * 5000 + b"]" * 5000 + b"}]}"),
        ("billing:m", "/v1/accounts", b'{"accounts": [{"number": "1"}, {"number": "x"}]}'),
        ("billing:m", "/v1/accounts", b'{"accounts": [' + b",".join([b'{"number": "1"}'] * 1001) + b"]}"),
        ("billing:m", "/v1/readings/ack", b"{}"),
    ],
)
def test_malformed_bodies(fleet: Fleet, who: str, path: str, body: bytes) -> None:
    check_problem(fleet.talker(who).post(path, body), 400, "malformed")


def test_other_refusals(fleet: Fleet) -> None:
    box, billing = fleet.talker("box:o"), fleet.talker("billing:o")
    check_problem(box.get("/v2/anything"), 404, "not-found")
    check_problem(box.get("/v1/events"), 405, "method-wrong")
    assert box.get("/v1/events").headers["allow"] == "POST"
    check_problem(box.ask("POST", "/v1/events", b"{}", {"Idempotency-Key": "k"}), 415, "media-type-wrong")
    for limit in ("0", "501", "-1", "1.0", "x", "", "٣", "9" * 5000):
        check_problem(box.get(f"/v1/feed?limit={_quoted(limit)}"), 400, "malformed")
    for cursor in ("x", "AAAA", "=", "ё", "A" * 3000):
        check_problem(billing.get(f"/v1/readings?after={_quoted(cursor)}"), 400, "cursor-wrong")
        check_problem(billing.post("/v1/readings/ack", {"cursor": cursor}), 400, "cursor-wrong")
    feed_cursor = box.get("/v1/feed").json()["cursor"]
    check_problem(billing.get(f"/v1/readings?after={feed_cursor}"), 400, "cursor-wrong")


def _quoted(text: str) -> str:
    from urllib.parse import quote

    return quote(text)


def test_every_problem_type_can_be_looked_up(fleet: Fleet) -> None:
    answer = fleet.talker("box:reader").get("/v1/problems/key-reused")
    assert answer.status == 200
    assert "Idempotency-Key" in answer.body.decode()
    check_problem(fleet.talker("box:reader").get("/v1/problems/nothing"), 404, "not-found")


def test_an_oversized_body_is_refused_before_it_is_read(fleet: Fleet) -> None:
    connection = fleet.talker("box:big").connection()
    connection.putrequest("POST", "/v1/events")
    for name, value in {**JSON, "Idempotency-Key": "k", "Content-Length": "1000001"}.items():
        connection.putheader(name, value)
    connection.endheaders()  # and not one byte of the body
    response = connection.getresponse()
    assert (response.status, response.headers["Content-Type"]) == (413, "application/problem+json")
    assert response.headers["Connection"] == "close"
    connection.close()


def test_an_oversized_body_of_unannounced_length_is_cut_off(fleet: Fleet) -> None:
    connection = fleet.talker("box:big").connection()
    connection.putrequest("POST", "/v1/events")
    for name, value in {**JSON, "Idempotency-Key": "k", "Transfer-Encoding": "chunked"}.items():
        connection.putheader(name, value)
    connection.endheaders()
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    for _ in range(16):
        connection.send(chunk)
    response = connection.getresponse()
    assert response.status == 413
    connection.close()


def test_bytes_that_are_no_http_get_a_problem_document(fleet: Fleet) -> None:
    connection = fleet.talker("box:noise").connection()
    connection.connect()
    connection.sock.sendall(b"\x00\x01\x02 nonsense\r\n\r\n")
    received = b""
    while part := connection.sock.recv(65536):
        received += part
    connection.close()
    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 400


def test_cursors_of_another_database_start_again(fleet: Fleet, tmp_path_factory: pytest.TempPathFactory) -> None:
    with running_fleet(tmp_path_factory.mktemp("other")) as other:
        foreign = other.talker("box:x").get("/v1/feed").json()["cursor"]
        pulled = other.talker("billing:x").get("/v1/readings").json()["cursor"]
    check_problem(fleet.talker("box:x").get(f"/v1/feed?after={foreign}"), 410, "cursor-unknown")
    check_problem(fleet.talker("billing:x").get(f"/v1/readings?after={pulled}"), 410, "cursor-unknown")
    check_problem(fleet.talker("billing:x").post("/v1/readings/ack", {"cursor": pulled}), 410, "cursor-unknown")


def test_a_database_that_does_not_answer_means_come_back(tmp_path: Path) -> None:
    with running_fleet(tmp_path) as fleet:
        box, event = fleet.talker("box:x"), reading_event("x")

        def rename(old: str, new: str) -> None:
            with fleet.centre.database.writing() as connection:
                connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

        rename("counters", "hidden")
        for answer in (box.get("/v1/feed"), box.get("/v1/health")):
            check_problem(answer, 503, "busy")
            assert answer.headers["retry-after"] == "5"
        rename("hidden", "counters")
        rename("arrivals", "hidden")
        check_problem(box.post("/v1/events", {"events": [event]}, "k"), 503, "busy")
        rename("hidden", "arrivals")
        again = box.post("/v1/events", {"events": [event]}, "k").json()
        assert again["results"][0]["status"] == "accepted", "neither the event nor the key was kept half"


def test_a_defect_is_answered_in_words_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with running_fleet(tmp_path) as fleet:
        fleet.talker("box:x").post("/v1/events", {"events": [reading_event("x", account="7770001112")]})
        with fleet.centre.database.writing() as connection:
            connection.exec_driver_sql('UPDATE events SET body = \'{"account": "7770001112"\'')
        check_problem(fleet.talker("billing:x").get("/v1/readings"), 500, "defect")
        assert fleet.talker("billing:x").get("/v1/health").status == 200
    assert "a defect in GET /v1/readings" in caplog.text
    assert "7770001112" not in caplog.text


def test_nothing_personal_reaches_the_log(fleet: Fleet, caplog: pytest.LogCaptureFixture) -> None:
    box, billing = fleet.talker("box:discreet"), fleet.talker("billing:discreet")
    with caplog.at_level(logging.DEBUG):
        events = [
            reading_event("discreet", 1, account="7770001112"),
            reading_event("discreet", 2, account="777000111x"),
            reading_event("discreet", 3, account=7770001112),
        ]
        box.post("/v1/events", {"events": events})
        billing.post("/v1/accounts", {"accounts": [publication("7770001112")]})
        billing.post("/v1/accounts", {"accounts": [publication("777000111x")]})
        box.get("/v1/feed?limit=7770001112")
        box.get("/v1/accounts/7770001112")
        billing.get("/v1/readings?after=7770001112")
    assert "discreet brought 1 accepted, 2 rejected" in caplog.text
    for secret in ("777000111", "01578", "74995550101", "Ленина"):
        assert secret not in caplog.text
