"""The questions of the readings line, as forms for the ladder: which phrases, which values. No rule of the
dialogue is here."""

from __future__ import annotations

import re

from box.accounts.model import Account, Address, ClockTrust, Meter, Register
from box.accounts.reading import Finding, usual_since_last
from box.dialogue.identity import spoken_address
from box.dialogue.meters import offered, offered_short
from box.dialogue.questions import QuestionForm, QuestionForms, always, yes_no
from box.dialogue.state import DialogueState, Entry, StateId, phrase
from box.dialogue.vocabulary import Count, DigitRow, FullAddress, Phrase, PlausibleReading, QuestionKind, Zone
from box.errors import DialogueDefect

TARIFF_NUMBER = re.compile("[TТ][1-9]", re.ASCII)
"""Billing's id of a zone that is numbered as on the meter: T1, with a Latin or a Cyrillic letter."""


def account_of(state: DialogueState) -> Account:
    """The account in hand."""
    if state.progress.account is None:
        raise DialogueDefect(f"{state.at.value} without an account")
    return state.progress.account


def meter_of(state: DialogueState) -> Meter:
    """The meter whose reading is being given."""
    if state.progress.meter is None:
        raise DialogueDefect(f"{state.at.value} without a meter")
    return state.progress.meter


def register_of(state: DialogueState) -> Register:
    """The zone that is asked for: the first, in billing's order, that has no confirmed entry."""
    return meter_of(state).registers[len(state.progress.entries)]


def pending_of(state: DialogueState) -> Entry:
    """The entry that is being read back."""
    if state.progress.pending is None:
        raise DialogueDefect(f"{state.at.value} without an entry")
    return state.progress.pending


def _address(state: DialogueState) -> Address | FullAddress:
    """The address in hand as this caller may hear it; with its settlement only if the caller has addresses in two
    (caller-service.md §6)."""
    address = spoken_address(state)
    settlements = {account.address.settlement for account in state.call.accounts} | {address.settlement}
    return FullAddress(address) if len(settlements) > 1 else address


def _address_body(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("address.ask", address=_address(state)),)


def _address_short(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("address.short", address=_address(state)),)


def _account_length(state: DialogueState) -> int:
    return state.config.account.digits


def _account_body(state: DialogueState) -> tuple[Phrase, ...]:
    digits = Count(_account_length(state), "digit")
    return (phrase("account.ask", count=digits) if state.call.speech else phrase("account.ask_keys", count=digits),)


def _account_short(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("account.short") if state.call.speech else phrase("account.short_keys"),)


def _account_detail(state: DialogueState) -> tuple[Phrase, ...]:
    return (phrase("account.length", count=Count(_account_length(state), "digit")),)


def _account_check(state: DialogueState) -> tuple[Phrase, ...]:
    if state.progress.typed is None:
        raise DialogueDefect("an account number was to be read back before one was given")
    return (phrase("account.check", account=state.progress.typed),)


def _account_check_short(state: DialogueState) -> tuple[Phrase, ...]:
    if state.progress.typed is None:
        raise DialogueDefect("an account number was to be read back before one was given")
    return (phrase("account.check_short", account=state.progress.typed),)


def _meter_body(state: DialogueState) -> tuple[Phrase, ...]:
    return (offered(account_of(state), state.progress.meters[0]),)


def _meter_short(state: DialogueState) -> tuple[Phrase, ...]:
    return (offered_short(account_of(state), state.progress.meters[0]),)


def _reading_length(state: DialogueState) -> int:
    return meter_of(state).whole_digits


def _plausible(state: DialogueState) -> PlausibleReading | None:
    """What is known of the zone asked for, None where too little is: its last value was computed, or the usual use of
    the meter is unknown."""
    meter, register = meter_of(state), register_of(state)
    if not register.last or register.last_is_estimate or not meter.usual_kwh:
        return None
    trusted = state.call.clock is not ClockTrust.UNKNOWN
    usual = usual_since_last(meter, register, state.config.plausibility, today=state.today, clock_trusted=trusted)
    return PlausibleReading(int(register.last), usual, meter.whole_digits)


def _capacity(state: DialogueState) -> Count:
    return Count(_reading_length(state), "digit")


def _reading_body(state: DialogueState) -> tuple[Phrase, ...]:
    digits, name, speech = _capacity(state), register_of(state).name, state.call.speech
    if not name:
        return (phrase("reading.ask", count=digits) if speech else phrase("reading.ask_keys", count=digits),)
    zone, number = Zone(name), _zone_number(state)
    if state.progress.entries:
        return (*number, phrase("reading.next_zone", zone=zone, count=digits))
    if speech:
        return (*number, phrase("reading.ask_zone", zone=zone, count=digits))
    return (*number, phrase("reading.ask_zone_keys", zone=zone, count=digits))


def _zone_number(state: DialogueState) -> tuple[Phrase, ...]:
    """The number under which the meter's display shows the zone, where billing's id is one: retailers name and order
    three zones differently (caller-service.md §7.3)."""
    zone = register_of(state).zone
    if len(meter_of(state).registers) < 2 or not TARIFF_NUMBER.fullmatch(zone):
        return ()
    return (phrase("reading.zone_number", digits=DigitRow(zone[-1])),)


def _reading_short(state: DialogueState) -> tuple[Phrase, ...]:
    name, speech = register_of(state).name, state.call.speech
    if name:
        zone = Zone(name)
        return (phrase("reading.short_zone", zone=zone) if speech else phrase("reading.short_zone_keys", zone=zone),)
    return (phrase("reading.short") if speech else phrase("reading.short_keys"),)


def _reading_detail(state: DialogueState) -> tuple[Phrase, ...]:
    name = register_of(state).name
    if name:
        return (*_zone_number(state), phrase("reading.next_zone", zone=Zone(name), count=_capacity(state)))
    return (phrase("reading.whole", count=_capacity(state)),)


def _check_body(state: DialogueState) -> tuple[Phrase, ...]:
    """The read-back: what is unusual about the entry, then its digits with the zone, always in the same question."""
    verdict = pending_of(state).verdict
    before: tuple[Phrase, ...] = ()
    if verdict.whole_part:
        before = (phrase("reading.whole", count=_capacity(state)),)
    if verdict.finding is Finding.ROLLOVER:
        use = Count(verdict.use_kwh or 0, "kilowatt_hour")
        before = (*before, phrase("reading.rollover", use=use))
    return (*before, _check(state))


def _check(state: DialogueState) -> Phrase:
    verdict = pending_of(state).verdict
    digits, zone = DigitRow(verdict.digits), Zone(register_of(state).name)
    if verdict.finding is Finding.HIGH:
        use, usual = Count(verdict.use_kwh or 0, "kilowatt_hour"), Count(verdict.usual_kwh, "kilowatt_hour")
        if zone.name:
            return phrase("reading.check_use_zone", zone=zone, digits=digits, use=use, usual=usual)
        return phrase("reading.check_use", digits=digits, use=use, usual=usual)
    if zone.name:
        return phrase("reading.check_zone", zone=zone, digits=digits)
    return phrase("reading.check", digits=digits)


def _check_short(state: DialogueState) -> tuple[Phrase, ...]:
    """Shortened, but never without the use that a ДА would confirm."""
    verdict = pending_of(state).verdict
    if verdict.finding is Finding.HIGH:
        return (_check(state),)
    return (phrase("reading.check_short", digits=DigitRow(verdict.digits)),)


READINGS_QUESTIONS: QuestionForms = {
    StateId.OFFER_ADDRESS: yes_no(_address_body, _address_short),
    StateId.ASK_ACCOUNT: QuestionForm(
        # Not fixed: a longer entry is a mistake, or a bank card, that must be heard whole.
        QuestionKind.DIGITS,
        _account_body,
        _account_short,
        _account_detail,
        _account_length,
    ),
    StateId.CONFIRM_ACCOUNT: yes_no(_account_check, _account_check_short),
    StateId.CONFIRM_FOUND_ADDRESS: yes_no(_address_body, _address_short),
    StateId.OFFER_METER: yes_no(_meter_body, _meter_short),
    StateId.ASK_READING: QuestionForm(
        QuestionKind.DIGITS,
        _reading_body,
        _reading_short,
        _reading_detail,
        _reading_length,
        plausible=_plausible,
    ),
    StateId.CONFIRM_READING: yes_no(_check_body, _check_short),
    StateId.OFFER_BALANCE_ONLY: yes_no(
        always(phrase("balance.offer")),
        always(phrase("balance.offer")),
    ),
    StateId.OFFER_BALANCE: yes_no(
        always(phrase("balance.offer")),
        always(phrase("balance.offer")),
    ),
    StateId.OFFER_PHONE: yes_no(
        always(phrase("phone.offer")),
        always(phrase("phone.short")),
    ),
    StateId.ANYTHING_ELSE: yes_no(
        always(phrase("more.ask")),
        always(phrase("more.short")),
    ),
}
