"""Addresses and other names from billing as words: abbreviations in full, figures in words.

A name is said from clips when every word of it has one; otherwise from ``place_audio``, which holds names rendered when
the address arrived; otherwise it is left out and the result says so. Rules: caller-service.md section 6. Knows no
files; which words have clips is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from box.accounts.model import Address
from box.errors import CannotSay
from box.speaking.house_numbers import house_groups
from box.speaking.name_words import LATIN_LOOKALIKES, Abbreviations, NameWords, name_words
from box.speaking.script import COMMA, Rendered, Said, Takes, gloss_of, joined, row

PlaceAudio: TypeAlias = Callable[[str], Takes | None]
"""The sound of a name given in full words, before a pause and at a sentence's end; None when there is none."""

PLACE_CLIP = "(place)"
"""Stands for a name said by ``place_audio`` in a list of clips."""


class Places:
    """Says names and addresses. ``words`` maps each word that has clips to its English."""

    def __init__(
        self, abbreviations: Abbreviations, words: Mapping[str, str], place_audio: PlaceAudio | None = None
    ) -> None:
        self._abbreviations = abbreviations
        self._words = words
        # Of «и» and the letter «И» the first stands in names; letters of houses are looked up as they are.
        self._known = {tuple(_fold(word)): word for word in reversed(list(words))}
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
        """A settlement, a street, a zone or another name; '' is said as nothing."""
        words = name_words(text, self._abbreviations)
        said = self._from_clips(words.text)
        if said is None:
            return self._from_audio(words.text)
        pieces = row(said)
        return Rendered(pieces, gloss_of(pieces), complete=bool(said) or not text.strip())

    def unrecorded(self, what: Address | str) -> Iterator[NameWords]:
        """The names in ``what`` that no clips can say, as words: they need ``place_audio``. Abbreviations that nobody
        knows are told here even where nothing is left to be said."""
        for text in (what,) if isinstance(what, str) else (what.settlement, what.street):
            words = name_words(text, self._abbreviations)
            if words.unknown or self._from_clips(words.text) is None:
                yield words

    def _from_clips(self, text: str) -> list[Said] | None:
        said: list[Said] = []
        rest = _fold(text)
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
        takes = self._place_audio(text) if self._place_audio else None
        if not takes:
            return Rendered((), "", complete=False)
        return Rendered((Said(PLACE_CLIP, text, takes=takes),), text)

    def _numbered(self, text: str, kind: str) -> Rendered:
        try:
            groups = house_groups(text.translate(LATIN_LOOKALIKES), kind, self._abbreviations.before_number)
        except CannotSay:
            return Rendered((), "", complete=False)
        if not all(word in self._words for group in groups for word in group):
            return Rendered((), "", complete=False)
        return Rendered(joined((row(map(self._said, group)) for group in groups), COMMA), "")

    def _said(self, word: str) -> Said:
        return Said(word, word, self._words[word])


def _fold(text: str) -> list[str]:
    """The words of ``text`` as they are compared: «Китай-город» is «китай город» too."""
    return text.lower().replace("ё", "е").replace("-", " ").split()
