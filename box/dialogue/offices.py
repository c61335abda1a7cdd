"""The nearest office: the account's own, else one of a district or metro station; its hours, and whether it is open."""

from __future__ import annotations

from datetime import date, timedelta

from box.accounts.model import Address, ClockTrust
from box.accounts.reference import DayHours, Office
from box.dialogue.ends import finish, settled
from box.dialogue.places import PLACE, Place, in_order, named_by, places, to_choose_by_key
from box.dialogue.questions import Menu
from box.dialogue.state import DialogueState, Move, StateId, go, note, phrase
from box.dialogue.vocabulary import (
    DateForm,
    FullAddress,
    Hours,
    Phrase,
    SpokenDate,
    SpokenName,
    WeekHours,
)
from box.errors import DialogueDefect

PLACES_AT_A_TIME = 3
"""Places named at once for the keys: more cannot be kept in mind."""

MORE_KEY = "9"
"""The key for the next places."""

DAYS_AHEAD = 31
"""How far the next opening is looked for; an office closed for longer is told by its hours alone."""


def tell_of_account(state: DialogueState, lead: tuple[Phrase, ...] = ()) -> Move:
    """The office that billing names for the account in hand; a place is asked for where it names none."""
    account = state.progress.account
    own = [office for office in state.call.reference.offices if account is not None and office.id == account.office]
    return _tell(state, in_order(own[0], state.call.reference.offices), lead) if own else ask_place(state, lead)


def names_an_office(state: DialogueState) -> bool:
    """Whether billing names an office of the book for the account in hand, or for one that knows the caller's phone."""
    known = {office.id for office in state.call.reference.offices}
    account = state.progress.account
    accounts = (account,) if account is not None and state.progress.address_confirmed else state.call.accounts
    return any(account.office in known for account in accounts)


def ask_place(state: DialogueState, lead: tuple[Phrase, ...] = ()) -> Move:
    """The question for a district or station; where the book names neither, its first office at once."""
    offices = state.call.reference.offices
    if not offices:
        return finish(state, (*lead, phrase("office.none")))
    if not places(offices):
        return _tell(state, in_order(offices[0], offices), lead)
    return Move(go(state, StateId.ASK_PLACE, places_page=0), lead)


def tell_next(state: DialogueState) -> Move:
    """The next nearest, counted from the office that was told first."""
    rest = state.progress.offices[1:]
    return _tell(state, rest) if rest else finish(state, (phrase("office.no_more"),))


def place_chosen(state: DialogueState, intent: str) -> Move:
    """The first office of the place that ``intent`` names, or the next places to choose from."""
    if intent == "more":
        pages = -(-len(to_choose_by_key(_places(state))) // PLACES_AT_A_TIME)
        return Move(go(state, state.at, places_page=(state.progress.places_page + 1) % max(pages, 1)))
    number = intent.removeprefix(PLACE)
    if intent == number or not number.isdecimal() or int(number) >= len(_places(state)):
        raise DialogueDefect(f"no such place: {intent}")
    first = _places(state)[int(number)].offices[0]
    return _tell(state, in_order(first, state.call.reference.offices))


def place_menu(state: DialogueState) -> Menu:
    """What the question for a place takes: any name by voice, those of this page by key."""
    choices = {str(key): f"{PLACE}{number}" for key, number in enumerate(_page(state), 1)}
    if len(to_choose_by_key(_places(state))) > PLACES_AT_A_TIME:
        choices[MORE_KEY] = "more"
    return Menu(choices, names=named_by(_places(state)))


def places_by_key(state: DialogueState) -> tuple[Phrase, ...]:
    """The places of this page with their keys."""
    found = _places(state)
    names = [SpokenName(found[number].name) for number in _page(state)]
    said = [phrase("office.key_1", place=names[0])]
    said += [phrase("office.key_2", place=names[1])] if len(names) > 1 else []
    said += [phrase("office.key_3", place=names[2])] if len(names) > 2 else []
    said += [phrase("office.key_more")] if len(to_choose_by_key(found)) > PLACES_AT_A_TIME else []
    return tuple(said)


def _places(state: DialogueState) -> tuple[Place, ...]:
    return places(state.call.reference.offices)


def _page(state: DialogueState) -> tuple[int, ...]:
    first = state.progress.places_page * PLACES_AT_A_TIME
    return to_choose_by_key(_places(state))[first : first + PLACES_AT_A_TIME]


def _tell(state: DialogueState, offices: tuple[Office, ...], lead: tuple[Phrase, ...] = ()) -> Move:
    """The first of ``offices``; the rest may follow."""
    office = offices[0]
    words = (*lead, *_where(state, office), *_when(state, office))
    state = note(go(state, state.at, offices=offices), informed=True)
    if len(offices) == 1:
        return finish(state, words)
    return Move(go(settled(state), StateId.OFFICE_TOLD), words)


def _where(state: DialogueState, office: Office) -> tuple[Phrase, ...]:
    settlements = {each.address.settlement for each in state.call.reference.offices}
    address: Address | FullAddress = FullAddress(office.address) if len(settlements) > 1 else office.address
    where = phrase("office.address", address=address)
    return (where, phrase("office.metro", name=SpokenName(office.metro[0]))) if office.metro else (where,)


def _when(state: DialogueState, office: Office) -> tuple[Phrase, ...]:
    if not any(day.opens is not None for day in office.hours):
        return (phrase("office.hours_unknown"),)
    week = phrase("office.week", hours=WeekHours(office.hours))
    return (week,) if state.call.clock is ClockTrust.UNKNOWN else (*_now(state, office), week)


def _now(state: DialogueState, office: Office) -> tuple[Phrase, ...]:
    """Open now, or when next; nothing where that is too far away to say."""
    today, now = state.today, state.call.now.time()
    hours = _on(office, today)
    if hours is not None:
        opens, closes = hours.opens, hours.closes
        over_midnight = closes <= opens
        if opens <= now and (now < closes or over_midnight):
            return (phrase("office.open_now", hours=hours),)
        if now < opens:
            return (phrase("office.opens_today", hours=hours),)
    for ahead in range(1, DAYS_AHEAD + 1):
        day = today + timedelta(days=ahead)
        hours = _on(office, day)
        if hours is not None and ahead == 1:
            return (phrase("office.opens_tomorrow", hours=hours),)
        if hours is not None:
            return (phrase("office.opens_on", date=SpokenDate(day, DateForm.BARE), hours=hours),)
    return (phrase("office.closed"),)


def _on(office: Office, day: date) -> Hours | None:
    """The hours of ``day``; None on a day off."""
    if day in office.closed_on:
        return None
    found = next((each for each in office.hours if each.weekday == day.weekday()), DayHours(day.weekday()))
    return None if found.opens is None or found.closes is None else Hours(found.opens, found.closes)
