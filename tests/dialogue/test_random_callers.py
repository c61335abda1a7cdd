"""Promises that hold for any caller: hypothesis presses keys and says things in any order."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from box.accounts.model import Account, Address, ClockTrust, RefusedReading
from box.dialogue.money import may_hear_money
from box.dialogue.state import StateId
from box.dialogue.vocabulary import (
    Ask,
    AskedBack,
    AskedOperator,
    AskedRepeat,
    AskedWait,
    CardNumberGiven,
    DialogueEvent,
    DigitRow,
    FullAddress,
    Money,
    NoInput,
    NoMatch,
    NoMatchReason,
    OperatorAccess,
    QuestionKind,
    SaidDigits,
    SaveReadings,
    TimeIsUp,
)
from tests.dialogue.callers import CONFIG, NO, PHONE, YES, Call, account, meter, spoken, typed
from tests.dialogue.phrase_file import PHRASES


def without_flat(of: Account) -> Account:
    return replace(of, address=replace(of.address, flat=""))


FAILURES = (NoInput, NoMatch, CardNumberGiven)
AT_ANY_QUESTION: tuple[DialogueEvent, ...] = (
    NoInput(),
    NoMatch(),
    NoMatch(NoMatchReason.TOO_QUIET),
    AskedRepeat(),
    AskedBack(),
    AskedWait(),
    AskedOperator(),
    CardNumberGiven(),
)
MOST_EVENTS = 400
"""No call of these tests may need more; the ceiling on questions is far below."""

REFUSED = RefusedReading("e9", "20145678", date(2026, 10, 22), (("T1", "01450"),), "lower")

ACCOUNTS: tuple[Account, ...] = (
    account(1),
    replace(account(2, meter("01500", "00700")), refused=(REFUSED,)),
    without_flat(account(3, meter("99900", serial="111"), meter("", serial="222", whole=6, fraction=2, usual=0))),
    account(4, replace(meter("00010", names=("круглосуточно",)), installed_on=date(2026, 11, 2)), kopecks=None),
    replace(account(5), meters=()),
)
ENTRIES = ("1", "01578", "00710", "1578", "02740", "00020", "00050", "99999", "015780", "0157812", "00001500", "123456")
NUMBERS = (*(each.number.digits for each in ACCOUNTS), "0000000009", "123", "4000000000000002")
FLATS = ("7", "007", "8")
PHONES = ("9995550102", "89995550102", "12345")
DIGITS_FOR: Mapping[StateId, tuple[str, ...]] = {
    StateId.ASK_ACCOUNT: NUMBERS,
    StateId.ASK_FLAT: FLATS,
    StateId.ASK_LAST_READING: ("99900", "01500"),
    StateId.ASK_PHONE: PHONES,
}
"""What callers give where it is no reading."""

Chooser = Callable[[int], int]
"""Picks a number below its argument."""


def some_call(choose: Chooser) -> Call:
    """A call with any of the circumstances a line can meet."""
    known = ACCOUNTS[: choose(len(ACCOUNTS) + 1)]
    return Call(
        accounts=known,
        directory={each.number.digits: each for each in ACCOUNTS},
        operator=list(OperatorAccess)[choose(3)],
        speech=bool(choose(2)),
        now=datetime(2026, 11, (20, 28)[choose(2)], 12),
        clock=list(ClockTrust)[choose(3)],
        caller=PHONE if known or choose(2) else None,
        store_works=choose(4) != 0,
        transfer_works=bool(choose(2)),
    )


def some_event(call: Call, choose: Chooser) -> DialogueEvent:
    """Anything that a caller can do at the question in hand; answers more often than trouble."""
    assert call.question is not None
    if choose(3) == 0:
        return AT_ANY_QUESTION[choose(len(AT_ANY_QUESTION))]
    asked = call.question.question
    if asked.kind is QuestionKind.YES_NO:
        return (YES, NO)[choose(2)]
    digits = DIGITS_FOR.get(StateId(asked.id), ENTRIES)
    return (typed, spoken)[choose(2)](digits[choose(len(digits))])


def play(choose: Chooser) -> tuple[Call, list[tuple[DialogueEvent, Ask | None]]]:
    """A whole call, and each event with the question that it answered."""
    call = some_call(choose)
    call.start()
    events: list[tuple[DialogueEvent, Ask | None]] = []
    while not call.over:
        assert len(events) < MOST_EVENTS, "this caller never gets out"
        event = some_event(call, choose) if choose(200) else TimeIsUp()
        events.append((event, call.question))
        call.say(event)
    return call, events


def choosers() -> st.SearchStrategy[Chooser]:
    """A whole call hangs on one seed, so that long calls are as likely as short ones."""
    return st.integers(0, 2**32).map(lambda seed: random.Random(seed).randrange)


@settings(max_examples=400, deadline=None)
@given(choosers())
def test_every_call_ends(choose: Chooser) -> None:
    call, _ = play(choose)
    assert call.outcome is not None
    assert len(call.questions) <= CONFIG.attempts.questions_per_call


@settings(max_examples=400, deadline=None)
@given(choosers())
def test_no_question_is_put_after_its_third_failure(choose: Chooser) -> None:
    _, events = play(choose)
    failures = 0
    of_call = 0
    questions = [*(asked for _, asked in events[1:]), None]
    for (event, asked), after in zip(events, questions, strict=True):
        assert asked is not None
        failed = isinstance(event, FAILURES) and not was_free(event, asked)
        if failed:
            failures += 1
            of_call += 1
        elif not isinstance(event, AskedRepeat | AskedWait) and not was_free(event, asked):
            failures = 0
        if failures >= 3 or (failed and of_call >= 6):
            assert after is None or after.question.id != asked.question.id
        if after is not None and after.question.id != asked.question.id:
            failures = 0


def was_free(event: DialogueEvent, asked: Ask) -> bool:
    """Silence that costs nothing: after «подождите», and when everything is done."""
    held = asked.question.noinput_s is not None
    return isinstance(event, NoInput) and (held or asked.question.id == "anything-else")


@settings(max_examples=400, deadline=None)
@given(choosers())
def test_nothing_is_stored_without_yes_to_exactly_these_digits(choose: Chooser) -> None:
    call, events = play(choose)
    confirmed: list[str] = []
    for event, asked in events:
        if asked is not None and asked.question.id == "confirm-reading" and event == YES:
            confirmed.append(read_back(asked, call))
    for effect in call.effects:
        if isinstance(effect, SaveReadings):
            digits = [digits for _, digits in effect.zones]
            taken, confirmed = take_run(digits, confirmed)
            assert taken, f"{digits} were never confirmed one after another"
            assert len({len(each) for each in digits}) == 1, "every zone has the meter's capacity"


def take_run(digits: list[str], confirmed: list[str]) -> tuple[bool, list[str]]:
    """Whether ``digits`` stand in ``confirmed`` one after another, and what is left behind them."""
    for start in range(len(confirmed) - len(digits) + 1):
        if confirmed[start : start + len(digits)] == digits:
            return True, confirmed[start + len(digits) :]
    return False, confirmed


def read_back(asked: Ask, call: Call) -> str:
    """The digits that the question of a read-back said last; while the box holds, those it said before."""
    for phrase in reversed(asked.phrases):
        if isinstance(phrase.values.get("digits"), DigitRow):
            return digits_of(phrase.values["digits"])
    before = call.phrases[: next(i for i, each in enumerate(call.phrases) if each is asked.phrases[0])]
    last = next(each for each in reversed(before) if each.id.startswith("reading.check"))
    return digits_of(last.values["digits"])


def digits_of(value: object) -> str:
    assert isinstance(value, DigitRow)
    return value.digits


@settings(max_examples=400, deadline=None)
@given(choosers())
def test_money_is_told_only_of_an_account_whose_address_was_confirmed(choose: Chooser) -> None:
    call = some_call(choose)
    call.start()
    addresses = {each.address.house: each for each in ACCOUNTS}
    known = {each.number for each in call.accounts}
    confirmed: set[int] = set()
    proven: set[int] = set()
    steps = 0
    offered = address_in(call, 0)
    last_confirmed: Account | None = None
    while not call.over and (steps := steps + 1) < MOST_EVENTS:
        assert call.question is not None
        asked = call.question.question.id
        event = some_event(call, choose)
        heard_before = len(call.phrases)
        if asked in ("offer-address", "confirm-found-address") and event == YES:
            assert isinstance(offered, Address)
            last_confirmed = addresses[offered.house]
            confirmed |= amounts(last_confirmed)
            if asked == "offer-address":
                assert last_confirmed.number in known
                proven |= amounts(last_confirmed)
        if asked in ("ask-flat", "ask-last-reading") and isinstance(event, SaidDigits):
            assert last_confirmed is not None
            if event.digits.lstrip("0") == {"ask-flat": "7", "ask-last-reading": "99900"}[asked]:
                proven |= amounts(last_confirmed)
        call.say(event)
        for phrase in call.phrases[heard_before:]:
            amount = phrase.values.get("amount")
            if isinstance(amount, Money):
                assert amount.amount in confirmed
                assert amount.amount in proven, "an unknown phone gives a second fact before it hears of money"
        offered = address_in(call, heard_before) or offered


def amounts(of: Account) -> set[int]:
    return set() if of.balance is None else {abs(of.balance.amount)}


def address_in(call: Call, start: int) -> object:
    found = [phrase.values["address"] for phrase in call.phrases[start:] if "address" in phrase.values]
    last = found[-1] if found else None
    return last.address if isinstance(last, FullAddress) else last


@settings(max_examples=400, deadline=None)
@given(choosers())
def test_a_box_without_a_recogniser_never_asks_anybody_to_speak(choose: Chooser) -> None:
    call = some_call(choose)
    call.speech = False
    call.start()
    for _ in range(MOST_EVENTS):
        if call.over:
            break
        call.say(some_event(call, choose))
    for phrase in call.phrases:
        text = PHRASES[phrase.id]["text"]
        assert not any(word in text for word in ("Скажите", "скажите", "Назовите", "назовите", "слышу"))


@settings(max_examples=400, deadline=None)
@given(choosers())
def test_every_phrase_said_is_in_the_file_with_exactly_its_values(choose: Chooser) -> None:
    call, _ = play(choose)
    for phrase in call.phrases:
        assert set(phrase.values) == PHRASES[phrase.id]["names"]


def test_may_hear_money_needs_the_address_confirmed() -> None:
    call = Call((account(),))
    call.start()
    assert call.state is not None
    assert not may_hear_money(call.state)
    call.say(YES)
    assert may_hear_money(call.state)
    by_number = Call(directory={"0000000001": account()})
    by_number.start()
    by_number.say(typed("0000000001"))
    by_number.say(YES)
    assert by_number.state is not None
    assert not may_hear_money(by_number.state)
    for event in (YES, typed("01578"), YES, YES, typed("8")):
        by_number.say(event)
    assert not may_hear_money(by_number.state)  # the address is confirmed, the flat is not theirs
    by_number.say(typed("7"))
    assert may_hear_money(by_number.state)
