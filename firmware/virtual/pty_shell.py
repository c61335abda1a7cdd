"""The virtual modem on a pty, in real time: one thread that moves bytes and frames and decides nothing.

Closing the port and dropping DTR (speed B0) are seen from the master's side, since a pty has no modem lines.
"""

from __future__ import annotations

import contextlib
import os
import select
import termios
import threading
import time
import tty
from collections.abc import Callable
from pathlib import Path

from firmware.virtual.modem import VirtualModem
from firmware.virtual.modem_errors import LinkUnusable
from firmware.virtual.modem_events import ModemEvent

_OUTPUT_SPEED = 5  # place of ospeed in what tcgetattr gives
_READ_BYTES = 4096


class VirtualModemPty:
    """``link`` leads to the pty while the modem runs; ``on_event`` gets every event of the modem, in its thread.

    :meth:`start` raises :class:`LinkUnusable` when the link cannot be made; a link to a pty that is gone is replaced.
    """

    def __init__(
        self, link: Path, modem: VirtualModem, on_event: Callable[[ModemEvent], None] = lambda _: None
    ) -> None:
        self._link = link
        self._modem = modem
        self._on_event = on_event
        self._master: int | None = None
        self._slave_name = ""
        self._pending = b""
        self._host_open = False  # a program is there, with DTR up
        self._slave_open = False  # a program is there
        self._failure: Exception | None = None
        self._stop_reader, self._stop_writer = -1, -1
        self._poll = select.poll()
        self._thread = threading.Thread(target=self._run, name=f"virtual-modem {link.name}", daemon=True)

    def start(self) -> None:
        """Make pty and link, and run."""
        self._stop_reader, self._stop_writer = os.pipe()
        try:
            self._plug_in()
        except LinkUnusable:
            self._close_all()
            raise
        self._thread.start()

    def stop(self) -> None:
        """End the thread, remove pty and link. A defect that ended the thread earlier is raised here."""
        os.write(self._stop_writer, b"x")
        self._thread.join()
        self._close_all()
        if self._failure is not None:
            raise self._failure

    @property
    def running(self) -> bool:
        """False once the thread has ended, by :meth:`stop` or by a defect."""
        return self._thread.is_alive()

    # ------------------------------------------------------------ the thread

    def _run(self) -> None:
        try:
            self._poll.register(self._stop_reader, select.POLLIN)
            while self._turn():
                pass
        except Exception as problem:  # noqa: BLE001  (handed to whoever stops the modem)
            self._failure = problem

    def _turn(self) -> bool:
        """Catch up frame by frame, then sleep until the next one or until bytes come; False = stop."""
        now = time.monotonic()
        while (deadline := self._modem.next_deadline()) <= now:
            self._modem.advance(deadline)
            self._move_bytes(now)
            self._tell()
        self._move_bytes(now)
        self._tell()
        return self._sleep(self._modem.next_deadline())

    def _sleep(self, until: float) -> bool:
        if self._master is not None and self._host_open:
            wanted = select.POLLIN if self._modem.free_space() else 0
            self._poll.register(self._master, wanted | (select.POLLOUT if self._pending else 0))
        ready = self._poll.poll(max(0.0, until - time.monotonic()) * 1000)  # rounds up to whole milliseconds
        if self._master is not None and self._host_open:
            self._poll.unregister(self._master)
        return all(descriptor != self._stop_reader for descriptor, _ in ready)

    def _tell(self) -> None:
        for happened in self._modem.take_log():
            self._on_event(happened)

    # ------------------------------------------------------------ bytes

    def _move_bytes(self, now: float) -> None:
        self._follow_plug()
        if self._master is None:
            return
        self._follow_host(self._master, now)
        if not self._host_open:
            self._modem.take_output()  # nobody is there to read it
            return
        self._read(self._master, now)
        self._write(self._master)

    def _follow_host(self, master: int, now: float) -> None:
        """Tell the modem when the port is opened and closed, and when DTR drops and rises."""
        probe = select.poll()
        probe.register(master, 0)
        closed = any(events & select.POLLHUP for _, events in probe.poll(0))
        is_open = not closed and termios.tcgetattr(master)[_OUTPUT_SPEED] != termios.B0
        if is_open and not self._host_open:
            self._modem.host_opened(now)
        elif self._host_open and not is_open:
            self._read(master, now)  # what it still wrote, such as ATH
            self._modem.host_closed(now)
            self._pending = b""
        if closed and self._slave_open:
            self._clean_up(master)
        self._host_open, self._slave_open = is_open, not closed

    @staticmethod
    def _clean_up(master: int) -> None:
        """The next program finds a raw line and no bytes of the last one."""
        with contextlib.suppress(OSError):
            while os.read(master, _READ_BYTES):
                pass
        with contextlib.suppress(OSError, termios.error):
            termios.tcflush(master, termios.TCIOFLUSH)
            tty.setraw(master)

    def _read(self, master: int, now: float) -> None:
        """Take no more than the modem has room for, so that the host feels its buffer."""
        while room := self._modem.free_space():
            try:
                data = os.read(master, min(room, _READ_BYTES))
            except OSError:  # nothing there (EAGAIN), or the host has gone (EIO), which _follow_host sees
                return
            if not data:
                return
            self._modem.receive(data, now)

    def _write(self, master: int) -> None:
        """Hand over what the modem has for the host; the modem keeps what the host does not take."""
        while True:
            self._pending = self._pending or self._modem.take_output()
            if not self._pending:
                return
            try:
                self._pending = self._pending[os.write(master, self._pending) :]
            except OSError:  # the host does not read (EAGAIN) or has gone (EIO)
                return

    # ------------------------------------------------------------ pty and link

    def _follow_plug(self) -> None:
        if self._modem.unplugged and self._master is not None:
            self._pull_out()
        elif not self._modem.unplugged and self._master is None:
            self._plug_in()

    def _plug_in(self) -> None:
        master, slave = os.openpty()
        self._slave_name = os.ttyname(slave)
        tty.setraw(slave)
        os.close(slave)  # from now on an open slave means a client
        os.set_blocking(master, False)
        self._master = master
        try:
            self._make_link()
        except LinkUnusable:
            self._pull_out()
            raise

    def _make_link(self) -> None:
        try:
            if self._link.is_symlink() and not self._link.exists():
                self._link.unlink()
            self._link.symlink_to(self._slave_name)
        except FileExistsError:
            taken = f"it leads to {self._link.readlink()}" if self._link.is_symlink() else "a file is there"
            raise LinkUnusable(f"cannot make the link {self._link}: {taken}; remove it or choose another") from None
        except OSError as problem:
            raise LinkUnusable(f"cannot make the link {self._link}: {problem.strerror}") from problem

    def _pull_out(self) -> None:
        if self._master is not None:
            os.close(self._master)
            self._master = None
        self._pending, self._host_open, self._slave_open = b"", False, False
        with contextlib.suppress(OSError):
            if str(self._link.readlink()) == self._slave_name:
                self._link.unlink()

    def _close_all(self) -> None:
        self._pull_out()
        for descriptor in (self._stop_reader, self._stop_writer):
            os.close(descriptor)
