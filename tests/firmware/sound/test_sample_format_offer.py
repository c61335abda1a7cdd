"""Answers to ``AT+VSM=?`` as manuals and field reports give them, and what we make of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from firmware.errors import NotAVoiceModem
from firmware.sound_formats import FORMATS, OfferedFormat, choose_format, parse_sample_formats

# Conexant 102184B §5: the older SmartACF parts.
SMARTACF = """1,"UNSIGNED PCM",8,0,8000,0,0
129,"IMA ADPCM",4,0,8000,0,0
130,"UNSIGNED PCM",8,0,8000,0,0
140,"2 Bit ADPCM",2,0,8000,0,0
141,"4 Bit ADPCM",4,0,8000,0,0"""

# CX93001, put together from the dialect table (voice-modem facts): numbers and names as reported from the field.
CX93001 = """0,"SIGNED PCM",8,0,8000,0,0
1,"UNSIGNED PCM",8,0,8000,0,0
129,"IMA ADPCM",4,0,8000,0,0
130,"UNSIGNED PCM",8,0,8000,0,0
131,"Mu-Law",8,0,8000,0,0
132,"A-Law",8,0,8000,0,0
133,"14 bit PCM",14,0,8000,0,0"""

# USR 5637 and the LSI parts; the order of the laws is the other way round. From vgetty's Multitech_5634ZPX driver.
USR5637 = """128,"8-BIT LINEAR",(7200,8000,11025)
129,"16-BIT LINEAR",(7200,8000,11025)
130,"8-BIT ALAW",(8000)
131,"8-BIT ULAW",(8000)
132,"IMA ADPCM",(7200,8000,11025)"""

# USR 56K Softmodem command reference, page 142.
USR_SOFT = """1,"UNSIGNED PCM",8,0,(7200,8000),(0),(0)
128,"8-BIT LINEAR",8,0,(7200,8000),(0),(0)
129,"ADPCM",4,0,(7200,8000),(0),(0)
130,"UNSIGNED PCM",8,0,(7200,8000),(0),(0)
131,"ULAW",8,0,(7200,8000),(0),(0)
132,"ALAW",8,0,(7200,8000),(0),(0)
133,"LINEAR",16,0,(7200,8000),(0),(0)"""

# Multi-Tech S000263C page 115: twelve bits, ranges, and a coding with its author.
MULTITECH = """128,"SIGNED PCM",12,0,(7200-8000,11025),(127-129),(0-50)
132,"ADPCM/AQ",2,40,(7200),(128),(0-50)
133,"U-Log/ITU",8,0,(7200-8000,11025),(127-129),(0-50)"""

# ZyXEL U-1496 manual page 90.
ZYXEL = """1;CELP;1;0;(9600)
2;ADPCM;2;0;(9600)
3;ADPCM;3;0;(9600)"""


def names(answer: str) -> list[tuple[int, str]]:
    return [(offer.id, offer.name) for offer in parse_sample_formats(answer.splitlines())]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (SMARTACF, [(1, "linear8u"), (129, "ima4"), (130, "linear8u")]),
        (CX93001, [(0, "linear8s"), (1, "linear8u"), (129, "ima4"), (130, "linear8u"), (131, "ulaw"), (132, "alaw")]),
        (USR5637, [(128, "linear8u"), (129, "linear16"), (130, "alaw"), (131, "ulaw"), (132, "ima4")]),
        (
            USR_SOFT,
            [(1, "linear8u"), (128, "linear8u"), (130, "linear8u"), (131, "ulaw"), (132, "alaw"), (133, "linear16")],
        ),
        (MULTITECH, [(133, "ulaw")]),
        (ZYXEL, []),
    ],
)
def test_names_of_known_modems(answer: str, expected: list[tuple[int, str]]) -> None:
    assert names(answer) == expected
    assert names("\n".join("+VSM: " + line for line in answer.splitlines())) == expected
    assert names(answer.lower()) == expected
    assert names(answer.replace(",", " , ")) == expected


def test_rates() -> None:
    rates = {offer.id: offer.rates_hz for offer in parse_sample_formats((USR5637 + "\n" + MULTITECH).splitlines())}
    assert rates[128] == (7200, 8000, 11025)
    assert rates[131] == (8000,)
    assert rates[133] == (7200, 8000, 11025)


@pytest.mark.parametrize(
    ("answer", "chosen"),
    [
        (SMARTACF, OfferedFormat(1, "linear8u", (8000,))),
        (CX93001, OfferedFormat(131, "ulaw", (8000,))),
        (USR5637, OfferedFormat(131, "ulaw", (8000,))),
        (USR_SOFT, OfferedFormat(131, "ulaw", (7200, 8000))),
        ('5,"ALAW",8,0,8000,0,0\n1,"UNSIGNED PCM",8,0,8000,0,0', OfferedFormat(5, "alaw", (8000,))),
        ('0,"SIGNED PCM",16,0,8000,0,0', OfferedFormat(0, "linear16", (8000,))),
        ('4,"ULAW",8,0,7200,0,0\n1,"UNSIGNED PCM",8,0,8000,0,0', OfferedFormat(1, "linear8u", (8000,))),
    ],
)
def test_the_best_format_at_8000_hz_is_chosen(answer: str, chosen: OfferedFormat) -> None:
    assert choose_format(parse_sample_formats(answer.splitlines())) == chosen


def test_the_caller_may_prefer_another() -> None:
    offered = parse_sample_formats(USR5637.splitlines())
    assert choose_format(offered, ("linear16", "ulaw")).id == 129
    assert choose_format(offered, ("linear8s", "alaw")).id == 130


def test_nothing_usable_is_said_in_one_line() -> None:
    with pytest.raises(NotAVoiceModem, match=r"none of .*ulaw.* at 8000 Hz .*nothing known") as refused:
        choose_format(parse_sample_formats(ZYXEL.splitlines()))
    assert "\n" not in str(refused.value)
    with pytest.raises(NotAVoiceModem, match="4 ulaw at 7200 Hz"):
        choose_format(parse_sample_formats(['4,"ULAW",8,0,7200,0,0']))


@pytest.mark.parametrize(
    "line",
    [
        "OK",
        "",
        '128,"',
        '+VSM: "ULAW"',
        "RING",
        '128,"8-BIT LINEAR',
        '1,"UNSIGNED PCM",16,0,8000,0,0',
        '1,"ULAW",16,0,8000,0,0',
        '4,"SIGNED PCM",14,0,8000,0,0',
        '999999,"ULAW",8,0,8000,0,0',
        '133,"G.729",8,0,8000,0,0',
        '141,"4-BIT ADPCM",4,0,8000,0,0',
    ],
)
def test_what_is_not_understood_is_passed_over(line: str) -> None:
    assert parse_sample_formats([line]) == ()


@settings(deadline=None)
@given(st.lists(st.text(max_size=80), max_size=5))
def test_garbage_never_breaks_the_reading(lines: list[str]) -> None:
    assert all(offer.name in FORMATS for offer in parse_sample_formats(lines))


@settings(deadline=None)
@given(
    st.text(alphabet='0123456789,;"()- +VSM:=?ULAWIMADPCMBIT²３', max_size=60).map(lambda tail: '7,"ULAW"' + tail),
)
def test_garbage_after_a_name_never_breaks_the_reading(line: str) -> None:
    assert len(parse_sample_formats([line])) <= 1
