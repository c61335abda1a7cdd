"""Any Russian word into phones: from the hand-made table, else from the phonemes that espeak-ng gives.

The translation of espeak-ng's phoneme names is pure; only :func:`espeak_phonemes` starts the program.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from box.training.errors import TrainingInputWrong
from box.training.phones import CONSONANTS
from box.training.pronunciations import PRONUNCIATIONS

Phones = tuple[str, ...]

_VOWEL_OF = {"A": "a", "a": "a", "V": "a", "a#": "a", "i": "i", "I": "i", "I^": "i", "y": "y", "o": "o", "8": "o",
             "e": "e", "E": "e", "E#": "e", "E2": "e", "u": "u", 'u"': "u", "u#": "u", "@": "a"}  # fmt: skip
_CONSONANT_OF = {"b": "b", "v": "v", "g": "g", "Q": "g", "d": "d", "Z": "zh", "z": "z", "j": "j", "k": "k", "l": "l",
                 "m": "m", "n": "n", "N": "n", "p": "p", "r": "r", "R": "r", "s": "s", "t": "t", "f": "f", "x": "h",
                 "ts": "c", "tS;": "ch", "dZ;": "ch", "S": "sh", "S;": "sch", "Z;": "zh"}  # fmt: skip
_ALWAYS_HARD = ("zh", "sh", "c")
_DROPPED = {"", ":", "@-", "?"}
_DEVOICED = {"b": "p", "bj": "pj", "v": "f", "vj": "fj", "g": "k", "gj": "kj", "d": "t", "dj": "tj", "zh": "sh",
             "z": "s", "zj": "sj"}  # fmt: skip
_WORDS_AT_ONCE = 400


@dataclass
class Lexicon:
    """Pronunciations by word; ``learn`` the words of a text before asking for them."""

    ways: dict[str, tuple[Phones, ...]] = field(default_factory=lambda: dict(PRONUNCIATIONS))

    def learn(self, words: Iterable[str]) -> None:
        """Takes the words that are not known yet from espeak-ng. A word that it cannot spell stays unknown."""
        new = sorted({word for word in words if word not in self.ways})
        for word, phonemes in zip(new, espeak_phonemes(new), strict=True):
            phones = phones_of_espeak(phonemes)
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


def phones_of_espeak(phonemes: Sequence[str]) -> Phones:
    """The phones of one word from espeak-ng's phoneme names (``-x --sep=_``, dictionary ``ru``); () if any name is
    unknown."""
    phones: list[str] = []
    for phoneme in phonemes:
        name = phoneme.lstrip("',")
        stress = "1" if phoneme.startswith("'") else "0"
        if name == ";":
            _soften_last(phones)
        elif name in _DROPPED:
            continue
        elif name in _CONSONANT_OF:
            phones.append(_CONSONANT_OF[name])
        elif name in _VOWEL_OF:
            phones.append(_vowel(_VOWEL_OF[name], stress, phones))
        elif name.startswith("j") and name[1:] in _VOWEL_OF:
            phones += ["j", _vowel(_VOWEL_OF[name[1:]], stress, [*phones, "j"])]
        elif name.endswith(";") and name[:-1] in _CONSONANT_OF:
            phones.append(_CONSONANT_OF[name[:-1]])
            _soften_last(phones)
        else:
            return ()
    return _tidied(phones)


def _soften_last(phones: list[str]) -> None:
    if phones and phones[-1] + "j" in CONSONANTS:
        phones[-1] += "j"


def _vowel(letter: str, stress: str, before: Sequence[str]) -> str:
    hard = bool(before) and before[-1] in _ALWAYS_HARD
    if letter == "i" and hard:
        letter = "y"
    if stress == "0":
        letter = {"o": "a", "e": "y" if hard else "i"}.get(letter, letter)
    return letter + stress


def _tidied(phones: Sequence[str]) -> Phones:
    """Long consonants made single, the last consonant devoiced."""
    row: list[str] = []
    for phone in phones:
        if not (row and row[-1] == phone and phone in CONSONANTS):
            row.append(phone)
    if row:
        row[-1] = _DEVOICED.get(row[-1], row[-1])
    return tuple(row)


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
