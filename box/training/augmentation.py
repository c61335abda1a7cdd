"""One clean utterance into many: the ways in which speakers, rooms, telephones and lines differ. Pure: each function
takes samples (floats, -1 … 1 before the line, 16-bit steps after it) and a random generator, and gives samples.

All linear filtering is one multiplication of the spectrum, so nothing but numpy is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from box.training.features import RATE_HZ
from firmware.sound_formats import decoder, encoder

Array = NDArray[np.float64]
Random = np.random.Generator

SPEED = (0.8, 1.3)
"""Playing slower or faster moves pace, pitch and formants together; the synthesisers vary pace and pitch themselves."""
CODINGS = ("ulaw", "ulaw", "alaw", "alaw", "linear8u", "linear8u", "linear16", "linear16", "linear16")
_QUIET = 0.004


@dataclass(frozen=True, slots=True)
class LineEnd:
    """How loud a line delivers speech (peak, dB below full scale), in which codings, and the share of callers whose
    speech has been through a mobile telephone's coding (added by :mod:`box.training.copies`)."""

    level_db: tuple[float, float]
    codings: tuple[str, ...]
    mobile_share: float


USUAL = LineEnd((-40.0, 0.0), CODINGS, mobile_share=0.2)
QUIET_8_BIT = LineEnd((-36.0, -14.0), ("linear8u",), mobile_share=0.05)
"""A faint caller on a modem that has 8 bits a sample and no companding: a few steps of amplitude are all there is."""


def trimmed(sound: Array, rate_hz: int) -> Array:
    """Without the silence at the ends, but for 20 ms before and 40 ms after."""
    loud = np.flatnonzero(np.abs(sound) > _QUIET)
    if not len(loud):
        return sound[:0]
    return sound[max(0, loud[0] - rate_hz // 50) : loud[-1] + rate_hz // 25]


def resampled(sound: Array, factor: float) -> Array:
    """``factor`` times as many samples, with nothing above the new half rate."""
    wanted = max(1, round(len(sound) * factor))
    spectrum = np.fft.rfft(sound)
    kept = min(len(spectrum), wanted // 2 + 1)
    fitted = np.zeros(wanted // 2 + 1, complex)
    fitted[:kept] = spectrum[:kept]
    return np.asarray(np.fft.irfft(fitted, wanted) * (wanted / len(sound)))


def speaker_varied(sound: Array, rate_hz: int, rng: Random) -> Array:
    """Another speaker of the same words, at RATE_HZ: length of the vocal tract, wavering pace, breath, loudness."""
    voice = resampled(sound, RATE_HZ / rate_hz / rng.uniform(*SPEED))
    if rng.random() < 0.5:
        voice = _wavering(voice, rng)
    if rng.random() < 0.4:
        voice = voice + _breath(voice, rng) * rng.uniform(0.02, 0.4)
    if rng.random() < 0.5:
        voice = voice * _slow_curve(len(voice), RATE_HZ // 3, rng.normal(0, 4, 64))
    return np.asarray(voice / (np.abs(voice).max() + 1e-9))


def _wavering(voice: Array, rng: Random) -> Array:
    knots = np.exp(rng.normal(0, 0.1, max(3, len(voice) // 2400)))
    pace = np.interp(np.arange(len(voice)), np.linspace(0, len(voice), len(knots)), knots)
    places = np.cumsum(pace)
    return np.asarray(np.interp(np.arange(int(places[-1])), places, voice))


def _breath(voice: Array, rng: Random) -> Array:
    """Noise that follows the loudness, rising with frequency."""
    window = np.ones(200) / 200
    loudness = np.convolve(np.abs(voice), window, "same")
    noise = rng.normal(size=len(voice))
    return np.asarray((noise - 0.9 * np.roll(noise, 1)) * loudness)


def _slow_curve(length: int, step: int, decibels: Array) -> Array:
    knots = decibels[: max(3, min(len(decibels), length // step))]
    return np.asarray(10 ** (np.interp(np.arange(length), np.linspace(0, length, len(knots)), knots) / 20))


def in_silence(sound: Array, rng: Random) -> tuple[Array, slice]:
    """With quiet before (0.05-0.7 s) and after (0.15-0.9 s), and where the speech stands in it."""
    lead, tail = int(RATE_HZ * rng.uniform(0.05, 0.7)), int(RATE_HZ * rng.uniform(0.15, 0.9))
    return np.concatenate([np.zeros(lead), sound, np.zeros(tail)]), slice(lead, lead + len(sound))


def in_room(sound: Array, rng: Random) -> Array:
    """A small room's reverberation, 50-450 ms."""
    length = int(RATE_HZ * rng.uniform(0.05, 0.45))
    echo = rng.normal(size=length) * np.exp(-6.9 * np.arange(length) / length)
    echo *= rng.uniform(0.1, 0.9) / (np.sqrt((echo**2).sum()) + 1e-9)
    echo[0] = 1.0
    size = len(sound) + length
    return np.asarray(np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(echo, size), size)[: len(sound)])


def through_handset(sound: Array, rng: Random) -> Array:
    """A random smooth response of the microphone (up to three bumps of 9 dB)."""
    frequencies = np.fft.rfftfreq(len(sound), 1 / RATE_HZ)
    octaves = np.log2(np.maximum(frequencies, 50.0))
    gain_db = np.zeros(len(frequencies))
    for _ in range(rng.integers(1, 4)):
        centre, width = np.log2(rng.uniform(200, 3400)), rng.uniform(0.3, 1.2)
        gain_db += rng.uniform(-9, 9) * np.exp(-0.5 * ((octaves - centre) / width) ** 2)
    return np.asarray(np.fft.irfft(np.fft.rfft(sound) * 10 ** (gain_db / 20), len(sound)))


def band_limited(sound: Array, rng: Random) -> Array:
    """The pass band of a line: from 120-380 Hz to 2900-3700 Hz, of a bad one from 300-500 Hz to 2200-3000 Hz; slopes of
    12-36 dB an octave."""
    if rng.random() < 0.2:
        low, high = rng.uniform(300, 500), rng.uniform(2200, 3000)
    else:
        low, high = rng.uniform(120, 380), rng.uniform(2900, 3700)
    order = rng.integers(2, 7)
    frequencies = np.maximum(np.fft.rfftfreq(len(sound), 1 / RATE_HZ), 1.0)
    gain = 1 / np.sqrt((1 + (low / frequencies) ** (2 * order)) * (1 + (frequencies / high) ** (4 * order)))
    return np.asarray(np.fft.irfft(np.fft.rfft(sound) * gain, len(sound)))


def with_losses(sound: Array, rng: Random) -> Array:
    """Packets of 20 ms lost (1-8 % of them, often two in a row), each replaced by the one before at a lower level or by
    silence, as the ends of voice over IP do."""
    made = sound.copy()
    size = RATE_HZ // 50
    chance = rng.uniform(0.01, 0.08)
    gain = float(rng.choice((0.0, 0.7, 0.9)))
    lost = False
    for start in range(size, len(made) - size, size):
        lost = rng.random() < (0.4 if lost else chance)
        if lost:
            made[start : start + size] = gain * made[start - size : start]
    return made


def noise(length: int, rng: Random) -> Array:
    """White, pink or brown noise, mains hum, or a mixture, of unit power."""
    kind = rng.integers(0, 4)
    white = rng.normal(size=length)
    if kind == 3:
        seconds = np.arange(length) / RATE_HZ
        hum = sum(rng.random() / h * np.sin(2 * np.pi * (50 * h * seconds + rng.random())) for h in range(1, 9))
        made = np.asarray(hum) + 0.1 * white
    else:
        slope = (0.0, 0.5, 1.0)[kind]
        frequencies = np.maximum(np.fft.rfftfreq(length, 1 / RATE_HZ), 30.0)
        made = np.fft.irfft(np.fft.rfft(white) / frequencies**slope, length)
    return np.asarray(made / (np.sqrt(np.mean(made**2)) + 1e-12))


def noisy(sound: Array, background: Array, snr_db: float, speech: slice) -> Array:
    """``background`` (unit power) added at ``snr_db`` below the mean power of the speech."""
    power = np.sqrt(np.mean(sound[speech] ** 2)) + 1e-9
    return np.asarray(sound + background * power * 10 ** (-snr_db / 20))


def clicking(sound: Array, rng: Random) -> Array:
    """A few clicks of 1-20 samples, up to the loudest sample."""
    made = sound.copy()
    for _ in range(rng.integers(1, 6)):
        start = rng.integers(0, len(sound))
        made[start : start + rng.choice((1, 3, 20))] += rng.uniform(-1, 1) * np.abs(sound).max()
    return made


def coded(sound: Array, coding: str) -> Array:
    """Through the coding of a modem's voice stream, as 16-bit steps."""
    steps = np.clip(np.round(sound * 32767), -32768, 32767).astype(np.int16)
    return np.asarray(decoder(coding).decode(encoder(coding).encode(steps)), np.float64)


def line_varied(sound: Array, rng: Random, babble: Array | None = None, end: LineEnd = USUAL) -> Array:
    """The utterance ``sound`` (RATE_HZ, -1 … 1) as some line delivers it, in 16-bit steps. ``babble`` is other people's
    speech of any length; it is taken as background now and then."""
    made, speech = in_silence(sound, rng)
    if rng.random() < 0.4:
        made = in_room(made, rng)
    if rng.random() < 0.8:
        made = through_handset(made, rng)
    if rng.random() < 0.85:
        made = noisy(made, _background(len(made), rng, babble), _snr_db(rng), speech)
    if rng.random() < 0.15:
        made = clicking(made, rng)
    if rng.random() < 0.85:
        made = band_limited(made, rng)
    if rng.random() < 0.08:
        made = with_losses(made, rng)
    peak = 10 ** (rng.uniform(*end.level_db) / 20)
    made = made / (np.abs(made).max() + 1e-9) * peak
    if rng.random() < 0.08:
        made = np.clip(made * rng.uniform(1.5, 5), -0.99 * peak, 0.99 * peak)
    return coded(made, str(rng.choice(end.codings)))


def _snr_db(rng: Random) -> float:
    low, high = ((8, 20), (15, 30), (25, 45))[rng.integers(0, 3)]
    return float(rng.uniform(low, high))


def _background(length: int, rng: Random, babble: Array | None) -> Array:
    if babble is None or not len(babble) or rng.random() < 0.75:
        return noise(length, rng)
    repeated = np.resize(np.roll(babble, rng.integers(0, len(babble))), length)
    return np.asarray(repeated / (np.sqrt(np.mean(repeated**2)) + 1e-9))
