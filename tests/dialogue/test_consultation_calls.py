"""The consultation line of the instruction, command by command, as calls: what is said and what the box answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time

import pytest

from box.accounts.model import (
    AccountNumber,
    Balance,
    ClockTrust,
    DebtParts,
    Kopecks,
    PayLink,
    PayLinkState,
    RefusedReading,
)
from box.accounts.reference import DayHours, Office, PriceRange, ReferenceBook, Tariff, TariffZone
from box.dialogue.lines import LINES
from box.dialogue.vocabulary import (
    AskedBack,
    AskedOperator,
    AskedWait,
    CardNumberGiven,
    Count,
    CountGuess,
    DateForm,
    ForgetPhone,
    Hours,
    Money,
    MonthName,
    NoInput,
    NoMatch,
    OperatorAccess,
    Outcome,
    RequestPayLink,
    SaidIntent,
    SavePhone,
    SpokenDate,
    SpokenName,
    TimeIsUp,
    WeekHours,
    Zone,
)
from box.errors import DialogueDefect
from tests.dialogue.callers import DIALOGUE, NO, OUT_OF_WINDOW, PHONE, YES, Call, account, meter, spoken, typed
from tests.dialogue.reference import (
    BOOK,
    CLOSE_TO_SOKOL,
    FAR_FROM_SOKOL,
    NEAR_SOKOL,
    SOMEWHERE,
    WEEK,
    office,
)

CONSULTATION = replace(DIALOGUE, line=LINES["consultation"])
MENU = ["menu.ask", "menu.more"]
ELSE = ["menu.else"]
ADDRESS = ["address.ask", "hint.yes_no"]
ADDRESS_AGAIN = ["address.ask", "hint.yes_no_short"]
GOODBYE = ["end.goodbye"]
OFFICE = ["office.address", "office.metro", "office.open_now", "office.week"]
NUMBER = AccountNumber("0000000001")


def wants(intent: str) -> SaidIntent:
    return SaidIntent(intent)


def consultation(*accounts: object, **circumstances: object) -> Call:
    """A call to the consultation line that has been greeted."""
    call = Call(accounts, dialogue=CONSULTATION, **{"reference": BOOK, **circumstances})  # type: ignore[arg-type]
    call.start()
    return call


def unknown(**circumstances: object) -> Call:
    """A call from a phone that no account knows, to a box that has account 1."""
    return consultation(directory={NUMBER.digits: circumstances.pop("has", account())}, **circumstances)


def by_number(call: Call, intent: str) -> list[str]:
    """What is said once an unknown caller wants ``intent`` and has confirmed account 1 with its address."""
    for event in (wants(intent), typed(NUMBER.digits), YES):
        call.say(event)
    return call.say(YES)


# ---------------------------------------------------------------- the menu


def test_the_first_words_name_four_commands_and_more() -> None:
    """«система самообслуживания – круглосуточно»"""
    call = Call(dialogue=CONSULTATION)
    assert call.start() == ["greeting.consultation", *MENU]


def test_any_of_the_eight_is_taken_at_once() -> None:
    """The commands of the instruction's table, with its keys."""
    call = consultation()
    assert call.question is not None
    question = call.question.question
    assert dict(question.choices) == {
        "1": "balance",
        "2": "readings",
        "3": "tariff",
        "4": "payment",
        "5": "debt",
        "6": "services",
        "7": "office",
        "8": "forget_phone",
        "9": "more",
    }
    assert "replace_meter" in question.also
    assert call.say(wants("more")) == ["menu.rest"]
    assert call.question.question.choices == question.choices


def test_without_a_recogniser_the_menu_is_keys() -> None:
    call = Call(dialogue=CONSULTATION, speech=False)
    keys = ["menu.keys", "menu.keys_rest"]
    assert call.start() == ["greeting.consultation", *keys]
    assert call.say(NoInput()) == ["lead.silence_keys", *keys]
    assert call.say(wants("payment")) == ["menu.payment", "pay.ways", "pay.keys"]


def test_silence_at_the_menu_leads_to_a_person_after_three() -> None:
    """«можно просто промолчать, после трех неуспешных попыток … система соединит Вас с оператором»"""
    call = consultation()
    assert call.say(NoInput()) == ["lead.silence", "menu.short"]
    assert call.say(NoMatch()) == ["menu.keys", "menu.keys_rest"]
    assert call.say(NoInput()) == ["operator.connecting"]
    assert call.outcome is Outcome.TRANSFERRED


def test_the_operator_at_the_menu() -> None:
    """«СОЕДИНИТЬ С ОПЕРАТОРОМ — Оператор»"""
    call = consultation()
    assert call.say(AskedOperator()) == ["operator.connecting"]


def test_at_night_the_menu_goes_on_without_a_person() -> None:
    call = consultation(operator=OperatorAccess.CLOSED_HOURS)
    assert call.say(AskedOperator())[-2:] == ["callback.offer", "hint.yes_no"]
    assert call.say(NO) == ["service.ask", "hint.yes_no_short"]
    assert call.say(YES) == MENU


@pytest.mark.parametrize("answer", [NO, NoInput(), wants("finish")])
def test_what_else_answered_by_no_silence_or_thanks_is_good_bye(answer: object) -> None:
    call = consultation(account())
    for event in (wants("balance"), YES):
        call.say(event)
    assert call.say(answer) == GOODBYE  # type: ignore[arg-type]
    assert call.outcome is Outcome.BALANCE_TOLD


def test_what_else_answered_by_yes_is_the_menu_again() -> None:
    call = consultation(account())
    for event in (wants("balance"), YES):
        call.say(event)
    assert call.say(YES) == MENU
    assert call.say(AskedBack()) == ELSE


def test_what_else_holds_for_a_caller_who_asks_to_wait() -> None:
    call = consultation(account())
    for event in (wants("balance"), YES):
        call.say(event)
    assert call.say(AskedWait()) == ["lead.holding"]
    assert call.say(NoInput()) == ELSE


def test_an_intent_that_is_no_command_is_a_defect() -> None:
    call = consultation()
    for intent in ("place:0", "yes", ""):
        with pytest.raises(DialogueDefect):
            call.say(wants(intent))


def test_a_card_number_at_the_menu_is_warned_about() -> None:
    call = consultation()
    assert call.say(CardNumberGiven()) == ["lead.card", "menu.short"]


# ---------------------------------------------------------------- balance


def test_balance_from_a_known_phone_needs_the_address_alone() -> None:
    """«УЗНАТЬ БАЛАНС — Баланс»"""
    call = consultation(account())
    assert call.say(wants("balance")) == ["menu.balance", *ADDRESS]
    assert call.say(YES) == ["balance.debt", *ELSE]
    assert call.last("balance.debt").values == {
        "amount": Money(Kopecks(34_501)),
        "date": SpokenDate(date(2026, 11, 19), DateForm.ON),
    }
    assert call.say(NO) == GOODBYE


def test_an_old_balance_says_its_age() -> None:
    call = consultation(account(), now=OUT_OF_WINDOW)
    call.say(wants("balance"))
    assert call.say(YES) == ["balance.debt", "balance.old", *ELSE]
    assert call.last("balance.old").values["count"] == Count(9, "day")


def test_several_addresses_are_listed() -> None:
    call = consultation(account(1), account(2))
    call.say(wants("balance"))
    assert call.say(NO) == ADDRESS_AGAIN
    assert call.say(YES) == ["balance.debt", *ELSE]
    assert call.last("balance.debt").values["amount"] == Money(Kopecks(34_502))


def test_balance_from_an_unknown_phone_needs_the_flat_too() -> None:
    call = unknown()
    assert by_number(call, "balance") == ["identity.flat"]
    assert call.last("address.ask").values["address"] == replace(account().address, flat="")
    assert call.question is not None
    assert call.question.question.length is None  # it would tell how many digits the flat has
    assert call.say(spoken("7")) == ["balance.debt", "phone.offer", "hint.yes_no_short"]
    assert call.say(YES) == ["phone.saved", *ELSE]
    assert SavePhone(NUMBER, PHONE) in call.effects
    assert call.say(NO) == GOODBYE
    assert call.outcome is Outcome.BALANCE_TOLD


def test_a_flat_with_zeros_before_it_fits() -> None:
    call = unknown()
    by_number(call, "balance")
    assert call.say(typed("007"))[0] == "balance.debt"


@pytest.mark.parametrize("flat", ["", "7А", "0"])
def test_without_a_numeric_flat_the_last_reading_is_the_second_fact(flat: str) -> None:
    house = replace(account(), address=replace(account().address, flat=flat))
    call = unknown(has=house)
    assert by_number(call, "balance") == ["identity.reading"]
    assert call.last("address.ask").values["address"] == house.address
    assert call.say(typed("1500"))[0] == "balance.debt"


def test_of_several_meters_and_zones_the_first_is_asked_for() -> None:
    address = replace(account().address, flat="")
    several = account(1, meter("01500", "00700", serial="1111-222"), meter("00400", serial="1111-333"))
    call = unknown(has=replace(several, address=address))
    assert by_number(call, "balance") == ["identity.reading", "identity.which_meter", "identity.which_zone"]
    assert call.last("identity.which_zone").values["zone"] == Zone("дневная зона")
    assert call.say(NoMatch()) == ["lead.unclear", "identity.reading_short"]
    assert call.say(NoMatch())[:2] == ["identity.reading_detail", "identity.which_meter"]
    assert call.say(typed("01500"))[0] == "balance.debt"


def test_a_wrong_second_fact_may_be_given_once_more_and_is_counted() -> None:
    call = unknown()
    by_number(call, "balance")
    assert call.say(typed("8")) == ["identity.again", "identity.flat"]
    assert call.effects[-2] == CountGuess(NUMBER)
    assert call.say(typed("9")) == ["account.unknown", "operator.connecting"]
    assert call.effects.count(CountGuess(NUMBER)) == 2
    assert call.state is not None
    assert call.state.progress.account is None


def test_after_wrong_second_facts_nothing_goes_on_at_night() -> None:
    call = unknown(operator=OperatorAccess.CLOSED_HOURS)
    by_number(call, "debt")
    call.say(typed("8"))
    assert call.say(typed("9"))[0] == "account.unknown"
    assert call.say(NO) == ["end.not_done", *GOODBYE]
    assert not any("amount" in phrase.values for phrase in call.phrases)


def test_wrong_facts_of_a_call_count_together() -> None:
    other = replace(account(2), address=replace(account(2).address, flat="12"))
    call = consultation(directory={"0000000001": account(), "0000000002": other})
    by_number(call, "balance")
    assert call.say(typed("8"))[0] == "identity.again"
    call.say(AskedBack())
    assert call.say(NO)[0] == "lead.again"
    for event in (typed("0000000002"), YES, YES):
        call.say(event)
    assert call.say(typed("7"))[0] == "account.unknown"


def test_an_account_with_nothing_to_ask_for_goes_to_a_person() -> None:
    bare = replace(account(1, meter("")), address=replace(account().address, flat=""))
    call = unknown(has=bare)
    assert by_number(call, "balance") == ["identity.by_person", "operator.connecting"]


def test_an_account_that_knows_the_phone_needs_no_second_fact() -> None:
    call = unknown(has=replace(account(), phones=(PHONE,)))
    assert by_number(call, "balance") == ["balance.debt", *ELSE]


def test_a_last_reading_that_the_box_has_told_proves_nothing() -> None:
    house = replace(account(), address=replace(account().address, flat=""))
    call = unknown(has=house)
    assert by_number(call, "readings") == ["reading.ask"]
    assert call.say(typed("01499"))[0] == "refused.lower"
    call.say(typed("01501"))
    assert call.say(YES) == ["accepted.one", "balance.offer", "hint.yes_no_short"]
    assert call.say(YES) == ["identity.by_person", "operator.connecting"]


def test_strictness_is_a_setting() -> None:
    lax = (
        replace(CONSULTATION.config.identity)
        if False
        else type(CONSULTATION.config.identity)(money=False, readings=False)
    )
    strict = type(CONSULTATION.config.identity)(money=True, readings=True)
    for rules, intent, said in ((lax, "balance", "balance.debt"), (strict, "readings", "identity.flat")):
        fields = {name: getattr(CONSULTATION.config, name) for name in CONSULTATION.config.__struct_fields__}
        config = type(CONSULTATION.config)(**{**fields, "identity": rules})
        call = Call(directory={NUMBER.digits: account()}, dialogue=replace(CONSULTATION, config=config))
        call.start()
        assert by_number(call, intent)[0] == said


# ---------------------------------------------------------------- several matters in a call


def test_a_second_matter_goes_on_with_the_address_confirmed() -> None:
    call = consultation(replace(account(), tariff="one-rate"))
    for event in (wants("balance"), YES):
        call.say(event)
    assert call.say(wants("tariff"))[:2] == ["menu.tariff", "tariff.valid"]
    assert call.questions.count("offer-address") == 1


def test_with_several_addresses_the_second_matter_asks_once_which_it_is() -> None:
    call = consultation(account(1), account(2))
    for event in (wants("balance"), NO, YES):
        call.say(event)
    assert call.say(wants("debt")) == ["menu.debt", *ADDRESS_AGAIN]
    assert call.last("address.ask").values["address"] == account(2).address
    assert call.say(YES)[0] == "balance.debt"
    assert call.say(wants("balance"))[:2] == ["menu.balance", "balance.debt"]


def test_another_address_is_for_the_matter_dealt_with_last() -> None:
    call = consultation(account(1), account(2), directory={"0000000003": account(3)})
    for event in (wants("balance"), YES):
        call.say(event)
    assert call.say(wants("other_address")) == ADDRESS_AGAIN
    assert call.say(YES) == ["balance.debt", *ELSE]
    assert call.last("balance.debt").values["amount"] == Money(Kopecks(34_502))
    call.say(wants("other_address"))
    assert call.say(NO) == ["account.by_number", "account.ask"]


def test_a_second_fact_is_asked_for_once_in_a_call() -> None:
    call = unknown()
    by_number(call, "balance")
    for event in (typed("7"), NO):
        call.say(event)
    assert call.say(wants("debt"))[:2] == ["menu.debt", "balance.debt"]


def test_readings_are_taken_on_the_same_call() -> None:
    """«ПЕРЕДАТЬ ПОКАЗАНИЯ СЧЁТЧИКА — Показания»"""
    call = consultation(account())
    assert call.say(wants("readings")) == ["menu.readings", *ADDRESS]
    assert call.say(YES) == ["reading.ask"]
    call.say(typed("01578"))
    assert call.say(YES) == ["accepted.one", "balance.debt", *ELSE]
    assert call.say(wants("finish")) == GOODBYE
    assert call.outcome is Outcome.READING_ACCEPTED


def test_readings_outside_the_window_offer_the_balance() -> None:
    call = consultation(account(), now=OUT_OF_WINDOW)
    assert call.say(wants("readings")) == ["menu.readings", "window.closed", "balance.offer", "hint.yes_no"]
    assert call.say(NO) == ELSE
    call.say(NO)
    assert call.outcome is Outcome.OUTSIDE_WINDOW


def test_a_refused_reading_is_told_once_after_the_address() -> None:
    refused = RefusedReading("event-1", "20145678", date(2026, 10, 20), (("T1", "01578"),), "lower")
    call = consultation(replace(account(), refused=(refused,)))
    call.say(wants("balance"))
    assert call.say(YES) == ["refused.later", "refused.later_lower", "balance.debt", *ELSE]
    assert "refused.later" not in call.say(wants("readings"))


# ---------------------------------------------------------------- tariff


def test_a_tariff_with_one_price_by_ranges() -> None:
    """«УЗНАТЬ ТАРИФ НА ЭЛЕКТРОЭНЕРГИЮ — Тариф»"""
    call = consultation(replace(account(), tariff="one-rate"))
    call.say(wants("tariff"))
    assert call.say(YES) == ["tariff.valid", "tariff.price_up_to", "tariff.price_above", *ELSE]
    assert call.last("tariff.valid").values["date"] == SpokenDate(date(2026, 1, 1), DateForm.BARE)
    assert call.last("tariff.price_up_to").values == {"use": Count(3900, "kilowatt_hour"), "price": Money(Kopecks(890))}
    assert call.last("tariff.price_above").values == {"price": Money(Kopecks(1002))}
    call.say(NO)
    assert call.outcome is Outcome.INFORMED


def test_a_tariff_with_zones_tells_their_hours_and_prices() -> None:
    call = consultation(replace(account(), tariff="two-rates"))
    call.say(wants("tariff"))
    assert call.say(YES) == ["tariff.valid", *["tariff.zone_hours"] * 2, *["tariff.zone_price"] * 2, *ELSE]
    assert call.last("tariff.zone_hours").values == {"zone": Zone("ночная зона"), "hours": Hours(time(23), time(7))}
    assert call.last("tariff.zone_price").values == {"zone": Zone("ночная зона"), "price": Money(Kopecks(401))}


def test_zones_with_two_ranges_of_hours_and_of_use() -> None:
    peak = ((time(7), time(10)), (time(17), time(21)))
    zones = (TariffZone("T1", "пиковая зона", peak), TariffZone("T2", "ночная зона"))
    ranges = (PriceRange(3900, (("T1", Kopecks(1)), ("T2", Kopecks(2)))), PriceRange(None, (("T1", Kopecks(3)),)))
    book = ReferenceBook("x", (Tariff("three", zones, ranges, date(2026, 1, 1)),))
    call = consultation(replace(account(), tariff="three"), reference=book)
    call.say(wants("tariff"))
    assert call.say(YES) == [
        "tariff.valid",
        "tariff.zone_hours",
        "tariff.zone_hours_more",
        "tariff.zone_round",
        "tariff.range_up_to",
        "tariff.zone_price",
        "tariff.zone_price",
        "tariff.range_above",
        "tariff.zone_price",
        *ELSE,
    ]


@pytest.mark.parametrize(
    ("tariff", "said"), [("", "tariff.unknown"), ("gone", "tariff.unknown"), ("no-prices", "tariff.no_prices")]
)
def test_a_tariff_that_is_not_there_or_has_no_prices(tariff: str, said: str) -> None:
    call = consultation(replace(account(), tariff=tariff))
    call.say(wants("tariff"))
    assert call.say(YES) == [said, *ELSE]


def test_the_version_in_force_is_told() -> None:
    old = Tariff(
        "t", (TariffZone("T1"),), (PriceRange(None, (("T1", Kopecks(800)),)),), date(2025, 1, 1), date(2026, 12, 31)
    )
    new = Tariff("t", (TariffZone("T1"),), (PriceRange(None, (("T1", Kopecks(900)),)),), date(2027, 1, 1))
    book = ReferenceBook("x", (old, new))
    call = consultation(replace(account(), tariff="t"), reference=book)
    call.say(wants("tariff"))
    call.say(YES)
    assert call.last("tariff.price").values["price"] == Money(Kopecks(800))
    late = consultation(replace(account(), tariff="t"), reference=book, clock=ClockTrust.UNKNOWN)
    late.say(wants("tariff"))
    late.say(YES)
    assert late.last("tariff.valid").values["date"] == SpokenDate(date(2027, 1, 1), DateForm.BARE)


def test_the_tariff_needs_no_second_fact() -> None:
    call = unknown(has=replace(account(), tariff="one-rate"))
    assert by_number(call, "tariff")[:2] == ["tariff.valid", "tariff.price_up_to"]


# ---------------------------------------------------------------- debt

ADVICE = "debt.advice"


def owing(parts: DebtParts | None, *, balance: int | None = -34_500) -> Call:
    known = None if balance is None else Balance(Kopecks(balance), date(2026, 11, 19))
    call = consultation(replace(account(), balance=known, debt=parts))
    call.say(wants("debt"))
    return call


def parts(opening: int, charged: int, recalculated: int, paid: int, penalty: int, to_pay: int) -> DebtParts:
    sums = (Kopecks(each) for each in (opening, charged, recalculated, paid, penalty, to_pay))
    return DebtParts(date(2026, 10, 1), *sums)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((0, 34_500, 0, 0, 0, 34_500), ["debt.charged_unpaid"]),
        ((0, 44_500, 0, 10_000, 0, 34_500), ["debt.charged_paid"]),
        ((34_500, 0, 0, 0, 0, 34_500), ["debt.opening_unpaid"]),
        ((20_000, 24_500, 0, 10_000, 0, 34_500), ["debt.opening", "debt.charged"]),
        ((20_000, 24_500, 0, 20_000, 10_000, 34_500), ["debt.charged_after", "debt.penalty"]),
        ((0, 30_000, 4_500, 0, 0, 34_500), ["debt.charged_unpaid", "debt.recalculated"]),
        ((10_000, 10_000, 10_000, 0, 4_500, 34_500), ["debt.opening_unpaid", "debt.charged", "debt.recalculated"]),
        ((-5_000, 39_500, 0, 0, 0, 34_500), ["debt.charged_unpaid"]),
        ((0, 0, 34_500, 0, 0, 34_500), ["debt.recalculated"]),
    ],
)
def test_why_there_is_a_debt(given: tuple[int, ...], said: list[str]) -> None:
    """«Задолженность – чтобы получить разъяснение о причинах появления задолженности»"""
    call = owing(parts(*given))
    assert call.say(YES) == ["balance.debt", *said, ADVICE, *ELSE]


def test_the_bill_is_named_where_the_balance_has_moved_on() -> None:
    call = owing(parts(10_000, 10_000, 10_000, 0, 4_500, 34_500), balance=-10_000)
    assert call.say(YES) == ["balance.debt", "debt.to_pay", "debt.opening_unpaid", "debt.charged", ADVICE, *ELSE]
    assert call.last("debt.to_pay").values == {"month": MonthName(date(2026, 10, 1)), "amount": Money(Kopecks(34_500))}


def test_without_a_balance_the_bill_alone_explains() -> None:
    call = owing(parts(0, 34_500, 0, 0, 0, 34_500), balance=None)
    assert call.say(YES) == ["debt.to_pay", "debt.charged_unpaid", ADVICE, *ELSE]


@pytest.mark.parametrize(
    ("given", "balance", "said"),
    [
        (None, -34_500, ["balance.debt", "debt.no_parts"]),
        ((0, 0, 0, 0, 0, 0), -34_500, ["balance.debt", "debt.no_parts"]),
        (None, None, ["debt.no_data"]),
        (None, 0, ["balance.even"]),
        (None, 100, ["debt.none", "balance.overpaid"]),
        ((0, 100, 0, 100, 0, 0), None, ["debt.none"]),
    ],
)
def test_no_debt_or_no_parts(given: tuple[int, ...] | None, balance: int | None, said: list[str]) -> None:
    call = owing(None if given is None else parts(*given), balance=balance)
    assert call.say(YES) == [*said, *ELSE]


def test_an_unknown_phone_hears_no_debt_before_the_flat() -> None:
    call = unknown(has=replace(account(), debt=parts(0, 34_500, 0, 0, 0, 34_500)))
    assert by_number(call, "debt") == ["identity.flat"]
    assert not any("amount" in phrase.values for phrase in call.phrases)
    assert call.say(typed("7"))[0] == "balance.debt"


# ---------------------------------------------------------------- payment


def test_paying_by_a_link_to_the_phone() -> None:
    """«Оплата – чтобы узнать о способах оплаты или оплатить банковской картой»"""
    call = consultation(account())
    assert call.say(wants("payment")) == ["menu.payment", "pay.ways", "pay.ask"]
    assert call.say(wants("pay_by_link")) == ADDRESS
    assert call.say(YES) == ["pay.link_offer", "hint.yes_no_short"]
    assert call.last("pay.link_offer").values["phone"] == PHONE
    assert call.say(YES) == ["pay.link_requested", *ELSE]
    assert RequestPayLink(NUMBER, PHONE) in call.effects
    assert call.say(wants("payment"))[:2] == ["menu.payment", "pay.ways"]
    assert call.say(wants("pay_by_link")) == ["pay.link_already", *ELSE]
    call.say(NO)
    assert call.outcome is Outcome.PAY_LINK_REQUESTED


def test_no_link_without_yes_or_with_a_failing_store() -> None:
    call = consultation(account())
    for event in (wants("payment"), wants("pay_by_link"), YES):
        call.say(event)
    assert call.say(NO) == ["pay.no_link", *ELSE]
    assert not any(isinstance(effect, RequestPayLink) for effect in call.effects)
    call.store_works = False
    for event in (wants("payment"), wants("pay_by_link")):
        call.say(event)
    assert call.say(YES) == ["pay.link_not_saved", *ELSE]
    call.say(NO)
    assert call.outcome is Outcome.INFORMED


def test_a_withheld_number_hears_the_ways_alone() -> None:
    call = consultation(caller=None)
    assert call.say(wants("payment")) == ["menu.payment", "pay.ways", *ELSE]


def test_other_ways_and_silence_at_the_ways() -> None:
    call = consultation()
    call.say(wants("payment"))
    assert call.say(wants("pay_ways")) == ["pay.other_ways", *ELSE]
    call.say(wants("payment"))
    assert call.say(NoInput()) == ELSE


@pytest.mark.parametrize(
    ("state", "said"), [(PayLinkState.SENT, "pay.link_sent"), (PayLinkState.FAILED, "pay.link_failed")]
)
def test_what_became_of_the_last_link_is_told_when_paying_is_asked_for(state: PayLinkState, said: str) -> None:
    call = consultation(replace(account(), pay_link=PayLink("event-1", state, date(2026, 11, 12))))
    assert call.say(wants("payment")) == ["menu.payment", *ADDRESS]
    assert call.say(YES) == [said, "pay.ways", "pay.ask"]
    assert call.say(wants("pay_by_link")) == ["pay.link_offer", "hint.yes_no_short"]


def test_denying_every_address_still_tells_the_ways() -> None:
    call = consultation(replace(account(), pay_link=PayLink("event-1", PayLinkState.SENT, date(2026, 11, 12))))
    call.say(wants("payment"))
    assert call.say(NO) == ["pay.ways", "pay.ask"]


def test_a_link_from_an_unknown_phone_needs_the_second_fact() -> None:
    call = unknown()
    call.say(wants("payment"))
    assert by_number(call, "pay_by_link") == ["identity.flat"]
    assert call.say(typed("7")) == ["pay.link_offer", "hint.yes_no_short"]


# ---------------------------------------------------------------- offices


def test_the_office_of_the_address_then_the_next_nearest() -> None:
    """«НАЙТИ БЛИЖАЙШИЙ ОФИС — Офис»"""
    call = consultation(replace(account(), office="office-1"))
    assert call.say(wants("office")) == ["menu.office", *ADDRESS]
    assert call.say(YES) == [*OFFICE, "office.else"]
    assert call.last("office.address").values["address"] == NEAR_SOKOL.address
    assert call.last("office.week").values["hours"] == WeekHours(WEEK)
    for following in (CLOSE_TO_SOKOL, FAR_FROM_SOKOL):
        assert call.say(wants("next")) == [*OFFICE, "office.else"]
        assert call.last("office.address").values["address"] == following.address
    assert call.say(wants("next")) == ["office.address", "office.open_now", "office.week", *ELSE]
    assert call.last("office.address").values["address"] == SOMEWHERE.address
    call.say(NO)
    assert call.outcome is Outcome.INFORMED


def test_an_unknown_phone_says_a_place_and_no_account() -> None:
    call = consultation()
    assert call.say(wants("office")) == ["office.ask"]
    assert call.question is not None
    names = call.question.question.names
    assert names["сокол"] == names["метро сокол"] == names["район сокол"]
    assert names["южное бутово"] != names["бунинская аллея"]
    assert call.say(wants(names["станция метро бунинская аллея"]))[0] == "office.address"
    assert call.last("office.address").values["address"] == FAR_FROM_SOKOL.address
    assert call.say(NO) == ELSE


def test_places_are_chosen_by_key_three_at_a_time() -> None:
    call = consultation(speech=False)
    assert call.say(wants("office")) == ["office.key_1", "office.key_2", "office.key_3", "office.key_more"]
    assert call.last("office.key_1").values["place"] == SpokenName("Аэропорт")
    assert call.question is not None
    assert set(call.question.question.choices) == {"1", "2", "3", "9"}
    assert call.say(wants("more")) == ["office.key_1", "office.key_more"]
    assert call.last("office.key_1").values["place"] == SpokenName("Южное Бутово")
    chosen = call.question.question.choices["1"]
    assert call.say(wants("more"))[0] == "office.key_1"
    call.say(wants(chosen))
    assert call.last("office.address").values["address"] == FAR_FROM_SOKOL.address


def test_after_trouble_the_places_are_named_with_their_keys() -> None:
    call = consultation()
    call.say(wants("office"))
    assert call.say(NoMatch()) == ["lead.unclear", "office.ask_short"]
    assert call.say(NoMatch())[:1] == ["office.key_1"]
    assert call.say(NoMatch()) == ["operator.connecting"]


def test_another_place_after_an_office() -> None:
    call = consultation()
    call.say(wants("office"))
    call.say(wants("place:0"))
    assert call.say(wants("by_place")) == ["office.ask"]


def test_denying_every_address_asks_for_a_place() -> None:
    call = consultation(replace(account(), office="office-1"))
    call.say(wants("office"))
    assert call.say(NO) == ["office.ask"]


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (datetime(2026, 11, 20, 19, 59), "office.open_now"),  # a Friday
        (datetime(2026, 11, 20, 20, 0), "office.opens_tomorrow"),
        (datetime(2026, 11, 20, 8, 59), "office.opens_today"),
        (datetime(2026, 11, 21, 16, 0), "office.opens_on"),  # Saturday; Sunday is off
        (datetime(2026, 11, 22, 12, 0), "office.opens_tomorrow"),
    ],
)
def test_open_now_or_when(now: datetime, said: str) -> None:
    call = consultation(reference=ReferenceBook("x", (), (office(1),)), now=now)
    assert call.say(wants("office")) == ["office.address", said, "office.week", *ELSE]


def test_a_single_day_off_counts_and_no_hours_are_no_guess() -> None:
    friday = date(2026, 11, 20)
    shut = office(1, closed_on=(friday,))
    call = consultation(reference=ReferenceBook("x", (), (shut,)))
    assert call.say(wants("office"))[1] == "office.opens_tomorrow"
    never = tuple(DayHours(day) for day in range(7))
    for hours in ((), never):
        unsure = consultation(reference=ReferenceBook("x", (), (office(1, hours=hours),)))
        assert unsure.say(wants("office")) == ["office.address", "office.hours_unknown", *ELSE]
    always_off = office(1, closed_on=tuple(date.fromordinal(friday.toordinal() + n) for n in range(40)))
    closed = consultation(reference=ReferenceBook("x", (), (always_off,)))
    assert closed.say(wants("office"))[1] == "office.closed"


def test_round_the_clock_is_open_now() -> None:
    hours = tuple(DayHours(day, time(0), time(0)) for day in range(7))
    call = consultation(reference=ReferenceBook("x", (), (office(1, hours=hours),)))
    assert call.say(wants("office"))[1] == "office.open_now"


def test_an_untrusted_clock_says_the_week_alone() -> None:
    call = consultation(reference=ReferenceBook("x", (), (office(1),)), clock=ClockTrust.UNKNOWN)
    assert call.say(wants("office")) == ["office.address", "office.week", *ELSE]


def test_a_book_without_offices_is_said_to_be_empty() -> None:
    call = consultation(reference=ReferenceBook())
    assert call.say(wants("office")) == ["office.none", *ELSE]


def test_offices_without_coordinates_come_in_the_order_of_the_book() -> None:
    book: tuple[Office, ...] = (office(1), office(2), office(3))
    call = consultation(reference=ReferenceBook("x", (), book))
    call.say(wants("office"))
    told = [call.last("office.address").values["address"]]
    for _ in range(2):
        call.say(wants("next"))
        told.append(call.last("office.address").values["address"])
    assert told == [each.address for each in book]


# ---------------------------------------------------------------- services


def test_services_lead_into_the_services_line_and_back() -> None:
    """«ЗАМЕНИТЬ СЧЕТЧИК — Услуги»"""
    call = consultation(operator=OperatorAccess.CLOSED_HOURS)
    assert call.say(wants("services")) == ["services.ask", "services.ask_rest"]
    assert call.say(wants("plumbing"))[0] == "services.plumbing"
    assert call.say(YES) == ["callback.saved", *ELSE]
    assert call.say(wants("replace_meter"))[0] == "services.meter_replacement"


# ---------------------------------------------------------------- forgetting the phone


def test_forgetting_the_phone_says_what_it_means_and_wants_yes() -> None:
    """«Забыть номер»"""
    call = consultation(account())
    assert call.say(wants("forget_phone")) == ["forget.what", "forget.offer", "hint.yes_no"]
    assert call.say(YES) == ["forget.done", *ELSE]
    assert ForgetPhone(PHONE) in call.effects
    assert call.say(wants("balance")) == ["menu.balance", "account.ask"]
    call.say(TimeIsUp())
    assert call.outcome is Outcome.PHONE_FORGOTTEN


def test_a_phone_that_was_forgotten_is_not_offered_to_be_saved() -> None:
    call = consultation(account(), directory={NUMBER.digits: account()})
    for event in (wants("forget_phone"), YES):
        call.say(event)
    by_number(call, "balance")
    assert call.say(typed("7")) == ["balance.debt", *ELSE]


def test_forgetting_may_be_declined_or_fail() -> None:
    call = consultation(account())
    call.say(wants("forget_phone"))
    assert call.say(NO) == ["forget.kept", *ELSE]
    call.store_works = False
    call.say(wants("forget_phone"))
    assert call.say(YES) == ["forget.not_done", *ELSE]
    assert call.say(wants("balance")) == ["menu.balance", *ADDRESS_AGAIN]


@pytest.mark.parametrize(("caller", "said"), [(PHONE, "forget.unknown"), (None, "forget.withheld")])
def test_there_may_be_nothing_to_forget(caller: object, said: str) -> None:
    call = consultation(caller=caller)
    assert call.say(wants("forget_phone")) == [said, *ELSE]


# ---------------------------------------------------------------- ends


def test_what_was_not_done_is_said_before_good_bye() -> None:
    call = consultation(account())
    assert call.say(TimeIsUp()) == ["end.time_up", *GOODBYE]
    for intent, undone in (("balance", "end.no_balance"), ("readings", "end.not_stored"), ("tariff", "end.not_done")):
        call = consultation(account())
        call.say(wants(intent))
        assert call.say(TimeIsUp()) == ["end.time_up", undone, *GOODBYE]
        assert call.outcome is Outcome.TIME_UP


def test_another_address_without_a_matter_is_the_menu() -> None:
    call = consultation(caller=None)
    call.say(wants("payment"))
    assert call.say(wants("other_address")) == MENU


def test_another_address_for_an_office_is_a_place_where_there_is_no_other() -> None:
    call = consultation(replace(account(), office="office-4"))
    for event in (wants("office"), YES, NO):
        call.say(event)
    assert call.say(wants("other_address")) == ["office.ask"]
