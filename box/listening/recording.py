"""A recording in place of a line: what the box would have understood, for tests and for people with recordings.

The same hearing and entry as in a call, in the recording's own time; the silence that follows a caller is added.
"""

from __future__ import annotations

from dataclasses import dataclass
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
from box.listening.endpointer import Endpointer
from box.listening.hearing import GARBAGE, Alternative, Engine, Hearing
from box.listening.vocabulary import CallerFellSilent, CallerSpeaks, EntryPaused, HearingEvent, SpokenPart
from box.listening.wav import NotAWav, WavTooLong, WavUnsupported, read_wav
from box.understanding.entry import Entry
from box.understanding.keypad import Timeouts
from box.understanding.words import Words
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

LONGEST_S = 60.0
"""An answer is 15 s at most; four of them, with pauses, are a recording of one answer."""

_PIECE = SAMPLE_RATE_HZ // 10
_SILENCE_AFTER_S = 2.0


class Status(Enum):
    """What came of a recording."""

    ACCEPTED = "accepted"
    UNSURE = "unsure"  # words of the list, but no single clear answer of the right length: the box asks
    REJECTED = "rejected"  # speech that is not on the list
    SILENCE = "silence"


@dataclass(frozen=True, slots=True)
class Recognition:
    """``value``: the digits, «yes», «no», an intent or a command when accepted, else None. ``words`` are the best ones
    in order, all parts together; ``alternatives`` those of the last part."""

    status: Status
    value: str | None
    words: tuple[str, ...]
    alternatives: tuple[Alternative, ...]
    doubt: str = ""


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


def recognise(samples: Samples, question: Question, words: Words, engine: Engine, timeouts: Timeouts) -> Recognition:
    """What the box would take ``samples`` for as an answer to ``question``."""
    hearing = Hearing(question, words, engine, Endpointer())
    entry = Entry(question, timeouts)
    sound = np.concatenate((samples, np.zeros(int(_SILENCE_AFTER_S * SAMPLE_RATE_HZ), np.int16)))
    answer: DialogueEvent | None = None
    for place in range(0, len(sound), _PIECE):
        now = place / SAMPLE_RATE_HZ
        for event in hearing.feed(sound[place : place + _PIECE]):
            answer = answer or _taken(entry, event, now)
        if answer is not None:
            break
    else:
        for event in hearing.finish():
            answer = answer or _taken(entry, event, len(sound) / SAMPLE_RATE_HZ)
        answer = answer or entry.as_it_stands()
    return _recognition(question, answer, hearing)


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


def _recognition(question: Question, answer: DialogueEvent | None, hearing: Hearing) -> Recognition:
    heard = [each for each in hearing.understood if each.alternatives]
    words = tuple(word for each in heard for word in each.alternatives[0].words)
    last = heard[-1] if heard else None
    alternatives = last.alternatives if last else ()
    if answer is None:
        return Recognition(Status.SILENCE, None, words, alternatives)
    value, doubt = value_of(answer), last.doubt if last else ""
    if isinstance(answer, CardNumberGiven):
        doubt = "a bank card number"
    elif isinstance(answer, SaidDigits) and question.length not in (None, len(answer.digits)):
        value, doubt = None, f"{len(answer.digits)} digits of {question.length}"
    if value is not None:
        return Recognition(Status.ACCEPTED, value, words, alternatives)
    status = Status.REJECTED if set(words) <= {GARBAGE} else Status.UNSURE
    return Recognition(status, None, words, alternatives, doubt or "no single meaning")


def question_for(kind: QuestionKind, words: Words, length: int | None) -> Question:
    """A question like those of a call: every intent that is known is a choice of a menu."""
    choices = {str(n): intent for n, intent in enumerate(words.intents, 1)} if kind is QuestionKind.MENU else {}
    return Question(kind.value, kind, length=length if kind is QuestionKind.DIGITS else None, choices=choices)
