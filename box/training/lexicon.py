"""Any Russian word into phones: from the hand-made tables, else by the rules of spelling with the stress that espeak-ng
gives. (Its phonemes themselves lack most soft consonants before another consonant or at the end of a word.)

Only :func:`espeak_phonemes` starts the program.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from box.training.errors import TrainingInputWrong
from box.training.pronunciations import PRONUNCIATIONS
from box.training.spelling import VOWEL_LETTERS, spoken

Phones = tuple[str, ...]

_VOWEL = re.compile(r"[aAVEeiIoOuUy8@Y]")
_NO_VOWEL = {"@-"}
_WORDS_AT_ONCE = 400
_BEFORE_OTHERS: Mapping[str, tuple[Phones, ...]] = {
    "в": (("v",), ("f",)), "к": (("k",), ("g",)), "из": (("i0", "z"), ("i0", "s")),
    "под": (("p", "a0", "d"), ("p", "a0", "t")), "над": (("n", "a0", "d"), ("n", "a0", "t")),
    "об": (("a0", "b"), ("a0", "p")), "от": (("a0", "t"), ("a0", "d")), "для": (("d", "lj", "i0"), ("d", "lj", "a0")),
    "через": (("ch", "i0", "rj", "i0", "z"), ("ch", "i0", "rj", "i0", "s")),
}  # fmt: skip
"""Prepositions lean on the next word and take their last consonant's voice from it."""


@dataclass
class Lexicon:
    """Pronunciations by word; ``learn`` the words of a text before asking for them."""

    ways: dict[str, tuple[Phones, ...]] = field(default_factory=lambda: {**_BEFORE_OTHERS, **PRONUNCIATIONS})

    def learn(self, words: Iterable[str]) -> None:
        """Takes the words that are not known yet by their letters; one with other letters than Russian stays out."""
        new = sorted({word for word in words if word not in self.ways})
        for word, phonemes in zip(new, espeak_phonemes(new), strict=True):
            phones = spoken(word, stress_of_espeak(phonemes, word))
            if phones:
                self.ways[word] = (phones,)

    def knows(self, words: Iterable[str]) -> bool:
        """Whether every one of ``words`` has a pronunciation."""
        return all(base_word(word) in self.ways for word in words)

    def of(self, word: str) -> tuple[Phones, ...]:
        """All ways to say ``word``; of ``word#2`` only that one (counted from 0), for speech known to be said so."""
        base, mark, number = word.partition("#")
        ways = self.ways[base]
        return (ways[int(number)],) if mark else ways


def base_word(word: str) -> str:
    """Without the mark of a pronunciation."""
    return word.partition("#")[0]


def stress_of_espeak(phonemes: Sequence[str], word: str) -> int | None:
    """Which vowel of ``word`` is stressed, from 0, by espeak-ng's phoneme names (``-x --sep=_``); counted from the end
    of the word where the program heard a vowel more or less than is written."""
    vowels = [name for name in phonemes if _VOWEL.search(name) and name not in _NO_VOWEL]
    stressed = [place for place, name in enumerate(vowels) if name.startswith("'")]
    if not stressed:
        return None
    written = sum(letter in VOWEL_LETTERS for letter in word)
    place = stressed[-1] if len(vowels) == written else written - (len(vowels) - stressed[-1])
    return place if 0 <= place < written else None


def espeak_phonemes(words: Sequence[str]) -> list[list[str]]:
    """Phoneme names of each word, by the program espeak-ng. Raises TrainingInputWrong where it is missing."""
    found: list[list[str]] = []
    for start in range(0, len(words), _WORDS_AT_ONCE):
        found += _espeak_chunk(words[start : start + _WORDS_AT_ONCE])
    return found


def _espeak_chunk(words: Sequence[str]) -> list[list[str]]:
    # A full stop and an empty line after each word: the program then prints one line for each.
    text = "\n\n".join(f"{word.replace('-', '')}." for word in words)
    command = ["espeak-ng", "-v", "ru", "-q", "-x", "--sep=_"]
    try:
        answer = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise TrainingInputWrong(f"espeak-ng cannot be used ({error}); install it: apt install espeak-ng") from None
    lines = [line for line in answer.splitlines() if line.strip()]
    if len(lines) != len(words):
        raise TrainingInputWrong(f"espeak-ng gave {len(lines)} lines for {len(words)} words; are all of them Russian?")
    return [re.split(r"[_ ]", line.strip()) for line in lines]


def stress_marked(ways: Mapping[str, tuple[Phones, ...]]) -> list[str]:
    """Words of ``ways`` of two syllables or more without a stressed vowel: most likely a mistake in the table."""
    return [
        word
        for word, rows in ways.items()
        for phones in rows
        if sum(p[-1] in "01" for p in phones) > 1 and not any(p[-1] == "1" for p in phones)
    ]
