"""What alternatives add up to: by hand, and as properties over any alternatives."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.dialogue.vocabulary import (
    AskedOperator,
    CardNumberGiven,
    NoMatch,
    NoMatchReason,
    PlausibleReading,
    Question,
    QuestionKind,
    SaidDigits,
    SaidNo,
    SaidYes,
)
from box.listening.decision import GARBAGE, RULE, Alternative, Rule, understand
from box.listening.vocabulary import CallerFellSilent, HearingEvent, SpokenPart
from box.understanding.plausible import LEAN, is_plausible
from box.understanding.spoken_digits import digits_said
from box.understanding.words import load_words

WORDS = load_words(Path(__file__).resolve().parents[2] / "config" / "intents.toml")
YES_NO = Question("q", QuestionKind.YES_NO)
READING = Question("q", QuestionKind.DIGITS, length=5)
UNKNOWN_LENGTH = Question("q", QuestionKind.DIGITS)
MENU = Question("q", QuestionKind.MENU, choices={"1": "balance"})


def part(words: str) -> SpokenPart:
    row = WORDS.row(READING, words.split())
    assert row is not None
    return SpokenPart(row)


def ranked(*rows: tuple[str, float]) -> list[Alternative]:
    return [Alternative(tuple(words.split()), score) for words, score in rows]


NEAR, FAR = -0.2, -6.0
"""Beside an alternative at 0: nearly as likely (45 of 100), and hopeless."""


@pytest.mark.parametrize(
    ("question", "alternatives", "event"),
    [
        (YES_NO, [], CallerFellSilent()),
        (YES_NO, [("", 0)], CallerFellSilent()),
        (YES_NO, [("да", 0)], SaidYes()),
        (YES_NO, [("да", 0), ("нет", NEAR)], NoMatch()),
        (YES_NO, [("да", 0), ("нет", FAR)], SaidYes()),
        (YES_NO, [("да", 0), ("верно", NEAR)], SaidYes()),
        (YES_NO, [("да", 0), ("не", NEAR)], SaidYes()),  # nobody answers by «не»
        (YES_NO, [("нет", 0), ("неверно", NEAR), ("не", NEAR)], SaidNo()),
        (YES_NO, [("[unk]", 0), ("да", NEAR)], NoMatch()),
        (YES_NO, [("[unk] да", 0)], NoMatch()),
        (YES_NO, [("да", 0), ("[unk]", NEAR), ("[unk] [unk]", NEAR)], NoMatch()),
        (YES_NO, [("алло да", 0)], SaidYes()),
        (YES_NO, [("алло", 0)], NoMatch()),
        (YES_NO, [("оператор", 0)], AskedOperator()),
        (READING, [("один два три четыре пять", 0), ("один два три четыре шесть", NEAR)], NoMatch()),
        (READING, [("один два три четыре пять", 0), ("один два три четыре", NEAR)], part("один два три четыре пять")),
        (READING, [("один два три четыре", 0), ("один два три четыре пять", NEAR)], part("один два три четыре пять")),
        (READING, [("один два три четыре", 0), ("один два три пять", NEAR)], NoMatch()),
        (READING, [("один тридцать три четыре", 0), ("один три три четыре пять", NEAR)],
         part("один три три четыре пять")),
        (READING, [("один два три ноль пять", 0), ("один два три нуль пять", NEAR)], part("один два три ноль пять")),
        (READING, [("так один два три ноль пять", 0)], part("один два три ноль пять")),
        (READING, [("один два три ноль пять [unk]", 0)], NoMatch()),
        (READING, [("оператор", 0), ("один", NEAR)], AskedOperator()),
        (READING, [("пятнадцать двадцать тридцать", 0)], NoMatch(NoMatchReason.SAY_SINGLE_DIGITS)),
        (UNKNOWN_LENGTH, [("двадцать пять", 0)], NoMatch(NoMatchReason.SAY_SINGLE_DIGITS)),
        (UNKNOWN_LENGTH, [("четыре" + " ноль" * 14 + " два", 0)], CardNumberGiven()),
    ],
)  # fmt: skip
def test_alternatives_by_hand(question: Question, alternatives: list[tuple[str, float]], event: HearingEvent) -> None:
    found = understand(question, WORDS, ranked(*alternatives))
    assert found.event == event
    assert (found.doubt == "") == (not isinstance(event, NoMatch | CallerFellSilent))


def test_the_same_said_in_two_ways_is_twice_as_certain() -> None:
    one_way = understand(YES_NO, WORDS, ranked(("да", 0.0), ("нет", 0.0)))
    two_ways = understand(YES_NO, WORDS, ranked(("да", 0.0), ("верно", 0.0), ("нет", 0.0)))
    assert one_way.certainty == pytest.approx(1 / 2)
    assert two_ways.certainty == pytest.approx(2 / 3)


def test_many_small_doubts_weigh_as_one_great_one() -> None:
    digits = [("один два три четыре пять", 0.0)]
    doubts = [(f"один два три четыре {word}", -2.0) for word in ("шесть", "семь", "восемь", "девять", "ноль", "один")]
    assert understand(READING, WORDS, ranked(*digits, doubts[0])).event == part("один два три четыре пять")
    assert isinstance(understand(READING, WORDS, ranked(*digits, *doubts)).event, NoMatch)


def test_what_is_missing_counts_from_what_is_given() -> None:
    three, four = ("один два три", 0.0), ("один два три четыре", NEAR)
    assert understand(READING, WORDS, ranked(three, four), given=2).event == part("один два три")
    assert understand(READING, WORDS, ranked(three, four), given=1).event == part("один два три четыре")


def test_a_correction_alone_is_a_part_of_an_entry_that_has_begun() -> None:
    fix = ranked(("нет не пять а шесть", 0.0))
    assert understand(READING, WORDS, fix, given=3).event == part("нет не пять а шесть")


# ---------------------------------------------------------------- over any alternatives

SOME_WORDS = ["да", "нет", "не", "один", "два", "пять", "сто", GARBAGE, "а", "баланс", "чай", "так"]
rows = st.lists(
    st.tuples(st.lists(st.sampled_from(SOME_WORDS), max_size=4), st.floats(-10, 0)), max_size=6
)  # fmt: skip
digit_rows = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["ноль", "один", "два", "три", "семь"]), min_size=4, max_size=6), st.floats(-4, 0)
    ),
    min_size=1,
    max_size=6,
)


def sorted_alternatives(drawn: list[tuple[list[str], float]]) -> list[Alternative]:
    return [Alternative(tuple(words), score) for words, score in sorted(drawn, key=lambda row: -row[1])]


@settings(deadline=None)
@given(st.sampled_from([YES_NO, READING, MENU]), rows)
def test_only_what_was_heard_is_answered(question: Question, drawn: list[tuple[list[str], float]]) -> None:
    """Whatever the alternatives: a part given on is one of them, word for word."""
    alternatives = sorted_alternatives(drawn)
    found = understand(question, WORDS, alternatives)
    assert 0.0 <= found.certainty <= 1.0 + 1e-9
    if isinstance(found.event, SpokenPart):
        assert found.event.row in [WORDS.row(question, each.words) for each in alternatives]


@settings(deadline=None)
@given(st.sampled_from([YES_NO, READING, MENU]), rows, st.floats(0, 1), st.floats(0, 1))
def test_a_stricter_rule_takes_less_and_nothing_else(
    question: Question, drawn: list[tuple[list[str], float]], one: float, other: float
) -> None:
    low, high = sorted((one, other))
    alternatives = sorted_alternatives(drawn)
    lax = understand(question, WORDS, alternatives, rule=Rule(low, low, low)).event
    strict = understand(question, WORDS, alternatives, rule=Rule(high, high, high)).event
    assert strict == lax or isinstance(strict, NoMatch)


# ---------------------------------------------------------------- plausible readings


@pytest.mark.parametrize(
    ("last", "usual_kwh", "digits", "plausible"),
    [
        (1578, 200, "01578", True),
        (1578, 200, "01928", True),
        (1578, 200, "01979", False),  # 401: more than twice the usual use
        (1578, 10, "01738", True),
        (1578, 10, "01739", False),  # 161: more than 150 above it
        (1578, 200, "01577", False),
        (99900, 200, "00100", True),  # past zero
        (80000, 200, "00100", False),
        (1578, 200, "001578", False),
    ],
)
def test_a_plausible_reading(last: int, usual_kwh: int, digits: str, plausible: bool) -> None:
    assert is_plausible(PlausibleReading(last, usual_kwh, 5), digits) is plausible


def test_what_is_known_of_a_meter_is_in_no_log() -> None:
    asked = replace(READING, plausible=PlausibleReading(1578, 210, 5))
    assert "1578" not in repr(asked)
    assert "210" not in repr(asked)


def test_of_two_that_sound_alike_the_plausible_one_is_read_back() -> None:
    alike = ranked(("ноль один семь семь восемь", 0.0), ("ноль один пять семь восемь", -0.1))
    assert isinstance(understand(READING, WORDS, alike).event, NoMatch)
    known = replace(READING, plausible=PlausibleReading(1500, 60, 5))
    assert understand(known, WORDS, alike).event == part("ноль один пять семь восемь")


def test_what_is_heard_clearly_stays_as_heard() -> None:
    clear = ranked(("ноль один семь семь восемь", 0.0), ("ноль один пять семь восемь", -4.0))
    known = replace(READING, plausible=PlausibleReading(1500, 60, 5))
    assert understand(known, WORDS, clear).event == part("ноль один семь семь восемь")


@settings(deadline=None)
@given(digit_rows, st.integers(0, 99999), st.integers(0, 2000))
def test_plausibility_adds_no_digits_and_overturns_nothing_clear(
    drawn: list[tuple[list[str], float]], last: int, usual_kwh: int
) -> None:
    """Whatever is known of the meter: the digits taken are an alternative that was heard, within LEAN of the best by
    its sound, and those that would be taken without it or else sounded about as likely."""
    alternatives = sorted_alternatives(drawn)
    known = replace(READING, plausible=PlausibleReading(last, usual_kwh, 5))
    with_it = understand(known, WORDS, alternatives)
    without = understand(READING, WORDS, alternatives)
    if not isinstance(with_it.event, SpokenPart):
        return
    taken = _digits(with_it.event)
    shares = _shares_by_hand(alternatives)
    assert taken in shares
    assert shares[taken] >= max(shares.values()) / math.exp(LEAN) - 1e-9
    if isinstance(without.event, SpokenPart) and _digits(without.event) != taken:
        assert is_plausible(PlausibleReading(last, usual_kwh, 5), taken)


def _digits(event: SpokenPart) -> str:
    said = digits_said(READING, event.row)
    assert isinstance(said, SaidDigits)
    return said.digits


def _shares_by_hand(alternatives: list[Alternative]) -> dict[str, float]:
    """Likelihood of each row of digits, those of another length 20 times less likely before anything is heard."""
    names = {"ноль": "0", "один": "1", "два": "2", "три": "3", "семь": "7"}
    shares: dict[str, float] = {}
    for each in alternatives:
        digits = "".join(names[word] for word in each.words)
        prior = 1.0 if len(digits) == 5 else math.exp(-3.0)
        shares[digits] = shares.get(digits, 0.0) + prior * math.exp(each.score)
    return shares


def test_the_rule_of_calls_is_stricter_where_the_length_confirms_nothing() -> None:
    assert 0.5 <= RULE.whole <= RULE.part < 1.0
    assert 0.5 <= RULE.words < 1.0
