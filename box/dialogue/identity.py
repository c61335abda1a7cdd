"""Who may hear what: money only of an address confirmed, and from an unknown phone only with a second fact.

A caller identity proves nothing and an account number can be guessed (caller-service.md §11.1). The second fact is the
number of the flat, which an unknown phone therefore never hears with its address, else the last accepted reading,
unless the box has said it in this call. A second wrong one is answered like an account that is not there.
"""

from __future__ import annotations

from dataclasses import replace

from box.accounts.model import Account, Address, Register
from box.dialogue.meters import serial_end
from box.dialogue.person import give_up
from box.dialogue.questions import QuestionForm, QuestionForms
from box.dialogue.state import DialogueState, Goal, Move, StateId, count, go, phrase
from box.dialogue.vocabulary import DigitRow, Phrase, QuestionKind, Zone
from box.errors import DialogueDefect

MONEY = frozenset({Goal.BALANCE, Goal.DEBT, Goal.PAY_LINK})
"""Matters that show what is owed."""

SECOND_FACTS = frozenset({StateId.ASK_FLAT, StateId.ASK_LAST_READING})
"""The questions of this part."""

TRIES = 2
"""Second facts that may be wrong in a call, the last of them included."""


def may_tell(state: DialogueState, goal: Goal) -> bool:
    """Whether this caller may hear of ``goal`` for the account in hand."""
    account = state.progress.account
    if account is None or not state.progress.address_confirmed:
        return False
    return not _is_secret(state, goal) or _phone_known(state) or account.number in state.done.proven


def goal_of(state: DialogueState) -> Goal:
    """What the caller wants; readings where nothing was chosen, since only their line goes on without a choice."""
    return state.progress.goal or Goal.READINGS


def conceals_flat(state: DialogueState) -> bool:
    """Whether the address in hand is said without its flat: an unknown phone is asked for it before it hears of money,
    in this call or in another."""
    account, rules = _account(state), state.config.identity
    if _phone_known(state) or account.number in state.done.proven:
        return False
    return (rules.money or rules.readings) and _has_flat(account)


def spoken_address(state: DialogueState) -> Address:
    """The address in hand as this caller may hear it."""
    address = _account(state).address
    return replace(address, flat="") if conceals_flat(state) else address


def ask_second_fact(state: DialogueState, lead: tuple[Phrase, ...] = ()) -> Move:
    """The question for a second fact; a person where the account has none that the box could ask for."""
    account = _account(state)
    state = count(state, denied=0, refused=0)
    if _has_flat(account):
        return Move(go(state, StateId.ASK_FLAT), lead)
    if _first_register(account) is not None and account.number not in state.done.told_last:
        return Move(go(state, StateId.ASK_LAST_READING), lead)
    return give_up(go(state, state.home), (*lead, phrase("identity.by_person")))


def fits(state: DialogueState, digits: str) -> bool:
    """Whether ``digits`` answer the question in hand; zeros before a number do not count."""
    account = _account(state)
    register = _first_register(account)
    truth = account.address.flat if state.at is StateId.ASK_FLAT else register.last if register is not None else ""
    return bool(truth) and digits.lstrip("0") == truth.lstrip("0")


def _account(state: DialogueState) -> Account:
    if state.progress.account is None:
        raise DialogueDefect(f"{state.at.value} without an account")
    return state.progress.account


def _is_secret(state: DialogueState, goal: Goal) -> bool:
    rules = state.config.identity
    return rules.money if goal in MONEY else rules.readings and goal is Goal.READINGS


def _phone_known(state: DialogueState) -> bool:
    """Whether the account came by the caller's phone, or is one that knows it."""
    return not state.progress.by_number or state.call.caller in _account(state).phones


def _has_flat(account: Account) -> bool:
    flat = account.address.flat
    return flat.isascii() and flat.isdigit() and flat.strip("0") != ""


def _first_register(account: Account) -> Register | None:
    """The first zone of the first meter, if a reading of it is known."""
    registers = account.meters[0].registers if account.meters else ()
    return registers[0] if registers and registers[0].last else None


def _flat_body(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("identity.flat") if state.call.speech else phrase("identity.flat_keys"),)


def _flat_short(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("identity.flat_short") if state.call.speech else phrase("identity.flat_keys"),)


def _flat_detail(_: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("identity.flat_detail"),)


def _reading_body(state: DialogueState) -> tuple[Phrase, ...]:
    last = phrase("identity.reading") if state.call.speech else phrase("identity.reading_keys")
    return (last, *_which(state))


def _reading_short(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("identity.reading_short") if state.call.speech else phrase("identity.reading_keys"),)


def _reading_detail(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("identity.reading_detail"), *_which(state))


def _which(state: DialogueState) -> tuple[Phrase, ...]:
    """Which zone of which meter is meant, where there are several."""
    account = _account(state)
    register = _first_register(account)
    said: list[Phrase] = []
    end = serial_end(account, account.meters[0].serial)
    if len(account.meters) > 1 and end:
        said.append(phrase("identity.which_meter", digits=DigitRow(end)))
    if register is not None and register.name and len(account.meters[0].registers) > 1:
        said.append(phrase("identity.which_zone", zone=Zone(register.name)))
    return tuple(said)


def _capacity(state: DialogueState) -> int:
    return _account(state).meters[0].whole_digits


IDENTITY_QUESTIONS: QuestionForms = {
    StateId.ASK_FLAT: QuestionForm(QuestionKind.DIGITS, _flat_body, _flat_short, _flat_detail),
    StateId.ASK_LAST_READING: QuestionForm(
        QuestionKind.DIGITS, _reading_body, _reading_short, _reading_detail, _capacity
    ),
}
"""The questions for a second fact. That for the flat expects no number of digits: it would tell how many there are."""
