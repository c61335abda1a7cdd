"""What the modem can put on the line by itself: the +VTS list and ATD strings as steps, and the steps as frames.

Grammar of +VTS: ITU-T V.253 (02/98) 10.2.4 as RC56 and CX930xx print it; of ATD: V.250 6.3.1. Knows no commands and no
states. Everything is dialled with tones, ATDP too.
"""

from __future__ import annotations

import math
import re
from collections import deque
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from firmware.virtual.line import FRAME_S, FRAME_SAMPLES, RATE_HZ, LineSamples
from firmware.virtual.modem_ear import COLUMNS_HZ, KEYPAD, ROWS_HZ
from firmware.virtual.modem_profiles import ToneLimits

TONE_UNIT_S = 0.01
_DTMF_GAP_S = 0.05  # between two digits of +VTS that follow each other, so that equal ones stay two (Q.24: 40 ms)
_DIAL_TONE_SURE_S = 1.0
_QUIET_ANSWER_S = 5.0  # V.250 6.3.1.1: "@" wants five seconds of silence
_ROW_DBM0, _COLUMN_DBM0, _SINGLE_DBM0 = -8.0, -6.0, -9.0  # Q.23 leaves it to administrations; columns a little stronger
_ELEMENT = re.compile(r"\{(?P<timed>[^{}]*)\}|\[(?P<tone>[^\[\]]*)\]|(?P<bare>[0-9*#A-D!])")


class ToneGrammar(ValueError):
    """The list breaks the grammar or the modem's limits: the modem answers ERROR."""


@dataclass(frozen=True, slots=True)
class Tone:
    """One or two sines; 0 Hz = absent."""

    first_hz: int
    second_hz: int
    duration_s: float
    is_digit: bool = False


@dataclass(frozen=True, slots=True)
class HookFlash:
    """On hook for this long."""

    duration_s: float


@dataclass(frozen=True, slots=True)
class AwaitDialTone:
    """Go on when 425 Hz has been heard for a second; give up after ``patience_s``."""

    patience_s: float


@dataclass(frozen=True, slots=True)
class AwaitQuiet:
    """Go on when no supervision tone has been heard for five seconds; give up after ``patience_s``."""

    patience_s: float


ToneStep: TypeAlias = Tone | HookFlash | AwaitDialTone | AwaitQuiet


def dtmf(key: str, duration_s: float) -> Tone:
    """The tone pair of a key (Q.23)."""
    row = next(index for index, keys in enumerate(KEYPAD) if key in keys)
    return Tone(ROWS_HZ[row], COLUMNS_HZ[KEYPAD[row].index(key)], duration_s, is_digit=True)


def parse_tones(text: str, limits: ToneLimits, usual_duration: int) -> list[ToneStep]:
    """The argument of +VTS; ``usual_duration`` is +VTD in 10 ms."""
    steps: list[ToneStep] = []
    place = 0
    while True:
        match = _ELEMENT.match(text, place)
        if match is None:
            raise ToneGrammar(f"no element of +VTS at {text[place:]!r}")
        step = _element(match, limits, usual_duration)
        if steps and isinstance(step, Tone) and isinstance(steps[-1], Tone) and step.is_digit and steps[-1].is_digit:
            steps.append(Tone(0, 0, _DTMF_GAP_S))
        steps.append(step)
        place = match.end()
        if place == len(text):
            return steps
        if text[place] != ",":
            raise ToneGrammar(f"a comma is missing at {text[place:]!r}")
        place += 1


def _element(match: re.Match[str], limits: ToneLimits, usual_duration: int) -> ToneStep:
    if (tone := match["tone"]) is not None:
        fields = [field.strip() for field in tone.split(",")]
        if len(fields) > 3:
            raise ToneGrammar("more than three fields in [...]")
        first, second, length = (_number(field) for field in (*fields, "", "", "")[:3])
        for hertz in (first or 0, second or 0):
            if hertz and not limits.lowest_hz <= hertz <= limits.highest_hz:
                raise ToneGrammar(f"{hertz} Hz is outside the modem's range")
        return Tone(first or 0, second or 0, _length(length, limits, usual_duration))
    key, length = match["bare"], None
    if (timed := match["timed"]) is not None:
        key, _, duration = (part.strip() for part in timed.partition(","))
        length = _number(duration)
    if len(key) != 1 or key not in "0123456789*#ABCD!":
        raise ToneGrammar(f"{key!r} is not a key")
    duration_s = _length(length, limits, usual_duration)
    return HookFlash(duration_s) if key == "!" else dtmf(key, duration_s)


def _number(field: str) -> int | None:
    if not field:
        return None
    if not (field.isascii() and field.isdigit()):
        raise ToneGrammar(f"{field!r} is not a number")
    return int(field)


def _length(length: int | None, limits: ToneLimits, usual_duration: int) -> float:
    units = usual_duration if length is None else length
    if units > limits.longest:
        raise ToneGrammar(f"a duration of {units} is more than {limits.longest}")
    return units * TONE_UNIT_S


@dataclass(frozen=True, slots=True)
class DialSettings:
    """What ATD takes from S registers and the profile; seconds."""

    wait_for_dial_tone: bool  # ATX2 and ATX4
    blind_wait_s: float  # S6
    patience_s: float  # S7
    comma_s: float  # S8
    digit_s: float  # S11, both the tone and the gap after it
    flash_s: float


def parse_dial(text: str, settings: DialSettings) -> list[ToneStep]:
    """A dial string without its semicolon. Unknown characters are skipped, as V.250 6.3.1 wants."""
    if settings.wait_for_dial_tone:
        steps: list[ToneStep] = [AwaitDialTone(settings.patience_s)]
    else:
        steps = [Tone(0, 0, settings.blind_wait_s)]
    for character in text.upper().lstrip("TP "):
        if character in "0123456789*#ABCD":
            steps += [dtmf(character, settings.digit_s), Tone(0, 0, settings.digit_s)]
        elif character == ",":
            steps.append(Tone(0, 0, settings.comma_s))
        elif character == "W":
            steps.append(AwaitDialTone(settings.patience_s))
        elif character == "@":
            steps.append(AwaitQuiet(settings.patience_s))
        elif character == "!":
            steps.append(HookFlash(settings.flash_s))
    return steps


def synthesise(tone: Tone) -> LineSamples:
    """The samples of a tone; rests are zeros."""
    times = np.arange(round(tone.duration_s * RATE_HZ)) / RATE_HZ
    levels = (_ROW_DBM0, _COLUMN_DBM0) if tone.first_hz and tone.second_hz else (_SINGLE_DBM0, _SINGLE_DBM0)
    sound = np.zeros(times.size)
    for hertz, level in zip((tone.first_hz, tone.second_hz), levels, strict=True):
        if hertz:
            sound += 32767 * 10 ** ((level - 3.14) / 20) * np.sin(2 * math.pi * hertz * times)
    return np.rint(sound).astype(np.int16)


@dataclass(frozen=True, slots=True, eq=False)
class PlayedFrame:
    """One frame made by the player."""

    samples: LineSamples
    off_hook: bool = True
    flash_s: float = 0.0  # a hook flash of this length begins with this frame


class TonePlayer:
    """Turns steps into frames, sample by sample; hook flashes begin and end with a frame."""

    def __init__(self, steps: list[ToneStep]) -> None:
        self._steps = deque(steps)
        self._ready = np.zeros(0, dtype=np.int16)
        self._flash_frames = 0
        self._waited_s = 0.0
        self._quiet_s = 0.0
        self.failed = False

    @property
    def done(self) -> bool:
        """Everything has been played, or a wait was in vain (``failed``)."""
        return self.failed or not (self._steps or self._ready.size or self._flash_frames)

    def next_frame(self, tone_s: float) -> PlayedFrame:
        """The next 20 ms; ``tone_s`` is how long a supervision tone has been heard without a break."""
        if self._flash_frames:
            self._flash_frames -= 1
            return PlayedFrame(np.zeros(FRAME_SAMPLES, dtype=np.int16), off_hook=False)
        parts: list[LineSamples] = []
        missing = FRAME_SAMPLES
        while missing:
            if not self._ready.size and not self._make_ready(bool(parts), tone_s):
                break
            parts.append(self._ready[:missing])
            self._ready = self._ready[missing:]
            missing -= parts[-1].size
        samples = np.concatenate((*parts, np.zeros(missing, dtype=np.int16)))
        if not parts and self._flash_frames:
            self._flash_frames -= 1
            return PlayedFrame(samples, off_hook=False, flash_s=(self._flash_frames + 1) * FRAME_S)
        return PlayedFrame(samples)

    def _make_ready(self, frame_begun: bool, tone_s: float) -> bool:
        """Prepare more sound; False when the rest of the frame stays silent."""
        while self._steps and not self._ready.size:
            step = self._steps[0]
            if isinstance(step, Tone):
                self._ready = synthesise(step)
            elif frame_begun:
                return False
            elif isinstance(step, HookFlash):
                self._flash_frames = max(1, round(step.duration_s / FRAME_S))
                self._steps.popleft()
                return False
            elif not self._wait_is_over(step, tone_s):
                return False
            self._steps.popleft()
        return bool(self._ready.size)

    def _wait_is_over(self, step: AwaitDialTone | AwaitQuiet, tone_s: float) -> bool:
        self._waited_s += FRAME_S
        self._quiet_s = 0.0 if tone_s else self._quiet_s + FRAME_S
        over = tone_s >= _DIAL_TONE_SURE_S if isinstance(step, AwaitDialTone) else self._quiet_s >= _QUIET_ANSWER_S
        self.failed = not over and self._waited_s >= step.patience_s
        if over:
            self._waited_s = self._quiet_s = 0.0
        return over
