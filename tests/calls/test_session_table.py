"""The session's table: every phase with every event either has a row or raises; random lines never break the caller's
rights."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.accounts.model import ClockTrust
from box.calls.phases import EVERYWHERE, IN_CALL, TABLE, LineRules, Phase
from box.calls.session import Session
from box.calls.turns import KeysTypedAhead, SessionDefect
from box.calls.vocabulary import Action, BeginCall, EndCall, Told, Utterance
from box.dialogue.vocabulary import (
    Ask,
    CallStarted,
    DialogueEvent,
    Effect,
    HangUp,
    NoInput,
    OperatorAccess,
    Outcome,
    Phrase,
    Question,
    QuestionKind,
    SaidYes,
    Say,
    TimeIsUp,
    Transfer,
    TransferFailed,
)
from box.understanding.keypad import Timeouts
from firmware.progress_tones import Tone, ToneHeard
from firmware.vocabulary import (
    Advice,
    CallerGone,
    CallerIdReceived,
    GoneReason,
    KeyPressed,
    KeySource,
    LineReleased,
    LineTaken,
    LinkFailed,
    LinkReady,
    Listen,
    ListeningStarted,
    Play,
    PlaybackFinished,
    PlaybackStarted,
    PlaybackStopped,
    Rang,
    ReleaseLine,
    RingingStopped,
    SendTones,
    StopPlaying,
    TakeLine,
    TonesSent,
)

TIMEOUTS = Timeouts(yes_no_s=5, menu_s=5, first_digit_s=8, between_keys_s=4, expected_length_s=2, hold_s=60)
RULES = LineRules(2, 600.0, "7", "12", 0.3, 8.0)
YES_NO = Question("sure", QuestionKind.YES_NO)
SILENCE = np.zeros(160, dtype=np.int16)

EVENTS = (
    LinkReady(0, "generic", "x", "ulaw", False),
    Rang(0, 2),
    CallerIdReceived(0, "4995550101", False),
    RingingStopped(0),
    LineTaken(0),
    PlaybackStarted(0),
    PlaybackFinished(0, 1.0),
    PlaybackStopped(0, 0.5),
    ListeningStarted(0),
    KeyPressed(0, "1", KeySource.MODEM),
    CallerGone(0, GoneReason.BUSY_REPORTED),
    TonesSent(0, True),
    LineReleased(0),
    LinkFailed(0, "modem-silent", "no answer", Advice.OPEN_AGAIN),
    ToneHeard(Tone.BUSY, 0.0),
)


class Questioner:
    """A dialogue that asks for ДА, three times at most, then hands over to a person."""

    def __init__(self) -> None:
        self.heard: list[DialogueEvent] = []
        self.asked = 0

    def start(self, event: CallStarted) -> Sequence[Effect]:
        self.heard, self.asked = [event], 1
        return (Say((Phrase("hello"),)), Ask((Phrase("sure"),), YES_NO))

    def step(self, event: DialogueEvent) -> Sequence[Effect]:
        self.heard.append(event)
        if isinstance(event, SaidYes | TimeIsUp | TransferFailed):
            return (Say((Phrase("bye"),)), HangUp(Outcome.SENT_AWAY))
        self.asked += 1
        if self.asked > 3:
            return (Say((Phrase("operator"),)), Transfer())
        return (Ask((Phrase("sure"),), YES_NO, clear_keys=True),)


def speak(phrases: Sequence[Phrase]) -> Utterance:
    return Utterance(" ".join(p.id for p in phrases), "", SILENCE)


class Call:
    """A session with its desk: what it asked for is in ``done``."""

    def __init__(self) -> None:
        self.dialogue = Questioner()
        self.session = Session(self.dialogue, speak, TIMEOUTS, RULES)
        self.done: list[Action] = []

    def event(self, event: object, now: float = 0.0) -> list[Action]:
        return self._take(self.session.receive(event, now), now)  # type: ignore[arg-type]

    def deadline(self, now: float) -> list[Action]:
        return self._take(self.session.on_deadline(now), now)

    def _take(self, actions: list[Action], now: float) -> list[Action]:
        for action in list(actions):
            if isinstance(action, BeginCall):
                started = CallStarted(
                    *("c", datetime(2026, 11, 20, tzinfo=UTC), ClockTrust.SYNCED, action.caller),
                    *((), OperatorAccess.OPEN, False),
                )
                actions += self.session.answer(started, now)
        self.done += actions
        return [a for a in actions if not isinstance(a, Told)]

    def to_first_question(self) -> None:
        for event in (EVENTS[0], Rang(0, 1), CallerIdReceived(0, "4995550101", False), Rang(0, 2), LineTaken(0)):
            self.event(event)
        self.event(PlaybackFinished(1, 1.0), 1.0)  # «sure» follows


def kinds(actions: list[Action]) -> list[type]:
    return [type(a) for a in actions if type(a).__name__ not in ("StartHearing", "StopHearing")]


@pytest.mark.parametrize("phase", Phase)
@pytest.mark.parametrize("event", EVENTS, ids=lambda e: type(e).__name__)
def test_a_pair_that_is_not_listed_raises(phase: Phase, event: object) -> None:
    call = Call()
    call.session.phase = phase
    listed = type(event) in TABLE[phase] or type(event) in EVERYWHERE
    if not listed:
        with pytest.raises(SessionDefect, match=type(event).__name__):
            call.event(event)


def test_every_handler_of_the_table_exists() -> None:
    names = {name for rows in (*TABLE.values(), EVERYWHERE) for name in rows.values()}
    assert [name for name in names if not callable(getattr(Session, name, None))] == []
    assert set(TABLE) == set(Phase)


def test_the_line_is_taken_after_the_second_ring_and_the_phone_is_known() -> None:
    call = Call()
    assert call.event(EVENTS[0]) == []
    assert call.event(Rang(0, 1)) == []
    assert call.event(CallerIdReceived(0, "4995550101", False)) == []
    assert kinds(call.event(Rang(0, 2))) == [TakeLine]
    [begin] = [a for a in call.event(LineTaken(0)) if isinstance(a, BeginCall)]
    assert begin.caller is not None
    assert begin.caller.digits == "74995550101"
    assert call.session.phase is Phase.SPEAKING
    assert call.session.next_deadline() == 600.0


def test_a_caller_who_gives_up_is_forgotten() -> None:
    call = Call()
    call.event(EVENTS[0])
    call.event(Rang(0, 1))
    call.event(CallerIdReceived(0, "4995550101", False))
    call.event(RingingStopped(0))
    call.event(Rang(20, 1))
    call.event(Rang(25, 2))
    [begin] = [a for a in call.event(LineTaken(25)) if isinstance(a, BeginCall)]
    assert begin.caller is None


def test_a_key_cuts_the_prompt_and_answers() -> None:
    call = Call()
    call.to_first_question()
    assert kinds(call.event(KeyPressed(1.2, "1", KeySource.MODEM), 1.2)) == [StopPlaying]
    assert kinds(call.event(PlaybackStopped(1.3, 0.2), 1.3)) == [Play]
    assert isinstance(call.dialogue.heard[-1], SaidYes)


def test_a_key_typed_ahead_answers_the_next_question_unheard() -> None:
    call = Call()
    for event in (EVENTS[0], Rang(0, 2), LineTaken(0)):
        call.event(event)
    call.event(KeyPressed(0.6, "1", KeySource.MODEM), 0.6)
    call.event(PlaybackStopped(0.7, 0.2), 0.7)
    assert isinstance(call.dialogue.heard[-1], SaidYes)
    assert not any(isinstance(a, Listen) for a in call.done)


def test_silence_is_noticed_when_the_question_s_time_is_over() -> None:
    call = Call()
    call.to_first_question()
    assert kinds(call.event(PlaybackFinished(2, 1.0), 2.0)) == [Listen]
    call.event(ListeningStarted(2.1), 2.1)
    assert call.session.next_deadline() == pytest.approx(7.1)
    assert call.deadline(7.0) == []
    assert kinds(call.deadline(7.1)) == [Play]
    assert call.dialogue.heard[-1] == NoInput()


def ask_three_times(call: Call) -> float:
    call.to_first_question()
    now = 2.0
    for _ in range(3):
        call.event(PlaybackFinished(now, 1.0), now)
        call.event(ListeningStarted(now), now)
        now += 5.0
        call.deadline(now)
    return now


def test_three_silences_lead_to_a_flash_and_the_operator_s_number() -> None:
    call = Call()
    now = ask_three_times(call)
    [tones] = [a for a in call.event(PlaybackFinished(now, 1.0), now) if isinstance(a, SendTones)]
    assert tones.elements[0].duration_s == 0.3
    assert [e.key for e in tones.elements if hasattr(e, "key")] == ["1", "2"]
    assert kinds(call.event(TonesSent(now, True), now)) == [Listen]
    assert kinds(call.event(ToneHeard(Tone.RINGBACK, 1.0), now)) == [ReleaseLine]
    [end] = [a for a in call.event(LineReleased(now), now) if isinstance(a, EndCall)]
    assert end.outcome is Outcome.TRANSFERRED
    assert end.noinput == 3


@pytest.mark.parametrize(
    "sign",
    [
        *(ToneHeard(tone, 1.0) for tone in (Tone.BUSY, Tone.CONGESTION, Tone.SPECIAL_INFORMATION, Tone.ANSWER_TONE)),
        CallerGone(0, GoneReason.BUSY_REPORTED),
        None,
    ],
)
def test_a_busy_or_silent_operator_brings_the_caller_back(sign: object) -> None:
    call = Call()
    now = ask_three_times(call)
    call.event(PlaybackFinished(now, 1.0), now)
    call.event(TonesSent(now, True), now)
    back = call.deadline(now + 8.0) if sign is None else call.event(sign, now)
    assert kinds(back) == [SendTones]
    call.event(TonesSent(now + 9, True), now + 9)
    assert call.dialogue.heard[-1] == TransferFailed()


def test_the_ceiling_ends_the_call_even_if_the_good_bye_hangs() -> None:
    call = Call()
    call.to_first_question()
    call.event(PlaybackFinished(2, 1.0), 2.0)
    call.event(ListeningStarted(2), 2.0)
    call.deadline(600.0)
    assert call.dialogue.heard[-1] == TimeIsUp()
    assert ReleaseLine in kinds(call.deadline(631.0))


def test_a_hang_up_releases_the_line_in_every_phase_of_a_call() -> None:
    gone = CallerGone(0, GoneReason.BUSY_REPORTED)
    for phase in (Phase.GREETING, Phase.SPEAKING, Phase.HUSHING, Phase.LISTENING):
        call = Call()
        call.to_first_question()
        call.session.phase = phase
        assert ReleaseLine in kinds(call.event(gone)), phase


@settings(max_examples=300, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.floats(0, 30)), max_size=40))
def test_any_line_gives_each_call_one_end(story: list[tuple[object, float]]) -> None:
    """Whatever a line reports, in whatever order: only the declared error, and each call that began ends once."""
    call = Call()
    now = 0.0
    for event, wait_s in story:
        now += wait_s
        try:
            call.event(event, now)
            call.deadline(now)
        except SessionDefect:
            break
        begun = sum(isinstance(a, BeginCall) for a in call.done)
        ended = sum(isinstance(a, EndCall) for a in call.done)
        assert begun - ended == int(call.session.phase in IN_CALL - {Phase.TAKING})
        assert call.dialogue.asked <= 4


@given(st.lists(st.sampled_from(["put", "forget", "take", *"0123456789*#"]), max_size=40))
def test_typed_keys_are_kept_for_two_questions(story: list[str]) -> None:
    """Against a plain model: each key with the questions put since it was pressed."""
    ahead = KeysTypedAhead()
    model: list[list[object]] = []
    for what in story:
        if what in ("put", "forget"):
            ahead.put_question(forget=what == "forget")
            model = [] if what == "forget" else [[key, age + 1] for key, age in model if age < 2]  # type: ignore[operator]
        elif what == "take":
            assert ahead.take() == (model.pop(0)[0] if model else None)
        else:
            ahead.press(what)
            model.append([what, 0])


@pytest.mark.parametrize(("wait_s", "known"), [(1.0, True), (9.0, True), (11.0, False), (3600.0, False)])
def test_a_number_that_nobody_rang_with_is_forgotten(wait_s: float, known: bool) -> None:
    """A number before the first ring belongs to that ring; an hour later it would be another caller's."""
    call = Call()
    call.event(EVENTS[0])
    call.event(CallerIdReceived(100.0, "4995550101", False), 100.0)
    call.event(Rang(100.0 + wait_s, 1), 100.0 + wait_s)
    call.event(Rang(105.0 + wait_s, 2), 105.0 + wait_s)
    [begin] = [a for a in call.event(LineTaken(106.0 + wait_s), 106.0 + wait_s) if isinstance(a, BeginCall)]
    assert (begin.caller is not None) is known


def test_the_ceiling_during_a_cut_prompt_cuts_it_once() -> None:
    call = Call()
    call.to_first_question()
    assert kinds(call.event(KeyPressed(1.2, "9", KeySource.MODEM), 1.2)) == [StopPlaying]
    assert kinds(call.deadline(600.0)) == []
    assert kinds(call.event(PlaybackStopped(600.1, 0.2), 600.1)) == [Play]
    assert call.dialogue.heard[-1] == TimeIsUp()


def test_dial_tone_means_that_the_caller_has_gone() -> None:
    call = Call()
    call.to_first_question()
    call.event(PlaybackFinished(2, 1.0), 2.0)
    call.event(ListeningStarted(2.1), 2.1)
    assert ReleaseLine in kinds(call.event(ToneHeard(Tone.DIAL, 1.5), 4.0))
