"""How a meter is named to its caller, and whether it is new at its place."""

from __future__ import annotations

from box.accounts.model import Account, Meter
from box.accounts.reading import never_read
from box.dialogue.state import phrase
from box.dialogue.vocabulary import DigitRow, Phrase

SERIAL_DIGITS_SAID = 3
"""A meter is told from its neighbours by the last three digits of its number (caller-service.md §1), by more of them
where those are the same."""


def serial_end(account: Account, serial: str) -> str:
    """The digits by which meter ``serial`` is told from the others of ``account``; '' where its number has none."""
    own = _digits(serial)
    others = {_digits(meter.serial) for meter in account.meters if meter.serial != serial}
    for length in range(SERIAL_DIGITS_SAID, len(own)):
        if all(other[-length:] != own[-length:] for other in others):
            return own[-length:]
    return own


def _digits(serial: str) -> str:
    return "".join(c for c in serial if c.isascii() and c.isdigit())


def offered(account: Account, meter: Meter) -> Phrase:
    """The sentence that offers ``meter``, with what is to be known of it."""
    end = serial_end(account, meter.serial)
    if meter.reports_itself:
        return phrase("meter.ask_smart", digits=DigitRow(end)) if end else phrase("meter.ask_smart_unnumbered")
    if is_new(account, meter):
        return phrase("meter.ask_new", digits=DigitRow(end)) if end else phrase("meter.ask_new_unnumbered")
    return phrase("meter.ask", digits=DigitRow(end)) if end else phrase("meter.ask_unnumbered")


def offered_short(account: Account, meter: Meter) -> Phrase:
    """The same, shortened."""
    end = serial_end(account, meter.serial)
    return phrase("meter.short", digits=DigitRow(end)) if end else phrase("meter.ask_unnumbered")


def new_meter(account: Account, meter: Meter) -> Phrase:
    """That ``meter`` is new, before its reading is asked for."""
    end = serial_end(account, meter.serial)
    return phrase("meter.new", digits=DigitRow(end)) if end else phrase("meter.new_unnumbered")


def is_new(account: Account, meter: Meter) -> bool:
    """Whether ``meter`` took the place of another: it was put in and never read since, or the last reading, or one that
    billing refused because of it, was of a meter that is there no more."""
    if never_read(meter):
        return True
    there = {each.serial for each in account.meters}
    gone = {each.meter for each in account.earlier}
    gone |= {each.meter for each in account.refused if each.reason == "meter-changed"}
    return len(account.meters) == 1 and bool(gone - there)
