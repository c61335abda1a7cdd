"""The instruction in callers' hands, sentence by sentence, as calls: what is said and what the box answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from box.accounts.model import AccountNumber, ClockTrust, EarlierReading, EntryMode, PhoneNumber
from box.dialogue.vocabulary import (
    AskedBack,
    AskedOperator,
    AskedRepeat,
    AskedWait,
    CallStarted,
    CardNumberGiven,
    Count,
    DateForm,
    DigitRow,
    FullAddress,
    HangUp,
    NoInput,
    NoMatch,
    OperatorAccess,
    Outcome,
    ReadingsSaved,
    RequestCallBack,
    SaidDigits,
    SavePhone,
    SaveReadings,
    Say,
    SpokenDate,
    TimeIsUp,
    Zone,
)
from box.errors import DialogueDefect
from tests.dialogue.callers import (
    DIALOGUE,
    NO,
    OUT_OF_WINDOW,
    PHONE,
    YES,
    Call,
    account,
    impatient,
    meter,
    spoken,
    typed,
)

FIRST_ASK = ["greeting.readings", "address.ask", "hint.yes_no"]
ASK_READING = ["reading.ask"]
CHECK = ["reading.check", "hint.yes_no_short"]
ACCEPTED = ["accepted.one", "balance.debt", "more.ask", "hint.yes_no_short"]
GOODBYE = ["end.goodbye"]
ASK_ACCOUNT = ["greeting.readings", "account.ask"]


def test_known_phone_one_address_one_zone() -> None:
    """«Если мы знаем номер Вашего телефона, то мы предложим только подтвердить правильность адреса»"""
    call = Call((account(),))
    assert call.start() == FIRST_ASK
    assert call.say(YES) == ASK_READING
    assert call.say(typed("01578")) == CHECK
    assert call.say(YES) == ACCEPTED
    assert call.saved == [SaveReadings(AccountNumber("0000000001"), "20145678", (("T1", "01578"),), EntryMode.KEYS)]
    assert call.questions[:-1] == ["offer-address", "ask-reading", "confirm-reading"]
    assert call.say(NO) == GOODBYE
    assert call.outcome is Outcome.READING_ACCEPTED


def test_several_addresses_are_listed_until_yes() -> None:
    """«мы перечислим все адреса, когда услышите нужный – скажите ДА»"""
    call = Call((account(1), account(2), account(3)))
    assert call.start() == FIRST_ASK
    assert call.say(NO) == ["address.ask", "hint.yes_no_short"]
    assert call.last("address.ask").values["address"] == account(2).address
    assert call.say(NO) == ["address.ask", "hint.yes_no_short"]
    assert call.say(YES) == ASK_READING
    call.say(typed("01578"))
    call.say(YES)
    assert [each.account.digits for each in call.saved] == ["0000000003"]


def test_after_all_addresses_the_account_number_is_asked() -> None:
    call = Call((account(1), account(2)))
    call.start()
    call.say(NO)
    assert call.say(NO) == ["account.by_number", "account.ask"]


def test_at_most_six_addresses_are_offered() -> None:
    call = Call(tuple(account(number) for number in range(1, 10)))
    call.start()
    for _ in range(5):
        assert call.say(NO)[0] == "address.ask"
    assert call.say(NO) == ["account.by_number", "account.ask"]


def test_settlement_is_told_only_to_callers_with_addresses_in_two() -> None:
    call = Call((account(1), account(2, settlement="Химки")))
    call.start()
    assert call.last("address.ask").values["address"] == FullAddress(account(1).address)


def test_unknown_phone_gives_the_account_number_and_may_save_the_phone() -> None:
    """«необходимо будет назвать номер лицевого счета, после чего мы предложим сохранить номер телефона»"""
    call = Call(directory={"0000000001": account()})
    assert call.start() == ASK_ACCOUNT
    assert call.question is not None
    assert (call.question.question.length, call.question.question.fixed) == (10, False)
    assert call.say(typed("0000000001")) == ["account.check", "hint.yes_no"]
    assert call.say(YES) == ["address.ask", "hint.yes_no_short"]
    assert call.say(YES) == ASK_READING
    call.say(typed("01578"))
    assert call.say(YES) == ["accepted.one", "balance.offer", "hint.yes_no_short"]
    assert call.say(YES) == ["identity.flat"]  # money only after a second fact
    assert call.say(typed("7")) == ["balance.debt", "phone.offer", "hint.yes_no_short"]
    assert call.say(YES) == ["phone.saved", "more.ask", "hint.yes_no_short"]
    assert SavePhone(AccountNumber("0000000001"), PHONE) in call.effects
    assert call.say(NO) == GOODBYE


@pytest.mark.parametrize("phones", [(PHONE,), ()])
def test_a_phone_is_not_offered_where_it_is_known_or_withheld(phones: tuple[PhoneNumber, ...]) -> None:
    caller = PHONE if phones else None
    call = Call(directory={"0000000001": replace(account(), phones=phones)}, caller=caller)
    call.start()
    for event in (typed("0000000001"), YES, YES, typed("01578")):
        call.say(event)
    if phones:
        assert call.say(YES) == ACCEPTED
    else:
        assert call.say(YES) == ["accepted.one", "balance.offer", "hint.yes_no_short"]
        assert call.say(NO) == ["more.ask", "hint.yes_no_short"]


def test_an_unknown_account_is_asked_again_and_the_third_goes_to_a_person() -> None:
    call = Call()
    call.start()
    for _ in range(2):
        call.say(typed("0000000009"))
        assert call.say(YES) == ["account.unknown", "account.ask"]
    call.say(typed("0000000009"))
    assert call.say(YES) == ["account.unknown", "operator.connecting"]
    assert call.outcome is Outcome.TRANSFERRED


def test_addresses_cannot_be_listened_to_one_after_another() -> None:
    call = Call(directory={f"{n:010d}": account(n) for n in range(1, 5)})
    call.start()
    for number in (1, 2):
        call.say(typed(f"{number:010d}"))
        call.say(YES)
        assert call.say(NO) == ["lead.again", "account.ask"]
    call.say(typed("0000000003"))
    call.say(YES)
    assert call.say(NO) == ["operator.connecting"]


def test_an_account_number_of_another_length_is_explained() -> None:
    call = Call()
    call.start()
    assert call.say(spoken("12345")) == ["account.length", "account.short"]


def test_zones_are_asked_in_order_and_stored_as_one_submission() -> None:
    call = Call((account(1, meter("01500", "00700", "00300")),))
    call.start()
    assert call.say(YES) == ["reading.zone_number", "reading.ask_zone"]
    assert call.last("reading.ask_zone").values["zone"] == Zone("дневная зона")
    assert call.say(typed("1578")) == ["reading.check_zone", "hint.yes_no_short"]
    assert call.last("reading.check_zone").values == {"zone": Zone("дневная зона"), "digits": DigitRow("01578")}
    assert call.say(YES) == ["reading.zone_number", "reading.next_zone"]
    call.say(spoken("00710"))
    assert call.say(YES) == ["reading.zone_number", "reading.next_zone"]
    assert call.saved == []
    call.say(typed("00305"))
    assert call.say(YES)[:3] == ["accepted.zone", "accepted.next_zone", "accepted.next_zone"]
    (stored,) = call.saved
    assert stored.zones == (("T1", "01578"), ("T2", "00710"), ("T3", "00305"))
    assert stored.mode is EntryMode.MIXED


def test_several_meters_are_offered_by_the_end_of_their_numbers() -> None:
    call = Call((account(1, meter("01500", serial="1111-222"), meter("00400", serial="1111-333")),))
    call.start()
    assert call.say(YES) == ["meter.ask", "hint.yes_no_short"]
    assert call.last("meter.ask").values["digits"] == DigitRow("222")
    assert call.say(YES) == ASK_READING
    call.say(typed("01578"))
    assert call.say(YES) == ["accepted.one", "meter.ask", "hint.yes_no_short"]
    assert call.last("meter.ask").values["digits"] == DigitRow("333")
    call.say(YES)
    call.say(typed("00410"))
    assert call.say(YES) == ACCEPTED
    assert [each.meter for each in call.saved] == ["1111-222", "1111-333"]


def test_passing_every_meter_says_that_nothing_was_given() -> None:
    call = Call((account(1, meter("01500", serial="222"), meter("00400", serial="333")),))
    call.start()
    call.say(YES)
    assert call.say(NO) == ["meter.ask", "hint.yes_no_short"]
    assert call.say(NO) == ["end.not_stored", "balance.offer", "hint.yes_no_short"]


def test_passing_the_last_meter_after_one_was_stored_tells_the_balance() -> None:
    call = Call((account(1, meter("01500", serial="222"), meter("00400", serial="333")),))
    call.start()
    for event in (YES, YES, typed("01578"), YES):
        call.say(event)
    assert call.say(NO) == ACCEPTED[1:]


def test_too_few_digits_are_filled_with_zeros_and_read_back_with_them() -> None:
    """«Соблюдать значность электросчетчика»"""
    call = Call((account(1, meter("00100")),))
    call.start()
    call.say(YES)
    assert call.say(typed("157")) == CHECK
    assert call.last("reading.check").values["digits"] == DigitRow("00157")


def test_digits_after_the_comma_are_dropped_and_the_whole_part_is_offered() -> None:
    """«Озвучивать цифры со счетчика до запятой»"""
    call = Call((account(1, meter("001500", whole=6, fraction=2)),))
    call.start()
    call.say(YES)
    assert call.say(typed("00157899")) == ["reading.whole", *CHECK]
    assert call.last("reading.whole").values["count"] == Count(6, "digit")
    call.say(YES)
    assert call.saved[0].zones == (("T1", "001578"),)


def test_too_many_digits_are_explained_and_the_second_time_a_person_helps() -> None:
    call = Call((account(),))
    call.start()
    call.say(YES)
    assert call.say(typed("0157812")) == ["refused.too_long", "reading.short"]
    assert call.say(typed("0157812")) == ["refused.too_long", "operator.connecting"]


def test_a_lower_reading_is_refused_with_both_figures_then_corrected() -> None:
    """«Если Ваши показания не были приняты, система предупредит Вас об этом»"""
    call = Call((account(),))
    call.start()
    call.say(YES)
    assert call.say(typed("01499")) == ["refused.lower", "reading.short"]
    assert call.last("refused.lower").values == {
        "digits": DigitRow("01499"),
        "last": DigitRow("01500"),
        "date": SpokenDate(date(2026, 10, 20), DateForm.ON),
    }
    assert call.say(typed("01501")) == CHECK
    assert call.say(YES) == ACCEPTED


def test_a_refusal_is_no_failure_to_understand() -> None:
    call = Call((account(),))
    call.start()
    call.say(YES)
    call.say(NoMatch())
    call.say(NoInput())
    assert call.say(typed("01499")) == ["refused.lower", "reading.short"]
    assert call.say(NoInput())[0] == "lead.silence"


def test_a_lower_reading_without_a_date_and_an_impossible_one() -> None:
    dateless = meter("01500")
    dateless = replace(dateless, registers=(replace(dateless.registers[0], last_on=None),))
    call = Call((account(1, dateless),))
    call.start()
    call.say(YES)
    assert call.say(typed("01499")) == ["refused.lower_undated", "reading.short"]
    call = Call((account(),))
    call.start()
    call.say(YES)
    assert call.say(typed("99999")) == ["refused.impossible", "reading.short"]


def test_a_high_reading_is_read_back_with_its_use() -> None:
    call = Call((account(),))
    call.start()
    call.say(YES)
    assert call.say(typed("02740")) == ["reading.check_use", "hint.yes_no_short"]
    values = call.last("reading.check_use").values
    assert values["use"] == Count(1240, "kilowatt_hour")
    assert values["usual"] == Count(207, "kilowatt_hour")  # 31 days at 200 in 30
    call.say(YES)
    assert call.saved[0].flags == ("high_confirmed",)


def test_high_figures_given_twice_are_accepted() -> None:
    call = Call((account(),))
    call.start()
    call.say(YES)
    call.say(typed("02740"))
    assert call.say(NO) == ["lead.again", "reading.short"]
    assert call.say(typed("2740")) == CHECK
    call.say(YES)
    assert call.saved[0].flags == ("high_repeated",)


def test_the_use_of_all_zones_together_is_judged() -> None:
    call = Call((account(1, meter("01500", "00700")),))
    call.start()
    call.say(YES)
    assert call.say(typed("01800"))[0] == "reading.check_zone"  # 300 of about 207: not yet unusual
    call.say(YES)
    assert call.say(typed("01000"))[0] == "reading.check_use_zone"
    assert call.last("reading.check_use_zone").values["use"] == Count(600, "kilowatt_hour")


def test_a_meter_that_passed_zero() -> None:
    call = Call((account(1, meter("99900")),))
    call.start()
    call.say(YES)
    assert call.say(typed("00050")) == ["reading.rollover", *CHECK]
    assert call.last("reading.rollover").values["use"] == Count(150, "kilowatt_hour")
    call.say(YES)
    assert call.saved[0].flags == ("rollover",)


def test_a_second_submission_says_that_it_replaces_the_first() -> None:
    earlier = EarlierReading("event-1", "20145678", (("T1", "01550"),))
    call = Call((replace(account(), earlier=(earlier,)),))
    call.start()
    assert call.say(YES) == ["reading.earlier", "reading.ask"]
    call.say(typed("01578"))
    assert call.say(YES)[:2] == ["accepted.one", "accepted.replaced"]
    assert call.saved[0].supersedes == "event-1"


def test_no_at_a_read_back_is_free_once_then_counts() -> None:
    call = Call((account(),))
    call.start()
    call.say(YES)
    call.say(spoken("01578"))
    assert call.say(NO) == ["lead.again", "reading.short"]
    call.say(spoken("01578"))
    assert call.say(NO) == ["lead.again", "reading.whole", "hint.digits_or_keys"]  # twice: the keys are suggested
    call.say(spoken("01578"))
    assert call.say(NO) == ["lead.again", "reading.whole", "hint.digits_or_keys"]
    call.say(spoken("01578"))
    assert call.say(NO) == ["operator.connecting"]
    assert call.saved == []


def test_a_second_no_at_a_read_back_counts_for_the_call() -> None:
    call = Call((account(),))
    call.start()
    for event in (NoInput(), NoInput(), YES, NoInput(), NoInput(), spoken("01578"), NO, spoken("01578")):
        call.say(event)
    assert call.say(NO)[0] == "lead.again"  # the fifth failure of the call
    assert call.say(NoInput()) == ["operator.connecting"]


def test_the_ladder_after_silence() -> None:
    """«можно просто промолчать, после трех неуспешных попыток … система соединит Вас с оператором»"""
    call = Call((account(),))
    call.start()
    assert call.say(NoInput()) == ["lead.silence", "address.short", "hint.yes_no_short"]
    assert call.say(NoInput()) == ["address.ask", "hint.yes_no_or_keys"]
    assert call.say(NoInput()) == ["operator.connecting"]
    assert call.outcome is Outcome.TRANSFERRED


def test_the_ladder_after_unclear_digits() -> None:
    call = Call((account(),))
    call.start()
    call.say(YES)
    assert call.say(NoMatch()) == ["lead.unclear", "reading.short"]
    assert call.say(NoMatch()) == ["reading.whole", "hint.digits_or_keys"]
    assert call.say(NoMatch()) == ["operator.connecting"]


def test_the_ladder_without_a_recogniser_speaks_of_keys() -> None:
    call = Call((account(1, meter("01500", "00700")),), speech=False)
    assert call.start() == ["greeting.readings", "address.ask", "hint.yes_no_keys"]
    assert call.say(NoInput()) == ["lead.silence_keys", "address.short", "hint.yes_no_keys"]
    assert call.say(NoMatch()) == ["address.ask", "hint.yes_no_keys_long"]
    assert call.say(YES) == ["reading.zone_number", "reading.ask_zone_keys"]
    assert call.say(NoMatch()) == ["lead.unclear_keys", "reading.short_zone_keys"]
    assert call.say(AskedRepeat()) == ["reading.short_zone_keys"]
    call.say(AskedBack())
    call.say(YES)
    assert call.say(NoInput()) == ["lead.silence_keys", "reading.short_zone_keys"]
    assert call.say(NoInput()) == ["reading.zone_number", "reading.next_zone", "hint.digits_keys_long"]


def test_a_usable_answer_clears_the_count_of_its_question_but_not_of_the_call() -> None:
    call = Call((account(),))
    call.start()
    for event in (NoInput(), NoInput(), YES, NoInput(), NoInput()):
        call.say(event)
    call.say(typed("01578"))
    call.say(NoInput())
    assert call.say(NoInput()) == ["operator.connecting"]  # the sixth of the call, the second of the question


def test_repeating_costs_nothing_and_forgets_nothing() -> None:
    call = Call((account(),))
    call.start()
    assert call.say(AskedRepeat()) == ["address.ask", "hint.yes_no_short"]
    call.say(NoInput())
    call.say(NoInput())
    assert call.say(AskedRepeat()) == ["address.ask", "hint.yes_no_or_keys"]
    assert call.say(NoMatch()) == ["operator.connecting"]


def test_back_returns_to_the_question_before() -> None:
    call = Call((account(1), account(2)))
    call.start()
    assert call.say(AskedBack()) == ["address.ask", "hint.yes_no_short"]  # nothing before the first
    call.say(NO)
    assert call.say(YES) == ASK_READING
    assert call.say(AskedBack()) == ["address.ask", "hint.yes_no_short"]
    assert call.last("address.ask").values["address"] == account(2).address
    assert call.say(AskedBack()) == ["address.ask", "hint.yes_no_short"]
    assert call.last("address.ask").values["address"] == account(1).address
    for event in (YES, typed("01578"), YES):
        call.say(event)
    assert call.saved[0].account.digits == "0000000001"


def test_a_late_hash_after_a_finished_entry_takes_nothing_back() -> None:
    call = Call((account(),))
    call.start()
    call.say(YES)
    call.say(typed("01578"))
    assert call.say(AskedBack()) == CHECK


def test_there_is_no_way_back_behind_a_commit() -> None:
    call = Call((account(),))
    call.start()
    for event in (YES, typed("01578"), YES):
        call.say(event)
    assert call.say(AskedBack()) == ["more.ask", "hint.yes_no_short"]


def test_waiting_holds_a_minute_and_costs_nothing() -> None:
    call = Call((account(),))
    call.start()
    call.say(YES)
    assert call.say(AskedWait()) == ["lead.holding"]
    assert call.question is not None
    assert call.question.question.noinput_s == 60.0
    assert call.question.question.id == "ask-reading"
    assert call.say(NoInput()) == ASK_READING
    assert call.question.question.noinput_s is None
    assert call.say(NoInput()) == ["lead.silence", "lead.offer_hold", "reading.short"]
    assert call.say(AskedWait()) == ["lead.holding"]
    assert call.say(typed("01578")) == CHECK


def test_a_card_number_is_wiped_and_warned_about() -> None:
    call = Call((account(),))
    call.start()
    call.say(YES)
    assert call.say(typed("4000000000000002")) == ["lead.card", "reading.short"]
    assert "4000000000000002" not in repr(call.state)
    call.say(CardNumberGiven())
    assert call.say(CardNumberGiven()) == ["lead.card", "operator.connecting"]


def test_outside_the_window_the_dates_come_first_and_the_balance_is_offered() -> None:
    """«Круглосуточно, в автоматическом режиме, с 15-го по 26-е число каждого месяца»"""
    call = Call((account(),), now=OUT_OF_WINDOW)
    assert call.start() == ["greeting.readings", "window.closed", "balance.offer", "hint.yes_no"]
    assert call.last("window.closed").values["opens"] == SpokenDate(date(2026, 12, 15), DateForm.BARE)
    assert call.say(YES) == ["address.ask", "hint.yes_no_short"]
    assert call.say(YES) == ["balance.debt", "balance.old", "more.ask", "hint.yes_no_short"]
    assert call.say(NO) == GOODBYE
    assert call.outcome is Outcome.BALANCE_TOLD
    assert call.saved == []


def test_outside_the_window_without_wanting_the_balance() -> None:
    call = Call((account(),), now=OUT_OF_WINDOW)
    call.start()
    assert call.say(NO) == GOODBYE
    assert call.outcome is Outcome.OUTSIDE_WINDOW


def test_outside_the_window_an_unknown_phone_hears_the_dates_first_too() -> None:
    call = Call(now=OUT_OF_WINDOW, directory={"0000000001": account()})
    assert call.start() == ["greeting.readings", "window.closed", "balance.offer", "hint.yes_no"]
    assert call.say(YES) == ["account.ask"]
    call.say(typed("0000000001"))
    call.say(YES)
    assert call.say(YES) == ["identity.flat"]
    assert call.say(typed("7"))[:1] == ["balance.debt"]


def test_a_meter_with_a_window_of_its_own() -> None:
    early = replace(meter("01500"), window_first_day=1, window_last_day=10)
    call = Call((account(1, early), account(2)))
    assert call.start() == FIRST_ASK  # the second address takes readings today
    assert call.say(YES) == ["window.closed", "balance.offer", "hint.yes_no_short"]


def test_an_untrusted_clock_takes_the_reading_and_marks_it() -> None:
    call = Call((account(),), now=OUT_OF_WINDOW, clock=ClockTrust.UNKNOWN)
    assert call.start() == FIRST_ASK
    for event in (YES, typed("01578"), YES):
        call.say(event)
    assert call.saved[0].flags == ("window_unchecked",)
    inside = Call((account(),), clock=ClockTrust.UNKNOWN)
    inside.start()
    for event in (YES, typed("01578"), YES):
        inside.say(event)
    assert inside.saved[0].flags == ()


@pytest.mark.parametrize(
    ("kopecks", "told"),
    [(-100, ["balance.debt"]), (102, ["balance.overpaid"]), (1, ["balance.even"]), (None, [])],
)
def test_the_balance_is_told_without_a_sign(kopecks: int | None, told: list[str]) -> None:
    call = Call((account(1, kopecks=kopecks),))  # the account's own number is taken off: 1 becomes 0
    call.start()
    for event in (YES, typed("01578")):
        call.say(event)
    assert call.say(YES) == ["accepted.one", *told, "more.ask", "hint.yes_no_short"]


def test_an_unknown_balance_is_said_to_be_unknown_where_it_was_asked_for() -> None:
    call = Call((account(1, kopecks=None),), now=OUT_OF_WINDOW)
    call.start()
    call.say(YES)
    assert call.say(YES) == ["balance.unknown", "more.ask", "hint.yes_no_short"]
    call.say(NO)
    assert call.outcome is Outcome.OUTSIDE_WINDOW


def test_another_address_offers_those_not_dealt_with() -> None:
    call = Call((account(1), account(2)), directory={"0000000003": account(3)})
    call.start()
    for event in (YES, typed("01578"), YES):
        call.say(event)
    assert call.say(YES) == ["address.ask", "hint.yes_no_short"]
    assert call.last("address.ask").values["address"] == account(2).address
    for event in (YES, typed("01578"), YES):
        call.say(event)
    assert call.say(YES) == ["account.ask"]


def test_silence_after_everything_is_done_is_good_bye() -> None:
    call = Call((account(),))
    call.start()
    for event in (YES, typed("01578"), YES):
        call.say(event)
    assert call.say(AskedWait()) == ["lead.holding"]
    assert call.say(NoInput()) == ["more.ask", "hint.yes_no_short"]
    assert call.say(NoInput()) == GOODBYE
    assert call.outcome is Outcome.READING_ACCEPTED


def test_a_failing_store_is_told_plainly_and_a_person_helps() -> None:
    call = Call((account(),), store_works=False)
    call.start()
    for event in (YES, typed("01578")):
        call.say(event)
    assert call.say(YES) == ["reading.not_saved", "operator.connecting"]
    assert call.outcome is Outcome.TRANSFERRED


def test_a_failing_store_at_night_tells_the_hours_and_lets_the_caller_try_again() -> None:
    call = Call((account(),), store_works=False, operator=OperatorAccess.CLOSED_HOURS)
    call.start()
    for event in (YES, typed("01578")):
        call.say(event)
    assert call.say(YES) == ["reading.not_saved", "operator.closed", "callback.offer", "hint.yes_no_short"]
    assert call.say(YES) == ["callback.not_saved", "service.ask", "hint.yes_no_short"]
    assert call.say(YES) == ASK_READING
    call.say(typed("01578"))
    assert call.say(YES) == ["reading.not_saved", "end.not_stored", *GOODBYE]
    assert call.outcome is Outcome.SENT_AWAY


def test_a_phone_that_cannot_be_saved_is_no_tragedy() -> None:
    call = Call(directory={"0000000001": account()})
    call.start()
    for event in (typed("0000000001"), YES, YES, typed("01578"), YES, NO):
        call.say(event)
    call.store_works = False
    assert call.say(YES) == ["phone.not_saved", "more.ask", "hint.yes_no_short"]


def test_the_operator_in_any_question_at_once() -> None:
    call = Call((account(),))
    call.start()
    assert call.say(AskedOperator()) == ["operator.connecting"]


def test_at_night_the_hours_a_call_back_and_self_service() -> None:
    call = Call((account(),), operator=OperatorAccess.CLOSED_HOURS)
    call.start()
    call.say(YES)
    assert call.say(AskedOperator()) == ["operator.closed", "callback.offer", "hint.yes_no_short"]
    assert call.last("callback.offer").values["phone"] == PHONE
    assert call.say(YES) == ["callback.saved", "service.ask", "hint.yes_no_short"]
    assert RequestCallBack(PHONE, AccountNumber("0000000001")) in call.effects
    assert call.say(YES) == ASK_READING
    call.say(typed("01578"))
    assert call.say(YES) == ACCEPTED


def test_a_call_back_names_no_account_whose_address_is_not_confirmed() -> None:
    call = Call((account(),), operator=OperatorAccess.CLOSED_HOURS)
    call.start()
    call.say(AskedOperator())
    call.say(YES)
    assert RequestCallBack(PHONE, None) in call.effects


def test_a_line_without_transfer_names_the_number_to_ring() -> None:
    call = Call(operator=OperatorAccess.NO_TRANSFER, caller=None)
    call.start()
    assert call.say(AskedOperator()) == ["operator.no_transfer", "callback.offer_any", "hint.yes_no"]
    assert call.say(NO) == ["service.ask", "hint.yes_no_short"]
    assert call.say(NO) == ["end.not_stored", *GOODBYE]
    assert call.outcome is Outcome.SENT_AWAY


def test_after_a_call_back_the_outcome_says_so() -> None:
    call = Call((account(),), operator=OperatorAccess.CLOSED_HOURS)
    call.start()
    call.say(AskedOperator())
    call.say(YES)
    assert call.say(NO) == ["end.not_stored", *GOODBYE]
    assert call.outcome is Outcome.CALL_BACK_REQUESTED


def test_a_failed_transfer_comes_back_to_the_caller_and_is_not_tried_again() -> None:
    call = Call((account(),), transfer_works=False)
    call.start()
    assert call.say(AskedOperator()) == [
        "operator.connecting",
        "operator.failed",
        "operator.closed",
        "callback.offer",
        "hint.yes_no_short",
    ]
    assert call.say(NO) == ["service.ask", "hint.yes_no_short"]
    assert call.say(AskedOperator()) == ["operator.failed", "operator.closed", "service.ask", "hint.yes_no_short"]
    assert call.say(YES) == ["address.ask", "hint.yes_no_short"]


def test_failing_twice_at_night_ends_with_what_was_not_done() -> None:
    call = Call((account(),), operator=OperatorAccess.CLOSED_HOURS)
    call.start()
    call.say(NoInput())
    call.say(NoInput())
    assert call.say(NoInput()) == ["operator.closed", "callback.offer", "hint.yes_no_or_keys"]
    call.say(NoInput())
    call.say(NoInput())
    assert call.say(NoInput()) == ["end.not_stored", *GOODBYE]
    assert call.outcome is Outcome.SENT_AWAY


def test_an_account_without_meters_goes_to_a_person() -> None:
    call = Call((replace(account(), meters=()),))
    call.start()
    assert call.say(YES) == ["meter.none", "operator.connecting"]


def test_time_is_up_says_what_was_not_done() -> None:
    call = Call((account(),))
    call.start()
    assert call.say(TimeIsUp()) == ["end.time_up", "end.not_stored", *GOODBYE]
    assert call.outcome is Outcome.TIME_UP
    second = Call((account(1, meter("01500", serial="222"), meter("00400", serial="333")),))
    second.start()
    for event in (YES, YES, typed("01578"), YES):
        second.say(event)
    assert second.say(TimeIsUp()) == ["end.time_up", "end.rest_not_stored", *GOODBYE]
    assert second.outcome is Outcome.READING_ACCEPTED


def test_time_is_up_while_the_store_works_waits_for_its_answer() -> None:
    call = Call((account(),))
    call.start()
    call.say(YES)
    call.say(typed("01578"))
    assert call.state is not None
    saving = DIALOGUE.step(call.state, YES)
    warned = DIALOGUE.step(saving.state, TimeIsUp())
    assert warned.effects == ()
    done = DIALOGUE.step(warned.state, ReadingsSaved())
    said = [phrase.id for effect in done.effects if isinstance(effect, Say) for phrase in effect.phrases]
    assert said == ["accepted.one", "balance.debt", "end.time_up", *GOODBYE]
    assert done.effects[-1] == HangUp(Outcome.READING_ACCEPTED)


def test_a_call_that_asks_too_much_ends() -> None:
    call = Call((account(),), dialogue=impatient(questions_per_call=10))
    call.start()
    for _ in range(9):
        assert call.say(AskedRepeat()) == ["address.ask", "hint.yes_no_short"]
    assert call.say(AskedRepeat()) == ["operator.connecting"]
    alone = Call((account(),), dialogue=impatient(questions_per_call=10), operator=OperatorAccess.CLOSED_HOURS)
    alone.start()
    for _ in range(9):
        alone.say(AskedRepeat())
    assert alone.say(AskedRepeat()) == ["end.not_stored", *GOODBYE]


def test_the_window_is_judged_by_the_start_of_the_call() -> None:
    for day, asked in ((14, "window.closed"), (15, "address.ask"), (26, "address.ask"), (27, "window.closed")):
        call = Call((account(),), now=datetime(2026, 11, day, 23, 59))
        assert call.start()[1] == asked


def test_a_state_prints_nothing_personal() -> None:
    call = Call((account(),))
    call.start()
    call.say(YES)
    call.say(typed("01578"))
    text = repr(call.state)
    for secret in ("01578", "01500", "Лесная", PHONE.digits, "0000000001", "34501", "20145678"):
        assert secret not in text


def test_error_prompts_forget_keys_typed_ahead_and_others_keep_them() -> None:
    call = Call((account(),))
    call.start()
    assert call.question is not None
    assert not call.question.clear_keys
    call.say(NoMatch())
    assert call.question.clear_keys
    call.say(YES)
    assert not call.question.clear_keys
    call.say(typed("00001"))
    assert call.question.clear_keys


def test_garbage_for_digits_is_a_defect_not_an_entry() -> None:
    call = Call()
    call.start()
    assert call.state is not None
    for digits in ("", "12a", "١٢"):
        with pytest.raises(DialogueDefect):
            DIALOGUE.step(call.state, SaidDigits(digits, EntryMode.KEYS))


def test_a_call_cannot_start_twice() -> None:
    call = Call()
    call.start()
    assert call.state is not None
    assert isinstance(call.heard[0], CallStarted)
    with pytest.raises(DialogueDefect):
        DIALOGUE.step(call.state, call.heard[0])
