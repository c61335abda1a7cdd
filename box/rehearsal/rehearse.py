"""``linebox rehearse``, without its command line: one scenario from stage to verdict."""

from __future__ import annotations

import queue
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from box.rehearsal.handset_sound import HandsetSound, NoSound
from box.rehearsal.keyboard import HANG_UP, Keyboard
from box.rehearsal.performance import Performance, Player, Turn
from box.rehearsal.report import as_json, call_facts, duration_s, latencies_ms, transcript_lines
from box.rehearsal.scenario import Scenario
from box.rehearsal.stage import START_WAIT_S, Cast, Stage
from box.rehearsal.verdict import differences
from box.texts import Texts
from firmware.virtual.latencies import answer_latencies
from firmware.virtual.line import LineSamples
from firmware.virtual.line_events import LineEvent
from firmware.virtual.line_plan import Command, HangUp, Press, SpeakSamples
from firmware.virtual.modem_events import ModemEvent
from firmware.virtual.sound_files import LineRecorder


@dataclass(frozen=True, slots=True)
class RehearsalOptions:
    """What the command line can ask for. ``record`` is where the stereo WAV goes; ``keep`` a folder that stays."""

    profile: str = "generic"
    record: Path | None = None
    interactive: bool = False
    sound: bool = True
    keep: Path | None = None


def rehearse(
    scenario: Scenario, options: RehearsalOptions, texts: Texts, show: Callable[[str], None]
) -> dict[str, Any]:
    """Play ``scenario`` and judge it; each line for a person goes to ``show`` as it happens. Returns the object of
    `rehearse --json`. Raises the declared errors of whatever cannot be started."""
    with ExitStack() as stack:
        folder = options.keep or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="linebox-rehearsal-")))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        events: queue.SimpleQueue[LineEvent | ModemEvent] = queue.SimpleQueue()
        seat = _CallersSeat()
        recorder = stack.enter_context(closing(LineRecorder(options.record))) if options.record else None
        cast = Cast(scenario, options.profile, options.interactive, events.put, recorder, seat.listen)
        show(_title(scenario, texts))
        show(texts("rehearsal.preparing"))
        began = time.monotonic()
        stage = Stage(folder, cast)
        stack.enter_context(stage)
        narrator = _Narrator(texts, show)
        player = Player(stage, events, narrator.turn)
        modem = player.wait_ready(START_WAIT_S)
        show(texts("rehearsal.ready", seconds=time.monotonic() - began, modem=modem))
        seat.exchange_caller = lambda: stage.exchange.caller
        idle = seat.take(stack, options.sound, texts, show) if options.interactive else lambda: None
        result = player.play(scenario.world.network == "down-during-call", idle)
    problems = [] if options.interactive else differences(scenario.expect, call_facts(result))
    if not result.pulled_once:
        problems.append("billing was given an acknowledged reading again")
    _conclude(options, result, problems, texts, show)
    return as_json(scenario, result, problems, texts)


def _title(scenario: Scenario, texts: Texts) -> str:
    if texts.language == "ru":
        return texts("rehearsal.title", title=scenario.title, proves=scenario.proves)
    return texts("rehearsal.title", title=scenario.name, proves=scenario.gloss)


class _Narrator:
    """Shows turns with the seconds since the first ring."""

    def __init__(self, texts: Texts, show: Callable[[str], None]) -> None:
        self._texts, self._show = texts, show
        self._zero: float | None = None

    def turn(self, turn: Turn) -> None:
        self._zero = turn.at if self._zero is None else self._zero
        for line in transcript_lines(turn, self._zero, self._texts):
            self._show(line)


class _CallersSeat:
    """Where a person sits down: keys and sound become commands to the virtual caller, between two frames of it."""

    def __init__(self) -> None:
        self._commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self._sound: HandsetSound | None = None
        self.exchange_caller: Callable[[], Any] = lambda: None

    def listen(self, frame: LineSamples) -> None:
        """Each frame that the caller hears, in the line's thread."""
        if self._sound is not None:
            self._sound.heard(frame)
        caller = self.exchange_caller()
        while caller is not None and not self._commands.empty():
            caller.command(self._commands.get())

    def take(self, stack: ExitStack, sound: bool, texts: Texts, show: Callable[[str], None]) -> Callable[[], None]:
        """Connect keyboard and, where there is one, sound card; the function to call between events."""
        if sound:
            try:
                self._sound = stack.enter_context(HandsetSound(lambda s: self._commands.put(SpeakSamples(s))))
            except NoSound as error:
                show(texts("rehearsal.no_sound", reason=error))
        keyboard = stack.enter_context(Keyboard())
        show(texts("rehearsal.keys_help"))

        def idle() -> None:
            for key in keyboard.pressed():
                self._commands.put(HangUp() if key == HANG_UP else Press(key))

        return idle


def _both(ms: dict[str, int | None]) -> str:
    return "–" if ms["p50"] is None else f"{ms['p50']}/{ms['p95']}"


def _conclude(
    options: RehearsalOptions,
    result: Performance,
    problems: list[str],
    texts: Texts,
    show: Callable[[str], None],
) -> None:
    ms = latencies_ms(answer_latencies(result.line_events))
    first = ms["first_prompt"]["p50"]
    kinds = {"keys": "keys", "words": "speech_words", "digits": "speech_digits"}
    shown = {name: _both(ms[kind]) for name, kind in kinds.items()}
    show(texts("rehearsal.latency", first="–" if first is None else first, **shown))
    if options.record:
        show(texts("rehearsal.recorded", path=options.record))
    for problem in problems:
        show(texts("rehearsal.wrong", problem=problem))
    if not problems:
        key = "rehearsal.interactive_done" if options.interactive else "rehearsal.right"
        show(texts(key, outcome=result.outcome, seconds=duration_s(result)))
