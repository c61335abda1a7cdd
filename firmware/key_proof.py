"""When frames of sound are a pressed key and not speech, music or noise: the thresholds of the key detector.

Speech is told from keys by purity: nearly all sound above 560 Hz must be the two tones, at a steady level and at the
right frequencies. The noisier the sound, the longer the tones must last before they are believed (``_PROOFS``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from firmware.tone_frames import ToneFrames


class MeasuredFrame(NamedTuple):
    """One frame of :class:`ToneFrames`. ``countable``: alone it could be a part of a press."""

    pair: int
    row_power: float
    column_power: float
    band_power: float
    total_power: float
    row_off: float
    column_off: float
    countable: bool


class _Proof(NamedTuple):
    """What a run of frames must show to be believed."""

    frames: int
    purity: float  # power of the pair / power above 560 Hz, over the run
    share: float  # power of the pair / all power: dial tone is forgiven, a voice's pitch is not
    swing: float  # strongest / weakest frame of one tone, as powers, without the run's first and last frame


# Measured: at S/N 15 dB no press has a purity below 0.95; at 8 dB, 0.85. What speech keeps up for six frames stays
# below 0.91 (188 minutes of synthetic voices), and is unsteady or rests on a low pitch where it comes near.
_PROOFS = (
    _Proof(frames=6, purity=0.92, share=0.30, swing=2.3),
    _Proof(frames=8, purity=0.86, share=0.60, swing=2.0),
)
_COUNTABLE_PURITY = 0.78  # a clean tone shows this while it fills 78 % of the window
_COUNTABLE_OFF = 0.030  # of the nominal frequency, in a single frame
_RUN_OFF = 0.024  # mean over the run: halfway between the 1.5 % and the 3.5 % of Q.24
# Both tones together: an octave (683 and 1366 Hz, beside 2, 6 and C) errs by 4.3 % in all; Q.24 allows 2 x 1.8 %.
_RUN_OFF_SUM = 0.040
_TWIST = (10 ** (-9.5 / 10), 10 ** (6 / 10))  # column / row power: Q.24 (AT&T) -8 and +4 dB, and a margin
_COUNTABLE_TWIST = (_TWIST[0] / 1.25, _TWIST[1] * 1.25)
_WEAKEST_POWER = (32767 * 10 ** ((-43.5 - 3.14) / 20)) ** 2 / 2  # -43.5 dBm0; a full-scale sine is +3.14 dBm0


def countable(frames: ToneFrames) -> NDArray[np.bool_]:
    """Which frames could each be a part of a press."""
    pair_power = frames.row_power + frames.column_power
    low, high = _COUNTABLE_TWIST
    possible: NDArray[np.bool_] = (
        (pair_power > _COUNTABLE_PURITY * frames.band_power)
        & (np.abs(frames.row_off) < _COUNTABLE_OFF)
        & (np.abs(frames.column_off) < _COUNTABLE_OFF)
        & (frames.column_power > low * frames.row_power)
        & (frames.column_power < high * frames.row_power)
        & (np.minimum(frames.row_power, frames.column_power) > _WEAKEST_POWER)
    )
    return possible


def measured_frames(frames: ToneFrames, possible: NDArray[np.bool_]) -> Iterator[MeasuredFrame]:
    """The frames one by one, as plain numbers."""
    return map(
        MeasuredFrame._make,
        zip(
            frames.pair.tolist(),
            frames.row_power.tolist(),
            frames.column_power.tolist(),
            frames.band_power.tolist(),
            frames.total_power.tolist(),
            frames.row_off.tolist(),
            frames.column_off.tolist(),
            possible.tolist(),
            strict=True,
        ),
    )


def proved(run: Sequence[MeasuredFrame]) -> bool:
    """Whether these countable frames of one pair are a press beyond doubt."""
    if len(run) < _PROOFS[0].frames:
        return False
    row = sum(frame.row_power for frame in run)
    column = sum(frame.column_power for frame in run)
    if not _TWIST[0] < column / row < _TWIST[1]:
        return False
    row_off = sum(frame.row_off * frame.row_power for frame in run) / row
    column_off = sum(frame.column_off * frame.column_power for frame in run) / column
    if max(abs(row_off), abs(column_off)) > _RUN_OFF or abs(row_off) + abs(column_off) > _RUN_OFF_SUM:
        return False
    purity = (row + column) / sum(frame.band_power for frame in run)
    share = (row + column) / sum(frame.total_power for frame in run)
    swing = max(_swing([frame.row_power for frame in run]), _swing([frame.column_power for frame in run]))
    return any(
        len(run) >= proof.frames and purity > proof.purity and share > proof.share and swing < proof.swing
        for proof in _PROOFS
    )


def _swing(powers: list[float]) -> float:
    inner = powers[1:-1]
    return max(inner) / min(inner)
