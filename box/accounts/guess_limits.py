"""How often a caller may be wrong about accounts before every answer becomes «not found» (caller-service.md §11.1).

Pure: attempts, the moment and the numbers come in, a yes or no goes out. Windows slide, and they live on wall time,
since they must outlive the process and the machine. A wall clock may be wrong and be put right, so an attempt whose
time cannot be believed any more is dated anew, once: no step of the clock backwards, and no setting of a clock that was
not set, makes an attempt older than it is; and none makes it count for longer than one window from then on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Protocol

from box.accounts.model import Account, AccountNumber, ClockTrust, PhoneNumber

PHONE_WINDOW = timedelta(days=1)
LINE_WINDOW = timedelta(hours=1)
LONGEST_WINDOW = max(PHONE_WINDOW, LINE_WINDOW)


@dataclass(frozen=True, slots=True)
class GuessLimits:
    """Wrong attempts after which nothing is found any more: in one call, from one phone within a day, on one line
    within an hour by callers without a number. Each is at least 1 (ValueError)."""

    per_call: int = 3
    per_phone_a_day: int = 5
    per_line_an_hour: int = 10

    def __post_init__(self) -> None:
        if min(self.per_call, self.per_phone_a_day, self.per_line_an_hour) < 1:
            raise ValueError("a limit on guesses must be at least 1")


DEFAULT_LIMITS = GuessLimits()
"""caller-service.md §11.1."""


class GuessKind(Enum):
    """What was wrong."""

    UNKNOWN_ACCOUNT = "unknown-account"
    WRONG_SECOND_FACT = "wrong-second-fact"


@dataclass(frozen=True, slots=True)
class Asker:
    """Who is asking: a call on a line, from ``caller`` (None = the line did not tell)."""

    call_id: str
    line: str
    caller: PhoneNumber | None


@dataclass(frozen=True, slots=True)
class Guess:
    """One wrong attempt; ``at`` is aware wall time, ``clock`` how far to believe it."""

    at: datetime
    clock: ClockTrust
    call_id: str = ""


def redated(guess: Guess, now: datetime, clock: ClockTrust) -> Guess:
    """The attempt with a time that holds at ``now``: one that lies in the future (the clock went back), or that was
    written under a clock that nobody had set while ours is set now, happened now for all that we know. Whoever keeps
    attempts writes the answer down; a second time it then changes nothing."""
    set_since = clock is ClockTrust.SYNCED and guess.clock is not ClockTrust.SYNCED
    return replace(guess, at=now, clock=clock) if guess.at > now or set_since else guess


def allowed(guesses: Iterable[Guess], asker: Asker, now: datetime, limits: GuessLimits = DEFAULT_LIMITS) -> bool:
    """Whether the asker's next look-up may find anything. ``guesses`` are those of the asker's phone, or of the line's
    callers without a number; re-dated."""
    known = asker.caller is not None
    window, most = (PHONE_WINDOW, limits.per_phone_a_day) if known else (LINE_WINDOW, limits.per_line_an_hour)
    recent = in_this_call = 0
    for guess in guesses:
        recent += now - guess.at < window
        in_this_call += guess.call_id == asker.call_id
    return recent < most and in_this_call < limits.per_call


# ---------------------------------------------------------------- the look-up behind the limits


class Finder(Protocol):
    """Where accounts are found: box.accounts.directory."""

    def find(self, number: AccountNumber, today: date) -> Account | None: ...


class Guesses(Protocol):
    """Where attempts are kept: box.store.guess_book."""

    def allowed(self, asker: Asker, now: datetime, clock: ClockTrust) -> bool: ...
    def count(
        self, asker: Asker, kind: GuessKind, now: datetime, clock: ClockTrust, *, refused: bool = False
    ) -> None: ...


class GuardedLookUp:
    """Finds accounts for callers, and nothing for those who have been wrong too often. «No such account» and «not for
    you» take the same path: the same look-up, the same judgement, the same row written; only its content differs."""

    def __init__(self, directory: Finder, guesses: Guesses) -> None:
        self._directory = directory
        self._guesses = guesses

    def find(
        self, number: AccountNumber, today: date, asker: Asker, now: datetime, clock: ClockTrust
    ) -> Account | None:
        """The account, or None; what is not found is counted. Raises what its neighbours raise."""
        account = self._directory.find(number, today)
        may = self._guesses.allowed(asker, now, clock)
        if account is not None and may:
            return account
        self._guesses.count(asker, GuessKind.UNKNOWN_ACCOUNT, now, clock, refused=not may)
        return None

    def count_second_fact(self, asker: Asker, now: datetime, clock: ClockTrust) -> None:
        """A flat or a last reading was wrong."""
        self._guesses.count(asker, GuessKind.WRONG_SECOND_FACT, now, clock)
