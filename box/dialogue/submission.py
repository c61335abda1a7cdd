"""One submission of a meter: what is stored after the last ДА, and the sentence that says it was."""

from __future__ import annotations

from box.accounts.model import ClockTrust, EntryMode
from box.dialogue.readings_questions import account_of, meter_of
from box.dialogue.state import DialogueState, Entry, phrase
from box.dialogue.vocabulary import DigitRow, Phrase, SaveReadings, Zone
from box.dialogue.window import is_open
from box.errors import DialogueDefect

WINDOW_UNCHECKED = "window_unchecked"
"""Flag of a reading taken on a date outside the window by a clock that is not to be trusted; the centre judges."""


def save_effect(state: DialogueState) -> SaveReadings:
    """All zones of the meter in hand as one submission. DialogueDefect unless every zone has its confirmed entry."""
    meter, entries = meter_of(state), state.progress.entries
    if tuple(entry.zone for entry in entries) != tuple(register.zone for register in meter.registers):
        raise DialogueDefect("a meter was to be stored with a zone missing")
    return SaveReadings(
        account=account_of(state).number,
        meter=meter.serial,
        zones=tuple((entry.zone, entry.verdict.digits) for entry in entries),
        mode=_mode(entries),
        flags=_flags(state, entries),
        supersedes=earlier_event(state),
    )


def earlier_event(state: DialogueState) -> str:
    """The event of this window that a new submission of the meter in hand replaces; '' = none."""
    earlier = [each.event_id for each in account_of(state).earlier if each.meter == meter_of(state).serial]
    return earlier[-1] if earlier else ""


def replaces_earlier(state: DialogueState) -> bool:
    """Whether a submission of the meter in hand takes the place of one that stands: billing has not refused it."""
    event = earlier_event(state)
    return bool(event) and event not in {refused.event_id for refused in account_of(state).refused}


def accepted_phrases(state: DialogueState) -> tuple[Phrase, ...]:
    """«Показания приняты» with every digit and zone of the meter in hand."""
    meter = meter_of(state)
    said: list[Phrase] = []
    for register, entry in zip(meter.registers, state.progress.entries, strict=True):
        digits, zone = DigitRow(entry.verdict.digits), Zone(register.name)
        if said:
            said.append(phrase("accepted.next_zone", digits=digits, zone=zone))
        elif zone.name:
            said.append(phrase("accepted.zone", digits=digits, zone=zone))
        else:
            said.append(phrase("accepted.one", digits=digits))
    return (*said, phrase("accepted.replaced")) if replaces_earlier(state) else tuple(said)


def _mode(entries: tuple[Entry, ...]) -> EntryMode:
    modes = {entry.mode for entry in entries}
    return modes.pop() if len(modes) == 1 else EntryMode.MIXED


def _flags(state: DialogueState, entries: tuple[Entry, ...]) -> tuple[str, ...]:
    meter = meter_of(state)
    flags = [flag for entry in entries for flag in entry.verdict.flags]
    opens, closes = meter.window_first_day, meter.window_last_day
    if state.call.clock is ClockTrust.UNKNOWN and not is_open(opens, closes, state.today):
        flags.append(WINDOW_UNCHECKED)
    return tuple(dict.fromkeys(flags))
