"""What a volunteer is asked to say, drawn by a seeded generator. Pure.

Rows of digits are put together from single clips; everything else is a prompt of its own, ``collect.say.LABEL.NUMBER``,
so that whoever wants another wording adds it to prompts/phrases.toml and renders it.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from box.dialogue.vocabulary import DigitRow, Phrase
from box.listening.corpus import DIGITS, set_of
from box.speaking.numbers import digit_words

Member = TypeVar("Member")

PREFIX = "collect.say."
_NUMBER_LABEL = re.compile(r"digits-([0-9]+)")

SHARES: Mapping[str, float] = {"digit_strings": 0.45, "commands": 0.3, "yes_no": 0.1, "out_of_grammar": 0.15}
"""Of what is asked for; the caller's digits are most of what the box must hear."""

_LENGTHS = (1, 4, 4, 5, 5, 5, 6, 6, 7, 8, 10, 10)
"""Digits in a row: meters show 4 to 8, accounts have 10; single ones are the key that is said aloud."""

_NUMBERS_AMONG_ROWS = 0.2


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing to say: its label in the corpus, its words, and the prompt that says it first."""

    label: str
    text: str
    prompt: Phrase

    @property
    def words(self) -> int:
        """How many words it has."""
        return len(self.text.split())


def things_in(texts: Mapping[str, str]) -> tuple[Thing, ...]:
    """The things that the manifest's ``texts`` (by id) hold, in its order; the third part of an id is the label, where
    «digits-125» stands for digits:125. ValueError names an id whose part is no label of a corpus."""
    things = []
    for id_, text in texts.items():
        if id_.startswith(PREFIX):
            part = id_.removeprefix(PREFIX).split(".")[0]
            label = _NUMBER_LABEL.sub(rf"{DIGITS}\1", part)
            if set_of(label) is None:
                raise ValueError(f"{id_}: {part!r} is no label of a speech corpus")
            things.append(Thing(label, plain(text), Phrase(id_)))
    return tuple(things)


def plain(text: str) -> str:
    """A prompt's text as the words that are heard: lower case, no punctuation."""
    return " ".join(re.findall(r"[а-яё]+", text.lower()))


def draw(things: tuple[Thing, ...], count: int, rng: random.Random) -> tuple[Thing, ...]:
    """``count`` things in mixed order, each set by its share; nothing comes twice before everything of its set has
    come, and digits are drawn from shuffled packs of ten, so that each is said about as often as any other."""
    if not things:
        raise ValueError("there is nothing to say: no prompt collect.say.…")
    sets: dict[str, list[Thing]] = {}
    for thing in things:
        sets.setdefault(set_of(thing.label) or "", []).append(thing)
    names = ["digit_strings", *(name for name in SHARES if name in sets and name != "digit_strings")]
    digits = _packs(list("0123456789"), rng)
    packs = {name: _packs(members, rng) for name, members in sets.items()}
    chosen: list[Thing] = []
    for name in _spread(names, count, rng):
        if name == "digit_strings" and not (name in sets and rng.random() < _NUMBERS_AMONG_ROWS):
            length = rng.choice(_LENGTHS)
            chosen.append(row_of("".join(next(digits) for _ in range(length))))
        else:
            chosen.append(next(packs[name]))
    return tuple(chosen)


def row_of(digits: str) -> Thing:
    """Digits said one at a time."""
    return Thing(
        f"{DIGITS}{digits}", " ".join(digit_words(digits)), Phrase("collect.row", {"digits": DigitRow(digits)})
    )


def _spread(names: list[str], count: int, rng: random.Random) -> list[str]:
    """``count`` names by their shares, the largest remainders filled up, in mixed order."""
    whole = sum(SHARES[name] for name in names)
    wanted = {name: count * SHARES[name] / whole for name in names}
    row = [name for name in names for _ in range(int(wanted[name]))]
    rest = sorted(names, key=lambda name: int(wanted[name]) - wanted[name])
    row += rest[: count - len(row)]
    rng.shuffle(row)
    return row


def _packs(members: Sequence[Member], rng: random.Random) -> Iterator[Member]:
    """Endless draws; nothing comes again before all the others have come."""
    while True:
        yield from rng.sample(members, len(members))
