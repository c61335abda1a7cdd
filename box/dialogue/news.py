"""What became of an earlier reading: one that billing refused is told on the caller's next call, once, as soon as the
address is confirmed (caller-service.md §10)."""

from __future__ import annotations

from box.accounts.model import Account, RefusedReading
from box.dialogue.meters import serial_end
from box.dialogue.readings_questions import account_of
from box.dialogue.state import DialogueState, note, phrase
from box.dialogue.vocabulary import DateForm, DigitRow, Phrase, SpokenDate, Zone


def refusal_news(state: DialogueState) -> tuple[Phrase, ...]:
    """What is to be told of the readings of the account in hand that billing refused; empty when there are none, when a
    later one is on its way already, or when they were told in this call. Only after a ДА to its address. Whoever says
    them goes on with ``refusals_told``."""
    account = account_of(state)
    if account.number in state.done.told_refused:
        return ()
    news = [refused for refused in account.refused if not _overtaken(account, refused)]
    return tuple(said for refused in news for said in (*_what(account, refused), _why(refused)))


def refusals_told(state: DialogueState) -> DialogueState:
    """``state`` with the refusals of the account in hand noted as told."""
    return note(state, told_refused=(*state.done.told_refused, account_of(state).number))


def _overtaken(account: Account, refused: RefusedReading) -> bool:
    """Whether this box has taken another reading of the meter since, that billing has not answered yet."""
    return any(each.meter == refused.meter and each.event_id != refused.event_id for each in account.earlier)


def _what(account: Account, refused: RefusedReading) -> tuple[Phrase, ...]:
    """Which reading, with its date and every digit; its meter only where the account has several."""
    said: list[Phrase] = []
    meter = serial_end(account, refused.meter)
    if len(account.meters) > 1 and meter:
        said.append(phrase("refused.later_meter", digits=DigitRow(meter)))
    on = SpokenDate(refused.given_on, DateForm.BARE)
    if len(refused.zones) == 1:
        ((_, digits),) = refused.zones
        return (*said, phrase("refused.later", digits=DigitRow(digits), date=on))
    names = {
        register.zone: register.name
        for meter in account.meters
        if meter.serial == refused.meter
        for register in meter.registers
    }
    said.append(phrase("refused.later_zones", date=on))
    for zone, digits in refused.zones:
        if names.get(zone):
            said.append(phrase("refused.later_zone", zone=Zone(names[zone]), digits=DigitRow(digits)))
        else:
            said.append(phrase("refused.later_digits", digits=DigitRow(digits)))
    return tuple(said)


def _why(refused: RefusedReading) -> Phrase:
    reasons = {
        "lower": phrase("refused.later_lower"),
        "high": phrase("refused.later_high"),
        "closed": phrase("refused.later_closed"),
        "meter-changed": phrase("refused.later_meter_changed"),
    }
    return reasons.get(refused.reason, phrase("refused.later_other"))
