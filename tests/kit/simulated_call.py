"""A whole call in simulated time: the real line, store and voice against the virtual modem, exchange and caller, joined
by bytes, without a pty, thread or sleep. Minutes of call take a second."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from box.accounts.model import ClockTrust
from box.calls.line_assembly import assemble_line, build_desk
from box.calls.vocabulary import Told
from box.courier.messages import (
    AccountChange,
    CallBackWanted,
    CallSummary,
    Event,
    EventBody,
    PayLinkWanted,
    PhoneDropped,
    PhoneKept,
    ReadingTaken,
)
from box.listening.hearing import Engine
from box.rehearsal.scenario import ExpectedReading, Scenario
from box.rehearsal.verdict import CallFacts, Request, accepted_s
from box.settings import DEFAULTS, HOME, Settings, check_settings
from box.speaking.voice import Voice
from box.store.account_book import AccountBook
from box.store.connection import open_store
from box.store.outbox import Outbox
from box.store.reference_shelf import ReferenceShelf
from box.toml_tables import merge, read_toml
from box.understanding.words import load_words
from firmware.virtual.exchange import Exchange
from firmware.virtual.line_file import load_line
from firmware.virtual.line_plan import LinePlan
from firmware.virtual.modem import VirtualModem
from firmware.virtual.modem_faults import Faults
from firmware.virtual.modem_profiles import load_profile
from firmware.vocabulary import Advice, LinkFailed
from tests.kit.simulated_clock import SimulatedClock
from tests.kit.synchronous_recogniser import SynchronousRecogniser

LONGEST_S = 900.0
INTENTS = HOME / "config" / "intents.toml"
_KINDS: dict[type[EventBody], str] = {
    PhoneKept: "phone_saved",
    PhoneDropped: "phone_forgotten",
    PayLinkWanted: "pay_link",
    CallBackWanted: "call_back",
}
MOST_STEPS_AT_ONCE = 1000


class SimulatedCall:
    """One scenario on one box. ``run`` plays it to its end; ``stop_when`` may end it earlier, as a crash would. With an
    ``engine`` the box hears speech, and takes no time to think about it."""

    def __init__(
        self,
        scenario: Scenario,
        folder: Path,
        voice: Voice,
        *,
        profile: str = "generic",
        faults: Faults | None = None,
        plan: LinePlan | None = None,
        engine: Engine | None = None,
    ) -> None:
        self.scenario = scenario
        trust = ClockTrust.SYNCED if scenario.world.clock == "set" else ClockTrust.UNKNOWN
        self.clock = SimulatedClock(scenario.world.now, trust=trust)
        self.settings = _settings(scenario, folder)
        self.told: list[Told] = []
        self.failures: list[LinkFailed] = []
        self.store = open_store(self.settings.database)
        changes = [AccountChange(account.number, account) for account in scenario.world.accounts]
        AccountBook(self.store).apply_feed(changes, "1")
        ReferenceShelf(self.store).put(scenario.world.reference, '"1"')
        self.ear = None if engine is None else SynchronousRecogniser(engine, load_words(INTENTS))
        self.desk = build_desk(self.settings, "line0", self.store, self.clock, speech=self.ear is not None)
        self.line = assemble_line(
            *(self.settings, "line0", self.desk, voice, self.told.append, self.failures.append), self.ear
        )
        self.exchange = Exchange(plan or load_line(scenario.path), self.clock.now, seed=1)
        self.modem = VirtualModem(load_profile(profile), self.exchange, self.clock.now, faults)
        self._unsent = b""

    def run(self, stop_when: Callable[[SimulatedCall], bool] = lambda _: False) -> None:
        """Play until the line is free again after the exchange's last call."""
        until = self.clock.now + LONGEST_S
        steps_here = 0
        self.modem.host_opened(self.clock.now)
        self.line.open(self.clock.now)
        while not (self.exchange.finished and not self.line.busy):
            self._move_bytes()
            if stop_when(self):
                return
            self._help_modem()
            deadlines = [self.modem.next_deadline(), self.line.next_deadline()]
            before = self.clock.now
            self.clock.now = max(before, min(d for d in deadlines if d is not None))
            steps_here = 0 if self.clock.now > before else steps_here + 1
            assert steps_here < MOST_STEPS_AT_ONCE, "a deadline that is always due makes the loop spin"
            assert self.clock.now < until, "the call does not end"
            self.modem.advance(self.clock.now)
            due = self.line.next_deadline()
            if due is not None and due <= self.clock.now:
                self.line.on_deadline(self.clock.now)
        self._move_bytes()

    def _move_bytes(self) -> None:
        now = self.clock.now
        while True:
            self._unsent += b"".join(self.line.data_to_send())
            taken = self._unsent[: self.modem.free_space()]
            self._unsent = self._unsent[len(taken) :]
            self.modem.receive(taken, now)
            answer = self.modem.take_output()
            if answer:
                self.line.receive(answer, now)
            heard = self.ear.take_heard() if self.ear is not None else []
            for each in heard:
                self.line.heard(each, now)
            if not (answer or taken or heard):
                return

    def _help_modem(self) -> None:
        """What the line process does for a modem that failed, without waiting."""
        failures, self.failures[:] = list(self.failures), []
        for failure in failures:
            if failure.advice is not Advice.GIVE_UP:
                self.modem.host_closed(self.clock.now)
                self.modem.host_opened(self.clock.now)
                self.line.open(self.clock.now)

    def events(self) -> list[Event]:
        """What waits in the outbox, decoded."""
        return [msgspec.json.decode(row.body, type=Event) for row in Outbox(self.store).due(2e9)]

    def facts(self) -> CallFacts:
        """What the call left on the disk, for the scenario's expectation."""
        bodies = [event.body for event in self.events()]
        readings = tuple(
            ExpectedReading(b.account, b.meter, {z.zone: z.digits for z in b.zones}, b.mode)
            for b in bodies
            if isinstance(b, ReadingTaken)
        )
        summaries = [b for b in bodies if isinstance(b, CallSummary)]
        return CallFacts(
            outcome=summaries[-1].outcome if summaries else "",
            said=tuple(phrase for told in self.told for phrase in told.phrases),
            readings=readings,
            requests=tuple(Request(_KINDS[type(b)], getattr(b, "service", "")) for b in bodies if type(b) in _KINDS),
            accepted_s=accepted_s([(told.at, told.phrases) for told in self.told if told.phrases]),
        )

    def transcript(self) -> str:
        """The story, for a failing test's reader."""
        return "\n".join(f"{t.at - 1000:7.2f} {t.who:7} {t.kind:8} {t.text}" for t in self.told)


def _settings(scenario: Scenario, folder: Path) -> Settings:
    defaults, problems = read_toml(DEFAULTS)
    assert not problems
    local = merge(
        scenario.settings,
        {"box": {"data": str(folder)}, "lines": {"line0": {"role": scenario.world.line, "port": "simulated"}}},
    )
    return check_settings(defaults, local)
