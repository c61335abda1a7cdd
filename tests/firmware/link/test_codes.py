"""The codes against the tables of the manuals (voice-modem.md §6, §7), written out a second time."""

from __future__ import annotations

import pytest

from firmware import codes
from firmware.codes import KEY_CODES, RESULT_BY_TEXT, FromModem, ResultCode, ToModem

MODEM_TO_HOST = {
    "END_OF_STREAM": b"\x03",
    "TWO_SAMPLES": b"\x1a",
    "KEY_BEGINS": b"/",
    "KEY_ENDS": b"~",
    "BUSY": b"b",
    "BUSY_ROCKWELL": b"K",
    "DIAL_TONE": b"d",
    "DIAL_TONE_ROCKWELL": b"i",
    "RINGBACK": b"r",
    "SILENCE": b"s",
    "QUIET": b"q",
    "ANSWER_TONE_2100": b"a",
    "ANSWER_TONE_2225": b"f",
    "FAX_CALLING": b"c",
    "DATA_CALLING": b"e",
    "RING": b"R",
    "LOCAL_PHONE_ON_HOOK": b"h",
    "LOCAL_PHONE_OFF_HOOK": b"H",
    "LOOP_BREAK": b"l",
    "POLARITY_REVERSAL": b"L",
    "TRANSMIT_UNDERRUN": b"u",
    "RECEIVE_OVERRUN": b"o",
    "TIMING_MARK": b"T",
    "PACKET_BEGINS": b"X",
    "PACKET_ENDS": b".",
}
HOST_TO_MODEM = {
    "END_TRANSMIT": b"\x03",
    "DROP_BUFFER": b"\x18",
    "ABORT_RECEIVE": b"!",
    "END_RECEIVE": b"\x1b",
    "LEAVE_DUPLEX": b"^",
    "CONCATENATE": b"\x1c",
    "LOUDER": b"u",
    "QUIETER": b"d",
    "STAY_AWAKE": b"\x00",
}


@pytest.mark.parametrize(("name", "byte"), MODEM_TO_HOST.items())
def test_what_the_modem_shields(name: str, byte: bytes) -> None:
    assert bytes([FromModem[name]]) == byte


@pytest.mark.parametrize(("name", "byte"), HOST_TO_MODEM.items())
def test_what_the_host_shields(name: str, byte: bytes) -> None:
    assert bytes([ToModem[name]]) == byte


def test_no_key_is_also_an_event() -> None:
    assert bytes(sorted(KEY_CODES)) == b"#*0123456789ABCD"
    assert not KEY_CODES & {code.value for code in FromModem}


def test_whole_orders() -> None:
    assert codes.END_TRANSMIT == b"\x10\x03"
    assert codes.ABORT_TRANSMIT == b"\x10\x18\x10\x03"
    assert codes.ABORT_RECEIVE == b"\x10!"
    assert codes.REGAIN_COMMAND_STATE == b"\x10\x18\x10\x03\x10!\x10^\r"


def test_result_codes_are_those_of_the_reference() -> None:
    wanted = (
        "OK,ERROR,CONNECT,VCON,NO CARRIER,BUSY,NO ANSWER,NO DIALTONE,NO DIAL TONE,RING,RINGING,DIGITAL LINE DETECTED,"
        "LINE IN USE,DELAYED,BLACKLISTED"
    )
    assert set(RESULT_BY_TEXT) == set(wanted.split(","))
    assert RESULT_BY_TEXT["NO CARRIER"] is ResultCode.NO_CARRIER
