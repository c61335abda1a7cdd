"""``linebox line``: the process of one telephone line."""

from __future__ import annotations

import queue
import signal
from typing import TYPE_CHECKING

import click

from box.cli.options import settings_option

if TYPE_CHECKING:
    from box.calls.line_process import Posted


@click.group(epilog="Example: ./linebox line run line0")
def line() -> None:
    """Answer a telephone line."""


@line.command(epilog="Example: ./linebox line run line0 --settings /etc/linebox/box.toml")
@click.argument("name")
@settings_option
def run(name: str, settings_name: str | None) -> None:
    """Answer calls on the line [lines.NAME] of the settings until stopped (SIGTERM, Ctrl+C); a call under way is
    finished first."""
    from box.calls.line_assembly import run_line
    from box.calls.line_process import Stop
    from box.clock import SystemClock
    from box.logs import start_logging
    from box.service_manager import ServiceManager
    from box.settings import load_settings, settings_file

    settings = load_settings(settings_file(settings_name))
    settings.line(name)
    start_logging(settings.box.log_level)
    inbox: queue.SimpleQueue[Posted] = queue.SimpleQueue()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: inbox.put(Stop()))
    clock = SystemClock(settings.rehearsal.wall_offset_s, unset=settings.rehearsal.clock_unset)
    run_line(settings, name, clock, inbox, ServiceManager())
