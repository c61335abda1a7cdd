"""What is the same for all boxes (/v1/reference) and what callers asked people for (/v1/requests), over TLS."""

from __future__ import annotations

import hashlib
import json
import logging
from contextlib import suppress
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Connection, delete, insert, select, update

from box.centre.database import Database, open_database
from box.centre.intake import RawBatch, judge_batch, take_events
from box.centre.pull import pull_readings, pull_requests
from box.centre.reference import EMPTY, canonical, is_known
from box.centre.streams import REQUESTS, acknowledge
from box.centre.tables import counters, events, metadata, numbered_requests, reference, request_arrivals
from box.centre.tables import store as store_table
from box.courier.messages import ReferenceDocument
from tests.centre.loopback import Answer, Fleet, Talker, check_problem, fresh_target, reading_event, running_fleet
from tests.centre.test_pull import NOW, store

TARIFF = {
    "id": "city-1",
    "zones": [{"zone": "T1", "name": "", "hours": []}],
    "ranges": [{"prices": {"T1": 890}, "up_to_kwh": None}],
    "valid_from": "2026-01-01",
}
OFFICE = {"id": "north", "address": {"settlement": "Москва", "street": "ул. Образцовая", "house": "7"}}
DOCUMENT = {"tariffs": [TARIFF], "offices": [OFFICE], "holidays": ["2027-01-01"]}


def ask(box: Talker, etag: str | None = None) -> Answer:
    return box.ask("GET", "/v1/reference", headers={} if etag is None else {"If-None-Match": etag})


class TestReference:
    def test_before_any_was_published_it_is_empty(self, tmp_path_factory: pytest.TempPathFactory) -> None:
        with running_fleet(tmp_path_factory.mktemp("fresh")) as fleet:
            answer = ask(fleet.talker("box:r"))
            assert (answer.status, answer.json()) == (200, json.loads(EMPTY))
            assert ask(fleet.talker("box:r"), answer.headers["etag"]).status == 304

    def test_what_billing_publishes_boxes_read(self, fleet: Fleet) -> None:
        billing, box = fleet.talker("billing:r1"), fleet.talker("box:r1")
        published = billing.post("/v1/reference", DOCUMENT).json()
        answer = ask(box)
        assert (answer.status, answer.json()) == (200, DOCUMENT)
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["etag"] == published["version"]
        assert published["findings"] == []

    def test_an_unchanged_one_costs_a_304(self, fleet: Fleet) -> None:
        billing, box = fleet.talker("billing:r2"), fleet.talker("box:r2")
        billing.post("/v1/reference", DOCUMENT)
        etag = ask(box).headers["etag"]
        for header in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            answer = ask(box, header)
            assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", etag), header
        for header in ('"other"', etag.strip('"'), "", "nonsense"):
            assert ask(box, header).status == 200, header
        again = billing.post("/v1/reference", dict(reversed(DOCUMENT.items()))).json()
        assert (again["changed"], again["version"]) == (False, etag), "the order of keys says nothing"
        newer = billing.post("/v1/reference", DOCUMENT | {"holidays": []}).json()
        assert newer["changed"]
        assert ask(box, etag).json()["holidays"] == []
        assert billing.post("/v1/reference", DOCUMENT).json()["version"] == etag, "what stood before may come again"
        assert ask(box).json() == DOCUMENT

    def test_a_wrong_entry_is_told_and_the_others_are_published(
        self, fleet: Fleet, caplog: pytest.LogCaptureFixture
    ) -> None:
        document = {"tariffs": [TARIFF | {"id": "free", "ranges": []}, TARIFF], "offices": [OFFICE | {"id": ""}]}
        published = fleet.talker("billing:r3").post("/v1/reference", document).json()
        assert [finding.partition(";")[0] for finding in published["findings"]] == [
            "reference: tariff 1 (free) is passed over: it has no prices, or more than 20 ranges of them",
            "reference: office 1 is passed over: it has no id",
        ]
        assert published["findings"][0] in caplog.text
        assert len(ask(fleet.talker("box:r3")).json()["tariffs"]) == 2

    def test_fields_of_a_later_release_reach_the_boxes(self, fleet: Fleet) -> None:
        document = DOCUMENT | {"of_a_later_release": [1, 2]}
        fleet.talker("billing:r4").post("/v1/reference", document)
        assert ask(fleet.talker("box:r4")).json() == document

    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"[]",
            b'{"tariffs": 5}',
            b'{"tariffs": [{"id": "x"}]}',
            b'{"offices": [{"id": 1}]}',
            b'{"tariffs": [{"id": "t", "zones": [], "ranges": [{"prices": {"T1": 8.9}}], "valid_from": ""}]}',
        ],
    )
    def test_what_is_no_such_document_is_refused(self, fleet: Fleet, body: bytes) -> None:
        before = ask(fleet.talker("box:r5")).body
        check_problem(fleet.talker("billing:r5").post("/v1/reference", body), 400, "malformed")
        assert ask(fleet.talker("box:r5")).body == before

    def test_other_refusals(self, fleet: Fleet) -> None:
        billing, box = fleet.talker("billing:r6"), fleet.talker("box:r6")
        check_problem(box.post("/v1/reference", DOCUMENT), 403, "role-wrong")
        check_problem(billing.get("/v1/reference"), 403, "role-wrong")
        check_problem(
            billing.ask("POST", "/v1/reference", b"{}", {"Content-Type": "application/json"}), 400, "key-missing"
        )
        check_problem(billing.ask("PUT", "/v1/reference", b"{}"), 405, "method-wrong")
        large = b'{"holidays": ["' + b"x" * 1_000_000 + b'"]}'
        check_problem(billing.post("/v1/reference", large), 413, "body-too-large")

    def test_the_mark_follows_from_the_content(self) -> None:
        one, other = canonical(b'{"a": "\xd1\x83", "b": [1]}'), canonical(b' {"b":[1],"a":"\\u0443"}')
        assert one == other
        assert one.document == '{"a":"у","b":[1]}'
        assert one.etag == f'"{hashlib.sha256(one.document.encode()).hexdigest()[:32]}"'
        msgspec.json.decode(EMPTY, type=ReferenceDocument, strict=True)


@pytest.mark.parametrize(
    ("header", "known"),
    [
        (None, False),
        ("", False),
        ("*", True),
        ('"v1"', True),
        ('W/"v1"', True),
        ('"v0","v1"', True),
        ('"v0", W/"v2"', False),
        ("v1", False),
        ('"v"', False),
        ('"v11"', False),
    ],
)
def test_if_none_match(header: str | None, known: bool) -> None:
    """RFC 9110 §13.1.2: a list, weak or strong, or a star."""
    assert is_known(header, '"v1"') == known


# ---------------------------------------------------------------- requests

PHONE = "74995550101"
CALL_BACK = {"kind": "call_back", "phone": PHONE, "account": "", "call_id": "c", "service": "plumbing"}
PAY_LINK = {"kind": "pay_link", "account": "1234567890", "phone": PHONE, "call_id": "c"}
KEPT = {"kind": "phone_saved", "account": "1234567890", "phone": PHONE, "call_id": "c"}
FORGOTTEN = {"kind": "phone_forgotten", "phone": PHONE, "accounts": ["1", "2"], "call_id": "c"}
CALL = {
    "kind": "call",
    "call_id": "c",
    "line": "services",
    "started_at": "2026-11-20T09:29:00Z",
    "duration_s": 41.5,
    "outcome": "transferred",
    "noinput": 0,
    "nomatch": 1,
    "guesses": 4,
    "guesses_refused": 1,
}


def request(box: str, seq: int, body: dict[str, Any]) -> dict[str, Any]:
    return {**reading_event(box, seq), "body": body}


class TestRequests:
    def test_from_box_to_billings_people_and_no_reading_among_them(self, fleet: Fleet) -> None:
        bodies = [CALL_BACK, PAY_LINK, KEPT, FORGOTTEN, CALL]
        sent = [request("desk", seq, body) for seq, body in enumerate(bodies, 1)] + [reading_event("desk", 6)]
        results = fleet.talker("box:desk").post("/v1/events", {"events": sent}).json()["results"]
        assert {one["status"] for one in results} == {"accepted"}
        billing = fleet.talker("billing:desk")
        page = billing.get("/v1/requests?limit=1000").json()
        mine = [one for one in page["requests"] if one["box_id"] == "desk"]
        assert [(one["kind"], one["phone"], one["accounts"], one["service"]) for one in mine] == [
            ("call_back", PHONE, [], "plumbing"),
            ("pay_link", PHONE, ["1234567890"], ""),
            ("phone_saved", PHONE, ["1234567890"], ""),
            ("phone_forgotten", PHONE, ["1", "2"], ""),
        ]
        assert [(one["event_id"], one["seq"], one["clock"]) for one in mine] == [
            (event["event_id"], event["seq"], "synced") for event in sent[:4]
        ]
        readings = billing.get("/v1/readings?limit=1000").json()["readings"]
        assert [one["seq"] for one in readings if one["box_id"] == "desk"] == [6]
        acknowledged = billing.post("/v1/requests/ack", {"cursor": page["cursor"]})
        assert acknowledged.json() == {"cursor": page["cursor"]}
        assert billing.get("/v1/requests").json()["requests"] == []
        assert len(billing.get("/v1/readings?limit=1000").json()["readings"]) == len(readings), "a stream of its own"

    def test_the_products_own_client(self, fleet: Fleet) -> None:
        fleet.talker("box:desk2").post("/v1/events", {"events": [request("desk2", 1, PAY_LINK)]})
        with fleet.client("billing:desk2") as billing:
            page = billing.pull_requests(limit=1000)
            assert [one.kind for one in page.requests if one.box_id == "desk2"] == ["pay_link"]
            billing.acknowledge_requests(page.cursor)
            assert billing.pull_requests().requests == ()
            assert billing.pull_requests(page.cursor).requests == ()

    def test_cursors_are_not_mixed_up(self, fleet: Fleet) -> None:
        billing = fleet.talker("billing:mix")
        readings = billing.get("/v1/readings").json()["cursor"]
        requests = billing.get("/v1/requests").json()["cursor"]
        check_problem(billing.get(f"/v1/requests?after={readings}"), 400, "cursor-wrong")
        check_problem(billing.get(f"/v1/readings?after={requests}"), 400, "cursor-wrong")
        check_problem(billing.post("/v1/requests/ack", {"cursor": readings}), 400, "cursor-wrong")
        check_problem(billing.get("/v1/requests?limit=1001"), 400, "malformed")

    @pytest.mark.parametrize(("method", "path"), [("GET", "/v1/requests"), ("POST", "/v1/requests/ack")])
    def test_boxes_have_no_business_there(self, fleet: Fleet, method: str, path: str) -> None:
        check_problem(fleet.talker("box:r").ask(method, path), 403, "role-wrong")

    def test_each_once_in_one_order_whatever_is_repeated(self, database: Database) -> None:
        first = [request("box1", seq, CALL_BACK) for seq in (1, 2, 3)]
        assert store(database, "box1", first + first) == ["accepted"] * 3 + ["duplicate"] * 3
        one = pull_requests(database, "billing:a", "", 2)
        assert store(database, "box2", [request("box2", 1, PAY_LINK)]) == ["accepted"]
        two = pull_requests(database, "billing:a", one.cursor, 2)
        got = [(each.box_id, each.seq) for page in (one, two) for each in page.requests]
        assert got == [("box1", 1), ("box1", 2), ("box1", 3), ("box2", 1)]
        assert (one.more, two.more) == (True, False)
        with database.writing() as connection:
            acknowledge(connection, REQUESTS, database.store_id, "billing:a", one.cursor, NOW)
        assert [each.seq for each in pull_requests(database, "billing:a", "", 9).requests] == [3, 1]
        assert len(pull_requests(database, "billing:b", "", 9).requests) == 4
        assert pull_readings(database, "billing:a", "", 9).readings == ()

    def test_a_call_that_was_cut_off_from_the_accounts_is_told(
        self, database: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.WARNING)
        quiet = CALL | {"guesses_refused": 0}
        event = request("box1", 1, CALL)
        assert store(database, "box1", [event, request("box1", 2, quiet)]) == ["accepted"] * 2
        assert store(database, "box1", [event]) == ["duplicate"]
        told = [record.getMessage() for record in caplog.records]
        assert told == [
            "box:box1 line services, call c: somebody guesses at accounts (4 wrong, 1 of them not judged any more)"
        ]


def test_requests_of_the_release_before_are_not_lost(tmp_path: Any) -> None:
    """A database of version 1: its call-backs and saved phones lie among the events, in no stream."""
    target = fresh_target(tmp_path)
    database = open_database(target)
    store(database, "box1", [request("box1", 1, CALL_BACK), reading_event("box1", 2), request("box1", 3, KEPT)])
    store(database, "box1", [request("box1", 4, CALL)])

    def back_to_version_1(connection: Connection) -> None:
        for table in (request_arrivals, numbered_requests, reference):
            table.drop(connection)
        metadata.tables["request_acknowledgements"].drop(connection)
        connection.execute(delete(counters).where(counters.c.name == "requests"))
        connection.execute(update(store_table).values(schema_version=1))

    with database.writing() as connection:
        back_to_version_1(connection)
    database.close()
    for _ in range(2):  # and only once
        database = open_database(target)
        assert [each.seq for each in pull_requests(database, "billing:a", "", 9).requests] == [1, 3]
        assert [each.seq for each in pull_readings(database, "billing:a", "", 9).readings] == [2]
        with database.reading() as connection:
            assert connection.execute(select(store_table.c.schema_version)).scalar_one() == 2
        database.close()


def test_a_request_that_commits_late_is_not_skipped(database: Database) -> None:
    """As with readings: ids 1 and 3 are seen first, 2 later."""

    def appear(row_id: int) -> None:
        event = request("box1", row_id, CALL_BACK)
        row = {
            "id": row_id,
            "box_id": "box1",
            "event_id": str(uuid4()),
            "seq": row_id,
            "kind": "call_back",
            "recorded_at": event["recorded_at"],
            "received_at": NOW.isoformat(),
            "fingerprint": "",
            "body": json.dumps(event),
        }
        with database.writing() as connection:
            connection.execute(insert(events), [row])
            connection.execute(insert(request_arrivals), [{"event": row_id}])

    appear(1)
    appear(3)
    first = pull_requests(database, "billing:a", "", 10)
    appear(2)
    second = pull_requests(database, "billing:a", first.cursor, 10)
    assert ([one.seq for one in first.requests], [one.seq for one in second.requests]) == ([1, 3], [2])


def test_a_batch_that_fails_queues_no_request(database: Database) -> None:
    raw = msgspec.json.decode(json.dumps({"events": [request("box1", 1, PAY_LINK)]}), type=RawBatch)
    with suppress(ZeroDivisionError), database.writing() as connection:
        take_events(connection, judge_batch(raw, "box1"), "box1", NOW)
        raise ZeroDivisionError
    assert pull_requests(database, "billing:a", "", 10).requests == ()
