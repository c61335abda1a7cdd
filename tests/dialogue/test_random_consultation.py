"""Promises of the consultation line that hold for any caller, and its table walked by them: complete, alive, reachable.

What a caller may hear is worked out here a second time, from what was asked and answered alone.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.accounts.model import (
    Account,
    Address,
    ClockTrust,
    DebtParts,
    Kopecks,
    PayLink,
    PayLinkState,
    RefusedReading,
)
from box.accounts.reference import NO_REFERENCE
from box.dialogue.lines import LINES
from box.dialogue.state import StateId
from box.dialogue.vocabulary import (
    Ask,
    AskedBack,
    AskedOperator,
    AskedRepeat,
    AskedWait,
    CallStarted,
    CardNumberGiven,
    CountGuess,
    DialogueEvent,
    Effect,
    ForgetPhone,
    FullAddress,
    HangUp,
    Money,
    NoInput,
    NoMatch,
    NoMatchReason,
    OperatorAccess,
    PhoneForgotten,
    QuestionKind,
    RequestCallBack,
    RequestPayLink,
    SaidDigits,
    SaidIntent,
    SavePhone,
    SaveReadings,
    TimeIsUp,
)
from box.errors import DialogueDefect
from box.understanding.words import load_words
from tests.dialogue.callers import CONFIG, DIALOGUE, HOME, NO, PHONE, YES, Call, account, meter, spoken, typed
from tests.dialogue.phrase_file import PHRASES
from tests.dialogue.reference import BOOK

LINE = LINES["consultation"]
CONSULTATION = replace(DIALOGUE, line=LINE)
TABLE = LINE.table
FAILURES = (NoInput, NoMatch, CardNumberGiven)
FREE_SILENCE = ("what-else", "pay-menu", "office-told")
STORING = (SaveReadings, SavePhone, RequestPayLink, ForgetPhone, RequestCallBack)
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
MOST_EVENTS = 400


def debt(number: int) -> DebtParts:
    sums = (Kopecks(1000 * kind + number) for kind in range(1, 7))
    return DebtParts(date(2026, 10, 1), *sums)


def without_flat(of: Account) -> Account:
    return replace(of, address=replace(of.address, flat=""))


REFUSED = RefusedReading("e9", "20145678", date(2026, 10, 22), (("T1", "01450"),), "lower")
SENT = PayLink("e8", PayLinkState.SENT, date(2026, 11, 12))
ACCOUNTS: tuple[Account, ...] = (
    replace(account(1), tariff="one-rate", office="office-1", debt=debt(1), pay_link=SENT),
    without_flat(replace(account(2, meter("01500", "00700")), tariff="two-rates", debt=debt(2), refused=(REFUSED,))),
    replace(account(3, meter("99900", serial="111"), meter("", serial="222", usual=0)), tariff="gone"),
    replace(without_flat(account(4, meter("", usual=0))), debt=debt(4)),
    replace(account(5, kopecks=None), meters=(), tariff="no-prices", debt=debt(5)),
)
"""Their sums are all told apart, and their houses; flats are 7; account 4 has no second fact to ask for."""

LAST_READING = {"0000000002": "01500"}
DIGITS_FOR: dict[StateId, tuple[str, ...]] = {
    StateId.ASK_ACCOUNT: (*(each.number.digits for each in ACCOUNTS), "0000000009", "123"),
    StateId.ASK_FLAT: ("7", "007", "8"),
    StateId.ASK_LAST_READING: ("01500", "1500", "01501"),
    StateId.ASK_PHONE: ("9995550102", "12345"),
    StateId.ASK_READING: ("01578", "00710", "01", "02740", "99999", "015780", "01499"),
}
Chooser = Callable[[int], int]


@dataclass
class RandomCall(Call):
    """A call whose desk forgets phones for good, and that remembers which event each effect followed."""

    caused: list[tuple[DialogueEvent, Effect]] = field(default_factory=list)

    def _carry_out(self, step: object, event: DialogueEvent) -> list[str]:
        self.caused += [(event, effect) for effect in step.effects]  # type: ignore[attr-defined]
        return super()._carry_out(step, event)  # type: ignore[arg-type]

    def _desk(self, effect: Effect) -> DialogueEvent | None:
        answer = super()._desk(effect)
        if isinstance(answer, PhoneForgotten):
            self.directory = {number: replace(of, phones=()) for number, of in self.directory.items()}
        return answer


def some_call(choose: Chooser) -> RandomCall:
    """A call with any of the circumstances a line can meet."""
    known = tuple(replace(each, phones=(PHONE,)) for each in ACCOUNTS if choose(3) == 0)
    directory = {each.number.digits: each for each in (*ACCOUNTS, *known)}
    return RandomCall(
        accounts=known,
        directory=directory,
        operator=list(OperatorAccess)[choose(3)],
        speech=bool(choose(2)),
        now=datetime(2026, 11, (20, 28)[choose(2)], (7, 12, 21)[choose(3)]),
        clock=list(ClockTrust)[choose(3)],
        caller=PHONE if known or choose(2) else None,
        store_works=choose(4) != 0,
        transfer_works=bool(choose(2)),
        reference=BOOK if choose(4) else NO_REFERENCE,
        dialogue=CONSULTATION,
    )


def some_event(call: Call, choose: Chooser) -> DialogueEvent:
    """Anything that a caller can do at the question in hand; answers more often than trouble."""
    assert call.question is not None
    if choose(5) == 0:
        return AT_ANY_QUESTION[choose(len(AT_ANY_QUESTION))]
    asked = call.question.question
    if asked.kind is QuestionKind.YES_NO:
        return (YES, YES, NO)[choose(3)]
    if asked.kind is QuestionKind.MENU:
        intents = (*asked.choices.values(), *asked.also, *set(asked.names.values()))
        intent = sorted(intents)[choose(len(intents))]
        return {"yes": YES, "no": NO}.get(intent, SaidIntent(intent))
    digits = DIGITS_FOR[StateId(asked.id)]
    return (typed, spoken)[choose(2)](digits[choose(len(digits))])


def play(choose: Chooser) -> tuple[RandomCall, list[tuple[DialogueEvent, Ask]]]:
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
    """A whole call hangs on one seed, so that long calls are as likely as short ones."""
    return st.integers(0, 2**32).map(lambda seed: random.Random(seed).randrange)


@settings(max_examples=300, deadline=None)
@given(choosers())
def test_every_call_ends_within_the_ceiling_of_questions(choose: Chooser) -> None:
    call, _ = play(choose)
    assert call.outcome is not None
    assert len(call.questions) <= CONFIG.attempts.questions_per_call
    assert sum(isinstance(effect, HangUp) for effect in call.effects) <= 1


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
    """Silence that costs nothing: after «подождите», and where it is the answer of a caller who is done."""
    held = asked.question.noinput_s is not None
    return isinstance(event, NoInput) and (held or asked.question.id in FREE_SILENCE)


@settings(max_examples=300, deadline=None)
@given(choosers())
def test_nothing_is_stored_but_directly_after_yes(choose: Chooser) -> None:
    call, _ = play(choose)
    for event, effect in call.caused:
        if isinstance(effect, STORING):
            assert event == YES
        if isinstance(effect, RequestPayLink | ForgetPhone):
            assert effect.phone == call.caller
        if isinstance(effect, CountGuess):
            assert isinstance(event, SaidDigits)


class Entitlement:
    """Whose money a caller may hear of, worked out from questions and answers."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._house = ""
        self._number = ""
        self._phones_own = {each.number.digits for each in call.accounts}
        self.may_hear: set[str] = set()

    def before(self, asked: Ask, event: DialogueEvent) -> None:
        """``event`` is about to be given in answer to ``asked``."""
        at = asked.question.id
        if at in ("offer-address", "confirm-found-address") and event == YES:
            self._number = next(each.number.digits for each in ACCOUNTS if each.address.house == self._house)
            found = self._call.directory[self._number]
            if PHONE in found.phones and self._call.caller == PHONE:
                self.may_hear.add(self._number)
        if at == "ask-flat" and isinstance(event, SaidDigits) and int(event.digits) == 7:
            self.may_hear.add(self._number)
        if at == "ask-last-reading" and isinstance(event, SaidDigits):
            last = LAST_READING.get(self._number)
            if last is not None and int(event.digits) == int(last):
                self.may_hear.add(self._number)
        if at == "confirm-forgetting" and event == YES and self._call.store_works:
            self.may_hear.clear()

    def after(self, heard: list[object]) -> None:
        """The addresses of ``heard`` are the ones that the next answer is about."""
        addresses = [each.address if isinstance(each, FullAddress) else each for each in heard]
        self._house = next((each.house for each in reversed(addresses) if isinstance(each, Address)), self._house)


def sums(of: Account) -> set[int]:
    parts = () if of.debt is None else (getattr(of.debt, name) for name in DebtParts.__slots__ if name != "month")
    return {abs(each) for each in parts} | ({abs(of.balance.amount)} if of.balance is not None else set())


@settings(max_examples=600, deadline=None)
@given(choosers())
def test_money_is_told_only_to_who_may_hear_of_it(choose: Chooser) -> None:
    call = some_call(choose)
    call.start()
    entitled = Entitlement(call)
    for _ in range(MOST_EVENTS):
        if call.over:
            break
        assert call.question is not None
        event = some_event(call, choose)
        entitled.before(call.question, event)
        before = len(call.phrases)
        call.say(event)
        allowed = {amount for each in ACCOUNTS if each.number.digits in entitled.may_hear for amount in sums(each)}
        for phrase in call.phrases[before:]:
            told = [each.amount for each in phrase.values.values() if isinstance(each, Money)]
            assert phrase.id.startswith("tariff.") or set(told) <= allowed, phrase.id
            if phrase.id.startswith("pay.link_"):
                assert entitled.may_hear
        offices = {office.address for office in BOOK.offices}
        values = [each for phrase in call.phrases[before:] for each in phrase.values.values()]
        entitled.after([each for each in values if each not in offices])


@settings(max_examples=300, deadline=None)
@given(choosers())
def test_an_unknown_phone_never_hears_the_flat_that_it_would_be_asked_for(choose: Chooser) -> None:
    call = some_call(choose)
    call.accounts = ()
    call.directory = {number: replace(of, phones=()) for number, of in call.directory.items()}
    call.start()
    for _ in range(MOST_EVENTS):
        if call.over:
            break
        call.say(some_event(call, choose))
        if any(isinstance(event, SaidDigits) and question == "ask-flat" for question, event in answered(call)):
            break
    for phrase in call.phrases:
        address = phrase.values.get("address")
        plain = address.address if isinstance(address, FullAddress) else address
        assert not isinstance(plain, Address) or plain.flat == ""


def answered(call: Call) -> list[tuple[str, DialogueEvent]]:
    said = [event for event in call.heard[1:] if isinstance(event, SaidDigits)]
    return [(call.questions[-1], said[-1])] if said else []


@settings(max_examples=300, deadline=None)
@given(choosers())
def test_every_phrase_said_is_in_the_file_with_exactly_its_values(choose: Chooser) -> None:
    call, _ = play(choose)
    for phrase in call.phrases:
        assert set(phrase.values) == PHRASES[phrase.id]["names"]
        if not call.speech:
            text = PHRASES[phrase.id]["text"].lower()
            assert not any(word in text for word in ("скажите", "назовите", "слышу", "говорите")), phrase.id


WORDS = load_words(HOME / "config" / "intents.toml")


@settings(max_examples=200, deadline=None)
@given(choosers())
def test_every_choice_of_a_menu_can_be_said(choose: Chooser) -> None:
    """Each intent that a menu takes has words in config/intents.toml or is one of the menu's own names."""
    _, events = play(choose)
    for _, asked in events:
        question = asked.question
        for intent in (*question.choices.values(), *question.also):
            assert intent in (*WORDS.intents, "yes", "no", *question.names.values())
        assert not set(question.choices) & {"0", "*", "#"}


def walked() -> tuple[set[tuple[StateId, type]], dict[StateId, object]]:
    """The rows that random callers used, and a state of each kind that they met."""
    rows: set[tuple[StateId, type]] = set()
    states: dict[StateId, object] = {}
    for seed in range(2000):
        call, _ = play(random.Random(seed).randrange)
        started, *rest = call.heard
        assert isinstance(started, CallStarted)
        step = CONSULTATION.start(started)
        rows.add((StateId.ANSWERED, CallStarted))
        for event in rest:
            states.setdefault(step.state.at, step.state)
            rows.add((step.state.at, type(event)))
            step = CONSULTATION.step(step.state, event)
        states.setdefault(step.state.at, step.state)
    return rows, states


ROWS_USED, STATES = walked()


def test_every_row_is_used_by_some_caller() -> None:
    """No row is dead. Those that are the same at every question are walked on the other lines too, and not all here."""
    own = {(at, event) for (at, event), row in TABLE.items() if not row.universal}
    assert own - ROWS_USED == set()


def test_every_state_of_the_line_is_reachable_and_no_row_leads_out_of_it() -> None:
    own = {at for at, _ in TABLE} | {StateId.ENDED}
    reached = {StateId.ANSWERED}
    while more := {to for (at, _), row in TABLE.items() if at in reached for to in row.to} - reached:
        reached |= more
    assert reached == own == set(STATES) | {StateId.ANSWERED}


@pytest.mark.parametrize("at", sorted(STATES, key=str), ids=lambda at: at.value)
def test_what_is_not_listed_raises(at: StateId) -> None:
    listed = {kind for state, kind in TABLE if state is at}
    for kind in set(get_args(DialogueEvent)) - listed:
        with pytest.raises(DialogueDefect):
            CONSULTATION.step(STATES[at], some(kind))  # type: ignore[arg-type]


def some(kind: type) -> DialogueEvent:
    """One event of each kind; what it holds does not matter where it is not listed."""
    special: dict[type, Callable[[], DialogueEvent]] = {
        SaidDigits: lambda: typed("1"),
        SaidIntent: lambda: SaidIntent("balance"),
    }
    if kind in special:
        return special[kind]()
    fields = [name for name in getattr(kind, "__slots__", ()) if name not in ("reason",)]
    return kind(*(None for _ in fields))  # type: ignore[no-any-return]
