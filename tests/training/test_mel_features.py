"""The front end against a plain second computation, kaldi-native-fbank where it is installed, and itself backwards."""

from __future__ import annotations

import cmath
import math

import numpy as np
import pytest
from numpy.typing import NDArray

from box.training import features
from box.training.augmentation import resampled
from box.training.errors import TrainingInputWrong
from box.training.model_writer import Layer
from box.training.other_rate import layers_for_rate
from box.training.people import band_offsets, sphinx_filters, sphinx_log_mel

Array = NDArray[np.float64]


def speech_like(seconds: float, seed: int = 0) -> Array:
    rng = np.random.default_rng(seed)
    count = int(seconds * features.RATE_HZ)
    time = np.arange(count) / features.RATE_HZ
    tone = sum(np.sin(2 * np.pi * 130 * h * time + h) / h for h in range(1, 25))
    return np.asarray(np.round((np.asarray(tone) + rng.normal(0, 0.2, count)) * 3000 * (1.1 + np.sin(9 * time))))


def one_frame_by_hand(frame: list[float]) -> list[float]:
    """13 cepstra of 200 samples by sums as in a textbook: mean off, pre-emphasis, window, DFT, triangles, log, DCT."""
    mean = sum(frame) / 200
    frame = [x - mean for x in frame]
    frame = [frame[0] * (1 - 0.97)] + [frame[i] - 0.97 * frame[i - 1] for i in range(1, 200)]
    frame = [x * (0.5 - 0.5 * math.cos(2 * math.pi * i / 199)) ** 0.85 for i, x in enumerate(frame)]
    mel = lambda hz: 1127 * math.log(1 + hz / 700)  # noqa: E731
    step = (mel(3500) - mel(200)) / 16
    logs = []
    for b in range(15):
        left, centre, right = (mel(200) + (b + k) * step for k in range(3))
        energy = 0.0
        for line in range(128):
            at = mel(line * 8000 / 256)
            if left < at < right:
                height = (at - left) / (centre - left) if at <= centre else (right - at) / (right - centre)
                value = sum(x * cmath.exp(-2j * math.pi * line * i / 256) for i, x in enumerate(frame))
                energy += height * abs(value) ** 2
        logs.append(math.log(energy))
    cepstra = []
    for k in range(13):
        scale = math.sqrt((1 if k == 0 else 2) / 15) * (1 + 11 * math.sin(math.pi * k / 22))
        cepstra.append(scale * sum(x * math.cos(math.pi / 15 * k * (b + 0.5)) for b, x in enumerate(logs)))
    return cepstra


def test_cepstra_are_those_of_the_textbook() -> None:
    sound = speech_like(0.06)
    made = features.cepstra(sound)
    assert made.shape == (4, 13)
    for number in (0, 3):
        frame = [float(x) for x in sound[80 * number : 80 * number + 200]]
        assert made[number] == pytest.approx(one_frame_by_hand(frame), abs=1e-8)


def test_cepstra_are_those_of_kaldi() -> None:
    knf = pytest.importorskip("kaldi_native_fbank", reason="kaldi-native-fbank is not installed")
    options = knf.MfccOptions()
    options.frame_opts.samp_freq, options.frame_opts.dither = 8000, 0
    options.use_energy, options.num_ceps = False, features.CEPSTRA
    options.mel_opts.num_bins, options.mel_opts.low_freq, options.mel_opts.high_freq = features.BINS, 200, 3500
    sound = speech_like(1.0)
    computer = knf.OnlineMfcc(options)
    computer.accept_waveform(8000, sound.tolist())
    computer.input_finished()
    theirs = np.stack([computer.get_frame(i) for i in range(computer.num_frames_ready)])
    assert np.abs(features.cepstra(sound) - theirs).max() < 1e-3


def test_the_way_back_gives_the_envelope_that_the_cepstra_hold() -> None:
    energies = features.log_mel(speech_like(0.5))
    back = energies @ features.FROM_LOG_MEL @ features.TO_LOG_MEL
    assert back @ features.FROM_LOG_MEL == pytest.approx(energies @ features.FROM_LOG_MEL)
    assert np.abs(back - energies).mean() < 0.35


def test_configuration_names_what_is_computed() -> None:
    options = dict(line.removeprefix("--").split("=") for line in features.mfcc_conf().splitlines())
    assert options == {
        "use-energy": "false", "sample-frequency": "8000", "num-mel-bins": "15", "num-ceps": "13",
        "low-freq": "200", "high-freq": "3500", "cepstral-lifter": "22", "dither": "0",
    }  # fmt: skip


@pytest.mark.parametrize("length", [0, 1, 199, 200, 279, 280, 281])
def test_frames_of_short_sounds(length: int) -> None:
    frames = 0 if length < 200 else 1 + (length - 200) // 80
    assert features.log_mel(np.ones(length)).shape == (frames, 15)


def test_dither_hides_silence_and_is_repeatable() -> None:
    silence = np.zeros(8000)
    noisy = features.dithered(silence, np.random.default_rng(5))
    assert noisy == pytest.approx(features.dithered(silence, np.random.default_rng(5)))
    assert noisy.std() == pytest.approx(features.DITHER, rel=0.05)
    assert np.array_equal(noisy, np.round(noisy))
    assert features.log_mel(noisy).min() > features.log_mel(silence).max() + 5
    assert features.dithered(np.full(999, 32767.0), np.random.default_rng(1)).max() == 32767


def test_offsets_bring_sphinx_features_to_ours() -> None:
    """Fitted on noise, tried on something else: the bands agree to a small part of how much speech varies in them."""
    sound = speech_like(2.0, seed=3)
    ours, theirs = features.log_mel(sound), sphinx_log_mel(sound) + band_offsets()
    difference = ours[: len(theirs)] - theirs[: len(ours)]
    assert np.abs(difference.mean()) < 0.25
    assert np.abs(difference - difference.mean()).mean() < 0.5


def test_sphinx_filters_have_area_one() -> None:
    assert sphinx_filters().sum(1) * 8000 / 512 == pytest.approx(np.ones(15), rel=0.02)


def test_first_layer_for_another_rate_hears_the_same() -> None:
    """Sound of 16 kHz whose upper half is empty gives the network nearly what the same sound gives it at 8 kHz."""
    rng = np.random.default_rng(0)
    layer = Layer((0,), rng.normal(size=(6, features.CEPSTRA)), rng.normal(size=6), rectified=False)
    (twin,) = layers_for_rate([layer], 16_000)
    sound = speech_like(2.0, seed=3)
    here = features.log_mel(sound) @ features.FROM_LOG_MEL @ layer.weights.T + layer.bias
    there = features.log_mel(resampled(sound, 2), 2) @ features.FROM_LOG_MEL @ twin.weights.T + twin.bias
    count = min(len(here), len(there))
    assert np.abs(there[:count] - here[:count]).mean() < 0.1 * np.abs(here - here.mean(0)).mean()
    assert layers_for_rate([layer], 8000) == [layer]


@pytest.mark.parametrize("rate_hz", [0, 11_025, 44_100])
def test_rates_that_cannot_be_made(rate_hz: int) -> None:
    with pytest.raises(TrainingInputWrong, match="8000 and 16000"):
        layers_for_rate([], rate_hz)
