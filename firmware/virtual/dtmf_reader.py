"""The exchange's own reader of dialled digits.

Pure: frames in, digits out. Written apart from the box's key detector (level and phase of the eight Q.23 tones in
overlapping Hann windows), so that a mistake in one shows against the other. Limits are those of ITU-T Q.24 with the
AT&T values: 40 ms accepted, 23 ms refused, ±1.5 % accepted, ±3.5 % refused, breaks up to 10 ms bridged, twist +4…−8 dB.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from firmware.virtual.line import FRAME_SAMPLES, RATE_HZ, LineSamples
from firmware.virtual.tones import HIGH_HZ, KEY_ROWS, LOW_HZ, peak_of

Spectrum: TypeAlias = NDArray[np.complex128]

HOP_SAMPLES = 40
HOP_S = HOP_SAMPLES / RATE_HZ
WINDOW_SAMPLES = 160
"""20 ms: with a Hann window the tones of one group (73 Hz apart at the least) do not hide each other's maximum."""

MIN_LEVEL_DBM0 = -36.0
"""Per tone; Q.24 asks for −29 dBm0 and up."""

MIN_DURATION_S = 0.0315
"""Between the 23 ms that must be refused and the 40 ms that must be accepted."""

MAX_BREAK_S = 0.020
"""A break of 10 ms is bridged, a pause of 40 ms is not; seen through a window of 20 ms."""

MAX_DEVIATION = 0.025
"""Of the nominal frequency: between 1.5 and 3.5 %."""

MAX_TWIST_DB = 6.0
MAX_REVERSE_TWIST_DB = 10.0
"""High tone stronger, high tone weaker: +4 and −8 dB must pass; the window loses up to 1.4 dB of an inexact tone."""

MIN_PURITY = 0.6
"""Share of the two tones in all the power: 15 dB of signal over noise gives 0.97, less 1.4 dB for a tone 1.5 % off."""


@dataclass(frozen=True, slots=True)
class DigitRead:
    """One pressed key, from edge to edge."""

    digit: str
    began_at: float
    ended_at: float


@dataclass(slots=True)
class _Tone:
    """A key that sounds at present: one entry of ``heights`` (peak of the low tone) and ``middles_at`` a window."""

    row: int
    column: int
    heights: list[float] = field(default_factory=list)
    middles_at: list[float] = field(default_factory=list)
    highest: float = 0.0
    loud_until: float = -math.inf
    swing: Spectrum = field(default_factory=lambda: np.zeros(2, np.complex128))  # phase steps, low and high tone

    def grow(self, height: float, at: float) -> None:
        self.heights.append(height)
        self.middles_at.append(at)
        self.highest = max(self.highest, height)
        if height >= self.highest / 2:
            self.loud_until = at

    def span(self) -> tuple[float, float]:
        """From edge to edge: a window shows half of the peak when its middle lies on an edge."""
        loud = [at for height, at in zip(self.heights, self.middles_at, strict=True) if height >= self.highest / 2]
        return loud[0] - HOP_S / 2, loud[-1] + HOP_S / 2


class DtmfReader:
    """Feed frames in order; a digit is told when its tone has ended."""

    def __init__(self) -> None:
        nominal = np.array(LOW_HZ + HIGH_HZ)
        self._nominal_hz = nominal
        hann = np.hanning(WINDOW_SAMPLES + 2)[1:-1]
        steps = np.arange(WINDOW_SAMPLES)
        self._basis = hann[:, None] * np.exp(-2j * math.pi * steps[:, None] * nominal[None, :] / RATE_HZ)
        self._basis *= 2.0 / hann.sum()  # a sine at its nominal frequency gives its peak
        self._energy_window = hann**2 / float(np.sum(hann**2))
        self._turn = np.exp(-2j * math.pi * nominal * HOP_SAMPLES / RATE_HZ)
        self._held = np.zeros(WINDOW_SAMPLES - HOP_SAMPLES, np.float64)
        self._last: Spectrum = np.zeros(8, np.complex128)
        self._tone: _Tone | None = None

    def read(self, frame: LineSamples, at: float) -> list[DigitRead]:
        """``at`` is when the frame begins."""
        sound = np.concatenate([self._held, frame.astype(np.float64)])
        self._held = sound[FRAME_SAMPLES:]
        windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW_SAMPLES)[::HOP_SAMPLES]
        spectra = windows @ self._basis
        powers = (windows**2) @ self._energy_window
        digits: list[DigitRead] = []
        for hop in range(len(windows)):
            middle_at = at + (hop + 1) * HOP_S - WINDOW_SAMPLES / RATE_HZ / 2
            digit = self._hear(spectra[hop], float(powers[hop]), middle_at)
            if digit is not None:
                digits.append(digit)
            self._last = spectra[hop]
        return digits

    def _hear(self, spectrum: Spectrum, power: float, at: float) -> DigitRead | None:
        """One window, ``at`` its middle."""
        pair = self._pair(spectrum, power)
        tone = self._tone
        digit = None
        if tone is not None:
            if pair == (tone.row, tone.column):
                chosen = [tone.row, 4 + tone.column]
                tone.swing += spectrum[chosen] * np.conj(self._last[chosen]) * self._turn[chosen]
                tone.grow(float(abs(spectrum[tone.row])), at)
            if at - tone.loud_until >= MAX_BREAK_S:
                digit = self._judge(tone)
                self._tone = tone = None
        if tone is None and pair is not None:
            self._tone = _Tone(*pair)
            self._tone.grow(float(abs(spectrum[pair[0]])), at)
        return digit

    def _pair(self, spectrum: Spectrum, power: float) -> tuple[int, int] | None:
        """Row and column of the two tones that make up this window, if they do."""
        peaks = np.abs(spectrum)
        row, column = int(peaks[:4].argmax()), int(peaks[4:].argmax())
        low, high = float(peaks[row]), float(peaks[4 + column])
        # A window that holds half of a tone shows half of its peak.
        if min(low, high) < peak_of(MIN_LEVEL_DBM0) / 2:
            return None
        if not -MAX_REVERSE_TWIST_DB <= 20.0 * math.log10(high / low) <= MAX_TWIST_DB:
            return None
        if (low**2 + high**2) / 2.0 < MIN_PURITY * power:
            return None
        return row, column

    def _judge(self, tone: _Tone) -> DigitRead | None:
        """The digit, if the tone was long enough and true to its frequencies."""
        began_at, ended_at = tone.span()
        if ended_at - began_at < MIN_DURATION_S:
            return None
        nominal_hz = self._nominal_hz[[tone.row, 4 + tone.column]]
        deviation_hz = np.angle(tone.swing) / (2.0 * math.pi * HOP_S)
        if bool(np.any(np.abs(deviation_hz) > MAX_DEVIATION * nominal_hz)):
            return None
        return DigitRead(KEY_ROWS[tone.row][tone.column], began_at, ended_at)
