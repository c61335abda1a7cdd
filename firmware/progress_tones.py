"""Call-progress tones on received sound: what an exchange, a fax or a modem says, and whether somebody speaks.

Pure: samples in, :class:`ToneHeard` out, time counted in samples. Cadences are those of the Russian network (ministry
orders of 2009 on acoustic signals; voice-modem.md section 11), of ITU-T E.180, T.30 and V.25. What a burst of tone is,
and that a voice is none, is judged in :mod:`firmware.progress_bursts`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import ceil
from typing import NamedTuple

import numpy as np

from firmware.progress_bursts import NO_TONE, STEADY_HZ, STEADY_POWER, Gathering, Stretch
from firmware.progress_meter import (
    ANSWER,
    DATA_CALLING,
    FAX_CALLING,
    HOP_S,
    HOP_SAMPLES,
    SIT_TONES,
    SUPERVISION,
    WINDOW_SAMPLES,
    ProgressMeter,
    SoughtTone,
    ToneSlices,
)
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

_FLOOR_POWER = (32767 * 10 ** ((-40.0 - 3.14) / 20)) ** 2 / 2
"""Tones are accepted down to -35 dBm0; 5 dB of margin for a slice cut by the tone's edge."""
_TONE_SHARE = 0.5
"""A slice belongs to a tone while half of its energy does: in silence that is while its middle lies in the burst."""
_QUIET = 10 ** (-15.0 / 10)
"""Most power in a pause, against the tone. Noise 20 dB down passes, a word does not."""
_NOMINAL_HZ = 8.5
"""Farther off, the notes G sharp 4 (415.3 Hz) and A 4 (440 Hz) lie: two beeps of a tune are not yet a busy tone. One
period more is asked for, and of a continuous tone _OFF_NOMINAL_S more, which still is within 3 s of the far end's
hanging up."""
_OFF_NOMINAL_S = 0.8
_SAME_S = 0.035
"""One burst against the next, one pause against the next: two slices and what a gateway's buffer shifts."""
_ALIKE = 0.25
"""Bursts against pauses, besides _SAME_S (voice-modem.md section 11)."""
_LAST_PAUSE = 0.8
"""Part of the foregoing pauses that the last one must have lasted, so that two periods end with the second."""
_LONGEST_SIT_PAUSE_S = 0.05
"""Up to 30 ms (E.180/Q.35 clause 7) and two slices."""
_VOICE_SLICES = 30
"""0.3 s of sound that is no tone is a voice; vowels that look like a tone for a moment do not count, nor interrupt."""
_BETWEEN_SYLLABLES_SLICES = 10
"""A longer quiet begins the voice anew."""
_LONGEST_PAUSE_SLICES = 65
"""The longest pause of a busy tone, and two slices over."""
_JUDGE_EVERY_SLICES = 10  # a continuous tone


class Tone(Enum):
    """What was heard. BUSY, CONGESTION and DIAL mean that the far end has gone (voice-modem.md section 10)."""

    DIAL = "dial"
    RINGBACK = "ringback"
    BUSY = "busy"
    CONGESTION = "congestion"
    SPECIAL_INFORMATION = "special-information"  # the number dialled cannot be had
    FAX_CALLING = "fax-calling"
    DATA_CALLING = "data-calling"
    ANSWER_TONE = "answer-tone"  # a fax or a modem has answered
    VOICE = "voice"


@dataclass(frozen=True, slots=True)
class ToneHeard:
    """``at_s`` counts from the first sample fed; reported when certain, once for each stretch of the same tone."""

    tone: Tone
    at_s: float


class _Cadence(NamedTuple):
    """``periods`` bursts that last ``on_s`` (from, below) with pauses like them; of a single burst, the pause of
    ``quiet_s`` that must follow it."""

    tone: Tone
    sought: SoughtTone
    on_s: tuple[float, float]
    periods: int
    quiet_s: float = 0.0


_CADENCES = (
    # Acceptance of voice-modem.md section 11. Congestion of 0.1 s, as some gateways make it, is as short as syllables.
    _Cadence(Tone.CONGESTION, SUPERVISION, (0.085, 0.109), 4),
    _Cadence(Tone.CONGESTION, SUPERVISION, (0.109, 0.25), 2),
    _Cadence(Tone.BUSY, SUPERVISION, (0.25, 0.51), 2),
    _Cadence(Tone.RINGBACK, SUPERVISION, (0.7, 1.3), 1, quiet_s=0.55),
    _Cadence(Tone.FAX_CALLING, FAX_CALLING, (0.42, 0.58), 1, quiet_s=1.0),  # T.30 clause 4.2: 0.5 s, 3 s, ±15 %
    _Cadence(Tone.DATA_CALLING, DATA_CALLING, (0.45, 0.75), 1, quiet_s=1.0),  # V.25 clause 3: 0.5-0.7 s, 1.5-2.0 s
)
_CONTINUOUS = {
    SUPERVISION: (Tone.DIAL, 2.0),
    ANSWER: (Tone.ANSWER_TONE, 1.0),  # T.30 clause 4.1: 2.6-4.0 s
}
_SIT_ON_S = (0.25, 0.41)
"""E.180/Q.35 clause 7: 330 ± 70 ms each."""
_STRETCHES_KEPT = 2 * max(cadence.periods for cadence in _CADENCES) + 1
"""Of one period more than any cadence has, all but the last pause."""


class _Awaited(NamedTuple):
    """What ``tone`` still wants: a pause of ``slices``, no louder than ``power``."""

    tone: Tone
    slices: int
    power: float


class ProgressTones:
    """Feed it everything that one listening receives; how it is cut does not matter."""

    def __init__(self) -> None:
        self._meter = ProgressMeter()
        self._seen = 0
        self._now = Gathering()
        self._stretches: list[Stretch] = []  # finished ones
        self._awaited: list[_Awaited] = []
        self._voiced = 0  # slices of sound without a longer quiet between them
        self._unvoiced = 0  # quiet ones since the last of those
        self._reported: Tone | None = None

    def feed(self, samples: Samples) -> list[ToneHeard]:
        """Whatever became certain within ``samples``, in order."""
        slices = self._meter.feed(samples)
        return [] if slices is None else self._judge(slices)

    def _judge(self, slices: ToneSlices) -> list[ToneHeard]:
        loud = slices.total_power >= _FLOOR_POWER
        toned = loud & (slices.tone_power >= _TONE_SHARE * slices.total_power)
        tones = np.where(toned, slices.tone, NO_TONE).tolist()
        sound = (loud & ~toned).tolist()
        measures = zip(slices.tone_power.tolist(), slices.total_power.tolist(), slices.hz.tolist(), strict=True)
        heard: list[ToneHeard] = []
        for tone, is_sound, measure in zip(tones, sound, measures, strict=True):
            found = self._slice(tone, *measure, is_sound=is_sound)
            if found is not None and found is not self._reported:
                self._reported = found
                heard.append(ToneHeard(found, (WINDOW_SAMPLES + self._seen * HOP_SAMPLES) / SAMPLE_RATE_HZ))
            self._seen += 1
        return heard

    def _slice(self, tone: int, tone_power: float, total_power: float, hz: float, *, is_sound: bool) -> Tone | None:
        """What is certain with one more slice."""
        ended = tone != self._now.tone
        if ended:
            self._stretches = [*self._stretches, self._now.stretch()][-_STRETCHES_KEPT:]
            self._now = Gathering(tone)
            self._awaited = self._await()
        self._now.add(tone_power, total_power, hz)
        self._count_voice(tone, total_power, is_sound=is_sound)
        if ended and self._is_special_information():
            return Tone.SPECIAL_INFORMATION
        found = self._in_a_pause() if tone == NO_TONE else self._continuous()
        return Tone.VOICE if found is None and is_sound and self._voiced >= _VOICE_SLICES else found

    def _count_voice(self, tone: int, power: float, *, is_sound: bool) -> None:
        if is_sound and not self._is_hiss_between_bursts(power):
            self._voiced += 1
            self._unvoiced = 0
        elif tone == NO_TONE:
            self._unvoiced += 1
        if self._unvoiced > _BETWEEN_SYLLABLES_SLICES or (self._now.slices == 1 and self._burst_has_ended_clean()):
            self._voiced = 0

    def _burst_has_ended_clean(self) -> bool:
        return bool(self._stretches) and self._stretches[-1].clean

    def _is_hiss_between_bursts(self, power: float) -> bool:
        """Whether a slice without a tone may be the pause of a cadence, however loud the line's noise is."""
        return (
            self._burst_has_ended_clean()
            and self._now.slices <= _LONGEST_PAUSE_SLICES
            and power <= _QUIET * self._stretches[-1].power
        )

    def _in_a_pause(self) -> Tone | None:
        for awaited in self._awaited:
            if self._now.slices == awaited.slices and self._now.stretch().power <= awaited.power:
                return awaited.tone
        return None

    def _continuous(self) -> Tone | None:
        if self._now.slices % _JUDGE_EVERY_SLICES:
            return None
        stretch = self._now.stretch()
        if stretch.sought is None or stretch.sought not in _CONTINUOUS or not stretch.clean:
            return None
        tone, long_enough_s = _CONTINUOUS[stretch.sought]
        more_s = 0.0 if _is_nominal(stretch) else _OFF_NOMINAL_S
        return tone if stretch.length_s >= long_enough_s + more_s else None

    # ------------------------------------------------------------ when a burst has ended

    def _await(self) -> list[_Awaited]:
        """The cadences that what has ended fulfils but for the last pause."""
        if not self._stretches[-1].clean or self._now.tone != NO_TONE:
            return []
        return [awaited for cadence in _CADENCES if (awaited := self._awaited_by(cadence)) is not None]

    def _awaited_by(self, cadence: _Cadence) -> _Awaited | None:
        periods = cadence.periods + (cadence.periods > 1 and not _is_nominal(self._stretches[-1]))
        recent = self._stretches[1 - 2 * periods :]
        bursts, pauses = recent[::2], recent[1::2]
        if len(bursts) < periods or not all(b.clean and b.sought is cadence.sought for b in bursts):
            return None
        on_s = sum(burst.length_s for burst in bursts) / len(bursts)
        weakest = min(burst.power for burst in bursts)
        if not cadence.on_s[0] <= on_s < cadence.on_s[1] or not _repeat(bursts):
            return None
        if not pauses:
            return _Awaited(cadence.tone, ceil(cadence.quiet_s / HOP_S), _QUIET * weakest)
        off_s = sum(pause.length_s for pause in pauses) / len(pauses)
        if abs(on_s - off_s) > _ALIKE * max(on_s, off_s) + _SAME_S or not _repeat(pauses, powers=False):
            return None
        if any(pause.sought is not None or pause.power > _QUIET * weakest for pause in pauses):
            return None
        return _Awaited(cadence.tone, ceil(_LAST_PAUSE * off_s / HOP_S), _QUIET * weakest)

    def _is_special_information(self) -> bool:
        """Whether the third of the three tones has just ended."""
        bursts = [stretch for stretch in self._stretches if stretch.length_s > _LONGEST_SIT_PAUSE_S][-len(SIT_TONES) :]
        return tuple(burst.sought for burst in bursts) == SIT_TONES and all(
            burst.clean and _SIT_ON_S[0] <= burst.length_s <= _SIT_ON_S[1] for burst in bursts
        )


def _is_nominal(burst: Stretch) -> bool:
    return burst.sought is not None and abs(burst.hz - burst.sought.hz) <= _NOMINAL_HZ


def _repeat(stretches: list[Stretch], *, powers: bool = True) -> bool:
    """Whether they are the same again and again."""
    lengths = [stretch.length_s for stretch in stretches]
    if max(lengths) - min(lengths) > _SAME_S:
        return False
    every_hz = [stretch.hz for stretch in stretches]
    loudness = [stretch.power for stretch in stretches]
    return not powers or (max(every_hz) - min(every_hz) <= STEADY_HZ and max(loudness) <= STEADY_POWER * min(loudness))
