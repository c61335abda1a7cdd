"""Measures the directory at full size and prints figures: python tests/store/bench_directory.py --accounts 1000000

Not a test (machines differ): a snapshot in pages while a line goes on storing readings, look-ups by account and by
phone from a cold start and warm, a day's changes, and the size of the file. Everything is made from a seed.
"""
# ruff: noqa: T201 - printing is its purpose

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from box.accounts.directory import Directory
from box.accounts.model import AccountNumber, ClockTrust, EntryMode, PhoneNumber
from box.courier.messages import (
    AccountChange,
    AccountRecord,
    AddressRecord,
    BalanceRecord,
    MeterRecord,
    RegisterRecord,
)
from box.dialogue.vocabulary import SaveReadings
from box.store.account_book import AccountBook
from box.store.connection import Store, open_store
from box.store.event_id import RANDOM_BYTES, uuid7
from box.store.ledger import Ledger

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
TODAY = date(2026, 11, 20)
ZONES = (("T1", "дневная зона"), ("T2", "ночная зона"), ("T3", "полупиковая зона"))


def number(index: int) -> str:
    """Ten digits, not in the order of the index: billing's numbers follow houses, the feed follows changes."""
    return f"{1_000_000_000 + index * 7_919 % 999_999_937:010d}"


def phone(index: int) -> str:
    return f"7499{index * 104_729 % 10_000_000:07d}"


def change(index: int, balance: int) -> AccountChange:
    """One account of a mixed fleet: six of ten meters have one zone, three two, one three; most know a phone."""
    zones = (1, 1, 1, 1, 1, 1, 2, 2, 2, 3)[index % 10]
    registers = tuple(
        RegisterRecord(zone, name if zones > 1 else "", f"{(index * 37 + n) % 90_000:05d}", "2026-10-20", False, "")
        for n, (zone, name) in enumerate(ZONES[:zones])
    )
    return AccountChange(
        number(index),
        AccountRecord(
            number=number(index),
            address=AddressRecord(
                "Москва", f"ул. Образцовая {index % 900}-я", str(index % 120 + 1), "", str(index % 300)
            ),
            meters=(MeterRecord(f"{index:08d}", 5, registers, 2, 210),),
            balance=BalanceRecord(balance, "2026-11-19"),
            phones=(phone(index),) if index % 5 else (),
        ),
    )


def pages(indices: list[int], size: int, balance: int) -> Iterator[list[AccountChange]]:
    for start in range(0, len(indices), size):
        yield [change(index, balance) for index in indices[start : start + size]]


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def report(name: str, times_ms: list[float]) -> None:
    ordered = sorted(times_ms)
    p50, p99 = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    print(
        f"{name:<44} n {len(ordered):>6}   p50 {p50:8.3f} ms   p99 {p99:8.3f} ms   max {ordered[-1]:8.3f} ms",
        flush=True,
    )


class Line(threading.Thread):
    """A telephone line that stores a reading four times a second, far more than a real one."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.times_ms, self.over = path, list[float](), threading.Event()

    def run(self) -> None:
        rng = random.Random(1)
        with open_store(self.path) as store:
            ledger = Ledger(store, "bench")
            ledger.open_call("call", "main", NOW, ClockTrust.SYNCED, None)
            while not self.over.wait(0.25):
                effect = SaveReadings(
                    AccountNumber(number(rng.randrange(10_000))), "1", (("T1", "01234"),), EntryMode.KEYS
                )
                event_id = uuid7(0, rng.randbytes(RANDOM_BYTES))
                save = partial(ledger.save_readings, recorded_at=NOW, clock=ClockTrust.SYNCED, uptime_ms=0)
                self.times_ms.append(timed(partial(save, effect, "call", event_id=event_id)))


def load(store: Store, name: str, indices: list[int], page: int, balance: int) -> None:
    book = AccountBook(store)
    applying, copying = list[float](), list[float]()
    for n, changes in enumerate(pages(indices, page, balance)):
        applying.append(timed(partial(book.apply_feed, changes, f"{balance}-{n}")))
        copying.append(timed(store.checkpoint))
    print(
        f"{name}: {(sum(applying) + sum(copying)) / 1000:.1f} s for {len(indices)} accounts (making them not counted)"
    )
    report(f"  a page of {page} applied", applying)
    report("  log copied after it", copying)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accounts", type=int, default=1_000_000)
    parser.add_argument("--page", type=int, default=1_000)
    parser.add_argument("--lookups", type=int, default=20_000)
    args = parser.parse_args()
    rng = random.Random(7)
    with tempfile.TemporaryDirectory(dir=".") as folder:
        path = Path(folder) / "box.db"
        with open_store(path) as store:
            line = Line(path)
            line.start()
            load(store, "snapshot", list(range(args.accounts)), args.page, 1)
            line.over.set()
            line.join()
            report("readings stored meanwhile", line.times_ms)
            load(store, "a day's 2 %", rng.sample(range(args.accounts), args.accounts // 50), args.page, 2)
        print(f"file {path.stat().st_size / 1e6:.0f} MB")
        with open_store(path) as store:
            directory = Directory(AccountBook(store), ZoneInfo("Europe/Moscow"))
            for name in ("first look", "again"):
                numbers = [AccountNumber(number(rng.randrange(args.accounts))) for _ in range(args.lookups)]
                phones = [PhoneNumber(phone(rng.randrange(args.accounts))) for _ in range(args.lookups)]
                report(f"by account, {name}", [timed(partial(directory.find, n, TODAY)) for n in numbers])
                report(f"by phone, {name}", [timed(partial(directory.by_phone, p, TODAY)) for p in phones])


if __name__ == "__main__":
    main()
