"""Paying: the ways to pay, and a link for paying by card, sent by the centre to the caller's phone.

The box takes no card: a link is a request in the outbox, and what became of the last one is told when paying is asked
for again (caller-service.md §11.3).
"""

from __future__ import annotations

from box.accounts.model import PayLinkState, PhoneNumber
from box.dialogue.closing import CLOSING, close
from box.dialogue.ends import finish, settled
from box.dialogue.identity import may_tell
from box.dialogue.readings_questions import account_of
from box.dialogue.state import DialogueState, Goal, Move, StateId, Table, Transition, go, note, phrase
from box.dialogue.vocabulary import (
    DateForm,
    PayLinkSaved,
    Phrase,
    RequestPayLink,
    SaidNo,
    SaidYes,
    SavingFailed,
    SpokenDate,
)
from box.errors import DialogueDefect


def tell_ways(state: DialogueState, lead: tuple[Phrase, ...] = ()) -> Move:
    """The ways to pay in a breath, and which of them is wanted; a caller without a number gets no link."""
    state, news = _link_news(note(state, informed=True))
    words = (*lead, *news, phrase("pay.ways"))
    if state.call.caller is None:
        return finish(state, words)
    return Move(go(settled(state), StateId.PAY_MENU), words)


def tell_other_ways(state: DialogueState) -> Move:
    """The ways to pay without a link."""
    return finish(state, (phrase("pay.other_ways"),))


def offer_link(state: DialogueState, lead: tuple[Phrase, ...] = ()) -> Move:
    """The address is confirmed: whether the link is to be sent to the caller's phone."""
    state, news = _link_news(state)
    if account_of(state).number in state.done.pay_links:
        return close(state, (*lead, *news, phrase("pay.link_already")))
    return Move(go(state, StateId.CONFIRM_PAY_LINK), (*lead, *news))


def link_reported(state: DialogueState) -> bool:
    """Whether the centre has told of a link for one of the accounts that know the caller's phone."""
    return any(account.pay_link is not None for account in state.call.accounts)


def callers_phone(state: DialogueState) -> PhoneNumber:
    """The phone that is calling: a link is sent there and nowhere else."""
    if state.call.caller is None:
        raise DialogueDefect(f"{state.at.value} without the caller's phone")
    return state.call.caller


def _link_news(state: DialogueState) -> tuple[DialogueState, tuple[Phrase, ...]]:
    """What became of the last link asked for, once in a call and only to who may hear of it."""
    account = state.progress.account
    if account is None or not may_tell(state, Goal.PAY_LINK) or account.pay_link is None:
        return state, ()
    if account.number in (*state.done.pay_link_told, *state.done.pay_links):
        return state, ()
    state = note(state, pay_link_told=(*state.done.pay_link_told, account.number))
    if account.pay_link.state is PayLinkState.SENT:
        return state, (phrase("pay.link_sent", date=SpokenDate(account.pay_link.on, DateForm.BARE)),)
    return state, (phrase("pay.link_failed"),)


def _link_wanted(state: DialogueState, _: SaidYes) -> Move:
    if not may_tell(state, Goal.PAY_LINK):
        raise DialogueDefect("a link was to be sent for an account that this caller may not hear of")
    effect = RequestPayLink(account_of(state).number, callers_phone(state))
    return Move(go(state, StateId.SAVING_PAY_LINK), effects=(effect,))


def _no_link(state: DialogueState, _: SaidNo) -> Move:
    return close(state, (phrase("pay.no_link"),))


def _link_requested(state: DialogueState, _: PayLinkSaved) -> Move:
    state = note(state, pay_links=(*state.done.pay_links, account_of(state).number))
    return close(state, (phrase("pay.link_requested"),))


def _link_not_requested(state: DialogueState, _: SavingFailed) -> Move:
    return close(state, (phrase("pay.link_not_saved"),))


def rows() -> Table:
    """The rows of the link; those of the menu are ``menu.rows``."""
    return {
        (StateId.CONFIRM_PAY_LINK, SaidYes): Transition(_link_wanted, frozenset({StateId.SAVING_PAY_LINK})),
        (StateId.CONFIRM_PAY_LINK, SaidNo): Transition(_no_link, CLOSING),
        (StateId.SAVING_PAY_LINK, PayLinkSaved): Transition(_link_requested, CLOSING),
        (StateId.SAVING_PAY_LINK, SavingFailed): Transition(_link_not_requested, CLOSING),
    }
