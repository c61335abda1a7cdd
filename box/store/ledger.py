"""The record of calls and of what callers confirmed. What a method here has returned from, a power cut does not undo.

Each confirmed fact is one transaction: the fact itself, the progress of its call, and the outbox row that will take it
to the centre under the box's next number. The methods return after the commit, so «приняты» may be queued at once; they
raise DiskFull, StoreBusy or StoreBroken when nothing was stored, and the caller must hear so. Repeating a call with the
same ``event_id`` and the same content changes nothing and returns the same number.

``recorded_at`` and its like are aware wall time; ``clock`` says how far to trust it. Nothing here reads a clock.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict, Unpack

import msgspec
from sqlite_utils import Database

from box.accounts.model import AccountNumber, ClockTrust, EntryMode, PhoneNumber
from box.courier.messages import (
    CallBackWanted,
    CallSummary,
    Event,
    EventBody,
    PayLinkWanted,
    PhoneDropped,
    PhoneKept,
    ReadingTaken,
    ZoneReading,
)
from box.dialogue.vocabulary import ForgetPhone, Outcome, RequestCallBack, RequestPayLink, SavePhone, SaveReadings
from box.errors import StoreMisused
from box.store.connection import Store
from box.store.events import Stamp, append, claim, known
from box.store.moments import utc_text

_Effect = Callable[[Database, int], None]
"""What else the event changes, given its number."""


class When(TypedDict):
    """The moment of a caller's ДА and the name of its event, as in Stamp."""

    recorded_at: datetime
    clock: ClockTrust
    uptime_ms: int
    event_id: str


@dataclass(frozen=True, slots=True)
class StoredReading:
    """One submission as it lies on the disk; ``zones`` are (zone id, digits)."""

    seq: int
    event_id: str
    account: AccountNumber
    meter: str
    zones: tuple[tuple[str, str], ...]
    mode: EntryMode
    flags: tuple[str, ...]
    supersedes: str


class Ledger:
    """Writes for one box. ``box_id`` is checked against the database (StoreBroken when it is another box's)."""

    def __init__(self, store: Store, box_id: str) -> None:
        self._store = store
        self._box_id = box_id
        claim(store, box_id)

    def open_call(
        self, call_id: str, line: str, started_at: datetime, clock: ClockTrust, caller: PhoneNumber | None
    ) -> None:
        """Record that a call has begun, before its first prompt. ``caller`` None = the line did not tell."""
        with self._store.writing() as db:
            db.execute(
                """
                INSERT INTO call (call_id, line, started_at, clock, caller) VALUES (?, ?, ?, ?, ?)
                ON CONFLICT DO NOTHING
                """,
                [call_id, line, utc_text(started_at), clock.value, caller.digits if caller else ""],
            )

    def close_call(
        self,
        call_id: str,
        outcome: Outcome,
        ended_at: datetime,
        duration_s: float,
        noinput: int,
        nomatch: int,
        *,
        clock: ClockTrust,
        uptime_ms: int,
        event_id: str,
    ) -> None:
        """Record how a call ended and queue its summary. A call that is closed already stays as it is."""
        stamp = Stamp(event_id, ended_at, clock, uptime_ms)
        with self._store.writing() as db:
            self._close(db, call_id, outcome, duration_s, noinput, nomatch, stamp)

    def close_interrupted_calls(
        self, line: str, now: datetime, *, clock: ClockTrust, uptime_ms: int, new_event_id: Callable[[], str]
    ) -> int:
        """Close what a crash left open on ``line`` as line-failed; for the start of the line's process. Returns how
        many there were. Nobody knows when such a call ended: its duration is 0, and what it had saved stays saved."""
        with self._store.writing() as db:
            rows = db.execute("SELECT call_id FROM call WHERE line = ? AND ended_at IS NULL", [line]).fetchall()
            for (call_id,) in rows:
                stamp = Stamp(new_event_id(), now, clock, uptime_ms)
                self._close(db, call_id, Outcome.LINE_FAILED, 0.0, 0, 0, stamp)
        return len(rows)

    def save_readings(self, effect: SaveReadings, call_id: str, **when: Unpack[When]) -> int:
        """Store one submission, all zones or none. Returns the event's number.

        The next call sees it as the window's EarlierReading; values are still judged against billing's last accepted
        ones, since only billing decides what a reading becomes."""
        _require_digits(effect)
        body = ReadingTaken(
            account=effect.account.digits,
            meter=effect.meter,
            zones=tuple(ZoneReading(zone, digits) for zone, digits in effect.zones),
            mode=effect.mode.value,
            call_id=call_id,
            flags=effect.flags,
            supersedes=effect.supersedes,
        )
        stamp = Stamp(**when)

        def keep(db: Database, seq: int) -> None:
            db.execute(
                """
                INSERT INTO reading (seq, account, meter, zones, mode, flags, supersedes, call_id, call_started_at,
                                     recorded_at, clock)
                SELECT ?, ?, ?, ?, ?, ?, ?, call_id, started_at, ?, ? FROM call WHERE call_id = ?
                """,
                [
                    *(seq, body.account, body.meter, json.dumps(effect.zones), body.mode, json.dumps(body.flags)),
                    *(body.supersedes, utc_text(stamp.recorded_at), stamp.clock.value, call_id),
                ],
            )

        return self._save(body, stamp, call_id, "UPDATE call SET readings = readings + 1 WHERE call_id = ?", keep)

    def save_phone(self, effect: SavePhone, call_id: str, **when: Unpack[When]) -> int:
        """Store the caller's consent to keep a phone, and know the phone from the next call on. Returns the event's
        number. If the account has left the box meanwhile, the event alone is kept."""
        body = PhoneKept(account=effect.account.digits, phone=effect.phone.digits, call_id=call_id)
        stamp = Stamp(**when)

        def keep(db: Database, seq: int) -> None:
            db.execute("DELETE FROM forgotten_phone WHERE phone = ? AND account = ?", [body.phone, body.account])
            db.execute(
                """
                INSERT INTO phone (phone, account, saved_seq) SELECT ?, number, ? FROM account WHERE number = ?
                ON CONFLICT DO NOTHING
                """,
                [body.phone, seq, body.account],
            )

        return self._save(
            body, stamp, call_id, "UPDATE call SET phones_saved = phones_saved + 1 WHERE call_id = ?", keep
        )

    def request_call_back(self, effect: RequestCallBack, call_id: str, **when: Unpack[When]) -> int:
        """Store that a person should ring the caller. Returns the event's number."""
        account = effect.account.digits if effect.account else ""
        body = CallBackWanted(phone=effect.phone.digits, account=account, call_id=call_id, service=effect.service)
        stamp = Stamp(**when)
        return self._save(body, stamp, call_id, "UPDATE call SET call_backs = call_backs + 1 WHERE call_id = ?")

    def request_pay_link(self, effect: RequestPayLink, call_id: str, **when: Unpack[When]) -> int:
        """Store that a link for paying should be sent to the caller. Returns the event's number; what became of the
        link comes with the account's feed."""
        body = PayLinkWanted(account=effect.account.digits, phone=effect.phone.digits, call_id=call_id)
        stamp = Stamp(**when)
        return self._save(body, stamp, call_id, "UPDATE call SET pay_links = pay_links + 1 WHERE call_id = ?")

    def forget_phone(self, effect: ForgetPhone, call_id: str, **when: Unpack[When]) -> int:
        """Forget the phone as a contact of every account here, from the next call on, and tell the centre of which.
        Returns the event's number. The feed does not bring it back while the centre cannot know."""
        phone = effect.phone.digits
        stamp = Stamp(**when)
        progress = "UPDATE call SET phones_forgotten = phones_forgotten + 1 WHERE call_id = ?"

        def body_of(db: Database) -> PhoneDropped:
            return PhoneDropped(phone=phone, accounts=_accounts_to_forget(db, phone, stamp.event_id), call_id=call_id)

        def drop(db: Database, seq: int) -> None:
            db.execute(
                """
                INSERT INTO forgotten_phone (phone, account, forgotten_seq) SELECT phone, account, ? FROM phone
                WHERE phone = ? ON CONFLICT DO UPDATE SET forgotten_seq = excluded.forgotten_seq
                """,
                [seq, phone],
            )
            db.execute("DELETE FROM phone WHERE phone = ?", [phone])

        return self._save(body_of, stamp, call_id, progress, drop)

    def readings_of(self, call_id: str) -> tuple[StoredReading, ...]:
        """What a call has stored, in order."""
        with self._store.reading() as db:
            rows = db.execute(
                """
                SELECT seq, event_id, account, meter, zones, mode, flags, supersedes
                FROM reading JOIN outbox USING (seq) WHERE call_id = ? ORDER BY seq
                """,
                [call_id],
            ).fetchall()
        return tuple(
            StoredReading(
                *(
                    seq,
                    event_id,
                    AccountNumber(account),
                    meter,
                    tuple((zone, digits) for zone, digits in json.loads(zones)),
                ),
                *(EntryMode(mode), tuple(json.loads(flags)), supersedes),
            )
            for seq, event_id, account, meter, zones, mode, flags, supersedes in rows
        )

    def _save(
        self,
        what: EventBody | Callable[[Database], EventBody],
        stamp: Stamp,
        call_id: str,
        progress: str,
        keep: _Effect = lambda _db, _seq: None,
    ) -> int:
        with self._store.writing() as db:
            body = what(db) if callable(what) else what
            seq = known(db, self._box_id, body, stamp)
            if seq is not None:
                return seq
            seq = append(db, self._box_id, body, stamp)
            if db.execute(progress, [call_id]).rowcount != 1:
                raise StoreMisused("the call was never opened, so nothing is stored in it: please report it")
            keep(db, seq)
            return seq

    def _close(
        self, db: Database, call_id: str, outcome: Outcome, duration_s: float, noinput: int, nomatch: int, stamp: Stamp
    ) -> None:
        row = db.execute("SELECT line, started_at, ended_at FROM call WHERE call_id = ?", [call_id]).fetchone()
        if row is None:
            raise StoreMisused("a call that was never opened cannot be closed: please report it")
        line, started_at, ended_at = row
        if ended_at is not None:
            return
        guesses, refused = db.execute(
            "SELECT count(*), coalesce(sum(refused), 0) FROM guess WHERE call_id = ?", [call_id]
        ).fetchone()
        summary = CallSummary(
            call_id=call_id,
            line=line,
            started_at=started_at,
            duration_s=duration_s,
            outcome=outcome.value,
            noinput=noinput,
            nomatch=nomatch,
            guesses=guesses,
            guesses_refused=refused,
        )
        seq = append(db, self._box_id, summary, stamp)
        db.execute(
            """
            UPDATE call SET outcome = ?, ended_at = ?, duration_s = ?, noinput = ?, nomatch = ?, summary_seq = ?
            WHERE call_id = ?
            """,
            [outcome.value, utc_text(stamp.recorded_at), duration_s, noinput, nomatch, seq, call_id],
        )


def _accounts_to_forget(db: Database, phone: str, event_id: str) -> tuple[str, ...]:
    """The accounts that know the phone; for a repeat of the event, those that knew it then."""
    stored = db.execute("SELECT body FROM outbox WHERE event_id = ?", [event_id]).fetchone()
    if stored and isinstance(before := msgspec.json.decode(stored[0], type=Event).body, PhoneDropped):
        return before.accounts
    rows = db.execute("SELECT account FROM phone WHERE phone = ? ORDER BY account", [phone]).fetchall()
    return tuple(account for (account,) in rows)


def _require_digits(effect: SaveReadings) -> None:
    """The last look before money: a submission without zones, or with anything but digits in one, is a defect."""
    zones = [zone for zone, _ in effect.zones]
    sound = bool(zones) and all(zones) and len(set(zones)) == len(zones)
    if not sound or not all(digits.isascii() and digits.isdigit() for _, digits in effect.zones):
        raise StoreMisused("a submission must give digits for each of its zones: a defect, please report it")
