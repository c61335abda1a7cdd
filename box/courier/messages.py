"""What travels between boxes, centre and billing: JSON over HTTPS, /v1, additive changes only.

These types are the whole of what leaves a box (the privacy table of the docs is made from them). Unknown fields are
ignored when read, so that an older box understands a newer centre; a missing or mistyped field is an error.
"""

from __future__ import annotations

from typing import Literal

import msgspec

MAX_EVENTS_PER_BATCH = 100
"""caller-service rule for delivery: batches of at most 100 events."""

MAX_BODY_BYTES = 1_000_000


class ZoneReading(msgspec.Struct, frozen=True):
    """One register of one submission; ``digits`` has the meter's whole capacity, leading zeros included."""

    zone: str
    digits: str


class ReadingTaken(msgspec.Struct, frozen=True, tag_field="kind", tag="reading"):
    """All zones of one meter, given together: all accepted or none."""

    account: str
    meter: str
    zones: tuple[ZoneReading, ...]
    mode: Literal["keys", "voice", "mixed"]
    call_id: str
    flags: tuple[str, ...] = ()
    supersedes: str = ""


class PhoneKept(msgspec.Struct, frozen=True, tag_field="kind", tag="phone_saved"):
    """The caller agreed to have this phone kept as a contact of the account."""

    account: str
    phone: str
    call_id: str


class CallBackWanted(msgspec.Struct, frozen=True, tag_field="kind", tag="call_back"):
    """A person should ring this caller; ``service`` names what it is about (a word such as plumbing), '' = not said."""

    phone: str
    account: str
    call_id: str
    service: str = ""


class PayLinkWanted(msgspec.Struct, frozen=True, tag_field="kind", tag="pay_link"):
    """The caller asked for a link for paying, to be sent to this phone. No sum and no card: both are the centre's."""

    account: str
    phone: str
    call_id: str


class PhoneDropped(msgspec.Struct, frozen=True, tag_field="kind", tag="phone_forgotten"):
    """The caller took this phone back as a contact of these accounts, all that the box knew it for."""

    phone: str
    accounts: tuple[str, ...]
    call_id: str


class CallSummary(msgspec.Struct, frozen=True, tag_field="kind", tag="call"):
    """How a call went; nothing personal in it. ``guesses`` counts accounts and second facts that were wrong,
    ``guesses_refused`` those of them that were not judged any more, since there had been too many."""

    call_id: str
    line: str
    started_at: str
    duration_s: float
    outcome: str
    noinput: int
    nomatch: int
    guesses: int = 0
    guesses_refused: int = 0


EventBody = ReadingTaken | PhoneKept | PhoneDropped | CallBackWanted | PayLinkWanted | CallSummary


class Event(msgspec.Struct, frozen=True):
    """``event_id`` is a UUIDv7 made at the moment of ДА; ``seq`` counts this box's events from 1 without gaps;
    ``recorded_at`` is RFC 3339 in UTC, to be believed as far as ``clock`` says; ``uptime_ms`` is monotonic."""

    event_id: str
    box_id: str
    seq: int
    recorded_at: str
    clock: Literal["synced", "holdover", "unknown"]
    uptime_ms: int
    body: EventBody


class EventBatch(msgspec.Struct, frozen=True):
    """POST /v1/events (a box, by its certificate)."""

    events: tuple[Event, ...]


class EventVerdict(msgspec.Struct, frozen=True):
    """``rejected`` is final: the event goes to a person, never away."""

    event_id: str
    status: Literal["accepted", "duplicate", "rejected"]
    reason: str = ""


class EventVerdicts(msgspec.Struct, frozen=True):
    """Answer to EventBatch, one verdict for each event, in the same order."""

    results: tuple[EventVerdict, ...]


# ---------------------------------------------------------------- the feed down to boxes


class RegisterRecord(msgspec.Struct, frozen=True):
    """See box.accounts.model.Register. Dates are ISO (YYYY-MM-DD), '' = none."""

    zone: str
    name: str = ""
    last: str = ""
    last_on: str = ""
    last_is_estimate: bool = False
    last_actual: str = ""


class MeterRecord(msgspec.Struct, frozen=True):
    """See box.accounts.model.Meter; ``installed_on`` is ISO, '' = not known."""

    serial: str
    whole_digits: int
    registers: tuple[RegisterRecord, ...]
    fraction_digits: int = 0
    usual_kwh: int = 0
    power_kw: int = 15
    window_first_day: int = 15
    window_last_day: int = 26
    installed_on: str = ""
    reports_itself: bool = False


class AddressRecord(msgspec.Struct, frozen=True):
    """See box.accounts.model.Address."""

    settlement: str
    street: str
    house: str
    building: str = ""
    flat: str = ""


class BalanceRecord(msgspec.Struct, frozen=True):
    """Integer kopecks, positive = overpaid."""

    amount_kopecks: int
    as_of: str


class DebtRecord(msgspec.Struct, frozen=True):
    """See box.accounts.model.DebtParts: integer kopecks; ``month`` is YYYY-MM."""

    month: str
    opening: int
    charged: int
    recalculated: int
    paid: int
    penalty: int
    to_pay: int


class RefusedRecord(msgspec.Struct, frozen=True):
    """See box.accounts.model.RefusedReading: a reading that billing did not accept."""

    event_id: str
    meter: str
    given_on: str
    zones: tuple[ZoneReading, ...]
    reason: str = "other"


class PayLinkRecord(msgspec.Struct, frozen=True):
    """See box.accounts.model.PayLink: what became of the last link that was asked for."""

    event_id: str
    state: Literal["sent", "failed"]
    on: str


class AccountRecord(msgspec.Struct, frozen=True):
    """Everything that a box knows of one account. ``tariff`` and ``office`` are ids of the reference document."""

    number: str
    address: AddressRecord
    meters: tuple[MeterRecord, ...] = ()
    balance: BalanceRecord | None = None
    phones: tuple[str, ...] = ()
    tariff: str = ""
    debt: DebtRecord | None = None
    refused: tuple[RefusedRecord, ...] = ()
    pay_link: PayLinkRecord | None = None
    office: str = ""


class AccountChange(msgspec.Struct, frozen=True):
    """``account`` None = a tombstone: the account is no longer served."""

    number: str
    account: AccountRecord | None = None


class Feed(msgspec.Struct, frozen=True):
    """GET /v1/feed?after=CURSOR&limit=N (a box). ``cursor`` is opaque; '' asks for everything from the start;
    ``more`` says that another page waits."""

    changes: tuple[AccountChange, ...]
    cursor: str
    more: bool


# ---------------------------------------------------------------- the same for all boxes: tariffs, offices


class TariffZoneRecord(msgspec.Struct, frozen=True):
    """See box.accounts.reference.TariffZone; ``hours`` are pairs of HH:MM."""

    zone: str
    name: str = ""
    hours: tuple[tuple[str, str], ...] = ()


class PriceRangeRecord(msgspec.Struct, frozen=True):
    """See box.accounts.reference.PriceRange; ``prices`` maps zone ids to kopecks a kilowatt-hour."""

    prices: dict[str, int]
    up_to_kwh: int | None = None


class TariffRecord(msgspec.Struct, frozen=True):
    """See box.accounts.reference.Tariff; dates are ISO, '' = no end."""

    id: str
    zones: tuple[TariffZoneRecord, ...]
    ranges: tuple[PriceRangeRecord, ...]
    valid_from: str
    valid_until: str = ""


class DayHoursRecord(msgspec.Struct, frozen=True):
    """Monday = 0; HH:MM, both '' on a day off."""

    weekday: int
    opens: str = ""
    closes: str = ""


class OfficeRecord(msgspec.Struct, frozen=True):
    """See box.accounts.reference.Office."""

    id: str
    address: AddressRecord
    hours: tuple[DayHoursRecord, ...] = ()
    district: str = ""
    metro: tuple[str, ...] = ()
    latitude: float | None = None
    longitude: float | None = None
    closed_on: tuple[str, ...] = ()


class ReferenceDocument(msgspec.Struct, frozen=True):
    """POST /v1/reference (billing) replaces it; GET /v1/reference (a box) reads it, with its hash as ETag, so that an
    unchanged one costs a 304. ``holidays``: ISO dates on which operators do not work."""

    tariffs: tuple[TariffRecord, ...] = ()
    offices: tuple[OfficeRecord, ...] = ()
    holidays: tuple[str, ...] = ()


# ---------------------------------------------------------------- billing's side


class Publication(msgspec.Struct, frozen=True):
    """One account as billing publishes it; ``boxes`` are the ids that may serve it, empty = every box."""

    number: str
    account: AccountRecord | None = None
    boxes: tuple[str, ...] = ()


class Publications(msgspec.Struct, frozen=True):
    """POST /v1/accounts (billing)."""

    accounts: tuple[Publication, ...]


class Published(msgspec.Struct, frozen=True):
    """Answer to Publications: how many accounts boxes will hear of, and how many were already so."""

    changed: int
    unchanged: int


class ReferencePublished(msgspec.Struct, frozen=True):
    """Answer to ReferenceDocument: the ETag under which boxes get it; ``changed`` False = it was so already;
    ``findings`` are the entries that boxes will pass over, a line each (at most 20)."""

    version: str
    changed: bool
    findings: tuple[str, ...] = ()


class PulledReading(msgspec.Struct, frozen=True):
    """One submission as billing receives it."""

    event_id: str
    box_id: str
    seq: int
    recorded_at: str
    received_at: str
    clock: str
    account: str
    meter: str
    zones: tuple[ZoneReading, ...]
    mode: str
    flags: tuple[str, ...]
    supersedes: str


class PulledReadings(msgspec.Struct, frozen=True):
    """GET /v1/readings?after=CURSOR&limit=N (billing). Without ``after`` it starts behind the last acknowledged
    cursor, so what was not acknowledged comes again, in the same order."""

    readings: tuple[PulledReading, ...]
    cursor: str
    more: bool


class PulledRequest(msgspec.Struct, frozen=True):
    """One wish of a caller that billing or its people carry out: ring back, send a link for paying, keep the phone as a
    contact of the accounts, keep it no longer. ``service`` as in CallBackWanted; ``accounts`` may be empty."""

    event_id: str
    box_id: str
    seq: int
    recorded_at: str
    received_at: str
    clock: str
    kind: Literal["call_back", "pay_link", "phone_saved", "phone_forgotten"]
    phone: str
    accounts: tuple[str, ...]
    service: str = ""


class PulledRequests(msgspec.Struct, frozen=True):
    """GET /v1/requests?after=CURSOR&limit=N (billing): like PulledReadings."""

    requests: tuple[PulledRequest, ...]
    cursor: str
    more: bool


class Acknowledgement(msgspec.Struct, frozen=True):
    """POST /v1/readings/ack, POST /v1/requests/ack (billing): everything up to ``cursor`` has been booked."""

    cursor: str


class CentreHealth(msgspec.Struct, frozen=True):
    """GET /v1/health (anybody): the centre answers and its database can be read."""

    status: Literal["ok"]


class Problem(msgspec.Struct, frozen=True):
    """RFC 9457 problem document; ``detail`` holds no personal data."""

    type: str
    title: str
    status: int
    detail: str = ""
