"""The real `linebox line run` on a real pty whose modem is absent, silent, mad, or pulled out during a call."""

from __future__ import annotations

import contextlib
import json
import os
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from box.courier.messages import AccountChange
from box.rehearsal.children import Child
from box.rehearsal.scenario import FOLDER, load_scenario
from box.rehearsal.settings_file import toml_text
from box.store.account_book import AccountBook
from box.store.connection import open_store
from firmware.virtual.exchange import Exchange
from firmware.virtual.line_file import load_line
from firmware.virtual.modem_faults import Faults
from firmware.virtual.run import VirtualLine

pytestmark = pytest.mark.line

SCENARIO = FOLDER / "known-one-address.toml"
PATIENCE_S = 120.0


class Box:
    """A line process with a folder of its own; its story and log can be waited for."""

    def __init__(self, folder: Path) -> None:
        self.link = folder / "ttyModem"
        self.log = folder / "line.log"
        self.story = folder / "story.jsonl"
        self.story.touch()
        scenario = load_scenario(SCENARIO)
        settings = folder / "box.toml"
        offset = scenario.world.now.timestamp() - time.time()
        tables = {
            "box": {"data": str(folder / "data")},
            "lines": {"line0": {"port": str(self.link)}},
            "rehearsal": {"story": str(self.story), "wall_offset_s": offset},
        }
        settings.write_text(toml_text(tables), "utf-8")
        with open_store(folder / "data" / "linebox.sqlite3") as store:
            changes = [AccountChange(account.number, account) for account in scenario.world.accounts]
            AccountBook(store).apply_feed(changes, "1")
        self.child = Child("line", ["line", "run", "line0", "--settings", str(settings)], self.log)

    def told(self, kind: str) -> list[str]:
        lines = [json.loads(line) for line in self.story.read_text("utf-8").splitlines()]
        return [line["text"] for line in lines if line["kind"] == kind]

    def wait(self, true: Callable[[], bool]) -> None:
        until = time.monotonic() + PATIENCE_S
        pause = threading.Event()
        while not true():
            assert self.child.running, self.child.last_words()
            assert time.monotonic() < until, self.log.read_text("utf-8")
            pause.wait(0.05)

    def wait_for_log(self, words: str) -> None:
        self.wait(lambda: words in self.log.read_text("utf-8"))


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    box = Box(tmp_path)
    yield box
    assert box.child.stop() == 0, box.child.last_words()
    assert "Traceback" not in box.log.read_text("utf-8")


@contextlib.contextmanager
def device(link: Path, answer: Callable[[bytes], bytes]) -> Iterator[None]:
    """A pty at ``link`` behind which ``answer`` makes something of every read."""
    master, slave = os.openpty()
    tty.setraw(slave)
    link.symlink_to(os.ttyname(slave))
    stop_reader, stop_writer = os.pipe()

    def serve() -> None:
        while stop_reader not in (ready := select.select([master, stop_reader], [], [])[0]):
            assert ready
            reply = answer(os.read(master, 4096))
            if reply:
                os.write(master, reply)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield
    finally:
        os.write(stop_writer, b"x")
        thread.join()
        link.unlink()
        for handle in (master, slave, stop_reader, stop_writer):
            os.close(handle)


def test_a_silent_modem_is_named_and_waited_for(box: Box) -> None:
    box.wait_for_log("modem-absent")
    with device(box.link, lambda data: b""):
        box.wait_for_log("modem-silent")
    assert box.told("ready") == []
    assert box.child.running


def test_a_device_that_talks_nonsense_is_named(box: Box) -> None:
    with device(box.link, lambda data: bytes(range(256)) * 4):
        box.wait(lambda: any(code in box.log.read_text("utf-8") for code in ("modem-garbage", "modem-silent")))
    assert box.told("ready") == []
    assert box.child.running


def test_a_modem_that_comes_late_and_is_pulled_out_in_a_call(box: Box) -> None:
    """Absent at the start, then there; pulled out while the box speaks; plugged in again; the next call is served."""
    box.wait_for_log("modem-absent")
    plan = load_line(SCENARIO)
    plan = replace(plan, calls=plan.calls * 2)
    start = time.monotonic()
    exchange = Exchange(plan, start, seed=1)
    exchange.calls_held = True
    faults = Faults()
    virtual = VirtualLine(box.link, "generic", exchange, lambda _: None, start, faults)
    virtual.start()
    try:
        box.wait(lambda: len(box.told("ready")) == 1)
        exchange.calls_held = False
        box.wait(lambda: bool(box.told("said")))
        faults.unplug_at = time.monotonic()
        faults.replug_at = faults.unplug_at + 1.0
        box.wait(lambda: box.told("ended") == ["line-failed"])
        box.wait(lambda: len(box.told("ready")) == 2)
        box.wait(lambda: box.told("ended") == ["line-failed", "reading-accepted"])
        assert box.told("stored") == ["readings"]
    finally:
        virtual.stop()
