"""Russian number words and the rows of digits that they can stand for.

«двадцать пять» is 25 to one caller and 20, then 5 to another: all readings are found, none is preferred. Pure; knows
values only, no words and no questions.
"""

from __future__ import annotations

from collections.abc import Sequence

THOUSAND = 1000
LONGEST_ROW = 40
"""Number words in one answer; more is no reading of a meter (the longest utterance holds about 30)."""


def number(values: Sequence[int]) -> int | None:
    """The one whole number that ``values`` say in good Russian («сто двадцать три» is 100, 20, 3); None if they do
    not. A value is 0-19, a ten, a hundred or 1000; zero stands alone."""
    if THOUSAND in values:
        place = list(values).index(THOUSAND)
        thousands = _below_thousand(values[:place]) if place else 1
        rest = _below_thousand(values[place + 1 :]) if place + 1 < len(values) else 0
        if not thousands or rest is None or (rest == 0 and place + 1 < len(values)):
            return None
        return thousands * THOUSAND + rest
    return _below_thousand(values)


def _below_thousand(values: Sequence[int]) -> int | None:
    """Hundreds, then tens, then a digit, each at most once; or a teen after the hundreds."""
    total, room = 0, THOUSAND
    for value in values:
        size = 100 if value >= 100 else 10 if value >= 20 else 1
        if value >= THOUSAND or room <= size or (value == 0 and len(values) > 1) or (10 <= value < 20 and room <= 10):
            return None
        total, room = total + value, size
    return total if values else None


def digit_rows(values: Sequence[int], longest: int) -> frozenset[str]:
    """Every row of at most ``longest`` digits that ``values`` can stand for, cut into whole numbers in all ways.
    Empty when none is short enough, and for more than LONGEST_ROW values."""
    if len(values) > LONGEST_ROW:
        return frozenset()
    ends: list[set[str]] = [{""}] + [set() for _ in values]
    for end in range(1, len(values) + 1):
        # No number below a million takes more words than «сто двадцать три тысячи четыреста пятьдесят шесть»: seven.
        for start in range(max(0, end - 7), end):
            whole = number(values[start:end])
            if whole is not None:
                ends[end] |= {row + str(whole) for row in ends[start] if len(row) + len(str(whole)) <= longest}
    return frozenset(ends[-1] - {""})
