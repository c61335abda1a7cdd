"""Key tones and disturbances for tests, made from the standards and without any code of the product.

Levels are dBm0 of each tone on the scale of the line: a sine of peak 32767 is +3.14 dBm0 (ITU-T G.711, A-law overload).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 8000
ROWS_HZ = (697.0, 770.0, 852.0, 941.0)
COLUMNS_HZ = (1209.0, 1336.0, 1477.0, 1633.0)
PAD = ("123A", "456B", "789C", "*0#D")
ALL_KEYS = "".join(PAD)

Sound = NDArray[np.float64]


def peak(level_dbm0: float) -> float:
    """Peak of a sine of this level."""
    return float(32767 * 10 ** ((level_dbm0 - 3.14) / 20))


def rms(level_dbm0: float) -> float:
    """Root mean square of any signal of this level."""
    return peak(level_dbm0) / float(np.sqrt(2))


def count(duration_s: float) -> int:
    """Samples in a duration."""
    return round(duration_s * RATE_HZ)


def silence(duration_s: float) -> Sound:
    return np.zeros(count(duration_s))


def sine(hz: float, level_dbm0: float, duration_s: float, phase: float = 0.0) -> Sound:
    return peak(level_dbm0) * np.sin(2 * np.pi * hz * np.arange(count(duration_s)) / RATE_HZ + phase)


def frequencies(key: str) -> tuple[float, float]:
    """Row and column of ITU-T Q.23."""
    for row, keys in enumerate(PAD):
        if key in keys:
            return ROWS_HZ[row], COLUMNS_HZ[keys.index(key)]
    raise ValueError(key)


def key_tone(
    key: str,
    duration_s: float,
    *,
    low_dbm0: float = -10.0,
    twist_db: float = 0.0,
    off: float = 0.0,
    off_low: float | None = None,
    phase: float = 0.0,
) -> Sound:
    """One press. ``twist_db`` is how much stronger the high tone is; ``off`` the relative error of its frequencies."""
    low_hz, high_hz = frequencies(key)
    low = sine(low_hz * (1 + (off if off_low is None else off_low)), low_dbm0, duration_s, phase)
    return low + sine(high_hz * (1 + off), low_dbm0 + twist_db, duration_s, phase * 1.7)


def presses(keys: str, on_s: float, off_s: float, **tone: float) -> Sound:
    """The keys one after another, with silence before, between and after."""
    parts = [silence(off_s)]
    for number, key in enumerate(keys):
        parts += [key_tone(key, on_s, phase=number * 0.9, **tone), silence(off_s)]  # type: ignore[arg-type]
    return np.concatenate([*parts, silence(0.1)])


def white_noise(level_dbm0: float, duration_s: float, seed: int) -> Sound:
    return np.random.default_rng(seed).normal(0.0, rms(level_dbm0), count(duration_s))


def samples(sound: Sound) -> NDArray[np.int16]:
    """What a converter makes of it: rounded, clipped at full scale."""
    return np.clip(np.rint(sound), -32768, 32767).astype(np.int16)
