"""What a model's vocabulary means for the dialogue: which words cannot be heard, and what is lost with them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from box.understanding.senses import Meaning, Sense
from box.understanding.words import Words

GARBAGE = "[unk]"

ESSENTIAL = frozenset({("yes", ""), ("no", ""), *(("digit", digit) for digit in "0123456789")})
"""Meanings without which nothing can be confirmed or entered by voice: (sense, value)."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """``missing``: words of the dialogue that the model lacks. ``lost``: meanings that no phrase is left for, by name
    («no», «digit 7», «tariff»). ``weakened``: by meaning, the phrases that cannot be heard where others can.
    ``places_lost`` of ``places``: names of stations and districts that cannot be heard. ``garbage``: whether the model
    has the word that takes everything else."""

    missing: tuple[str, ...]
    lost: tuple[str, ...]
    weakened: Mapping[str, tuple[str, ...]]
    places_lost: int
    places: int
    garbage: bool

    @property
    def essential_lost(self) -> tuple[str, ...]:
        """What is lost that the box cannot do without."""
        essential = {_name(Meaning(Sense(sense), value)) for sense, value in ESSENTIAL}
        return tuple(name for name in self.lost if name in essential)

    @property
    def usable(self) -> bool:
        """Whether answers can be given by voice at all."""
        return self.garbage and not self.essential_lost

    @property
    def complete(self) -> bool:
        """Whether every word of the dialogue is in the model."""
        return self.garbage and not self.missing


def coverage(words: Words, places: Iterable[str], known: Collection[str]) -> Coverage:
    """How far the ``known`` words of a model reach for the dialogue's ``words`` and the names of ``places``. «ё» and
    «е» are one, as in the recogniser's word lists."""
    phrases: dict[str, dict[tuple[str, ...], bool]] = {}
    missing: set[str] = set()
    for phrase, meaning in words.meanings.items():
        spelled = tuple(words.spellings[word] for word in phrase)
        absent = {word for word in spelled if not _is_known(word, known)}
        missing |= absent
        phrases.setdefault(_name(meaning), {})[spelled] = not absent
    names = list(places)
    deaf_places = [name for name in names if not all(_is_known(word, known) for word in name.split())]
    missing |= {word for name in deaf_places for word in name.split() if not _is_known(word, known)}
    return Coverage(
        missing=tuple(sorted(missing)),
        lost=tuple(name for name, heard in phrases.items() if not any(heard.values())),
        weakened={
            name: tuple(" ".join(phrase) for phrase, whole in heard.items() if not whole)
            for name, heard in phrases.items()
            if any(heard.values()) and not all(heard.values())
        },
        places_lost=len(deaf_places),
        places=len(names),
        garbage=GARBAGE in known,
    )


def place_names(table: Mapping[str, object]) -> tuple[str, ...]:
    """Every name of config/places.toml: the strings of its lists, whatever the lists are called."""
    lists = (value for value in table.values() if isinstance(value, list))
    return tuple(dict.fromkeys(each for names in lists for each in names if isinstance(each, str)))


def _is_known(word: str, known: Collection[str]) -> bool:
    return word in known or word.replace("ё", "е") in known


def _name(meaning: Meaning) -> str:
    if meaning.sense in (Sense.COMMAND, Sense.INTENT):
        return meaning.value
    return f"{meaning.sense.value} {meaning.value}".strip()
