"""Wrong attempts on disk, so that a restart forgives nothing; the rule is ``box.accounts.guess_limits``'s."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

from sqlite_utils import Database

from box.accounts.guess_limits import DEFAULT_LIMITS, Asker, Guess, GuessKind, GuessLimits, allowed, redated
from box.accounts.model import ClockTrust
from box.store.connection import Store

_log = logging.getLogger(__name__)


class GuessBook:
    """The attempts of one box, of all its lines. Raises StoreBroken and its kinds."""

    def __init__(self, store: Store, limits: GuessLimits = DEFAULT_LIMITS) -> None:
        self._store = store
        self._limits = limits

    def allowed(self, asker: Asker, now: datetime, clock: ClockTrust) -> bool:
        """Whether the asker's next look-up may find anything. ``now`` is aware wall time, believed as far as ``clock``
        says. Writes only where the clock was changed since an attempt."""
        self._date_anew(now, clock)
        with self._store.reading() as db:
            return allowed(_guesses_of(db, asker), asker, now, self._limits)

    def count(self, asker: Asker, kind: GuessKind, now: datetime, clock: ClockTrust, *, refused: bool = False) -> None:
        """Keep one wrong attempt. ``refused``: it was one too many and was not judged; it is told to the centre, and
        does not make the asker's wait longer."""
        if refused:
            _log.warning(
                "line %s, call %s: too many wrong accounts, nothing is found for it", asker.line, asker.call_id
            )
        with self._store.writing() as db:
            db.execute(
                """
                INSERT INTO guess (at, clock, caller, line, call_id, kind, refused) VALUES (?, ?, ?, ?, ?, ?, ?)
                """,
                [
                    *(now.timestamp(), clock.value, _digits(asker), asker.line),
                    *(asker.call_id, kind.value, int(refused)),
                ],
            )

    def _date_anew(self, now: datetime, clock: ClockTrust) -> None:
        """Of everybody at once: when the change is first seen, not when each caller returns."""
        with self._store.reading() as db:
            if not _doubtful(db, now, clock):
                return
        with self._store.writing() as db:
            for row, guess in _doubtful(db, now, clock):
                db.execute("UPDATE guess SET at = ?, clock = ? WHERE id = ?", [_unix_s(guess), guess.clock.value, row])


def _doubtful(db: Database, now: datetime, clock: ClockTrust) -> list[tuple[int, Guess]]:
    """The attempts that must be dated anew, with the time they get."""
    rows = db.execute(
        "SELECT id, at, clock FROM guess WHERE at > ? OR clock <> ?", [now.timestamp(), ClockTrust.SYNCED.value]
    ).fetchall()
    before = [(row, _guess(at, trust)) for row, at, trust in rows]
    return [(row, after) for row, guess in before if (after := redated(guess, now, clock)) != guess]


def _guesses_of(db: Database, asker: Asker) -> list[Guess]:
    where, values = ("caller = ?", [_digits(asker)])
    if asker.caller is None:
        where, values = ("caller = '' AND line = ?", [asker.line])
    rows = db.execute(f"SELECT at, clock, call_id FROM guess WHERE {where} AND refused = 0", values).fetchall()  # noqa: S608 - both conditions stand above
    return [_guess(at, trust, call_id) for at, trust, call_id in rows]


def _guess(at: float, trust: str, call_id: str = "") -> Guess:
    return Guess(datetime.fromtimestamp(at, UTC), ClockTrust(trust), call_id)


def _unix_s(guess: Guess) -> float:
    return guess.at.timestamp()


def _digits(asker: Asker) -> str:
    return asker.caller.digits if asker.caller else ""
