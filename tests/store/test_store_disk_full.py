"""No room, or a disk that refuses: nothing is stored, the line says so, and everything works again afterwards."""

from __future__ import annotations

import json
import resource
import shutil
import subprocess
import sys
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerContext
from pathlib import Path

import pytest

from box.errors import DiskFull, StoreBroken
from box.store.account_book import AccountBook
from box.store.connection import Store, open_store
from box.store.ledger import Ledger
from tests.store.making import BOX, assert_sound, change, open_call, outbox_rows, save, save_phone

HOME = Path(__file__).resolve().parents[2]


def fill(ledger: Ledger, prefix: str) -> list[str]:
    """Save until the store refuses; the ids that were confirmed."""
    confirmed: list[str] = []
    while True:
        try:
            save(ledger, f"{prefix}{len(confirmed)}")
        except DiskFull:
            return confirmed
        confirmed.append(f"{prefix}{len(confirmed)}")


def ids(store: Store) -> list[str]:
    return [row[1] for row in outbox_rows(store)]


def test_a_database_that_may_not_grow(path: Path, store: Store, ledger: Ledger) -> None:
    """SQLITE_FULL at every size from here to twelve pages more."""
    confirmed: list[str] = []
    for more in range(12):
        (pages,) = store.db.execute("PRAGMA page_count").fetchone()
        store.db.execute(f"PRAGMA max_page_count={pages + more}")
        confirmed += fill(ledger, f"{more}-")
        with pytest.raises(DiskFull, match="free some space"):
            AccountBook(store).apply_feed([change(f"{n:010d}") for n in range(1000)], "c")
        assert ids(store) == confirmed
    store.db.execute("PRAGMA max_page_count=1000000")
    AccountBook(store).apply_feed([change()], "c")
    save(ledger, "after")
    save_phone(ledger, "phone")
    assert ids(store) == [*confirmed, "after", "phone"]
    assert_sound(store)


def write_against_a_limit(path: Path, out: Connection) -> None:
    """In a process of its own: files may not grow beyond a limit that rises, as a failing disk may stop anywhere."""
    try:
        with open_store(path) as store:
            ledger = Ledger(store, BOX)
            open_call(ledger)
            confirmed, refused = list[str](), 0
            _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
            for attempt in range(40):
                room = Path(f"{path}-wal").stat().st_size + attempt * 700
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
                try:
                    for n in range(3):
                        save(ledger, f"{attempt}-{n}")
                        confirmed.append(f"{attempt}-{n}")
                except StoreBroken as error:
                    refused += "\n" not in str(error)
                finally:
                    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
            out.send((confirmed, refused))
    except BaseException as error:  # noqa: BLE001 - the parent shows it
        out.send(repr(error))


def test_a_disk_that_stops_writing_anywhere(path: Path, context: ForkServerContext) -> None:
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=write_against_a_limit, args=(path, sender))
    process.start()
    sender.close()
    answer = receiver.recv()
    process.join()
    receiver.close()
    assert isinstance(answer, tuple), answer
    confirmed, refused = answer
    assert refused >= 10, "the limit never struck"
    assert len(confirmed) >= 10
    with open_store(path) as store:
        assert ids(store) == confirmed
        assert_sound(store)
        save(Ledger(store, BOX), "after")


def test_a_disk_without_room(tmp_path: Path) -> None:
    """A real full disk: a small tmpfs in a namespace of its own."""
    mount = ["unshare", "--mount", "--map-root-user", "sh", "-c", 'mount -t tmpfs -o size=8m none "$0" && exec "$@"']
    if not shutil.which("unshare") or subprocess.run([*mount, tmp_path, "true"], capture_output=True).returncode:
        pytest.skip("this system lets nobody mount a tmpfs in a namespace of his own (unshare)")
    program = [sys.executable, "-c", "from tests.store.test_store_disk_full import fill_a_disk; fill_a_disk()"]
    done = subprocess.run([*mount, tmp_path, *program, tmp_path], cwd=HOME, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["refusals"] == ["DiskFull"] * len(found["refusals"])
    assert len(found["refusals"]) >= 20
    assert found["stored"] == found["confirmed"]
    assert len(found["confirmed"]) >= 20


def fill_a_disk() -> None:
    """Runs in the namespace: take the room away at many sizes, write until refused, give it back, write again."""
    folder = Path(sys.argv[1])
    ballast = folder / "ballast"
    confirmed, refusals = list[str](), list[str]()
    with open_store(folder / "data" / "linebox.db") as store:
        ledger = Ledger(store, BOX)
        open_call(ledger)
        for attempt in range(24):
            free = shutil.disk_usage(folder).free
            ballast.write_bytes(bytes(max(0, free - attempt * 4096)))
            try:
                for n in range(100):
                    save(ledger, f"{attempt}-{n}")
                    confirmed.append(f"{attempt}-{n}")
            except StoreBroken as error:
                refusals.append(type(error).__name__)
            ballast.unlink()
            store.checkpoint()
            save(ledger, f"{attempt}-after")
            confirmed.append(f"{attempt}-after")
        assert_sound(store)
        stored = ids(store)
    sys.stdout.write(json.dumps({"confirmed": confirmed, "stored": stored, "refusals": refusals}))
