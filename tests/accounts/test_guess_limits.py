"""The limits on guessing: where they bite, and what a wall clock that jumps cannot do to them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.accounts.guess_limits import (
    LONGEST_WINDOW,
    Asker,
    GuardedLookUp,
    Guess,
    GuessKind,
    GuessLimits,
    allowed,
    redated,
)
from box.accounts.model import Account, AccountNumber, Address, ClockTrust, PhoneNumber

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
KNOWN = Asker("now", "readings", PhoneNumber("74995550101"))
WITHHELD = Asker("now", "readings", None)
SYNCED, HOLDOVER, UNKNOWN = ClockTrust.SYNCED, ClockTrust.HOLDOVER, ClockTrust.UNKNOWN


def ago(*hours: float, call: str = "earlier") -> list[Guess]:
    return [Guess(NOW - timedelta(hours=each), SYNCED, call) for each in hours]


@pytest.mark.parametrize(
    ("asker", "guesses", "may"),
    [
        (KNOWN, ago(), True),
        (KNOWN, ago(1, 2, 3, 4), True),
        (KNOWN, ago(1, 2, 3, 4, 5), False),
        (KNOWN, ago(1, 2, 3, 4, 23.99), False),
        (KNOWN, ago(1, 2, 3, 4, 24), True),
        (KNOWN, ago(*[25] * 50), True),
        (KNOWN, ago(0, 0, call="now"), True),
        (KNOWN, ago(0, 0, 0, call="now"), False),
        (KNOWN, ago(30, 30, 30, call="now"), False),
        (WITHHELD, ago(*[0.5] * 9), True),
        (WITHHELD, ago(*[0.5] * 10), False),
        (WITHHELD, ago(*[0.5] * 9, 1.0), True),
        (WITHHELD, ago(0, 0, 0, call="now"), False),
    ],
)
def test_where_the_limits_are(asker: Asker, guesses: list[Guess], may: bool) -> None:
    assert allowed(guesses, asker, NOW) == may


def test_the_numbers_can_be_set() -> None:
    limits = GuessLimits(per_call=9, per_phone_a_day=2, per_line_an_hour=1)
    assert [allowed(ago(*[0.1] * n), KNOWN, NOW, limits) for n in range(4)] == [True, True, False, False]
    assert [allowed(ago(*[0.1] * n), WITHHELD, NOW, limits) for n in range(3)] == [True, False, False]
    for wrong in ({"per_call": 0}, {"per_phone_a_day": 0}, {"per_line_an_hour": -1}):
        with pytest.raises(ValueError, match="at least 1"):
            GuessLimits(**wrong)


@pytest.mark.parametrize(
    ("at_h", "was", "clock", "to_now"),
    [
        (-1, SYNCED, SYNCED, False),
        (-1, HOLDOVER, HOLDOVER, False),
        (-1, SYNCED, UNKNOWN, False),
        (1, SYNCED, SYNCED, True),
        (1, SYNCED, UNKNOWN, True),
        (-500_000, UNKNOWN, SYNCED, True),
        (-1, HOLDOVER, SYNCED, True),
        (-1, UNKNOWN, HOLDOVER, False),
    ],
)
def test_which_attempts_are_dated_anew(at_h: float, was: ClockTrust, clock: ClockTrust, to_now: bool) -> None:
    guess = Guess(NOW + timedelta(hours=at_h), was, "c")
    after = redated(guess, NOW, clock)
    assert after == (Guess(NOW, clock, "c") if to_now else guess)
    assert redated(after, NOW, clock) == after, "once"


moments = st.datetimes(datetime(1970, 1, 2), datetime(2100, 1, 1), timezones=st.just(UTC))
trusts = st.sampled_from(ClockTrust)
steps = st.lists(st.tuples(moments, trusts), min_size=1, max_size=8)


@given(moments, trusts, st.lists(st.timedeltas(timedelta(0), timedelta(days=400)), max_size=6), trusts)
def test_a_clock_that_goes_back_resets_nothing(
    start: datetime, clock: ClockTrust, backwards: list[timedelta], later: ClockTrust
) -> None:
    """Whatever its trust, as long as it never goes forward, what was barred stays barred."""
    guesses = [Guess(start, clock, "c")] * 5
    now = start
    for step in backwards:
        now = max(now - step, datetime(1970, 1, 2, tzinfo=UTC))
        guesses = [redated(guess, now, later) for guess in guesses]
        assert not allowed(guesses, KNOWN, now)


@given(moments, trusts, steps)
def test_no_clock_locks_anybody_out_for_ever(start: datetime, clock: ClockTrust, jumps: list[tuple]) -> None:
    """After the last jump, one window of a clock that runs as clocks do is enough."""
    guesses = [Guess(start, clock, "c")] * 50
    for now, trust in jumps:
        guesses = [redated(guess, now, trust) for guess in guesses]
    now, trust = jumps[-1][0] + LONGEST_WINDOW, jumps[-1][1]
    guesses = [redated(guess, now, trust) for guess in guesses]
    assert allowed(guesses, KNOWN, now)
    assert allowed(guesses, WITHHELD, now)


@given(moments, steps)
def test_setting_a_clock_that_was_not_set_forgives_nothing(start: datetime, before: list[tuple]) -> None:
    guesses = [Guess(start, UNKNOWN, "c")] * 5
    for now, trust in before:
        if trust is not SYNCED:
            guesses = [redated(guess, now, trust) for guess in guesses]
    guesses = [redated(guess, NOW, SYNCED) for guess in guesses]
    assert not allowed(guesses, KNOWN, NOW + timedelta(hours=23))
    assert allowed(guesses, KNOWN, NOW + timedelta(hours=24))


# ---------------------------------------------------------------- the look-up


class Diary:
    """A directory and a book of guesses in one that write down what they are asked."""

    def __init__(self, number: str, may: bool) -> None:
        self.number, self.may = AccountNumber(number), may
        self.asked: list[str] = []
        self.counted: list[tuple[GuessKind, bool]] = []

    def find(self, number: AccountNumber, today: date) -> Account | None:
        self.asked.append("find")
        return Account(number, Address("", "", "1"), ()) if number == self.number else None

    def allowed(self, asker: Asker, now: datetime, clock: ClockTrust) -> bool:
        self.asked.append("allowed")
        return self.may

    def count(self, asker: Asker, kind: GuessKind, now: datetime, clock: ClockTrust, *, refused: bool = False) -> None:
        self.asked.append("count")
        self.counted.append((kind, refused))


@pytest.mark.parametrize(
    ("number", "may", "found", "counted"),
    [
        ("1", True, True, []),
        ("1", False, False, [(GuessKind.UNKNOWN_ACCOUNT, True)]),
        ("2", True, False, [(GuessKind.UNKNOWN_ACCOUNT, False)]),
        ("2", False, False, [(GuessKind.UNKNOWN_ACCOUNT, True)]),
    ],
)
def test_not_found_and_not_allowed_take_the_same_steps(
    number: str, may: bool, found: bool, counted: list[tuple[GuessKind, bool]]
) -> None:
    diary = Diary("1", may)
    look_up = GuardedLookUp(diary, diary)
    account = look_up.find(AccountNumber(number), NOW.date(), KNOWN, NOW, SYNCED)
    assert (account is not None, diary.counted) == (found, counted)
    assert diary.asked == (["find", "allowed"] if found else ["find", "allowed", "count"])


def test_a_wrong_second_fact_counts() -> None:
    diary = Diary("1", may=True)
    GuardedLookUp(diary, diary).count_second_fact(KNOWN, NOW, SYNCED)
    assert diary.counted == [(GuessKind.WRONG_SECOND_FACT, False)]
