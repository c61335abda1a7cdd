"""Personal data print masked, whatever prints them."""

from __future__ import annotations

import io
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.accounts.model import AccountNumber, Address, PhoneNumber
from box.logs import DigitsMasked, start_logging

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


def test_the_log_masks_what_slipped_through() -> None:
    start_logging()
    root = logging.getLogger()
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    out = handler.setStream(io.StringIO())
    stream = handler.stream
    try:
        logging.getLogger("box.test").info("account %s of phone %s in 12:34:56", "1234567890", 74995550101)
    finally:
        handler.setStream(out)
        root.handlers.clear()
    text = stream.getvalue()
    assert "1234567890" not in text
    assert "74995550101" not in text
    assert "12:34:56" in text
    assert any(isinstance(f, DigitsMasked) for f in handler.filters)
