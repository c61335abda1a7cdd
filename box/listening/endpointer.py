"""Where speech begins and ends, by its energy. Time is counted in samples; no clock, no recogniser, no words.

Frames of 10 ms are compared with a noise floor that follows the line: down at once, up slowly, and never below the
quietest moment of the last two seconds, since speech always has gaps. Values that are not ours come from
caller-service.md §3 (ends, pre-roll, longest utterance); the thresholds were tried on speech with noise, hum, clicks,
8-bit steps, far too loud and far too quiet.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

import numpy as np

from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

FRAME = SAMPLE_RATE_HZ // 100

PREROLL = SAMPLE_RATE_HZ * 3 // 10
"""Clipped first sounds are a known complaint: this much before the energy rises belongs to the utterance."""

WORD_END = SAMPLE_RATE_HZ // 2
SHORT_STRING_END = SAMPLE_RATE_HZ * 3 // 2
PAUSE = SAMPLE_RATE_HZ * 3
LONGEST = SAMPLE_RATE_HZ * 15

_BEGIN_DB = 9.0
_HOLD_DB = 6.0  # a dip between syllables is no end
_QUIETEST_DB = -58.0  # below the full scale: the steps of an 8-bit linear line lie here
_LOWEST_FLOOR_DB = -75.0  # exact digital silence
_FIRST_FLOOR_DB = -50.0
_FALL = 0.3  # share of the way down per frame
_RISE_DB = 0.08  # per frame outside speech
_RISE_IN_SPEECH_DB = 0.03
_ONSET_FRAMES = 12  # of these ...
_ONSET_LOUD = 6  # ... so many loud ones are speech; a click is shorter
_HOLD_FRAMES = 6  # of these ...
_HOLD_LOUD = 3  # ... so many loud ones keep it up; a line that clicks now and then has fallen silent all the same
_BLOCK_FRAMES = 10
_FLOOR_BLOCKS = 20  # the floor is at least the lowest level in these ...
_LEARNT_BLOCKS = 3  # ... once so many were heard; before that a sound must swell to be speech: a noisy line does not
_CONTRAST_DB = 9.0
_LONGEST_EVEN = SAMPLE_RATE_HZ  # samples: an even sound that ends sooner was speech, a drawn-out word
_QUIET_FRAMES = 15  # a key's tone is over after so many quiet ones; between two digits of a quick dialler there are 7
_QUIET_DB = -42.0
_CLIPPED = 32000  # just below the steps that µ-law and 8-bit lines end at
_CLIPPED_SHARE = 0.03


class Level(Enum):
    """How loud an utterance was."""

    GOOD = "good"
    TOO_LOUD = "too-loud"  # the tops are cut off: words are lost
    TOO_QUIET = "too-quiet"


class EndReason(Enum):
    """Why an utterance ended."""

    SILENCE = "silence"
    TOO_LONG = "too-long"
    CUT = "cut"  # by whoever feeds: a key, or the end of a recording


@dataclass(frozen=True, slots=True)
class SpeechBegan:
    """``at``: the first sample of the utterance, its pre-roll included."""

    at: int


@dataclass(frozen=True, slots=True)
class SpeechEnded:
    """``began`` and ``ended``: first and last sample of the speech itself, without pre-roll and silence."""

    began: int
    ended: int
    level: Level
    reason: EndReason


@dataclass(frozen=True, slots=True)
class PausedMidEntry:
    """A string of digits that is still short was followed by silence up to sample ``at``."""

    at: int


EndpointEvent: TypeAlias = SpeechBegan | SpeechEnded | PausedMidEntry


class Endpointer:
    """One line's, for all its calls: the noise floor outlives a question. Feed whole frames or any pieces; the events
    are the same."""

    def __init__(self) -> None:
        self._floor_db = _FIRST_FLOOR_DB
        self._rest: Samples = np.zeros(0, np.int16)
        self._at = 0
        self._began: int | None = None
        self._recent: list[bool] = []
        self._last_loud = self._loud_samples = self._clipped = 0
        self._loudest_db = _LOWEST_FLOOR_DB
        self.start()

    def start(self, *, patient: bool = False) -> None:
        """A new turn of listening: samples count from 0. ``patient``: a string of digits is expected."""
        self._rest = np.zeros(0, np.int16)
        self._at = 0
        self._patient = patient
        self._awaits_more = False
        self._silent_since = 0
        self._deaf_frames = 0
        self._block: list[float] = []
        self._lows: list[float] = []
        self._turn_low_db, self._turn_high_db = 0.0, _LOWEST_FLOOR_DB
        self._even_since: int | None = None  # an even sound that may be noise or speech
        self._reset_utterance()

    def reached(self, complete: bool) -> None:
        """Whether what was heard so far is as much as was expected: then a word's silence ends the utterance."""
        self._reached = complete

    @property
    def in_speech(self) -> bool:
        """Between SpeechBegan and SpeechEnded."""
        return self._began is not None

    def feed(self, samples: Samples) -> list[EndpointEvent]:
        """Sound at SAMPLE_RATE_HZ, in order."""
        sound = np.concatenate((self._rest, samples))
        whole = len(sound) - len(sound) % FRAME
        self._rest = sound[whole:]
        events: list[EndpointEvent] = []
        for place in range(0, whole, FRAME):
            events += self._frame(sound[place : place + FRAME])
        return events

    def cut(self) -> list[EndpointEvent]:
        """End an utterance now; its end is where the last loud frame was. Nothing when nobody speaks."""
        return self._end(EndReason.CUT) if self._began is not None else []

    def ignore_until_quiet(self) -> None:
        """What sounds now is no speech (a key's tone): wait for silence before listening again."""
        self._deaf_frames = _QUIET_FRAMES
        self._awaits_more = False
        self._recent = []

    def _frame(self, frame: Samples) -> list[EndpointEvent]:
        level_db = level_dbfs(frame)
        self._follow_floor(level_db)
        self._at += FRAME
        over = _HOLD_DB if self.in_speech else _BEGIN_DB
        loud = level_db > max(self._floor_db + over, _QUIETEST_DB)
        self._recent = [*self._recent[1 - _ONSET_FRAMES :], loud]
        if self._deaf_frames:
            self._deaf_frames = _QUIET_FRAMES if loud else self._deaf_frames - 1
            self._recent = []
            return []
        if self._began is None:
            return self._outside(level_db)
        return self._inside(frame, level_db, loud)

    def _follow_floor(self, level_db: float) -> None:
        level_db = max(level_db, _LOWEST_FLOOR_DB)
        if level_db < self._floor_db:
            self._floor_db += _FALL * (level_db - self._floor_db)
        else:
            rise = _RISE_IN_SPEECH_DB if self.in_speech else _RISE_DB
            self._floor_db = min(level_db, self._floor_db + rise)
        self._turn_low_db = min(self._turn_low_db, level_db)
        self._turn_high_db = max(self._turn_high_db, level_db)
        self._block.append(level_db)
        if len(self._block) == _BLOCK_FRAMES:
            self._lows = [*self._lows[1 - _FLOOR_BLOCKS :], min(self._block)]
            self._block = []
            self._lift_floor()

    def _lift_floor(self) -> None:
        """A noise that has begun since the floor was learnt is the floor now."""
        if len(self._lows) < _LEARNT_BLOCKS:
            return
        self._floor_db = max(self._floor_db, min(self._lows))
        if len(self._lows) == _LEARNT_BLOCKS and not self.in_speech and not self._swells:
            self._recent = []  # loud against the old floor only

    @property
    def _swells(self) -> bool:
        """Whether this turn's sound was ever much louder than at another time: a line's noise is even."""
        return self._turn_high_db - self._turn_low_db >= _CONTRAST_DB

    def _begin(self, first: int) -> list[EndpointEvent]:
        self._began, self._last_loud = first, self._at
        self._even_since = None
        self._awaits_more = False
        return [SpeechBegan(max(0, first - PREROLL))]

    def _outside(self, level_db: float) -> list[EndpointEvent]:
        if sum(self._recent) >= _ONSET_LOUD:
            first = self._at - FRAME * (len(self._recent) - self._recent.index(True))
            if len(self._lows) >= _LEARNT_BLOCKS or self._swells:
                return self._begin(first)
            self._even_since = first if self._even_since is None else self._even_since
        if self._even_since is not None and level_db < self._floor_db - _HOLD_DB:
            first, self._even_since = self._even_since, None
            if self._at - first <= _LONGEST_EVEN:
                self._loudest_db = self._turn_high_db
                return self._begin(first)  # a noise would have gone on
        if self._awaits_more and self._at - self._silent_since >= PAUSE:
            self._awaits_more = False
            return [PausedMidEntry(self._at)]
        return []

    def _inside(self, frame: Samples, level_db: float, loud: bool) -> list[EndpointEvent]:
        assert self._began is not None
        if loud:
            if sum(self._recent[-_HOLD_FRAMES:]) >= _HOLD_LOUD:
                self._last_loud = self._at
            self._loudest_db = max(self._loudest_db, level_db)
            self._loud_samples += FRAME
            self._clipped += int(np.count_nonzero(np.abs(frame.astype(np.int32)) >= _CLIPPED))
        if self._at - self._began >= LONGEST:
            return self._end(EndReason.TOO_LONG)
        patience = SHORT_STRING_END if self._patient and not self._reached else WORD_END
        return self._end(EndReason.SILENCE) if self._at - self._last_loud >= patience else []

    def _end(self, reason: EndReason) -> list[EndpointEvent]:
        assert self._began is not None
        level = Level.GOOD
        if self._clipped > _CLIPPED_SHARE * max(self._loud_samples, FRAME):
            level = Level.TOO_LOUD
        elif self._loudest_db < _QUIET_DB:
            level = Level.TOO_QUIET
        ended = SpeechEnded(self._began, self._last_loud, level, reason)
        self._awaits_more = self._patient and not self._reached and reason is not EndReason.CUT
        self._silent_since = self._last_loud
        self._reset_utterance()
        return [ended]

    def _reset_utterance(self) -> None:
        self._reached = False
        self._began = None
        self._last_loud = 0
        self._recent = []
        self._loudest_db = _LOWEST_FLOOR_DB
        self._loud_samples = 0
        self._clipped = 0


def level_dbfs(frame: Samples) -> float:
    """Mean power without the direct part, in decibels below a full-scale square wave; -120 for exact silence."""
    sound = frame.astype(np.float64)
    power = float(np.mean((sound - sound.mean()) ** 2))
    return 10.0 * float(np.log10(power / 32768.0**2)) if power > 0.0 else -120.0
