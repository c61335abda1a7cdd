"""A-law and WAV files, against G.711 written a second time and against sox."""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.speaking.sound_files import alaw_codes, alaw_decoded, alaw_encoded, alaw_wav, pcm_samples, pcm_wav
from firmware.vocabulary import Samples
from tests.kit.second_g711 import alaw_to_linear

ALL_CODES = bytes(range(256))


def test_every_code_is_decoded_as_the_standard_says() -> None:
    assert alaw_decoded(ALL_CODES).tolist() == [alaw_to_linear(code) for code in range(256)]


def test_every_code_comes_back() -> None:
    assert alaw_encoded(alaw_decoded(ALL_CODES)) == ALL_CODES


def test_every_sample_becomes_the_nearest_code() -> None:
    samples = np.arange(-32768, 32768).astype(np.int16)
    coded = alaw_decoded(alaw_encoded(samples)).astype(int)
    table = np.array(sorted(alaw_to_linear(code) for code in range(256)))
    nearest = np.min(np.abs(table[:, None] - samples.astype(int)[None, ::37]), axis=0)
    assert np.array_equal(np.abs(coded - samples)[::37], nearest)


def noise(count: int) -> Samples:
    return np.random.default_rng(7).integers(-20_000, 20_000, count).astype(np.int16)


@given(st.integers(0, 99))
@settings(deadline=None)
def test_a_file_gives_back_its_codes_at_any_length(count: int) -> None:
    samples = noise(count)
    wav = alaw_wav(samples)
    assert alaw_codes(wav) == alaw_encoded(samples)
    assert len(wav) % 2 == 0  # RIFF pads every chunk to an even length
    assert int.from_bytes(wav[4:8], "little") == len(wav) - 8


@given(st.binary(max_size=80), st.integers(0, 60), st.integers(0, 60))
@settings(deadline=None)
def test_any_damage_is_an_answer_or_a_declared_error(tail: bytes, start: int, length: int) -> None:
    wav = alaw_wav(noise(40))
    for damaged in (tail, wav[:start] + tail + wav[start + length :], wav[:start]):
        for read in (alaw_codes, pcm_samples):
            with contextlib.suppress(ValueError):
                assert len(read(damaged)) <= len(damaged)  # never more sound than there were bytes


def test_pcm_comes_back_with_its_rate() -> None:
    sound, rate_hz = pcm_samples(pcm_wav(noise(100)))
    assert rate_hz == 8000
    assert np.array_equal(sound, noise(100))


def test_stereo_is_refused() -> None:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(8))
    with pytest.raises(ValueError, match="is not 16-bit mono"):
        pcm_samples(target.getvalue())


@pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not installed")
def test_sox_reads_our_files_as_we_do(tmp_path: Path) -> None:
    path, raw = tmp_path / "clip.wav", tmp_path / "clip.raw"
    path.write_bytes(alaw_wav(noise(1001)))
    subprocess.run(["sox", path, "-t", "raw", "-e", "signed", "-b", "16", raw], check=True)
    expected = alaw_decoded(alaw_encoded(noise(1001)))
    assert np.array_equal(np.frombuffer(raw.read_bytes(), "<i2"), expected)
