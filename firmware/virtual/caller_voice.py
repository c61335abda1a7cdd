"""Recorded voices of virtual callers: a folder for each, with an index that tells which file says what.

What a caller may say is what somebody or something has spoken beforehand; nothing is synthesised here. Digits are
single recordings with pauses between them, since callers are asked to say them one at a time.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from firmware.virtual.errors import LineFileWrong, SoundFileWrong
from firmware.virtual.line import RATE_HZ, LineSamples
from firmware.virtual.sound_files import read_speech
from firmware.virtual.toml_table import TomlTable, did_you_mean

VOICES = Path(__file__).resolve().parents[2] / "config" / "callers"
"""Where the voices of the program lie."""

INDEX = "voice.toml"
RENDERERS_KEYS = ("program", "options")
"""Of the index: how the recordings were made, and are made anew; of no consequence to who plays them."""

DIGIT_WORDS = ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")


@dataclass(frozen=True, slots=True)
class CallerVoice:
    """One voice: ``files`` maps each text to its file in ``folder``; ``engine`` made it under ``licence``."""

    folder: Path
    engine: str
    licence: str
    files: Mapping[str, str]

    @property
    def name(self) -> str:
        """What scenario files call it."""
        return self.folder.name

    def says(self, text: str) -> LineSamples:
        """The recording of ``text``; SoundFileWrong when there is none, or a broken one."""
        file = self.files.get(text)
        if file is None:
            raise SoundFileWrong(f"the voice {self.name} has no recording of «{text}»; make it: linebox callers render")
        return read_speech(self.folder / file)

    def says_digits(self, digits: str, gap_s: float) -> LineSamples:
        """The digits one by one, with ``gap_s`` of silence between them; SoundFileWrong as above."""
        gap = np.zeros(round(gap_s * RATE_HZ), np.int16)
        pieces = [piece for digit in digits for piece in (self.says(DIGIT_WORDS[int(digit)]), gap)]
        return np.concatenate(pieces[:-1])


def voice_names(folder: Path = VOICES) -> list[str]:
    """The voices in ``folder``."""
    return sorted(index.parent.name for index in folder.glob(f"*/{INDEX}"))


def load_voice(name: str, folder: Path = VOICES) -> CallerVoice:
    """The voice ``name`` of ``folder``. Raises LineFileWrong with every mistake."""
    known = voice_names(folder)
    if name not in known:
        raise LineFileWrong([f'no caller\'s voice "{name}"{did_you_mean(name, known)}'])
    path = folder / name / INDEX
    try:
        parsed = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LineFileWrong([f"{path}: cannot be read: {error}"]) from error
    problems: list[str] = []
    table = TomlTable(str(path), parsed, problems)
    files = table.raw("files")
    engine, licence = (table.text(key, "", shortest=1) for key in ("engine", "licence"))
    table.done(ignored=RENDERERS_KEYS)
    if not isinstance(files, dict) or not all(_is_file_name(file) for file in files.values()):
        table.complain("files: wanted a table of texts with the names of files beside it")
    if problems or not isinstance(files, dict):
        raise LineFileWrong(problems)
    return CallerVoice(path.parent, engine, licence, files)


def _is_file_name(value: object) -> bool:
    return isinstance(value, str) and bool(value) and Path(value).name == value
