"""The modem's own hearing: DTMF digits and silence in the audio of the line, frame by frame.

Written from ITU-T Q.23 and Q.24: blocks of 102 samples, each beginning in the middle of the one before. Four of them
in a row span 32 ms, so that 40 ms of tone are always heard and 23 ms never. Knows nothing of how a digit is reported.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from firmware.virtual.line import FRAME_S, RATE_HZ, LineSamples
from firmware.virtual.modem_sound import level_dbm0

ROWS_HZ = (697, 770, 852, 941)
COLUMNS_HZ = (1209, 1336, 1477, 1633)
KEYPAD = ("123A", "456B", "789C", "*0#D")

_BLOCK = 102  # samples, 12.75 ms
_STEP = 51
_SURE = 4  # blocks in a row that make a digit
_OVER = 5  # blocks without it that end one: a pause of 40 ms spoils seven, an interruption of 10 ms at most three
_QUIETEST_DBM0 = -36.0  # of the whole block; Q.24 lets a receiver ignore less than -29 to -55 per tone
_NORMAL_TWIST_DB = 10.0  # column weaker than row; AT&T asks for 8
_REVERSE_TWIST_DB = 6.0  # column stronger than row; AT&T asks for 4
_GROUP_LEAD_DB = 5.0  # the strongest tone of a group over the others; the other group leaks into it by as much
_TONES_SHARE = 0.72  # of the block's energy that the two tones must hold: 1.5 % off they do, speech does not


@dataclass(frozen=True, slots=True)
class KeyStarted:
    """A digit has been on the line for 32 ms."""

    key: str


@dataclass(frozen=True, slots=True)
class KeyEnded:
    """The digit is over."""

    key: str


def _probes() -> NDArray[np.complex128]:
    times = np.arange(_BLOCK) / RATE_HZ
    return np.exp(-2j * math.pi * np.outer(ROWS_HZ + COLUMNS_HZ, times))


class KeyEar:
    """DTMF receiver; feed it every frame of the line in order."""

    def __init__(self) -> None:
        self._probes = _probes()
        self._rest = np.zeros(0, dtype=np.int16)
        self._candidate: str | None = None
        self._seen = 0
        self._on: str | None = None
        self._misses = 0

    def hear(self, frame: LineSamples) -> list[KeyStarted | KeyEnded]:
        """What changed within this frame."""
        audio = np.concatenate((self._rest, frame))
        events: list[KeyStarted | KeyEnded] = []
        start = 0
        while start + _BLOCK <= audio.size:
            self._judge(self._digit_in(audio[start : start + _BLOCK]), events)
            start += _STEP
        self._rest = audio[start:]
        return events

    def _judge(self, digit: str | None, events: list[KeyStarted | KeyEnded]) -> None:
        self._seen = self._seen + 1 if digit == self._candidate else 1
        self._candidate = digit
        self._misses = 0 if digit == self._on else self._misses + 1
        begins = digit if self._seen >= _SURE and digit != self._on else None
        if self._on is not None and (begins is not None or self._misses >= _OVER):
            events.append(KeyEnded(self._on))
            self._on = None
        if begins is not None:
            self._on, self._misses = begins, 0
            events.append(KeyStarted(begins))

    def _digit_in(self, block: LineSamples) -> str | None:
        if level_dbm0(block) < _QUIETEST_DBM0:
            return None
        wide = block.astype(np.float64)
        energy = np.abs(self._probes @ wide) ** 2 * (2 / _BLOCK)  # of a sine at the probe: that of the block
        rows, columns = energy[:4], energy[4:]
        row, column = int(np.argmax(rows)), int(np.argmax(columns))
        if rows[row] + columns[column] < _TONES_SHARE * float(np.sum(wide**2)):
            return None
        twist_db = 10 * math.log10((columns[column] + 1e-9) / (rows[row] + 1e-9))
        if not -_NORMAL_TWIST_DB <= twist_db <= _REVERSE_TWIST_DB:
            return None
        lead = 10 ** (_GROUP_LEAD_DB / 10)
        if np.sort(rows)[-2] * lead > rows[row] or np.sort(columns)[-2] * lead > columns[column]:
            return None
        return KEYPAD[row][column]


class SilenceEar:
    """+VSD: after ``period_s`` below the threshold says once whether anything was said before."""

    def __init__(self, threshold_dbm0: float, period_s: float) -> None:
        self._threshold_dbm0 = threshold_dbm0
        self._period_s = period_s
        self._quiet_frames = 0
        self._spoken = False
        self._told = False

    def hear(self, frame: LineSamples) -> str | None:
        """ "silence" (nothing was ever said), "quiet" (speech, then nothing) or None."""
        if level_dbm0(frame) > self._threshold_dbm0:
            self._spoken, self._told, self._quiet_frames = True, False, 0
            return None
        self._quiet_frames += 1
        if self._told or self._quiet_frames * FRAME_S + 1e-9 < self._period_s:
            return None
        self._told = True
        return "quiet" if self._spoken else "silence"
