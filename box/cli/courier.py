"""``linebox courier``: the process that carries readings to the centre and accounts to the box."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from box.cli.options import settings_option

if TYPE_CHECKING:
    from box.courier.running import CourierSettings
    from box.courier.vocabulary import NamesArrived
    from box.settings import Settings


@click.command(epilog="Example: ./linebox courier --settings /etc/linebox/box.toml --once")
@settings_option
@click.option("--once", is_flag=True, help="Deliver and fetch what is due, then end: exit 1 when something is left.")
def courier(settings_name: str | None, once: bool) -> None:
    """Deliver what the box has stored and fetch accounts, until stopped (SIGTERM, Ctrl+C)."""
    from box.courier.running import run_courier, run_courier_once
    from box.logs import start_logging
    from box.service_manager import ServiceManager
    from box.settings import load_settings, settings_file
    from box.stop_request import StopRequest

    settings = load_settings(settings_file(settings_name))
    start_logging(settings.box.log_level)
    if once:
        if left := run_courier_once(courier_settings(settings)):
            click.echo(f"linebox courier: {left}", err=True)
            sys.exit(1)
        return
    stop = StopRequest()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    names = _speakable_names(settings.data)
    run_courier(courier_settings(settings), stop, ready=ServiceManager().ready, names_arrived=names)


def _speakable_names(data: Path) -> NamesArrived | None:
    """What makes names that arrive by sync speakable; None when it cannot: readings must leave all the same."""
    import logging

    from box.errors import PromptsBroken, SettingsWrong
    from box.speaking.names_at_sync import open_names

    try:
        return open_names(data).names_arrived
    except (PromptsBroken, SettingsWrong) as error:
        logging.getLogger(__name__).error("new names will be left out of what callers hear: %s", error)
        return None


def courier_settings(settings: Settings) -> CourierSettings:
    """The courier's part of a box's settings."""
    from box.courier.running import CourierSettings

    centre = settings.centre
    return CourierSettings(
        centre_url=centre.url,
        ca_file=settings.data / centre.ca,
        certificate_file=settings.data / centre.certificate,
        key_file=settings.data / centre.key,
        database=settings.database,
        poll_s=centre.deliver_every_s,
        feed_every_s=centre.feed_every_s,
    )
