"""Sound at another rate: tones keep their pitch and level, nothing is mirrored above 4 kHz."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.listening.resampling import Upsampler, factor_to
from firmware.vocabulary import SAMPLE_RATE_HZ
from tests.kit.tone_words import tone


@pytest.mark.parametrize("factor", [2, 3, 6])
@pytest.mark.parametrize("frequency_hz", [200.0, 1000.0, 3000.0, 3400.0])
def test_a_tone_keeps_its_pitch_and_level(factor: int, frequency_hz: float) -> None:
    raised = Upsampler(factor).feed(tone(frequency_hz, 1.0))
    assert len(raised) == factor * SAMPLE_RATE_HZ
    inner = raised[factor * 1000 : -factor * 1000].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(inner * np.hanning(len(inner))))
    peak = int(np.argmax(spectrum))
    assert peak * factor * SAMPLE_RATE_HZ / len(inner) == pytest.approx(frequency_hz, abs=3)
    assert np.sqrt(np.mean(inner**2)) == pytest.approx(8000 / 2**0.5, rel=0.02)
    spectrum[max(0, peak - 8) : peak + 9] = 0
    assert spectrum.max() < 8000 * len(inner) / 4 / 100, "images and noise 40 dB down"


@settings(deadline=None)
@given(st.lists(st.integers(0, 500), max_size=20))
def test_pieces_of_any_size_give_the_same_sound(sizes: list[int]) -> None:
    sound = tone(777, 0.5)
    raiser, pieces, place = Upsampler(2), [], 0
    for size in [*sizes, len(sound)]:
        pieces.append(raiser.feed(sound[place : place + size]))
        place += size
    assert np.array_equal(np.concatenate(pieces), Upsampler(2).feed(sound))


def test_the_line_s_own_rate_is_left_alone() -> None:
    sound = tone(777, 0.1)
    assert np.array_equal(Upsampler(1).feed(sound), sound)


def test_loud_sound_is_cut_not_wrapped() -> None:
    square = (np.sign(tone(500, 0.2).astype(np.int32)) * 32767).astype(np.int16)
    raised = Upsampler(2).feed(square).astype(np.int32)
    assert np.abs(np.diff(raised)).max() < 50_000


@pytest.mark.parametrize(("rate_hz", "factor"), [(8000, 1), (16000, 2), (48000, 6), (11025, None), (4000, None)])
def test_only_whole_multiples_of_the_line_s_rate(rate_hz: int, factor: int | None) -> None:
    assert factor_to(rate_hz) == factor
