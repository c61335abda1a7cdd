"""The courier process put together: settings, store, connection, lock."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Protocol

from box.clock import Clock, SystemClock
from box.courier.courier import Courier, deliver_and_fetch
from box.courier.https_client import CentreClient, CentreLink
from box.courier.names import NamesInBackground
from box.courier.vocabulary import BoxSide, Name, NamesArrived
from box.errors import SettingsWrong
from box.one_at_a_time import one_at_a_time

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CourierSettings:
    """What the courier must know. ``centre_url`` '' = there is no centre yet. The three files are PEM."""

    centre_url: str
    ca_file: Path
    certificate_file: Path
    key_file: Path
    database: Path
    poll_s: float = 1.0
    feed_every_s: float = 300.0


class Stop(Protocol):
    """What asks the courier to end: a StopRequest or a threading.Event."""

    def is_set(self) -> bool: ...
    def wait(self, timeout: float | None = None, /) -> bool: ...


def run_courier(
    settings: CourierSettings,
    stop: Stop,
    clock: Clock | None = None,
    ready: Callable[[], None] = lambda: None,
    names_arrived: NamesArrived | None = None,
) -> None:
    """Carry until ``stop`` is set, from the thread that calls. Raises AlreadyRuns, StoreBroken and SettingsWrong
    at the start, before ``ready`` is called; afterwards nothing ends it but ``stop``, within the time of the request in
    progress. ``names_arrived`` is called on a thread of its own, with everything that the box knows at the start and
    with what is new from then on; for a name it may take its time."""
    clock = clock or SystemClock()
    with _opened(settings) as box:
        ready()
        if not settings.centre_url:
            log.warning("no centre is set (centre.url): readings are kept and wait")
            stop.wait()
            return
        with ExitStack() as running:
            centre = running.enter_context(CentreClient(_link(settings), clock))
            if names_arrived is not None:
                names = NamesInBackground(names_arrived, lambda: _all_names(settings.database))
                box = replace(box, names_arrived=running.enter_context(names).arrived)
            courier = Courier(box, centre, clock, feed_every_s=settings.feed_every_s)
            courier.run(stop.is_set, stop.wait, settings.poll_s)


def run_courier_once(
    settings: CourierSettings, clock: Clock | None = None, names_arrived: NamesArrived | None = None
) -> str:
    """Deliver and fetch what is due, then return: '' when nothing is left to do, else what is in the way. New names are
    handed over on the way. Raises like run_courier."""
    if not settings.centre_url:
        raise SettingsWrong(["centre.url: not set; there is nobody to deliver to"])
    clock = clock or SystemClock()
    with _opened(settings) as box, CentreClient(_link(settings), clock) as centre:
        if names_arrived is not None:
            box = replace(box, names_arrived=names_arrived)
        return deliver_and_fetch(box, centre, clock)


def _link(settings: CourierSettings) -> CentreLink:
    return CentreLink(settings.centre_url, settings.ca_file, settings.certificate_file, settings.key_file)


@contextmanager
def _opened(settings: CourierSettings) -> Iterator[BoxSide]:
    from box.store.account_book import AccountBook
    from box.store.connection import open_store
    from box.store.outbox import Outbox
    from box.store.reference_shelf import ReferenceShelf
    from box.store.retention import Keeper

    with (
        open_store(settings.database) as store,
        one_at_a_time(settings.database.with_name(f"{settings.database.name}.courier-lock"), "a courier"),
    ):
        yield BoxSide(Outbox(store), AccountBook(store), ReferenceShelf(store), Keeper(store))


def _all_names(database: Path) -> Generator[Name, None, None]:
    """Offices and tariffs first: they are few, and every caller may ask for them. A store of its own, for its own
    thread."""
    from box.accounts.reference_records import names_of
    from box.store.account_book import AccountBook
    from box.store.connection import open_store
    from box.store.reference_shelf import ReferenceShelf

    with open_store(database, read_only=True) as store:
        yield from names_of(ReferenceShelf(store).book())
        yield from AccountBook(store).names()
