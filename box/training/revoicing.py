"""One voice into many: a vocoder takes speech apart into pitch, envelope and breath, which are changed and put together
again. Pure but for the vocoder, imported when it is first used: WORLD (modified BSD) by the package pyworld (MIT).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from box.training.errors import TrainingInputWrong

Array = NDArray[np.float64]
Random = np.random.Generator

FORMANTS = (0.78, 1.28)
"""Times the frequencies of the envelope: from a large man to a child."""
PITCH_HZ = (65.0, 320.0)
"""Middle pitch of the new voice."""


@dataclass(frozen=True, slots=True)
class Person:
    """A new voice. ``formants`` times its frequencies; ``pitch_hz`` in the middle; ``liveliness`` times the movement of
    the pitch (0 is monotone); ``breath`` 0-1 mixes noise into the voiced sound; ``roughness`` is the random part of the
    pitch; ``tilt_db`` falls or rises from octave to octave; ``pace`` times the length."""

    formants: float
    pitch_hz: float
    liveliness: float
    breath: float
    roughness: float
    tilt_db: float
    pace: float


def person(rng: Random) -> Person:
    """Somebody: pitch goes with formants as it does from men to children, but not strictly."""
    formants = float(rng.uniform(*FORMANTS))
    pitch = float(np.clip(115 * formants**2.4 * np.exp(rng.normal(0, 0.25)), *PITCH_HZ))
    return Person(
        formants=formants,
        pitch_hz=pitch,
        liveliness=float(rng.uniform(0.1, 1.8)),
        breath=float(rng.choice((0.0, 0.0, rng.uniform(0, 0.5), rng.uniform(0.3, 0.95)))),
        roughness=float(rng.choice((0.0, 0.01, rng.uniform(0, 0.06)))),
        tilt_db=float(rng.normal(0, 2.0)),
        pace=float(np.exp(rng.normal(0, 0.12))),
    )


def revoiced(sound: Array, rate_hz: int, who: Person, rng: Random) -> Array:
    """``sound`` (-1 … 1) said by ``who``. Raises TrainingInputWrong where the vocoder is not installed."""
    try:
        import pyworld
    except ImportError as error:
        raise TrainingInputWrong(f"{error}; install requirements-training.txt") from None
    sound = np.ascontiguousarray(sound, np.float64)
    pitch, times = pyworld.dio(sound, rate_hz)
    envelope = pyworld.cheaptrick(sound, pitch, times, rate_hz)
    noisiness = pyworld.d4c(sound, pitch, times, rate_hz)
    made = pyworld.synthesize(
        _pitched(pitch, who, rng),
        np.ascontiguousarray(_warped(envelope, who.formants) * _tilt(envelope.shape[1], rate_hz, who.tilt_db)),
        np.ascontiguousarray(
            np.clip(noisiness + who.breath * (1 - noisiness) * _rising(noisiness.shape[1]), 1e-3, 1 - 1e-3)
        ),
        rate_hz,
        5.0 * who.pace,
    )
    return np.asarray(made * min(1.0, 0.98 / (np.abs(made).max() + 1e-9)))


def _pitched(pitch: Array, who: Person, rng: Random) -> Array:
    voiced = pitch > 0
    if not voiced.any():
        return pitch
    middle = np.median(pitch[voiced])
    moved = np.where(voiced, who.pitch_hz * (np.maximum(pitch, 1.0) / middle) ** who.liveliness, 0.0)
    return np.asarray(np.where(voiced, np.clip(moved * np.exp(rng.normal(0, who.roughness, len(pitch))), 45, 600), 0.0))


def _warped(envelope: Array, factor: float) -> Array:
    """Each frame's envelope read at frequencies ``1 / factor`` times as high."""
    lines = np.arange(envelope.shape[1])
    places = np.minimum(lines / factor, lines[-1])
    low = np.minimum(places.astype(int), len(lines) - 2)
    share = places - low
    logs = np.log(envelope + 1e-16)
    return np.asarray(np.exp(logs[:, low] * (1 - share) + logs[:, low + 1] * share))


def _tilt(lines: int, rate_hz: int, decibels: float) -> Array:
    octaves = np.log2(np.maximum(np.linspace(0, rate_hz / 2, lines), 100.0) / 1000.0)
    return np.asarray(10 ** (decibels * np.clip(octaves, -3, 2) / 10))


def _rising(lines: int) -> Array:
    """Breath is heard above the first formant first."""
    return np.clip(np.linspace(0.3, 2.0, lines), 0, 1)
