"""What a service tells systemd (sd_notify(3)): ready, and alive. Without systemd both say nothing. And how a process
that a rehearsal started ends with it, whatever becomes of the rehearsal."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import sys

END_WITH_PARENT = "LINEBOX_END_WITH_PARENT"
"""Set in the environment of the processes of a rehearsal."""

_PR_SET_PDEATHSIG = 1
"""prctl(2), linux/prctl.h."""


def end_with_parent() -> None:
    """If the environment asks for it, have the kernel send SIGTERM when the parent is gone (Linux only)."""
    if not os.environ.pop(END_WITH_PARENT, "") or not sys.platform.startswith("linux"):
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == 1:  # it went before we asked
        os.kill(os.getpid(), signal.SIGTERM)


class ServiceManager:
    """Datagrams to $NOTIFY_SOCKET; a failing manager never disturbs a call."""

    def __init__(self, address: str | None = None) -> None:
        address = address if address is not None else os.environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address

    def ready(self) -> None:
        """The service does its work from now on."""
        self._send(b"READY=1")

    def alive(self) -> None:
        """The loop that does the work has just turned."""
        self._send(b"WATCHDOG=1")

    def _send(self, text: bytes) -> None:
        if not self._address:
            return
        # The manager restarts us if it misses us; there is nobody else to tell.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as speaking:
            speaking.setblocking(False)
            speaking.sendto(text, self._address)
