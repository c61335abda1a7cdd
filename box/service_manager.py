"""What a service tells systemd (sd_notify(3)): ready, and alive. Without systemd both say nothing."""

from __future__ import annotations

import os
import socket


class ServiceManager:
    """Datagrams to $NOTIFY_SOCKET; a failing manager never disturbs a call."""

    def __init__(self, address: str | None = None) -> None:
        address = address if address is not None else os.environ.get("NOTIFY_SOCKET", "")
        self._address = "\0" + address[1:] if address.startswith("@") else address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) if address else None
        if self._socket is not None:
            self._socket.setblocking(False)

    def ready(self) -> None:
        """The service does its work from now on."""
        self._send(b"READY=1")

    def alive(self) -> None:
        """The loop that does the work has just turned."""
        self._send(b"WATCHDOG=1")

    def _send(self, text: bytes) -> None:
        if self._socket is None:
            return
        try:
            self._socket.sendto(text, self._address)
        except OSError:
            return  # the manager restarts us if it misses us; there is nobody else to tell
