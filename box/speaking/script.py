"""What is said, as a row of clips and pauses, before it is sound.

A :class:`Said` is one clip with the words it says; a :class:`Pause` is the punctuation between two clips with its
length. Text and sound are both read off the same row, so they cannot disagree. Pure; knows no files and no samples.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from firmware.vocabulary import Samples


class Contour(Enum):
    """How the voice leaves a clip; the value is its part of the clip's name.

    FLOW runs into the next word, HOLD stays up before a pause inside the sentence, END falls at the sentence's end.
    """

    FLOW = "mid"
    HOLD = "hold"
    END = "end"


Takes: TypeAlias = Mapping[Contour, Samples]
"""One text said with one melody or several."""

NEAREST = {
    Contour.FLOW: (Contour.HOLD, Contour.END),
    Contour.HOLD: (Contour.FLOW, Contour.END),
    Contour.END: (Contour.HOLD, Contour.FLOW),
}
"""What stands in for a melody that was not recorded, the better one first."""


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """One clip: ``text`` is exactly what is heard. ``clip`` is a word's id (its contour is chosen by position) unless
    ``fixed``, then the whole name of a clip. ``takes`` are the sound itself where there is no clip of it."""

    clip: str
    text: str
    gloss: str = ""
    fixed: bool = False
    takes: Takes | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Punctuation between clips: ``mark`` as it is written, ``duration_s`` as it is heard."""

    mark: str
    duration_s: float


Piece: TypeAlias = Said | Pause

# Lengths: caller-service.md section 4 for digits; none may reach 0.5 s, since 0.8 s of quiet means to a listener that
# the box has finished.
BETWEEN_WORDS = Pause(" ", 0.045)
BETWEEN_DIGITS = Pause(" ", 0.25)
BETWEEN_GROUPS = Pause(" ", 0.45)
COMMA = Pause(", ", 0.20)
COMMA_S = COMMA.duration_s
COLON_S = 0.25
DASH = Pause(" — ", COLON_S)
SENTENCE_S = 0.42
FULL_STOP = Pause(". ", SENTENCE_S)

_PAUSE_BY_CHARACTER: tuple[tuple[str, float], ...] = ((".!?…", SENTENCE_S), (":;—–", COLON_S), (",", COMMA_S))

FALLING = frozenset(".!…;")
"""Punctuation before which the voice falls; a question mark keeps it up."""


@dataclass(frozen=True, slots=True)
class Rendered:
    """A value as pieces and its English; ``complete`` is False when a part of it has no recording and was left out."""

    pieces: tuple[Piece, ...]
    gloss: str
    complete: bool = True


def pause_of(mark: str) -> Pause:
    """The pause that a run of punctuation and blanks between two words stands for."""
    for characters, duration_s in _PAUSE_BY_CHARACTER:
        if any(character in characters for character in mark):
            return Pause(mark, duration_s)
    return Pause(mark, BETWEEN_WORDS.duration_s)


def row(words: Iterable[Said], between: Pause = BETWEEN_WORDS) -> tuple[Piece, ...]:
    """``words`` with the same pause between each two."""
    pieces: list[Piece] = []
    for word in words:
        if pieces:
            pieces.append(between)
        pieces.append(word)
    return tuple(pieces)


def joined(rows: Iterable[tuple[Piece, ...]], between: Pause) -> tuple[Piece, ...]:
    """Rows one after another; empty ones leave no pause behind."""
    pieces: list[Piece] = []
    for each in rows:
        if each and pieces:
            pieces.append(between)
        pieces += each
    return tuple(pieces)


def contour_before(follower: Piece | None) -> Contour:
    """How a word is said before ``follower`` (None: nothing follows)."""
    if follower is None:
        return Contour.END
    if isinstance(follower, Said) or follower.duration_s <= BETWEEN_WORDS.duration_s:
        return Contour.FLOW
    return Contour.END if FALLING & set(follower.mark) else Contour.HOLD


def nearest(contour: Contour, there: Container[Contour]) -> Contour:
    """``contour``, or the melody that stands in for it among those that are ``there``: one at least."""
    return next(each for each in (contour, *NEAREST[contour]) if each in there)


def text_of(pieces: Iterable[Piece]) -> str:
    """What the row says, as a person would write it: one blank between words, sentences with a capital letter."""
    raw = "".join(piece.text if isinstance(piece, Said) else piece.mark for piece in pieces)
    return _sentences(raw)


def gloss_of(pieces: Iterable[Piece]) -> str:
    """The English of a row of words, where the words have one."""
    raw = "".join((piece.gloss or piece.text) if isinstance(piece, Said) else piece.mark for piece in pieces)
    return re.sub(r"\s+", " ", raw).strip()


def _sentences(raw: str) -> str:
    text = re.sub(r"\s+", " ", raw).strip()
    return re.sub(r"(^|[.!?…] )([«\"]?)([а-яёa-z])", lambda m: m[1] + m[2] + m[3].upper(), text)
