"""Promises of the services line that hold for any caller, and its table walked by them: complete, alive, reachable."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from box.accounts.model import PhoneNumber
from box.accounts.reference import ReferenceBook
from box.dialogue.services import NAMES, SERVICES_LINE
from box.dialogue.state import StateId
from box.dialogue.vocabulary import (
    Ask,
    AskedBack,
    AskedOperator,
    AskedRepeat,
    AskedWait,
    CallStarted,
    CardNumberGiven,
    DialogueEvent,
    NoInput,
    NoMatch,
    NoMatchReason,
    OperatorAccess,
    QuestionKind,
    RequestCallBack,
    SaidIntent,
    TimeIsUp,
    Transfer,
)
from box.errors import DialogueDefect
from tests.dialogue.callers import CONFIG, DIALOGUE, NO, PHONE, YES, Call, account, spoken, typed
from tests.dialogue.phrase_file import PHRASES

SERVICES = replace(DIALOGUE, line=SERVICES_LINE)
TABLE = SERVICES_LINE.table
FAILURES = (NoInput, NoMatch, CardNumberGiven)
AT_ANY_QUESTION: tuple[DialogueEvent, ...] = (
    NoInput(),
    NoMatch(),
    NoMatch(NoMatchReason.TOO_LOUD),
    AskedRepeat(),
    AskedBack(),
    AskedWait(),
    AskedOperator(),
    CardNumberGiven(),
)
PHONES = ("9995550102", "89995550103", "999", "12345678901234", "4000000000000002")
INTENTS = (*NAMES, "replace_meter", "call_back")
MOST_EVENTS = 400

Chooser = Callable[[int], int]


def some_call(choose: Chooser) -> Call:
    return Call(
        accounts=(account(1),) if choose(2) else (),
        operator=list(OperatorAccess)[choose(3)],
        speech=bool(choose(2)),
        now=datetime(2026, 11, 20, (12, 23)[choose(2)]),
        caller=PHONE if choose(2) else None,
        store_works=choose(4) != 0,
        transfer_works=bool(choose(2)),
        reference=ReferenceBook(holidays=(date(2026, 11, 21),)) if choose(2) else ReferenceBook(),
        dialogue=SERVICES,
    )


def some_event(call: Call, choose: Chooser) -> DialogueEvent:
    assert call.question is not None
    if choose(3) == 0:
        return AT_ANY_QUESTION[choose(len(AT_ANY_QUESTION))]
    kind = call.question.question.kind
    if kind is QuestionKind.MENU:
        return SaidIntent(INTENTS[choose(len(INTENTS))])
    if kind is QuestionKind.YES_NO:
        return (YES, NO)[choose(2)]
    return (typed, spoken)[choose(2)](PHONES[choose(len(PHONES))])


def play(choose: Chooser) -> tuple[Call, list[tuple[DialogueEvent, Ask]]]:
    """A whole call, and each event with the question that it answered."""
    call = some_call(choose)
    call.start()
    events: list[tuple[DialogueEvent, Ask]] = []
    while not call.over:
        assert len(events) < MOST_EVENTS, "this caller never gets out"
        assert call.question is not None
        event = some_event(call, choose) if choose(200) else TimeIsUp()
        events.append((event, call.question))
        call.say(event)
    return call, events


def choosers() -> st.SearchStrategy[Chooser]:
    return st.randoms(use_true_random=False).map(lambda source: source.randrange)


@settings(max_examples=300, deadline=None)
@given(choosers())
def test_every_call_ends_within_the_ceiling_of_questions(choose: Chooser) -> None:
    call, _ = play(choose)
    assert call.outcome is not None
    assert len(call.questions) <= CONFIG.attempts.questions_per_call


@settings(max_examples=300, deadline=None)
@given(choosers())
def test_no_question_is_put_after_its_third_failure(choose: Chooser) -> None:
    _, events = play(choose)
    failures = of_call = 0
    questions = [*(asked for _, asked in events[1:]), None]
    for (event, asked), after in zip(events, questions, strict=True):
        if isinstance(event, FAILURES) and not was_free(event, asked):
            failures, of_call = failures + 1, of_call + 1
            if failures >= 3 or of_call >= 6:
                assert after is None or after.question.id != asked.question.id
        elif not isinstance(event, AskedRepeat | AskedWait) and not was_free(event, asked):
            failures = 0
        if after is not None and after.question.id != asked.question.id:
            failures = 0


def was_free(event: DialogueEvent, asked: Ask) -> bool:
    """Silence that costs nothing: after «подождите», and when everything is done."""
    held = asked.question.noinput_s is not None
    return isinstance(event, NoInput) and (held or asked.question.id == StateId.SERVICES_ELSE.value)


@settings(max_examples=300, deadline=None)
@given(choosers())
def test_a_call_back_is_requested_only_after_yes_to_that_very_phone(choose: Chooser) -> None:
    call = some_call(choose)
    call.start()
    requests = 0
    for _ in range(MOST_EVENTS):
        if call.over:
            break
        assert call.question is not None
        asked, event = call.question.question.id, some_event(call, choose)
        heard = phone_said(call)
        call.say(event)
        made = [effect for effect in call.effects if isinstance(effect, RequestCallBack)]
        assert len(made) - requests <= 1
        if len(made) > requests:
            assert event == YES
            assert asked in ("offer-call-back", "confirm-phone")
            assert made[-1].phone == heard
            assert made[-1].account is None
            assert made[-1].service in (*NAMES, "")
        requests = len(made)


def phone_said(call: Call) -> object:
    """The phone that the last offer or read-back named."""
    named = [p.values["phone"] for p in call.phrases if p.id.startswith("callback.") and "phone" in p.values]
    return named[-1] if named else None


@settings(max_examples=300, deadline=None)
@given(choosers())
def test_nobody_is_connected_when_nobody_is_there(choose: Chooser) -> None:
    call, _ = play(choose)
    transfers = sum(isinstance(effect, Transfer) for effect in call.effects)
    assert transfers <= (call.operator is OperatorAccess.OPEN)


@settings(max_examples=300, deadline=None)
@given(choosers())
def test_every_phrase_said_is_in_the_file_with_exactly_its_values(choose: Chooser) -> None:
    call, _ = play(choose)
    for phrase in call.phrases:
        assert set(phrase.values) == PHRASES[phrase.id]["names"]
        if not call.speech:
            text = PHRASES[phrase.id]["text"].lower()
            assert not any(word in text for word in ("скажите", "назовите", "слышу", "говорите"))


def walked() -> set[tuple[StateId, type]]:
    """The rows that random callers used."""
    rows: set[tuple[StateId, type]] = set()
    for seed in range(1500):
        call, _ = play(random.Random(seed).randrange)
        started, *rest = call.heard
        assert isinstance(started, CallStarted)
        step = SERVICES.start(started)
        rows.add((StateId.ANSWERED, CallStarted))
        for event in rest:
            rows.add((step.state.at, type(event)))
            step = SERVICES.step(step.state, event)
    return rows


def test_every_row_is_used_by_some_caller_and_every_other_pair_raises() -> None:
    assert {(at, event) for at, event in set(TABLE) - walked() if event is not TimeIsUp} == set()
    call, _ = play(random.Random(1).randrange)
    ended = call.state
    assert ended is not None
    for kind in get_args(DialogueEvent):
        assert (StateId.ENDED, kind) not in TABLE
    try:
        SERVICES.step(ended, NoInput())
    except DialogueDefect:
        return
    raise AssertionError("a call that has ended was carried on")


def test_every_state_of_the_line_is_reachable_and_no_row_leads_out_of_it() -> None:
    own = {at for at, _ in TABLE} | {StateId.ENDED}
    reached = {StateId.ANSWERED}
    while more := {to for (at, _), row in TABLE.items() if at in reached for to in row.to} - reached:
        reached |= more
    assert reached == own


def test_a_phone_given_by_a_withheld_number_is_national() -> None:
    assert PhoneNumber.from_caller_id("9995550102") == PhoneNumber.from_caller_id("89995550102")
