"""Services tell systemd that they are ready, on a real socket, and processes of a rehearsal end with it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from box.courier.running import CourierSettings, run_courier
from box.service_manager import END_WITH_PARENT, ServiceManager
from box.settings import HOME
from box.stop_request import StopRequest


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(60)
        yield listening


def test_ready_and_alive_are_sent(manager: socket.socket) -> None:
    service = ServiceManager(manager.getsockname())
    service.ready()
    service.alive()
    assert [manager.recv(100), manager.recv(100)] == [b"READY=1", b"WATCHDOG=1"]


def test_without_a_manager_nothing_happens(tmp_path: Path) -> None:
    ServiceManager("").ready()
    ServiceManager(str(tmp_path / "absent")).alive()
    assert list(tmp_path.iterdir()) == []


def test_the_courier_is_ready_when_its_store_is_open(tmp_path: Path) -> None:
    stop = StopRequest()
    settings = CourierSettings("", *(tmp_path / name for name in ("ca", "certificate", "key", "db.sqlite3")))
    seen: list[bool] = []

    def ready() -> None:
        seen.append(settings.database.exists())
        stop.set()

    run_courier(settings, stop, ready=ready)
    assert seen == [True]


def test_a_stop_may_be_asked_for_in_a_signal_handler() -> None:
    stop = StopRequest()
    assert not stop.wait(0)
    before = signal.signal(signal.SIGUSR1, lambda *_: stop.set())
    try:
        signal.raise_signal(signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, before)
    assert stop.is_set()
    assert stop.wait(60)
    assert stop.wait()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="prctl(2) is Linux")
def test_a_process_of_a_rehearsal_ends_with_it() -> None:
    """A parent starts a child that waits for ever, and is killed; the child's end closes the pipe that it holds."""
    child = (
        "import time; from box.service_manager import end_with_parent\n"
        "end_with_parent(); print('up', flush=True); time.sleep(600)"
    )
    parent = f"import subprocess, sys, time\nsubprocess.Popen([sys.executable, '-c', {child!r}])\ntime.sleep(600)\n"
    environment = {**os.environ, "PYTHONPATH": str(HOME), END_WITH_PARENT: "1"}
    with subprocess.Popen(
        [sys.executable, "-c", parent], env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "up\n"
        process.kill()
        assert process.stdout.read() == ""  # only when the child, too, has let go of the pipe
