"""Opening: what every connection promises, read back or measured from outside; unusable files; checkpoints."""

from __future__ import annotations

import shutil
import sqlite3
import stat
import threading
from contextlib import closing
from pathlib import Path

import pytest

from box.errors import DiskFull, StoreBroken, StoreBusy, StoreMisused
from box.store import connection, migrations
from box.store.account_book import AccountBook
from box.store.connection import CHECKPOINT_AT_BYTES, Store, open_store, require_sqlite
from box.store.faults import from_sqlite, from_system
from box.store.ledger import Ledger
from tests.store.making import BOX, change, outbox_rows, save

PROMISED = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "busy_timeout": 10_000,
    "wal_autocheckpoint": 0,
    "trusted_schema": 0,
}
FRAME_BYTES = 4096 + 24
"""sqlite.org/fileformat2.html §4.1: a page and its frame header."""


def pragma(store: Store, name: str) -> object:
    return store.db.execute(f"PRAGMA {name}").fetchone()[0]


def rows_without_log(path: Path, folder: Path) -> int:
    """How many events the database file itself holds, whatever its log says."""
    copy = folder / "copy.db"
    shutil.copyfile(path, copy)
    with closing(sqlite3.connect(copy)) as db:
        return int(db.execute("SELECT count(*) FROM outbox").fetchone()[0])


class TestEveryConnection:
    @pytest.mark.parametrize("name", PROMISED)
    def test_keeps_the_promise(self, path: Path, store: Store, name: str) -> None:
        with open_store(path) as second, open_store(path, read_only=True) as reader:
            assert [pragma(each, name) for each in (store, second, reader)] == [PROMISED[name]] * 3

    def test_in_another_thread_too(self, path: Path, store: Store) -> None:
        found: list[object] = []

        def look() -> None:
            with open_store(path) as other:
                found.extend(pragma(other, name) for name in PROMISED)

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        assert found == list(PROMISED.values())

    def test_pads_each_commit_to_a_whole_sector(self, path: Path, store: Store, tmp_path: Path) -> None:
        """psow=0 cannot be read back. It shows in the log: a commit of one page is one frame without it, more with."""

        def growth(db: sqlite3.Connection, log: Path) -> int:
            db.execute("UPDATE box SET last_seq = 1")
            before = log.stat().st_size
            db.execute("UPDATE box SET last_seq = 2")
            return log.stat().st_size - before

        Ledger(store, "box")
        plain = tmp_path / "plain.db"
        with closing(sqlite3.connect(plain, isolation_level=None)) as control:
            control.execute("PRAGMA journal_mode=WAL")
            control.execute("CREATE TABLE box (last_seq INTEGER)")
            control.execute("INSERT INTO box VALUES (0)")
            assert growth(control, Path(f"{plain}-wal")) == FRAME_BYTES
        assert growth(store.db.conn, Path(f"{path}-wal")) >= 2 * FRAME_BYTES


class TestFiles:
    def test_nobody_else_can_read_them(self, path: Path, store: Store, ledger: Ledger) -> None:
        save(ledger, "e1")
        for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    def test_a_restored_backup_is_made_private_again(self, path: Path) -> None:
        open_store(path).close()
        path.chmod(0o644)
        open_store(path).close()
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_names_that_mean_something_in_a_uri(self, tmp_path: Path) -> None:
        path = tmp_path / "box #1?mode=ro&x=%41" / "линия.db"
        open_store(path).close()
        assert path.is_file()

    def test_a_text_file(self, path: Path) -> None:
        path.parent.mkdir()
        path.write_text("not a database at all, but long enough to be taken for one\n" * 100)
        with pytest.raises(StoreBroken, match="not a database"):
            open_store(path)

    def test_another_programs_database(self, path: Path) -> None:
        path.parent.mkdir()
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TABLE bookmarks (url TEXT)")
        with pytest.raises(StoreBroken, match="another program"):
            open_store(path)
        with closing(sqlite3.connect(path)) as db:
            assert db.execute("SELECT name FROM sqlite_schema").fetchall() == [("bookmarks",)]

    def test_a_folder(self, path: Path) -> None:
        path.mkdir(parents=True)
        with pytest.raises(StoreBroken):
            open_store(path)

    def test_a_file_where_the_folder_should_be(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("")
        with pytest.raises(StoreBroken, match="check the folder"):
            open_store(tmp_path / "data" / "linebox.db")

    def test_an_empty_file_is_a_new_database(self, path: Path) -> None:
        path.parent.mkdir()
        path.touch()
        with open_store(path) as store:
            assert store.damage() == []

    def test_damage_is_found(self, path: Path, tmp_path: Path) -> None:
        with open_store(path) as store:
            AccountBook(store).apply_feed([change(f"{n:010d}") for n in range(3000)], "c")
        data = bytearray(path.read_bytes())
        for page in range(len(data) // 4096 * 2 // 3, len(data) // 4096):
            data[page * 4096 : page * 4096 + 64] = b"\xff" * 64
        path.write_bytes(data)
        with open_store(path) as store:
            assert store.damage()

    def test_a_destroyed_schema_is_one_line(self, path: Path) -> None:
        open_store(path).close()
        data = bytearray(path.read_bytes())
        data[100:4096] = b"\x00" * 3996
        path.write_bytes(data)
        with pytest.raises(StoreBroken) as raised:
            open_store(path)
        assert "\n" not in str(raised.value)


class TestManyAtOnce:
    def test_on_a_file_that_does_not_exist_yet(self, tmp_path: Path) -> None:
        """Somebody makes it, somebody switches it to WAL, somebody migrates it; the others wait for their turn."""
        together, faults = threading.Barrier(8), list[str]()

        def begin(path: Path) -> None:
            together.wait()
            try:
                open_store(path).close()
            except StoreBroken as fault:
                faults.append(str(fault))

        for n in range(12):
            threads = [threading.Thread(target=begin, args=(tmp_path / f"{n}" / "linebox.db",)) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
        assert faults == []


class TestReadOnly:
    def test_makes_nothing(self, path: Path) -> None:
        with pytest.raises(StoreBroken, match="start the line service first"):
            open_store(path, read_only=True)
        assert not path.parent.exists()

    def test_changes_nothing(self, path: Path, store: Store) -> None:
        with open_store(path, read_only=True) as reader, pytest.raises(StoreBroken, match="may only be read"):
            Ledger(reader, "box")

    def test_sees_what_is_committed_and_nothing_else(self, path: Path, store: Store, ledger: Ledger) -> None:
        with open_store(path, read_only=True) as reader:
            with store.writing() as db:
                db.execute("UPDATE box SET box_id = 'half done'")
                assert reader.db.execute("SELECT box_id FROM box").fetchone() != ("half done",)
            assert reader.db.execute("SELECT box_id FROM box").fetchone() == ("half done",)


class TestTransactions:
    def test_an_exception_undoes_everything(self, store: Store, ledger: Ledger) -> None:
        def fail() -> None:
            with store.writing() as db:
                db.execute("UPDATE box SET box_id = 'other'")
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            fail()
        assert store.db.execute("SELECT box_id FROM box").fetchone() == ("box-7",)
        assert not store.db.conn.in_transaction

    def test_one_inside_another_is_a_defect(self, store: Store) -> None:
        with store.writing(), pytest.raises(StoreMisused), store.reading():
            pass

    def test_waiting_for_another_writer_has_an_end(self, path: Path, store: Store, ledger: Ledger) -> None:
        store.db.execute("PRAGMA busy_timeout=0")
        with open_store(path) as other, other.writing(), pytest.raises(StoreBusy, match="another process"):
            save(ledger, "e1")
        assert outbox_rows(store) == []
        save(ledger, "e1")

    def test_a_start_does_not_need_the_write_lock(self, path: Path, store: Store, ledger: Ledger) -> None:
        """A line that restarts while the courier writes answers at once."""
        with store.writing(), Store(path, read_only=False) as other:
            other.db.execute("PRAGMA busy_timeout=0")
            migrations.bring_up_to_date(other)
            assert Ledger(other, BOX).readings_of("absent") == ()

    def test_a_reader_does_not_stop_a_writer(self, path: Path, store: Store, ledger: Ledger) -> None:
        store.db.execute("PRAGMA busy_timeout=0")
        with open_store(path) as other, other.reading() as db:
            db.execute("SELECT * FROM outbox").fetchall()
            save(ledger, "e1")
            assert db.execute("SELECT count(*) FROM outbox").fetchone() == (0,)

    def test_a_closed_store_is_one_line(self, path: Path) -> None:
        store = open_store(path)
        store.close()
        with pytest.raises(StoreBroken), store.reading():
            pass


class TestCheckpoints:
    def test_copies_the_log(self, path: Path, store: Store, ledger: Ledger, tmp_path: Path) -> None:
        store.checkpoint()
        save(ledger, "e1")
        assert rows_without_log(path, tmp_path) == 0
        store.checkpoint()
        assert rows_without_log(path, tmp_path) == 1

    def test_never_while_another_may_commit(self, path: Path, store: Store, ledger: Ledger, tmp_path: Path) -> None:
        """The race of sqlite.org/wal.html#walresetbug needs a checkpoint beside a commit."""
        store.checkpoint()
        save(ledger, "e1")
        store.db.execute("PRAGMA busy_timeout=0")
        with open_store(path) as other, other.writing(), pytest.raises(StoreBusy):
            store.checkpoint()
        assert rows_without_log(path, tmp_path) == 0

    def test_a_log_that_nobody_copies_is_copied_by_the_commit_that_made_it_too_long(
        self, path: Path, store: Store
    ) -> None:
        book, log = AccountBook(store), Path(f"{path}-wal")
        for page in range(40):
            book.apply_feed([change(f"{n:010d}", house=str(page)) for n in range(1500)], str(page))
            assert log.stat().st_size < CHECKPOINT_AT_BYTES + (4 << 20)

    def test_a_commit_stands_although_the_copy_after_it_fails(
        self, path: Path, store: Store, ledger: Ledger, caplog: pytest.LogCaptureFixture
    ) -> None:
        with open_store(path) as other:
            other.db.execute("PRAGMA busy_timeout=0")
            Path(f"{path}-wal").rename(f"{path}-wal.away")  # the next look at the log's size fails
            save(ledger, "e1")
            Path(f"{path}-wal.away").rename(f"{path}-wal")
        assert [row[1] for row in outbox_rows(store)] == ["e1"]
        assert "later is soon enough" in caplog.text


class TestErrors:
    def test_an_old_sqlite(self) -> None:
        with pytest.raises(StoreBroken, match=r"SQLite 3\.36\.0 is too old, 3\.37\.0"):
            require_sqlite((3, 36, 0))
        require_sqlite(connection.OLDEST_SQLITE)

    @pytest.mark.parametrize(
        ("code", "free_bytes", "kind"),
        [
            (sqlite3.SQLITE_FULL, None, DiskFull),
            (sqlite3.SQLITE_IOERR_SHMSIZE, 0, DiskFull),
            (sqlite3.SQLITE_IOERR_WRITE, 4095, DiskFull),
            (sqlite3.SQLITE_IOERR_WRITE, 10**9, StoreBroken),
            (sqlite3.SQLITE_IOERR_WRITE, None, StoreBroken),
            (sqlite3.SQLITE_BUSY, None, StoreBusy),
            (sqlite3.SQLITE_BUSY_SNAPSHOT, None, StoreBusy),
            (sqlite3.SQLITE_READONLY_DBMOVED, None, StoreBroken),
            (sqlite3.SQLITE_CORRUPT, 0, StoreBroken),
            (sqlite3.SQLITE_CONSTRAINT_TRIGGER, None, StoreMisused),
            (sqlite3.SQLITE_MISUSE, None, StoreBroken),
        ],
    )
    def test_codes(self, code: int, free_bytes: int | None, kind: type[StoreBroken]) -> None:
        error = sqlite3.OperationalError("as SQLite says it")
        error.sqlite_errorcode = code
        error.sqlite_errorname = "NAME"
        found = from_sqlite(error, Path("/data/linebox.db"), free_bytes)
        assert type(found) is kind
        assert str(found).startswith("the database /data/linebox.db: ")

    def test_without_a_code(self) -> None:
        assert type(from_sqlite(sqlite3.ProgrammingError("closed"), Path("x"), 0)) is StoreBroken

    def test_system_calls(self) -> None:
        assert type(from_system(OSError(28, "No space left on device"), Path("x"))) is DiskFull
        assert type(from_system(PermissionError(13, "Permission denied"), Path("x"))) is StoreBroken
