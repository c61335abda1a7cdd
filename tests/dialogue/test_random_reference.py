"""Whatever billing sends, the caller hears a sensible sentence: debts, tariffs and offices of any shape."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from box.accounts.model import Address, Balance, DebtParts, Kopecks
from box.accounts.reference import DayHours, Office, PriceRange, ReferenceBook, Tariff, TariffZone
from box.dialogue.lines import LINES
from box.dialogue.vocabulary import AskedWait, Money, Phrase, SaidIntent
from tests.dialogue.callers import DIALOGUE, IN_WINDOW, YES, Call, account
from tests.dialogue.phrase_file import PHRASES

CONSULTATION = replace(DIALOGUE, line=LINES["consultation"])
TODAY = IN_WINDOW.date()

kopecks = st.integers(-100_000_00, 100_000_00).map(Kopecks)
days = st.integers(-800, 800).map(lambda ahead: TODAY + timedelta(days=ahead))
times = st.times().map(lambda each: time(each.hour, each.minute))
zones = st.sampled_from(("T1", "T2", "T3"))
names = st.sampled_from(("", "Сокол", "сокол", "Южное Бутово", "Северо-Западный", " "))

hours = st.lists(st.tuples(times, times), max_size=2).map(tuple)

debts = st.builds(DebtParts, st.just(date(2026, 10, 1)), *([kopecks] * 6))
balances = st.builds(Balance, kopecks, days)
tariffs = st.builds(
    Tariff,
    st.just("t"),
    st.lists(
        st.builds(
            TariffZone, zones, st.sampled_from(("", "дневная зона")), st.lists(st.tuples(times, times)).map(tuple)
        ),
        unique_by=lambda zone: zone.zone,
    ).map(tuple),
    st.lists(
        st.builds(
            PriceRange,
            st.none() | st.integers(1, 9999),
            st.lists(st.tuples(zones, kopecks), max_size=3, unique_by=lambda price: price[0]).map(tuple),
        ),
        max_size=3,
    ).map(tuple),
    days,
    st.none() | days,
)
offices = st.builds(
    Office,
    st.sampled_from(("office-1", "office-2", "office-3", "office-4")),
    st.just(Address("Москва", "ул. Новая", "1")),
    st.lists(st.builds(DayHours, st.integers(0, 6), st.none() | times, st.none() | times), max_size=3).map(tuple),
    names,
    st.lists(names, max_size=2).map(tuple),
    st.none() | st.floats(-90, 90),
    st.none() | st.floats(-180, 180),
    st.lists(days, max_size=2).map(tuple),
)
books = st.builds(
    ReferenceBook,
    st.just("book"),
    st.lists(tariffs, max_size=3).map(tuple),
    st.lists(offices, unique_by=lambda office: office.id).map(tuple),
)


def told(intent: str, **facts: object) -> list[Phrase]:
    """What a caller with a known phone hears of ``intent`` after ДА to the address."""
    book = facts.pop("reference", ReferenceBook())
    call = Call((replace(account(), **facts),), dialogue=CONSULTATION, reference=book)  # type: ignore[arg-type]
    call.start()
    call.say(SaidIntent(intent))
    before = len(call.phrases)
    call.say(YES)
    for phrase in call.phrases:
        assert set(phrase.values) == PHRASES[phrase.id]["names"]
    return call.phrases[before:]


@settings(max_examples=200, deadline=None)
@given(st.none() | debts, st.none() | balances)
def test_a_debt_is_explained_in_three_sentences_by_figures_of_billing_alone(
    parts: DebtParts | None, balance: Balance | None
) -> None:
    heard = told("debt", debt=parts, balance=balance)
    about = [phrase for phrase in heard if phrase.id.startswith("debt.") and "advice" not in phrase.id]
    assert len(about) <= 3
    sent = {0} if parts is None else {getattr(parts, name) for name in DebtParts.__slots__ if name != "month"} | {0}
    for phrase in about:
        said = [value.amount for value in phrase.values.values() if isinstance(value, Money)]
        assert set(said) <= sent
        assert all(amount >= 0 for amount in said), "nobody is told of minus"
    assert heard[-1].id == "menu.else"
    assert len(heard) >= 2
    owes = balance.amount < 0 if balance is not None else parts is not None and parts.to_pay > 0
    assert ("debt.none" in ids(heard) or "balance.even" in ids(heard)) == (
        not owes and "debt.no_data" not in ids(heard)
    )


def ids(phrases: list[Phrase]) -> list[str]:
    return [phrase.id for phrase in phrases]


@settings(max_examples=60, deadline=None)
@given(books)
def test_a_tariff_of_any_shape_is_told_or_said_to_be_unknown(book: ReferenceBook) -> None:
    heard = ids(told("tariff", tariff="t", reference=book))
    prices = [id_ for id_ in heard if "price" in id_]
    assert heard[0] in ("tariff.valid", "tariff.unknown", "tariff.no_prices")
    assert (heard[0] == "tariff.valid") == bool([id_ for id_ in prices if id_ != "tariff.no_prices"])
    assert heard[-1] == "menu.else"


@settings(max_examples=60, deadline=None)
@given(books, st.integers(0, 10), st.times())
def test_offices_of_any_shape_are_told_one_after_another(book: ReferenceBook, choice: int, now: time) -> None:
    call = Call(dialogue=CONSULTATION, reference=book, now=IN_WINDOW.replace(hour=now.hour, minute=now.minute))
    call.start()
    call.say(SaidIntent("office"))
    assert call.question is not None
    if call.question.question.id == "ask-place":
        keys = sorted(set(call.question.question.names.values()))
        assert keys
        assert set(call.question.question.choices.values()) <= {*keys, "more"}
        call.say(SaidIntent(keys[choice % len(keys)]))
    told_before = [phrase for phrase in call.phrases if phrase.id == "office.address"]
    assert len(told_before) == bool(book.offices)
    for _ in book.offices[1:]:
        assert call.question.question.id == "office-told"
        assert call.say(SaidIntent("next"))[0] == "office.address"
    assert call.question.question.id == "what-else"
    assert call.say(AskedWait()) == ["lead.holding"]
