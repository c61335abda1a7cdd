"""The readings line beyond the plain case: readings refused later, new and smart meters, meters that look alike, voices
that are heard badly, clocks that are not set."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from box.accounts.model import Account, ClockTrust, EarlierReading, Meter, RefusedReading
from box.dialogue.vocabulary import (
    AskedRepeat,
    DateForm,
    DigitRow,
    NoMatch,
    NoMatchReason,
    OperatorAccess,
    Outcome,
    PlausibleReading,
    SpokenDate,
    Zone,
)
from tests.dialogue.callers import NO, OUT_OF_WINDOW, YES, Call, account, meter, typed

ASK_READING = ["reading.ask"]
CHECK = ["reading.check", "hint.yes_no_short"]
GIVEN_ON = date(2026, 10, 22)


def refused(
    reason: str = "lower", *zones: tuple[str, str], serial: str = "20145678", event: str = "e1"
) -> RefusedReading:
    return RefusedReading(event, serial, GIVEN_ON, zones or (("T1", "01450"),), reason)


def with_refused(*readings: RefusedReading, of: Account | None = None) -> Account:
    return replace(of or account(), refused=readings)


# ---------------------------------------------------------------- refused later


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("lower", "refused.later_lower"),
        ("high", "refused.later_high"),
        ("closed", "refused.later_closed"),
        ("meter-changed", "refused.later_meter_changed"),
        ("other", "refused.later_other"),
        ("a-reason-of-tomorrow", "refused.later_other"),
    ],
)
def test_a_reading_refused_later_is_told_right_after_the_address(reason: str, why: str) -> None:
    """«Если Ваши показания не были приняты, система предупредит Вас об этом»"""
    call = Call((with_refused(refused(reason)),))
    assert call.start()[1] == "address.ask"
    assert call.say(YES) == ["refused.later", why, "refused.give_again", *ASK_READING]
    assert call.last("refused.later").values == {
        "digits": DigitRow("01450"),
        "date": SpokenDate(GIVEN_ON, DateForm.BARE),
    }
    assert call.say(typed("01578")) == CHECK


def test_it_is_told_once_a_call_and_before_nothing_is_confirmed() -> None:
    call = Call((with_refused(refused()), account(2)))
    assert "refused.later" not in call.start()
    assert "refused.later" in call.say(YES)
    assert call.say(AskedRepeat()) == ASK_READING
    for event in (typed("01578"), YES, YES):
        call.say(event)
    assert call.say(YES) == ASK_READING  # the other address has no such news
    assert [phrase.id for phrase in call.phrases].count("refused.later") == 1


def test_it_is_not_told_again_when_the_same_address_comes_up_a_second_time() -> None:
    news = with_refused(refused())
    call = Call((news,), directory={news.number.digits: news})
    call.start()
    for event in (YES, typed("01578"), YES, YES, typed(news.number.digits), YES):
        call.say(event)
    assert call.question is not None
    assert call.question.question.id == "confirm-found-address"
    assert "refused.later" not in call.say(YES)


def test_every_zone_of_a_refused_submission_is_told() -> None:
    two = account(1, meter("01500", "00700"))
    call = Call((with_refused(refused("high", ("T1", "09000"), ("T2", "00710"), ("T9", "00001")), of=two),))
    call.start()
    said = call.say(YES)
    assert said == [
        "refused.later_zones",
        "refused.later_zone",
        "refused.later_zone",
        "refused.later_digits",  # a zone that the meter does not have any more
        "refused.later_high",
        "refused.give_again",
        "reading.zone_number",
        "reading.ask_zone",
    ]
    assert call.last("refused.later_zone").values == {"zone": Zone("ночная зона"), "digits": DigitRow("00710")}


def test_of_several_meters_the_refused_one_is_named() -> None:
    two = account(1, meter("01500", serial="1111-222"), meter("00400", serial="1111-333"))
    call = Call((with_refused(refused(serial="1111-333"), of=two),))
    call.start()
    assert call.say(YES)[:2] == ["refused.later_meter", "refused.later"]
    assert call.last("refused.later_meter").values == {"digits": DigitRow("333")}


def test_several_refusals_are_told_one_after_another() -> None:
    call = Call((with_refused(refused(), refused("closed", ("T1", "01460"), event="e2")),))
    call.start()
    told = ["refused.later", "refused.later_lower", "refused.later", "refused.later_closed", "refused.give_again"]
    assert call.say(YES) == [*told, *ASK_READING]


def test_a_refusal_overtaken_by_a_later_reading_of_this_window_is_no_news() -> None:
    later = EarlierReading("e2", "20145678", (("T1", "01550"),))
    call = Call((replace(with_refused(refused()), earlier=(later,)),))
    call.start()
    assert call.say(YES) == ["reading.earlier", *ASK_READING]


def test_a_refused_reading_of_this_window_is_not_said_to_stand() -> None:
    """Neither «уже переданы» before nor «заменены» after; but the new event says which it takes the place of."""
    same = EarlierReading("e1", "20145678", (("T1", "01450"),))
    call = Call((replace(with_refused(refused()), earlier=(same,)),))
    call.start()
    assert call.say(YES) == ["refused.later", "refused.later_lower", "refused.give_again", *ASK_READING]
    call.say(typed("01578"))
    assert call.say(YES)[:2] == ["accepted.one", "balance.debt"]
    assert call.saved[0].supersedes == "e1"


def test_outside_the_window_the_refusal_comes_before_the_balance_and_asks_for_nothing() -> None:
    call = Call((with_refused(refused("closed")),), now=OUT_OF_WINDOW)
    assert call.start()[:2] == ["greeting.readings", "window.closed"]
    call.say(YES)
    said = call.say(YES)
    assert said[:3] == ["refused.later", "refused.later_closed", "balance.debt"]


# ---------------------------------------------------------------- new meters


def put_in(of: Meter, on: date = date(2026, 11, 2)) -> Meter:
    """``of`` as a new meter: its last values are what it showed then."""
    return replace(of, installed_on=on, registers=tuple(replace(each, last_on=on) for each in of.registers))


def test_a_new_meter_is_said_to_be_new_and_compared_with_its_first_value() -> None:
    call = Call((account(1, put_in(meter("00003"))),))
    call.start()
    assert call.say(YES) == ["meter.new", *ASK_READING]
    assert call.last("meter.new").values == {"digits": DigitRow("678")}
    assert call.say(typed("00002")) == ["refused.lower_new", "reading.short"]
    assert call.last("refused.lower_new").values == {"digits": DigitRow("00002"), "last": DigitRow("00003")}
    assert call.say(typed("00120")) == CHECK
    call.say(YES)
    assert call.saved[0].flags == ("new_meter",)


def test_a_new_meter_read_once_is_an_ordinary_one() -> None:
    read = replace(meter("00150"), installed_on=date(2026, 9, 2))  # read on 20 October
    call = Call((account(1, read),))
    call.start()
    assert call.say(YES) == ASK_READING
    assert call.say(typed("00100"))[0] == "refused.lower"


def test_the_last_reading_was_of_a_meter_that_is_gone() -> None:
    old = EarlierReading("e1", "00000111", (("T1", "45000"),))
    call = Call((replace(account(), earlier=(old,)),))
    call.start()
    assert call.say(YES) == ["meter.new", *ASK_READING]
    call.say(typed("01578"))
    assert "accepted.replaced" not in call.say(YES)
    assert call.saved[0].supersedes == ""


def test_a_reading_refused_for_a_changed_meter_leads_to_the_new_one() -> None:
    call = Call((with_refused(refused("meter-changed", serial="00000111")),))
    call.start()
    told = ["refused.later", "refused.later_meter_changed", "refused.give_again", "meter.new"]
    assert call.say(YES) == [*told, *ASK_READING]


def test_a_new_meter_among_several_is_offered_as_new() -> None:
    call = Call((account(1, put_in(meter("00003", serial="1222")), meter("00400", serial="1333")),))
    call.start()
    assert call.say(YES) == ["meter.ask_new", "hint.yes_no_short"]
    assert call.say(YES) == ASK_READING  # not said twice


# ---------------------------------------------------------------- smart meters, meters that look alike


def test_a_smart_meter_says_so_and_takes_a_reading_if_the_caller_insists() -> None:
    smart = replace(meter("01500"), reports_itself=True)
    call = Call((account(1, smart),))
    call.start()
    assert call.say(YES) == ["meter.ask_smart", "hint.yes_no_short"]
    assert call.say(YES) == ASK_READING
    again = Call((account(1, smart),))
    again.start()
    again.say(YES)
    assert again.say(NO) == ["balance.offer", "hint.yes_no_short"]  # nothing was left undone


def test_meters_whose_last_digits_are_the_same_are_told_by_more_of_them() -> None:
    call = Call((account(1, meter("01500", serial="77-1-222"), meter("00400", serial="77-2-222")),))
    call.start()
    call.say(YES)
    assert call.last("meter.ask").values == {"digits": DigitRow("1222")}
    call.say(NO)
    assert call.last("meter.ask").values == {"digits": DigitRow("2222")}


def test_a_meter_whose_number_has_no_digits_is_offered_without_one() -> None:
    call = Call((account(1, meter("01500", serial="б/н"), meter("00400", serial="333")),))
    call.start()
    assert call.say(YES) == ["meter.ask_unnumbered", "hint.yes_no_short"]


def test_of_two_meters_the_only_one_open_today_is_still_named() -> None:
    early = replace(meter("00400", serial="333"), window_first_day=1, window_last_day=10)
    call = Call((account(1, early, meter("01500", serial="222")),))
    call.start()
    assert call.say(YES) == ["meter.ask", "hint.yes_no_short"]
    assert call.last("meter.ask").values == {"digits": DigitRow("222")}


# ---------------------------------------------------------------- heard badly


@pytest.mark.parametrize(
    ("reason", "lead"),
    [
        (NoMatchReason.SAY_SINGLE_DIGITS, "lead.single_digits"),
        (NoMatchReason.TOO_QUIET, "lead.too_quiet"),
        (NoMatchReason.TOO_LOUD, "lead.too_loud"),
    ],
)
def test_what_the_caller_can_do_about_a_bad_hearing_is_said_and_counts(reason: NoMatchReason, lead: str) -> None:
    """«Проговаривать цифры строго по одной»; «Говорите четко и с нормальной громкостью»"""
    call = Call((account(),))
    call.start()
    call.say(YES)
    assert call.say(NoMatch(reason)) == [lead, "reading.short"]
    assert call.say(NoMatch(reason)) == ["reading.whole", "hint.digits_or_keys"]  # not the same words twice
    assert call.say(NoMatch(reason)) == ["operator.connecting"]


def test_one_digit_at_a_time_is_not_said_twice_in_one_breath() -> None:
    call = Call((account(),))
    call.start()
    call.say(YES)
    call.say(NoMatch())
    assert call.say(NoMatch(NoMatchReason.SAY_SINGLE_DIGITS)) == ["reading.whole", "hint.digits_or_keys"]


def test_another_trouble_gets_its_own_advice() -> None:
    call = Call((account(),))
    call.start()
    assert call.say(NoMatch())[0] == "lead.unclear"
    assert call.say(NoMatch(NoMatchReason.TOO_QUIET))[0] == "lead.too_quiet"
    call.say(YES)
    assert call.say(NoMatch(NoMatchReason.TOO_QUIET))[0] == "lead.too_quiet"  # another question


def test_a_box_without_a_recogniser_gives_no_advice_on_speaking() -> None:
    call = Call((account(),), speech=False)
    call.start()
    assert call.say(NoMatch(NoMatchReason.TOO_LOUD))[0] == "lead.unclear_keys"


def test_the_recogniser_is_told_what_would_be_plausible_and_only_where_it_is_known() -> None:
    call = Call((account(1, meter("01500", usual=200)),))
    call.start()
    call.say(YES)
    assert call.question is not None
    assert call.question.question.plausible == PlausibleReading(1500, 207, 5)  # 31 days at 200 in 30
    assert "1500" not in repr(call.question)
    estimate = meter("01500")
    estimate = replace(estimate, registers=(replace(estimate.registers[0], last_is_estimate=True),))
    for unknown in (meter("01500", usual=0), meter(""), estimate):
        call = Call((account(1, unknown),))
        call.start()
        call.say(YES)
        assert call.question is not None
        assert call.question.question.plausible is None


# ---------------------------------------------------------------- clocks (caller-service.md §10)


def test_while_the_clock_is_not_set_the_last_known_date_decides() -> None:
    inside = Call((account(),), clock=ClockTrust.HOLDOVER)
    inside.start()
    assert inside.say(YES) == ASK_READING
    outside = Call((account(),), clock=ClockTrust.HOLDOVER, now=OUT_OF_WINDOW)
    assert outside.start()[1] == "window.closed"


def test_an_account_without_meters_says_so_and_a_person_helps_or_is_told_when() -> None:
    call = Call((replace(account(), meters=()),), operator=OperatorAccess.CLOSED_HOURS)
    call.start()
    assert call.say(YES) == ["meter.none", "operator.closed", "callback.offer", "hint.yes_no_short"]
    call.say(YES)
    call.say(NO)
    assert call.outcome is Outcome.CALL_BACK_REQUESTED
