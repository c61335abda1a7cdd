"""Balances: who may hear them, and the phrases that tell them."""

from __future__ import annotations

from box.accounts.model import Balance, ClockTrust, Kopecks
from box.dialogue.state import DialogueState, phrase
from box.dialogue.vocabulary import Count, DateForm, Money, Phrase, SpokenDate
from box.errors import DialogueDefect


def may_hear_money(state: DialogueState) -> bool:
    """Whether this caller may hear the balance of the account in hand: only after a ДА to its address.

    A caller identity proves nothing and an account number can be guessed (caller-service.md §11.1); a second fact for
    callers with an unknown phone would be asked for here.
    """
    return state.progress.account is not None and state.progress.address_confirmed


def balance_phrases(state: DialogueState) -> tuple[Phrase, ...]:
    """The balance of the account in hand with its date; empty when billing has sent none. DialogueDefect unless
    may_hear_money."""
    account = state.progress.account
    if account is None or not may_hear_money(state):
        raise DialogueDefect("a balance was to be told before its address was confirmed")
    balance = account.balance
    if balance is None:
        return ()
    return (_sum(balance), *_age(state, balance))


def _sum(balance: Balance) -> Phrase:
    on = SpokenDate(balance.as_of, DateForm.ON)
    amount = Money(Kopecks(abs(balance.amount)))
    if balance.amount < 0:
        return phrase("balance.debt", amount=amount, date=on)
    if balance.amount > 0:
        return phrase("balance.overpaid", amount=amount, date=on)
    return phrase("balance.even", date=on)


def _age(state: DialogueState, balance: Balance) -> tuple[Phrase, ...]:
    """How old the data are, if they are old and the box knows what day it is."""
    days = (state.today - balance.as_of).days
    if state.call.clock is ClockTrust.UNKNOWN or days <= state.config.balance.old_after_days:
        return ()
    return (phrase("balance.old", count=Count(days, "day")),)
