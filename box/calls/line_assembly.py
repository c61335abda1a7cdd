"""The line process put together from its settings: the one place that builds its parts and hands them over."""

from __future__ import annotations

import logging
import os
import queue
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import time

from box.accounts.directory import Directory
from box.accounts.guess_limits import GuessLimits
from box.calls.answering_line import AnsweringLine, OnLinkFailed
from box.calls.desk import CallDesk, DeskRules, Shelves
from box.calls.flight_records import FlightRecords
from box.calls.line_process import Answer, LineProcess, Posted
from box.calls.phases import LineRules
from box.calls.session import Session
from box.calls.story import open_story
from box.calls.vocabulary import Desk, Told, Utterance
from box.clock import Clock
from box.dialogue.config import DialogueConfig, load_dialogue_config
from box.dialogue.engine import Conversation, Dialogue
from box.dialogue.lines import LINES
from box.dialogue.state import OperatorHours
from box.dialogue.vocabulary import Outcome, Phrase
from box.listening.model_folder import ModelBroken, missing_model_parts
from box.listening.recogniser import OnHeard, Recogniser
from box.one_at_a_time import one_at_a_time
from box.service_manager import ServiceManager
from box.settings import HOME, LineTable, OperatorTable, Settings
from box.speaking.name_files import NAMES_FOLDER, NameFiles
from box.speaking.opening import open_voice
from box.speaking.voice import Voice
from box.store.account_book import AccountBook
from box.store.connection import Store, open_store
from box.store.guess_book import GuessBook
from box.store.ledger import Ledger
from box.store.reference_shelf import ReferenceShelf
from box.understanding.words import load_words
from firmware.flight_recorder import FlightRecorder
from firmware.init_plan import LinkSettings
from firmware.port import ModemPort
from firmware.profiles import load_profiles
from firmware.voice_link import VoiceLink

log = logging.getLogger(__name__)

MODEMS = HOME / "config" / "modems"
DIALOGUE = HOME / "config" / "dialogue.toml"
INTENTS = HOME / "config" / "intents.toml"


def assemble_line(
    settings: Settings,
    name: str,
    desk: Desk,
    voice: Voice,
    tell: Callable[[Told], None],
    link_failed: OnLinkFailed,
    recogniser: Recogniser | None = None,
) -> AnsweringLine:
    """Everything of a line but port, clock, store and recogniser. Raises SettingsWrong, ProfileWrong."""
    table = settings.line(name)
    config = load_dialogue_config(DIALOGUE)
    profile = None if table.profile == "auto" else table.profile
    recorder = FlightRecorder()
    link = VoiceLink(load_profiles(MODEMS), LinkSettings(profile=profile), recorder)
    session = Session(
        _conversation(table, config, settings.operator), _speak_with(voice), config.timeouts, _rules(settings, table)
    )
    return AnsweringLine(link, recorder, session, desk, recogniser, tell, link_failed)


def build_desk(settings: Settings, name: str, store: Store, clock: Clock, *, speech: bool = False) -> CallDesk:
    """The line's desk. Raises StoreBroken."""
    guessing = settings.guessing
    limits = GuessLimits(guessing.per_call, guessing.per_phone_a_day, guessing.per_line_an_hour)
    directory = Directory(AccountBook(store), settings.zone)
    ledger = Ledger(store, settings.box.id)
    shelves = Shelves(store, ledger, directory, GuessBook(store, limits), ReferenceShelf(store))
    operator = settings.operator
    rules = DeskRules(name, settings.zone, _hours(operator), transfer=bool(operator.number), speech=speech)
    return CallDesk(shelves, clock, os.urandom, rules)


def run_line(
    settings: Settings, name: str, clock: Clock, inbox: queue.SimpleQueue[Posted], manager: ServiceManager
) -> None:
    """Answer calls until Stop is posted into ``inbox``. Raises what a wrong set-up raises, before ``manager`` is told
    that the line is ready; later only defects."""
    table = settings.line(name)
    with (
        open_store(settings.database) as store,
        one_at_a_time(settings.database.with_name(f"{settings.database.name}.{name}-lock"), f"line {name}"),
        open_story(settings.rehearsal.story) as tell,
        _hearing(settings, lambda heard: inbox.put(Answer(heard))) as recogniser,
    ):
        desk = build_desk(settings, name, store, clock, speech=recogniser is not None)
        for _ in range(desk.close_interrupted_calls()):
            tell(Told(clock.monotonic(), "system", "ended", Outcome.LINE_FAILED.value))
        voice = open_voice(place_audio=NameFiles(settings.data / NAMES_FOLDER).takes)
        port = ModemPort(table.port, post=inbox.put, monotonic=clock.monotonic)

        def make_line(link_failed: OnLinkFailed) -> AnsweringLine:
            return assemble_line(settings, name, desk, voice, tell, link_failed, recogniser)

        records = FlightRecords(settings.data / "flight-records", name, clock)
        process = LineProcess(make_line, port, inbox, clock.monotonic, manager.alive, records.keep)
        with port:
            log.info("line %s answers on %s", name, table.port)
            manager.ready()
            process.run()


def _conversation(table: LineTable, config: DialogueConfig, operator: OperatorTable) -> Conversation:
    return Conversation(Dialogue(LINES[table.role], config, _hours(operator)))


def _hours(operator: OperatorTable) -> OperatorHours:
    return OperatorHours(time.fromisoformat(operator.opens), time.fromisoformat(operator.closes))


def _rules(settings: Settings, table: LineTable) -> LineRules:
    return LineRules(
        answer_after_rings=table.answer_after_rings,
        call_ceiling_s=table.call_ceiling_s,
        number_country=table.number_country,
        operator_number=settings.operator.number,
        flash_s=settings.operator.flash_s,
        answer_wait_s=settings.operator.answer_wait_s,
    )


def _speak_with(voice: Voice) -> Callable[[Sequence[Phrase]], Utterance]:
    def speak(phrases: Sequence[Phrase]) -> Utterance:
        spoken = voice.speak(phrases)
        if not spoken.complete:
            log.warning("a name without a recording was left out of %s", ", ".join(p.id for p in phrases))
        return Utterance(spoken.text, spoken.gloss, spoken.samples)

    return speak


@contextmanager
def _hearing(settings: Settings, on_heard: OnHeard) -> Iterator[Recogniser | None]:
    """The recogniser of the model that the settings name, for as long as the line runs; None: callers use keys."""
    recogniser = open_recogniser(settings, on_heard)
    try:
        yield recogniser
    finally:
        if recogniser is not None:
            recogniser.close()


def open_recogniser(settings: Settings, on_heard: OnHeard) -> Recogniser | None:
    """The engine that is plugged in. A model that is missing or broken is told in the log and costs speech, never the
    line. Raises SettingsWrong for config/intents.toml."""
    words = load_words(INTENTS)
    if not settings.recognition.model:
        log.info("recognition.model is empty: callers are asked for keys only")
        return None
    folder = HOME / settings.recognition.model
    missing = missing_model_parts(folder)
    if missing:
        log.warning("no speech model (missing: %s): callers are asked for keys only", ", ".join(missing))
        return None
    from box.listening.vosk_recogniser import VoskEngine
    from box.listening.worker import ListeningThread

    try:
        return ListeningThread(VoskEngine(folder, words), words, on_heard)
    except ModelBroken as error:
        log.error("%s: %s; callers are asked for keys only", error.code, error)
        return None
