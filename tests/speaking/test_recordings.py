"""Every recording of the product, measured: level, clipping, trim, length. Listening by numbers."""

from __future__ import annotations

import numpy as np

from box.speaking.catalogue import load_catalogue
from box.speaking.clip_checks import findings, is_weak, measure
from box.speaking.opening import PROMPTS
from tests.kit.tones import rms

CATALOGUE = load_catalogue(PROMPTS)
CLIPS = list(CATALOGUE.manifest.clips())


def test_nothing_is_wrong_with_any_recording() -> None:
    assert [line for clip in CLIPS for line in findings(clip, CATALOGUE.samples(clip.name))] == []


def test_loudness_of_all_clips_lies_within_three_decibels() -> None:
    levels = [measure(CATALOGUE.samples(clip.name)).level_dbm0 for clip in CLIPS if not is_weak(clip)]
    assert max(levels) - min(levels) <= 3.0


def test_loudness_measured_another_way_agrees() -> None:
    """Mean power of the loudest third of each clip's 20 ms, against the level of a sine from tests/kit: no code shared
    with the product. A clip that whispers or shouts stands out however the level is defined."""
    for clip in CLIPS:
        if is_weak(clip):
            continue
        sound = CATALOGUE.samples(clip.name).astype(float)
        frames = np.sort(np.mean(sound[: len(sound) // 160 * 160].reshape(-1, 160) ** 2, axis=1))
        loud = float(np.sqrt(np.mean(frames[len(frames) * 2 // 3 :])))
        assert rms(-19.5) < loud < rms(-13.5), clip.name


def test_no_sample_is_clipped() -> None:
    for clip in CLIPS:
        samples = CATALOGUE.samples(clip.name).astype(np.int32)
        assert np.max(np.abs(samples)) < 32767 * 0.72, clip.name


def test_telephone_band_only() -> None:
    """Under 200 Hz and above 3700 Hz there is next to nothing: a modem's filters have nothing to distort."""
    for clip in CLIPS:
        samples = CATALOGUE.samples(clip.name).astype(float)
        spectrum = np.abs(np.fft.rfft(samples)) ** 2
        hz = np.fft.rfftfreq(len(samples), 1 / 8000)
        outside = spectrum[(hz < 200) | (hz > 3700)].sum()
        assert outside < 0.01 * spectrum.sum(), clip.name


def test_all_recordings_stay_small() -> None:
    assert sum((PROMPTS / "audio" / clip.file).stat().st_size for clip in CLIPS) < 20_000_000
