"""Everything that AT commands set and &W stores: basic settings, S registers, voice parameters."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field

from firmware.virtual.modem_profiles import FormatFacts, Label, ModemProfile, ranges_of

# Basic commands that set a value: the highest one that is taken. Behind most of them stands a data modem; here they are
# remembered and shown by &V.
BASIC_SETTINGS: dict[str, tuple[int, int]] = {
    # name: (factory value, highest value)
    "E": (1, 1),
    "L": (2, 3),
    "M": (1, 3),
    "N": (1, 1),
    "P": (0, 0),
    "Q": (0, 2),
    "T": (0, 0),
    "V": (1, 1),
    "W": (0, 2),
    "X": (4, 4),
    "Y": (0, 1),
    "&C": (1, 2),
    "&D": (2, 3),
    "&G": (0, 2),
    "&H": (1, 3),
    "&I": (0, 2),
    "&J": (0, 1),
    "&K": (3, 6),
    "&M": (0, 5),
    "&P": (0, 3),
    "&Q": (5, 6),
    "&R": (1, 2),
    "&S": (0, 2),
    "&T": (4, 9),
    "&X": (0, 2),
    "&Y": (0, 1),
    "\\A": (3, 3),
    "\\G": (0, 1),
    "\\N": (3, 5),
    "\\V": (1, 9),
    "%C": (3, 3),
    "%E": (2, 3),
}

# V.250 and the Conexant and USR manuals agree on these.
S_REGISTERS: dict[int, int] = {
    0: 0, 1: 0, 2: 43, 3: 13, 4: 10, 5: 8, 6: 2, 7: 50, 8: 2, 9: 6, 10: 14, 11: 95, 12: 50, 18: 0, 24: 0, 25: 5, 29: 70,
    30: 0, 36: 7, 38: 20, 46: 138, 48: 7, 95: 0,
}  # fmt: skip


class OutOfRange(ValueError):
    """A value that the modem does not take: it answers ERROR."""


@dataclass(slots=True)
class Stored:
    """The part that &W keeps."""

    basic: dict[str, int]
    registers: dict[int, int]
    parameters: dict[str, list[int]]


def _factory(profile: ModemProfile) -> Stored:
    return Stored(
        basic={name: value for name, (value, _) in BASIC_SETTINGS.items()},
        registers=dict(S_REGISTERS),
        parameters={name: list(facts.start) for name, facts in profile.parameters.items() if not facts.alias},
    )


@dataclass(slots=True)
class Settings:
    """The settings in force."""

    profile: ModemProfile
    now: Stored = field(init=False)
    kept: Stored = field(init=False)
    voice_class: bool = field(init=False)
    label: Label = field(init=False)
    sound: FormatFacts = field(init=False)
    rate_hz: int = field(init=False)

    def __post_init__(self) -> None:
        self.kept = _factory(self.profile)
        self.reset()

    def reset(self) -> None:
        """ATZ: the stored profile."""
        self._load(self.kept)

    def factory(self) -> None:
        """AT&F."""
        self._load(_factory(self.profile))

    def store(self) -> None:
        """AT&W."""
        self.kept = copy.deepcopy(self.now)

    def _load(self, stored: Stored) -> None:
        self.now = copy.deepcopy(stored)
        self.voice_class = False
        self.label = self.profile.label[0]
        power_on = self.profile.format_by_id(self.profile.power_on.format)
        assert power_on is not None
        self.sound, self.rate_hz = power_on, self.profile.power_on.rate_hz

    def parameter(self, name: str) -> list[int]:
        """The subparameters of "+VSD" and the like."""
        return self.now.parameters[name]

    def set_basic(self, name: str, value: int) -> None:
        """ATE0, AT&D2 and the like."""
        if value > BASIC_SETTINGS[name][1]:
            raise OutOfRange(f"{name}{value}")
        self.now.basic[name] = value

    def set_register(self, number: int, value: int) -> None:
        """ATSn=v; S1, the ring count, is taken and means nothing until the next ring."""
        if number not in self.now.registers or value > 255:
            raise OutOfRange(f"S{number}={value}")
        self.now.registers[number] = value

    def set_parameter(self, name: str, text: str) -> None:
        """``+NAME=text``; empty and missing subparameters keep their value (V.250 5.4.2.3)."""
        facts = self.profile.parameters[name]
        if facts.alias:
            name, facts = facts.alias, self.profile.parameters[facts.alias]
        fields = text.split(",")
        if len(fields) > len(facts.takes):
            raise OutOfRange(f"{name}: too many values")
        values = list(self.now.parameters[name])
        for place, given in enumerate(fields):
            if given.strip():
                values[place] = _in_ranges(given.strip(), ranges_of(facts.takes[place], facts.base), facts.base)
        self.now.parameters[name] = values

    def set_sound(self, text: str) -> None:
        """+VSM=<id>[,<rate>[,<silence>[,<expand>]]]; silence compression is not offered, so both must be 0."""
        fields = [part.strip() for part in text.split(",")]
        sound = self.profile.format_by_id(_decimal(fields[0]))
        if sound is None or len(fields) > 4:
            raise OutOfRange(text)
        preferred = self.profile.power_on.rate_hz
        rate_hz = preferred if preferred in sound.rates_hz else sound.rates_hz[0]
        if len(fields) > 1 and fields[1]:
            rate_hz = _decimal(fields[1])
        if rate_hz not in sound.rates_hz or any(part not in ("", "0") for part in fields[2:]):
            raise OutOfRange(text)
        self.sound, self.rate_hz = sound, rate_hz


def _decimal(text: str) -> int:
    if not (text.isascii() and text.isdigit()):
        raise OutOfRange(text)
    return int(text)


def _in_ranges(text: str, ranges: list[tuple[int, int]], base: int) -> int:
    if not set(text.upper()) <= set("0123456789ABCDEF"[:base]):
        raise OutOfRange(text)
    value = int(text, base)
    if not any(low <= value <= high for low, high in ranges):
        raise OutOfRange(text)
    return value
