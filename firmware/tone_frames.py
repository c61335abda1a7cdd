"""How much of each DTMF frequency there is in the sound, frame by frame: the measuring half of the key detector.

Every 5 ms one frame of 16 ms is weighed with a Hann window and compared with the eight frequencies of ITU-T Q.23. The
tone's own frequency is read from the turn of its phase since the frame before. Frames are rows of arrays, so the work
is a few matrix products whatever the length of the sound. What frames mean is judged in :mod:`firmware.key_proof`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from firmware.vocabulary import KEYS, SAMPLE_RATE_HZ, Samples

ROWS_HZ = (697.0, 770.0, 852.0, 941.0)
COLUMNS_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
PAIR_KEYS = "123A456B789C*0#D"
"""The key of each pair, ITU-T Q.23 table 1; a pair's number is row * 4 + column."""

HOP_SAMPLES = 40
WINDOW_SAMPLES = 128
_FILTER_TAPS = 65
_FILTER_CUTOFF_HZ = 560.0
FIRST_CENTRE_SAMPLES = (_FILTER_TAPS - 1) / 2 + WINDOW_SAMPLES / 2
"""Where the first frame lies, in samples from the start; later ones follow every HOP_SAMPLES."""
LOOK_AHEAD_SAMPLES = FIRST_CENTRE_SAMPLES
"""How much sound after its centre a frame needs."""

_FARTHEST_BINS = 1.5  # the Hann response is used up to here; a tone farther off is no DTMF tone anyway

Floats = NDArray[np.float32]
_Complex = NDArray[np.complex64]

assert sorted(PAIR_KEYS) == sorted(KEYS)


@dataclass(frozen=True, slots=True, eq=False)
class ToneFrames:
    """Consecutive frames, one element of each array a frame. Powers are mean squares of sample values."""

    pair: NDArray[np.int64]  # number of the strongest row with the strongest column
    row_power: Floats
    column_power: Floats
    band_power: Floats  # everything above the high-pass (560 Hz)
    total_power: Floats  # everything but a constant offset
    row_off: Floats  # distance from the nominal frequency, as a fraction of it
    column_off: Floats

    def __len__(self) -> int:
        return len(self.pair)


def _high_pass() -> Floats:
    """Linear phase, windowed sinc: keeps mains hum, dial tone (425 Hz) and the pitch of voices out of the band."""
    n = np.arange(_FILTER_TAPS) - _FILTER_TAPS // 2
    low = np.sinc(2 * _FILTER_CUTOFF_HZ / SAMPLE_RATE_HZ * n) * np.hamming(_FILTER_TAPS)
    high = -low / low.sum()
    high[_FILTER_TAPS // 2] += 1.0
    taps: Floats = high.astype(np.float32)
    return taps


def _hann() -> Floats:
    n = np.arange(WINDOW_SAMPLES)
    window: Floats = (0.5 - 0.5 * np.cos(2 * np.pi * (n + 0.5) / WINDOW_SAMPLES)).astype(np.float32)
    return window


def _hann_response(bins: Floats) -> Floats:
    """Amplitude that a Hann window leaves of a tone ``bins`` (1/16 ms each) off the frequency looked at; 1 at zero."""
    bins = np.clip(np.abs(bins), 0.0, _FARTHEST_BINS)
    at_one = np.abs(bins - 1.0) < 1e-3
    safe = np.where(at_one, 0.0, bins)
    response: Floats = np.where(at_one, 0.5, np.sinc(safe) / (1.0 - safe * safe)).astype(np.float32)
    return response


class ToneMeter:
    """Sound in, frames out; keeps the sound that the next frame still needs."""

    _HIGH_PASS = _high_pass()
    _WINDOW = _hann()
    _WEIGHT = float(_WINDOW.sum())
    _HZ = np.array(ROWS_HZ + COLUMNS_HZ)
    _ANGLES = 2 * np.pi * np.outer(np.arange(WINDOW_SAMPLES), _HZ) / SAMPLE_RATE_HZ
    _KERNEL = np.hstack([np.cos(_ANGLES), -np.sin(_ANGLES)]).astype(np.float32) * _WINDOW[:, None]
    _TURN_BACK: _Complex = np.exp(-2j * np.pi * _HZ * HOP_SAMPLES / SAMPLE_RATE_HZ).astype(np.complex64)

    def __init__(self) -> None:
        self._tail: Floats = np.zeros(0, dtype=np.float32)
        self._before: _Complex = np.zeros((1, len(self._HZ)), dtype=np.complex64)

    def feed(self, samples: Samples) -> ToneFrames | None:
        """The frames that are complete with ``samples``, or None."""
        sound = np.concatenate([self._tail, samples.astype(np.float32)])
        if sound.size < WINDOW_SAMPLES + _FILTER_TAPS - 1:
            self._tail = sound
            return None
        band = np.convolve(sound, self._HIGH_PASS, mode="valid")
        margin = _FILTER_TAPS // 2
        band_frames = sliding_window_view(band, WINDOW_SAMPLES)[::HOP_SAMPLES]
        whole_frames = sliding_window_view(sound[margin:-margin], WINDOW_SAMPLES)[::HOP_SAMPLES]
        self._tail = sound[len(band_frames) * HOP_SAMPLES :]
        return self._measure(band_frames, whole_frames)

    def _measure(self, band_frames: Floats, whole_frames: Floats) -> ToneFrames:
        products = band_frames @ self._KERNEL
        tones: _Complex = (products[:, : len(self._HZ)] + 1j * products[:, len(self._HZ) :]).astype(np.complex64)
        turns = tones * np.conj(np.concatenate([self._before, tones[:-1]])) * self._TURN_BACK
        self._before = tones[-1:]
        sizes = np.abs(tones)
        row = sizes[:, : len(ROWS_HZ)].argmax(axis=1)
        column = sizes[:, len(ROWS_HZ) :].argmax(axis=1)
        row_power, row_off = self._tone(sizes, turns, row)
        column_power, column_off = self._tone(sizes, turns, column + len(ROWS_HZ))
        offset = whole_frames @ self._WINDOW / self._WEIGHT
        return ToneFrames(
            pair=row * len(COLUMNS_HZ) + column,
            row_power=row_power,
            column_power=column_power,
            band_power=np.square(band_frames) @ self._WINDOW / self._WEIGHT,
            total_power=np.square(whole_frames) @ self._WINDOW / self._WEIGHT - np.square(offset),
            row_off=row_off,
            column_off=column_off,
        )

    def _tone(self, sizes: Floats, turns: _Complex, chosen: NDArray[np.int64]) -> tuple[Floats, Floats]:
        """Power and frequency error of the tone ``chosen`` in each frame; the power is that at its true frequency."""
        frames = np.arange(len(chosen))
        off_hz = np.angle(turns[frames, chosen]) * (SAMPLE_RATE_HZ / (2 * np.pi * HOP_SAMPLES))
        response = _hann_response((off_hz * (WINDOW_SAMPLES / SAMPLE_RATE_HZ)).astype(np.float32))
        amplitude = 2 * sizes[frames, chosen] / (self._WEIGHT * response)
        power: Floats = (np.square(amplitude) / 2).astype(np.float32)
        off: Floats = (off_hz / self._HZ[chosen]).astype(np.float32)
        return power, off
