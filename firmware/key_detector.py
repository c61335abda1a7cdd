"""Finds pressed keys (DTMF, ITU-T Q.23) in received sound. Pure: time is counted in samples since the first one fed.

Limits, by ITU-T Q.24 and the administrations' values annexed to it; each is held by a test:

=============================  ====================================  ================================================
quantity                       accepted                              refused
=============================  ====================================  ================================================
duration                       40 ms and more                        less than 23 ms
pause before the same key      30 ms and more                        a gap of 10 ms or less does not split a press
error of the frequencies       up to 1.8 %                           3 % and more
level of each tone             0 … -42 dBm0                          below -46 dBm0
high tone against the low one  +4 … -9 dB                            above +8 dB, below -12 dB
white noise                    S/N 15 dB at 40 ms, 8 dB at 50 ms
=============================  ====================================  ================================================

A key is reported as soon as it is certain: 36–50 ms after it began in clean sound, 10 ms later in noise. How keys are
told from speech is in :mod:`firmware.key_proof`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from statistics import median
from typing import TypeAlias

import numpy as np

from firmware.errors import Misuse
from firmware.key_proof import MeasuredFrame, countable, measured_frames, proved
from firmware.tone_frames import (
    FIRST_CENTRE_SAMPLES,
    HOP_SAMPLES,
    LOOK_AHEAD_SAMPLES,
    PAIR_KEYS,
    ToneFrames,
    ToneMeter,
)
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

_HELD_POWER = (0.2, 5.0)  # against the run's: ±7 dB, so that an echo 10 dB down does not fill the pause
_RUN_POWER = (0.4, 2.5)  # against the run's first frame: a press that follows its own echo is a new run
_LONGEST_GAP_FRAMES = 3  # 10 ms of interruption blur into three frames; a pause of 30 ms leaves at least four

# A frame is countable from where the tone fills enough of its window; half a hop is the mean rounding.
_BEGAN_BEFORE_S = (17 + HOP_SAMPLES / 2) / SAMPLE_RATE_HZ
_ENDED_AFTER_S = (HOP_SAMPLES / 2 - 7) / SAMPLE_RATE_HZ
_LONGEST_RUN_FRAMES = 20  # what 100 ms could not prove is judged anew by the latest 100 ms
_SLICE_SAMPLES = 4000  # bounds the memory that a long recording takes


@dataclass(frozen=True, slots=True)
class KeyBegan:
    """A key is certainly being pressed. ``start_s`` is when its tones began, within 5 ms in clean sound."""

    key: str
    start_s: float


@dataclass(frozen=True, slots=True)
class KeyEnded:
    """The key of the last KeyBegan was released; ``duration_s`` within 10 ms in clean sound."""

    key: str
    start_s: float
    duration_s: float


DetectedKey: TypeAlias = KeyEnded
KeyEvent: TypeAlias = KeyBegan | KeyEnded


def detect_keys(recording: Samples) -> list[DetectedKey]:
    """Every press in a whole recording, in order; one still held at the end ends there."""
    detector = KeyDetector()
    events = detector.feed(recording) + detector.finish()
    return [event for event in events if isinstance(event, KeyEnded)]


class _State(Enum):
    QUIET = "quiet"
    RISING = "rising"  # frames of one pair gather, not yet proved
    HELD = "held"  # reported, not yet released


class _Frame(Enum):
    NOTHING = "nothing"
    SAME = "same"  # the pair at hand goes on
    OTHER = "other"  # a pair that is not the one at hand


class KeyDetector:
    """One received stream. ``feed`` may be given any cuts: the events come out the same."""

    def __init__(self) -> None:
        self._meter = ToneMeter()
        self._state = _State.QUIET
        self._frames_seen = 0
        self._run: list[MeasuredFrame] = []
        self._gap_frames = 0
        self._pair = -1
        self._level = (0.0, 0.0)  # row and column power that further frames are held against
        self._began_s = 0.0
        self._last_s = 0.0
        self._events: list[KeyEvent] = []

    def feed(self, samples: Samples) -> list[KeyEvent]:
        """What has become certain with these samples."""
        for start in range(0, len(samples), _SLICE_SAMPLES):
            frames = self._meter.feed(samples[start : start + _SLICE_SAMPLES])
            if frames is not None:
                self._judge(frames)
        events, self._events = self._events, []
        return events

    def finish(self) -> list[KeyEvent]:
        """The stream is over: what its last samples held, and the end of a key still held. Feed nothing afterwards."""
        flush_samples = int(LOOK_AHEAD_SAMPLES) + (_LONGEST_GAP_FRAMES + 2) * HOP_SAMPLES
        return self.feed(np.zeros(flush_samples, dtype=np.int16))

    def _judge(self, frames: ToneFrames) -> None:
        possible = countable(frames)
        if self._state is _State.QUIET and not possible.any():
            self._frames_seen += len(frames)
            return
        for frame in measured_frames(frames, possible):
            kind = self._classify(frame)
            step = _TRANSITIONS.get((self._state, kind))
            if step is None:
                raise Misuse(f"the key detector has no way on from {self._state.value} with {kind.value}")
            self._state = step(self, frame)
            self._frames_seen += 1

    def _classify(self, frame: MeasuredFrame) -> _Frame:
        same = frame.pair == self._pair
        if self._state is _State.HELD and same:
            # By level alone: noise over a long press must not make two of it.
            return _Frame.SAME if self._within(_HELD_POWER, frame) else _Frame.NOTHING
        if not frame.countable:
            return _Frame.NOTHING
        return _Frame.SAME if same and self._within(_RUN_POWER, frame) else _Frame.OTHER

    def _within(self, limits: tuple[float, float], frame: MeasuredFrame) -> bool:
        low, high = limits
        row, column = self._level
        return low * row <= frame.row_power <= high * row and low * column <= frame.column_power <= high * column

    def _centre_s(self) -> float:
        """Time of the frame at hand."""
        return (FIRST_CENTRE_SAMPLES + self._frames_seen * HOP_SAMPLES) / SAMPLE_RATE_HZ

    # ------------------------------------------------------------ what a transition does

    def _stay_quiet(self, _: MeasuredFrame) -> _State:
        return _State.QUIET

    def _start(self, frame: MeasuredFrame) -> _State:
        self._pair = frame.pair
        self._run = [frame]
        self._level = (frame.row_power, frame.column_power)
        self._gap_frames = 0
        self._began_s = max(self._centre_s() - _BEGAN_BEFORE_S, 0.0)
        return _State.RISING

    def _gather(self, frame: MeasuredFrame) -> _State:
        self._gap_frames = 0
        self._run.append(frame)
        if len(self._run) > _LONGEST_RUN_FRAMES:
            del self._run[0]
            self._began_s += HOP_SAMPLES / SAMPLE_RATE_HZ
        if not proved(self._run):
            return _State.RISING
        self._level = (median(f.row_power for f in self._run), median(f.column_power for f in self._run))
        self._last_s = self._centre_s()
        self._events.append(KeyBegan(PAIR_KEYS[self._pair], self._began_s))
        return _State.HELD

    def _miss(self, _: MeasuredFrame) -> _State:
        self._gap_frames += 1
        return _State.RISING if self._gap_frames <= _LONGEST_GAP_FRAMES else self._forget()

    def _hold(self, _: MeasuredFrame) -> _State:
        self._gap_frames = 0
        self._last_s = self._centre_s()
        return _State.HELD

    def _loosen(self, _: MeasuredFrame) -> _State:
        self._gap_frames += 1
        if self._gap_frames <= _LONGEST_GAP_FRAMES:
            return _State.HELD
        self._end()
        return self._forget()

    def _replace(self, frame: MeasuredFrame) -> _State:
        self._end()
        return self._start(frame)

    def _end(self) -> None:
        duration_s = self._last_s + _ENDED_AFTER_S - self._began_s
        self._events.append(KeyEnded(PAIR_KEYS[self._pair], self._began_s, duration_s))

    def _forget(self) -> _State:
        self._pair = -1
        self._run = []
        return _State.QUIET


_TRANSITIONS: dict[tuple[_State, _Frame], Callable[[KeyDetector, MeasuredFrame], _State]] = {
    (_State.QUIET, _Frame.NOTHING): KeyDetector._stay_quiet,
    (_State.QUIET, _Frame.OTHER): KeyDetector._start,
    (_State.RISING, _Frame.NOTHING): KeyDetector._miss,
    (_State.RISING, _Frame.SAME): KeyDetector._gather,
    (_State.RISING, _Frame.OTHER): KeyDetector._start,
    (_State.HELD, _Frame.NOTHING): KeyDetector._loosen,
    (_State.HELD, _Frame.SAME): KeyDetector._hold,
    (_State.HELD, _Frame.OTHER): KeyDetector._replace,
}
