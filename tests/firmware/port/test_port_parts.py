"""The parts of the port that need no terminal: waits, lock files, reasons."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
from pathlib import Path

import pytest

from firmware.backoff import Backoff
from firmware.errors import Misuse
from firmware.port_trouble import opening_failed, use_failed
from firmware.uucp_lock import PortTaken, UucpLock


def test_waits_double_up_to_the_ceiling_and_start_anew() -> None:
    backoff = Backoff()
    assert [backoff.next_s() for _ in range(9)] == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    backoff.reset()
    assert [backoff.next_s(), backoff.next_s()] == [0.5, 1]


@pytest.mark.parametrize(("first_s", "ceiling_s"), [(0, 1), (-1, 1), (2, 1)])
def test_impossible_waits(first_s: float, ceiling_s: float) -> None:
    with pytest.raises(Misuse):
        Backoff(first_s, ceiling_s)


def dead_pid() -> int:
    with subprocess.Popen(["true"]) as process:
        process.wait(30)
    return process.pid


@pytest.mark.parametrize("content", ["DEAD", "own", "", "rubbish\n", "0\n", "-5\n", "99999999999999\n"])
def test_a_lock_that_nobody_holds_is_replaced(tmp_path: Path, content: str) -> None:
    lock = UucpLock("/dev/ttyACM7", tmp_path)
    assert lock.path == tmp_path / "LCK..ttyACM7"
    lock.path.write_text({"DEAD": f"{dead_pid():>10}\n", "own": f"{os.getpid():>10}\n"}.get(content, content))
    assert lock.take()
    assert lock.path.read_text() == f"{os.getpid():>10}\n"
    lock.release()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("binary", [False, True])
def test_a_lock_of_a_living_process_stands(tmp_path: Path, binary: bool) -> None:
    content = (1).to_bytes(4, "little") if binary else b"         1\n"
    lock = UucpLock("/dev/ttyACM7", tmp_path)
    lock.path.write_bytes(content)
    with pytest.raises(PortTaken, match=r"in use by process 1 \(") as taken:
        lock.take()
    assert taken.value.pid == 1
    lock.release()
    assert lock.path.read_bytes() == content
    assert [path.name for path in tmp_path.iterdir()] == ["LCK..ttyACM7"]


def test_a_link_is_locked_under_the_name_of_its_device(tmp_path: Path) -> None:
    link = tmp_path / "line0"
    link.symlink_to("/dev/ttyS99")
    assert UucpLock(str(link), tmp_path).path.name == "LCK..ttyS99"
    assert UucpLock("/dev/pts/12", tmp_path).path.name == "LCK..pts_12"


def test_without_a_folder_there_is_no_lock_and_no_error(tmp_path: Path) -> None:
    lock = UucpLock("/dev/ttyACM7", tmp_path / "absent")
    assert not lock.take()
    lock.release()


def test_a_lock_stands_readable_for_everyone(tmp_path: Path) -> None:
    lock = UucpLock("/dev/ttyACM7", tmp_path)
    assert lock.take()
    assert stat.S_IMODE(lock.path.stat().st_mode) & 0o444 == 0o444


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOENT, "/dev/ttyACM7 is absent: plug the modem in, or correct the port in the settings"),
        (errno.ENODEV, "is absent"),
        (errno.EACCES, "no permission to open /dev/ttyACM7: add this user to the group dialout"),
        (errno.EBUSY, "is in use by another program: stop that program"),
        (errno.EINVAL, "cannot be set up as a serial port: [Errno 22] Invalid argument"),
    ],
)
def test_reasons_for_not_opening(number: int, words: str) -> None:
    assert words in opening_failed("/dev/ttyACM7", OSError(number, os.strerror(number)))


def test_the_group_to_join_is_that_of_the_device() -> None:
    forbidden = PermissionError(errno.EACCES, "Permission denied")
    assert opening_failed("/dev/null", forbidden).endswith("add this user to the group root")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (None, "vanished while it was open: unplugged"),
        (OSError(errno.EIO, "Input/output error"), "vanished while it was open"),
        (OSError(errno.EPROTO, "Protocol\nerror"), "failed while it was open: [Errno 71] Protocol error"),
    ],
)
def test_reasons_for_letting_go(error: OSError | None, words: str) -> None:
    reason = use_failed("/dev/ttyACM7", error)
    assert words in reason
    assert "\n" not in reason
