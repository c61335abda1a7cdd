"""Two models on the same recordings: by how much one is better, and whether that may be chance. Pure.

Recordings of one voice are alike, so where there are enough voices these are drawn, not recordings (cluster bootstrap:
Efron & Tibshirani, An Introduction to the Bootstrap, 1993, ch. 8 and 13, percentile interval). McNemar's test is the
exact one, on the recordings that the two models judge differently; it takes recordings for independent.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from math import comb

DRAWS = 2000
SEED = 20261122
LEAST_VOICES = 5
"""From so many voices on, voices are drawn."""

CONFIDENCE = 0.95


class Verdict(Enum):
    """What can be said of the second model against the first."""

    BETTER = "better"
    WORSE = "worse"
    MIXED = "mixed"  # more right and more wrong, or less of both: what was unsure is now answered, or no longer
    CANNOT_TELL = "cannot-be-told-apart"


@dataclass(frozen=True, slots=True)
class Outcome:
    """One recording as one model judged it: at most one of the two is true, neither means unsure."""

    right: bool
    wrong: bool


@dataclass(frozen=True, slots=True)
class Pair:
    """One recording as both judged it."""

    set: str
    voice: str
    first: Outcome
    second: Outcome


@dataclass(frozen=True, slots=True)
class Difference:
    """Second minus first, as shares of the recordings. ``low`` and ``high`` bound it with CONFIDENCE; ``p`` is
    McNemar's, two-sided; ``gained`` and ``lost`` count recordings that only the second or only the first has."""

    share: float
    low: float
    high: float
    gained: int
    lost: int
    p: float

    @property
    def certain(self) -> int:
        """1 more, -1 fewer, 0 if it may be chance: the interval and the test must agree."""
        if self.p >= 1 - CONFIDENCE:
            return 0
        return 1 if self.low > 0 else -1 if self.high < 0 else 0


@dataclass(frozen=True, slots=True)
class Comparison:
    """Of one set, or of all. ``drawn`` says what the bootstrap drew."""

    n: int
    voices: int
    drawn: str
    right: Difference
    wrong: Difference
    first: Outcomes
    second: Outcomes

    @property
    def verdict(self) -> Verdict:
        """More right answers are good and more wrong ones bad; both count only where they are certain."""
        good, bad = self.right.certain, self.wrong.certain
        if good and bad and good == bad:
            return Verdict.MIXED
        if good > 0 or bad < 0:
            return Verdict.BETTER
        return Verdict.WORSE if good < 0 or bad > 0 else Verdict.CANNOT_TELL


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Counts of one model."""

    right: int
    wrong: int
    unsure: int


def compare(pairs: Sequence[Pair], seed: int = SEED) -> Comparison:
    """``pairs`` must not be empty. A fixed ``seed`` gives the same interval again."""
    groups = _groups(pairs)
    right = _difference([(p.first.right, p.second.right) for p in pairs], groups, seed)
    wrong = _difference([(p.first.wrong, p.second.wrong) for p in pairs], groups, seed)
    voices = len({pair.voice for pair in pairs})
    drawn = "voices" if voices >= LEAST_VOICES else "recordings"
    first, second = (_counts(each) for each in ((p.first for p in pairs), (p.second for p in pairs)))
    return Comparison(len(pairs), voices, drawn, right, wrong, first, second)


def mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided p: how likely so uneven a split of ``gained`` + ``lost`` tosses of a fair coin is."""
    n, least = gained + lost, min(gained, lost)
    tail: float = sum(comb(n, k) for k in range(least + 1)) / 2**n
    return min(1.0, 2 * tail)


def _counts(outcomes: Iterable[Outcome]) -> Outcomes:
    each = list(outcomes)
    right, wrong = sum(o.right for o in each), sum(o.wrong for o in each)
    return Outcomes(right, wrong, len(each) - right - wrong)


def _groups(pairs: Sequence[Pair]) -> list[list[int]]:
    """Places of the recordings that are drawn together."""
    by_voice: dict[str, list[int]] = {}
    for place, pair in enumerate(pairs):
        by_voice.setdefault(pair.voice, []).append(place)
    if len(by_voice) >= LEAST_VOICES:
        return list(by_voice.values())
    return [[place] for place in range(len(pairs))]


def _difference(both: Sequence[tuple[bool, bool]], groups: Sequence[Sequence[int]], seed: int) -> Difference:
    gains = [int(second) - int(first) for first, second in both]
    totals = [(sum(gains[place] for place in group), len(group)) for group in groups]
    rng = random.Random(seed)
    shares = sorted(_share(rng.choices(totals, k=len(totals))) for _ in range(DRAWS))
    edge = round(DRAWS * (1 - CONFIDENCE) / 2)
    gained, lost = gains.count(1), gains.count(-1)
    return Difference(_share(totals), shares[edge], shares[-1 - edge], gained, lost, mcnemar(gained, lost))


def _share(totals: Sequence[tuple[int, int]]) -> float:
    return sum(gain for gain, _ in totals) / sum(count for _, count in totals)
