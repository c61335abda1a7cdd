"""Studio or synthesised sound made fit for a telephone line: 8000 Hz, 300-3400 Hz, trimmed, evened.

Pure functions on arrays in 16-bit units. Used when prompts are rendered, and by whoever renders a place's name.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

Sound = NDArray[np.float64]
"""Mono sound in 16-bit units, not yet rounded."""

OVERLOAD_DBM0 = 3.14
"""Level of a sine at full scale in A-law (ITU-T G.711 clause 5)."""

ACTIVE_LEVEL_DBM0 = -18.0
"""Level of the speech in every clip. ITU-T P.56 tests and codecs take -26 dBov, which is -20 dBm0 in A-law; 2 dB more
because the commonest voice modems take 8-bit linear samples, whose noise lies only 27 dB under -20 dBm0. The mean over
a minute stays below the -15 dBm0 of ITU-T G.223."""

P56_MARGIN_DB = 15.9
"""What lies further below the speech is pause, not speech (ITU-T P.56 clause 6)."""

PEAK_LIMIT = 32767 * 10 ** (-3 / 20)
"""No sample above -3 dBFS: room for filters and sample conversions further on."""

PASS_BAND_HZ = (300.0, 3400.0)
FRAME_S = 0.005
EDGE_S = 0.010
"""Quiet left before and after the speech of a clip; players of clips subtract it from their pauses."""
RAMP_S = 0.005
QUIET_DB = -42.0
"""A frame so far below the loudest frame is not speech. The weakest speech, a final «т» let go, lies near -38; the
synthesisers' own hiss near -55."""
LONGEST_INNER_PAUSE_S = 0.40

_RESAMPLING_ZEROS = 24
_KAISER_BETA = 8.0
_BAND_TAPS = 257


def for_the_line(sound: Sound, rate_hz: int) -> Sound:
    """``sound`` at 8000 Hz with nothing outside the telephone band."""
    return _band_limited(_resampled(sound, rate_hz))


def trimmed(sound: Sound) -> Sound:
    """``sound`` from EDGE_S before its first speech to EDGE_S after its last, with ramps at both ends and no inner
    pause above LONGEST_INNER_PAUSE_S. Nothing but quiet comes back empty."""
    loud = np.flatnonzero(frame_levels_db(sound) > QUIET_DB)
    if not loud.size:
        return sound[:0]
    frame, edge = int(FRAME_S * SAMPLE_RATE_HZ), int(EDGE_S * SAMPLE_RATE_HZ)
    first, last = int(loud[0]) * frame, int(loud[-1] + 1) * frame
    padded = np.concatenate([np.zeros(edge), sound, np.zeros(edge)])
    return ramped(_without_long_pauses(padded[first : last + 2 * edge]))


def ramped(sound: Sound) -> Sound:
    """``sound`` rising from nothing and falling to nothing over RAMP_S, so that no joint clicks."""
    length = min(int(RAMP_S * SAMPLE_RATE_HZ), len(sound) // 2)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(length) / max(length, 1))
    shaped = sound.copy()
    shaped[:length] *= rise
    shaped[len(sound) - length :] *= rise[::-1]
    return shaped


def evening_gain(sound: Sound) -> float:
    """The factor that brings the speech of ``sound`` to ACTIVE_LEVEL_DBM0, less if a peak would pass PEAK_LIMIT."""
    peak = float(np.max(np.abs(sound), initial=0.0))
    if peak == 0.0:
        return 1.0
    wanted = 10 ** ((ACTIVE_LEVEL_DBM0 - active_level_dbm0(sound)) / 20)
    return min(float(wanted), PEAK_LIMIT / peak)


def active_level_dbm0(sound: Sound | Samples) -> float:
    """Mean level of the speech in ``sound``: frames of 20 ms, without those more than P56_MARGIN_DB below the mean of
    the rest. -inf for silence."""
    frame = SAMPLE_RATE_HZ // 50
    wide = np.asarray(sound, np.float64)
    padded = np.concatenate([wide, np.zeros(-len(wide) % frame)]).reshape(-1, frame)
    power = np.mean(padded**2, axis=1)
    power = power[power > 0]
    if not power.size:
        return -math.inf
    for _ in range(2):
        power = power[power > np.mean(power) * 10 ** (-P56_MARGIN_DB / 10)]
    return 10 * math.log10(float(np.mean(power)) / (32767.0**2 / 2)) + OVERLOAD_DBM0


def to_samples(sound: Sound) -> Samples:
    """Rounded to 16 bits; what would overflow is held at full scale."""
    samples: Samples = np.clip(np.rint(sound), -32767, 32767).astype(np.int16)
    return samples


def frame_levels_db(sound: Sound | Samples) -> NDArray[np.float64]:
    """Level of each whole frame of FRAME_S, in dB below the loudest."""
    frame = int(FRAME_S * SAMPLE_RATE_HZ)
    whole = np.asarray(sound[: len(sound) // frame * frame], np.float64).reshape(-1, frame)
    power = np.mean(whole**2, axis=1) if whole.size else np.zeros(0)
    loudest = float(np.max(power, initial=0.0))
    if loudest == 0.0:
        return np.full(len(power), -math.inf)
    levels: NDArray[np.float64] = 10 * np.log10(np.maximum(power / loudest, 1e-12))
    return levels


def _resampled(sound: Sound, rate_hz: int) -> Sound:
    """Windowed-sinc interpolation at the new instants; works for any pair of rates."""
    if rate_hz == SAMPLE_RATE_HZ or not len(sound):
        return sound
    ratio = min(1.0, SAMPLE_RATE_HZ / rate_hz)
    reach = math.ceil(_RESAMPLING_ZEROS / ratio)
    nearest, phase = np.divmod(np.arange(len(sound) * SAMPLE_RATE_HZ // rate_hz) * rate_hz, SAMPLE_RATE_HZ)
    phases, kind = np.unique(phase, return_inverse=True)
    distance = np.arange(-reach, reach + 1) - phases[:, None] / SAMPLE_RATE_HZ
    window = np.i0(_KAISER_BETA * np.sqrt(np.clip(1 - (distance / (reach + 1)) ** 2, 0, 1))) / np.i0(_KAISER_BETA)
    weights = ratio * np.sinc(ratio * distance) * window
    around = sliding_window_view(np.concatenate([np.zeros(reach), sound, np.zeros(reach)]), 2 * reach + 1)
    resampled: Sound = np.einsum("ij,ij->i", around[nearest], weights[kind])
    return resampled


def _band_limited(sound: Sound) -> Sound:
    if not len(sound):
        return sound
    middle = _BAND_TAPS // 2
    n = np.arange(_BAND_TAPS) - middle
    low, high = (2 * edge / SAMPLE_RATE_HZ for edge in PASS_BAND_HZ)
    taps = (high * np.sinc(high * n) - low * np.sinc(low * n)) * np.hamming(_BAND_TAPS)
    return np.convolve(sound, taps)[middle : middle + len(sound)]


def _without_long_pauses(sound: Sound) -> Sound:
    frame = int(FRAME_S * SAMPLE_RATE_HZ)
    quiet = frame_levels_db(sound) <= QUIET_DB
    keep = np.ones(len(sound), bool)
    longest = round(LONGEST_INNER_PAUSE_S / FRAME_S)
    start = 0
    for place in range(len(quiet) + 1):
        if place < len(quiet) and quiet[place]:
            continue
        surplus = place - start - longest
        if surplus > 0:
            middle = start + longest // 2
            keep[middle * frame : (middle + surplus) * frame] = False
        start = place + 1
    return sound[keep]
