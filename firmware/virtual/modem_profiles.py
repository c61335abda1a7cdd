"""What distinguishes one model of modem from another: facts read from ``profiles/*.toml``, never decided in code.

Knows nothing of the driver's own profiles in ``config/modems``: the two are written apart so that a mistake in one
shows.
"""

from __future__ import annotations

import tomllib
from enum import Enum
from pathlib import Path
from typing import Literal

import msgspec

from firmware.virtual.modem_errors import ProfileUnknown

_FOLDER = Path(__file__).with_name("profiles")


class KeyStyle(Enum):
    """How a detected DTMF digit is spelt to the host."""

    SHIELDED_ONCE = "shielded-once"  # <DLE>/ <DLE>5 ... <DLE>~
    SHIELDED_REPEATED = "shielded-repeated"  # <DLE>/ <DLE>5 <DLE>5 ... <DLE>~
    BARE = "bare"  # <DLE>5


class EventBit(Enum):
    """Bits of the +VLS=? masks that this modem can report, from the most significant on (Rockwell RC56 table 6-6)."""

    DTMF = 4
    RX_OVERRUN = 5
    SILENCE = 9
    QUIET = 10
    LOOP_BREAK = 13
    POLARITY = 14
    RINGBACK = 18
    BUSY = 19
    DIAL_TONE = 20
    TX_UNDERRUN = 23


class _Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Base of everything read from a profile: frozen, and a key that nobody knows is an error."""


class Manner(_Facts, frozen=True):
    """How the firmware behaves where models differ."""

    key_style: KeyStyle
    duplex: bool
    duplex_end: list[Literal["^", "ETX"]]
    answer_result: Literal["OK", "VCON"]  # the final word of ATD and ATA in class 8
    caller_id_in_voice: Literal["text", "packet"]
    transmit_buffer_bytes: int
    busy_repeat_s: float  # 0 = once for every stretch of busy tone
    vcid_formats: int  # highest value of +VCID: 1 formatted, 2 also unformatted
    short_dle: bool = False
    graceful_record_end: bool = False
    record_end_result: bool = True
    pause_codes: bool = False
    caller_id_spaces: bool = True
    parameter_prefix: bool = False
    action_test_form: bool = True
    silence_detection: bool = True
    hangup_leaves_voice: bool = False
    line_late_in_ring: bool = False
    vsm_short_form: bool = False
    false_dial_tone_after_s: float = 0.0
    flash_s: float = 0.5


class ToneLimits(_Facts, frozen=True):
    """Bounds of a +VTS element; ``longest`` in units of 10 ms."""

    lowest_hz: int
    highest_hz: int
    longest: int


class PowerOn(_Facts, frozen=True):
    """The sound format after reset."""

    format: int
    rate_hz: int


class FormatFacts(_Facts, frozen=True):
    """One line of +VSM=?. ``codec`` names a codec of ``modem_sound``."""

    id: int
    name: str
    bits: int
    codec: str
    rates_hz: list[int]
    duplex: bool = True


class Label(_Facts, frozen=True):
    """One line of +VLS=?: hook state and the events reported while transmitting, receiving, idle."""

    id: int
    primitives: str
    masks: list[str]
    off_hook: bool = False


class ParameterFacts(_Facts, frozen=True):
    """A numeric parameter: ``takes`` holds the ranges of each subparameter, ``start`` the factory values."""

    takes: list[str]
    start: list[int] = []
    base: int = 10
    write_only: bool = False
    alias: str = ""


class ModemProfile(_Facts, frozen=True):
    """Everything about one model. ``name`` is that of its file."""

    title: str
    identity: dict[str, list[str]]
    manner: Manner
    tones: ToneLimits
    power_on: PowerOn
    format: list[FormatFacts]
    label: list[Label]
    parameters: dict[str, ParameterFacts]
    information: dict[str, list[str]]
    name: str = ""

    def format_by_id(self, number: int) -> FormatFacts | None:
        """The sound format with this +VSM number."""
        return next((one for one in self.format if one.id == number), None)

    def label_by_id(self, number: int) -> Label | None:
        """The line label with this +VLS number."""
        return next((one for one in self.label if one.id == number), None)


def reports(label: Label, column: int, event: EventBit) -> bool:
    """Whether ``label`` reports ``event`` while transmitting (column 0), receiving (1) or idle (2)."""
    return bool(int(label.masks[column], 16) >> (31 - event.value) & 1)


def ranges_of(text: str, base: int) -> list[tuple[int, int]]:
    """ "0,127-129" as [(0, 0), (127, 129)]."""
    pairs = []
    for part in text.split(","):
        low, _, high = part.partition("-")
        pairs.append((int(low, base), int(high or low, base)))
    return pairs


def profile_names() -> tuple[str, ...]:
    """The profiles that are shipped, in alphabetical order."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def load_profile(name: str) -> ModemProfile:
    """Read one profile. :class:`ProfileUnknown` names the choices, or the key that is wrong."""
    if name not in profile_names():
        raise ProfileUnknown(f"no modem profile {name!r}; choose one of: {', '.join(profile_names())}")
    path = _FOLDER / f"{name}.toml"
    try:
        facts = tomllib.loads(path.read_text(encoding="utf-8"))
        return msgspec.convert({**facts, "name": name}, ModemProfile, strict=True)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as problem:
        raise ProfileUnknown(f"{path.name}: {problem}") from problem
