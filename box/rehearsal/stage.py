"""The stage of a rehearsal: centre, certificates, settings, courier, virtual line and line process, all of them real.

They meet only through what they meet through in the field: a serial device, one SQLite file, HTTPS on loopback.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType

from box.clock import SystemClock
from box.courier.https_client import CentreClient, CentreLink
from box.courier.messages import Publication, Publications, ReferenceDocument
from box.rehearsal.children import Child, ChildFailed
from box.rehearsal.scenario import Scenario
from box.rehearsal.settings_file import toml_text
from box.settings import load_settings
from box.toml_tables import merge
from firmware.virtual.exchange import CallRecorder, Exchange
from firmware.virtual.line import LineSamples
from firmware.virtual.line_events import LineEvent
from firmware.virtual.line_file import load_line
from firmware.virtual.line_plan import CallPlan
from firmware.virtual.modem_events import ModemEvent
from firmware.virtual.run import VirtualLine

BOX_ID = "rehearsal"
LINE = "line0"
START_WAIT_S = 60.0
POLL_S = 0.05

OnLineEvent = Callable[[ModemEvent | LineEvent], None]


@dataclass(frozen=True, slots=True, eq=False)
class Cast:
    """Who plays. ``listener`` gets each frame (20 ms) that the caller hears, in the line's thread."""

    scenario: Scenario
    profile: str
    interactive: bool
    on_event: OnLineEvent
    recorder: CallRecorder | None = None
    listener: Callable[[LineSamples], None] | None = None


class Stage:
    """A context: everything runs inside ``with``, and is stopped and put away at its end."""

    def __init__(self, folder: Path, cast: Cast) -> None:
        self.folder = folder
        self.story = folder / "story.jsonl"
        self.settings_path = folder / "box.toml"
        self._cast = cast
        self._pause = threading.Event()
        self.children: dict[str, Child] = {}
        self.centre_url = ""
        # The exchange reads its file first: a mistake in it must show before anything is started.
        self.exchange, self._virtual = self._build_line()
        self.billing: CentreClient | None = None

    def __enter__(self) -> Stage:
        try:
            self._prepare()
        except BaseException:
            self._put_away()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._put_away()

    @property
    def database(self) -> Path:
        """The box's database."""
        return load_settings(self.settings_path).database

    @staticmethod
    def now() -> float:
        """The monotonic second, the same clock in every process."""
        return time.monotonic()

    # ------------------------------------------------------------ what a rehearsal does with it

    def stop_centre(self) -> None:
        """The network is down: nobody answers at the centre's address."""
        self.children.pop("centre").stop()

    def start_centre(self) -> None:
        """Start the centre, the second time at the same address."""
        port = self.centre_url.rpartition(":")[2] or "0"
        self._start("centre", "centre", "run", "--folder", str(self.folder / "centre"), "--port", port)
        self.centre_url = json.loads(self.children["centre"].line(START_WAIT_S))["listening"]

    def start_line(self) -> None:
        """Start the line process (again, after a crash that the rehearsal arranged)."""
        self._start("line", "line", "run", LINE, "--settings", str(self.settings_path))

    def wait_until(self, true: Callable[[], bool], what: str, timeout_s: float) -> None:
        """Poll until ``true()``. ChildFailed names ``what`` after ``timeout_s``, or the process that has ended."""
        until = time.monotonic() + timeout_s
        while not true():
            for child in self.children.values():
                if not child.running:
                    raise ChildFailed(f"{child.name} ended; {child.last_words()}")
            if time.monotonic() >= until:
                raise ChildFailed(f"{what} within {timeout_s:.0f} s: no; logs are in {self.folder}")
            self._pause.wait(POLL_S)

    def _start(self, name: str, *arguments: str) -> None:
        self.children[name] = Child(name, list(arguments), self.folder / f"{name}.log")

    # ------------------------------------------------------------ setting up

    def _prepare(self) -> None:
        self._virtual.start()
        self.start_centre()
        self._enrol()
        self._write_settings()
        self._publish()
        self.start_line()
        self._start("courier", "courier", "--settings", str(self.settings_path))
        self.wait_until(self._publications_are_here, "accounts, tariffs and offices reach the box", START_WAIT_S)

    def _build_line(self) -> tuple[Exchange, VirtualLine]:
        plan = load_line(self._cast.scenario.path)
        if self._cast.interactive:
            calls = tuple(CallPlan(call.number, call.withheld, call.unavailable) for call in plan.calls[:1])
            plan = replace(plan, interactive=True, calls=calls)
        start = time.monotonic()
        exchange = Exchange(plan, start, 1, self._cast.recorder, self._cast.listener)
        exchange.calls_held = True
        link = self.folder / "ttyLinebox"
        return exchange, VirtualLine(link, self._cast.profile, exchange, self._cast.on_event, start)

    def _enrol(self) -> None:
        from box.centre.desk import issue_for_client

        issue_for_client(self.folder / "centre", f"box:{BOX_ID}", self.folder / "box", 2)
        files = issue_for_client(self.folder / "centre", "billing:rehearsal", self.folder / "billing", 2)
        link = CentreLink(self.centre_url, files.ca_file, files.certificate_file, files.key_file)
        self.billing = CentreClient(link)

    def _write_settings(self) -> None:
        scenario = self._cast.scenario
        own = self.folder / "box"
        offset = scenario.world.now.timestamp() - SystemClock().wall().timestamp()
        fixed = {
            "box": {"id": BOX_ID, "data": str(own)},
            "lines": {LINE: {"role": scenario.world.line, "port": str(self.folder / "ttyLinebox")}},
            "centre": {"url": self.centre_url, "deliver_every_s": 0.2, "feed_every_s": 5.0},
            "rehearsal": {
                "wall_offset_s": round(offset, 3),
                "clock_unset": scenario.world.clock == "unset",
                "story": str(self.story),
            },
        }
        if not scenario.world.speech:
            fixed["recognition"] = {"model": ""}
        self.settings_path.write_text(toml_text(merge(scenario.settings, fixed)), "utf-8")
        self.story.touch()
        load_settings(self.settings_path)

    def _publish(self) -> None:
        assert self.billing is not None
        world = self._cast.scenario.world
        accounts = tuple(Publication(account.number, account) for account in world.accounts)
        if accounts:
            self.billing.publish(Publications(accounts))
        if world.reference != ReferenceDocument():
            self.billing.publish_reference(world.reference)

    def _publications_are_here(self) -> bool:
        from box.errors import StoreBroken
        from box.store.account_book import AccountBook
        from box.store.connection import open_store
        from box.store.reference_shelf import ReferenceShelf

        world = self._cast.scenario.world
        try:
            with open_store(self.database, read_only=True) as store:
                reference_is_here = world.reference == ReferenceDocument() or bool(ReferenceShelf(store).etag())
                return reference_is_here and AccountBook(store).count() >= len(world.accounts)
        except StoreBroken:
            return False  # not made yet

    # ------------------------------------------------------------ putting away

    def _put_away(self) -> None:
        if self.billing is not None:
            self.billing.close()
        for child in self.children.values():
            child.ask_to_stop()
        for child in self.children.values():
            child.stop()
        self._virtual.stop()
