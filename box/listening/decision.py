"""What the alternatives of one utterance add up to: an answer that is sure enough, or a doubt. Pure; no sound, no time.

Each alternative votes for what it means, with its likelihood: those that mean the same («ноль» and «нуль», «да» and
«верно») are added up, those that hold garbage or have no single meaning vote for not having understood. The share of
the best meaning is its certainty, and a rule says how much is enough. So one digit that might be another costs as much
certainty as the two are alike, and no more: correct strings are full of such alternatives.

Two things are known before anything is heard, and weigh on every alternative alike: nearly all callers say as many
digits as they are asked for, and say them one by one. Alternatives are put in order, never edited.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from box.dialogue.vocabulary import (
    CardNumberGiven,
    NoMatch,
    NoMatchReason,
    Question,
    SaidDigits,
)
from box.listening.vocabulary import CallerFellSilent, HearingEvent, SpokenPart
from box.understanding.plausible import lean
from box.understanding.senses import Meaning, Sense
from box.understanding.spoken_digits import digits_said, unfinished
from box.understanding.words import WordAnswer, Words

GARBAGE = "[unk]"
"""The word that a recogniser puts where speech is not in its list."""

OTHER_LENGTH = 3.0
"""Natural logarithm of the odds that a caller gives as many digits as are asked for (19 of 20)."""

NUMBER_WORDS = 3.0
"""The same for digits said one by one, as every prompt asks («тридцать» is heard for «три», «пять» for «пятьдесят»)."""


NO_ANSWER = 3.0
"""The same for words of the list that make an answer («офис») and not a piece of one alone («офиса»)."""


@dataclass(frozen=True, slots=True)
class Alternative:
    """One row of words with its score; the difference of two scores is a log likelihood ratio (natural)."""

    words: tuple[str, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Rule:
    """The certainty (0-1) from which an answer is taken. ``words``: ДА, НЕТ, commands; ``whole``: digits that make the
    entry as long as expected; ``part``: other digits, whose number confirms nothing."""

    words: float
    whole: float
    part: float


RULE = Rule(words=0.6, whole=0.7, part=0.85)
"""Read from ``linebox speech-report --condition all --certainty 0.5 --certainty 0.6 …``: the point from which fewer
wrong strings would cost clearly more right ones. It was read on voices that the model never heard but that its card
judges as well, which flatters what the card says of them; it names the sets that were not looked at. A string that was
doubted is asked for again; one that was taken wrongly is still read back."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``event`` for the call; ``certainty`` of the best meaning, taken or not; ``doubt`` says in English why it was not
    taken, for reports, '' if it was."""

    event: HearingEvent
    certainty: float
    doubt: str = ""


@dataclass(frozen=True, slots=True)
class _Vote:
    """``says`` is what two alternatives must agree in, None for nothing; ``whole``: it completes the entry;
    ``numbers``: number words are in it; ``weight`` is a natural logarithm."""

    alternative: Alternative
    event: SpokenPart | WordAnswer
    says: object
    whole: bool
    numbers: bool
    weight: float


def understand(
    question: Question, words: Words, alternatives: Sequence[Alternative], given: int = 0, rule: Rule = RULE
) -> Decision:
    """The event that the alternatives of one utterance, best first, add up to.

    ``given``: digits of the entry that are known already."""
    if not alternatives or not alternatives[0].words:
        return Decision(CallerFellSilent(), 1.0, "silence")
    missing = None if question.length is None else question.length - given
    votes = [_vote(question, words, each, given, missing) for each in alternatives if each.words]
    shares = _shares(votes)
    says = max((vote.says for vote in votes if vote.says is not None), key=lambda s: shares[s], default=None)
    if says is None:
        return _not_understood(votes)
    best = max((vote for vote in votes if vote.says == says), key=lambda vote: vote.weight)
    enough = rule.words if not isinstance(best.event, SpokenPart) else rule.whole if best.whole else rule.part
    if shares[says] >= enough:
        return Decision(best.event, shares[says])
    others = [vote for vote in votes if vote.says != says]
    rival = max(others, key=lambda vote: vote.weight).alternative.words if others else ()
    doubt = f"{shares[says]:.0%} sure of {' '.join(best.alternative.words)}, or {' '.join(rival)}"
    return Decision(NoMatch(_reason(votes)), shares[says], doubt)


def _shares(votes: Sequence[_Vote]) -> dict[object, float]:
    """Of each meaning; the votes for none share the rest."""
    most = max(vote.weight for vote in votes)
    total = sum(math.exp(vote.weight - most) for vote in votes)
    shares: dict[object, float] = {}
    for vote in votes:
        shares[vote.says] = shares.get(vote.says, 0.0) + math.exp(vote.weight - most) / total
    return shares


def _vote(question: Question, words: Words, alternative: Alternative, given: int, missing: int | None) -> _Vote:
    event = _event(question, words, alternative.words)
    weight = alternative.score
    if isinstance(event, NoMatch):
        unlikely = OTHER_LENGTH if missing else 0.0 if GARBAGE in alternative.words else NO_ANSWER
        return _Vote(alternative, event, None, False, False, weight - unlikely)
    if not isinstance(event, SpokenPart):
        return _Vote(alternative, event, event, True, False, weight)
    says, whole = _digits(question, event.row, given, missing)
    numbers = any(meaning.sense is Sense.NUMBER for meaning in event.row)
    if missing is not None and not whole:
        weight -= OTHER_LENGTH
    if numbers:
        weight -= NUMBER_WORDS
    if whole and isinstance(says, SaidDigits):
        weight += lean(question.plausible, says.digits)
    return _Vote(alternative, event, says, whole, numbers, weight)


def _digits(question: Question, row: tuple[Meaning, ...], given: int, missing: int | None) -> tuple[object, bool]:
    """(what a row of digits says, whether it completes the entry); (None, False) for what can be no part of one."""
    said = digits_said(replace(question, length=missing), row)
    if isinstance(said, SaidDigits):
        return said, missing is not None and len(said.digits) == missing
    # What cannot stand alone may still correct or complete what was given before.
    return (row if given or unfinished(question, row) is not None else None), False


def _event(question: Question, words: Words, row_of_words: Sequence[str]) -> SpokenPart | WordAnswer:
    row = words.row(question, row_of_words)
    if row is None:
        return words.command(question, row_of_words)
    if isinstance(digits_said(question, row), CardNumberGiven):
        return CardNumberGiven()
    return SpokenPart(row)


def _not_understood(votes: Sequence[_Vote]) -> Decision:
    best = votes[0].alternative.words
    garbage = GARBAGE in best
    doubt = "no single meaning" if not garbage else "garbage" if set(best) == {GARBAGE} else "partly garbage"
    return Decision(NoMatch(_reason(votes)), 0.0, doubt)


def _reason(votes: Sequence[_Vote]) -> NoMatchReason:
    """Whether it was most likely a whole number, of a kind that may mean several rows of digits."""
    most = max(vote.weight for vote in votes)
    numbers = sum(math.exp(vote.weight - most) for vote in votes if vote.says is None and vote.numbers)
    everything = sum(math.exp(vote.weight - most) for vote in votes)
    return NoMatchReason.SAY_SINGLE_DIGITS if 2 * numbers > everything else NoMatchReason.UNCLEAR
