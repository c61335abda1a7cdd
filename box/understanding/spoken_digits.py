"""The meanings of an entry's words, and of its keys, into one row of digits. Exact: doubt is NoMatch, never a guess.

Pure. A row of single digits means itself. Number words are taken only when they can be read in one way: exactly one row
of the expected length, and no shorter one either, since the box puts zeros before a short entry («сто двадцать три» for
a five-digit meter may be 00123 or 10023). A correction is taken only when it can mean one digit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from box.accounts.model import EntryMode
from box.dialogue.vocabulary import CardNumberGiven, NoMatch, NoMatchReason, Question, SaidDigits
from box.understanding.card import looks_like_card
from box.understanding.numerals import digit_rows
from box.understanding.senses import Meaning, Sense

_NUMERIC = (Sense.DIGIT, Sense.NUMBER)


@dataclass(frozen=True, slots=True)
class Unfinished:
    """More digits are expected. ``heard`` is what is certain so far, '' while number words leave it open; ``at_least``
    the number of digits that the words stand for at the least."""

    heard: str
    at_least: int


def since_restart(row: Sequence[Meaning]) -> int:
    """The place after the last «сначала»; 0 without one."""
    return max((place + 1 for place, meaning in enumerate(row) if meaning.sense is Sense.RESTART), default=0)


def digits_said(question: Question, row: Sequence[Meaning]) -> SaidDigits | CardNumberGiven | NoMatch:
    """What ``row`` is as a finished entry; NoMatch for an empty one, and for number words that may mean several rows,
    with the reason that single digits are to be said."""
    if looks_like_card("".join(m.value for m in row if m.sense is Sense.DIGIT)):
        return CardNumberGiven()
    parts = _whole_and_fraction(row[since_restart(row) :])
    if parts is None:
        return NoMatch()
    whole, fraction_given = parts
    digits = _single_digits(whole)
    if digits is None:
        digits = _only_reading(question, whole)
    if not digits or len(digits) > question.max_length:
        numbers = any(meaning.sense is Sense.NUMBER for meaning in whole)
        return NoMatch(NoMatchReason.SAY_SINGLE_DIGITS if numbers else NoMatchReason.UNCLEAR)
    return SaidDigits(digits, EntryMode.VOICE, fraction_dropped=fraction_given)


def unfinished(question: Question, row: Sequence[Meaning]) -> Unfinished | None:
    """How far an entry that may still go on has come; None when no digit can make sense of it any more, and when it is
    complete: the expected length is reached, or a comma was said."""
    row = row[since_restart(row) :]
    if not row:
        return Unfinished("", 0)
    parts = _whole_and_fraction(row)
    if parts is None or question.length is None or any(m.sense is Sense.COMMA for m in row):
        return None
    digits = _single_digits(parts[0])
    if digits is not None:
        return Unfinished(digits, len(digits)) if len(digits) < question.length else None
    shortest = min((len(reading) for reading in _readings(question, parts[0])), default=None)
    if shortest is None or shortest >= question.length:
        return None
    return Unfinished("", shortest)


def _whole_and_fraction(row: Sequence[Meaning]) -> tuple[list[Meaning], bool] | None:
    """(corrected row before the comma, whether there was anything to leave out); None when in doubt."""
    commas = [place for place, meaning in enumerate(row) if meaning.sense is Sense.COMMA]
    if len(commas) > 1:
        return None
    if not commas:
        corrected = _corrected(row)
        return None if corrected is None else (corrected, False)
    whole = _corrected(row[: commas[0]])
    fraction = row[commas[0] + 1 :]
    # After the comma a correction could mean either side of it.
    if whole is None or not whole or any(meaning.sense not in _NUMERIC for meaning in fraction):
        return None
    return whole, bool(fraction)


def _corrected(row: Sequence[Meaning]) -> list[Meaning] | None:
    """Digits and numbers with «не пять, а шесть» carried out; None when it could mean several digits or none."""
    done: list[Meaning] = []
    place = 0
    while place < len(row):
        meaning = row[place]
        if meaning.sense in _NUMERIC:
            done.append(meaning)
            place += 1
            continue
        change = _change_at(row, place)
        if change is None:
            return None
        wrong, right, place = change
        where = [i for i, given in enumerate(done) if given == wrong]
        if len(where) != 1 or any(given.sense is Sense.NUMBER for given in done):
            return None
        done[where[0]] = right
    return done


def _change_at(row: Sequence[Meaning], place: int) -> tuple[Meaning, Meaning, int] | None:
    """(wrong digit, right digit, place after them) of a correction that begins at ``place``."""
    if row[place].sense is not Sense.NOT or place + 2 >= len(row):
        return None
    right = place + 3 if row[place + 2].sense is Sense.BUT else place + 2
    if right >= len(row) or not row[place + 1].sense is row[right].sense is Sense.DIGIT:
        return None
    return row[place + 1], row[right], right + 1


def _single_digits(row: Sequence[Meaning]) -> str | None:
    if any(meaning.sense is not Sense.DIGIT for meaning in row):
        return None
    return "".join(meaning.value for meaning in row)


def _readings(question: Question, row: Sequence[Meaning]) -> frozenset[str]:
    longest = question.length if question.length is not None else question.max_length
    return digit_rows([int(meaning.value) for meaning in row], longest)


def _only_reading(question: Question, row: Sequence[Meaning]) -> str | None:
    readings = _readings(question, row)
    if question.length is None or len(readings) != 1:
        return None
    (only,) = readings
    return only if len(only) == question.length else None
