"""Between the call session and the talk with a volunteer: answers become the talk's events, its effects become prompts,
recordings on the disk and a consent on record.

The caller's number is not looked at. What is told about a call is the speaker's random number and counts.
"""

from __future__ import annotations

import hashlib
import logging
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from box.calls.vocabulary import BeginCall, DeskRequest, EndCall
from box.clock import Clock
from box.collecting import conversation as talks
from box.collecting.conversation import CONSENT_TEXT, AskConsent, AskFor, Close, Event, Forget, Keep, Talk, Thank
from box.collecting.corpus_entries import Condition, Consent
from box.collecting.corpus_folder import CorpusFolder, CorpusNotWritable
from box.collecting.recorder import VolunteerRecorder
from box.collecting.things_to_say import Thing, draw
from box.dialogue import vocabulary as calls
from box.dialogue.vocabulary import DialogueEvent, OperatorAccess, Question, QuestionKind
from box.errors import DialogueDefect
from box.store.event_id import RANDOM_BYTES, uuid7

log = logging.getLogger(__name__)

SILENCE_S = 7.0
"""From the end of a prompt to the first sound: a volunteer thinks for a moment."""

LAST_KEY_S = 2.5

_WITHDRAW_KEY: Mapping[str, str] = {"9": Event.WITHDRAW.value}
_CONSENT = Question("consent", QuestionKind.YES_NO, choices=_WITHDRAW_KEY, noinput_s=SILENCE_S)
_REPEAT = Question("repeat", QuestionKind.MENU, choices=_WITHDRAW_KEY, noinput_s=SILENCE_S)
_LAST_KEY = Question("last-key", QuestionKind.MENU, choices=_WITHDRAW_KEY, noinput_s=LAST_KEY_S)

_EVENTS: Mapping[type, Event] = {
    calls.SaidYes: Event.YES,
    calls.SaidNo: Event.NO,
    calls.NoInput: Event.SILENT,
    calls.NoMatch: Event.UNCLEAR,
    calls.AskedRepeat: Event.AGAIN,
    calls.AskedBack: Event.SKIP,
    calls.AskedOperator: Event.ENOUGH,
    calls.AskedWait: Event.UNCLEAR,
    calls.TimeIsUp: Event.TIME_UP,
}


@dataclass(frozen=True, slots=True)
class Collected:
    """What came of one call."""

    speaker: str
    consented: bool
    kept: int
    withdrawn: bool


class VolunteerCall:
    """Both the dialogue and the desk of a collecting line (box.calls.vocabulary): one call after another.

    ``condition`` tells how the sound comes; ``random_bytes`` makes speakers' numbers and event ids; ``done`` gets the
    result of each call."""

    def __init__(
        self,
        corpus: CorpusFolder,
        recorder: VolunteerRecorder,
        things: tuple[Thing, ...],
        texts: Mapping[str, str],
        clock: Clock,
        random_bytes: Callable[[int], bytes],
        condition: Callable[[], Condition],
        done: Callable[[Collected], None],
        *,
        count: int,
        seed: int,
    ) -> None:
        self._corpus = corpus
        self._recorder = recorder
        self._things = things
        self._text_version = consent_version(texts)
        self._clock = clock
        self._random_bytes = random_bytes
        self._condition = condition
        self._done = done
        self._count = count
        self._seed = seed
        self._speaker = ""
        self._consent: Consent | None = None
        self._withdrawn = False
        self._talk: Talk | None = None

    # ------------------------------------------------------------ box.calls.vocabulary.Desk

    def do(self, request: DeskRequest) -> DialogueEvent | None:
        """The records of a call: there are none but the corpus."""
        match request:
            case BeginCall():
                now, trust = self._clock.wall(), self._clock.trust()
                return calls.CallStarted("", now, trust, None, (), OperatorAccess.NO_TRANSFER, speech=True)
            case EndCall():
                kept = self._corpus.count(self._speaker)
                self._done(Collected(self._speaker, self._consent is not None, kept, self._withdrawn))
                self._talk = None
                return None
            case _:
                raise DialogueDefect(f"collecting has no use for {type(request).__name__}")

    # ------------------------------------------------------------ box.calls.vocabulary.Dialogue

    def start(self, event: calls.CallStarted) -> Sequence[calls.Effect]:
        """A volunteer is on the line."""
        number = self._new_number()
        self._speaker = f"v{number}"
        self._consent = None
        self._withdrawn = False
        things = draw(self._things, self._count, random.Random(f"{self._seed} {number}"))
        self._talk, effects = talks.begin(number, things)
        return self._carry_out(effects)

    def step(self, event: DialogueEvent) -> Sequence[calls.Effect]:
        """An answer, a key, or time."""
        return self._happened(_as_event(event))

    def _happened(self, event: Event) -> Sequence[calls.Effect]:
        if self._talk is None:
            raise DialogueDefect("collecting: an answer without a call")
        if event is Event.YES and self._talk.stage is talks.Stage.CONSENT:
            self._consent = self._agreed()
        elif event in (Event.YES, Event.NO):
            event = Event.UNCLEAR  # no question of this stage is answered so
        self._talk, effects = talks.step(self._talk, event)
        return self._carry_out(effects)

    def _carry_out(self, effects: Sequence[talks.Effect]) -> Sequence[calls.Effect]:
        for effect in effects:
            match effect:
                case Keep(thing):
                    if not self._keep(thing):
                        return self._happened(Event.NOT_SAVED)
                case Forget():
                    if not self._forget():
                        return self._happened(Event.NOT_ERASED)
                case AskConsent(phrases):
                    return (calls.Ask(phrases, _CONSENT),)
                case AskFor(phrases, thing):
                    self._recorder.expect(thing.words)
                    return (calls.Ask(phrases, _REPEAT),)
                case Thank(phrases):
                    self._recorder.expect(words=1)
                    return (calls.Ask(phrases, _LAST_KEY),)
                case Close(phrases):
                    words = (calls.Say(phrases),) if phrases else ()
                    return (*words, calls.HangUp(calls.Outcome.INFORMED))
        raise DialogueDefect("collecting: the volunteer was left without a turn")

    # ------------------------------------------------------------ what stays

    def _agreed(self) -> Consent:
        now = self._clock.wall()
        event = uuid7(int(now.timestamp() * 1000), self._random_bytes(RANDOM_BYTES))
        by = "voice" if self._recorder.said_yes else "key"
        return Consent(
            self._text_version, now.isoformat(timespec="seconds"), event, "voice" if by == "voice" else "key"
        )

    def _keep(self, thing: Thing) -> bool:
        """Store the last recording. False when it could not be stored."""
        take, consent = self._recorder.take, self._consent
        if take is None or consent is None:
            raise DialogueDefect("collecting: nothing was recorded, or nobody agreed to it")
        try:
            self._corpus.keep(self._speaker, thing.label, thing.text, take, self._condition(), consent)
        except CorpusNotWritable as error:
            log.error("%s: %s", error.code, error)
            return False
        return True

    def _forget(self) -> bool:
        """Delete everything of this speaker. False when it could not be deleted."""
        try:
            self._corpus.forget(self._speaker)
        except CorpusNotWritable as error:
            log.error("%s: %s; delete them with: linebox voices forget %s", error.code, error, self._speaker)
            return False
        self._withdrawn = True
        return True

    def _new_number(self) -> str:
        """Six digits that no speaker of this corpus has."""
        while True:
            number = f"{int.from_bytes(self._random_bytes(8)) % 1_000_000:06d}"
            if f"v{number}" not in self._corpus.speakers:
                return number


def consent_version(texts: Mapping[str, str]) -> str:
    """A short hash of the words that are agreed to: another text is another version by itself."""
    said = "\n".join(texts[phrase.id] for phrase in CONSENT_TEXT)
    return hashlib.sha256(said.encode()).hexdigest()[:12]


def _as_event(event: DialogueEvent) -> Event:
    if isinstance(event, calls.SaidIntent):
        return Event(event.intent)
    try:
        return _EVENTS[type(event)]
    except KeyError:
        raise DialogueDefect(f"collecting has no use for {type(event).__name__}") from None
