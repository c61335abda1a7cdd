"""Addresses and other names from billing as words: abbreviations in full, figures in words.

A name is said from clips when every word of it has one; otherwise from ``place_audio``, which holds names rendered when
the address arrived; otherwise it is left out and the result says so. Rules: caller-service.md section 6. Knows no
files; which words have clips is handed in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import msgspec

from box.accounts.model import Address
from box.dialogue.vocabulary import DateForm
from box.errors import CannotSay, SettingsWrong
from box.speaking.calendar_words import MONTHS, adjective_words, day_words
from box.speaking.house_numbers import house_groups
from box.speaking.numbers import digit_words
from box.speaking.script import COMMA, Rendered, Said, gloss_of, joined, row
from box.toml_tables import build, read_toml
from firmware.vocabulary import Samples

PlaceAudio: TypeAlias = Callable[[str], Samples | None]
"""The sound of a settlement's or a street's name given in full words, or None when there is none."""

PLACE_CLIP = "(place)"
"""Stands for a name said by ``place_audio`` in a list of clips."""

_LATIN_LOOKALIKES = str.maketrans("ABCEHKMOPTXaceopx", "АВСЕНКМОРТХасеорх")
_NAME_TOKEN = re.compile(r"[^\W\d_]\d\b|\d+-?[а-я]?[яйе]\b|\d+|[^\W\d_]+(?:-[^\W\d_]+)*|[^\s.,]")
_LETTERED = re.compile(r"([^\W\d_])(\d)")
_NUMBERED = re.compile(r"(\d+)-?[а-я]?([яйе])")


class Abbreviations(msgspec.Struct, frozen=True):
    """config/abbreviations.toml: short form to full word, by what follows it."""

    before_name: dict[str, str]
    before_number: dict[str, str]


def load_abbreviations(path: Path) -> Abbreviations:
    """The tables of ``path``. Raises SettingsWrong with every mistake in it."""
    table, problems = read_toml(path)
    abbreviations = None if problems else build(Abbreviations, table, f"{path.name} ", problems)
    if abbreviations is None:
        raise SettingsWrong(problems)
    return abbreviations


class Places:
    """Says names and addresses. ``words`` maps each word that has clips to its English."""

    def __init__(
        self, abbreviations: Abbreviations, words: Mapping[str, str], place_audio: PlaceAudio | None = None
    ) -> None:
        self._abbreviations = abbreviations
        self._words = words
        self._known = {tuple(_fold(part) for part in word.split()): word for word in words}
        self._longest = max((len(key) for key in self._known), default=0)
        self._place_audio = place_audio

    def address(self, address: Address, *, settlement: bool = False) -> Rendered:
        """Street, house, flat, and the settlement before them when asked. What cannot be said is left out."""
        parts = [self.name(address.settlement)] if settlement else []
        parts.append(self.name(address.street))
        for text, kind in ((address.house, "дом"), (address.building, "корпус"), (address.flat, "квартира")):
            parts.append(self._numbered(text, kind))
        pieces = joined((part.pieces for part in parts), COMMA)
        return Rendered(pieces, gloss_of(pieces), all(part.complete for part in parts))

    def name(self, text: str) -> Rendered:
        """A settlement, a street or a zone by name; '' is said as nothing."""
        words = tuple(self.spelt_out(text))
        if not words:
            return Rendered((), "")
        said = self._from_clips(words)
        if said is None:
            return self._from_audio(" ".join(words))
        pieces = row(said)
        return Rendered(pieces, gloss_of(pieces))

    def spelt_out(self, name: str) -> Iterator[str]:
        """The words of a name as they are said: «ул. 8 Марта» is улица, восьмого, марта."""
        tokens = _NAME_TOKEN.findall(name.translate(_LATIN_LOOKALIKES))
        kinds = self._abbreviations.before_name
        clear = any(len(token) > 1 and token.lower() in kinds for token in tokens)
        for token, follower in pairwise([*tokens, ""]):
            numbered, lettered = _NUMBERED.fullmatch(token), _LETTERED.fullmatch(token)
            if lettered:
                yield from (lettered[1], *digit_words(lettered[2]))
            elif numbered and 1 <= int(numbered[1]) <= 31:
                yield from adjective_words(int(numbered[1]), numbered[2])
            elif token.isdecimal():
                yield from _number_in_name(token, follower)
            elif len(token) == 1 and clear:
                yield token  # an initial, «ул. С. Перовской», where the kind of the place is already known
            else:
                yield kinds.get(token.lower(), token)

    def _from_clips(self, words: Sequence[str]) -> list[Said] | None:
        said: list[Said] = []
        rest = [_fold(word) for word in words]
        while rest:
            for length in range(min(self._longest, len(rest)), 0, -1):
                word = self._known.get(tuple(rest[:length]))
                if word is not None:
                    said.append(self._said(word))
                    del rest[:length]
                    break
            else:
                return None
        return said

    def _from_audio(self, text: str) -> Rendered:
        samples = self._place_audio(text) if self._place_audio else None
        if samples is None:
            return Rendered((), "", complete=False)
        return Rendered((Said(PLACE_CLIP, text, samples=samples),), text)

    def _numbered(self, text: str, kind: str) -> Rendered:
        try:
            groups = house_groups(text.translate(_LATIN_LOOKALIKES), kind, self._abbreviations.before_number)
        except CannotSay:
            return Rendered((), "", complete=False)
        if not all(word in self._words for group in groups for word in group):
            return Rendered((), "", complete=False)
        return Rendered(joined((row(map(self._said, group)) for group in groups), COMMA), "")

    def _said(self, word: str) -> Said:
        return Said(word, word, self._words[word])


def _number_in_name(figures: str, follower: str) -> tuple[str, ...]:
    """«8 Марта» is a date; any other number is left as it is written, for whoever renders the name."""
    if follower.lower() in MONTHS and 1 <= int(figures) <= 31:
        return day_words(int(figures), DateForm.BARE)
    return (figures,)


def _fold(word: str) -> str:
    return word.lower().replace("ё", "е")
