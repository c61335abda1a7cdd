"""Personal data print masked, whatever prints them."""

from __future__ import annotations

import io
import logging
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.accounts.model import AccountNumber, Address, PhoneNumber
from box.logs import masked, start_logging

ACCOUNT = AccountNumber("1234567890")
PHONE = PhoneNumber("74995550101")


@pytest.mark.parametrize("show", [str, repr, "{}".format, "{:>20}".format, lambda v: f"{v!r} {v!s} {v}", "%s".__mod__])
def test_no_way_of_printing_shows_the_digits(show: object) -> None:
    for value in (ACCOUNT, PHONE):
        assert value.digits not in show(value)  # type: ignore[operator]
        assert value.digits[:6] not in show(value)  # type: ignore[operator]


def test_masks_are_those_of_the_design() -> None:
    assert str(ACCOUNT) == "·····-···-90"
    assert str(PHONE) == "+7···0101"
    assert "Ленина" not in str(Address("Москва", "ул. Ленина", "12", "", "5"))


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("4995550101", "74995550101"),
        ("84995550101", "74995550101"),
        ("+7 (499) 555-01-01", "74995550101"),
        ("5550101", None),
        ("P", None),
        ("", None),
        (None, None),
        ("49955501012345", None),
        ("٤٩٩٥٥٥٠١٠١", None),
    ],
)
def test_a_partial_number_is_unknown(text: str | None, digits: str | None) -> None:
    number = PhoneNumber.from_caller_id(text)
    assert (number.digits if number else None) == digits


@given(st.text(max_size=12))
def test_only_digits_make_a_number(text: str) -> None:
    if text.isascii() and text.isdigit():
        assert AccountNumber(text).digits == text
    else:
        with pytest.raises(ValueError, match="digits only"):
            AccountNumber(text)


def test_an_account_is_not_a_phone() -> None:
    assert AccountNumber("74995550101") != PHONE
    assert len({PHONE, PhoneNumber("74995550101"), AccountNumber("74995550101")}) == 2


@pytest.mark.parametrize(
    "text",
    [
        "account 1234567890: not found",
        "phone 79161234567.",
        "phone:79161234567",
        "8-916-123-45-67",
        "12345 678 90",
        "1234567890_x",
        "KeyError: '1234567890'",
        "01578",
    ],
)
def test_rows_of_digits_are_masked_however_they_stand(text: str) -> None:
    assert re.fullmatch(r"\D*·\((5|10|11) digits\)\D*", masked(text))


@pytest.mark.parametrize(
    "text",
    [
        "call 01a1f7f8-51a5-7ba6-8641-673d82e70501 ended after 45 s",
        "the centre listens on https://127.0.0.1:43210",
        "flight record: line0-20261122T185512.txt",
        "on 2026-11-22 at 12:34:56",
        "98.6 % of 8000",
    ],
)
def test_ids_dates_and_ports_stay_readable(text: str) -> None:
    assert masked(text) == text


def test_a_traceback_in_the_log_is_masked_too() -> None:
    start_logging()
    root = logging.getLogger()
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    handler.setStream(stream := io.StringIO())
    try:
        try:
            {}["1234567890"]
        except KeyError:
            logging.getLogger("box.test").exception("account %s of phone %s", "1234567890", 74995550101)
    finally:
        root.handlers.clear()
    assert "Traceback" in stream.getvalue()
    assert not re.search(r"\d{5}", stream.getvalue())
