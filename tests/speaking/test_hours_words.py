"""Opening hours in words: against num2words for the cases, and read back into a timetable by a listener of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from num2words.lang_RU import Num2Word_RU

from box.accounts.reference import DayHours
from box.errors import CannotSay
from box.speaking import calendar_words
from box.speaking.hours_words import all_words, range_words, week_words

OTHER = Num2Word_RU()
DAY_STEMS = ("понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень")
HALF_HOURS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 30]))


def genitive(number: int, gender: str = "m") -> str:
    return str(OTHER.to_cardinal(number, case="g", gender=gender)).replace("нуля", "ноля")


def clock(at: time) -> str:
    if at.minute:
        nought = "ноль " if at.minute < 10 else ""
        return f"{genitive(at.hour)} {nought}{genitive(at.minute, 'f')}"
    return {0: "полуночи", 1: "часа"}.get(at.hour, genitive(at.hour))


@given(st.times(), st.times())
@settings(deadline=None)
def test_a_range_is_two_genitives(opens: time, closes: time) -> None:
    words = " ".join(range_words(opens, closes))
    if opens.replace(second=0, microsecond=0) == closes.replace(second=0, microsecond=0):
        assert words == "круглосуточно"
    else:
        assert words == f"с {clock(opens)} до {clock(closes)}"


@pytest.mark.parametrize(
    ("opens", "closes", "words"),
    [
        (time(7), time(23), "с семи до двадцати трёх"),
        (time(23), time(7), "с двадцати трёх до семи"),
        (time(8, 30), time(20, 30), "с восьми тридцати до двадцати тридцати"),
        (time(9), time(20), "с девяти до двадцати"),
        (time(10), time(21), "с десяти до двадцати одного"),
        (time(1), time(0), "с часа до полуночи"),
        (time(0, 30), time(9, 5), "с ноля тридцати до девяти ноль пяти"),
    ],
)
def test_ranges_as_people_say_them(opens: time, closes: time, words: str) -> None:
    assert " ".join(range_words(opens, closes)) == words


def week(*groups: tuple[str, time | None, time | None]) -> list[DayHours]:
    return [DayHours(int(day), opens, closes) for days, opens, closes in groups for day in days]


NINE, TEN, ONE, TWO, FOUR, SIX, EIGHT = (time(hour) for hour in (9, 10, 13, 14, 16, 18, 20))


@pytest.mark.parametrize(
    ("days", "text"),
    [
        (
            week(("01234", NINE, EIGHT), ("5", TEN, FOUR), ("6", None, None)),
            "по будням с девяти до двадцати, в субботу с десяти до шестнадцати, воскресенье — выходной",
        ),
        (week(("0123456", NINE, EIGHT)), "ежедневно с девяти до двадцати"),
        (week(("0123456", NINE, NINE)), "ежедневно круглосуточно"),
        (
            week(("0123", NINE, SIX), ("4", NINE, FOUR), ("56", None, None)),
            "с понедельника по четверг с девяти до восемнадцати, в пятницу с девяти до шестнадцати, "
            "суббота и воскресенье — выходные",
        ),
        (
            week(("1", NINE, SIX), ("35", TEN, SIX)),
            "во вторник с девяти до восемнадцати, в четверг и субботу с десяти до восемнадцати",
        ),
        (
            week(("024", NINE, SIX), ("1356", None, None)),
            "в понедельник, среду и пятницу с девяти до восемнадцати, "
            "вторник, четверг, суббота и воскресенье — выходные",
        ),
        (
            week(("01234", TWO, SIX), ("01234", NINE, ONE)),
            "по будням с девяти до тринадцати и с четырнадцати до восемнадцати",
        ),
        (week(("56", TEN, FOUR)), "в субботу и воскресенье с десяти до шестнадцати"),
        (week(("0123456", None, None)), "закрыто"),
        ([], ""),
    ],
)
def test_weeks_as_people_say_them(days: list[DayHours], text: str) -> None:
    assert written(days) == text


def written(days: list[DayHours]) -> str:
    return " ".join(week_words(days)).replace(" ,", ",")


@given(st.dictionaries(st.integers(0, 6), st.one_of(st.none(), st.tuples(HALF_HOURS, HALF_HOURS)), min_size=1))
@settings(deadline=None)
def test_a_listener_writes_down_the_same_week(table: dict[int, tuple[time, time] | None]) -> None:
    days = [DayHours(day, *(hours or (None, None))) for day, hours in table.items()]
    text = written(days)
    if all(hours is None for hours in table.values()):
        assert text == "закрыто"
        return
    expected = {
        day: "closed" if hours is None else " ".join(range_words(*hours)) for day, hours in sorted(table.items())
    }
    assert dict(sorted(heard(text))) == expected


def heard(text: str) -> Iterator[tuple[int, str]]:
    """The days of ``text`` with their hours in words, by rules of its own: what is said of several days is said after
    the last of them."""
    waiting: list[int] = []
    for part in text.split(", "):
        names, _, hours = split_hours(part)
        waiting += days_of(names)
        if hours:
            yield from ((day, "closed" if hours.startswith("выходн") else hours) for day in waiting)
            waiting = []
    assert not waiting


def split_hours(part: str) -> tuple[str, str, str]:
    if " — " in part:
        return part.partition(" — ")
    words = part.split()
    for place, word in enumerate(words):
        is_a_day = place + 1 < len(words) and words[place + 1].startswith(DAY_STEMS)
        if word == "круглосуточно" or (word == "с" and not is_a_day):
            return " ".join(words[:place]), "", " ".join(words[place:])
    return part, "", ""


def days_of(names: str) -> list[int]:
    if names == "ежедневно":
        return list(range(7))
    if names == "по будням":
        return list(range(5))
    days = [number for word in names.split() for number, stem in enumerate(DAY_STEMS) if word.startswith(stem)]
    return list(range(days[0], days[1] + 1)) if names.startswith(("с ", "со ")) else days


@given(st.times(), st.times(), st.lists(st.integers(0, 6), unique=True))
@settings(deadline=None)
def test_words_are_those_that_the_manifest_is_asked_for(opens: time, closes: time, days: list[int]) -> None:
    spelt = {*range_words(opens, closes), *week_words([DayHours(day, opens, closes) for day in days])}
    spelt |= {*week_words([DayHours(day) for day in days])}
    assert spelt <= all_words() | calendar_words.all_words() | {",", "—"}


@pytest.mark.parametrize("weekday", [-1, 7])
def test_a_day_that_no_week_has_is_a_declared_error(weekday: int) -> None:
    with pytest.raises(CannotSay, match=r"0 \(Monday\) to 6"):
        week_words([DayHours(weekday, NINE, SIX)])
