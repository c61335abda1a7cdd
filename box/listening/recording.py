"""A recording in place of a line: what the box would have understood, for tests and for people with recordings.

The same hearing and entry as in a call, in the recording's own time; the silence that follows a caller is added.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path

import numpy as np

from box.dialogue.vocabulary import (
    AskedBack,
    AskedOperator,
    AskedRepeat,
    AskedWait,
    CardNumberGiven,
    DialogueEvent,
    NoMatch,
    Question,
    QuestionKind,
    SaidDigits,
    SaidIntent,
    SaidNo,
    SaidYes,
)
from box.listening.decision import GARBAGE, RULE, Alternative, Rule
from box.listening.endpointer import Endpointer, Level
from box.listening.hearing import Engine, Hearing
from box.listening.vocabulary import CallerFellSilent, CallerSpeaks, EntryPaused, HearingEvent, SpokenPart
from box.listening.wav import NotAWav, WavTooLong, WavUnsupported, read_wav
from box.understanding.entry import Entry
from box.understanding.keypad import Timeouts
from box.understanding.words import Words
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

LONGEST_S = 60.0
"""An answer is 15 s at most; four of them, with pauses, are a recording of one answer."""

_PIECE = SAMPLE_RATE_HZ // 10

SILENCE_AFTER_S = 2.0
"""Added behind a recording, since a caller who has spoken waits."""


class Status(Enum):
    """What came of a recording."""

    ACCEPTED = "accepted"
    UNSURE = "unsure"  # words of the list, but no single clear answer of the right length: the box asks
    REJECTED = "rejected"  # speech that is not on the list
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class HeardAt:
    """``what``: speech-began, no-speech (what sounded held no word), digits, paused (in the middle of an entry), or
    answer. ``at_s``: second of the recording at which it was known."""

    what: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """``value``: the digits, «yes», «no», an intent or a command when accepted, else None. ``words`` are the best ones
    in order, all parts together; ``alternatives`` those of the last part, whose ``certainty`` is between 0 and 1.
    ``events``: what was heard besides the answer, in order, with the second at which it was known; ``level`` how loud
    the caller was, at the worst."""

    status: Status
    value: str | None
    words: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    certainty: float
    events: tuple[HeardAt, ...]
    level: Level
    doubt: str = ""
    reason: str = ""


_VALUES: dict[type, str] = {
    SaidYes: "yes",
    SaidNo: "no",
    AskedOperator: "operator",
    AskedRepeat: "repeat",
    AskedBack: "back",
    AskedWait: "wait",
}


def value_of(answer: DialogueEvent) -> str | None:
    """The label of an answer in reports; None for one that the box would not act on."""
    match answer:
        case SaidDigits(digits):
            return digits
        case SaidIntent(intent):
            return intent
        case _:
            return _VALUES.get(type(answer))


def read_answer(path: Path) -> Samples:
    """A recording of one answer. Raises NotAWav or its kinds, also for another rate, for no sound and for too much."""
    samples, rate_hz = read_wav(path)
    if rate_hz != SAMPLE_RATE_HZ:
        raise WavUnsupported(f"{path}: {rate_hz} Hz; convert it with: sox {path.name} -r {SAMPLE_RATE_HZ} OUT.wav")
    if not len(samples):
        raise NotAWav(f"{path}: the recording is empty")
    if len(samples) > LONGEST_S * SAMPLE_RATE_HZ:
        long_s = len(samples) / SAMPLE_RATE_HZ
        raise WavTooLong(f"{path}: {long_s:.0f} s is no single answer; cut it to {LONGEST_S:.0f} s at most")
    return samples


def recognise(
    samples: Samples, question: Question, words: Words, engine: Engine, timeouts: Timeouts, rule: Rule = RULE
) -> Recognition:
    """What the box would take ``samples`` for as an answer to ``question``."""
    hearing = Hearing(question, words, engine, Endpointer(), rule)
    entry = Entry(question, timeouts)
    sound = np.concatenate((samples, np.zeros(int(SILENCE_AFTER_S * SAMPLE_RATE_HZ), np.int16)))
    answer: DialogueEvent | None = None
    events: list[HeardAt] = []
    for place in range(0, len(sound), _PIECE):
        now = place / SAMPLE_RATE_HZ
        for event in hearing.feed(sound[place : place + _PIECE]):
            events.append(HeardAt(_NAMES.get(type(event), "answer"), now))
            answer = answer or _taken(entry, event, now)
        if answer is not None:
            break
    else:
        for event in hearing.finish():
            answer = answer or _taken(entry, event, len(sound) / SAMPLE_RATE_HZ)
        answer = answer or entry.as_it_stands()
    return _recognition(question, answer, hearing, events)


_NAMES: dict[type, str] = {
    CallerSpeaks: "speech-began",
    CallerFellSilent: "no-speech",
    SpokenPart: "digits",
    EntryPaused: "paused",
}


def _taken(entry: Entry, event: HearingEvent, now: float) -> DialogueEvent | None:
    match event:
        case CallerSpeaks():
            entry.speaking()
        case CallerFellSilent():
            return entry.silent(now)
        case SpokenPart(row):
            return entry.heard(row, now)
        case EntryPaused():
            paused = entry.paused()
            return paused if isinstance(paused, NoMatch) else None
        case _:
            return event
    return None


def _recognition(
    question: Question, answer: DialogueEvent | None, hearing: Hearing, events: Sequence[HeardAt]
) -> Recognition:
    heard = [each for each in hearing.understood if each.alternatives]
    words = tuple(word for each in heard for word in each.alternatives[0].words)
    last = heard[-1] if heard else None
    found = Recognition(
        Status.SILENCE,
        None,
        words,
        last.alternatives if last else (),
        last.decision.certainty if last else 0.0,
        tuple(events),
        next((each.ended.level for each in hearing.understood if each.ended.level is not Level.GOOD), Level.GOOD),
    )
    if answer is None:
        return found
    value, doubt = value_of(answer), last.decision.doubt if last else ""
    if isinstance(answer, CardNumberGiven):
        doubt = "a bank card number"
    elif isinstance(answer, SaidDigits) and question.length not in (None, len(answer.digits)):
        value, doubt = None, f"{len(answer.digits)} digits of {question.length}"
    if value is not None:
        return replace(found, status=Status.ACCEPTED, value=value)
    status = Status.REJECTED if set(words) <= {GARBAGE} else Status.UNSURE
    reason = answer.reason.value if isinstance(answer, NoMatch) else ""
    return replace(found, status=status, doubt=doubt or "no single meaning", reason=reason)


def question_for(
    kind: QuestionKind, words: Words, length: int | None, intents: Collection[str] | None = None
) -> Question:
    """A question like those of a call; a menu offers ``intents``, every one that is known without them."""
    offered = words.intents if intents is None else tuple(intents)
    choices = {str(n): intent for n, intent in enumerate(offered, 1)} if kind is QuestionKind.MENU else {}
    return Question(kind.value, kind, length=length if kind is QuestionKind.DIGITS else None, choices=choices)
