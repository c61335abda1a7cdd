"""What the synthetic voices are made to say, and the words that are thereby spoken. Pure but for :func:`phrases`:
randomness is handed in.

Digits one by one in many groupings, numbers, every answer that the box knows, places, and other speech.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from box.training.other_speech import other_speech

DIGITS = (
    "ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять",
)  # fmt: skip
_OTHER_FORM = {"ноль": "нуль", "один": "одна", "два": "две"}
_TEENS = (
    "десять", "одиннадцать", "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать", "семнадцать",
    "восемнадцать", "девятнадцать",
)  # fmt: skip
_TENS = (
    "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто",
)  # fmt: skip
_HUNDREDS = (
    "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот",
)  # fmt: skip

_LENGTHS = (1, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 6, 6, 7, 8, 9, 10)
CONFIG = Path(__file__).resolve().parents[2] / "config"
_MORE_PHRASES = (
    "да да", "нет нет", "угу", "так", "хорошо", "пожалуйста", "алло", "помощь", "пропустить", "стоп", "отмена", "не",
    "нет не пять а шесть", "не семь а восемь", "нет не два а три", "мою", "показаний", "со счётчика", "счётчик",
    "офиса", "секунду пожалуйста", "подождите пожалуйста", "электросчётчика", "заявку", "другое метро", "карта",
    "карты", "с картой",
)  # fmt: skip
_NOT_SPOKEN = ("вднх",)
"""Synthesisers spell it in ways of their own."""


@dataclass(frozen=True, slots=True)
class Phrases:
    """What callers answer, besides digits and numbers."""

    yes_no: tuple[str, ...]
    commands: tuple[str, ...]
    places: tuple[str, ...]


def phrases(folder: Path = CONFIG) -> Phrases:
    """Every phrase of intents.toml and places.toml in ``folder``, from which the box takes its word lists too."""
    intents = tomllib.loads((folder / "intents.toml").read_text("utf-8"))
    places = tomllib.loads((folder / "places.toml").read_text("utf-8"))
    groups = [intents["comma"]["phrases"], *intents["commands"].values(), *intents["intents"].values()]
    corrections = list(intents["corrections"].values())
    commands = dict.fromkeys(phrase for group in [*groups, *corrections, _MORE_PHRASES] for phrase in group)
    names = dict.fromkeys(name for group in places.values() for name in group if name not in _NOT_SPOKEN)
    return Phrases((*intents["yes"]["phrases"], *intents["no"]["phrases"]), tuple(commands), tuple(names))


_ELIDED = {
    "восемь": (("в+осем", 1), ("в+осьмь", 2)), "четыре": (("чт+ыре", 1),), "шесть": (("шэсь", 1),),
    "пятьдесят": (("пийс+ят", 2), ("пис+ят", 3)), "шестьдесят": (("шийс+ят", 2), ("шыс+ят", 3)),
    "тысяча": (("т+ыща", 1),), "тысячи": (("т+ыщи", 1),), "тысяч": (("тыщ", 1),), "хорошо": (("храш+о", 1),),
    "один": (("ад+инь", 1),), "семь": (("сем", 1),), "четыреста": (("чт+ыриста", 1),), "двести": (("дв+еси", 1),),
}  # fmt: skip
"""Careless speech as it is spelled for the synthesiser (+ marks stress) and which pronunciation of the word that is."""


@dataclass(frozen=True, slots=True)
class Utterance:
    """``text`` is what a synthesiser reads; ``words`` what is then heard, some with the number of a pronunciation."""

    text: str
    words: tuple[str, ...]


def utterance(rng: random.Random, known: Phrases, *, elisions: bool) -> Utterance:
    """One thing that a caller may say, with careless forms where ``elisions`` (the engine reads + as stress)."""
    words, gaps = _choice(rng, known)
    spelled: list[str] = []
    labels: list[str] = []
    for word in words:
        careless = _ELIDED.get(word, ()) if elisions and rng.random() < 0.12 else ()
        spelling, label = word, word
        if careless:
            spelling, number = rng.choice(careless)
            label = f"{word}#{number}"
        spelled.append(spelling)
        labels.append(label)
    return Utterance(_joined(rng, spelled, gaps), tuple(labels))


def _choice(rng: random.Random, known: Phrases) -> tuple[tuple[str, ...], Sequence[str]]:
    kind = rng.random()
    if kind < 0.50:
        return _digit_string(rng), (" ", " ", ", ", ". ", "... ")
    if kind < 0.58:
        return _number(rng), (" ",)
    if kind < 0.66:
        return tuple(rng.choice(known.yes_no).split()), (" ", " ", ", ")
    if kind < 0.82:
        return tuple(rng.choice(known.commands).split()), (" ",)
    if kind < 0.85:
        return tuple(rng.choice(known.places).split()), (" ",)
    return other_speech(rng), (" ",)


def _digit_string(rng: random.Random) -> tuple[str, ...]:
    digits = [rng.choice(DIGITS) for _ in range(rng.choice(_LENGTHS))]
    if len(digits) > 1 and rng.random() < 0.2:  # one digit twice or thrice in a row is heard as one most easily
        place = rng.randrange(1, len(digits))
        digits[place] = digits[place - 1]
    return tuple(_OTHER_FORM.get(d, d) if rng.random() < 0.12 else d for d in digits)


def _number(rng: random.Random) -> tuple[str, ...]:
    words: list[str] = []
    if rng.random() < 0.3:
        words += [rng.choice(("", "две", "пять", "шесть")), rng.choice(("тысяча", "тысячи", "тысяч"))]
    if rng.random() < 0.6:
        words.append(rng.choice(_HUNDREDS))
    if rng.random() < 0.4:
        words.append(rng.choice(_TEENS))
    else:
        words += [rng.choice(_TENS), rng.choice(("", *DIGITS[1:]))]
    return tuple(word for word in words if word)


def _joined(rng: random.Random, spelled: Sequence[str], gaps: Sequence[str]) -> str:
    """The words with one kind of gap between them, sometimes in twos or threes, sometimes asked."""
    gap = rng.choice(gaps)
    if len(spelled) > 3 and rng.random() < 0.35:
        size = rng.choice((2, 3))
        groups = [" ".join(spelled[i : i + size]) for i in range(0, len(spelled), size)]
        return ", ".join(groups)
    return gap.join(spelled) + rng.choice(("", "", ".", "?", "!"))
