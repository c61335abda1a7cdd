"""The caller: hears the line with his own ear, follows a script or a person's commands, sends keys and speech.

A pure state machine fed once a frame. It knows only what arrives on the line; the exchange tells it, as a telephone
does, that the call was answered.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from types import MappingProxyType

import numpy as np

from firmware.virtual.caller_ear import CallerEar
from firmware.virtual.errors import ImpossibleTransition
from firmware.virtual.line import FRAME_S, LineSamples
from firmware.virtual.line_events import CallerSpoke, CallerStarved, LineEvent
from firmware.virtual.line_plan import Action, Command, HangUp, Press, Speak, SpeakSamples, StaySilent, Step, Wait
from firmware.virtual.mouth import Mouth, Utterance, pressing, speaking
from firmware.virtual.sound_meter import SoundMeter, SoundSpan

MIN_QUESTION_S = 0.3
"""Shorter sounds of the box (what is left of a prompt that a key cut short) are no question."""

MIN_SPEECH_S = 0.2
END_TIMEOUT_S = 60.0
"""How long the caller stays after the script, for the box to end the call."""

LIVE_PAUSE_S = 0.5
"""A pause in live speech that ends a CallerSpoke; the box's own end-of-word pause is as long."""


class CallerState(Enum):
    """What the caller is doing."""

    DIALLING = "dialling"  # hears ringback, nobody has answered
    WAITING = "waiting"
    DELAYING = "delaying"
    ACTING = "acting"
    STAYING = "staying"  # the script is over: listens until the line is released
    LIVE = "live"  # a person gives the commands
    GONE = "gone"


class CallerSignal(Enum):
    """What moves the caller on."""

    ANSWERED = "answered"
    ANSWERED_LIVE = "answered-live"
    HEARD = "heard"
    DELAY_OVER = "delay-over"
    ACTION_OVER = "action-over"
    SCRIPT_OVER = "script-over"
    STARVED = "starved"
    RELEASED = "released"
    HUNG_UP = "hung-up"


_S = CallerState
_N = CallerSignal

TRANSITIONS: MappingProxyType[tuple[CallerState, CallerSignal], CallerState] = MappingProxyType(
    {
        (_S.DIALLING, _N.ANSWERED): _S.WAITING,
        (_S.DIALLING, _N.ANSWERED_LIVE): _S.LIVE,
        (_S.DIALLING, _N.HUNG_UP): _S.GONE,
        (_S.WAITING, _N.HEARD): _S.DELAYING,
        (_S.WAITING, _N.SCRIPT_OVER): _S.STAYING,
        (_S.WAITING, _N.STARVED): _S.GONE,
        (_S.WAITING, _N.HUNG_UP): _S.GONE,
        (_S.DELAYING, _N.DELAY_OVER): _S.ACTING,
        (_S.DELAYING, _N.HUNG_UP): _S.GONE,
        (_S.ACTING, _N.ACTION_OVER): _S.WAITING,
        (_S.ACTING, _N.HUNG_UP): _S.GONE,
        (_S.STAYING, _N.RELEASED): _S.GONE,
        (_S.STAYING, _N.STARVED): _S.GONE,
        (_S.STAYING, _N.HUNG_UP): _S.GONE,
        (_S.LIVE, _N.RELEASED): _S.GONE,
        (_S.LIVE, _N.HUNG_UP): _S.GONE,
    }
)


def next_state(state: CallerState, signal: CallerSignal) -> CallerState:
    """The table, or ImpossibleTransition."""
    try:
        return TRANSITIONS[state, signal]
    except KeyError:
        raise ImpossibleTransition(f"the caller cannot take {signal.value} while {state.value}") from None


class VirtualCaller:
    """One caller for one call. ``interactive``: no script, only :meth:`command`."""

    def __init__(self, steps: tuple[Step, ...], interactive: bool = False) -> None:
        self._steps = steps
        self._interactive = interactive
        self._ear = CallerEar()
        self._mouth = Mouth()
        self._live_voice = SoundMeter()
        self._state = CallerState.DIALLING
        self._step = 0
        self._frames_in_state = 0
        self._silent_for_s = 0.0
        self._events: list[LineEvent] = []

    @property
    def state(self) -> CallerState:
        """As of the last frame."""
        return self._state

    @property
    def gone(self) -> bool:
        """The receiver is down."""
        return self._state is CallerState.GONE

    def answered(self) -> None:
        """The call was put through; the script begins."""
        self._move(CallerSignal.ANSWERED_LIVE if self._interactive else CallerSignal.ANSWERED)
        self._ear.forget()

    def command(self, command: Command) -> None:
        """What a person in the caller's place does, between two frames. After the receiver is down nothing happens."""
        if self.gone:
            return
        match command:
            case Press():
                self._mouth.say(pressing(command))
            case SpeakSamples(samples):
                self._mouth.say(Utterance(samples, live=True))
            case HangUp():
                self._hang_up()

    def frame(self, heard: LineSamples, at: float) -> LineSamples:
        """Take what arrives in this frame, give what is sent in it."""
        self._ear.hear(heard)
        self._frames_in_state += 1
        # As many moves as the steps allow at one moment; each step takes at most three.
        for _ in range(3 * len(self._steps) + 3):
            if not _CONSIDER[self._state](self, at):
                break
        live = self._mouth.live
        samples, said = self._mouth.frame(at)
        self._events += said
        self._log_live(self._live_voice.hear(samples if live else np.zeros_like(samples), at, LIVE_PAUSE_S))
        if said:
            # An answer comes after the caller's own sound: what was heard until now belongs to an earlier question.
            self._ear.forget()
        return samples

    def take_events(self) -> list[LineEvent]:
        """What was logged since the last time."""
        events, self._events = self._events, []
        return events

    # ---------------------------------------------------------------- one state each: True when it has been left

    def _consider_waiting(self, at: float) -> bool:
        if self._step >= len(self._steps):
            return self._move(CallerSignal.SCRIPT_OVER)
        step = self._steps[self._step]
        if self._has_heard(step):
            # What the next step waits for must be heard after this one.
            self._ear.forget()
            return self._move(CallerSignal.HEARD)
        released = self._ear.released and step.wait not in (Wait.BUSY, Wait.END)
        if released or self._in_state_s() >= step.timeout_s:
            return self._starve(at, step.id, "nothing" if step.wait is None else step.wait.value, released)
        return False

    def _consider_delaying(self, at: float) -> bool:
        step = self._steps[self._step]
        if self._in_state_s() < step.after_s:
            return False
        self._move(CallerSignal.DELAY_OVER)
        self._act(step.action)
        return True

    def _consider_acting(self, at: float) -> bool:
        if self._mouth.busy or self._in_state_s() < self._silent_for_s:
            return False
        self._step += 1
        return self._move(CallerSignal.ACTION_OVER)

    def _consider_staying(self, at: float) -> bool:
        if self._ear.released:
            return self._move(CallerSignal.RELEASED)
        if self._in_state_s() >= END_TIMEOUT_S:
            return self._starve(at, "", Wait.END.value, released=False)
        return False

    def _consider_live(self, at: float) -> bool:
        return self._ear.released and self._move(CallerSignal.RELEASED)

    def _consider_nothing(self, at: float) -> bool:
        return False

    # ---------------------------------------------------------------- helpers of the states

    def _has_heard(self, step: Step) -> bool:
        ear = self._ear
        match step.wait:
            case None:
                return True
            case Wait.QUESTION:
                return ear.speech_s >= MIN_QUESTION_S and ear.quiet_s >= step.quiet_s
            case Wait.SPEECH:
                return ear.speech_s >= MIN_SPEECH_S
            case Wait.RINGBACK:
                return ear.ringback
            case Wait.BUSY:
                return ear.busy
            case Wait.END:
                return ear.released

    def _act(self, action: Action | None) -> None:
        self._silent_for_s = 0.0
        match action:
            case Press():
                self._mouth.say(pressing(action))
            case Speak():
                self._mouth.say(speaking(action))
            case StaySilent(duration_s):
                self._silent_for_s = duration_s
            case HangUp():
                self._hang_up()
            case None:
                pass

    def _starve(self, at: float, step_id: str, waiting_for: str, released: bool) -> bool:
        self._events.append(CallerStarved(at, self._step + 1, step_id, waiting_for, released))
        return self._move(CallerSignal.STARVED)

    def _hang_up(self) -> None:
        self._mouth.shut()
        self._log_live(self._live_voice.close())
        self._move(CallerSignal.HUNG_UP)

    def _log_live(self, spans: list[SoundSpan]) -> None:
        self._events += [
            CallerSpoke(span.ended_at, "live", span.began_at, span.ended_at)
            for span in spans
            if span.ended_at is not None
        ]

    def _in_state_s(self) -> float:
        # Half a frame over: the sum of frames is not exactly the seconds of a plan.
        return self._frames_in_state * FRAME_S + FRAME_S / 2

    def _move(self, signal: CallerSignal) -> bool:
        self._state = next_state(self._state, signal)
        self._frames_in_state = 0
        return True


_CONSIDER: MappingProxyType[CallerState, Callable[[VirtualCaller, float], bool]] = MappingProxyType(
    {
        CallerState.DIALLING: VirtualCaller._consider_nothing,
        CallerState.WAITING: VirtualCaller._consider_waiting,
        CallerState.DELAYING: VirtualCaller._consider_delaying,
        CallerState.ACTING: VirtualCaller._consider_acting,
        CallerState.STAYING: VirtualCaller._consider_staying,
        CallerState.LIVE: VirtualCaller._consider_live,
        CallerState.GONE: VirtualCaller._consider_nothing,
    }
)
