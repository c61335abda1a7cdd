"""A complete small prompt folder, made on the spot: texts by hand, sound from an engine that whistles."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from box.speaking import calendar_words, hours_words, numbers
from box.speaking.line_sound import Sound
from box.speaking.manifest import load_manifest
from box.speaking.rendering import render

RATE_HZ = 24_000

PHRASES = """\
[[phrase]]
id = "accepted.zone"
text = "Показания приняты: {digits}, {zone}."
gloss = "Accepted: {digits}, {zone}."

[[phrase]]
id = "greeting"
text = "Добрый день."
gloss = "Good day."

[[phrase]]
id = "window"
text = "Приём с {first} по {last}."
gloss = "From {first} to {last}."
"""


@dataclass
class Whistle:
    """An engine that is complete and understands nothing: a tone a syllable, quiet for commas and before «па»."""

    name: str = "whistle"
    version: str = "1"
    heard: list[str] = field(default_factory=list)

    def sound(self, text: str) -> tuple[Sound, int]:
        self.heard.append(text)
        parts = [np.zeros(RATE_HZ // 10)]
        for word in text.rstrip(".").split():
            syllables = max(sum(letter in "аеёиоуыэюя" for letter in word.lower()), 1)
            count = RATE_HZ * syllables // 6
            tone = 9000 * np.sin(2 * np.pi * 600 * np.arange(count) / RATE_HZ)
            parts += [np.zeros(RATE_HZ // 14), tone * np.hanning(count) ** 0.2]
            if word.endswith((",", ":", ".")):
                parts.append(np.zeros(RATE_HZ // 4))
        return np.concatenate([*parts, np.zeros(RATE_HZ // 10)]), RATE_HZ


def make_folder(folder: Path) -> Path:
    """Manifest files in ``folder``: three phrases, the words that numbers and dates need, two words of places."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "phrases.toml").write_text(PHRASES, encoding="utf-8")
    spelling = sorted(numbers.all_words() | calendar_words.all_words() | hours_words.all_words())
    words = [_word(word, () if word == "пять" else ("mid",)) for word in spelling]
    (folder / "numbers.toml").write_text("\n".join(words), encoding="utf-8")
    (folder / "places.toml").write_text(_word("Б", ("hold", "end")) + _word("ночная зона", ()), encoding="utf-8")
    (folder / "stations.toml").write_text("", encoding="utf-8")
    return folder


def _word(word: str, contours: tuple[str, ...]) -> str:
    listed = ", ".join(f'"{contour}"' for contour in contours)
    return f'[[word]]\nid = "{word}"\ngloss = "-"\n' + (f"contours = [{listed}]\n" if contours else "")


def record_all(folder: Path) -> Path:
    """``folder`` with every clip recorded by the whistle."""
    render(load_manifest(folder), folder, Whistle(), {})
    return folder
