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
    KilowattHours,
    Kopecks,
    Meter,
    PhoneNumber,
    Register,
)
from box.courier.messages import AccountRecord, AddressRecord, BalanceRecord, MeterRecord, RegisterRecord

LONGEST_ACCOUNT = 20
LONGEST_TEXT = 200
LONGEST_SERIAL = 40
MOST_REGISTERS = 8
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
        address=_address(record.address),
        meters=meters,
        balance=_balance(record.balance) if record.balance else None,
        phones=tuple(PhoneNumber(phone) for phone in dict.fromkeys(record.phones)),
    )


def _address(record: AddressRecord) -> Address:
    parts = (record.settlement, record.street, record.house, record.building, record.flat)
    _demand(all(len(part) <= LONGEST_TEXT and part.isprintable() for part in parts), "address: a part of it is no text")
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
    )


def _register(record: RegisterRecord, capacity: int, where: str) -> Register:
    for text, name in ((record.zone, "id"), (record.name, "name")):
        _demand(len(text) <= LONGEST_TEXT and text.isprintable(), f"{where}: its {name} is no text")
    _demand(bool(record.zone), f"{where}: it has no id")
    return Register(
        zone=record.zone,
        name=record.name,
        last=_value(record.last, capacity, f"{where}: last"),
        last_on=_day(record.last_on, f"{where}: last_on") if record.last_on else None,
        last_is_estimate=record.last_is_estimate,
        last_actual=_value(record.last_actual, capacity, f"{where}: last_actual"),
    )


def _balance(record: BalanceRecord) -> Balance:
    _demand(abs(record.amount_kopecks) <= MOST_KOPECKS, "balance is beyond belief")
    return Balance(Kopecks(record.amount_kopecks), _day(record.as_of, "balance: as_of"))


def _value(text: str, capacity: int, where: str) -> str:
    if not text:
        return ""
    _demand(_is_number(text, range(1, capacity + 1)), f"{where} is not up to {capacity} digits")
    return text.zfill(capacity)


def _day(text: str, where: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    # fromisoformat takes week dates and dates without hyphens too; the contract does not.
    if day is None or day.isoformat() != text:
        raise RecordWrong(f"{where} is not a date YYYY-MM-DD")
    return day


def _is_number(text: str, lengths: range) -> bool:
    return len(text) in lengths and text.isascii() and text.isdigit()


def _demand(true: bool, fault: str) -> None:
    if not true:
        raise RecordWrong(fault)
