"""The texts of the manifest: cutting a phrase at its values and punctuation, and what is wrong with a text.

Pure functions on strings; ``manifest`` reads the files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from box.speaking.script import Pause, pause_of

_VALUE = re.compile(r"\{([^{}]*)\}")
_VALUE_NAME = re.compile(r"[a-z][a-z0-9_]*")
_PHRASE_ID = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)*")
_WORD_ID = re.compile(r"[А-Яа-яЁё]+([ -][А-Яа-яЁё]+)*")
_LETTER = re.compile(r"\w|\+(?=\w)")
_READABLE = ' .,:;!?…—–-«»"()+'


@dataclass(frozen=True, slots=True)
class Words:
    """Fixed words; punctuation between them stays inside."""

    text: str


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of a value."""

    name: str


Cut: TypeAlias = Words | Slot | Pause


def cut(text: str) -> list[Cut]:
    """A phrase as fixed words, slots and the punctuation around them, in order; joined again they are ``text``."""
    parts: list[Cut] = []
    for place, piece in enumerate(_VALUE.split(text)):
        if place % 2:
            parts.append(Slot(piece))
            continue
        letters = [match.start() for match in _LETTER.finditer(piece)]
        if not letters:
            parts += [pause_of(piece)] if piece else []
            continue
        first, last = letters[0], letters[-1] + 1
        parts += [pause_of(piece[:first])] if first else []
        parts.append(Words(piece[first:last]))
        parts += [pause_of(piece[last:])] if piece[last:] else []
    return parts


def filled(gloss: str, values: Mapping[str, str]) -> str:
    """``gloss`` with its values put in; an empty one takes the comma before it along."""
    text = _VALUE.sub(lambda match: values[match[1]] or "\0", gloss)
    return re.sub(r"\s+", " ", re.sub(r"[,:]?\s*\0", "", text)).strip(" ,")


def text_mistakes(id_: str, text: str, spoken: str, gloss: str) -> list[str]:
    """What is wrong with a phrase, a line each."""
    names = _VALUE.findall(text)
    fixed = _VALUE.sub("", text)
    wrong = [f"[{id_}] text: {{{name}}} is not a value's name" for name in names if not _VALUE_NAME.fullmatch(name)]
    if not _PHRASE_ID.fullmatch(id_):
        wrong.append(f"[{id_}]: an id is lower-case Latin words joined by dots")
    if "{" in fixed or "}" in fixed:
        wrong.append(f"[{id_}] text: a brace stands alone")
    if not names and not _LETTER.search(fixed):
        wrong.append(f"[{id_}] text: says nothing")
    if [_shape(part) for part in cut(spoken)] != [_shape(part) for part in cut(text)]:
        wrong.append(f"[{id_}] spoken: has not the values and the outer punctuation of text")
    if set(_VALUE.findall(gloss)) != set(names):
        wrong.append(f"[{id_}] gloss: has not the values of text")
    return wrong + _unreadable(id_, _VALUE.sub("", spoken))


def word_mistakes(id_: str, contours: Sequence[str], known: Collection[str]) -> list[str]:
    """What is wrong with a word, a line each."""
    wrong = [f"[{id_}] contours: {name} is none of {', '.join(known)}" for name in contours if name not in known]
    if not contours:
        wrong.append(f"[{id_}] contours: name one at least")
    if not _WORD_ID.fullmatch(id_):
        wrong.append(f"[{id_}]: the id of a word is the word itself, in Russian letters")
    return wrong


def _shape(part: Cut) -> object:
    return Words if isinstance(part, Words) else part


def _unreadable(id_: str, text: str) -> list[str]:
    """Characters that have no sound as they stand: figures, signs, Latin letters that look Russian."""
    strange = sorted({c for c in text if c not in _READABLE and not re.match("[А-Яа-яЁё]", c)})
    if not strange:
        return []
    return [f"[{id_}] cannot be read aloud: {' '.join(strange)} (in spoken, write it as words in Russian letters)"]
