"""One rehearsed call, followed live from both of its ends: what happens on the line, and what the box makes of it."""

from __future__ import annotations

import json
import queue
from collections.abc import Callable
from dataclasses import dataclass, field

from box.calls.vocabulary import Told
from box.courier.https_client import CentreClient
from box.courier.messages import PulledReading, PulledRequest
from box.dialogue.vocabulary import Outcome
from box.errors import StoreBroken
from box.rehearsal.stage import POLL_S, Stage
from firmware.virtual import line_events as seen
from firmware.virtual.line_events import LineEvent
from firmware.virtual.modem_events import ModemEvent

LONGEST_CALL_S = 1200.0
DELIVERY_WAIT_S = 60.0
PULL_PAGE = 100


@dataclass(frozen=True, slots=True)
class Turn:
    """One line of the transcript. ``at`` is monotonic; ``key`` and ``values`` name a text of the catalogue when the
    line is not words of the box."""

    at: float
    who: str
    key: str
    values: dict[str, object] = field(default_factory=dict)
    text: str = ""
    gloss: str = ""
    phrases: tuple[str, ...] = ()


@dataclass(slots=True)
class Performance:
    """What the call brought, growing while it goes on."""

    turns: list[Turn] = field(default_factory=list)
    line_events: list[LineEvent] = field(default_factory=list)
    outcome: str = ""
    pulled: list[PulledReading] = field(default_factory=list)
    requests: list[PulledRequest] = field(default_factory=list)
    delivered: int = 0
    all_delivered: bool = False
    pulled_once: bool = False


class Player:
    """Plays the call on a stage. ``narrate`` gets each turn as it happens."""

    def __init__(
        self, stage: Stage, events: queue.SimpleQueue[LineEvent | ModemEvent], narrate: Callable[[Turn], None]
    ):
        self._stage = stage
        self._events = events
        self._narrate = narrate
        self._story_at = 0
        self._keys: list[str] = []
        self.ready = ""
        self.result = Performance()

    def wait_ready(self, timeout_s: float) -> str:
        """Until the line process has its modem; what modem, in words."""
        self._stage.wait_until(self._modem_is_ready, "the line process gets its modem ready", timeout_s)
        return self.ready

    def play(self, network_down: bool, idle: Callable[[], None] = lambda: None) -> Performance:
        """The call from ring to billing. ``idle`` is called between events (for a person's keys)."""
        if network_down:
            self._stage.stop_centre()
            self._say("system", "rehearsal.network_down")
        self._stage.exchange.calls_held = False
        self._stage.wait_until(lambda: self._step(idle), "the call ends", LONGEST_CALL_S)
        if network_down:
            self._stage.start_centre()
            self._say("system", "rehearsal.network_up")
        self._deliver()
        return self.result

    # ------------------------------------------------------------ the call

    def _modem_is_ready(self) -> bool:
        self._read_story()
        return bool(self.ready)

    def _step(self, idle: Callable[[], None]) -> bool:
        idle()
        self._read_line()
        self._read_story()
        if not self._stage.exchange.finished:
            return False
        if not any(isinstance(event, seen.BoxAnswered) for event in self.result.line_events):
            self.result.outcome = Outcome.CALLER_LEFT.value  # while it rang: there was no call to record
        return bool(self.result.outcome)

    def _read_line(self) -> None:
        while True:
            try:
                event = self._events.get(timeout=POLL_S / 2)
            except queue.Empty:
                return
            if isinstance(event, LineEvent):
                self.result.line_events.append(event)
                self._on_line(event)

    def _on_line(self, event: LineEvent) -> None:
        match event:
            case seen.CallArrived(at, _, caller):
                self._say("line", "rehearsal.ringing", at, caller=caller)
            case seen.BoxAnswered(at):
                self._say("line", "rehearsal.answered", at)
            case seen.CallerPressed(key=key, began_at=began_at, final=final):
                self._keys.append(key)
                if final:
                    self._say("caller", "rehearsal.pressed", began_at, keys=" ".join(self._keys))
                    self._keys = []
            case seen.CallerSpoke(what=what, began_at=began_at):
                self._say("caller", "rehearsal.spoke", began_at, what=what)
            case seen.CallerHungUp(at):
                self._say("caller", "rehearsal.caller_hung_up", at)
            case seen.BoxHungUp(at):
                self._say("line", "rehearsal.box_hung_up", at)
            case seen.Transferred(at, to):
                self._say("line", "rehearsal.transferred", at, to=to)
            case _:
                pass

    def _read_story(self) -> None:
        with self._stage.story.open("rb") as file:
            file.seek(self._story_at)
            for line in file:
                if not line.endswith(b"\n"):
                    return  # the rest of it is still being written
                self._story_at += len(line)
                fields = json.loads(line)
                self._on_told(Told(**{**fields, "phrases": tuple(fields["phrases"])}))

    def _on_told(self, told: Told) -> None:
        match told.kind:
            case "ready":
                self.ready = told.text
            case "said":
                self._turn(Turn(told.at, "box", "", {}, told.text, told.gloss, told.phrases))
            case "stored":
                self._say("system", f"rehearsal.stored_{told.text.replace('-', '_')}", told.at)
            case "failed":
                self._say("system", "rehearsal.failed", told.at)
            case "ended":
                self.result.outcome = told.text
            case _:
                pass  # keys and answers are told by the line itself

    # ------------------------------------------------------------ behind the call

    def _deliver(self) -> None:
        """Wait until the outbox is empty, then pull as billing does, acknowledge, and see that nothing comes twice."""
        billing = self._stage.billing
        assert billing is not None
        self._stage.wait_until(self._outbox_is_empty, "the courier delivers", DELIVERY_WAIT_S)
        self._say("system", "rehearsal.delivered", count=self.result.delivered)
        self.result.pulled_once = self._pull_readings(billing) and self._pull_requests(billing)

    def _pull_readings(self, billing: CentreClient) -> bool:
        """Whether nothing came twice."""
        page = billing.pull_readings(limit=PULL_PAGE)
        self.result.pulled += page.readings
        for reading in page.readings:
            zones = " ".join(f"{zone.zone}={zone.digits}" for zone in reading.zones)
            said: dict[str, object] = {
                "account": reading.account,
                "meter": reading.meter,
                "zones": zones,
                "mode": reading.mode,
            }
            self._turn(Turn(self._stage.now(), "system", "rehearsal.pulled", said))
        if not page.readings:
            self._say("system", "rehearsal.pulled_nothing")
            return True
        billing.acknowledge(page.cursor)
        return not billing.pull_readings(limit=PULL_PAGE).readings

    def _pull_requests(self, billing: CentreClient) -> bool:
        """Whether nothing came twice."""
        page = billing.pull_requests(limit=PULL_PAGE)
        self.result.requests += page.requests
        for request in page.requests:
            self._say("system", f"rehearsal.request_{request.kind}", service=request.service)
        if not page.requests:
            return True
        billing.acknowledge_requests(page.cursor)
        return not billing.pull_requests(limit=PULL_PAGE).requests

    def _outbox_is_empty(self) -> bool:
        from box.store.connection import open_store
        from box.store.outbox import Outbox

        try:
            with open_store(self._stage.database, read_only=True) as store:
                outbox = Outbox(store)
                self.result.delivered = outbox.delivered()
                self.result.all_delivered = outbox.depth() == 0 and not outbox.set_aside()
        except StoreBroken:
            return False  # busy for a moment
        return self.result.all_delivered

    def _say(self, who: str, key: str, at: float | None = None, **values: object) -> None:
        self._turn(Turn(self._stage.now() if at is None else at, who, key, values))

    def _turn(self, turn: Turn) -> None:
        self.result.turns.append(turn)
        self._narrate(turn)
