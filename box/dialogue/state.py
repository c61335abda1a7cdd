"""Where a call stands: its state, what has been gathered, counted and done. Immutable values, no rules.

Digits, accounts and addresses print masked or not at all, so a state may appear in a log or an error.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import date, time
from enum import Enum
from typing import Any, TypeAlias

from box.accounts.model import Account, AccountNumber, EntryMode, Meter, PhoneNumber
from box.accounts.reading import Verdict
from box.accounts.reference import Office
from box.dialogue.config import DialogueConfig
from box.dialogue.vocabulary import CallStarted, Effect, NoMatchReason, OperatorAccess, Phrase, Value
from box.errors import DialogueDefect


class StateId(Enum):
    """Every place where a call may stand. A question's id is the value of its state."""

    ANSWERED = "answered"  # the line is taken, nothing has been said
    # the readings line
    OFFER_ADDRESS = "offer-address"
    ASK_ACCOUNT = "ask-account"
    CONFIRM_ACCOUNT = "confirm-account"
    FINDING_ACCOUNT = "finding-account"
    CONFIRM_FOUND_ADDRESS = "confirm-found-address"
    OFFER_METER = "offer-meter"
    ASK_READING = "ask-reading"
    CONFIRM_READING = "confirm-reading"
    SAVING_READINGS = "saving-readings"
    OFFER_BALANCE = "offer-balance"
    OFFER_BALANCE_ONLY = "offer-balance-only"
    OFFER_PHONE = "offer-phone"
    SAVING_PHONE = "saving-phone"
    ANYTHING_ELSE = "anything-else"
    # who may hear money
    ASK_FLAT = "ask-flat"
    ASK_LAST_READING = "ask-last-reading"
    # the consultation line
    MAIN_MENU = "main-menu"
    MORE_MENU = "more-menu"
    WHAT_ELSE = "what-else"
    PAY_MENU = "pay-menu"
    CONFIRM_PAY_LINK = "confirm-pay-link"
    SAVING_PAY_LINK = "saving-pay-link"
    ASK_PLACE = "ask-place"
    OFFICE_TOLD = "office-told"
    CONFIRM_FORGETTING = "confirm-forgetting"
    FORGETTING_PHONE = "forgetting-phone"
    # a person, on every line
    TRANSFERRING = "transferring"
    OFFER_CALL_BACK = "offer-call-back"
    SAVING_CALL_BACK = "saving-call-back"
    OFFER_SELF_SERVICE = "offer-self-service"
    ASK_PHONE = "ask-phone"
    CONFIRM_PHONE = "confirm-phone"
    ENDED = "ended"
    # the services line
    CHOOSE_SERVICE = "choose-service"
    SERVICES_ELSE = "services-else"


class Goal(Enum):
    """What a caller wants of an account: where its confirmed address leads."""

    READINGS = "readings"
    BALANCE = "balance"
    TARIFF = "tariff"
    DEBT = "debt"
    PAYMENT = "payment"
    PAY_LINK = "pay-link"
    OFFICE = "office"


@dataclass(frozen=True, slots=True)
class OperatorHours:
    """When people answer, in the box's time; from the settings. ``holidays``: days on which they do not, besides those
    that the reference document names."""

    opens: time
    closes: time
    holidays: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """One zone of a meter as the caller gave it, judged; stored only after a ДА to its read-back."""

    zone: str
    mode: EntryMode
    verdict: Verdict = field(repr=False)


@dataclass(frozen=True, slots=True)
class Progress:
    """What the questions so far have brought; «назад» returns to an earlier one of these.

    ``waiting``: addresses of the caller's phone not offered yet. ``account``: the one spoken of, its address confirmed
    only if ``address_confirmed``. ``meters``: those not offered yet. ``entries``: zones confirmed, in billing's order.
    ``pending``: the zone being read back. ``warned``: digits of this zone whose high use was denied. ``service``: the
    intent of the service that a person is wanted for, '' = none. ``ring``: a phone to ring back that the caller gave.
    ``goal``: what the caller wants now, None = nothing yet, or readings where the line takes nothing else. ``offices``:
    the one told and those to tell after it. ``places_page``: which of the places to choose by key are being named.
    """

    waiting: tuple[Account, ...] = field(default=(), repr=False)
    offered: int = 0
    typed: AccountNumber | None = None
    account: Account | None = field(default=None, repr=False)
    by_number: bool = False
    address_confirmed: bool = False
    meters: tuple[Meter, ...] = field(default=(), repr=False)
    meter: Meter | None = field(default=None, repr=False)
    entries: tuple[Entry, ...] = ()
    pending: Entry | None = None
    warned: str = field(default="", repr=False)
    service: str = ""
    ring: PhoneNumber | None = None
    goal: Goal | None = None
    offices: tuple[Office, ...] = ()
    places_page: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What is counted. ``failures`` belongs to the question in hand, ``denied`` and ``refused`` to the item asked for
    (an account number, one zone), the rest to the call; ``facts_wrong`` are second facts that did not fit."""

    failures: int = 0
    denied: int = 0
    refused: int = 0
    all_failures: int = 0
    failed_lookups: int = 0
    facts_wrong: int = 0
    questions: int = 0


@dataclass(frozen=True, slots=True)
class Done:
    """Facts of the call that no «назад» undoes. ``dates_told``: first and last day of the window that was told.
    ``finished``: accounts that need not be offered again. ``balance_wanted``: asked for, and no
    address known yet. ``services_requested``: services that a call-back was asked for. ``told_refused``: accounts whose
    refused readings were told. ``proven``: accounts of which this caller, whose phone is unknown, gave a second fact;
    ``told_last``: those whose last reading the box itself has said, or let be worked out, so that it proves nothing.
    ``last_goal``: the matter that was dealt with last. ``same_address``: the caller said twice that it is the one."""

    saved: tuple[AccountNumber, ...] = ()
    finished: tuple[AccountNumber, ...] = ()
    phone_offered: tuple[AccountNumber, ...] = ()
    balance_wanted: bool = False
    balance_told: bool = False
    dates_told: tuple[int, int] | None = None
    call_back_saved: bool = False
    services_requested: tuple[str, ...] = ()
    told_refused: tuple[AccountNumber, ...] = ()
    proven: tuple[AccountNumber, ...] = ()
    told_last: tuple[AccountNumber, ...] = ()
    last_goal: Goal | None = None
    same_address: bool = False
    informed: bool = False
    pay_links: tuple[AccountNumber, ...] = ()
    pay_link_told: tuple[AccountNumber, ...] = ()
    phone_forgotten: bool = False
    gave_up: bool = False
    transfer_failed: bool = False
    yes_no_explained: bool = False
    time_up: bool = False


@dataclass(frozen=True, slots=True)
class Waypoint:
    """A question that was answered, for «назад», with what self-service would have gone on with then."""

    at: StateId
    progress: Progress
    resume: StateId | None = None


@dataclass(frozen=True, slots=True)
class DialogueState:
    """One moment of a call. ``resume``: the question that self-service goes on with when no person can be had.
    ``home``: the question of this line that follows when a matter is done. ``holding``: the caller asked us to wait.
    ``advised``: why the last answer to this question was not understood, if the caller was told."""

    at: StateId
    call: CallStarted = field(repr=False)
    config: DialogueConfig = field(repr=False)
    hours: OperatorHours = field(repr=False)
    progress: Progress = Progress()
    tally: Tally = Tally()
    done: Done = Done()
    trail: tuple[Waypoint, ...] = ()
    resume: StateId | None = None
    home: StateId = StateId.ANYTHING_ELSE
    holding: bool = False
    advised: NoMatchReason | None = None

    @property
    def person_there(self) -> bool:
        """Whether a transfer may be tried: people are there, and it has not failed in this call."""
        return self.call.operator is OperatorAccess.OPEN and not self.done.transfer_failed

    @property
    def today(self) -> date:
        """The date at the start of the call, by which the window is judged (caller-service.md §7.4)."""
        return self.call.now.date()


@dataclass(frozen=True, slots=True)
class Move:
    """What a handler decides: the state to be in, and in this order ``first`` to carry out, ``lead`` to say (before the
    state's question, if it is one) and ``effects`` that end the step. ``clear_keys``: forget keys typed ahead."""

    state: DialogueState
    lead: tuple[Phrase, ...] = ()
    effects: tuple[Effect, ...] = ()
    first: tuple[Effect, ...] = ()
    clear_keys: bool = False


Handler: TypeAlias = Callable[[DialogueState, Any], Move]
"""(state, event) -> move; each handler names the event type that its rows give it."""


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the table: who decides, and every state that may follow. ``universal`` rows are the same in all
    questions and are drawn once. ``through``: rows that lead to the same many places are drawn through one point of
    this name."""

    decide: Handler
    to: frozenset[StateId]
    universal: bool = False
    through: str = ""


Table: TypeAlias = dict[tuple[StateId, type], Transition]


def joined(*tables: Table) -> Table:
    """One table of several. DialogueDefect where two of them list the same pair: neither may win unseen."""
    whole: Table = {}
    for table in tables:
        twice = [f"{event.__name__} while {at.value}" for at, event in table if (at, event) in whole]
        if twice:
            raise DialogueDefect(f"listed twice: {', '.join(twice)}")
        whole |= table
    return whole


def confined(table: Table, states: Collection[StateId]) -> Table:
    """``table`` for a line that has only ``states``: rows that lines share lead wherever any of them may go."""
    there = frozenset({*states, StateId.ANSWERED, StateId.TRANSFERRING, StateId.ENDED})
    return {key: replace(row, to=row.to & there) for key, row in table.items() if key[0] in there}


def at_home(table: Table, home: StateId) -> Table:
    """``table`` for a line whose calls come home to ``home``: it stands wherever a row may lead to ANYTHING_ELSE, whose
    own rows are left out."""
    return {
        key: replace(row, to=row.to - {StateId.ANYTHING_ELSE} | {home}) if StateId.ANYTHING_ELSE in row.to else row
        for key, row in table.items()
        if key[0] is not StateId.ANYTHING_ELSE
    }


def phrase(id_: str, **values: Value) -> Phrase:
    """The phrase ``id_`` of prompts/phrases.toml with its values."""
    return Phrase(id_, values)


def go(state: DialogueState, at: StateId, **progress: Any) -> DialogueState:
    """``state`` at a fresh question or wait, with the named parts of its progress changed."""
    changed = replace(state.progress, **progress)
    return replace(state, at=at, progress=changed, tally=replace(state.tally, failures=0), advised=None)


def note(state: DialogueState, **facts: Any) -> DialogueState:
    """``state`` with facts of the call noted."""
    return replace(state, done=replace(state.done, **facts))


def count(state: DialogueState, **counts: int) -> DialogueState:
    """``state`` with counters set."""
    return replace(state, tally=replace(state.tally, **counts))
