"""The folder of synthetic speech: makes it, resumes it, reads it. One WAV for each utterance and ``clips.jsonl``."""

from __future__ import annotations

import json
import random
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from box.training.errors import TrainingInputWrong
from box.training.texts import utterance
from box.training.voices import Synthesiser

INDEX = "clips.jsonl"
_RHVOICE_SHARE = 0.75


@dataclass(frozen=True, slots=True)
class Clip:
    """One synthesised utterance: its file, the voice, the words heard."""

    file: str
    voice: str
    words: tuple[str, ...]


def synthesise(folder: Path, voices: Sequence[Synthesiser], count: int, seed: int) -> list[Clip]:
    """Makes what is missing of clips 0 … count-1. Clip ``k`` depends on ``seed`` and ``k`` alone."""
    folder.mkdir(parents=True, exist_ok=True)
    clips = read_clips(folder) if (folder / INDEX).exists() else []
    with (folder / INDEX).open("a", encoding="utf-8") as index:
        for number in range(len(clips), count):
            clip = _one(folder, voices, number, seed)
            index.write(json.dumps([clip.file, clip.voice, clip.words], ensure_ascii=False) + "\n")
            index.flush()
            clips.append(clip)
    return clips[:count]


def _one(folder: Path, voices: Sequence[Synthesiser], number: int, seed: int) -> Clip:
    rng = random.Random(f"{seed} clip {number}")
    favoured = [voice for voice in voices if voice.reads_stress_marks]
    others = [voice for voice in voices if not voice.reads_stress_marks]
    voice = rng.choice(favoured if rng.random() < _RHVOICE_SHARE or not others else others)
    said = utterance(rng, elisions=voice.reads_stress_marks)
    name = f"{number:06d}.wav"
    voice.say(said.text, folder / name, rng)
    return Clip(name, voice.name, said.words)


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
