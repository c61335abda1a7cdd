"""What a caller can tell by ear: tones at the borders of the rules, voices, and noise on the line."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from firmware.virtual.caller_ear import CallerEar
from tests.virtual.exchange.bench import frames, level, sine, voice


def noisy(sound: NDArray, dbm0: float | None) -> NDArray:
    if dbm0 is None:
        return sound
    noise = np.random.default_rng(11).normal(size=len(sound))
    return sound + noise * 10 ** ((dbm0 - level(noise)) / 20)


def listen(sound: NDArray, ear: CallerEar | None = None) -> CallerEar:
    ear = ear or CallerEar()
    for frame in frames(sound):
        ear.hear(frame)
    return ear


def bursts(on_s: float, off_s: float, seconds: float, hz: float = 425, dbm0: float = -10) -> NDArray:
    sound = sine(hz, seconds, dbm0)
    places = np.arange(len(sound)) / 8000 % (on_s + off_s)
    return sound * (places < on_s)


def when(sound: NDArray, fact: str) -> float | None:
    """First second at which the ear tells it."""
    ear = CallerEar()
    for number, frame in enumerate(frames(sound)):
        ear.hear(frame)
        if getattr(ear, fact):
            return (number + 1) * 0.02
    return None


@pytest.mark.parametrize("noise_dbm0", [None, -50.0, -40.0])
@pytest.mark.parametrize(
    ("on_s", "off_s"),
    [(0.3, 0.3), (0.35, 0.35), (0.4, 0.4), (0.33, 0.33), (0.15, 0.15), (0.175, 0.175), (0.2, 0.2)],
)
def test_busy_and_congestion(on_s: float, off_s: float, noise_dbm0: float | None) -> None:
    sound = noisy(np.concatenate([np.zeros(4000), bursts(on_s, off_s, 5.0)]), noise_dbm0)
    told = when(sound, "busy")
    assert told is not None
    assert told - 0.5 < 2.5 * (on_s + off_s) + 0.1
    assert listen(sound).speech_s < 0.1


@pytest.mark.parametrize(
    "sound",
    [
        bursts(1.0, 4.0, 30.0),
        bursts(0.35, 0.35, 1.0),
        bursts(0.35, 0.35, 8.0, hz=700),
        bursts(0.6, 0.6, 8.0),
        bursts(0.05, 0.05, 8.0),
        bursts(0.2, 0.4, 8.0),
        bursts(0.28, 0.48, 8.0),
        sine(425, 10.0, -10),
        voice(10.0),
    ],
)
def test_what_is_not_busy(sound: NDArray) -> None:
    assert when(sound, "busy") is None


@pytest.mark.parametrize(("on_s", "off_s"), [(0.8, 3.2), (0.9, 3.6), (1.0, 4.0), (1.1, 4.4)])
def test_ringback(on_s: float, off_s: float) -> None:
    sound = bursts(on_s, off_s, 12.0)
    told = when(sound, "ringback")
    assert told is not None
    assert on_s < told < on_s + 1.0
    assert when(sound, "dial_tone") is None
    assert not listen(sound).released


@pytest.mark.parametrize("sound", [bursts(0.35, 0.35, 8.0), np.concatenate([voice(1.0), np.zeros(16_000)])])
def test_what_is_not_ringback(sound: NDArray) -> None:
    assert when(sound, "ringback") is None


def test_dial_tone() -> None:
    told = when(np.concatenate([np.zeros(4000), sine(425, 4.0, -12)]), "dial_tone")
    assert told == pytest.approx(2.1, abs=0.1)
    assert when(sine(700, 5.0, -12), "dial_tone") is None
    assert when(voice(8.0), "dial_tone") is None


@pytest.mark.parametrize("noise_dbm0", [None, -60.0, -45.0, -38.0])
def test_speech_and_the_quiet_after_it(noise_dbm0: float | None) -> None:
    quiet = np.zeros(12_000)
    ear = listen(noisy(np.concatenate([quiet, voice(2.0, -16.0), quiet]), noise_dbm0))
    assert 1.2 < ear.speech_s < 2.2
    assert ear.quiet_s == pytest.approx(1.5, abs=0.25)


def test_a_forgotten_sound_is_no_answer() -> None:
    ear = listen(np.concatenate([voice(1.0), bursts(0.35, 0.35, 3.0)]))
    assert ear.speech_s > 0.5
    assert ear.busy
    ear.forget()
    assert ear.speech_s == 0.0
    assert not ear.busy
    assert listen(bursts(0.35, 0.35, 3.0), ear).busy


def test_a_voice_after_ringback_is_a_voice() -> None:
    ear = listen(np.concatenate([bursts(1.0, 4.0, 9.0), voice(1.0)]))
    assert ear.speech_s > 0.5
    assert not ear.ringback
