"""What a caller sends: a queue of sound with marks that tell what each stretch of it was.

Pure: samples in order, nothing lost between frames.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from firmware.virtual.line import FRAME_SAMPLES, RATE_HZ, LineSamples
from firmware.virtual.line_events import CallerPressed, CallerSpoke
from firmware.virtual.line_plan import Press, Speak
from firmware.virtual.sound_meter import voice_bounds_s
from firmware.virtual.tones import key_tone

PAUSE_KEY = ","
PAUSE_S = 0.5

SaidEvent: TypeAlias = CallerPressed | CallerSpoke


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of an utterance (sample numbers) and what to log when it has been sent."""

    begins: int
    ends: int
    tell: Callable[[float, float], SaidEvent]


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """Sound with its marks, which are in order of ``ends``; ``live`` when it comes from a microphone."""

    samples: LineSamples
    marks: tuple[Mark, ...] = ()
    live: bool = False


def _silence(duration_s: float) -> LineSamples:
    return np.zeros(round(duration_s * RATE_HZ), np.int16)


def pressing(action: Press) -> Utterance:
    """The tones of some keys; a gap after each but the last, so the utterance ends with the last tone."""
    pieces: list[LineSamples] = []
    marks: list[Mark] = []
    length = 0
    last = max((place for place, key in enumerate(action.keys) if key != PAUSE_KEY), default=-1)
    for place, key in enumerate(action.keys):
        piece = _silence(PAUSE_S) if key == PAUSE_KEY else key_tone(key, action.tone_s, action.level_dbm0)
        if key != PAUSE_KEY:
            marks.append(Mark(length, length + piece.size, _press_teller(key, place == last)))
            if place != last:
                piece = np.concatenate([piece, _silence(action.gap_s)])
        pieces.append(piece)
        length += piece.size
    return Utterance(np.concatenate([*pieces, _silence(0.0)]), tuple(marks))


def _press_teller(key: str, final: bool) -> Callable[[float, float], SaidEvent]:
    return lambda began_at, ended_at: CallerPressed(ended_at, key, began_at, ended_at, final)


def speaking(action: Speak) -> Utterance:
    """Recorded speech, marked from its first to its last sound."""
    began_s, ended_s = voice_bounds_s(action.samples)

    def tell(began_at: float, ended_at: float) -> CallerSpoke:
        return CallerSpoke(ended_at, action.what, began_at, ended_at, action.digits, action.more_may_come)

    return Utterance(action.samples, (Mark(round(began_s * RATE_HZ), round(ended_s * RATE_HZ), tell),))


class Mouth:
    """Utterances are sent one after another; silence when there is none."""

    def __init__(self) -> None:
        self._queue: deque[Utterance] = deque()
        self._sent = 0  # of the first utterance

    @property
    def busy(self) -> bool:
        """Something is still to be sent."""
        return bool(self._queue)

    @property
    def live(self) -> bool:
        """What is sent next comes from a microphone."""
        return bool(self._queue) and self._queue[0].live

    def say(self, utterance: Utterance) -> None:
        """After all that waits already."""
        if utterance.samples.size:
            self._queue.append(utterance)

    def shut(self) -> None:
        """Drop everything."""
        self._queue.clear()
        self._sent = 0

    def frame(self, at: float) -> tuple[LineSamples, list[SaidEvent]]:
        """The next 160 samples, and what was completed in them; ``at`` is when they begin."""
        frame = np.zeros(FRAME_SAMPLES, np.int16)
        said: list[SaidEvent] = []
        filled = 0
        while self._queue and filled < FRAME_SAMPLES:
            utterance = self._queue[0]
            piece = utterance.samples[self._sent : self._sent + FRAME_SAMPLES - filled]
            frame[filled : filled + piece.size] = piece
            origin = at + (filled - self._sent) / RATE_HZ
            self._sent += piece.size
            said += [
                mark.tell(origin + mark.begins / RATE_HZ, origin + mark.ends / RATE_HZ)
                for mark in utterance.marks
                if self._sent - piece.size < mark.ends <= self._sent
            ]
            filled += piece.size
            if self._sent >= utterance.samples.size:
                self._queue.popleft()
                self._sent = 0
        return frame, said
