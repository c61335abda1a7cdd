"""The front end: mel cepstra as libvosk computes them from conf/mfcc.conf, and the way back to log-mel energies.

Chosen so that cepstra published by others for 8 kHz speech fit it (sphinx_fe with 15 filters of 200-3500 Hz, 13
cepstra, lifter 22): both are then inputs of one network. Kaldi's definitions are in src/feat/feature-mfcc.cc,
feature-window.cc and mel-computations.cc of Kaldi 5.5; the numbers below that are not options are its defaults.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

RATE_HZ = 8000
BINS = 15
CEPSTRA = 13
LOW_HZ = 200.0
HIGH_HZ = 3500.0
LIFTER = 22.0
WINDOW = 200  # samples of RATE_HZ, 25 ms
SHIFT = 80  # 10 ms
FFT = 256
PREEMPHASIS = 0.97
_LEAST_ENERGY = float(np.finfo(np.float32).eps)

DITHER = 3.0
"""Standard deviation, in 16-bit sample steps, of the noise that is added to the samples in training before the features
are taken. It hides the exact silence of codecs."""
LISTENING_DITHER = 10.0
"""The same for listening: whoever feeds the recogniser adds it, with a fixed seed, since libvosk's own dither is random
from run to run and is off. More than in training, because it hides the steps of faint 8-bit speech: of 80 such strings
72 instead of 68 came out right, of 90 other utterances 82 instead of 72 were rejected, and clean speech as before."""


def mfcc_conf(rate_hz: int = RATE_HZ) -> str:
    """conf/mfcc.conf of the model, for sound of ``rate_hz``. The bands are those of telephone speech at any rate."""
    return f"""--use-energy=false
--sample-frequency={rate_hz}
--num-mel-bins={BINS}
--num-ceps={CEPSTRA}
--low-freq={LOW_HZ:g}
--high-freq={HIGH_HZ:g}
--cepstral-lifter={LIFTER:g}
--dither=0
"""


def mel(frequency_hz: Array | float) -> Array:
    """The mel scale that both programs use."""
    return np.asarray(1127.0 * np.log1p(np.asarray(frequency_hz) / 700.0))


def hertz(mels: Array | float) -> Array:
    """The way back."""
    return np.asarray(700.0 * np.expm1(np.asarray(mels) / 1127.0))


def _filters(times: int) -> Array:
    """(BINS, times * FFT / 2): triangles on the mel scale, for sound of ``times`` RATE_HZ; Kaldi leaves the Nyquist bin
    out."""
    edges = np.linspace(mel(LOW_HZ), mel(HIGH_HZ), BINS + 2)
    points = mel(np.arange(times * FFT // 2) * RATE_HZ / FFT)
    rising = (points - edges[:-2, None]) / (edges[1:-1, None] - edges[:-2, None])
    falling = (edges[2:, None] - points) / (edges[2:, None] - edges[1:-1, None])
    return np.asarray(np.maximum(0.0, np.minimum(rising, falling)))


def _cosines() -> Array:
    """The orthonormal cosine transform, (BINS, BINS)."""
    k = np.arange(BINS)
    rows = np.sqrt(2.0 / BINS) * np.cos(np.pi / BINS * np.outer(k, k + 0.5))
    rows[0] = np.sqrt(1.0 / BINS)
    return np.asarray(rows)


FILTERS = _filters(1)
COSINES = _cosines()
LIFT = 1.0 + 0.5 * LIFTER * np.sin(np.pi * np.arange(BINS) / LIFTER)
FROM_LOG_MEL = (LIFT[:, None] * COSINES)[:CEPSTRA].T
"""``log_mel @ FROM_LOG_MEL`` are the cepstra."""
TO_LOG_MEL = COSINES[:CEPSTRA] / LIFT[:CEPSTRA, None]
"""``cepstra @ TO_LOG_MEL`` is the log-mel envelope, smoothed by the cepstra that are not kept."""
BIN_CENTRES_HZ = hertz(np.linspace(mel(LOW_HZ), mel(HIGH_HZ), BINS + 2)[1:-1])


def log_mel(samples: Array, times: int = 1) -> Array:
    """(frames, BINS) natural-log energies of samples in 16-bit steps at ``times`` RATE_HZ; 0 frames below 25 ms."""
    window, fft = times * WINDOW, times * FFT
    if len(samples) < window:
        return np.zeros((0, BINS))
    frames = np.lib.stride_tricks.sliding_window_view(samples, window)[:: times * SHIFT].astype(np.float64)
    frames = frames - frames.mean(1, keepdims=True)
    previous = np.concatenate([frames[:, :1], frames[:, :-1]], 1)
    spectrum = np.fft.rfft((frames - PREEMPHASIS * previous) * _povey(window), fft)[:, : fft // 2]
    energies = (spectrum.real**2 + spectrum.imag**2) @ (FILTERS if times == 1 else _filters(times)).T
    return np.asarray(np.log(np.maximum(energies, _LEAST_ENERGY)))


def _povey(window: int) -> Array:
    return np.asarray((0.5 - 0.5 * np.cos(2 * np.pi * np.arange(window) / (window - 1))) ** 0.85)


def cepstra(samples: Array) -> Array:
    """(frames, CEPSTRA) features of samples in 16-bit steps, without dither."""
    return np.asarray(log_mel(samples) @ FROM_LOG_MEL)


def dithered(samples: Array, rng: np.random.Generator, deviation: float = DITHER) -> Array:
    """``samples`` (16-bit steps) with the noise that hides exact silence, whole steps again."""
    noisy = np.round(samples + rng.normal(0.0, deviation, len(samples)))
    return np.asarray(np.clip(noisy, -32768, 32767))
