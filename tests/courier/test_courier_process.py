"""``linebox courier`` as a process on a box's own database, against a centre on loopback."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from box.accounts.model import AccountNumber, ClockTrust
from box.courier.messages import ReadingTaken, ZoneReading
from box.courier.running import CourierSettings, run_courier, run_courier_once
from box.errors import SettingsWrong, StoreBroken
from box.one_at_a_time import AlreadyRuns, one_at_a_time
from box.store.account_book import AccountBook
from box.store.connection import Store, open_store
from box.store.events import Stamp, append
from box.store.ledger import Ledger
from box.store.outbox import Outbox
from tests.centre.loopback import Fleet, publication, reading_event

HOME = Path(__file__).resolve().parent.parent.parent


def settings_of(fleet: Fleet, box: str, folder: Path) -> CourierSettings:
    files = fleet.files(f"box:{box}")
    return CourierSettings(
        fleet.url, files.ca_file, files.certificate_file, files.key_file, folder / "linebox.sqlite3", 0.05, 300.0
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "linebox.sqlite3") as store:
        yield store


def confirm(store: Store, box: str) -> str:
    """A reading that a caller has confirmed; its event id."""
    Ledger(store, box)
    event_id = str(reading_event()["event_id"])
    body = ReadingTaken("1234567890", "0042", (ZoneReading("T1", "01578"),), "keys", "call-1")
    with store.writing() as db:
        append(db, box, body, Stamp(event_id, datetime(2026, 11, 20, 9, 30, tzinfo=UTC), ClockTrust.SYNCED, 5))
    return event_id


def test_a_courier_carries_both_ways_until_it_is_stopped(fleet: Fleet, store: Store, tmp_path: Path) -> None:
    fleet.talker("billing:carry").post("/v1/accounts", {"accounts": [publication("1234567890", ("carry",))]})
    event_id = confirm(store, "carry")
    stop = threading.Event()
    failures: list[BaseException] = []

    def carry() -> None:
        try:
            run_courier(settings_of(fleet, "carry", tmp_path), stop)
        except BaseException as error:  # noqa: BLE001 - told to the test's own thread
            failures.append(error)

    courier = threading.Thread(target=carry)
    courier.start()
    outbox, accounts = Outbox(store), AccountBook(store)
    while courier.is_alive() and (outbox.depth() or accounts.find(AccountNumber("1234567890")) is None):
        courier.join(0.02)
    second = confirm(store, "carry")
    while courier.is_alive() and outbox.depth():
        courier.join(0.02)
    stop.set()
    courier.join()
    assert failures == []
    pulled = fleet.talker("billing:carry").get("/v1/readings?limit=1000").json()["readings"]
    assert [one["event_id"] for one in pulled if one["box_id"] == "carry"] == [event_id, second]


def test_once_delivers_and_says_what_is_in_the_way(fleet: Fleet, store: Store, tmp_path: Path) -> None:
    confirm(store, "once")
    settings = settings_of(fleet, "once", tmp_path)
    assert run_courier_once(settings) == ""
    assert Outbox(store).depth() == 0
    confirm(store, "once")
    swapped = settings_of(fleet, "somebody-else", tmp_path)
    assert run_courier_once(swapped) == "the centre answered 403 (box-wrong)"
    assert [Outbox(store).depth(), Outbox(store).set_aside()] == [1, []]


def test_without_a_centre_readings_wait(store: Store, tmp_path: Path) -> None:
    nothing = CourierSettings("", *[tmp_path / "absent"] * 3, tmp_path / "linebox.sqlite3")
    with pytest.raises(SettingsWrong, match=r"centre\.url"):
        run_courier_once(nothing)
    stop = threading.Event()
    stop.set()
    run_courier(nothing, stop)


def test_one_courier_is_enough(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with one_at_a_time(lock, "a courier"):
        with pytest.raises(AlreadyRuns, match="already works"), one_at_a_time(lock, "a courier"):
            pass
        other = "import sys; from pathlib import Path; from box.one_at_a_time import one_at_a_time\n"
        held = subprocess.run(
            [sys.executable, "-c", f"{other}with one_at_a_time(Path(sys.argv[1]), 'a courier'): pass", str(lock)],
            cwd=HOME,
            capture_output=True,
            check=False,
        )
        assert b"AlreadyRuns" in held.stderr
    with one_at_a_time(lock, "a courier"):
        pass
    with pytest.raises(StoreBroken, match="lock file"), one_at_a_time(tmp_path / "absent" / "lock", "a courier"):
        pass


def test_the_process_stops_on_sigterm_and_leaves_nothing_half_done(fleet: Fleet, tmp_path: Path) -> None:
    files = fleet.files("box:term")
    local = tmp_path / "box.toml"
    local.write_text(
        f'[box]\nid = "term"\ndata = "{tmp_path}"\n[centre]\nurl = "{fleet.url}"\nca = "{files.ca_file}"\n'
        f'certificate = "{files.certificate_file}"\nkey = "{files.key_file}"\n'
    )
    with open_store(tmp_path / "linebox.sqlite3") as store:
        confirm(store, "term")
        with subprocess.Popen(
            [sys.executable, "-m", "box.cli.main", "courier", "--settings", str(local)],
            cwd=HOME,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            told = ""
            while "delivered: 1 accepted" not in told:
                line = process.stderr.readline()
                assert line, told
                told += line
            process.send_signal(signal.SIGTERM)
            told += process.stderr.read()
        assert process.returncode == 0, told
        assert Outbox(store).depth() == 0
    assert "the courier stops" in told
    assert "Traceback" not in told
