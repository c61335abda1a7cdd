"""What billing may publish of an account: the facts that a call relies on, checked before a box hears. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from box.accounts.records import MOST_REFUSED, REFUSAL_REASONS, RecordWrong, account_from
from box.centre.rules import ACCOUNT, DIGITS, LARGEST_NUMBER, MAX_ZONES, PHONE, WORD
from box.courier.messages import AccountRecord, DebtRecord, MeterRecord, Publication, RefusedRecord

MAX_METERS = 50
MAX_PHONES = 50
MAX_BOXES = 1000

_BOX = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")


def publication_mistake(publication: Publication) -> str:
    """The first mistake in what billing publishes, as the name of a field; '' when there is none."""
    if not ACCOUNT.fullmatch(publication.number):
        return "number"
    if len(publication.boxes) > MAX_BOXES or not all(_BOX.fullmatch(box) for box in publication.boxes):
        return "boxes"
    record = publication.account
    if record is None:
        return ""
    if record.number != publication.number:
        return "account.number"
    return next(_record_mistakes(record), "")


def _record_mistakes(record: AccountRecord) -> Iterator[str]:
    if len(record.phones) > MAX_PHONES or not all(PHONE.fullmatch(phone) for phone in record.phones):
        yield "account.phones"
    if record.balance is not None and (
        not _is_date(record.balance.as_of) or abs(record.balance.amount_kopecks) > LARGEST_NUMBER
    ):
        yield "account.balance"
    if len(record.meters) > MAX_METERS or len({meter.serial for meter in record.meters}) != len(record.meters):
        yield "account.meters"
    for index, meter in enumerate(record.meters):
        for mistake in _meter_mistakes(meter):
            yield f"account.meters[{index}].{mistake}"
    yield from _told_mistakes(record)
    try:
        account_from(record)
    except RecordWrong as fault:
        # What a box would pass over whole, billing must hear of now; the text names no value.
        yield f"account ({fault})"


def _told_mistakes(record: AccountRecord) -> Iterator[str]:
    """What is told to callers beside meters and balance."""
    for name, id_ in (("tariff", record.tariff), ("office", record.office)):
        if id_ and not WORD.fullmatch(id_):
            yield f"account.{name}"
    if record.debt is not None and not _is_debt(record.debt):
        yield "account.debt"
    if len(record.refused) > MOST_REFUSED:
        yield "account.refused"
    for index, refused in enumerate(record.refused):
        if mistake := next(_refused_mistakes(refused), ""):
            yield f"account.refused[{index}].{mistake}"
    if record.pay_link is not None and not (_is_date(record.pay_link.on) and WORD.fullmatch(record.pay_link.event_id)):
        yield "account.pay_link"


def _is_debt(debt: DebtRecord) -> bool:
    parts = (debt.opening, debt.charged, debt.recalculated, debt.paid, debt.penalty, debt.to_pay)
    return _is_date(f"{debt.month}-01") and all(abs(part) <= LARGEST_NUMBER for part in parts)


def _refused_mistakes(refused: RefusedRecord) -> Iterator[str]:
    if not WORD.fullmatch(refused.event_id):
        yield "event_id"
    if not WORD.fullmatch(refused.meter):
        yield "meter"
    if not _is_date(refused.given_on):
        yield "given_on"
    zones = [zone.zone for zone in refused.zones]
    sound = all(zones) and all(DIGITS.fullmatch(zone.digits) for zone in refused.zones)
    if not 1 <= len(zones) <= MAX_ZONES or len(set(zones)) != len(zones) or not sound:
        yield "zones"
    if refused.reason not in REFUSAL_REASONS:
        yield "reason"


def _meter_mistakes(meter: MeterRecord) -> Iterator[str]:
    if not WORD.fullmatch(meter.serial):
        yield "serial"
    if not 4 <= meter.whole_digits <= 8:
        yield "whole_digits"
    if not 0 <= meter.fraction_digits <= 4:
        yield "fraction_digits"
    if not 1 <= meter.window_first_day <= meter.window_last_day <= 31:
        yield "window_first_day"
    zones = [register.zone for register in meter.registers]
    if not 1 <= len(zones) <= MAX_ZONES or len(set(zones)) != len(zones) or not all(zones):
        yield "registers"
    for register in meter.registers:
        if not _fits(register.last, meter.whole_digits) or not _fits(register.last_actual, meter.whole_digits):
            yield "registers.last"
        if register.last_on and not _is_date(register.last_on):
            yield "registers.last_on"


def _fits(value: str, capacity: int) -> bool:
    return not value or (len(value) == capacity and value.isascii() and value.isdigit())


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
