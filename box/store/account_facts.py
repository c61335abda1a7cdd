"""An account as one compact document: JSON lists by position, about a third of the size of JSON objects.

A later release may add fields at the end of a list, with defaults: older documents then still open, and an older
release passes over what it does not know. The account's number and phones are columns of their own and not repeated
here.
"""

from __future__ import annotations

from datetime import date

import msgspec

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


class _Register(msgspec.Struct, frozen=True, array_like=True):
    zone: str
    name: str
    last: str
    last_on: date | None
    last_is_estimate: bool
    last_actual: str


class _Meter(msgspec.Struct, frozen=True, array_like=True):
    serial: str
    whole_digits: int
    registers: list[_Register]
    fraction_digits: int
    usual_kwh: int
    power_kw: int
    window_first_day: int
    window_last_day: int
    # From here on with defaults: the first release did not write them.
    installed_on: date | None = None
    reports_itself: bool = False


class _Debt(msgspec.Struct, frozen=True, array_like=True):
    month: date
    opening: int
    charged: int
    recalculated: int
    paid: int
    penalty: int
    to_pay: int


class _Refused(msgspec.Struct, frozen=True, array_like=True):
    event_id: str
    meter: str
    given_on: date
    zones: list[tuple[str, str]]
    reason: str


class _PayLink(msgspec.Struct, frozen=True, array_like=True):
    event_id: str
    state: PayLinkState
    on: date


class _Facts(msgspec.Struct, frozen=True, array_like=True):
    address: tuple[str, str, str, str, str]
    meters: list[_Meter]
    balance_kopecks: int | None
    balance_as_of: date | None
    # From here on with defaults: the first release did not write them.
    tariff: str = ""
    debt: _Debt | None = None
    refused: list[_Refused] = []
    pay_link: _PayLink | None = None
    office: str = ""


_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(_Facts).decode


def pack(account: Account) -> bytes:
    """The document of ``account``, without number, phones and earlier readings."""
    a = account.address
    balance = account.balance
    return _encode(
        _Facts(
            address=(a.settlement, a.street, a.house, a.building, a.flat),
            meters=[_packed(meter) for meter in account.meters],
            balance_kopecks=balance.amount if balance else None,
            balance_as_of=balance.as_of if balance else None,
            tariff=account.tariff,
            debt=_packed_debt(account.debt) if account.debt else None,
            refused=[_Refused(r.event_id, r.meter, r.given_on, list(r.zones), r.reason) for r in account.refused],
            pay_link=_PayLink(link.event_id, link.state, link.on) if (link := account.pay_link) else None,
            office=account.office,
        )
    )


def unpack(number: str, facts: bytes, phones: tuple[str, ...] = ()) -> Account:
    """The account again. ValueError (msgspec's errors are its children) when the document is not one of ours."""
    f = _decode(facts)
    balance = None
    if f.balance_kopecks is not None and f.balance_as_of is not None:
        balance = Balance(Kopecks(f.balance_kopecks), f.balance_as_of)
    return Account(
        number=AccountNumber(number),
        address=Address(*f.address),
        meters=tuple(_unpacked(meter) for meter in f.meters),
        balance=balance,
        phones=tuple(map(PhoneNumber, phones)),
        tariff=f.tariff,
        debt=_unpacked_debt(f.debt) if f.debt else None,
        refused=tuple(RefusedReading(r.event_id, r.meter, r.given_on, tuple(r.zones), r.reason) for r in f.refused),
        pay_link=PayLink(f.pay_link.event_id, f.pay_link.state, f.pay_link.on) if f.pay_link else None,
        office=f.office,
    )


def _packed_debt(d: DebtParts) -> _Debt:
    return _Debt(d.month, d.opening, d.charged, d.recalculated, d.paid, d.penalty, d.to_pay)


def _unpacked_debt(d: _Debt) -> DebtParts:
    parts = (d.opening, d.charged, d.recalculated, d.paid, d.penalty, d.to_pay)
    return DebtParts(d.month, *map(Kopecks, parts))


def _packed(meter: Meter) -> _Meter:
    registers = [
        _Register(r.zone, r.name, r.last, r.last_on, r.last_is_estimate, r.last_actual) for r in meter.registers
    ]
    return _Meter(
        *(meter.serial, meter.whole_digits, registers, meter.fraction_digits, meter.usual_kwh, meter.power_kw),
        *(meter.window_first_day, meter.window_last_day, meter.installed_on, meter.reports_itself),
    )


def _unpacked(m: _Meter) -> Meter:
    return Meter(
        serial=m.serial,
        whole_digits=m.whole_digits,
        registers=tuple(
            Register(r.zone, r.name, r.last, r.last_on, r.last_is_estimate, r.last_actual) for r in m.registers
        ),
        fraction_digits=m.fraction_digits,
        usual_kwh=KilowattHours(m.usual_kwh),
        power_kw=m.power_kw,
        window_first_day=m.window_first_day,
        window_last_day=m.window_last_day,
        installed_on=m.installed_on,
        reports_itself=m.reports_itself,
    )
