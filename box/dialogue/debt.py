"""Why there is a debt, from billing's own parts, in three sentences at most, and what to do.

Only figures that billing sent are said: nothing is added or taken off here but to see which of them explains most
(caller-service.md §7.6).
"""

from __future__ import annotations

from collections.abc import Iterator

from box.accounts.model import DebtParts, Kopecks
from box.dialogue.closing import close
from box.dialogue.money import balance_age, balance_sum, may_hear_money
from box.dialogue.readings_questions import account_of
from box.dialogue.state import DialogueState, Move, note, phrase
from box.dialogue.vocabulary import Money, MonthName, Phrase
from box.errors import DialogueDefect

SENTENCES = 3
"""How many sentences explain a debt at most (the issue)."""


def tell(state: DialogueState, lead: tuple[Phrase, ...]) -> Move:
    """The debt of the account in hand explained; that there is none; or who can explain it. DialogueDefect unless
    may_hear_money."""
    if not may_hear_money(state):
        raise DialogueDefect("a debt was to be told to a caller who may not hear it")
    account = account_of(state)
    balance, parts = account.balance, account.debt
    state = note(state, balance_told=state.done.balance_told or balance is not None)
    told = () if balance is None else (balance_sum(balance), *balance_age(state, balance))
    if balance is None and parts is None:
        return close(state, (*lead, phrase("debt.no_data")))
    owes = balance.amount < 0 if balance is not None else parts is not None and parts.to_pay > 0
    if not owes:
        none = () if balance is not None and balance.amount == 0 else (phrase("debt.none"),)
        return close(note(state, informed=True), (*lead, *none, *told))
    why = () if parts is None else _why(parts, balance_said=Kopecks(-balance.amount) if balance is not None else None)
    if not why:
        return close(state, (*lead, *told, phrase("debt.no_parts")))
    advice = phrase("debt.advice") if state.call.speech else phrase("debt.advice_keys")
    return close(note(state, informed=True), (*lead, *told, *why, advice))


def _why(parts: DebtParts, balance_said: Kopecks | None) -> tuple[Phrase, ...]:
    """The sentences that explain ``parts``, the weightiest in the order in which they came about; none when the parts
    do not show a debt. ``balance_said``: the debt that the caller has heard already."""
    causes = list(_causes(parts))
    if parts.to_pay <= 0 or not causes:
        return ()
    bill = phrase("debt.to_pay", month=MonthName(parts.month), amount=Money(parts.to_pay))
    head = () if balance_said == parts.to_pay else (bill,)
    room = SENTENCES - len(head)
    weighty = sorted(range(len(causes)), key=lambda place: (-causes[place][0], place))[:room]
    return (*head, *(causes[place][1] for place in sorted(weighty)))


def _causes(parts: DebtParts) -> Iterator[tuple[int, Phrase]]:
    """(how many kopecks of the debt it explains, sentence) of each cause, as they came about."""
    old = max(parts.opening, 0)
    old_left = max(old - max(parts.paid, 0), 0)
    for_month = max(parts.paid, 0) - (old - old_left)
    charged_left = max(parts.charged - for_month, 0)
    opening, charged = Money(parts.opening), Money(parts.charged)
    paid = Money(Kopecks(max(parts.paid, 0)))
    if old_left:
        nothing_paid = phrase("debt.opening_unpaid", opening=opening)
        yield old_left, phrase("debt.opening", opening=opening, paid=paid) if parts.paid > 0 else nothing_paid
    if charged_left and parts.charged > 0:
        after_old = phrase("debt.charged_after", opening=opening, charged=charged, paid=paid)
        yield charged_left, after_old if old and not old_left else _charged(charged, paid, paid_told=bool(old_left))
    if parts.recalculated > 0:
        yield parts.recalculated, phrase("debt.recalculated", amount=Money(parts.recalculated))
    if parts.penalty > 0:
        yield parts.penalty, phrase("debt.penalty", amount=Money(parts.penalty))


def _charged(charged: Money, paid: Money, *, paid_told: bool) -> Phrase:
    """What was charged, with what was paid unless the sentence before has told it."""
    if paid_told:
        return phrase("debt.charged", charged=charged)
    if paid.amount:
        return phrase("debt.charged_paid", charged=charged, paid=paid)
    return phrase("debt.charged_unpaid", charged=charged)
