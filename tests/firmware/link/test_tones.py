"""+VTS strings: the golden one of voice-modem.md §5, and the limits."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.errors import Misuse
from firmware.profiles import ToneLimits
from firmware.tones import duration_s, vts_line
from firmware.vocabulary import DialKey, Flash, Pause, ToneElement

LIMITS = ToneLimits(longest_element_s=2.55, longest_line_chars=80, pause="[,,{t}]")
SPELT_OUT = ToneLimits(longest_element_s=2.55, longest_line_chars=80, pause="[0,0,{t}]")
TRANSFER = (Flash(0.3), Pause(1.0), DialKey("1"), Pause(0.08), DialKey("2"))


def test_the_transfer_of_the_reference() -> None:
    assert vts_line(TRANSFER, LIMITS) == "AT+VTS={!,30},[,,100],{1,10},[,,8],{2,10}"
    assert vts_line(TRANSFER, SPELT_OUT) == "AT+VTS={!,30},[0,0,100],{1,10},[0,0,8],{2,10}"
    assert duration_s(TRANSFER) == pytest.approx(1.58)


def test_a_long_pause_is_cut_into_pieces_the_modem_takes() -> None:
    assert vts_line((Pause(5.0),), LIMITS) == "AT+VTS=[,,250],[,,250]"
    assert vts_line((Pause(2.55),), LIMITS) == "AT+VTS=[,,255]"
    assert vts_line((Pause(2.56),), LIMITS) == "AT+VTS=[,,128],[,,128]"


@given(st.floats(min_value=0.01, max_value=15))
def test_no_pause_is_lost_or_too_long(length_s: float) -> None:
    line = vts_line((Pause(length_s),), LIMITS)
    units = [int(text) for text in re.findall(r"\[,,(\d+)\]", line)]
    assert sum(units) == round(length_s * 100)
    assert max(units) <= 255


@pytest.mark.parametrize(
    "elements",
    [
        (),
        (Flash(1.0),),  # the exchange takes it for a hang-up
        (Flash(0.05),),
        (DialKey("x"),),
        (DialKey(""),),
        (DialKey("12"),),
        (DialKey("1", 3.0),),
        (DialKey("1", 0.03),),
        (Pause(0.0),),
        (Pause(100.0),),
        tuple(DialKey("1") for _ in range(40)),
        (Flash(float("nan")),),
    ],
)
def test_what_no_exchange_would_understand_is_refused(elements: tuple[ToneElement, ...]) -> None:
    with pytest.raises(Misuse):
        vts_line(elements, LIMITS)
