"""What the centre takes and what not: mutations of one correct event, each with the place that must be named."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.centre.publication_rules import publication_mistake
from box.centre.rules import RejectedEvent, TakenEvent, instant, judge_event
from box.courier.messages import Publication
from tests.centre.loopback import publication, reading_event

ZONE = {"zone": "T1", "digits": "01578"}
REFUSED = {"event_id": "e", "meter": "0042", "given_on": "2026-10-20", "zones": [ZONE], "reason": "lower"}
TOLD = {
    "tariff": "city-1",
    "office": "north",
    "debt": {
        **dict.fromkeys(("opening", "charged", "recalculated", "paid", "penalty", "to_pay"), -5),
        "month": "2026-10",
    },
    "refused": [REFUSED],
    "pay_link": {"event_id": "e", "state": "sent", "on": "2026-11-01"},
}
"""What an account may say beside meters, balance and phones."""


def judged(event: object) -> TakenEvent | RejectedEvent:
    return judge_event(json.dumps(event).encode(), "box1")


def test_a_correct_event_is_taken() -> None:
    assert isinstance(judged(reading_event()), TakenEvent)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"event_id": "x"}, "event_id is not a UUID"),
        ({"event_id": "0190F2A0-0000-7000-8000-000000000000"}, "event_id is not a UUID"),
        ({"box_id": "box2"}, "box_id is not that of the certificate"),
        ({"seq": 0}, "seq does not count from 1"),
        ({"seq": 2**63}, "seq does not count from 1"),
        ({"seq": "1"}, "malformed at $.seq"),
        ({"seq": True}, "malformed at $.seq"),
        ({"uptime_ms": -1}, "uptime_ms is negative"),
        ({"recorded_at": "2026-11-20"}, "recorded_at is not RFC 3339"),
        ({"recorded_at": "2026-13-20T09:30:00Z"}, "recorded_at is not RFC 3339"),
        ({"recorded_at": "2026-11-20T09:30:00"}, "recorded_at is not RFC 3339"),
        ({"recorded_at": "٢٠٢٦-11-20T09:30:00Z"}, "recorded_at is not RFC 3339"),
        ({"recorded_at": "0001-01-01T00:00:00+23:59"}, "recorded_at is not RFC 3339"),
        ({"clock": "sundial"}, "malformed at $.clock"),
        ({"body": None}, "malformed at $.body"),
        ({"kind": "gossip"}, "malformed at $.body.kind"),
        ({"account": ""}, "account is not digits"),
        ({"account": "١٢٣"}, "account is not digits"),
        ({"account": "1" * 21}, "account is not digits"),
        ({"account": "123\n"}, "account is not digits"),
        ({"meter": ""}, "meter is not a serial number"),
        ({"meter": "m" * 65}, "meter is not a serial number"),
        ({"zones": []}, "zones are missing"),
        ({"zones": [{"zone": f"T{n}", "digits": "1"} for n in range(9)]}, "zones are missing"),
        ({"zones": [ZONE, ZONE]}, "a zone comes twice"),
        ({"zones": [{"zone": "", "digits": "1"}]}, "a zone has no name"),
        ({"zones": [{"zone": "T1", "digits": ""}]}, "a zone's value is not digits"),
        ({"zones": [{"zone": "T1", "digits": "-5"}]}, "a zone's value is not digits"),
        ({"zones": [{"zone": "T1", "digits": "²"}]}, "a zone's value is not digits"),
        ({"zones": [{"zone": "T1", "digits": 1578}]}, "malformed at $.body.zones[0].digits"),
        ({"mode": "thought"}, "malformed at $.body.mode"),
        ({"flags": ["x"] * 33}, "flags are not words"),
        ({"supersedes": "the last one"}, "supersedes is not a UUID"),
        ({"call_id": "c" * 65}, "call_id is not a word"),
    ],
)
def test_a_mistake_is_named_by_its_place(changed: dict[str, Any], reason: str) -> None:
    found = judged(reading_event() | changed if "body" in changed else reading_event(**changed))
    assert isinstance(found, RejectedEvent)
    assert found.reason == reason


def test_other_kinds_are_checked_too() -> None:
    phone = {"kind": "phone_saved", "account": "12", "phone": "74995550101", "call_id": ""}
    back = {"kind": "call_back", "account": "", "phone": "74995550101", "call_id": ""}
    call = {
        "kind": "call",
        "call_id": "c",
        "line": "l",
        "started_at": "2026-11-20T09:30:00Z",
        "duration_s": 1.0,
        "outcome": "o",
        "noinput": 0,
        "nomatch": 0,
    }
    link = {"kind": "pay_link", "account": "12", "phone": "74995550101", "call_id": ""}
    forgotten = {"kind": "phone_forgotten", "phone": "74995550101", "accounts": ["12", "13"], "call_id": ""}
    wrong = [
        phone | {"phone": "+74995550101"},
        phone | {"phone": "1" * 16},
        phone | {"account": ""},
        back | {"phone": ""},
        back | {"account": "x"},
        call | {"started_at": "now"},
        call | {"duration_s": -0.1},
        call | {"noinput": -1},
        call | {"nomatch": 2**64},
        call | {"line": "l" * 65},
        call | {"guesses": 2, "guesses_refused": 3},
        call | {"guesses": 2, "guesses_refused": -1},
        call | {"guesses": 2**64},
        back | {"service": "s" * 65},
        back | {"service": "a\nb"},
        link | {"account": ""},
        link | {"phone": "1234"},
        forgotten | {"phone": ""},
        forgotten | {"accounts": ["1", "x"]},
        forgotten | {"accounts": ["1", "1"]},
        forgotten | {"accounts": "1"},
        forgotten | {"call_id": "c" * 65},
    ]
    for body in (
        *(phone, back, call, link, forgotten, forgotten | {"accounts": []}),
        *(back | {"service": "plumbing"}, call | {"guesses": 3, "guesses_refused": 1}),
    ):
        assert isinstance(judged(reading_event() | {"body": body}), TakenEvent)
    for body in wrong:
        assert isinstance(judged(reading_event() | {"body": body}), RejectedEvent), body


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text() | st.integers(), st.lists, max_leaves=5))
def test_unknown_fields_are_kept_and_change_nothing_else(extra: object) -> None:
    if "NaN" in json.dumps(extra) or "Infinity" in json.dumps(extra):
        return
    plain = reading_event()
    found = judged(plain | {"of_a_newer_box": extra})
    assert isinstance(found, TakenEvent)
    assert json.loads(found.canonical)["of_a_newer_box"] == json.loads(json.dumps(extra))
    before = judged(plain)
    assert isinstance(before, TakenEvent)
    assert found.event == before.event
    assert found.fingerprint != before.fingerprint


@given(st.binary(max_size=200))
def test_garbage_gives_only_declared_errors(garbage: bytes) -> None:
    try:
        judge_event(garbage, "box1")
    except (msgspec.DecodeError, ValueError):
        return
    raise AssertionError("garbage was judged")


@given(
    st.dictionaries(st.sampled_from(["event_id", "seq", "body", "clock", "x"]), st.text() | st.integers() | st.none())
)
def test_any_object_is_taken_rejected_or_has_no_name(thing: dict[str, object]) -> None:
    try:
        found = judge_event(json.dumps(thing).encode(), "box1")
    except (msgspec.DecodeError, ValueError):
        assert (
            not isinstance(thing.get("event_id"), str)
            or not 1 <= len(str(thing["event_id"])) <= 64
            or any(
                ord(letter) < 32 or ord(letter) == 127 or 0xD800 <= ord(letter) <= 0xDFFF
                for letter in str(thing["event_id"])
            )
        )
    else:
        assert isinstance(found, RejectedEvent)


def test_rfc_3339() -> None:
    moment = instant("2026-11-20T12:30:00.5+03:00")
    assert moment is not None
    assert moment.isoformat() == "2026-11-20T09:30:00.500000+00:00"


@pytest.mark.parametrize(
    ("path", "value", "place"),
    [
        (("number",), "12a", "number"),
        (("boxes",), ["b b"], "boxes"),
        (("account", "number"), "1", "account.number"),
        (("account", "phones"), ["+7"], "account.phones"),
        (("account", "balance"), {"amount_kopecks": 1, "as_of": "yesterday"}, "account.balance"),
        (("account", "balance"), {"amount_kopecks": 2**70, "as_of": "2026-11-20"}, "account.balance"),
        (("account", "meters", 0, "serial"), "", "account.meters[0].serial"),
        (("account", "meters", 0, "whole_digits"), 3, "account.meters[0].whole_digits"),
        (("account", "meters", 0, "whole_digits"), 9, "account.meters[0].whole_digits"),
        (("account", "meters", 0, "fraction_digits"), 5, "account.meters[0].fraction_digits"),
        (("account", "meters", 0, "window_first_day"), 27, "account.meters[0].window_first_day"),
        (("account", "meters", 0, "registers"), [], "account.meters[0].registers"),
        (("account", "meters", 0, "registers", 0, "last"), "1500", "account.meters[0].registers.last"),
        (("account", "meters", 0, "registers", 0, "last_actual"), "0150x", "account.meters[0].registers.last"),
        (("account", "meters", 0, "registers", 0, "last_on"), "20.11.2026", "account.meters[0].registers.last_on"),
        (("account", "tariff"), "t" * 65, "account.tariff"),
        (("account", "office"), "a\nb", "account.office"),
        (("account", "debt", "month"), "2026-10-01", "account.debt"),
        (("account", "debt", "to_pay"), 2**70, "account.debt"),
        (("account", "refused"), [REFUSED] * 51, "account.refused"),
        (("account", "refused", 0, "event_id"), "", "account.refused[0].event_id"),
        (("account", "refused", 0, "meter"), "", "account.refused[0].meter"),
        (("account", "refused", 0, "given_on"), "", "account.refused[0].given_on"),
        (("account", "refused", 0, "zones"), [], "account.refused[0].zones"),
        (("account", "refused", 0, "zones", 0, "digits"), "1.5", "account.refused[0].zones"),
        (("account", "refused", 0, "reason"), "mood", "account.refused[0].reason"),
        (("account", "pay_link", "on"), "today", "account.pay_link"),
        (("account", "pay_link", "event_id"), "", "account.pay_link"),
        (("account", "address", "street"), "а\nб", "account (address: a part of it is no text)"),
        (("account", "meters", 0, "power_kw"), 0, "account (meter 1: power_kw is not 1–10000)"),
    ],
)
def test_a_wrong_publication_is_named_by_its_place(path: tuple[str | int, ...], value: object, place: str) -> None:
    right: Any = publication("1234567890", ("box1",))
    right["account"] |= msgspec.json.decode(msgspec.json.encode(TOLD))
    assert publication_mistake(msgspec.convert(right, Publication)) == ""
    spot = right
    for step in path[:-1]:
        spot = spot[step]
    spot[path[-1]] = value
    assert publication_mistake(msgspec.convert(right, Publication)) == place


def test_two_meters_of_one_serial_are_a_mistake() -> None:
    twice: Any = publication("1")
    twice["account"]["meters"] *= 2
    assert publication_mistake(msgspec.convert(twice, Publication)) == "account.meters"
