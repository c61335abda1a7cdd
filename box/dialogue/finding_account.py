"""From the first word to an address that the caller says is theirs: by the known phone, else by the account number."""

from __future__ import annotations

from dataclasses import replace

from box.accounts.model import AccountNumber, ClockTrust, Meter
from box.dialogue.attempts import denied, failed
from box.dialogue.closing import window_phrases
from box.dialogue.ends import READINGS_HOME, end, finish
from box.dialogue.identity import SECOND_FACTS, TRIES, fits, goal_of
from box.dialogue.metering import takes_readings
from box.dialogue.news import refusal_news, refusals_told
from box.dialogue.person import WAYS_OUT, give_up
from box.dialogue.readings_questions import account_of
from box.dialogue.state import DialogueState, Goal, Move, StateId, Table, Transition, count, go, note, phrase
from box.dialogue.topics import AFTER_ADDRESS, WITHOUT_ADDRESS, arrive
from box.dialogue.vocabulary import (
    AccountFound,
    AccountUnknown,
    CallStarted,
    Count,
    CountGuess,
    FindAccount,
    Phrase,
    SaidDigits,
    SaidNo,
    SaidYes,
)
from box.dialogue.window import is_open
from box.errors import DialogueDefect

FIRST_QUESTIONS = frozenset({StateId.OFFER_ADDRESS, StateId.ASK_ACCOUNT})
"""What leads to an address."""

READINGS_BEGIN = FIRST_QUESTIONS | {StateId.OFFER_BALANCE_ONLY}
"""Where ``begin_readings`` leads."""

LISTED = FIRST_QUESTIONS | {StateId.ASK_PLACE, StateId.PAY_MENU, StateId.OFFICE_TOLD, StateId.WHAT_ELSE}
"""Where the addresses of a phone lead, one denied after another."""

WANTED = "what was wanted"
"""In a drawing, where a confirmed address leads."""

BEGIN = READINGS_BEGIN | LISTED | AFTER_ADDRESS
"""Where ``pursue`` leads."""


def greet(state: DialogueState, _: CallStarted) -> Move:
    """The first words of the readings line: who we are, then at once the first question."""
    return begin_readings(state, (phrase("greeting.readings"),))


def pursue(state: DialogueState, goal: Goal, lead: tuple[Phrase, ...] = ()) -> Move:
    """What is wanted, chosen at a menu and named by ``lead``: on with the address confirmed already, or to one. A
    caller with several addresses is asked once more which it is; after a second ДА to the same no more."""
    progress, done = state.progress, state.done
    if not progress.address_confirmed:
        if goal is Goal.READINGS:
            return begin_readings(state, lead)
        return _begin(go(state, state.at, goal=goal), lead)
    state = go(state, state.at, goal=goal)
    here = account_of(state)
    others = tuple(each for each in state.call.accounts if each.number != here.number)
    if not others or progress.by_number or done.same_address:
        return arrive(state, lead)
    return _next_address(go(state, StateId.OFFER_ADDRESS, waiting=(here, *others), offered=0, typed=None), lead)


def another_address(state: DialogueState) -> Move:
    """«Другой адрес»: the matter dealt with last, for another of the caller's addresses or an account number. Without
    one there is nothing that an address would be for."""
    goal = state.done.last_goal
    if goal is None:
        return Move(go(state, StateId.MAIN_MENU))
    return _begin(go(note(state, same_address=False), state.at, goal=goal))


def begin_readings(state: DialogueState, lead: tuple[Phrase, ...] = ()) -> Move:
    """To an address for a reading; if nothing can be taken today, the dates first, and whether the caller wants what is
    left, the balance, before an address is asked for it."""
    if state.home is not READINGS_HOME:
        state = go(state, state.at, goal=Goal.READINGS)
    closed = _closed_days(state)
    if closed is not None:
        state = note(state, dates_told=closed)
        return Move(go(state, StateId.OFFER_BALANCE_ONLY), (*lead, *window_phrases(state, *closed)))
    return _begin(state, lead)


def _balance_only(state: DialogueState, _: SaidYes) -> Move:
    return _begin(note(state, balance_wanted=True))


def _nothing_wanted(state: DialogueState, _: SaidNo) -> Move:
    return end(state) if state.home is READINGS_HOME else finish(state)


def _closed_days(state: DialogueState) -> tuple[int, int] | None:
    """First and last day of the window if no meter that this call can be about takes readings today."""
    if state.call.clock is ClockTrust.UNKNOWN:
        return None
    meters: list[Meter] = [meter for account in state.call.accounts for meter in account.meters]
    if meters:
        any_open = any(takes_readings(state, meter) for meter in meters)
        return None if any_open else (meters[0].window_first_day, meters[0].window_last_day)
    usual = state.config.window
    return None if is_open(usual.first_day, usual.last_day, state.today) else (usual.first_day, usual.last_day)


def _begin(state: DialogueState, lead: tuple[Phrase, ...] = ()) -> Move:
    """The addresses of the caller's phone that are not dealt with yet, or the account number. Where several matters can
    be dealt with, those dealt with come after the others, but for the one in hand."""
    waiting = tuple(each for each in state.call.accounts if each.number not in state.done.finished)
    if state.home is not READINGS_HOME:
        here = state.progress.account
        waiting += tuple(each for each in state.call.accounts if each not in waiting and each != here)
    state = go(state, StateId.OFFER_ADDRESS, waiting=waiting, offered=0, typed=None)
    return _next_address(state, lead)


def _next_address(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    progress = state.progress
    if not progress.waiting or progress.offered >= state.config.attempts.addresses_offered:
        without = WITHOUT_ADDRESS.get(progress.goal) if progress.goal else None
        if without is not None:
            return without(go(state, state.at, waiting=(), account=None, address_confirmed=False), lead)
        state = go(state, StateId.ASK_ACCOUNT, waiting=(), account=None, address_confirmed=False)
        return Move(count(state, denied=0), lead)
    first, *rest = progress.waiting
    state = go(
        state,
        StateId.OFFER_ADDRESS,
        waiting=tuple(rest),
        offered=progress.offered + 1,
        account=first,
        by_number=False,
        address_confirmed=False,
    )
    return Move(state, lead)


def _address_confirmed(state: DialogueState, _: SaidYes) -> Move:
    """ДА to an address. Before anything else the caller is told of an earlier reading that billing refused."""
    number = account_of(state).number
    state = note(
        go(state, state.at, address_confirmed=True, meters=(), meter=None),
        same_address=number in state.done.finished,
        finished=(*state.done.finished, number),
    )
    news = () if goal_of(state) is Goal.READINGS else refusal_news(state)  # readings tell it themselves
    return arrive(refusals_told(state) if news else state, news)


def _not_this_address(state: DialogueState, _: SaidNo) -> Move:
    move = _next_address(state, ())
    if move.state.at is StateId.ASK_ACCOUNT:
        return Move(move.state, (phrase("account.by_number"),))
    return move


def _account_given(state: DialogueState, event: SaidDigits) -> Move:
    length = state.config.account.digits
    if len(event.digits) != length:
        return failed(state, (phrase("account.length", count=Count(length, "digit")),))
    return Move(go(state, StateId.CONFIRM_ACCOUNT, typed=AccountNumber(event.digits)))


def _account_confirmed(state: DialogueState, _: SaidYes) -> Move:
    if state.progress.typed is None:
        raise DialogueDefect("an account was to be looked up before its number was given")
    return Move(go(state, StateId.FINDING_ACCOUNT), effects=(FindAccount(state.progress.typed),))


def _account_denied(state: DialogueState, _: SaidNo) -> Move:
    return denied(go(state, state.at, typed=None), StateId.ASK_ACCOUNT)


def _found(state: DialogueState, event: AccountFound) -> Move:
    state = go(
        count(state, denied=0),
        StateId.CONFIRM_FOUND_ADDRESS,
        account=event.account,
        by_number=True,
        address_confirmed=False,
    )
    return Move(state)


def _unknown(state: DialogueState, _: AccountUnknown) -> Move:
    """The same words whatever the reason: no such account, or not one that this box may serve."""
    return _look_up_failed(state, why=(phrase("account.unknown"),))


def _found_another_address(state: DialogueState, _: SaidNo) -> Move:
    """The number led to an address that is not the caller's. It counts like an unknown number, or addresses could be
    listened to one after another (caller-service.md §11.1)."""
    return _look_up_failed(state, before_again=(phrase("lead.again"),))


def _look_up_failed(
    state: DialogueState, *, why: tuple[Phrase, ...] = (), before_again: tuple[Phrase, ...] = ()
) -> Move:
    times = state.tally.failed_lookups + 1
    state = count(
        go(state, StateId.ASK_ACCOUNT, typed=None, account=None, address_confirmed=False),
        denied=0,
        failed_lookups=times,
    )
    if times >= state.config.attempts.failed_lookups:
        return give_up(state, why, resumable=False)
    return Move(state, (*why, *before_again), clear_keys=True)


def _second_fact(state: DialogueState, event: SaidDigits) -> Move:
    """The flat or the last reading. Right: on to what was wanted. Wrong: counted against the caller's phone like a
    number that leads nowhere, and the second time answered like one."""
    account = account_of(state)
    if fits(state, event.digits):
        return arrive(note(state, proven=(*state.done.proven, account.number)))
    guess = CountGuess(account.number)
    times = state.tally.facts_wrong + 1
    state = count(go(state, state.at), facts_wrong=times)
    if times < TRIES:
        return Move(state, (phrase("identity.again"),), first=(guess,), clear_keys=True)
    state = go(state, state.at, account=None, address_confirmed=False, typed=None)
    move = give_up(state, (phrase("account.unknown"),), resumable=False)
    return replace(move, first=(guess, *move.first))


def _another_address(state: DialogueState, _: SaidYes) -> Move:
    return _begin(state)


def greeting_rows() -> Table:
    """How the readings line begins, and begins again."""
    return {
        (StateId.ANSWERED, CallStarted): Transition(greet, READINGS_BEGIN),
        (StateId.ANYTHING_ELSE, SaidYes): Transition(_another_address, FIRST_QUESTIONS),
    }


def rows() -> Table:
    """The rows of these questions, for any line (``confined`` to its states)."""
    asked = frozenset({StateId.ASK_ACCOUNT})
    nothing_wanted = frozenset({StateId.ENDED, StateId.WHAT_ELSE})
    return {
        (StateId.OFFER_BALANCE_ONLY, SaidYes): Transition(_balance_only, FIRST_QUESTIONS),
        (StateId.OFFER_BALANCE_ONLY, SaidNo): Transition(_nothing_wanted, nothing_wanted),
        (StateId.OFFER_ADDRESS, SaidYes): Transition(_address_confirmed, AFTER_ADDRESS, through=WANTED),
        (StateId.OFFER_ADDRESS, SaidNo): Transition(_not_this_address, LISTED),
        (StateId.ASK_ACCOUNT, SaidDigits): Transition(_account_given, asked | WAYS_OUT | {StateId.CONFIRM_ACCOUNT}),
        (StateId.CONFIRM_ACCOUNT, SaidYes): Transition(_account_confirmed, frozenset({StateId.FINDING_ACCOUNT})),
        (StateId.CONFIRM_ACCOUNT, SaidNo): Transition(_account_denied, asked | WAYS_OUT),
        (StateId.FINDING_ACCOUNT, AccountFound): Transition(_found, frozenset({StateId.CONFIRM_FOUND_ADDRESS})),
        (StateId.FINDING_ACCOUNT, AccountUnknown): Transition(_unknown, asked | WAYS_OUT),
        (StateId.CONFIRM_FOUND_ADDRESS, SaidYes): Transition(_address_confirmed, AFTER_ADDRESS, through=WANTED),
        (StateId.CONFIRM_FOUND_ADDRESS, SaidNo): Transition(_found_another_address, asked | WAYS_OUT),
        **{(at, SaidDigits): Transition(_second_fact, AFTER_ADDRESS, through=WANTED) for at in SECOND_FACTS},
    }
