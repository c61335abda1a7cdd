"""One turn of listening, whole: endpointing, decoding and understanding, sound in and events out.

Synchronous and without a thread: the engine's worker and the command line both drive it. A decoder is whatever turns
sound into ranked rows of words; the same sound gives the same events, however it was cut into pieces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from box.dialogue.vocabulary import NoMatch, NoMatchReason, Question, QuestionKind
from box.listening.decision import GARBAGE, RULE, Alternative, Decision, Rule, understand
from box.listening.endpointer import Endpointer, EndpointEvent, Level, SpeechBegan, SpeechEnded
from box.listening.endpointer import PausedMidEntry as PauseHeard
from box.listening.vocabulary import CallerFellSilent, CallerSpeaks, EntryPaused, HearingEvent, SpokenPart
from box.understanding.spoken_digits import unfinished
from box.understanding.words import Words
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

BLOCK = SAMPLE_RATE_HZ * 3 // 20
"""Sound goes to the decoder in pieces of 150 ms: Kaldi's chunks (caller-service.md §8: 100-200 ms)."""

HELD_BACK = SAMPLE_RATE_HZ // 5
"""The newest sound waits: a key is reported up to this much after its tone began, and the tone must not be decoded."""

CLICK = SAMPLE_RATE_HZ // 5
COUGH = SAMPLE_RATE_HZ * 3 // 5
"""Shorter garbage is no speech: «да» lasts 0.2 s; in the middle of an entry, where nobody answers by one strange word,
0.6 s may be a cough or a chair."""

_LEVEL_REASONS = {Level.TOO_LOUD: NoMatchReason.TOO_LOUD, Level.TOO_QUIET: NoMatchReason.TOO_QUIET}
_STEP = SAMPLE_RATE_HZ // 50
_DITHER_SEED = 1
DITHER_STEPS = 10.0
"""Standard deviation of the noise added to what is recognised, in steps of 16 bits: silence of 8-bit and coded lines is
exactly constant, and its log energies lie far from anything the model was trained on (the model's card has figures)."""


class Decoder(Protocol):
    """One utterance's."""

    def accept(self, samples: Samples) -> tuple[str, ...]:
        """Decode on; the best words so far."""
        ...

    def result(self) -> Sequence[Alternative]:
        """The utterance is over: its alternatives, best first; empty for silence. The decoder is used up."""
        ...


class Engine(Protocol):
    """Makes decoders. Loaded once."""

    def decoder(self, question: Question) -> Decoder:
        """For one utterance that answers ``question``."""
        ...


@dataclass(frozen=True, slots=True)
class Understood:
    """What one utterance came to, for reports; ``event`` is what the call got."""

    event: HearingEvent
    alternatives: tuple[Alternative, ...]
    ended: SpeechEnded
    decision: Decision


class Hearing:
    """Everything between the question's end and the answer."""

    def __init__(
        self, question: Question, words: Words, engine: Engine, endpointer: Endpointer, rule: Rule = RULE
    ) -> None:
        self._rule = rule
        self._question = question
        self._words = words
        self._engine = engine
        self._endpointer = endpointer
        endpointer.start(patient=question.kind is QuestionKind.DIGITS)
        self._given = 0  # digits of earlier parts
        self._sound: Samples = np.zeros(0, np.int16)  # what the decoder may still need
        self._sound_from = 0
        self._heard_to = 0
        self._rest: Samples = np.zeros(0, np.int16)
        self._decoder: Decoder | None = None
        self._dither = np.random.default_rng(_DITHER_SEED)
        self.understood: list[Understood] = []

    def feed(self, samples: Samples) -> list[HearingEvent]:
        """Sound of the line, in order."""
        sound = np.concatenate((self._rest, samples))
        whole = len(sound) - len(sound) % _STEP
        self._rest = sound[whole:]
        events: list[HearingEvent] = []
        for place in range(0, whole, _STEP):
            events += self._step(sound[place : place + _STEP])
        return events

    def key_pressed(self) -> list[HearingEvent]:
        """A key: what was said before its tone counts, the tone does not."""
        events = self._followed(self._endpointer.cut(), drop=HELD_BACK)
        self._endpointer.ignore_until_quiet()
        return events

    def finish(self) -> list[HearingEvent]:
        """No more sound will come."""
        return self._followed(self._endpointer.cut())

    # ------------------------------------------------------------ sound

    def _step(self, samples: Samples) -> list[HearingEvent]:
        self._sound = np.concatenate((self._sound, samples))
        self._heard_to += len(samples)
        events = self._followed(self._endpointer.feed(samples))
        if self._decoder is not None:
            self._decode(self._heard_to - HELD_BACK)
        else:
            self._forget(self._heard_to - _KEPT)
        return events

    def _followed(self, found: Sequence[EndpointEvent], drop: int = 0) -> list[HearingEvent]:
        """What the endpointer's events lead to; the newest ``drop`` samples are not speech."""
        events: list[HearingEvent] = []
        for event in found:
            match event:
                case SpeechBegan(at):
                    self._forget(at)
                    self._decoder = self._engine.decoder(self._question)
                    self._dither = np.random.default_rng(_DITHER_SEED)
                    events.append(CallerSpeaks())
                case SpeechEnded():
                    events.append(self._ended(event, self._heard_to - drop))
                case PauseHeard():
                    events.append(EntryPaused())
        return events

    def _forget(self, before: int) -> None:
        """Drop sound that nobody needs any more."""
        gone = max(0, min(before, self._heard_to) - self._sound_from)
        self._sound = self._sound[gone:]
        self._sound_from += gone

    def _decode(self, to: int) -> None:
        """Give the decoder whole blocks of what lies before ``to``, and tell the endpointer how far the entry is."""
        while self._decoder is not None and to - self._sound_from >= BLOCK:
            block, self._sound = self._sound[:BLOCK], self._sound[BLOCK:]
            self._sound_from += BLOCK
            self._endpointer.reached(self._is_complete(self._decoder.accept(self._dithered(block))))

    def _dithered(self, block: Samples) -> Samples:
        """With a little noise, always the same."""
        noisy = block + np.rint(self._dither.normal(0.0, DITHER_STEPS, len(block))).astype(np.int32)
        whole: Samples = np.clip(noisy, -32768, 32767).astype(np.int16)
        return whole

    # ------------------------------------------------------------ meaning

    def _is_complete(self, words: Sequence[str]) -> bool:
        row = self._words.row(self._question, words)
        if row is None:
            return not isinstance(self._words.command(self._question, words), NoMatch)
        length = self._question.length
        if length is None:
            return False  # nobody knows how long it will be: it always gets a string's patience
        progress = unfinished(self._question, row)
        return progress is None or progress.at_least + self._given >= length

    def _ended(self, ended: SpeechEnded, to: int) -> HearingEvent:
        decoder, self._decoder = self._decoder, None
        assert decoder is not None
        rest = self._sound[: max(0, to - self._sound_from)]
        if len(rest):
            decoder.accept(self._dithered(rest))
        self._sound, self._sound_from = self._sound[:0], self._heard_to
        alternatives = tuple(decoder.result())
        decision = understand(self._question, self._words, alternatives, self._given, self._rule)
        event = self._told(decision.event, alternatives, ended)
        if isinstance(event, SpokenPart):
            progress = unfinished(self._question, event.row)
            self._given += progress.at_least if progress is not None else 0
        self.understood.append(Understood(event, alternatives, ended, decision))
        return event

    def _told(self, event: HearingEvent, alternatives: Sequence[Alternative], ended: SpeechEnded) -> HearingEvent:
        """What the call is told: a short noise is no answer, and a caller who is too loud or too quiet can mend it."""
        if not isinstance(event, NoMatch):
            return event
        if set(alternatives[0].words) == {GARBAGE} and ended.ended - ended.began < self._shortest_speech():
            return CallerFellSilent()
        if event.reason is NoMatchReason.UNCLEAR:
            return NoMatch(_LEVEL_REASONS.get(ended.level, event.reason))
        return event

    def _shortest_speech(self) -> int:
        """Samples that speech outside the word list must last: in the middle of an entry a cough is no answer."""
        return COUGH if self._given else CLICK


_KEPT = SAMPLE_RATE_HZ * 3 // 2  # the pre-roll and an even sound of which it was not clear that it is speech
