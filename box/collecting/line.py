"""A collecting line put together: the modem's driver and call session of the line process, with another dialogue."""

from __future__ import annotations

import logging
import os
import queue
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from box.calls.answering_line import AnsweringLine, OnLinkFailed
from box.calls.line_assembly import DIALOGUE, INTENTS, MODEMS
from box.calls.line_process import Answer, LineProcess, Posted, Stop
from box.calls.phases import LineRules
from box.calls.session import Session
from box.calls.vocabulary import Told, Utterance
from box.clock import Clock
from box.collecting.corpus_entries import Condition
from box.collecting.corpus_folder import CorpusFolder
from box.collecting.recorder import VolunteerRecorder
from box.collecting.things_to_say import Thing, things_in
from box.collecting.volunteer_call import Collected, VolunteerCall
from box.dialogue.config import load_dialogue_config
from box.dialogue.vocabulary import Phrase
from box.listening.hearing import Engine
from box.listening.model_folder import ModelBroken
from box.listening.recogniser import OnHeard
from box.settings import HOME, Settings
from box.speaking.voice import Voice
from box.understanding.words import load_words
from firmware.flight_recorder import FlightRecorder
from firmware.init_plan import LinkSettings
from firmware.port import ModemPort
from firmware.profiles import load_profiles
from firmware.voice_link import VoiceLink

log = logging.getLogger(__name__)

LONGEST_CALL_S = 1800.0
RULES = LineRules(
    answer_after_rings=1,
    call_ceiling_s=LONGEST_CALL_S,
    number_country="7",
    operator_number="",
    flash_s=0.3,
    answer_wait_s=8.0,
)

Done = Callable[[Collected], None]


@dataclass(frozen=True, slots=True, eq=False)
class Collection:
    """What all kinds of lines share. ``engine`` None: consent by key only. ``seed`` decides what speakers are asked to
    say, together with their numbers, which come from ``random_bytes``."""

    corpus: CorpusFolder
    voice: Voice
    engine: Engine | None
    clock: Clock
    count: int
    seed: int
    done: Done
    random_bytes: Callable[[int], bytes] = os.urandom

    @property
    def texts(self) -> dict[str, str]:
        """Every prompt's text by its id."""
        return {entry.id: entry.text for entry in self.voice.manifest.phrases.values()}

    @property
    def things(self) -> tuple[Thing, ...]:
        """What can be asked for."""
        return things_in(self.texts)

    def recorder(self, on_heard: OnHeard) -> VolunteerRecorder:
        """A recogniser that records."""
        return VolunteerRecorder(self.engine, load_words(INTENTS), on_heard)

    def call(self, recorder: VolunteerRecorder, condition: Callable[[], Condition]) -> VolunteerCall:
        """The dialogue and desk of a line."""
        return VolunteerCall(
            *(self.corpus, recorder, self.things, self.texts, self.clock, self.random_bytes, condition, self.done),
            count=self.count,
            seed=self.seed,
        )

    def session(self, call: VolunteerCall) -> Session:
        """The session that asks ``call`` what to say."""
        return Session(call, self._speak, load_dialogue_config(DIALOGUE).timeouts, RULES)

    def _speak(self, phrases: Sequence[Phrase]) -> Utterance:
        spoken = self.voice.speak(phrases)
        return Utterance(spoken.text, spoken.gloss, spoken.samples)


def modem_line(
    collection: Collection, profile: str | None, virtual: bool, on_heard: OnHeard, link_failed: OnLinkFailed
) -> AnsweringLine:
    """A line behind a modem: everything but port and thread. ``profile`` None: the modem is asked who it is."""
    flight = FlightRecorder()
    link = VoiceLink(load_profiles(MODEMS), LinkSettings(profile=profile), flight)
    recorder = collection.recorder(on_heard)

    def condition() -> Condition:
        modem = link.modem
        codec, name = (modem.format.name, modem.profile.name) if modem is not None else ("", "")
        return Condition("virtual" if virtual else "line", codec, name)

    call = collection.call(recorder, condition)
    return AnsweringLine(link, flight, collection.session(call), call, recorder, _tell, link_failed)


def run_port(collection: Collection, port: str, profile: str | None, inbox: queue.SimpleQueue[Posted]) -> None:
    """Answer calls on the modem at ``port`` until Stop is posted into ``inbox``; a call under way is finished first."""
    clock = collection.clock

    def make_line(link_failed: OnLinkFailed) -> AnsweringLine:
        return modem_line(collection, profile, False, lambda heard: inbox.put(Answer(heard)), link_failed)

    modem = ModemPort(port, post=inbox.put, monotonic=clock.monotonic)
    process = LineProcess(
        make_line, modem, inbox, clock.monotonic, lambda: None, lambda record: log.debug("%s", record)
    )
    with modem:
        process.run()


def engine_of(settings: Settings) -> Engine | None:
    """The model that hears yes and no; None, told in the log, when there is none to be used."""
    from box.listening.vosk_recogniser import VoskEngine

    if not settings.recognition.model:
        return None
    try:
        return VoskEngine(HOME / settings.recognition.model, load_words(INTENTS))
    except ModelBroken as error:
        log.warning("%s; consent is given by key 1 only", error)
        return None


def stop_after(calls: int | None, inbox: queue.SimpleQueue[Posted], done: Done) -> Done:
    """``done`` that asks the line to stop after so many calls."""
    left = [calls]

    def count(result: Collected) -> None:
        done(result)
        if left[0] is not None:
            left[0] -= 1
            if left[0] <= 0:
                inbox.put(Stop())

    return count


def _tell(told: Told) -> None:
    """The story of a call stays untold: it holds what a volunteer says. Only what went wrong is told, in the log."""
    log.debug("%s %s", told.who, told.kind)
