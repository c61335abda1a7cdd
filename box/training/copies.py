"""The varied copies of the synthetic clips, as log-mel energies: what the trainer reads. Stored in shards of npz."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from box.training.augmentation import USUAL, LineEnd, line_varied, speaker_varied, trimmed
from box.training.clips import Clip, read_sound
from box.training.errors import TrainingInputWrong
from box.training.features import RATE_HZ, dithered, log_mel
from box.training.workers import mapped

PER_SHARD = 400
_LONGEST_S = 9.0
Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Example:
    """One utterance for the trainer: (frames, BINS) log-mel energies, the words, whose voice."""

    energies: NDArray[np.float16]
    words: tuple[str, ...]
    speaker: str


def make_copies(
    clips_folder: Path,
    clips: Sequence[Clip],
    folder: Path,
    count: int,
    seed: int,
    end: LineEnd = USUAL,
    processes: int = 1,
) -> None:
    """Makes the missing shards of ``count`` copies. Copy ``k`` depends on ``seed``, ``k`` and the clips alone."""
    folder.mkdir(parents=True, exist_ok=True)
    make = partial(_shard, clips_folder, clips, folder, count, seed, end)
    for _ in mapped(make, range(-(-count // PER_SHARD)), processes):
        pass


def _shard(
    clips_folder: Path, clips: Sequence[Clip], folder: Path, count: int, seed: int, end: LineEnd, shard: int
) -> None:
    path = folder / f"shard{shard:04d}.npz"
    if not path.exists():
        numbers = range(shard * PER_SHARD, min(count, (shard + 1) * PER_SHARD))
        made = (_copy(clips_folder, clips, np.random.default_rng([seed, number]), end) for number in numbers)
        write_shard(path, [example for example in made if example is not None])


def _copy(folder: Path, clips: Sequence[Clip], rng: np.random.Generator, end: LineEnd) -> Example | None:
    clip = clips[int(rng.integers(0, len(clips)))]
    sound, rate_hz = _trimmed_clip(folder, clip)
    words = clip.words
    if rng.random() < 0.18 and len(words) < 4:
        same_voice = [c for c in clips if c.voice == clip.voice]
        other = same_voice[int(rng.integers(0, len(same_voice)))]
        pause = np.zeros(int(rate_hz * rng.uniform(0, 1)))
        sound = np.concatenate([sound, pause, _trimmed_clip(folder, other)[0]])
        words += other.words
    if not 0.1 < len(sound) / rate_hz < _LONGEST_S:
        return None
    babble, babble_hz = _trimmed_clip(folder, clips[int(rng.integers(0, len(clips)))])
    steps = line_varied(speaker_varied(sound, rate_hz, rng), rng, babble[:: max(1, babble_hz // RATE_HZ)], end)
    mobile = rng.random()
    if mobile < end.mobile_share:
        steps = through_gsm(steps) if mobile < end.mobile_share / 2 else through_amr(steps, int(rng.integers(0, 8)))
    return Example(log_mel(dithered(steps, rng)).astype(np.float16), words, clip.voice)


def _trimmed_clip(folder: Path, clip: Clip) -> tuple[Array, int]:
    sound, rate_hz = read_sound(folder / clip.file)
    return trimmed(sound, rate_hz), rate_hz


def through_gsm(steps: Array) -> Array:
    """Samples in 16-bit steps through GSM 06.10 full rate, by the program sox."""
    return _through(steps, ["-t", "gsm", "-r", str(RATE_HZ)], [])


def through_amr(steps: Array, mode: int) -> Array:
    """Samples in 16-bit steps through AMR narrow band, mode 0 (4.75 kbit/s) … 7 (12.2 kbit/s), by the program sox."""
    return _through(steps, ["-t", "amr-nb"], ["-C", str(mode)])


def _through(steps: Array, coding: Sequence[str], quality: Sequence[str]) -> Array:
    raw = ["-t", "raw", "-r", str(RATE_HZ), "-e", "signed", "-b", "16", "-c", "1", "-"]
    try:
        there = subprocess.run(
            ["sox", *raw, *quality, *coding, "-"], input=steps.astype("<i2").tobytes(), capture_output=True, check=True
        ).stdout
        back = subprocess.run(["sox", *coding, "-", *raw], input=there, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise TrainingInputWrong(f"sox cannot code {coding[1]} ({error}); install it: apt install sox") from None
    return np.frombuffer(back, "<i2").astype(np.float64)


def write_shard(path: Path, examples: Sequence[Example]) -> None:
    """All examples in one file, whole or not at all."""
    lengths = np.array([len(example.energies) for example in examples])
    energies = np.concatenate([example.energies for example in examples])
    labels = json.dumps([[example.words, example.speaker] for example in examples], ensure_ascii=False)
    unfinished = path.with_suffix(".part.npz")
    np.savez(unfinished, lengths=lengths, energies=energies, labels=np.frombuffer(labels.encode(), np.uint8))
    unfinished.rename(path)


def read_shards(folder: Path) -> Iterator[Example]:
    """Every example of the folder's shards, in order. Raises TrainingInputWrong where there is none."""
    paths = sorted(path for path in folder.glob("*.npz") if ".part" not in path.name)
    if not paths:
        raise TrainingInputWrong(f"{folder}: no training data; make it with the data command")
    for path in paths:
        with np.load(path) as shard:
            labels = json.loads(bytes(shard["labels"]))
            parts = np.split(shard["energies"], np.cumsum(shard["lengths"])[:-1])
        for energies, (words, speaker) in zip(parts, labels, strict=True):
            yield Example(energies, tuple(words), speaker)
