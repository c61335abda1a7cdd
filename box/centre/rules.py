"""What an event must be for the centre to take it, and which of two readings stands. Pure."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

import msgspec

from box.courier.messages import (
    CallBackWanted,
    CallSummary,
    Event,
    EventBody,
    PayLinkWanted,
    PhoneDropped,
    PhoneKept,
    ReadingTaken,
)

MOSCOW = timezone(timedelta(hours=3))
"""Moscow time has no daylight saving (caller-service.md §7.3)."""

_EVENT_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""RFC 9562 §4, lower case as a box writes it."""

ACCOUNT = re.compile(r"[0-9]{1,20}")
PHONE = re.compile(r"[0-9]{5,15}")
"""E.164: at most 15 digits."""

DIGITS = re.compile(r"[0-9]{1,10}")
WORD = re.compile(r"[^\x00-\x1f\x7f]{1,64}")
_OPTIONAL_WORD = re.compile(r"[^\x00-\x1f\x7f]{0,64}")

OTHER_BOX = "box_id is not that of the certificate"

LARGEST_NUMBER = 2**63 - 1
MAX_ZONES = 8
MAX_FLAGS = 32


@dataclass(frozen=True, slots=True)
class TakenEvent:
    """An event that keeps the rules. ``canonical`` is its JSON as it came, with keys sorted: fields that this centre
    does not know are kept too, and a later centre judges a repeat the same way."""

    event: Event
    canonical: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class RejectedEvent:
    """An event that breaks them. ``reason`` names the place, never the value."""

    event_id: str
    canonical: str
    fingerprint: str
    reason: str


class _OnlyId(msgspec.Struct):
    event_id: str


def judge_event(raw: bytes, box_id: str) -> TakenEvent | RejectedEvent:
    """Check one event from the box ``box_id``. Raises msgspec.DecodeError when it does not even name itself: there is
    nothing to give a verdict on."""
    named = msgspec.json.decode(raw, type=_OnlyId).event_id
    if not WORD.fullmatch(named):
        raise msgspec.ValidationError("not an event id - at `$.event_id`")
    canonical = json.dumps(msgspec.json.decode(raw), sort_keys=True, separators=(",", ":"))
    fingerprint = hashlib.sha256(canonical.encode()).hexdigest()
    try:
        event = msgspec.json.decode(raw, type=Event)
    except msgspec.ValidationError as error:
        return RejectedEvent(named, canonical, fingerprint, f"malformed at {place_of(error)}")
    reason = next(_mistakes(event, box_id), "")
    if reason:
        return RejectedEvent(named, canonical, fingerprint, reason)
    return TakenEvent(event, canonical, fingerprint)


def place_of(error: Exception) -> str:
    """Where in a document a schema error lies (``$.zones[0].digits``), without what was found there."""
    found = re.search(r"at `(\$[\w.\[\]]*)`$", str(error))
    return found[1] if found else "$"


def _mistakes(event: Event, box_id: str) -> Iterator[str]:
    if event.box_id != box_id:
        yield OTHER_BOX
    if not _EVENT_ID.fullmatch(event.event_id):
        yield "event_id is not a UUID"
    if not 1 <= event.seq <= LARGEST_NUMBER:
        yield "seq does not count from 1"
    if not 0 <= event.uptime_ms <= LARGEST_NUMBER:
        yield "uptime_ms is negative"
    if instant(event.recorded_at) is None:
        yield "recorded_at is not RFC 3339"
    yield from _body_mistakes(event.body)


def _body_mistakes(body: EventBody) -> Iterator[str]:
    if not _OPTIONAL_WORD.fullmatch(body.call_id):
        yield "call_id is not a word"
    match body:
        case ReadingTaken():
            yield from _reading_mistakes(body)
        case PhoneKept(account, phone) | PayLinkWanted(account, phone):
            if not ACCOUNT.fullmatch(account) or not PHONE.fullmatch(phone):
                yield "account or phone is not digits"
        case PhoneDropped(phone, accounts):
            if not PHONE.fullmatch(phone) or not all(ACCOUNT.fullmatch(account) for account in accounts):
                yield "account or phone is not digits"
            if len(set(accounts)) != len(accounts):
                yield "an account comes twice"
        case CallBackWanted(phone, account, _, service):
            if not PHONE.fullmatch(phone) or (account and not ACCOUNT.fullmatch(account)):
                yield "account or phone is not digits"
            if not _OPTIONAL_WORD.fullmatch(service):
                yield "service is not a word"
        case CallSummary(_, line, started_at, duration_s, outcome, noinput, nomatch, guesses, refused):
            if not _OPTIONAL_WORD.fullmatch(line) or not _OPTIONAL_WORD.fullmatch(outcome):
                yield "line or outcome is not a word"
            if instant(started_at) is None:
                yield "started_at is not RFC 3339"
            if duration_s < 0 or not 0 <= noinput <= LARGEST_NUMBER or not 0 <= nomatch <= LARGEST_NUMBER:
                yield "duration_s, noinput or nomatch is negative"
            if not 0 <= refused <= guesses <= LARGEST_NUMBER:
                yield "guesses and guesses_refused do not fit each other"


def _reading_mistakes(reading: ReadingTaken) -> Iterator[str]:
    if not ACCOUNT.fullmatch(reading.account):
        yield "account is not digits"
    if not WORD.fullmatch(reading.meter):
        yield "meter is not a serial number"
    if not 1 <= len(reading.zones) <= MAX_ZONES:
        yield "zones are missing"
    if not all(WORD.fullmatch(zone.zone) for zone in reading.zones):
        yield "a zone has no name"
    if len({zone.zone for zone in reading.zones}) != len(reading.zones):
        yield "a zone comes twice"
    if not all(DIGITS.fullmatch(zone.digits) for zone in reading.zones):
        yield "a zone's value is not digits"
    if len(reading.flags) > MAX_FLAGS or not all(WORD.fullmatch(flag) for flag in reading.flags):
        yield "flags are not words"
    if reading.supersedes and not _EVENT_ID.fullmatch(reading.supersedes):
        yield "supersedes is not a UUID"


_RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", re.ASCII)


def instant(text: str) -> datetime | None:
    """An RFC 3339 time as an aware datetime in UTC, or None."""
    if not _RFC3339.fullmatch(text):
        return None
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@dataclass(frozen=True, slots=True)
class Claim:
    """One submission for one meter and month, as far as deciding which stands needs it."""

    box_id: str
    seq: int
    recorded_at: datetime
    clock: str


def replaces(newcomer: Claim, standing: Claim) -> bool:
    """Whether a submission that has just arrived takes the place of the standing one (caller-service.md §10): within
    one box the later by ``seq``; between boxes the later by the clock where both clocks are trusted, else by
    arrival."""
    if newcomer.box_id == standing.box_id:
        return newcomer.seq > standing.seq
    if newcomer.clock == standing.clock == "synced":
        return newcomer.recorded_at >= standing.recorded_at
    return True


def period_of(event: Event, received_at: datetime) -> str:
    """The month, in Moscow time, that a submission counts for; where the box did not know the time, that of arrival."""
    recorded_at = instant(event.recorded_at)
    when = received_at if recorded_at is None or event.clock == "unknown" else recorded_at
    return when.astimezone(MOSCOW).strftime("%Y-%m")
