"""The additional-services line of the instruction, as calls: five services, a person, hours, a call-back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import msgspec
import pytest

from box.accounts.model import ClockTrust, PhoneNumber
from box.accounts.reference import ReferenceBook
from box.dialogue.config import OperatorFacts
from box.dialogue.services import SERVICES_LINE, services_entry
from box.dialogue.vocabulary import (
    AskedBack,
    AskedOperator,
    AskedRepeat,
    AskedWait,
    ClockTime,
    DateForm,
    NoInput,
    NoMatch,
    OperatorAccess,
    Outcome,
    QuestionKind,
    RequestCallBack,
    SaidIntent,
    SpokenDate,
    TimeIsUp,
)
from box.errors import DialogueDefect
from tests.dialogue.callers import CONFIG, DIALOGUE, HOME, NO, PHONE, YES, Call, account, spoken, typed

SERVICES = replace(DIALOGUE, line=SERVICES_LINE)
NIGHT = datetime(2026, 11, 20, 23, 0)
EARLY = datetime(2026, 11, 20, 7, 0)
RING = PhoneNumber("79995550102")

FIRST = ["greeting.services", "services.ask", "services.ask_rest"]
ASK = ["services.ask", "services.ask_rest"]
ELSE = ["services.else", "hint.yes_no_short"]
GOODBYE = ["end.goodbye"]

SERVICE_NAMES = {
    "1": ("meter_replacement", "services.meter_replacement"),
    "2": ("water_meters", "services.water_meters"),
    "3": ("electrical_work", "services.electrical_work"),
    "4": ("plumbing", "services.plumbing"),
    "5": ("renovation", "services.renovation"),
}


def services(**more: object) -> Call:
    return Call(dialogue=SERVICES, **more)  # type: ignore[arg-type]


def by_night(**more: object) -> Call:
    return services(**{"operator": OperatorAccess.CLOSED_HOURS, "now": NIGHT, **more})


def chosen(intent: str) -> SaidIntent:
    return SaidIntent(intent)


@pytest.mark.parametrize("key", SERVICE_NAMES)
def test_each_service_is_named_and_goes_to_a_person(key: str) -> None:
    """«замена приборов учёта; поверка и установка приборов учёта воды; электромонтажные; сантехнические; ремонт»"""
    intent, name = SERVICE_NAMES[key]
    call = services()
    assert call.start() == FIRST
    assert call.question is not None
    assert call.question.question.kind is QuestionKind.MENU
    assert call.question.question.choices[key] == intent
    assert call.say(chosen(intent)) == [name, "operator.connecting"]
    assert call.outcome is Outcome.TRANSFERRED


def test_the_menu_takes_the_five_and_what_else_callers_say() -> None:
    call = services()
    call.start()
    assert call.question is not None
    asked = call.question.question
    assert dict(asked.choices) == {key: intent for key, (intent, _) in SERVICE_NAMES.items()}
    assert asked.also == ("replace_meter", "call_back")
    assert asked.noinput_s is None


def test_replacing_the_meter_in_other_words() -> None:
    call = services()
    call.start()
    assert call.say(chosen("replace_meter")) == ["services.meter_replacement", "operator.connecting"]


def test_every_choice_can_be_said() -> None:
    """Each choice has its phrases in config/intents.toml."""
    import tomllib

    known = tomllib.loads((HOME / "config" / "intents.toml").read_text("utf-8"))["intents"]
    call = services()
    call.start()
    assert call.question is not None
    asked = call.question.question
    assert {*asked.choices.values(), *asked.also} <= set(known)


def test_at_night_the_hours_and_a_call_back_for_that_service() -> None:
    """«Режим работы операторов – с 8:30 до 20:30»"""
    call = by_night()
    call.start()
    assert call.say(chosen("plumbing")) == [
        "services.plumbing",
        "operator.closed_tomorrow",
        "callback.offer",
        "hint.yes_no",
    ]
    assert call.last("callback.offer").values == {"phone": PHONE}
    assert call.say(YES) == ["callback.saved", *ELSE]
    assert call.effects.count(RequestCallBack(PHONE, None, "plumbing")) == 1
    assert call.say(NO) == GOODBYE
    assert call.outcome is Outcome.CALL_BACK_REQUESTED


def test_the_day_on_which_people_answer_is_told_when_it_is_not_today() -> None:
    holidays = ReferenceBook(holidays=(date(2026, 6, 12), date(2026, 6, 13)))
    hours = {"opens": ClockTime(CONFIG_OPENS), "closes": ClockTime(CONFIG_CLOSES)}
    cases = (
        (datetime(2026, 6, 10, 7), {"id": "operator.closed", **hours}),
        (datetime(2026, 6, 10, 21), {"id": "operator.closed_tomorrow", **hours}),
        (datetime(2026, 6, 11, 7), {"id": "operator.closed", **hours}),
        (
            datetime(2026, 6, 11, 21),
            {"id": "operator.closed_until", "date": SpokenDate(date(2026, 6, 14), DateForm.BARE), **hours},
        ),
        (
            datetime(2026, 6, 12, 12),
            {"id": "operator.closed_until", "date": SpokenDate(date(2026, 6, 14), DateForm.BARE), **hours},
        ),
        (datetime(2026, 6, 13, 12), {"id": "operator.closed_tomorrow", **hours}),
    )
    for now, told in cases:
        call = by_night(now=now, reference=holidays)
        call.start()
        call.say(chosen("plumbing"))
        id_ = told.pop("id")
        assert call.last(str(id_)).values == told


CONFIG_OPENS, CONFIG_CLOSES = DIALOGUE.hours.opens, DIALOGUE.hours.closes


def test_no_call_back_wanted_is_said_before_good_bye() -> None:
    call = by_night()
    call.start()
    call.say(chosen("renovation"))
    assert call.say(NO) == ELSE
    assert call.say(NO) == ["end.no_request", *GOODBYE]
    assert call.outcome is Outcome.INFORMED


def test_another_service_is_another_request_but_the_same_is_not() -> None:
    call = by_night()
    call.start()
    for event in (chosen("plumbing"), YES):
        call.say(event)
    assert call.say(YES) == ASK
    call.say(chosen("renovation"))
    assert call.say(YES) == ["callback.saved", *ELSE]
    call.say(YES)
    assert call.say(chosen("plumbing")) == ["services.plumbing", "callback.already", *ELSE]
    requests = [effect.service for effect in call.effects if isinstance(effect, RequestCallBack)]
    assert requests == ["plumbing", "renovation"]


def test_a_withheld_number_hears_the_number_to_ring_and_may_give_one() -> None:
    call = by_night(caller=None)
    call.start()
    assert call.say(chosen("plumbing")) == [
        "services.plumbing",
        "operator.closed_tomorrow",
        "operator.ring",
        "callback.offer_any",
        "hint.yes_no",
    ]
    assert call.last("operator.ring").values == {"phone": PhoneNumber(CONFIG.operator.phone)}
    assert call.say(YES) == ["callback.ask"]
    assert call.question is not None
    assert (call.question.question.length, call.question.question.fixed) == (10, False)
    assert call.say(spoken("9995550102")) == ["callback.check", "hint.yes_no_short"]
    assert call.last("callback.check").values == {"phone": RING}
    assert call.say(YES) == ["callback.saved", *ELSE]
    assert RequestCallBack(RING, None, "plumbing") in call.effects
    call.say(YES)
    assert call.say(chosen("renovation"))[-2:] == ["callback.offer", "hint.yes_no_short"]  # the number is known now
    call.say(YES)
    assert RequestCallBack(RING, None, "renovation") in call.effects


def test_a_phone_is_requested_only_after_yes_to_its_read_back() -> None:
    call = by_night(caller=None)
    call.start()
    for event in (chosen("plumbing"), YES):
        call.say(event)
    assert call.say(typed("999555")) == ["callback.length", "callback.ask_short"]
    assert call.say(typed("89995550103")) == ["callback.check", "hint.yes_no_short"]
    assert call.say(AskedBack()) == ["callback.check", "hint.yes_no_short"]  # a late hash
    assert call.say(NO) == ["lead.again", "callback.ask_short"]
    assert not any(isinstance(effect, RequestCallBack) for effect in call.effects)
    call.say(typed("9995550102"))
    call.say(YES)
    assert [e.phone for e in call.effects if isinstance(e, RequestCallBack)] == [RING]


def test_a_phone_that_is_never_understood_ends_with_what_was_not_done() -> None:
    call = by_night(caller=None)
    call.start()
    for event in (chosen("plumbing"), YES, NoMatch(), NoMatch()):
        call.say(event)
    assert call.say(NoInput()) == ["end.no_request", *GOODBYE]


def test_a_failed_transfer_comes_back_with_a_call_back_for_the_service() -> None:
    call = services(transfer_works=False)
    call.start()
    assert call.say(chosen("water_meters")) == [
        "services.water_meters",
        "operator.connecting",
        "operator.failed",
        "operator.closed",
        "callback.offer",
        "hint.yes_no",
    ]
    assert call.say(YES) == ["callback.saved", *ELSE]
    assert RequestCallBack(PHONE, None, "water_meters") in call.effects
    call.say(YES)
    assert call.say(chosen("plumbing"))[:2] == ["services.plumbing", "operator.failed"]  # not tried again


def test_a_line_without_transfer_names_the_number_and_the_hours() -> None:
    call = services(operator=OperatorAccess.NO_TRANSFER)
    call.start()
    assert call.say(chosen("plumbing")) == [
        "services.plumbing",
        "operator.no_transfer",
        "callback.offer",
        "hint.yes_no",
    ]


def test_a_box_that_does_not_know_the_day_names_none() -> None:
    silent = replace(SERVICES, config=msgspec.structs.replace(CONFIG, operator=OperatorFacts(phone="")))
    call = services(operator=OperatorAccess.NO_TRANSFER, clock=ClockTrust.UNKNOWN, now=NIGHT)
    call.dialogue = silent
    call.start()
    assert call.say(chosen("plumbing")) == ["services.plumbing", "operator.closed", "callback.offer", "hint.yes_no"]


def test_a_store_that_fails_is_told() -> None:
    call = by_night(store_works=False)
    call.start()
    call.say(chosen("plumbing"))
    assert call.say(YES) == ["callback.not_saved", *ELSE]
    assert call.say(NO) == ["end.no_request", *GOODBYE]


def test_call_me_back_without_a_service() -> None:
    call = services()
    call.start()
    assert call.say(chosen("call_back")) == ["callback.offer", "hint.yes_no"]
    assert call.say(YES) == ["callback.saved", "service.ask", "hint.yes_no_short"]
    assert RequestCallBack(PHONE, None) in call.effects
    assert call.say(YES) == ASK
    assert call.say(chosen("call_back")) == ["callback.saved", "service.ask", "hint.yes_no_short"]


def test_a_call_back_without_a_service_does_not_stand_for_one_with_a_service() -> None:
    call = services(transfer_works=False)
    call.start()
    for event in (chosen("call_back"), YES, YES):
        call.say(event)
    assert "callback.offer" in call.say(chosen("plumbing"))
    call.say(YES)
    assert [each.service for each in call.effects if isinstance(each, RequestCallBack)] == ["", "plumbing"]


def test_a_person_wanted_afterwards_is_not_wanted_for_the_service_before() -> None:
    call = by_night()
    call.start()
    for event in (chosen("plumbing"), NO):
        call.say(event)
    call.say(AskedOperator())
    call.say(YES)
    assert [each.service for each in call.effects if isinstance(each, RequestCallBack)] == [""]


def test_the_ladder_of_the_menu() -> None:
    call = services()
    call.start()
    assert call.say(NoInput()) == ["lead.silence", "services.short"]
    assert call.say(NoMatch()) == ["services.keys", "services.keys_rest"]
    assert call.say(NoInput()) == ["operator.connecting"]


def test_the_ladder_of_the_menu_without_a_recogniser() -> None:
    keys = ["services.keys", "services.keys_rest"]
    call = services(speech=False)
    assert call.start() == ["greeting.services", *keys]
    assert call.say(NoMatch()) == ["lead.unclear_keys", *keys]
    assert call.say(NoInput()) == keys
    assert call.say(NoInput()) == ["operator.connecting"]


def test_failing_at_night_offers_a_call_back_and_goes_on() -> None:
    call = by_night()
    call.start()
    for event in (NoInput(), NoMatch()):
        call.say(event)
    assert call.say(NoInput()) == ["operator.closed_tomorrow", "callback.offer", "hint.yes_no_or_keys"]
    assert call.say(NO) == ["service.ask", "hint.yes_no_or_keys"]
    assert call.say(YES) == ["services.keys", "services.keys_rest"]


def test_the_operator_at_once_and_the_hold_and_the_repeat() -> None:
    call = services()
    call.start()
    assert call.say(AskedRepeat()) == ASK
    assert call.say(AskedWait()) == ["lead.holding"]
    assert call.say(NoInput()) == ASK
    assert call.say(AskedOperator()) == ["operator.connecting"]


def test_back_returns_to_the_menu() -> None:
    call = by_night()
    call.start()
    call.say(chosen("plumbing"))
    assert call.say(AskedBack()) == ASK
    call.say(chosen("renovation"))
    call.say(YES)
    assert RequestCallBack(PHONE, None, "renovation") in call.effects


def test_silence_after_everything_is_good_bye() -> None:
    call = by_night()
    call.start()
    for event in (chosen("plumbing"), YES, AskedWait(), NoInput()):
        call.say(event)
    assert not call.over
    assert call.say(NoInput()) == GOODBYE


def test_time_is_up_says_that_nothing_was_requested() -> None:
    call = by_night()
    call.start()
    assert call.say(TimeIsUp()) == ["end.time_up", "end.no_request", *GOODBYE]


def test_a_known_phone_tells_no_account_whose_address_nobody_confirmed() -> None:
    call = by_night(accounts=(account(),))
    call.start()
    for event in (chosen("plumbing"), YES):
        call.say(event)
    assert RequestCallBack(PHONE, None, "plumbing") in call.effects


def test_an_entry_for_a_service_that_is_none_is_a_defect() -> None:
    call = services()
    call.start()
    assert call.state is not None
    with pytest.raises(DialogueDefect):
        services_entry(call.state, "balance")
