"""The compiled objective against the plain one in numpy, and its gradient against differences of that one."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from box.training import mmi_reference
from box.training.errors import TrainingInputWrong
from box.training.mmi import Objective, UnitBigram, bigram_of, compiled
from box.training.phones import OUTPUTS, SILENCE, UNITS

needs_cc = pytest.mark.skipif(shutil.which("cc") is None, reason="no C compiler (cc) is installed")
CHAINS = ((0, 3, 4, 0, 5, 6, 7, 0), (0, 9, 0), (0, 12, 30, 12, 0))


@pytest.fixture(scope="module")
def objective(tmp_path_factory: pytest.TempPathFactory) -> Objective:
    return Objective(tmp_path_factory.mktemp("compiled"))


@pytest.fixture(scope="module")
def bigram() -> UnitBigram:
    return bigram_of(CHAINS)


def scores(frames: int, seed: int, spread: float = 2.0) -> NDArray[np.float32]:
    return np.random.default_rng(seed).normal(0, spread, (frames, OUTPUTS)).astype(np.float32)


def plain(outputs: NDArray[np.float64], chain: tuple[int, ...], bigram: UnitBigram) -> float:
    return mmi_reference.mmi(outputs, chain, bigram.follow.astype(float), bigram.first.astype(float))


@needs_cc
@pytest.mark.parametrize("chain", CHAINS)
@pytest.mark.parametrize("frames", [8, 13, 40])
def test_value_is_that_of_the_plain_computation(
    objective: Objective, bigram: UnitBigram, chain: tuple[int, ...], frames: int
) -> None:
    outputs = scores(frames, seed=frames)
    answer = objective(outputs, chain, bigram)
    assert answer is not None
    assert answer[0] == pytest.approx(plain(outputs.astype(float), chain, bigram), rel=1e-5)


@needs_cc
@pytest.mark.parametrize("chain", CHAINS)
def test_gradient_is_that_of_small_differences(
    objective: Objective, bigram: UnitBigram, chain: tuple[int, ...]
) -> None:
    outputs = scores(11, seed=7)
    answer = objective(outputs, chain, bigram)
    assert answer is not None
    step = 1e-4
    rng = np.random.default_rng(0)
    in_chain = [(t, 2 * unit + k) for t in range(11) for unit in chain for k in (0, 1)]
    anywhere = [(int(rng.integers(0, 11)), int(rng.integers(0, OUTPUTS))) for _ in range(40)]
    for frame, output in in_chain + anywhere:
        up, down = outputs.astype(float), outputs.astype(float)
        up[frame, output] += step
        down[frame, output] -= step
        slope = (plain(up, chain, bigram) - plain(down, chain, bigram)) / (2 * step)
        assert answer[1][frame, output] == pytest.approx(slope, abs=2e-5)


@needs_cc
@settings(max_examples=40, deadline=None)
@given(
    units=st.lists(st.integers(1, UNITS - 1), min_size=1, max_size=8),
    frames=st.integers(1, 60),
    seed=st.integers(0, 1000),
    spread=st.sampled_from([0.1, 2.0, 12.0]),
)
def test_posteriors_of_every_frame_cancel(
    objective: Objective, bigram: UnitBigram, units: list[int], frames: int, seed: int, spread: float
) -> None:
    """Both sides share out one frame among the outputs, so each row of the gradient adds up to 0."""
    answer = objective(scores(frames, seed, spread), (SILENCE, *units, SILENCE), bigram)
    assert (answer is None) == (frames < len(units))
    if answer is not None:
        value, gradient = answer
        assert np.isfinite(value)
        assert np.abs(gradient.sum(1)).max() < 1e-4
        assert np.abs(gradient).max() < 1 + 1e-4


def test_bigram_rows_are_probabilities_without_silence_after_silence(bigram: UnitBigram) -> None:
    assert bigram.follow.sum(1) == pytest.approx(np.ones(UNITS), abs=1e-5)
    assert bigram.first.sum() == pytest.approx(1, abs=1e-5)
    assert bigram.follow[SILENCE, SILENCE] == 0
    assert bigram.follow[12, 30] > 10 * bigram.follow[12, 31]


def test_without_a_compiler_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TrainingInputWrong, match="apt install gcc"):
        compiled(tmp_path / "cache")


@needs_cc
def test_it_is_compiled_once(tmp_path: Path) -> None:
    first = compiled(tmp_path)
    written = first.stat().st_mtime_ns
    assert compiled(tmp_path) == first
    assert first.stat().st_mtime_ns == written
