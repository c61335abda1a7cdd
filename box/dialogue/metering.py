"""From a confirmed address to «Показания приняты»: which meters, zone by zone, judged, read back, stored."""

from __future__ import annotations

from dataclasses import replace

from box.accounts.model import ClockTrust, Meter
from box.accounts.reading import Finding, Verdict, judge
from box.dialogue.attempts import denied
from box.dialogue.closing import AFTER_BALANCE, LAST_QUESTIONS, balance_and_close, outside_window
from box.dialogue.meters import is_new, new_meter
from box.dialogue.news import refusal_news, refusals_told
from box.dialogue.person import WAYS_OUT, give_up
from box.dialogue.readings_questions import account_of, meter_of, pending_of, register_of
from box.dialogue.state import DialogueState, Entry, Move, StateId, Table, Transition, count, go, note, phrase
from box.dialogue.submission import accepted_phrases, replaces_earlier, save_effect
from box.dialogue.vocabulary import (
    Count,
    DateForm,
    DigitRow,
    Phrase,
    ReadingsSaved,
    SaidDigits,
    SaidNo,
    SaidYes,
    SavingFailed,
    Say,
    SpokenDate,
)
from box.dialogue.window import is_open

AFTER_ADDRESS = frozenset({StateId.ASK_READING, StateId.OFFER_METER, StateId.OFFER_BALANCE}) | AFTER_BALANCE | WAYS_OUT
"""Where a confirmed address leads."""


def begin_account(state: DialogueState) -> Move:
    """The address is confirmed: what became of its last readings if they were refused, then its meters that take a
    reading today, or what else can be had."""
    news = refusal_news(state)
    move = _begin_meters(refusals_told(state) if news else state, bool(news))
    return replace(move, lead=(*news, *move.lead))


def _begin_meters(state: DialogueState, refused_before: bool) -> Move:
    usable = tuple(meter for meter in account_of(state).meters if meter.registers)
    if not usable:
        return give_up(go(state, state.home), (phrase("meter.none"),))
    takes = tuple(meter for meter in usable if takes_readings(state, meter))
    if not takes:
        return outside_window(state, usable)
    again = (phrase("refused.give_again"),) if refused_before else ()
    if len(usable) == 1 and not takes[0].reports_itself:
        return _begin_meter(state, takes[0], (), again)
    return Move(go(state, StateId.OFFER_METER, meters=takes), again)


def takes_readings(state: DialogueState, meter: Meter) -> bool:
    """Whether the meter's window is open on the day of the call, or on the last day that the box knows of while its
    clock is not set. A clock that cannot be right knows no day: the reading is taken, since a lost one costs the
    family money, and the centre judges it (caller-service.md §10)."""
    if state.call.clock is ClockTrust.UNKNOWN:
        return True
    return is_open(meter.window_first_day, meter.window_last_day, state.today)


def _begin_meter(
    state: DialogueState, meter: Meter, rest: tuple[Meter, ...], lead: tuple[Phrase, ...] = (), *, named: bool = False
) -> Move:
    """The reading of ``meter``, ``rest`` after it. A new one is told by its number, unless it was ``named``."""
    state = go(state, StateId.ASK_READING, meter=meter, meters=rest, entries=(), pending=None, warned="")
    if is_new(account_of(state), meter) and not named:
        lead = (*lead, new_meter(account_of(state), meter))
    if replaces_earlier(state):
        lead = (*lead, phrase("reading.earlier"))
    return Move(count(state, denied=0, refused=0), lead)


def _meter_wanted(state: DialogueState, _: SaidYes) -> Move:
    first, *rest = state.progress.meters
    return _begin_meter(state, first, tuple(rest), named=True)


def _meter_passed(state: DialogueState, _: SaidNo) -> Move:
    rest = state.progress.meters[1:]
    if rest:
        return Move(go(state, StateId.OFFER_METER, meters=rest))
    state = go(state, StateId.OFFER_BALANCE, meters=())
    if account_of(state).number in state.done.saved:
        return balance_and_close(state)
    needless = all(meter.reports_itself for meter in account_of(state).meters)
    return Move(state, () if needless else (phrase("end.not_stored"),))


def _reading_given(state: DialogueState, event: SaidDigits) -> Move:
    entries = state.progress.entries
    uses = [entry.verdict.use_kwh for entry in entries if entry.verdict.use_kwh is not None]
    verdict = judge(
        meter_of(state),
        register_of(state),
        event.digits,
        state.config.plausibility,
        today=state.today,
        clock_trusted=state.call.clock is not ClockTrust.UNKNOWN,
        earlier_kwh=uses[-1] if uses else 0,
        warned=state.progress.warned,
    )
    if verdict.finding is not Finding.PLAIN:
        state = note(state, told_last=(*state.done.told_last, account_of(state).number))
    if not verdict.finding.acceptable:
        return _refused(state, verdict)
    entry = Entry(register_of(state).zone, event.mode, verdict)
    lead = (phrase("lead.whole_only"),) if event.fraction_dropped else ()
    return Move(go(state, StateId.CONFIRM_READING, pending=entry), lead)


def _refused(state: DialogueState, verdict: Verdict) -> Move:
    """Heard well and refused: no failure to understand, but the second time a person must look (the instruction:
    the caller is told and gives the reading again)."""
    times = state.tally.refused + 1
    why = (_refusal(state, verdict),)
    state = count(go(state, StateId.ASK_READING), refused=times)
    if times >= state.config.attempts.refused_readings:
        return give_up(count(state, refused=0), why)
    return Move(state, why, clear_keys=True)


def _refusal(state: DialogueState, verdict: Verdict) -> Phrase:
    digits = DigitRow(verdict.digits)
    if verdict.finding is Finding.TOO_LONG:
        return phrase("refused.too_long", count=Count(meter_of(state).whole_digits, "digit"))
    if verdict.finding is Finding.IMPOSSIBLE:
        return phrase("refused.impossible", digits=digits, use=Count(verdict.use_kwh or 0, "kilowatt_hour"))
    last = DigitRow(verdict.last)
    if verdict.at_installation:
        return phrase("refused.lower_new", digits=digits, last=last)
    if verdict.last_on is None:
        return phrase("refused.lower_undated", digits=digits, last=last)
    return phrase("refused.lower", digits=digits, last=last, date=SpokenDate(verdict.last_on, DateForm.ON))


def _reading_confirmed(state: DialogueState, _: SaidYes) -> Move:
    entries = (*state.progress.entries, pending_of(state))
    state = count(go(state, StateId.ASK_READING, entries=entries, pending=None, warned=""), denied=0, refused=0)
    if len(entries) < len(meter_of(state).registers):
        return Move(state)
    return Move(go(state, StateId.SAVING_READINGS), effects=(save_effect(state),))


def _reading_denied(state: DialogueState, _: SaidNo) -> Move:
    verdict = pending_of(state).verdict
    warned = verdict.digits if verdict.finding is Finding.HIGH else state.progress.warned
    return denied(go(state, state.at, pending=None, warned=warned), StateId.ASK_READING)


def _saved(state: DialogueState, _: ReadingsSaved) -> Move:
    said = Say(accepted_phrases(state))
    number = account_of(state).number
    state = replace(state, done=replace(state.done, saved=(*state.done.saved, number)))
    state = go(state, StateId.OFFER_METER, meter=None, entries=())
    move = Move(state) if state.progress.meters else balance_and_close(state)
    return replace(move, first=(said,))


def _not_saved(state: DialogueState, _: SavingFailed) -> Move:
    """Nothing is on the disk: said plainly; a person, or the reading may be given again."""
    state = go(state, StateId.ASK_READING, entries=(), pending=None)
    return give_up(state, (phrase("reading.not_saved"),))


def rows() -> Table:
    """The rows of these questions."""
    again = frozenset({StateId.ASK_READING})
    next_meter = frozenset({StateId.OFFER_METER})
    passed = next_meter | {StateId.OFFER_BALANCE} | LAST_QUESTIONS
    return {
        (StateId.OFFER_METER, SaidYes): Transition(_meter_wanted, again),
        (StateId.OFFER_METER, SaidNo): Transition(_meter_passed, passed),
        (StateId.ASK_READING, SaidDigits): Transition(_reading_given, again | WAYS_OUT | {StateId.CONFIRM_READING}),
        (StateId.CONFIRM_READING, SaidYes): Transition(_reading_confirmed, again | {StateId.SAVING_READINGS}),
        (StateId.CONFIRM_READING, SaidNo): Transition(_reading_denied, again | WAYS_OUT),
        (StateId.SAVING_READINGS, ReadingsSaved): Transition(_saved, next_meter | LAST_QUESTIONS),
        (StateId.SAVING_READINGS, SavingFailed): Transition(_not_saved, WAYS_OUT),
    }
