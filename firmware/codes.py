"""The words of a voice modem: shielded codes, one enum for each direction, and result codes.

One enum for each direction, because the same letter differs: from the modem ``u`` is an underrun, to the modem it is
"louder"; ``d`` is dial tone one way and "quieter" the other. Knows neither states nor profiles.

Sources: ITU-T V.253 (02/98), TIA IS-101 before it, and V.250 (07/2003) §5.7; the letters that these leave to makers
from Rockwell 1048 table 7-2, Rockwell RC56 tables 6-2 to 6-6, Conexant 102184B and the USR 5637-OEM guide. They are
gathered, with what is known of their behaviour, in voice-modem.md §6 (shielded codes) and §7 (result codes).
"""

from __future__ import annotations

from enum import Enum, IntEnum

DLE = 0x10
"""Shields the codes below; a sample of this value is doubled (V.253, voice stream)."""

KEY_CODES = frozenset(b"0123456789*#ABCD")
"""Shielded DTMF digits from the modem."""


class FromModem(IntEnum):
    """The byte after ``<DLE>`` on its way to the host, digits excepted."""

    SAMPLE = DLE  # one sample of value 0x10
    TWO_SAMPLES = 0x1A  # SUB: two samples of value 0x10; a host must accept it
    END_OF_STREAM = 0x03  # ETX; a result code follows
    KEY_BEGINS = ord("/")
    KEY_ENDS = ord("~")
    BUSY = ord("b")  # busy or reorder
    BUSY_ROCKWELL = ord("K")
    DIAL_TONE = ord("d")
    DIAL_TONE_ROCKWELL = ord("i")
    RINGBACK = ord("r")
    SILENCE = ord("s")  # nothing was ever said and the +VSD time has passed
    QUIET = ord("q")  # speech, then silence
    ANSWER_TONE_2100 = ord("a")
    ANSWER_TONE_2225 = ord("f")
    FAX_CALLING = ord("c")
    FAX_CALLING_ROCKWELL = ord("m")
    DATA_CALLING = ord("e")
    RING = ord("R")  # stands for the text RING in class 8
    LOCAL_PHONE_ON_HOOK = ord("h")
    LOCAL_PHONE_OFF_HOOK = ord("H")
    EXTENSION_ON_HOOK = ord("p")
    EXTENSION_OFF_HOOK = ord("P")
    LOOP_BREAK = ord("l")
    POLARITY_REVERSAL = ord("L")
    TRANSMIT_UNDERRUN = ord("u")  # one at the end of every +VTX is normal
    RECEIVE_OVERRUN = ord("o")
    TIMING_MARK = ord("T")
    PACKET_BEGINS = ord("X")  # complex event: caller ID, distinctive ring
    PACKET_ENDS = ord(".")
    SPECIAL_INFORMATION_TONE = ord("J")
    BONG = ord("$")
    CALL_WAITING = ord("w")
    TEXT_TELEPHONE = ord("t")  # Rockwell: handset off hook
    VOICE = ord("v")
    VOICE_ENDED = ord("V")
    BAD_VOICE_FORMAT = ord("E")
    LOST_DATA = ord("Y")
    CALL_WAITING_ALERT = ord("@")  # USR: CAS
    XON_SEEN = ord("Q")
    XOFF_SEEN = ord("S")


class ToModem(IntEnum):
    """The byte after ``<DLE>`` on its way to the modem."""

    SAMPLE = DLE
    END_TRANSMIT = 0x03  # ETX: after the buffer has drained
    DROP_BUFFER = 0x18  # CAN: what is buffered is not played; does not end a recording
    ABORT_RECEIVE = ord("!")
    END_RECEIVE = 0x1B  # ESC: after delivering what is buffered; not on Conexant and USR lists
    LEAVE_DUPLEX = ord("^")
    PAUSE = ord("p")  # Conexant
    RESUME = ord("r")  # Conexant
    CONCATENATE = 0x1C  # FS
    LOUDER = ord("u")
    QUIETER = ord("d")
    STAY_AWAKE = 0x00  # NUL: refreshes the inactivity timer
    KEY_REPORTS_OFF = ord("/")  # Si24xx
    KEY_REPORTS_ON = ord("~")  # Si24xx


def shielded(*codes: ToModem) -> bytes:
    """The codes as they stand on the wire, each behind its own DLE."""
    return bytes(byte for code in codes for byte in (DLE, code))


END_TRANSMIT = shielded(ToModem.END_TRANSMIT)
ABORT_TRANSMIT = shielded(ToModem.DROP_BUFFER, ToModem.END_TRANSMIT)
ABORT_RECEIVE = shielded(ToModem.ABORT_RECEIVE)
REGAIN_COMMAND_STATE = ABORT_TRANSMIT + ABORT_RECEIVE + shielded(ToModem.LEAVE_DUPLEX) + b"\r"
"""Ends whatever stream may be open; the CR ends a command line that the bytes may have begun (voice-modem.md §7)."""


class ResultCode(Enum):
    """Final and unsolicited result codes in their verbose form (V.250 §5.7.1 and V.253). Anything else is text."""

    OK = "OK"
    ERROR = "ERROR"
    CONNECT = "CONNECT"
    VCON = "VCON"
    NO_CARRIER = "NO CARRIER"
    BUSY = "BUSY"
    NO_ANSWER = "NO ANSWER"
    NO_DIALTONE = "NO DIALTONE"
    NO_DIAL_TONE = "NO DIAL TONE"
    RING = "RING"
    RINGING = "RINGING"
    DIGITAL_LINE_DETECTED = "DIGITAL LINE DETECTED"
    LINE_IN_USE = "LINE IN USE"
    DELAYED = "DELAYED"
    BLACKLISTED = "BLACKLISTED"


RESULT_BY_TEXT = {code.value: code for code in ResultCode}
