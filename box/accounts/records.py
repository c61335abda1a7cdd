"""From the centre's record of an account to the account that a call works with, every value looked at on the way.

Pure. A record that does not hold together is refused whole: judging a reading against a half-understood meter would
cost a family money.
"""

from __future__ import annotations

from datetime import date

from box.accounts.model import (
    Account,
    AccountNumber,
    Address,
    Balance,
    DebtParts,
    KilowattHours,
    Kopecks,
    Meter,
    PayLink,
    PayLinkState,
    PhoneNumber,
    RefusedReading,
    Register,
)
from box.courier.messages import (
    AccountRecord,
    AddressRecord,
    BalanceRecord,
    DebtRecord,
    MeterRecord,
    PayLinkRecord,
    RefusedRecord,
    RegisterRecord,
)

LONGEST_ACCOUNT = 20
LONGEST_TEXT = 200
LONGEST_SERIAL = 40
LONGEST_ID = 64
"""Of an event, a tariff, an office."""

MOST_REGISTERS = 8
MOST_REFUSED = 50
LONGEST_READING = 10

REFUSAL_REASONS = frozenset({"lower", "high", "closed", "meter-changed", "other"})
CAPACITIES = range(4, 9)
"""Whole digits of a meter: caller-service.md §7.2 saw 4–7; 8 leaves room."""

PHONE_LENGTHS = range(7, 16)
"""Up to 15 digits with the country code (ITU-T E.164 §6); fewer than 7 is no subscriber."""

MOST_KOPECKS = 10**13


class RecordWrong(ValueError):
    """The record cannot be used. The text names the field and the fault, and holds no personal data."""


def account_from(record: AccountRecord) -> Account:
    """The account that ``record`` describes; RecordWrong when something in it cannot be true. Values shorter than the
    meter's capacity get their leading zeros."""
    _demand(_is_number(record.number, range(1, LONGEST_ACCOUNT + 1)), f"number is not 1–{LONGEST_ACCOUNT} digits")
    meters = tuple(_meter(meter, f"meter {n}") for n, meter in enumerate(record.meters, 1))
    _demand(len({meter.serial for meter in meters}) == len(meters), "two meters have one serial")
    for n, phone in enumerate(record.phones, 1):
        _demand(_is_number(phone, PHONE_LENGTHS), f"phone {n} is not 7–15 digits")
    return Account(
        number=AccountNumber(record.number),
        address=address_from(record.address),
        meters=meters,
        balance=_balance(record.balance) if record.balance else None,
        phones=tuple(PhoneNumber(phone) for phone in dict.fromkeys(record.phones)),
        tariff=_optional_id(record.tariff, "tariff"),
        debt=_debt(record.debt) if record.debt else None,
        refused=_all_refused(record.refused),
        pay_link=_pay_link(record.pay_link) if record.pay_link else None,
        office=_optional_id(record.office, "office"),
    )


def address_from(record: AddressRecord) -> Address:
    """The address in ``record``; RecordWrong when a part of it is no text."""
    parts = (record.settlement, record.street, record.house, record.building, record.flat)
    _demand(all(is_text(part) for part in parts), "address: a part of it is no text")
    return Address(*parts)


def _meter(record: MeterRecord, where: str) -> Meter:
    serial = record.serial
    _demand(0 < len(serial) <= LONGEST_SERIAL and serial.isprintable(), f"{where}: serial is empty or too long")
    _demand(record.whole_digits in CAPACITIES, f"{where}: whole_digits is not 4–8")
    _demand(0 <= record.fraction_digits <= 4, f"{where}: fraction_digits is not 0–4")
    _demand(record.usual_kwh >= 0, f"{where}: usual_kwh is negative")
    _demand(0 < record.power_kw <= 10_000, f"{where}: power_kw is not 1–10000")
    days = (record.window_first_day, record.window_last_day)
    _demand(all(1 <= day <= 31 for day in days), f"{where}: a day of the window is not 1–31")
    _demand(0 < len(record.registers) <= MOST_REGISTERS, f"{where}: it has no zones, or more than {MOST_REGISTERS}")
    registers = tuple(
        _register(register, record.whole_digits, f"{where}, zone {n}") for n, register in enumerate(record.registers, 1)
    )
    _demand(len({register.zone for register in registers}) == len(registers), f"{where}: two zones have one id")
    return Meter(
        serial=serial,
        whole_digits=record.whole_digits,
        registers=registers,
        fraction_digits=record.fraction_digits,
        usual_kwh=KilowattHours(record.usual_kwh),
        power_kw=record.power_kw,
        window_first_day=record.window_first_day,
        window_last_day=record.window_last_day,
        installed_on=day_from(record.installed_on, f"{where}: installed_on") if record.installed_on else None,
        reports_itself=record.reports_itself,
    )


def _register(record: RegisterRecord, capacity: int, where: str) -> Register:
    for text, name in ((record.zone, "id"), (record.name, "name")):
        _demand(is_text(text), f"{where}: its {name} is no text")
    _demand(bool(record.zone), f"{where}: it has no id")
    return Register(
        zone=record.zone,
        name=record.name,
        last=_value(record.last, capacity, f"{where}: last"),
        last_on=day_from(record.last_on, f"{where}: last_on") if record.last_on else None,
        last_is_estimate=record.last_is_estimate,
        last_actual=_value(record.last_actual, capacity, f"{where}: last_actual"),
    )


def _balance(record: BalanceRecord) -> Balance:
    _demand(abs(record.amount_kopecks) <= MOST_KOPECKS, "balance is beyond belief")
    return Balance(Kopecks(record.amount_kopecks), day_from(record.as_of, "balance: as_of"))


def _debt(record: DebtRecord) -> DebtParts:
    parts = (record.opening, record.charged, record.recalculated, record.paid, record.penalty, record.to_pay)
    _demand(all(abs(part) <= MOST_KOPECKS for part in parts), "debt: a part of it is beyond belief")
    try:
        month = day_from(f"{record.month}-01", "")
    except RecordWrong:
        raise RecordWrong("debt: month is not YYYY-MM") from None
    return DebtParts(month, *map(Kopecks, parts))


def _all_refused(records: tuple[RefusedRecord, ...]) -> tuple[RefusedReading, ...]:
    _demand(len(records) <= MOST_REFUSED, f"refused: more than {MOST_REFUSED} readings")
    return tuple(_refused(record, f"refused {n}") for n, record in enumerate(records, 1))


def _refused(record: RefusedRecord, where: str) -> RefusedReading:
    _demand(is_id(record.event_id), f"{where}: event_id is empty or too long")
    _demand(0 < len(record.meter) <= LONGEST_SERIAL and record.meter.isprintable(), f"{where}: meter is no serial")
    zones = tuple((zone.zone, zone.digits) for zone in record.zones)
    _demand(0 < len(zones) <= MOST_REGISTERS, f"{where}: it has no zones, or more than {MOST_REGISTERS}")
    for zone, digits in zones:
        _demand(is_id(zone), f"{where}: a zone has no id")
        _demand(_is_number(digits, range(1, LONGEST_READING + 1)), f"{where}: a value is not digits")
    _demand(len({zone for zone, _ in zones}) == len(zones), f"{where}: two zones have one id")
    # A reason that a later centre has added means no more to this release than «other».
    reason = record.reason if record.reason in REFUSAL_REASONS else "other"
    return RefusedReading(record.event_id, record.meter, day_from(record.given_on, f"{where}: given_on"), zones, reason)


def _pay_link(record: PayLinkRecord) -> PayLink:
    _demand(is_id(record.event_id), "pay_link: event_id is empty or too long")
    return PayLink(record.event_id, PayLinkState(record.state), day_from(record.on, "pay_link: on"))


def _optional_id(text: str, where: str) -> str:
    _demand(not text or is_id(text), f"{where} is no id")
    return text


def _value(text: str, capacity: int, where: str) -> str:
    if not text:
        return ""
    _demand(_is_number(text, range(1, capacity + 1)), f"{where} is not up to {capacity} digits")
    return text.zfill(capacity)


def day_from(text: str, where: str) -> date:
    """The date that ``text`` writes as YYYY-MM-DD; RecordWrong, naming ``where``, for anything else."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # fromisoformat takes week dates and dates without hyphens too; the contract does not.
    if day is None or day.isoformat() != text:
        raise RecordWrong(f"{where} is not a date YYYY-MM-DD")
    return day


def is_text(text: str) -> bool:
    """Whether it can be shown and said: printable, and not longer than anybody would say."""
    return len(text) <= LONGEST_TEXT and text.isprintable()


def is_id(text: str) -> bool:
    """Whether it can name an event, a zone, a tariff or an office."""
    return 0 < len(text) <= LONGEST_ID and text.isprintable()


def _is_number(text: str, lengths: range) -> bool:
    return len(text) in lengths and text.isascii() and text.isdigit()


def _demand(true: bool, fault: str) -> None:
    if not true:
        raise RecordWrong(fault)
