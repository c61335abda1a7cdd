"""The end of the matter on the readings line: the balance, the offer to save the phone, anything else, good-bye; and
the same for a caller who came outside the window."""

from __future__ import annotations

from box.accounts.model import Meter
from box.dialogue.ends import end, finish, settled
from box.dialogue.identity import SECOND_FACTS, ask_second_fact
from box.dialogue.money import balance_phrases, may_hear_money
from box.dialogue.person import WAYS_OUT
from box.dialogue.readings_questions import account_of
from box.dialogue.state import DialogueState, Goal, Move, StateId, Table, Transition, go, note, phrase
from box.dialogue.vocabulary import (
    DateForm,
    DayOrdinal,
    NoInput,
    PhoneSaved,
    Phrase,
    SaidNo,
    SaidYes,
    SavePhone,
    SavingFailed,
    SpokenDate,
)
from box.dialogue.window import next_opening
from box.errors import DialogueDefect

CLOSING = frozenset({StateId.OFFER_PHONE, StateId.ANYTHING_ELSE})
"""Where ``close`` leads; ANYTHING_ELSE stands for the line's home (``at_home``)."""

LAST_QUESTIONS = CLOSING | {StateId.OFFER_BALANCE}
"""Where ``balance_and_close`` leads."""

AFTER_BALANCE = CLOSING | SECOND_FACTS | WAYS_OUT
"""Where ``balance_or_none`` leads."""


def window_phrases(state: DialogueState, first_day: int, last_day: int) -> tuple[Phrase, ...]:
    """The days of a closed window and the next opening."""
    dates = phrase(
        "window.closed",
        first=DayOrdinal(first_day, DateForm.BARE),
        last=DayOrdinal(last_day, DateForm.ON),
        opens=SpokenDate(next_opening(first_day, state.today), DateForm.BARE),
    )
    return (dates,)


def outside_window(state: DialogueState, meters: tuple[Meter, ...]) -> Move:
    """None of ``meters`` takes a reading today: the dates, unless they were told, and the balance on offer."""
    days = (meters[0].window_first_day, meters[0].window_last_day)
    lead = () if state.done.dates_told == days else window_phrases(state, *days)
    state = note(state, dates_told=days)
    if state.done.balance_wanted:
        return balance_or_none(note(state, balance_wanted=False), lead)
    return Move(go(state, StateId.OFFER_BALANCE), lead)


def balance_or_none(state: DialogueState, lead: tuple[Phrase, ...] = ()) -> Move:
    """The balance, said to be unknown if it is, and the last questions; a second fact before it where that is asked
    for."""
    if not may_hear_money(state):
        return ask_second_fact(go(state, state.at, goal=Goal.BALANCE), lead)
    unknown = () if balance_phrases(state) else (phrase("balance.unknown"),)
    return balance_and_close(state, (*lead, *unknown))


def balance_and_close(state: DialogueState, lead: tuple[Phrase, ...] = ()) -> Move:
    """The balance, if there is one, and the last questions. It is only offered to a caller who must give a second fact
    for it."""
    if not may_hear_money(state):
        state = settled(state)
        return (
            Move(go(state, StateId.OFFER_BALANCE), lead)
            if account_of(state).balance is not None
            else close(state, lead)
        )
    balance = balance_phrases(state)
    return close(note(state, balance_told=state.done.balance_told or bool(balance)), (*lead, *balance))


def close(state: DialogueState, lead: tuple[Phrase, ...] = ()) -> Move:
    """The last questions: the phone may be saved when it led nowhere and an account number had to."""
    account, caller = account_of(state), state.call.caller
    known = caller is None or caller in account.phones or state.done.phone_forgotten
    state = settled(state)
    if state.progress.by_number and not known and account.number not in state.done.phone_offered:
        state = note(state, phone_offered=(*state.done.phone_offered, account.number))
        return Move(go(state, StateId.OFFER_PHONE), lead)
    return finish(state, lead)


def _balance_wanted(state: DialogueState, _: SaidYes) -> Move:
    return balance_or_none(state)


def _no_balance(state: DialogueState, _: SaidNo) -> Move:
    return close(state)


def _save_phone(state: DialogueState, _: SaidYes) -> Move:
    if state.call.caller is None:
        raise DialogueDefect("a phone was to be saved for a caller without one")
    effect = SavePhone(account_of(state).number, state.call.caller)
    return Move(go(state, StateId.SAVING_PHONE), effects=(effect,))


def _no_phone(state: DialogueState, _: SaidNo) -> Move:
    return Move(go(state, state.home))


def _phone_saved(state: DialogueState, _: PhoneSaved) -> Move:
    return Move(go(state, state.home), (phrase("phone.saved"),))


def _phone_not_saved(state: DialogueState, _: SavingFailed) -> Move:
    return Move(go(state, state.home), (phrase("phone.not_saved"),))


def _good_bye(state: DialogueState, event: SaidNo | NoInput) -> Move:
    """Nothing else. Silence here is the answer of a caller who is done, not a failure to be handed to a person."""
    if isinstance(event, NoInput) and state.holding:
        return Move(state)
    return end(state, told=True)


def rows() -> Table:
    """The rows of these questions, but for ДА to «нужен другой адрес?», which begins anew."""
    anything_else = frozenset({StateId.ANYTHING_ELSE})
    ended = frozenset({StateId.ENDED})
    return {
        (StateId.OFFER_BALANCE, SaidYes): Transition(_balance_wanted, AFTER_BALANCE),
        (StateId.OFFER_BALANCE, SaidNo): Transition(_no_balance, CLOSING),
        (StateId.OFFER_PHONE, SaidYes): Transition(_save_phone, frozenset({StateId.SAVING_PHONE})),
        (StateId.OFFER_PHONE, SaidNo): Transition(_no_phone, anything_else),
        (StateId.SAVING_PHONE, PhoneSaved): Transition(_phone_saved, anything_else),
        (StateId.SAVING_PHONE, SavingFailed): Transition(_phone_not_saved, anything_else),
        (StateId.ANYTHING_ELSE, SaidNo): Transition(_good_bye, ended),
        (StateId.ANYTHING_ELSE, NoInput): Transition(_good_bye, ended | anything_else),
    }
