"""Balances: who may hear them, and the phrases that tell them."""

from __future__ import annotations

from box.accounts.model import Balance, ClockTrust, Kopecks
from box.dialogue.identity import may_tell
from box.dialogue.state import DialogueState, Goal, phrase
from box.dialogue.vocabulary import Count, DateForm, Money, Phrase, SpokenDate
from box.errors import DialogueDefect


def may_hear_money(state: DialogueState) -> bool:
    """Whether this caller may hear the balance of the account in hand: only after a ДА to its address and, from a phone
    that it does not know, a second fact (caller-service.md §11.1)."""
    return may_tell(state, Goal.BALANCE)


def balance_phrases(state: DialogueState) -> tuple[Phrase, ...]:
    """The balance of the account in hand with its date; empty when billing has sent none. DialogueDefect unless
    may_hear_money."""
    account = state.progress.account
    if account is None or not may_hear_money(state):
        raise DialogueDefect("a balance was to be told to a caller who may not hear it")
    balance = account.balance
    if balance is None:
        return ()
    return (balance_sum(balance), *balance_age(state, balance))


def balance_sum(balance: Balance) -> Phrase:
    """Debt, overpaid or even, with its date. For those who may hear it."""
    on = SpokenDate(balance.as_of, DateForm.ON)
    amount = Money(Kopecks(abs(balance.amount)))
    if balance.amount < 0:
        return phrase("balance.debt", amount=amount, date=on)
    if balance.amount > 0:
        return phrase("balance.overpaid", amount=amount, date=on)
    return phrase("balance.even", date=on)


def balance_age(state: DialogueState, balance: Balance) -> tuple[Phrase, ...]:
    """How old the data are, if they are old and the box knows what day it is."""
    days = (state.today - balance.as_of).days
    if state.call.clock is ClockTrust.UNKNOWN or days <= state.config.balance.old_after_days:
        return ()
    return (phrase("balance.old", count=Count(days, "day")),)
