"""Call-progress tones found at the cadences, levels and frequencies of voice-modem.md section 11."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.progress_tones import ProgressTones, Tone
from firmware.vocabulary import Samples


def tone(seconds: float, hz: float = 425.0, level_dbm0: float = -15.0) -> Samples:
    """A sine; the level of a full-scale one is +3.14 dBm0."""
    n = np.arange(round(seconds * 8000))
    return (32767 * 10 ** ((level_dbm0 - 3.14) / 20) * np.sin(2 * np.pi * hz * n / 8000)).astype(np.int16)


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * 8000), dtype=np.int16)


def cadence(on_s: float, off_s: float, periods: int, **how: float) -> Samples:
    return np.concatenate([part for _ in range(periods) for part in (tone(on_s, **how), silence(off_s))])


def heard(sound: Samples, block: int = 160) -> list[tuple[Tone, float]]:
    detector = ProgressTones()
    found = [h for i in range(0, len(sound), block) for h in detector.feed(sound[i : i + block])]
    return [(h.tone, h.at_s) for h in found]


@pytest.mark.parametrize("level_dbm0", [0.0, -15.0, -35.0])
@pytest.mark.parametrize("hz", [405.0, 425.0, 445.0])
@pytest.mark.parametrize(("on_s", "expected"), [(0.35, Tone.BUSY), (0.4, Tone.BUSY), (0.175, Tone.CONGESTION)])
def test_busy_and_congestion_within_two_periods(on_s: float, expected: Tone, hz: float, level_dbm0: float) -> None:
    found = heard(np.concatenate((silence(0.1), cadence(on_s, on_s, 3, hz=hz, level_dbm0=level_dbm0))))
    assert [t for t, _ in found] == [expected]
    assert found[0][1] <= 0.1 + 4 * on_s + 0.04


def test_dial_tone_and_ringback() -> None:
    assert [t for t, _ in heard(tone(3.0))] == [Tone.DIAL]
    assert [t for t, _ in heard(cadence(1.0, 4.0, 2))] == [Tone.RINGBACK]
    assert [t for t, _ in heard(cadence(0.8, 3.2, 2))] == [Tone.RINGBACK]


def test_a_voice_is_not_a_tone() -> None:
    rng = np.random.default_rng(7)
    noise = (rng.normal(0, 3000, 8000 * 4)).astype(np.int16)
    assert {t for t, _ in heard(noise)} == {Tone.VOICE}


def test_irregular_bursts_are_not_busy() -> None:
    parts = [tone(0.3), silence(0.6), tone(0.45), silence(0.2), tone(0.3), silence(0.9)]
    assert Tone.BUSY not in {t for t, _ in heard(np.concatenate(parts))}


def test_speech_before_busy_does_not_hide_it() -> None:
    rng = np.random.default_rng(3)
    speech = (rng.normal(0, 2000, 8000)).astype(np.int16)
    found = heard(np.concatenate((speech, silence(0.3), cadence(0.35, 0.35, 3))))
    assert [t for t, _ in found] == [Tone.VOICE, Tone.BUSY]


@given(st.lists(st.integers(1, 700), min_size=1, max_size=40))
def test_the_cutting_of_the_sound_does_not_matter(cuts: list[int]) -> None:
    sound = cadence(0.35, 0.35, 3)
    whole = heard(sound, len(sound))
    detector = ProgressTones()
    at, found = 0, []
    for cut in [*cuts, len(sound)]:
        found += detector.feed(sound[at : at + cut])
        at += cut
    assert [(h.tone, h.at_s) for h in found] == whole
