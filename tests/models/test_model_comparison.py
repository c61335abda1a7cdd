"""Better, worse or chance: against figures computed otherwise, and by simulation."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.models.comparison import Outcome, Pair, Verdict, compare, mcnemar

RIGHT, WRONG, UNSURE = Outcome(True, False), Outcome(False, True), Outcome(False, False)


def pairs(*counts: tuple[int, Outcome, Outcome], voices: int = 1) -> list[Pair]:
    made = []
    for count, first, second in counts:
        made += [Pair("s", "", first, second)] * count
    return [Pair("s", f"v{n % voices}", pair.first, pair.second) for n, pair in enumerate(made)]


@pytest.mark.parametrize(
    ("gained", "lost", "p"),
    [
        (0, 0, 1.0),
        (1, 0, 1.0),
        (5, 0, 0.0625),
        (6, 0, 0.03125),
        (10, 2, 0.03857421875),
        (3, 3, 1.0),
        (2, 9, 0.0654296875),
    ],
)
def test_mcnemar_s_exact_p(gained: int, lost: int, p: float) -> None:
    """Values of the two-sided binomial test with p = 1/2 (tables; 10:2 is Conover's)."""
    assert mcnemar(gained, lost) == pytest.approx(p)


@given(st.integers(0, 8), st.integers(0, 8))
@settings(deadline=None, max_examples=40)
def test_mcnemar_by_counting_every_toss(gained: int, lost: int) -> None:
    n = gained + lost
    least = min(gained, lost)
    as_uneven = sum(min(sum(toss), n - sum(toss)) <= least for toss in product((0, 1), repeat=n))
    assert mcnemar(gained, lost) == pytest.approx(min(1.0, float(Fraction(as_uneven, 2**n))))


def test_the_same_model_cannot_be_told_apart() -> None:
    found = compare(pairs((50, RIGHT, RIGHT), (50, WRONG, WRONG), voices=10))
    assert found.verdict is Verdict.CANNOT_TELL
    assert (found.right.share, found.right.low, found.right.high, found.right.p) == (0, 0, 0, 1)


def test_counts_and_difference() -> None:
    found = compare(pairs((60, RIGHT, RIGHT), (20, UNSURE, RIGHT), (5, RIGHT, WRONG), (15, WRONG, UNSURE), voices=10))
    assert (found.first.right, found.first.wrong, found.first.unsure) == (65, 15, 20)
    assert (found.second.right, found.second.wrong, found.second.unsure) == (80, 5, 15)
    assert found.right.share == pytest.approx(0.15)
    assert (found.right.gained, found.right.lost) == (20, 5)
    assert found.wrong.share == pytest.approx(-0.10)
    assert found.right.low < 0.15 < found.right.high
    assert found.verdict is Verdict.BETTER


def test_swapping_the_models_turns_the_verdict() -> None:
    made = pairs((60, RIGHT, RIGHT), (20, UNSURE, RIGHT), (3, RIGHT, UNSURE), voices=12)
    there, back = compare(made), compare([Pair(p.set, p.voice, p.second, p.first) for p in made])
    assert (there.verdict, back.verdict) == (Verdict.BETTER, Verdict.WORSE)
    assert there.right.share == -back.right.share


def test_more_answers_with_more_mistakes_among_them_is_a_trade() -> None:
    assert (
        compare(pairs((40, UNSURE, RIGHT), (20, UNSURE, WRONG), (40, RIGHT, RIGHT), voices=8)).verdict is Verdict.MIXED
    )


def test_fewer_mistakes_alone_are_better() -> None:
    assert compare(pairs((80, RIGHT, RIGHT), (20, WRONG, UNSURE), voices=8)).verdict is Verdict.BETTER


def test_voices_are_drawn_where_there_are_enough() -> None:
    few, many = (compare(pairs((90, RIGHT, RIGHT), (10, UNSURE, RIGHT), voices=n)) for n in (4, 5))
    assert (few.drawn, many.drawn) == ("recordings", "voices")


def test_one_voice_that_gains_everything_proves_less_than_many() -> None:
    """The reason for drawing voices: twenty gained recordings of one person, or one of each of twenty."""
    one = [Pair("s", f"v{n % 20}", UNSURE if n % 20 == 0 else RIGHT, RIGHT) for n in range(400)]
    each = [Pair("s", f"v{n % 20}", UNSURE if n < 20 else RIGHT, RIGHT) for n in range(400)]
    alone, spread = compare(one).right, compare(each).right
    assert alone.share == spread.share == pytest.approx(0.05)
    assert alone.low == 0 < spread.low
    assert compare(one).verdict is Verdict.CANNOT_TELL
    assert compare(each).verdict is Verdict.BETTER


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """60 sets of 30 voices by a known law: the true difference of 0.1 lies in nearly all of the intervals."""
    rng = random.Random(3)
    inside = 0
    for _ in range(60):
        made = [
            Pair("s", f"v{voice}", Outcome(rng.random() < 0.7, False), Outcome(rng.random() < 0.8, False))
            for voice in range(30)
            for _ in range(6)
        ]
        found = compare(made).right
        inside += found.low <= 0.1 <= found.high
    assert 51 <= inside <= 60


def test_the_same_recordings_give_the_same_interval() -> None:
    made = pairs((60, RIGHT, RIGHT), (20, UNSURE, RIGHT), (3, RIGHT, UNSURE), voices=7)
    assert compare(made) == compare(made)
