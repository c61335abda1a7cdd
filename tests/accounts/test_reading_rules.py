"""The rules that judge a reading: boundaries by example, promises by property."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.accounts.model import KilowattHours, Meter, Register
from box.accounts.reading import Finding, Plausibility, Verdict, judge, never_read

RULES = Plausibility(high_percent=200, high_above_kwh=150, rollover_from_percent=90, unknown_period_days=31)
TODAY = date(2026, 11, 20)


def metered(last: str = "01500", *, days: int = 30, usual: int = 200, whole: int = 5, fraction: int = 1) -> Meter:
    on = TODAY - timedelta(days=days) if last else None
    return Meter("20145678", whole, (Register("T1", last=last, last_on=on),), fraction, KilowattHours(usual))


def judged(meter: Meter, digits: str, **more: object) -> Verdict:
    return judge(meter, meter.registers[0], digits, RULES, today=TODAY, **more)  # type: ignore[arg-type]


def estimated(meter: Meter, actual: str) -> Meter:
    return replace(meter, registers=(replace(meter.registers[0], last_is_estimate=True, last_actual=actual),))


@pytest.mark.parametrize(
    ("digits", "finding", "kept"),
    [
        ("1578", Finding.PLAIN, "01578"),
        ("01578", Finding.PLAIN, "01578"),
        ("01500", Finding.PLAIN, "01500"),  # no use at all is fine
        ("015789", Finding.PLAIN, "01578"),  # one digit after the comma: dropped, never rounded up
        ("0157890", Finding.TOO_LONG, "0157890"),
        ("01499", Finding.LOWER, "01499"),
        ("0", Finding.LOWER, "00000"),
    ],
)
def test_capacity_and_order(digits: str, finding: Finding, kept: str) -> None:
    verdict = judged(metered(), digits)
    assert (verdict.finding, verdict.digits) == (finding, kept)
    assert verdict.whole_part == (digits == "015789")


def test_a_longer_entry_is_no_whole_part_on_a_meter_without_a_comma() -> None:
    assert judged(metered(fraction=0), "015789").finding is Finding.TOO_LONG


def test_a_lower_reading_names_what_it_is_lower_than() -> None:
    verdict = judged(metered(), "01499")
    assert (verdict.last, verdict.last_on) == ("01500", TODAY - timedelta(days=30))


@pytest.mark.parametrize(
    ("usual", "use", "finding"),
    [
        (200, 400, Finding.PLAIN),  # twice the expected use, not above
        (200, 401, Finding.HIGH),
        (100, 250, Finding.PLAIN),  # 150 above, not more
        (100, 251, Finding.HIGH),
        (100, 201, Finding.PLAIN),  # more than twice, but not 150 above
        (0, 5_000, Finding.PLAIN),  # nothing is known of the usual use
        (200, 10_800, Finding.HIGH),  # 15 kW for 30 days
        (200, 10_801, Finding.IMPOSSIBLE),
    ],
)
def test_too_high_and_impossible(usual: int, use: int, finding: Finding) -> None:
    verdict = judged(metered(usual=usual), f"{1500 + use:05d}")
    assert (verdict.finding, verdict.use_kwh) == (finding, use)
    assert verdict.flags == (("high_confirmed",) if finding is Finding.HIGH else ())


def new(last: str = "00003", *, days: int = 18, usual: int = 200) -> Meter:
    """A meter put in ``days`` ago, showing ``last`` then."""
    return replace(metered(last, days=days, usual=usual), installed_on=TODAY - timedelta(days=days))


def test_a_new_meter_is_compared_with_what_it_showed_when_it_was_put_in() -> None:
    lower = judged(new(), "00002")
    assert (lower.finding, lower.last, lower.at_installation) == (Finding.LOWER, "00003", True)
    assert judged(new(), "00003") == Verdict(
        Finding.PLAIN, "00003", ("new_meter",), use_kwh=0, usual_kwh=120, at_installation=True
    )
    high = judged(new(), "00500")
    assert (high.finding, high.flags) == (Finding.HIGH, ("high_confirmed", "new_meter"))
    assert judged(new(), "00500", warned="00500").flags == ("high_repeated", "new_meter")


def test_its_use_came_about_since_then() -> None:
    older = replace(new(days=18), registers=(Register("T1", last="00003", last_on=TODAY - timedelta(days=400)),))
    assert judged(older, "00500").usual_kwh == 120  # 18 days, not 400


@pytest.mark.parametrize(
    ("installed", "last", "last_on", "never"),
    [
        (None, "00003", TODAY, False),
        (TODAY, "", None, True),
        (TODAY, "00003", TODAY, True),
        (TODAY, "00003", TODAY - timedelta(days=1), True),
        (TODAY, "00003", TODAY + timedelta(days=1), False),
        (TODAY, "00003", None, False),  # put in years ago, perhaps, and billing sends no dates
    ],
)
def test_whether_a_meter_was_ever_read(installed: date | None, last: str, last_on: date | None, never: bool) -> None:
    meter = Meter("1", 5, (Register("T1", last=last, last_on=last_on),), installed_on=installed)
    assert never_read(meter) is never


def test_expected_use_grows_with_the_days() -> None:
    assert judged(metered(days=30), "02000").finding is Finding.HIGH
    assert judged(metered(days=90), "02000").finding is Finding.PLAIN
    assert judged(metered(days=90), "02000").usual_kwh == 600


def test_the_same_high_figures_a_second_time_are_accepted_with_a_flag() -> None:
    assert judged(metered(), "02740", warned="02740") == Verdict(
        Finding.PLAIN, "02740", ("high_repeated",), use_kwh=1240, usual_kwh=200
    )
    assert judged(metered(), "02741", warned="02740").finding is Finding.HIGH
    assert judged(metered(), "99999", warned="99999").finding is Finding.IMPOSSIBLE


def test_zones_before_count_towards_the_use_of_the_meter() -> None:
    assert judged(metered(), "01800").finding is Finding.PLAIN
    high = judged(metered(), "01800", earlier_kwh=300)
    assert (high.finding, high.use_kwh) == (Finding.HIGH, 600)
    assert judged(metered(), "01800", earlier_kwh=10_600).finding is Finding.IMPOSSIBLE


@pytest.mark.parametrize(
    ("last", "digits", "finding"),
    [
        ("99900", "00050", Finding.ROLLOVER),
        ("90000", "00050", Finding.LOWER),  # near the end, but 10 050 kWh in a month are not plausible
        ("89999", "00050", Finding.LOWER),  # not near the end
        ("99900", "99899", Finding.LOWER),  # would be nearly a whole turn
    ],
)
def test_a_meter_may_pass_zero_only_near_its_end(last: str, digits: str, finding: Finding) -> None:
    verdict = judged(metered(last), digits)
    assert verdict.finding is finding
    if finding is Finding.ROLLOVER:
        assert (verdict.use_kwh, verdict.flags) == (150, ("rollover",))


def test_without_a_usual_use_a_rollover_must_only_be_possible() -> None:
    assert judged(metered("90000", usual=0), "00050").finding is Finding.ROLLOVER
    assert judged(metered("90000", usual=0, days=20), "00050").finding is Finding.LOWER


@pytest.mark.parametrize(
    ("digits", "finding", "flags"),
    [
        ("01499", Finding.PLAIN, ("below_estimate",)),
        ("01400", Finding.PLAIN, ("below_estimate",)),
        ("01399", Finding.LOWER, ()),
        ("01500", Finding.PLAIN, ()),
    ],
)
def test_billing_s_estimate_may_be_undercut_but_not_the_last_actual_value(
    digits: str, finding: Finding, flags: tuple[str, ...]
) -> None:
    verdict = judged(estimated(metered("01500"), "01400"), digits)
    assert (verdict.finding, verdict.flags) == (finding, flags)
    if finding is Finding.LOWER:
        assert (verdict.last, verdict.last_on) == ("01400", None)  # billing dates the estimate only


def test_a_rollover_from_an_actual_value_of_unknown_date() -> None:
    """The estimate is of yesterday, the actual value is not: 250 kWh are no use of one day."""
    assert judged(estimated(metered("99950", days=1), "99800"), "00050").finding is Finding.ROLLOVER
    assert judged(metered("99800", days=1), "00050").finding is Finding.LOWER


def test_an_estimate_below_the_last_actual_value_excuses_nothing() -> None:
    assert judged(estimated(metered("01500"), "01600"), "01550").finding is Finding.LOWER


def test_a_first_reading_is_compared_with_nothing() -> None:
    assert judged(metered(""), "99999") == Verdict(Finding.PLAIN, "99999")
    assert judged(estimated(metered("01500"), ""), "00001").flags == ("below_estimate",)


def test_without_a_trusted_clock_few_days_are_not_believed() -> None:
    """A box that woke up with an old date must not refuse a month's use as that of a day."""
    assert judged(metered(days=1), "02000").finding is Finding.IMPOSSIBLE
    assert judged(metered(days=1), "01900", clock_trusted=False).finding is Finding.PLAIN
    assert judged(metered(days=90), "02000", clock_trusted=False).finding is Finding.PLAIN


@pytest.mark.parametrize("digits", ["", "12a", "-1", "١٢٣", "1 2"])
def test_only_digits_can_be_judged(digits: str) -> None:
    with pytest.raises(ValueError):
        judged(metered(), digits)


@st.composite
def meters(draw: st.DrawFn) -> Meter:
    """Any meter that billing may describe."""
    whole = draw(st.integers(4, 8))
    value = st.integers(0, 10**whole - 1).map(lambda number: f"{number:0{whole}d}")
    last = draw(st.one_of(value, st.just("")))
    register = Register(
        "T1",
        last=last,
        last_on=draw(st.one_of(st.none(), st.dates(date(2020, 1, 1), date(2027, 1, 1)))),
        last_is_estimate=draw(st.booleans()),
        last_actual=draw(st.one_of(value, st.just(""))),
    )
    usual = KilowattHours(draw(st.integers(0, 5000)))
    return Meter("1", whole, (register,), draw(st.integers(0, 3)), usual, draw(st.integers(1, 60)))


readings = st.text("0123456789", min_size=1, max_size=12)


@given(meters(), readings)
def test_what_is_kept_has_the_capacity_and_the_value_given(meter: Meter, digits: str) -> None:
    verdict = judged(meter, digits)
    whole = meter.whole_digits
    if verdict.finding is Finding.TOO_LONG:
        assert len(digits) > whole
        assert len(digits) != whole + meter.fraction_digits
        assert verdict.digits == digits
        return
    assert len(verdict.digits) == whole
    assert int(verdict.digits) == int(digits[:whole])
    assert verdict.whole_part == (len(digits) > whole)


@given(meters(), readings, st.integers(0, 5000), st.booleans())
def test_nothing_below_the_last_actual_value_is_accepted_but_a_rollover(
    meter: Meter, digits: str, earlier_kwh: int, clock_trusted: bool
) -> None:
    verdict = judged(meter, digits, earlier_kwh=earlier_kwh, clock_trusted=clock_trusted, warned=digits)
    register = meter.registers[0]
    actual = register.last_actual if register.last_is_estimate else register.last
    if register.last and actual and verdict.finding.acceptable and int(verdict.digits) < int(actual):
        assert verdict.finding is Finding.ROLLOVER
        assert "rollover" in verdict.flags
        assert int(actual) >= 0.9 * 10**meter.whole_digits
        assert verdict.use_kwh == earlier_kwh + 10**meter.whole_digits - int(actual) + int(verdict.digits)


@given(meters(), readings)
def test_the_estimate_is_undercut_only_with_a_flag(meter: Meter, digits: str) -> None:
    register = meter.registers[0]
    verdict = judged(meter, digits)
    if register.last and verdict.finding is Finding.PLAIN and int(verdict.digits) < int(register.last):
        assert register.last_is_estimate
        assert verdict.flags == ("below_estimate",)


@given(meters(), readings)
def test_no_use_beyond_the_connected_power_is_accepted(meter: Meter, digits: str) -> None:
    register = meter.registers[0]
    verdict = judged(meter, digits)
    if verdict.finding.acceptable and verdict.use_kwh is not None and register.last_on is not None:
        days = max((TODAY - register.last_on).days, 1)
        longest = max(days, 31) if register.last_is_estimate else days
        assert verdict.use_kwh <= meter.power_kw * 24 * longest


@given(meters(), readings)
def test_a_repeated_statement_never_turns_a_refusal_into_a_yes(meter: Meter, digits: str) -> None:
    once = judged(meter, digits)
    again = judged(meter, digits, warned=once.digits)
    assert again.finding.acceptable == once.finding.acceptable
    if once.finding is not Finding.HIGH:
        assert again == once
