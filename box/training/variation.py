"""Variation of log-mel energies while the network trains: another vocal tract, pace, channel, noise. Pure.

It is the only variation that speech known by its features alone (:mod:`box.training.people`) can get; synthetic copies
get a little of it on top of what was done to their samples.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from box.training.augmentation import band_limited, noise
from box.training.features import BIN_CENTRES_HZ, BINS, DITHER, LISTENING_DITHER, RATE_HZ, log_mel

Array = NDArray[np.float64]
Random = np.random.Generator

_WARPS = np.linspace(0.84, 1.2, 13)
_CHANNEL_SD = np.array([0.0, 1.3, 0.9, 0.7, 0.5, 0.4])
"""Natural log of energy, by the order of the cosine over the bands."""
_SILENT = -5.0
_LISTENING_OVER_TRAINING = (0.0, 2 * np.log(LISTENING_DITHER / DITHER))
_STEPS_OVER_DITHER = (2.4, 2 * np.log(256 / np.sqrt(12) / DITHER))
"""Nats of energy; rounding to 8 bits adds noise of 1 / sqrt(12) of its step of 256."""
_LOUD_PERCENTILE = 95
_LOUDNESS = (13.0, 22.0)
"""Log energy of the loud frames of people's speech, mean over the bands: what the synthetic copies span."""


@dataclass(frozen=True)
class Backgrounds:
    """Stretches of noise as log-mel energies at one loudness (mean energy of a band 0), and of dither alone."""

    noises: tuple[Array, ...]
    dither: Array


def backgrounds(seed: int, seconds: int = 10, count: int = 48) -> Backgrounds:
    """Made from the noises of the line model."""
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(count):
        sound = noise(seconds * RATE_HZ, rng)
        if rng.random() < 0.7:
            sound = band_limited(sound, rng)
        energies = log_mel(sound * 1000)
        made.append(energies - np.log(np.exp(energies).mean()))
    return Backgrounds(tuple(made), log_mel(rng.normal(0, DITHER, 30 * RATE_HZ)))


def warp_matrix(factor: float) -> Array:
    """(BINS, BINS): ``energies @ matrix`` reads each band at ``factor`` times its frequency, interpolating."""
    places = np.interp(BIN_CENTRES_HZ * factor, BIN_CENTRES_HZ, np.arange(BINS))
    low = np.minimum(places.astype(int), BINS - 2)
    matrix = np.zeros((BINS, BINS))
    matrix[low, np.arange(BINS)] = 1 - (places - low)
    matrix[low + 1, np.arange(BINS)] += places - low
    return matrix


_WARP_MATRICES = tuple(warp_matrix(factor) for factor in _WARPS)


def warped(energies: Array, rng: Random) -> Array:
    """A vocal tract shorter or longer by up to a fifth."""
    return np.asarray(energies @ _WARP_MATRICES[rng.integers(0, len(_WARP_MATRICES))])


def through_channel(energies: Array, rng: Random) -> Array:
    """A random smooth response over the bands, and now and then a narrow line that loses the outer ones."""
    strength = _CHANNEL_SD * rng.random() * rng.normal(size=len(_CHANNEL_SD))
    bands = (np.arange(BINS) + 0.5) / BINS
    response = sum(s * np.cos(np.pi * order * bands) for order, s in enumerate(strength))
    response = np.asarray(response) + np.zeros(BINS)
    if rng.random() < 0.4:
        response[: rng.integers(1, 3)] -= rng.uniform(0.5, 4)
        response[-rng.integers(1, 3) :] -= rng.uniform(0.5, 3)
    return np.asarray(energies + response)


def paced(energies: Array, rng: Random) -> Array:
    """Faster or slower by up to a quarter, by repeating or leaving out frames."""
    length = max(3, round(len(energies) * rng.uniform(0.78, 1.28)))
    return np.asarray(energies[np.linspace(0, len(energies) - 1, length).round().astype(int)])


def at_level(energies: Array, rng: Random) -> Array:
    """Shifted so that its loud frames have one of the loudnesses that lines deliver."""
    loud = np.percentile(energies.mean(1), _LOUD_PERCENTILE)
    return np.asarray(energies + rng.uniform(*_LOUDNESS) - loud)


def in_quiet(energies: Array, rng: Random) -> Array:
    """With 0.05-0.6 s of silence at both ends."""
    before, after = (np.full((rng.integers(5, 60), BINS), _SILENT) for _ in range(2))
    return np.concatenate([before, energies, after])


def with_background(energies: Array, background: Array, snr: float, rng: Random) -> Array:
    """``background`` (mean band energy 0 dB, any length) added ``snr`` nats of energy below the mean of the speech."""
    start = rng.integers(0, len(background))
    rows = np.take(background, np.arange(start, start + len(energies)), axis=0, mode="wrap")
    speech = np.log(np.exp(energies).mean())
    return np.asarray(np.logaddexp(energies, rows + speech - snr))


def people_varied(energies: Array, rng: Random, sounds: Backgrounds) -> Array:
    """People's clean speech as lines might deliver it."""
    made = paced(energies, rng) if rng.random() < 0.6 else energies
    if rng.random() < 0.6:
        made = warped(made, rng)
    made = in_quiet(at_level(made, rng), rng)
    if rng.random() < 0.85:
        made = through_channel(made, rng)
    background = sounds.noises[rng.integers(0, len(sounds.noises))]
    made = with_background(made, background, _snr(rng), rng)
    return masked(with_dither(made, sounds, rng), rng)


def copy_varied(energies: Array, rng: Random, sounds: Backgrounds) -> Array:
    """A synthetic copy, which has been through a line already, varied once more."""
    made = warped(energies, rng) if rng.random() < 0.5 else energies
    if rng.random() < 0.5:
        made = with_dither(through_channel(made, rng), sounds, rng)
    if rng.random() < 0.15:
        made = with_background(made, sounds.noises[rng.integers(0, len(sounds.noises))], _snr(rng), rng)
    return masked(made, rng)


def masked(energies: Array, rng: Random) -> Array:
    """With a band or two, and now and then a moment of up to 70 ms, replaced by their means: what remains must do."""
    made = energies.copy()
    if rng.random() < 0.4:
        width = rng.integers(1, 3)
        band = rng.integers(0, BINS - width + 1)
        made[:, band : band + width] = made[:, band : band + width].mean(0)
    for _ in range(int(rng.integers(0, 1 + len(made) // 150))):
        length = int(rng.integers(1, 8))
        start = int(rng.integers(0, max(1, len(made) - length)))
        made[start : start + length] = made.mean(0)
    return made


def with_dither(energies: Array, sounds: Backgrounds, rng: Random) -> Array:
    """Never quieter than the dither that is added to the samples, in training or (louder) in listening; now and then no
    quieter than the steps of an 8-bit line."""
    start = rng.integers(0, len(sounds.dither))
    rows = np.take(sounds.dither, np.arange(start, start + len(energies)), axis=0, mode="wrap")
    louder = rng.uniform(*(_STEPS_OVER_DITHER if rng.random() < 0.12 else _LISTENING_OVER_TRAINING))
    return np.asarray(np.logaddexp(energies, rows + louder))


def _snr(rng: Random) -> float:
    """8-45 dB in nats of energy, the middle more often."""
    low, high = ((8, 20), (15, 30), (25, 45))[rng.integers(0, 3)]
    return float(rng.uniform(low, high) * np.log(10) / 10)
