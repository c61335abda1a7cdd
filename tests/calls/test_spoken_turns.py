"""What the session makes of speech: silence that is none, entries in parts, keys among words, turns that are over."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.accounts.model import AccountNumber, ClockTrust, EntryMode
from box.calls.answering_line import AnsweringLine
from box.calls.callers_turn import LONGEST_SPEECH_S
from box.calls.phases import LineRules, Phase
from box.calls.session import Session
from box.calls.vocabulary import Action, KeyHeard, StartHearing, StopHearing, Told, Utterance
from box.dialogue.vocabulary import (
    Ask,
    AskedOperator,
    CallStarted,
    CountGuess,
    DialogueEvent,
    DigitRow,
    Effect,
    HangUp,
    NoInput,
    NoMatch,
    NoMatchReason,
    OperatorAccess,
    Outcome,
    Phrase,
    Question,
    QuestionKind,
    SaidDigits,
    SaidNo,
    SaidYes,
)
from box.listening.vocabulary import (
    CallerFellSilent,
    CallerSpeaks,
    EntryPaused,
    Heard,
    HearingEvent,
    SpokenPart,
)
from box.settings import HOME
from box.understanding.keypad import Timeouts
from box.understanding.words import load_words
from firmware.flight_recorder import FlightRecorder
from firmware.init_plan import LinkSettings
from firmware.profiles import load_profiles
from firmware.vocabulary import (
    KeyPressed,
    KeySource,
    LineTaken,
    LinkReady,
    ListeningStarted,
    Play,
    PlaybackFinished,
    PlaybackStopped,
    Rang,
    Samples,
    StopPlaying,
)
from firmware.voice_link import VoiceLink

WORDS = load_words(Path(__file__).resolve().parents[2] / "config" / "intents.toml")
TIMEOUTS = Timeouts(yes_no_s=5, menu_s=5, first_digit_s=8, between_keys_s=4, expected_length_s=2, hold_s=60)
RULES = LineRules(2, 600.0, "7", "12", 0.3, 8.0)
YES_NO = Question("sure", QuestionKind.YES_NO)
READING = Question("reading", QuestionKind.DIGITS, length=5)


def part(said: str) -> SpokenPart:
    row = WORDS.row(READING, said.split())
    assert row is not None
    return SpokenPart(row)


class Asker:
    """A dialogue that asks ``question`` once and then does what is in ``after``: it says good-bye."""

    def __init__(self, question: Question) -> None:
        self.question = question
        self.answers: list[DialogueEvent] = []
        self.after: Sequence[Effect] = (HangUp(Outcome.SENT_AWAY),)

    def start(self, event: CallStarted) -> Sequence[Effect]:
        return (Ask((Phrase("question"),), self.question),)

    def step(self, event: DialogueEvent) -> Sequence[Effect]:
        self.answers.append(event)
        return self.after


class Listening:
    """A session that listens for the answer to a question since second 10."""

    def __init__(self, question: Question) -> None:
        self.dialogue = Asker(question)
        self.said: list[tuple[Phrase, ...]] = []
        self.session = Session(self.dialogue, self._speak, TIMEOUTS, RULES)
        for event in (LinkReady(0, "generic", "x", "ulaw", False), Rang(0, 2), LineTaken(0)):
            self.session.receive(event, 0.0)
        now = datetime(2026, 11, 20, tzinfo=UTC)
        self.session.answer(CallStarted("c", now, ClockTrust.SYNCED, None, (), OperatorAccess.OPEN, True), 0.0)
        self.prompt_ends(10.0)

    def _speak(self, phrases: Sequence[Phrase]) -> Utterance:
        self.said.append(tuple(phrases))
        return Utterance("", "", np.zeros(160, np.int16))

    def prompt_ends(self, now: float) -> list[Action]:
        self.session.receive(PlaybackFinished(now, 1.0), now)
        return self.session.receive(ListeningStarted(now), now)

    def hear(self, event: HearingEvent, now: float) -> list[Action]:
        return [a for a in self.session.heard(event, now) if not isinstance(a, Told)]

    def key(self, key: str, now: float) -> list[Action]:
        return [a for a in self.session.receive(KeyPressed(now, key, KeySource.MODEM), now) if not isinstance(a, Told)]

    def wait_until(self, now: float) -> None:
        for _ in range(100):
            due = self.session.next_deadline()
            if due is None or due > now:
                return
            self.session.on_deadline(due)
        raise AssertionError("a deadline that keeping does not end")

    @property
    def answers(self) -> list[DialogueEvent]:
        return self.dialogue.answers


def test_an_answer_goes_to_the_dialogue() -> None:
    call = Listening(YES_NO)
    call.hear(CallerSpeaks(), 11.0)
    assert StopHearing() in call.hear(SaidYes(), 12.0)
    assert call.answers == [SaidYes()]


def test_who_speaks_is_not_silent() -> None:
    call = Listening(YES_NO)
    call.hear(CallerSpeaks(), 14.5)
    call.wait_until(20.0)
    assert call.answers == []
    call.hear(SaidNo(), 20.5)
    assert call.answers == [SaidNo()]


def test_a_recogniser_that_never_says_what_it_heard_does_not_hold_the_call() -> None:
    call = Listening(YES_NO)
    call.hear(CallerSpeaks(), 14.5)
    assert call.session.next_deadline() == pytest.approx(14.5 + LONGEST_SPEECH_S)
    call.wait_until(14.5 + LONGEST_SPEECH_S)
    assert call.answers == [NoInput()]


def test_a_cough_costs_only_its_own_time() -> None:
    call = Listening(YES_NO)
    call.hear(CallerSpeaks(), 13.0)
    call.hear(CallerFellSilent(), 14.0)
    assert call.session.next_deadline() == pytest.approx(16.0)
    call.wait_until(15.9)
    assert call.answers == []
    call.wait_until(16.0)
    assert call.answers == [NoInput()]


def test_an_entry_in_parts_with_a_pause_that_is_told_back() -> None:
    call = Listening(READING)
    call.hear(CallerSpeaks(), 11.0)
    assert call.hear(part("ноль один"), 13.0) == []
    actions = call.hear(EntryPaused(), 15.0)
    assert call.said[-1] == (Phrase("entry.heard", {"digits": DigitRow("01")}),)
    assert any(isinstance(a, Play) for a in actions)
    assert call.session.phase is Phase.SPEAKING
    [start] = [a for a in call.prompt_ends(18.0) if isinstance(a, StartHearing)]
    assert start.question.length == 3
    call.hear(CallerSpeaks(), 19.0)
    call.wait_until(25.0)
    call.hear(part("пять семь восемь"), 25.0)
    assert call.answers == [SaidDigits("01578", EntryMode.VOICE)]


def test_an_entry_told_back_and_not_gone_on_with_is_taken_as_it_stands() -> None:
    call = Listening(READING)
    call.hear(CallerSpeaks(), 11.0)
    call.hear(part("один пять семь восемь"), 13.0)
    call.hear(EntryPaused(), 15.0)
    call.prompt_ends(18.0)
    call.wait_until(21.9)
    assert call.answers == []
    call.wait_until(22.0)
    assert call.answers == [SaidDigits("1578", EntryMode.VOICE)]


def test_a_part_that_nobody_follows_up_ends_without_a_recogniser_s_help() -> None:
    call = Listening(READING)
    call.hear(CallerSpeaks(), 11.0)
    call.hear(part("один пять"), 13.0)
    call.wait_until(100.0)
    assert call.answers == [SaidDigits("15", EntryMode.VOICE)]


def test_doubtful_numbers_are_asked_again_after_a_pause() -> None:
    call = Listening(READING)
    call.hear(CallerSpeaks(), 11.0)
    call.hear(part("двадцать пять"), 13.0)
    call.hear(EntryPaused(), 15.0)
    assert call.answers == [NoMatch(NoMatchReason.SAY_SINGLE_DIGITS)]


def test_keys_in_the_middle_of_a_spoken_string_continue_it() -> None:
    call = Listening(READING)
    call.hear(CallerSpeaks(), 11.0)
    assert call.key("7", 12.0) == [KeyHeard()]
    call.hear(part("ноль один пять"), 12.1)
    assert call.key("8", 12.5) == [KeyHeard()]
    assert call.answers == []
    call.key("#", 13.0)
    assert call.answers == [SaidDigits("01578", EntryMode.MIXED)]


def test_keys_that_nothing_was_said_before_are_keys() -> None:
    call = Listening(READING)
    for now, key in enumerate("01578#"):
        call.hear(CallerSpeaks(), 11.0 + now)  # the tone itself
        call.key(key, 11.1 + now)
        call.hear(CallerFellSilent(), 11.2 + now)
    assert call.answers == [SaidDigits("01578", EntryMode.KEYS)]


def test_noise_among_keys_is_no_failure_but_a_command_is_heard() -> None:
    call = Listening(READING)
    call.key("0", 11.0)
    call.hear(CallerSpeaks(), 12.0)
    call.hear(NoMatch(), 13.0)
    assert call.answers == []
    call.hear(CallerSpeaks(), 13.5)
    call.hear(AskedOperator(), 14.0)
    assert call.answers == [AskedOperator()]


def test_noise_without_keys_is_a_failure() -> None:
    call = Listening(READING)
    call.hear(CallerSpeaks(), 12.0)
    call.hear(NoMatch(), 13.0)
    assert call.answers == [NoMatch()]


def test_a_key_while_the_entry_is_told_back_goes_on_with_it() -> None:
    call = Listening(READING)
    call.hear(CallerSpeaks(), 11.0)
    call.hear(part("ноль один пять"), 13.0)
    call.hear(EntryPaused(), 15.0)
    assert [type(a) for a in call.key("7", 15.5)] == [StopPlaying]
    call.session.receive(PlaybackStopped(15.6, 0.4), 15.6)
    call.session.receive(ListeningStarted(15.7), 15.7)
    call.key("8", 16.0)
    call.wait_until(18.0)
    assert call.answers == [SaidDigits("01578", EntryMode.MIXED)]


def test_nothing_is_heard_while_we_speak() -> None:
    call = Listening(READING)
    call.hear(CallerSpeaks(), 11.0)
    call.hear(part("ноль один"), 13.0)
    call.hear(EntryPaused(), 15.0)
    assert call.hear(SaidYes(), 15.5) == []
    assert call.hear(part("пять семь восемь"), 15.5) == []
    assert call.answers == []


_HEARD = st.sampled_from(
    [
        CallerSpeaks(),
        CallerFellSilent(),
        EntryPaused(),
        NoMatch(),
        part("один"),
        part("двадцать пять"),
        part("нет не один а два"),
        *"0123*#",
        "wait",
        "prompt",
    ]
)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(_HEARD, st.floats(0, 6)), max_size=30))
def test_any_order_of_speech_and_keys_ends_in_one_answer_in_time(story: list[tuple[HearingEvent | str, float]]) -> None:
    call = Listening(READING)
    now = 10.0
    for event, wait_s in story:
        now += wait_s
        call.wait_until(now)
        if call.answers:
            break
        if call.session.phase is not Phase.LISTENING:
            call.prompt_ends(now)
        elif event == "wait":
            now = max(now, call.session.next_deadline() or now)
        elif isinstance(event, str) and event != "prompt":
            call.key(event, now)
        elif not isinstance(event, str):
            call.hear(event, now)
    for _ in range(5):
        if call.session.phase in (Phase.SPEAKING, Phase.HUSHING):
            call.prompt_ends(now)
        now += 60.0
        call.wait_until(now)
    assert len(call.answers) == 1


# ---------------------------------------------------------------- the line and its recogniser


class Recorder:
    """A recogniser that writes down what it is asked."""

    def __init__(self) -> None:
        self.turn = 0
        self.asked: list[str] = []

    def start(self, question: Question) -> int:
        self.turn += 1
        self.asked.append(f"start {question.id}")
        return self.turn

    def feed(self, samples: Samples) -> None:
        self.asked.append("feed")

    def key_pressed(self) -> None:
        self.asked.append("key")

    def stop(self) -> None:
        self.asked.append("stop")

    def close(self) -> None:
        self.asked.append("close")


class NoDesk:
    """Nothing is asked of it here."""

    def do(self, request: object) -> DialogueEvent | None:
        return None


def line_that_listens(question: Question) -> tuple[AnsweringLine, Listening, Recorder]:
    call, recogniser = Listening(question), Recorder()
    link = VoiceLink(load_profiles(HOME / "config" / "modems"), LinkSettings(), FlightRecorder())
    nothing: Callable[[object], None] = lambda _: None  # noqa: E731 - two callbacks that do the same nothing
    line = AnsweringLine(link, FlightRecorder(), call.session, NoDesk(), recogniser, nothing, nothing)
    return line, call, recogniser


def test_a_report_of_a_turn_that_is_over_is_dropped() -> None:
    line, call, recogniser = line_that_listens(YES_NO)
    line._hear(StartHearing(YES_NO))
    line._hear(StopHearing())
    line._hear(StartHearing(YES_NO))
    line.heard(Heard(1, SaidYes()), 11.0)
    assert call.answers == []
    assert recogniser.asked == ["start sure", "stop", "start sure"]


def test_a_report_after_the_end_of_hearing_is_dropped() -> None:
    line, call, _ = line_that_listens(YES_NO)
    line._hear(StartHearing(YES_NO))
    line._hear(StopHearing())
    line.heard(Heard(1, SaidYes()), 11.0)
    assert call.answers == []


def test_keys_are_passed_on_to_the_recogniser() -> None:
    line, _, recogniser = line_that_listens(READING)
    line._hear(StartHearing(READING))
    line._hear(KeyHeard())
    assert recogniser.asked == ["start reading", "key"]


def test_a_guess_is_counted_and_the_call_goes_on_at_once() -> None:
    call = Listening(YES_NO)
    guess = CountGuess(AccountNumber("1234567890"))
    call.dialogue.after = (guess, Ask((Phrase("again"),), YES_NO))
    actions = call.hear(SaidNo(), 11.0)
    assert guess in actions
    assert call.said[-1] == (Phrase("again"),)
    assert call.session.phase is Phase.SPEAKING
