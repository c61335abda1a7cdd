"""Ranges of the clock and opening hours of a week, as words (each word is the id of its clip, as in ``numbers``).

A preposition and the word after it are one clip («с семи», «в субботу»): spoken alone, «с» and «в» are a hiss. Knows
nothing of the present day.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import time
from itertools import pairwise
from typing import TypeAlias

from box.accounts.reference import DayHours
from box.errors import CannotSay
from box.speaking.calendar_words import GENITIVE_DIGITS, GENITIVE_TEENS, GENITIVE_TENS, genitive_hour, genitive_minutes

FROM, TO = "с", "до"
MIDNIGHT = "полуночи"
ONE_O_CLOCK = "часа"
ROUND_THE_CLOCK = "круглосуточно"
ALL_WEEK = "ежедневно"
WORKING_DAYS = "по будням"
AND = "и"
DAY_OFF, DAYS_OFF = "выходной", "выходные"
NEVER_OPEN = "закрыто"

DAYS = ("понедельник", "вторник", "среда", "четверг", "пятница", "суббота", "воскресенье")
SINCE_DAY = {0: "с понедельника", 1: "со вторника", 2: "со среды", 3: "с четверга", 4: "с пятницы"}
UNTIL_DAY = {2: "по среду", 3: "по четверг", 4: "по пятницу", 5: "по субботу", 6: "по воскресенье"}
"""Days where a run of SHORTEST_RUN can begin and end."""

ON_DAY = ("в понедельник", "во вторник", "в среду", "в четверг", "в пятницу", "в субботу", "в воскресенье")
AND_ON_DAY = ("понедельник", "вторник", "среду", "четверг", "пятницу", "субботу", "воскресенье")
"""A day after another: «в среду и пятницу» says the preposition once."""

COMMA, DASH = ",", "—"
"""Not words but pauses."""

WORKING_WEEK = (0, 1, 2, 3, 4)
WHOLE_WEEK = (0, 1, 2, 3, 4, 5, 6)
SHORTEST_RUN = 3
"""Fewer days in a row are listed, more are said from the first to the last."""

Words: TypeAlias = tuple[str, ...]
Range: TypeAlias = tuple[time, time]


def range_words(opens: time, closes: time) -> Words:
    """«с восьми тридцати до двадцати тридцати»; a full hour says no minutes, equal ends are round the clock. Seconds
    are dropped."""
    if (opens.hour, opens.minute) == (closes.hour, closes.minute):
        return (ROUND_THE_CLOCK,)
    return (*_end_words(FROM, opens), *_end_words(TO, closes))


def week_words(days: Iterable[DayHours]) -> Words:
    """Opening hours of a week, days with equal hours said together; a COMMA or DASH among the words is a pause. Open
    days come first; a day listed twice has a break between its two ranges; a day that is not listed is not spoken of.
    Nothing for no day at all. Raises CannotSay for a day that no week has."""
    ranges: dict[int, list[Range]] = {}
    for day in sorted(days, key=_weekday_and_start):
        ranges.setdefault(day.weekday, [])
        if day.opens is not None and day.closes is not None:
            ranges[day.weekday].append((day.opens, day.closes))
    together: dict[tuple[Range, ...], list[int]] = {}
    for weekday, hours in ranges.items():
        together.setdefault(tuple(hours), []).append(weekday)
    closed = together.pop((), [])
    if closed and not together:
        return (NEVER_OPEN,)
    groups = [(*_on_days(weekdays), *_ranges(hours)) for hours, weekdays in together.items()]
    if closed:
        verdict = DAY_OFF if len(closed) == 1 else DAYS_OFF
        groups.append((*_listed([DAYS[day] for day in closed]), DASH, verdict))
    return tuple(word for group in groups for word in (COMMA, *group))[1:]


def all_words() -> frozenset[str]:
    """Every word that hours and weeks are answered with, those of ``calendar_words`` left out."""
    first = (*GENITIVE_DIGITS[1:], *GENITIVE_TEENS, GENITIVE_TENS[0], MIDNIGHT, ONE_O_CLOCK, GENITIVE_DIGITS[0])
    ends = (f"{preposition} {word}" for preposition in (FROM, TO) for word in first)
    names = (*DAYS, *SINCE_DAY.values(), *UNTIL_DAY.values(), *ON_DAY, *AND_ON_DAY)
    return frozenset((*ends, *names, ROUND_THE_CLOCK, ALL_WEEK, WORKING_DAYS, AND, DAY_OFF, DAYS_OFF, NEVER_OPEN))


def _weekday_and_start(day: DayHours) -> tuple[int, time]:
    if not 0 <= day.weekday < len(DAYS):
        raise CannotSay(f"a day of the week is 0 (Monday) to 6, not {day.weekday}")
    return day.weekday, day.opens or time()


def _ranges(hours: Iterable[Range]) -> Words:
    """«с девяти до тринадцати и с четырнадцати до восемнадцати»."""
    return tuple(word for opens, closes in hours for word in (AND, *range_words(opens, closes)))[1:]


def _end_words(preposition: str, at: time) -> Words:
    if not at.minute and at.hour in (0, 1):
        return (f"{preposition} {ONE_O_CLOCK if at.hour else MIDNIGHT}",)
    first, *rest = genitive_hour(at)
    return (f"{preposition} {first}", *rest, *genitive_minutes(at))


def _on_days(weekdays: Sequence[int]) -> Words:
    if tuple(weekdays) == WHOLE_WEEK:
        return (ALL_WEEK,)
    if tuple(weekdays) == WORKING_WEEK:
        return (WORKING_DAYS,)
    if len(weekdays) >= SHORTEST_RUN and all(after == before + 1 for before, after in pairwise(weekdays)):
        return (SINCE_DAY[weekdays[0]], UNTIL_DAY[weekdays[-1]])
    return _listed([ON_DAY[weekdays[0]], *(AND_ON_DAY[day] for day in weekdays[1:])])


def _listed(names: Sequence[str]) -> Words:
    """«понедельник», «понедельник и среда», «понедельник, среда и пятница»."""
    if len(names) == 1:
        return tuple(names)
    return (*(word for name in names[:-1] for word in (COMMA, name)), AND, names[-1])[1:]
