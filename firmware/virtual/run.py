"""Modem, exchange and pty put together: a telephone line for any program that can use a serial port."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from firmware.virtual.exchange import Exchange
from firmware.virtual.line import LineFrame, LineSamples
from firmware.virtual.line_events import LineEvent
from firmware.virtual.modem import VirtualModem
from firmware.virtual.modem_events import ModemEvent
from firmware.virtual.modem_faults import Faults
from firmware.virtual.modem_profiles import load_profile
from firmware.virtual.pty_shell import VirtualModemPty

Watcher: TypeAlias = Callable[[ModemEvent | LineEvent], None]


class _WatchedLine:
    """The exchange as the modem sees it; what it logs goes to the watcher at once."""

    def __init__(self, exchange: Exchange, on_event: Watcher) -> None:
        self._exchange = exchange
        self._on_event = on_event

    def exchange_frame(self, sent: LineSamples, off_hook: bool, now: float) -> LineFrame:
        frame = self._exchange.exchange_frame(sent, off_hook, now)
        for happened in self._exchange.take_log():
            self._on_event(happened)
        return frame


class VirtualLine:
    """A running virtual line. ``on_event`` gets the events of modem and exchange in the order in which they happen, in
    the modem's thread. ``start_s`` must be the monotonic second that the exchange was given as its start (default:
    now, for an exchange that was made just before). Raises ProfileUnknown at once and LinkUnusable from start().
    """

    def __init__(
        self,
        link_path: Path,
        profile_name: str,
        exchange: Exchange,
        on_event: Watcher,
        start_s: float | None = None,
        faults: Faults | None = None,
    ) -> None:
        begins = time.monotonic() if start_s is None else start_s
        self.exchange = exchange
        self.modem = VirtualModem(load_profile(profile_name), _WatchedLine(exchange, on_event), begins, faults)
        self._pty = VirtualModemPty(link_path, self.modem, on_event)

    def start(self) -> None:
        """Make the link and let the line live."""
        self._pty.start()

    def stop(self) -> None:
        """Take the line down; raises the defect that ended it early, if one did."""
        self._pty.stop()

    @property
    def running(self) -> bool:
        """False after :meth:`stop`, or when a defect has ended the modem's thread."""
        return self._pty.running

    @property
    def finished(self) -> bool:
        """Every scripted call is over and the line is quiet."""
        return self.exchange.finished
