"""The folder of synthetic speech: makes it, resumes it, reads it. One WAV for each utterance and ``clips.jsonl``."""

from __future__ import annotations

import json
import random
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from box.training.augmentation import resampled
from box.training.errors import TrainingInputWrong
from box.training.revoicing import person, revoiced
from box.training.texts import Phrases, phrases, utterance
from box.training.voices import Synthesiser
from box.training.workers import mapped

INDEX = "clips.jsonl"
RATE_HZ = 16_000
_ENGINE_SHARES = {"rhvoice": 0.66, "festival": 0.1}
"""The rest is of the other engines."""
_REVOICED_SHARE = 0.7
_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Clip:
    """One synthesised utterance: its file, the voice, the words heard."""

    file: str
    voice: str
    words: tuple[str, ...]


def synthesise(folder: Path, voices: Sequence[Synthesiser], count: int, seed: int, processes: int = 1) -> list[Clip]:
    """Makes what is missing of clips 0 … count-1. Clip ``k`` depends on ``seed`` and ``k`` alone."""
    folder.mkdir(parents=True, exist_ok=True)
    clips = read_clips(folder) if (folder / INDEX).exists() else []
    make = partial(_one, folder, tuple(voices), phrases(), seed)
    with (folder / INDEX).open("a", encoding="utf-8") as index:
        for clip in mapped(make, range(len(clips), count), processes, _AT_ONCE):
            index.write(json.dumps([clip.file, clip.voice, clip.words], ensure_ascii=False) + "\n")
            index.flush()
            clips.append(clip)
    return clips[:count]


def _one(folder: Path, voices: Sequence[Synthesiser], known: Phrases, seed: int, number: int) -> Clip:
    rng = random.Random(f"{seed} clip {number}")
    voice = _drawn(voices, rng)
    said = utterance(rng, known, elisions=voice.reads_stress_marks)
    name = f"{number:06d}.wav"
    voice.say(said.text, folder / name, rng)
    sound, rate_hz = read_sound(folder / name)
    sound = resampled(sound, RATE_HZ / rate_hz)
    if rng.random() < _REVOICED_SHARE:
        variation = np.random.default_rng([seed, number])
        sound = revoiced(sound, RATE_HZ, person(variation), variation)
    write_sound(folder / name, sound)
    return Clip(name, voice.name, said.words)


def _drawn(voices: Sequence[Synthesiser], rng: random.Random) -> Synthesiser:
    """An engine by its share, then any voice of it."""
    engines: dict[str, list[Synthesiser]] = {}
    for voice in voices:
        engines.setdefault(voice.name.partition("/")[0], []).append(voice)
    rest = 1 - sum(_ENGINE_SHARES.values())
    shares = [_ENGINE_SHARES.get(engine, rest) for engine in engines]
    return rng.choice(engines[rng.choices(list(engines), shares)[0]])


def read_clips(folder: Path) -> list[Clip]:
    """The clips that a folder holds. Raises TrainingInputWrong where there is none."""
    try:
        lines = (folder / INDEX).read_text("utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        return [Clip(file, voice, tuple(words)) for file, voice, words in rows]
    except (OSError, ValueError) as error:
        raise TrainingInputWrong(f"{folder}: no synthetic speech ({error}); make it with the data command") from None


def read_sound(path: Path) -> tuple[NDArray[np.float64], int]:
    """A mono 16-bit WAV as samples in -1 … 1, and its rate in Hz."""
    with wave.open(str(path)) as file:
        if file.getnchannels() != 1 or file.getsampwidth() != 2:
            raise TrainingInputWrong(f"{path}: wants mono, 16 bits")
        data = file.readframes(file.getnframes())
        return np.frombuffer(data, "<i2").astype(np.float64) / 32768, file.getframerate()


def write_sound(path: Path, sound: NDArray[np.float64]) -> None:
    """Samples in -1 … 1 as a mono 16-bit WAV at RATE_HZ."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.round(np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())
