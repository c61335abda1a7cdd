"""The centre's record of an account: what is taken, and each thing that is refused, named without personal data."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.accounts.model import (
    Account,
    Address,
    Balance,
    DebtParts,
    Kopecks,
    Meter,
    PayLink,
    PayLinkState,
    PhoneNumber,
    RefusedReading,
    Register,
)
from box.accounts.records import RecordWrong, account_from
from box.courier.messages import (
    AccountRecord,
    AddressRecord,
    BalanceRecord,
    DebtRecord,
    MeterRecord,
    PayLinkRecord,
    RefusedRecord,
    RegisterRecord,
    ZoneReading,
)

GOOD: dict[str, Any] = {
    "number": "1234567890",
    "address": {"settlement": "Москва", "street": "ул. Образцовая", "house": "12А", "building": "", "flat": "7"},
    "meters": [
        {
            "serial": "М-01234567",
            "whole_digits": 6,
            "fraction_digits": 1,
            "usual_kwh": 210,
            "power_kw": 10,
            "window_first_day": 20,
            "window_last_day": 25,
            "registers": [
                {"zone": "T1", "name": "дневная зона", "last": "1578", "last_on": "2026-10-20", "last_actual": "1500"},
                {"zone": "T2", "name": "ночная зона", "last": "", "last_is_estimate": True},
            ],
        }
    ],
    "balance": {"amount_kopecks": -34550, "as_of": "2026-11-19"},
    "phones": ["74995550101", "74995550102", "74995550101"],
    "tariff": "city-2",
    "debt": {
        "month": "2026-10",
        "opening": 10000,
        "charged": 45060,
        "recalculated": -500,
        "paid": 20000,
        "penalty": 10,
        "to_pay": 34570,
    },
    "refused": [
        {
            "event_id": "0190f2a0-0000-7000-8000-000000000000",
            "meter": "М-01234567",
            "given_on": "2026-10-20",
            "zones": [{"zone": "T1", "digits": "001400"}, {"zone": "T2", "digits": "000900"}],
            "reason": "lower",
        }
    ],
    "pay_link": {"event_id": "0190f2a0-0000-7000-8000-000000000001", "state": "failed", "on": "2026-11-01"},
    "office": "north",
}


def changed(*path: str | int, to: object) -> AccountRecord:
    """GOOD with one value replaced, read as the courier reads it."""
    data = msgspec.json.decode(msgspec.json.encode(GOOD))
    place = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = to
    return msgspec.convert(data, AccountRecord)


def test_every_field_arrives() -> None:
    account = account_from(msgspec.convert(GOOD, AccountRecord))
    assert account == Account(
        number=account.number,
        address=Address("Москва", "ул. Образцовая", "12А", "", "7"),
        meters=(
            Meter(
                serial="М-01234567",
                whole_digits=6,
                registers=(
                    Register("T1", "дневная зона", "001578", date(2026, 10, 20), False, "001500"),
                    Register("T2", "ночная зона", "", None, True, ""),
                ),
                fraction_digits=1,
                usual_kwh=account.meters[0].usual_kwh,
                power_kw=10,
                window_first_day=20,
                window_last_day=25,
            ),
        ),
        balance=Balance(Kopecks(-34550), date(2026, 11, 19)),
        phones=(PhoneNumber("74995550101"), PhoneNumber("74995550102")),
        tariff="city-2",
        debt=DebtParts(date(2026, 10, 1), *map(Kopecks, (10000, 45060, -500, 20000, 10, 34570))),
        refused=(
            RefusedReading(
                "0190f2a0-0000-7000-8000-000000000000",
                "М-01234567",
                date(2026, 10, 20),
                (("T1", "001400"), ("T2", "000900")),
                "lower",
            ),
        ),
        pay_link=PayLink("0190f2a0-0000-7000-8000-000000000001", PayLinkState.FAILED, date(2026, 11, 1)),
        office="north",
    )
    assert account.number.digits == "1234567890"
    assert account.meters[0].usual_kwh == 210


METER_1 = ("meters", 0)
ZONE_1 = (*METER_1, "registers", 0)


@pytest.mark.parametrize(
    ("path", "to", "fault"),
    [
        (("number",), "", "number"),
        (("number",), "12345-678-90", "number"),
        (("number",), "١٢٣", "number"),
        (("number",), "1" * 21, "number"),
        (("address", "street"), "ул.\nОбразцовая", "address"),
        (("address", "flat"), "1" * 201, "address"),
        ((*METER_1, "serial"), "", "meter 1: serial"),
        ((*METER_1, "serial"), "1" * 41, "meter 1: serial"),
        ((*METER_1, "whole_digits"), 3, "meter 1: whole_digits"),
        ((*METER_1, "whole_digits"), 9, "meter 1: whole_digits"),
        ((*METER_1, "fraction_digits"), -1, "meter 1: fraction_digits"),
        ((*METER_1, "usual_kwh"), -1, "meter 1: usual_kwh"),
        ((*METER_1, "power_kw"), 0, "meter 1: power_kw"),
        ((*METER_1, "window_first_day"), 0, "meter 1: a day of the window"),
        ((*METER_1, "window_last_day"), 32, "meter 1: a day of the window"),
        ((*METER_1, "registers"), [], "meter 1: it has no zones"),
        ((*METER_1, "registers"), [{"zone": f"T{n}"} for n in range(9)], "meter 1: it has no zones, or more than 8"),
        ((*METER_1, "registers"), [{"zone": "T1"}, {"zone": "T1"}], "meter 1: two zones have one id"),
        (("meters",), GOOD["meters"] * 2, "two meters have one serial"),
        ((*ZONE_1, "zone"), "", "meter 1, zone 1: it has no id"),
        ((*ZONE_1, "name"), "a\x00", "meter 1, zone 1: its name"),
        ((*ZONE_1, "last"), "1234567", "meter 1, zone 1: last is not up to 6 digits"),
        ((*ZONE_1, "last"), "12.5", "meter 1, zone 1: last"),
        ((*ZONE_1, "last_actual"), "-1", "meter 1, zone 1: last_actual"),
        ((*ZONE_1, "last_on"), "20261020", "meter 1, zone 1: last_on"),
        ((*ZONE_1, "last_on"), "2026-W43-2", "meter 1, zone 1: last_on"),
        ((*ZONE_1, "last_on"), "2026-02-30", "meter 1, zone 1: last_on"),
        (("balance", "as_of"), "", "balance: as_of"),
        (("balance", "amount_kopecks"), 10**14, "balance"),
        (("phones", 1), "+74995550102", "phone 2"),
        (("phones", 0), "123456", "phone 1"),
        (("phones", 0), "1" * 16, "phone 1"),
        (("tariff",), "t" * 65, "tariff is no id"),
        (("tariff",), "a\nb", "tariff is no id"),
        (("office",), "o" * 65, "office is no id"),
        (("debt", "month"), "2026-13", "debt: month is not YYYY-MM"),
        (("debt", "month"), "2026-10-01", "debt: month is not YYYY-MM"),
        (("debt", "to_pay"), 10**14, "debt: a part of it"),
        (("debt", "recalculated"), -(10**14), "debt: a part of it"),
        (("refused",), GOOD["refused"] * 51, "refused: more than 50"),
        (("refused", 0, "event_id"), "", "refused 1: event_id"),
        (("refused", 0, "meter"), "", "refused 1: meter"),
        (("refused", 0, "given_on"), "", "refused 1: given_on"),
        (("refused", 0, "zones"), [], "refused 1: it has no zones"),
        (("refused", 0, "zones", 0, "digits"), "12.5", "refused 1: a value"),
        (("refused", 0, "zones", 0, "zone"), "T2", "refused 1: two zones have one id"),
        (("refused", 0, "zones", 0, "zone"), "", "refused 1: a zone has no id"),
        (("pay_link", "event_id"), "", "pay_link: event_id"),
        (("pay_link", "on"), "yesterday", "pay_link: on"),
    ],
)
def test_what_cannot_be_true_is_refused(path: tuple[str | int, ...], to: object, fault: str) -> None:
    with pytest.raises(RecordWrong) as raised:
        account_from(changed(*path, to=to))
    assert str(raised.value).startswith(fault)
    assert not any(personal in str(raised.value) for personal in ("1234567890", "7499555", "Образцовая", "01234567"))


def test_a_reason_of_a_later_release_is_some_reason() -> None:
    account = account_from(changed("refused", 0, "reason", to="photo-wanted"))
    assert [refused.reason for refused in account.refused] == ["other"]


def test_no_balance_no_meters_no_phones() -> None:
    account = account_from(AccountRecord("1", AddressRecord("", "", "")))
    assert (account.meters, account.balance, account.phones) == ((), None, ())


wild = st.text(max_size=25) | st.text("0123456789-", max_size=12) | st.dates().map(str)
numbers = st.integers(-(10**15), 10**15) | st.integers(0, 40)
registers = st.builds(RegisterRecord, wild, wild, wild, wild, st.booleans(), wild)
meter_records = st.builds(
    MeterRecord,
    wild,
    numbers,
    st.lists(registers, max_size=3).map(tuple),
    *[numbers] * 5,
)
records = st.builds(
    AccountRecord,
    wild,
    st.builds(AddressRecord, wild, wild, wild, wild, wild),
    st.lists(meter_records, max_size=2).map(tuple),
    st.none() | st.builds(BalanceRecord, numbers, wild),
    st.lists(wild, max_size=3).map(tuple),
    wild,
    st.none() | st.builds(DebtRecord, wild, *[numbers] * 6),
    st.lists(
        st.builds(
            RefusedRecord, wild, wild, wild, st.lists(st.builds(ZoneReading, wild, wild), max_size=2).map(tuple), wild
        ),
        max_size=2,
    ).map(tuple),
    st.none() | st.builds(PayLinkRecord, wild, st.sampled_from(["sent", "failed"]), wild),
    wild,
)


@given(records)
def test_any_record_gives_an_account_or_the_declared_refusal(record: AccountRecord) -> None:
    try:
        account = account_from(record)
    except RecordWrong:
        return
    for meter in account.meters:
        for register in meter.registers:
            for value in (register.last, register.last_actual):
                assert value == "" or (value.isdigit() and len(value) == meter.whole_digits)
