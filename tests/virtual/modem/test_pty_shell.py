"""The modem on a real pty: what a program sees that opens it like any serial port."""

from __future__ import annotations

import contextlib
import os
import select
import termios
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import serial

from firmware.virtual import modem_events as told
from firmware.virtual.modem import VirtualModem
from firmware.virtual.modem_errors import LinkUnusable
from firmware.virtual.modem_faults import Faults
from firmware.virtual.modem_profiles import load_profile
from firmware.virtual.pty_shell import VirtualModemPty
from tests.kit.scripted_line import ScriptedLine
from tests.kit.second_g711 import ulaw_to_linear, unshield

pytestmark = pytest.mark.line

PATIENCE_S = 20.0  # a limit for a broken modem, not a measure of a good one
ULAW = np.array([ulaw_to_linear(code) for code in range(256)], np.int16)


class Watchful(VirtualModem):
    """Notices a shell that reads more than there is room for; its complaint comes out of stop()."""

    def receive(self, data: bytes, now: float) -> None:
        assert len(data) <= self.free_space(), "more than the buffer takes"
        super().receive(data, now)


class Running:
    """A modem on a pty and what it has told; events are waited for, never slept for."""

    def __init__(self, link: Path, line: ScriptedLine, faults: Faults | None = None, profile: str = "generic") -> None:
        self.line = line
        self._log: list[told.ModemEvent] = []
        self._changed = threading.Condition()
        self.start_s = time.monotonic()
        self.modem = Watchful(load_profile(profile), line, self.start_s, faults)
        self.shell = VirtualModemPty(link, self.modem, self._add)

    def _add(self, event: told.ModemEvent) -> None:
        with self._changed:
            self._log.append(event)
            self._changed.notify_all()

    def wait(self, wanted: Callable[[list[told.ModemEvent]], bool]) -> list[told.ModemEvent]:
        with self._changed:
            assert self._changed.wait_for(lambda: wanted(self._log), PATIENCE_S), self._log
            return list(self._log)

    def wait_for(self, kind: type, times: int = 1) -> list[told.ModemEvent]:
        return self.wait(lambda log: sum(isinstance(event, kind) for event in log) >= times)


@contextmanager
def running(link: Path, line: ScriptedLine | None = None, faults: Faults | None = None) -> Iterator[Running]:
    one = Running(link, line or ScriptedLine(), faults)
    one.shell.start()
    try:
        yield one
    finally:
        one.shell.stop()


def ask(port: serial.Serial, command: bytes, until: bytes = b"OK\r\n") -> bytes:
    port.write(command + b"\r")
    answer: bytes = port.read_until(until)
    assert answer.endswith(until), answer
    return answer


def opened(link: Path) -> serial.Serial:
    return serial.Serial(str(link), 115200, timeout=PATIENCE_S, write_timeout=PATIENCE_S)


def test_a_fresh_port_does_not_echo_by_itself_and_answers(tmp_path: Path) -> None:
    with running(tmp_path / "ttyLB0"), opened(tmp_path / "ttyLB0") as port:
        assert ask(port, b"ATE0") == b"ATE0\r\r\nOK\r\n"
        assert ask(port, b"ATI3") == b"\r\nLinebox virtual modem 1\r\n\r\nOK\r\n"
    assert not os.path.lexists(tmp_path / "ttyLB0")


def test_a_port_that_nobody_has_set_up_is_raw(tmp_path: Path) -> None:
    with running(tmp_path / "ttyLB0"):
        descriptor = os.open(tmp_path / "ttyLB0", os.O_RDWR | os.O_NOCTTY)
        try:
            _, output, _, local, *_ = termios.tcgetattr(descriptor)
        finally:
            os.close(descriptor)
    assert not output & termios.OPOST
    assert not local & (termios.ECHO | termios.ICANON | termios.ISIG)


def test_the_last_words_before_closing_are_heard(tmp_path: Path) -> None:
    with running(tmp_path / "ttyLB0") as one:
        for number in range(20):
            descriptor = os.open(tmp_path / "ttyLB0", os.O_RDWR | os.O_NOCTTY)
            one.wait_for(told.HostOpened, times=number + 1)
            os.write(descriptor, b"ATH\r")
            os.close(descriptor)
            log = one.wait_for(told.HostClosed, times=number + 1)
            assert sum(isinstance(event, told.CommandTaken) for event in log) == number + 1


def test_every_byte_passes_both_ways_over_the_pty(tmp_path: Path) -> None:
    """Control characters of terminals (03, 04, 11, 13, 1A, FF) among them: the line must be raw."""
    sound = bytes(range(256)) * 40
    line = ScriptedLine(ULAW[np.frombuffer(sound * 8, np.uint8)])
    with running(tmp_path / "ttyLB0", line) as one, opened(tmp_path / "ttyLB0") as port:
        ask(port, b"ATE0")
        ask(port, b"AT+FCLASS=8;+VSM=4,8000;+VLS=1")
        ask(port, b"AT+VTX", b"CONNECT\r\n")
        port.write(sound.replace(b"\x10", b"\x10\x10") + b"\x10\x03")
        assert port.read_until(b"OK\r\n").endswith(b"\x10u\r\nOK\r\n")
        assert ULAW[np.frombuffer(sound, np.uint8)].tobytes() in line.sent_sound().tobytes()
        ask(port, b"AT+VRX", b"CONNECT\r\n")
        stream = port.read(9000)
        port.write(b"\x10!")
        stream += port.read_until(b"\x10\x03\r\nOK\r\n")
        one.wait_for(told.ReceiveEnded)
    heard, _ = unshield(stream.removesuffix(b"\r\nOK\r\n"))
    assert ULAW[np.frombuffer(heard, np.uint8)].tobytes() in line.carried_sound().tobytes()


def test_a_host_that_writes_too_fast_is_held_back(tmp_path: Path) -> None:
    """The modem takes no more than its buffer; the rest stays in the kernel, as behind a USB port that says NAK."""
    with running(tmp_path / "ttyLB0") as one:
        descriptor = os.open(tmp_path / "ttyLB0", os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
        try:
            one.wait_for(told.HostOpened)
            os.write(descriptor, b"ATE0;+FCLASS=8;+VSM=1;+VLS=1;+VTX\r")
            one.wait(lambda log: any(isinstance(e, told.Answered) and e.text == "CONNECT" for e in log))
            written = 0
            with contextlib.suppress(BlockingIOError):
                while written < 200_000:
                    written += os.write(descriptor, b"\x80" * 1000)
            assert written < 100_000, "the modem swallowed more than its buffer and the kernel's queue can hold"
        finally:
            os.close(descriptor)
        one.wait_for(told.HostClosed)


def test_closing_the_port_hangs_up_and_the_next_program_finds_a_clean_line(tmp_path: Path) -> None:
    with running(tmp_path / "ttyLB0") as one:
        with opened(tmp_path / "ttyLB0") as port:
            ask(port, b"ATE0")
            ask(port, b"AT+FCLASS=8;+VLS=1")
            ask(port, b"AT+VRX", b"CONNECT\r\n")
            port.read(100)
        log = one.wait_for(told.HostClosed)
        assert isinstance(log[-2], told.OnHook)
        with opened(tmp_path / "ttyLB0") as port:
            one.wait_for(told.HostOpened, times=2)
            assert ask(port, b"AT+FCLASS?") == b"\r\n0\r\n\r\nOK\r\n"


def test_what_a_program_leaves_behind_is_not_found_by_the_next(tmp_path: Path) -> None:
    """Neither its terminal settings (echo, line editing) nor an answer that it did not read."""
    with running(tmp_path / "ttyLB0") as one:
        with opened(tmp_path / "ttyLB0") as port:
            ask(port, b"ATE0")
            port.write(b"ATI3\r")
            one.wait(lambda log: sum(isinstance(event, told.Answered) for event in log) >= 2)
            cooked = termios.tcgetattr(port.fileno())
            cooked[1] |= termios.OPOST | termios.ONLCR
            cooked[3] |= termios.ECHO | termios.ICANON
            termios.tcsetattr(port.fileno(), termios.TCSANOW, cooked)
        one.wait_for(told.HostClosed)
        descriptor = os.open(tmp_path / "ttyLB0", os.O_RDWR | os.O_NOCTTY)
        try:
            one.wait_for(told.HostOpened, times=2)
            os.write(descriptor, b"AT\r")
            answer = b""
            while not answer.endswith(b"OK\r\n"):
                assert select.select([descriptor], [], [], PATIENCE_S)[0], answer
                answer += os.read(descriptor, 100)
            assert answer == b"\r\nOK\r\n"
        finally:
            os.close(descriptor)


def test_dropping_dtr_is_seen_as_speed_zero(tmp_path: Path) -> None:
    with running(tmp_path / "ttyLB0") as one, opened(tmp_path / "ttyLB0") as port:
        ask(port, b"ATE0")
        ask(port, b"AT+FCLASS=8;+VLS=1")
        normal = termios.tcgetattr(port.fileno())
        hung_up = normal.copy()
        hung_up[4] = hung_up[5] = termios.B0
        termios.tcsetattr(port.fileno(), termios.TCSANOW, hung_up)
        one.wait_for(told.HostClosed)
        termios.tcsetattr(port.fileno(), termios.TCSANOW, normal)
        one.wait_for(told.HostOpened, times=2)
        assert ask(port, b"AT+FCLASS?") == b"\r\n0\r\n\r\nOK\r\n"


def test_what_happens_while_nobody_listens_is_not_kept(tmp_path: Path) -> None:
    with running(tmp_path / "ttyLB0", ScriptedLine(rings=[(0, 40)])) as one:
        one.wait_for(told.Ring)
        with opened(tmp_path / "ttyLB0") as port:
            assert ask(port, b"AT") == b"AT\r\r\nOK\r\n"


def test_unplugged_and_plugged_in_again(tmp_path: Path) -> None:
    now = time.monotonic()
    faults = Faults(unplug_at=now + 1.0, replug_at=now + 1.5)
    with running(tmp_path / "ttyLB0", faults=faults) as one:
        port = opened(tmp_path / "ttyLB0")
        one.wait_for(told.HostOpened)
        one.wait_for(told.Unplugged)
        with pytest.raises(serial.SerialException):
            port.read(100)
        port.close()
        while not (tmp_path / "ttyLB0").exists():
            assert one.shell.running
        with opened(tmp_path / "ttyLB0") as port:
            assert ask(port, b"AT") == b"AT\r\r\nOK\r\n"


def test_a_link_to_a_pty_that_is_gone_is_replaced(tmp_path: Path) -> None:
    link = tmp_path / "ttyLB0"
    link.symlink_to("/dev/pts/99999")
    with running(link):
        assert link.readlink() != Path("/dev/pts/99999")


def test_a_link_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    for link in (tmp_path / "file", tmp_path / "no" / "folder"):
        with pytest.raises(LinkUnusable, match=r"^cannot make the link .*$"), running(link):
            pass
    assert (tmp_path / "file").read_text() == "mine"
    with running(tmp_path / "ttyLB0"):
        with pytest.raises(LinkUnusable, match="leads to /dev/pts/"), running(tmp_path / "ttyLB0"):
            pass
        assert (tmp_path / "ttyLB0").exists(), "the running modem keeps its link"


def test_a_defect_ends_the_thread_and_is_told_by_stop(tmp_path: Path) -> None:
    class Broken(ScriptedLine):
        def exchange_frame(self, *args: object) -> object:  # type: ignore[override]
            raise ZeroDivisionError("planted")

    one = Running(tmp_path / "ttyLB0", Broken())
    one.shell.start()
    with pytest.raises(ZeroDivisionError):
        one.shell.stop()
    assert not one.shell.running
    assert not os.path.lexists(tmp_path / "ttyLB0")


def test_frames_do_not_drift(tmp_path: Path) -> None:
    """However late the thread is woken, the line's clock is that of the machine: frames are caught up, none is lost."""
    with running(tmp_path / "ttyLB0", ScriptedLine(rings=[(60, 80)])) as one:
        (ring,) = one.wait_for(told.Ring)
        # 0.2 s into the burst, told when the frame is over that makes it sure.
        assert ring.at - one.start_s == pytest.approx(60 * 0.02 + 0.2, abs=0.021)
        counted, passed_s = one.line.frames, time.monotonic() - one.start_s
    assert 70 <= counted <= passed_s / 0.02 + 1
