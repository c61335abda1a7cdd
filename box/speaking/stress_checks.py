"""Which words of a name nobody has heard yet: their stress is the synthesiser's guess. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

_WORD = re.compile(r"[а-яё]+(?:-[а-яё]+)*")
_VOWELS = re.compile("[аеиоуыэюя]")


def unchecked_words(text: str, stress: Mapping[str, str], recorded: Collection[str]) -> list[str]:
    """The words of ``text`` whose stress can be wrong and that stand neither in ``stress`` (config/stress.toml) nor
    among the texts ``recorded`` as prompts. A word with «ё» or one syllable cannot be stressed wrongly."""
    known = stress.keys() | {word for each in recorded for word in _WORD.findall(each.lower())}
    words = dict.fromkeys(_WORD.findall(text.lower()))
    return [
        word
        for word in words
        if word not in known and not all(part in known or _is_plain(part) for part in word.split("-"))
    ]


def _is_plain(word: str) -> bool:
    return "ё" in word or len(_VOWELS.findall(word)) < 2
