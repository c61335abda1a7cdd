"""The line process put together from its settings: the one place that builds its parts and hands them over."""

from __future__ import annotations

import logging
import os
import queue
from collections.abc import Callable, Sequence
from datetime import time

from box.accounts.directory import Directory
from box.calls.answering_line import AnsweringLine, OnLinkFailed
from box.calls.desk import CallDesk, OperatorDesk
from box.calls.flight_records import FlightRecords
from box.calls.line_process import LineProcess, Posted
from box.calls.phases import LineRules
from box.calls.session import Session
from box.calls.story import open_story
from box.calls.vocabulary import Desk, Told, Utterance
from box.clock import Clock
from box.dialogue.config import DialogueConfig, load_dialogue_config
from box.dialogue.engine import Conversation, Dialogue
from box.dialogue.readings import READINGS_LINE
from box.dialogue.state import OperatorHours
from box.dialogue.vocabulary import Outcome, Phrase
from box.listening.recogniser import Recogniser, missing_model_parts
from box.settings import HOME, LineTable, OperatorTable, Settings
from box.speaking.opening import open_voice
from box.speaking.voice import Voice
from box.store.account_book import AccountBook
from box.store.connection import Store, open_store
from box.store.ledger import Ledger
from firmware.flight_recorder import FlightRecorder
from firmware.init_plan import LinkSettings
from firmware.port import ModemPort
from firmware.profiles import load_profiles
from firmware.voice_link import VoiceLink

log = logging.getLogger(__name__)

MODEMS = HOME / "config" / "modems"
DIALOGUE = HOME / "config" / "dialogue.toml"


def assemble_line(
    settings: Settings, name: str, desk: Desk, voice: Voice, tell: Callable[[Told], None], link_failed: OnLinkFailed
) -> AnsweringLine:
    """Everything of a line but port, clock and store. Raises SettingsWrong, ProfileWrong."""
    table = settings.line(name)
    config = load_dialogue_config(DIALOGUE)
    profile = None if table.profile == "auto" else table.profile
    recorder = FlightRecorder()
    link = VoiceLink(load_profiles(MODEMS), LinkSettings(profile=profile), recorder)
    session = Session(
        _conversation(config, settings.operator), _speak_with(voice), config.timeouts, _rules(settings, table)
    )
    return AnsweringLine(link, recorder, session, desk, _recogniser(), tell, link_failed)


def build_desk(settings: Settings, name: str, store: Store, clock: Clock) -> CallDesk:
    """The line's desk. Raises StoreBroken."""
    operator = settings.operator
    return CallDesk(
        *(store, Ledger(store, settings.box.id), Directory(AccountBook(store), settings.zone), clock, os.urandom),
        line=name,
        zone=settings.zone,
        operator=OperatorDesk(*_hours(operator), transfer=bool(operator.number)),
        speech=_recogniser() is not None,
    )


def run_line(
    settings: Settings, name: str, clock: Clock, inbox: queue.SimpleQueue[Posted], alive: Callable[[], None]
) -> None:
    """Answer calls until Stop is posted into ``inbox``. Raises what a wrong set-up raises; later only defects."""
    table = settings.line(name)
    _explain_hearing(settings)
    with open_store(settings.database) as store, open_story(settings.rehearsal.story) as tell:
        desk = build_desk(settings, name, store, clock)
        for _ in range(desk.close_interrupted_calls()):
            tell(Told(clock.monotonic(), "system", "ended", Outcome.LINE_FAILED.value))
        voice = open_voice()
        port = ModemPort(table.port, post=inbox.put, monotonic=clock.monotonic)

        def make_line(link_failed: OnLinkFailed) -> AnsweringLine:
            return assemble_line(settings, name, desk, voice, tell, link_failed)

        records = FlightRecords(settings.data / "flight-records", name, clock)
        process = LineProcess(make_line, port, inbox, clock.monotonic, alive, records.keep)
        with port:
            log.info("line %s answers on %s", name, table.port)
            process.run()


def _conversation(config: DialogueConfig, operator: OperatorTable) -> Conversation:
    return Conversation(Dialogue(READINGS_LINE, config, OperatorHours(*_hours(operator))))


def _hours(operator: OperatorTable) -> tuple[time, time]:
    return time.fromisoformat(operator.opens), time.fromisoformat(operator.closes)


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


def _recogniser() -> Recogniser | None:
    """The engine that is plugged in; none: callers use keys."""
    return None


def _explain_hearing(settings: Settings) -> None:
    missing = missing_model_parts(HOME / settings.recognition.model)
    if missing:
        log.warning("no speech model (missing: %s): callers are asked for keys only", ", ".join(missing))
