"""The serial port of a modem: the only importer of pyserial, and the only place that waits for bytes.

One thread opens the port, reads it and opens it again after a loss, until it is closed; everything that happens is
posted as an event to one callback, from that thread. It knows nothing of AT or of what the bytes mean.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import select
import struct
import termios
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

import serial

from firmware.alarm import Alarm
from firmware.backoff import Backoff
from firmware.port_trouble import opening_failed, use_failed
from firmware.uucp_lock import LOCK_FOLDER, PortTaken, UucpLock

_LOGGER = logging.getLogger(__name__)

_SPEED_BIT_S = 115_200  # native USB modems ignore it; bridges need it
_READ_BYTES = 4096
_CLOSE_TIMEOUT_S = 2.0
_DTR = struct.pack("I", termios.TIOCM_DTR)


@dataclass(frozen=True, slots=True)
class PortOpened:
    """The port is open and its old contents are discarded; a bare CR has been sent."""

    at: float


@dataclass(frozen=True, slots=True)
class BytesRead:
    """``data``, never empty, was there at ``at``."""

    data: bytes
    at: float


@dataclass(frozen=True, slots=True)
class PortLost:
    """The port was lost or could not be opened; ``reason`` is one line for a technician. Attempts go on by themselves;
    while they fail for the same reason, it is not repeated."""

    at: float
    reason: str


@dataclass(frozen=True, slots=True)
class DtrDropped:
    """The answer to :meth:`ModemPort.drop_dtr`. ``done`` False: the port has no such wire, or is not open."""

    at: float
    done: bool


PortEvent: TypeAlias = PortOpened | BytesRead | PortLost | DtrDropped


class _Unavailable(Exception):
    """The port cannot be opened now; the text is the reason for PortLost."""


class ModemPort:
    """A serial device that may come and go. Any thread may call; no call waits longer than ``write_timeout_s``.

    Opening begins with :meth:`start` (or ``with``) and goes on, with the waits of ``backoff``, until :meth:`close`. The
    waits start anew once the modem has said something.
    """

    def __init__(
        self,
        url: str,
        *,
        post: Callable[[PortEvent], None],
        monotonic: Callable[[], float] = time.monotonic,
        backoff: Backoff | None = None,
        write_timeout_s: float = 0.5,
        lock_folder: Path = LOCK_FOLDER,
    ) -> None:
        """``url`` is the path of the device; ``post`` takes each event on the port's own thread and must not block."""
        self._device = url
        self._post = post
        self._monotonic = monotonic
        self._backoff = backoff or Backoff()
        self._write_timeout_s = write_timeout_s
        self._lock_folder = lock_folder
        self._guard = threading.Lock()  # of the four below, and of every write
        self._port: serial.Serial | None = None
        self._trouble: str | None = None  # why the thread has to let go of the port
        self._at_once = False  # the next attempt need not wait
        self._alarm = Alarm()
        self._closing = threading.Event()
        self._reported: str | None = None
        self._thread = threading.Thread(target=self._supervise, name=f"port {url}", daemon=True)
        self._dtr_thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin opening the port; once only."""
        self._thread.start()

    def __enter__(self) -> ModemPort:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, data: bytes) -> bool:
        """Hand all of ``data`` to the system. False: the port is not open, or takes no more (then PortLost follows);
        how much of ``data`` went out is then unknown."""
        with self._guard:
            if self._port is None or self._closing.is_set():
                return False
            try:
                if self._write_all(self._port.fileno(), data):
                    return True
                self._trouble = f"{self._device} took no bytes for {self._write_timeout_s:g} s: the modem hangs"
            except OSError as error:
                self._trouble = use_failed(self._device, error)
        self._alarm.ring()
        return False

    def discard_output(self) -> None:
        """Drop what the system has not yet passed to the modem, for barge-in."""
        with self._guard:
            if self._port is not None:
                _discard(self._port, termios.TCOFLUSH)

    def drop_dtr(self, duration_s: float) -> None:
        """Lower DTR for ``duration_s`` without making the caller wait; DtrDropped follows. A wedged modem can block
        even this request to the kernel for ever: hence a thread for it, and no second one while the first is stuck."""
        if self._dtr_thread is not None and self._dtr_thread.is_alive():
            _LOGGER.warning("%s: DTR is being dropped already", self._device)
            return
        with self._guard:
            handle = None if self._port is None else os.dup(self._port.fileno())
        self._dtr_thread = threading.Thread(
            target=self._pulse_dtr, args=(handle, duration_s), name=f"dtr {self._device}", daemon=True
        )
        self._dtr_thread.start()

    def reopen(self) -> None:
        """Close the port and open it again at once: PortLost and PortOpened follow. Cuts a wait between attempts."""
        with self._guard:
            self._at_once = True
            if self._port is not None:
                self._trouble = f"{self._device} is closed to be opened anew"
        self._alarm.ring()

    def close(self) -> None:
        """Let go of the port for good; no event follows. Harmless when repeated."""
        self._closing.set()
        self._alarm.ring()
        for thread in (self._dtr_thread, self._thread):
            if thread is not None and thread.is_alive() and thread is not threading.current_thread():
                thread.join(_CLOSE_TIMEOUT_S)
                if thread.is_alive():
                    _LOGGER.warning("%s: a thread does not end, the kernel holds it", self._device)
        if self._thread.ident is None:
            self._alarm.close()

    # ------------------------------------------------------------ on the port's own thread

    def _supervise(self) -> None:
        while not self._closing.is_set():
            reason = self._one_life()
            with self._guard:
                at_once, self._at_once = self._at_once, False
            if reason is not None and reason != self._reported and not self._closing.is_set():
                self._reported = reason
                self._tell(PortLost(self._monotonic(), reason))
            if not at_once and not self._closing.is_set():
                self._alarm.wait(self._backoff.next_s())
        self._alarm.close()

    def _tell(self, event: PortEvent) -> None:
        try:
            self._post(event)
        except Exception:  # a fault of the listener must not cost us the port
            _LOGGER.exception("%s: nobody took %s", self._device, type(event).__name__)

    def _one_life(self) -> str | None:
        """Open the port and read it until it ends; the reason, or None when it was closed."""
        lock = UucpLock(self._device, self._lock_folder)
        try:
            port = self._open(lock)
            try:
                return self._read_until_trouble(port)
            finally:
                self._let_go(port)
        except _Unavailable as away:
            return str(away)
        except Exception as error:  # the top of the loop: whatever broke, the port must come back
            _LOGGER.exception("%s: the reader stumbled", self._device)
            return use_failed(self._device, error)
        finally:
            lock.release()

    def _open(self, lock: UucpLock) -> serial.Serial:
        try:
            lock.take()
            port = serial.Serial(self._device, _SPEED_BIT_S, timeout=0, write_timeout=0, exclusive=True)
        except PortTaken as taken:
            raise _Unavailable(f"{self._device} is {taken}: stop that program") from None
        except (OSError, ValueError, termios.error) as error:
            raise _Unavailable(opening_failed(self._device, error)) from None
        with contextlib.suppress(OSError):
            fcntl.ioctl(port.fileno(), termios.TIOCEXCL)
        # The kernel echoes until pyserial has configured the port: a RING of that moment has gone back to the modem as
        # a half-written command. Dropping what is queued and sending a bare CR ends it.
        _discard(port, termios.TCIOFLUSH)
        with contextlib.suppress(OSError):
            os.write(port.fileno(), b"\r")
        with self._guard:
            self._port, self._trouble = port, None
        self._reported = None
        self._tell(PortOpened(self._monotonic()))
        return port

    def _read_until_trouble(self, port: serial.Serial) -> str | None:
        handle = port.fileno()
        while True:
            readable = self._alarm.wait_with(handle)
            with self._guard:
                trouble = self._trouble
            if self._closing.is_set() or trouble is not None:
                return trouble
            if not readable:
                continue
            try:
                data = os.read(handle, _READ_BYTES)
            except BlockingIOError:
                continue
            except OSError as error:
                return use_failed(self._device, error)
            if not data:
                return use_failed(self._device, None)
            self._backoff.reset()
            self._tell(BytesRead(data, self._monotonic()))

    def _let_go(self, port: serial.Serial) -> None:
        with self._guard:
            self._port, self._trouble = None, None
        # A close that waits for unsent output can take 30 s.
        _discard(port, termios.TCOFLUSH)
        port.close()

    # ------------------------------------------------------------ on the thread of the caller, or its own

    def _write_all(self, handle: int, data: bytes) -> bool:
        """False when the time is over before all is written."""
        deadline = self._monotonic() + self._write_timeout_s
        left = memoryview(data)
        room = select.poll()
        room.register(handle, select.POLLOUT)
        while left:
            try:
                left = left[os.write(handle, left) :]
            except BlockingIOError:
                wait_s = deadline - self._monotonic()
                if wait_s <= 0 or not room.poll(1000 * wait_s):
                    return False
        return True

    def _pulse_dtr(self, handle: int | None, duration_s: float) -> None:
        done = False
        if handle is not None:
            try:
                fcntl.ioctl(handle, termios.TIOCMBIC, _DTR)
                self._closing.wait(duration_s)
                fcntl.ioctl(handle, termios.TIOCMBIS, _DTR)
                done = True
            except OSError as error:
                _LOGGER.info("%s: DTR cannot be dropped: %s", self._device, error)
            finally:
                os.close(handle)
        if not self._closing.is_set():
            self._tell(DtrDropped(self._monotonic(), done))


def _discard(port: serial.Serial, queue: int) -> None:
    with contextlib.suppress(termios.error, OSError):
        termios.tcflush(port.fileno(), queue)
