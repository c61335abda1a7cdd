"""The telephone exchange behind the virtual modem: one subscriber's line, its calls, tones and transfers.

Pure: time is the frames counted from ``start``, noise comes from the seed. It knows the modem only by hook state and
sound, as a real exchange does; states and what they sound like are tables in ``exchange_states``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np

from firmware.virtual import line_events as log
from firmware.virtual.caller import VirtualCaller
from firmware.virtual.digit_register import DigitRegister, NumberState
from firmware.virtual.exchange_states import (
    BOX_HEARS,
    CALLER_HEARS,
    DIALLING,
    EXTENSION_IN_PLAY,
    HELD,
    ExchangeState,
    Signal,
    next_state,
)
from firmware.virtual.extension import Extension
from firmware.virtual.line import FRAME_S, FRAME_SAMPLES, LineFrame, LineSamples
from firmware.virtual.line_path import LinePath
from firmware.virtual.line_plan import AfterCaller, LinePlan
from firmware.virtual.receiver import Receiver
from firmware.virtual.ring_cadence import RingCadence, RingMoment, masked_caller
from firmware.virtual.sound_meter import SOUND_DBM0, SoundMeter
from firmware.virtual.subscriber_loop import LoopClosed, LoopFlashed, LoopReleased, LoopState, SubscriberLoop
from firmware.virtual.tones import level_dbm0

FIRST_DIGIT_WITHIN_S = 15.0
NEXT_DIGIT_WITHIN_S = 5.0
"""Register time-outs as PBX manuals give them (10–20 s and 4–7 s)."""

PROMPT_PAUSE_S = 0.3
"""Silence that does not end the box's sound: pauses inside words and between digits."""

CUT_S = 0.04
ATTENTIVE_S = 1.0
"""While the caller acts and for a second after it, 40 ms of silence are an end: a box that was cut short by a key may
speak again that soon."""

_SILENCE: LineSamples = np.zeros(FRAME_SAMPLES, np.int16)
_NO_RING = RingMoment(ringing=False)
_FAILURE_OF = {NumberState.BUSY: log.TransferFailure.BUSY, NumberState.WRONG: log.TransferFailure.WRONG_NUMBER}


class CallRecorder(Protocol):
    """Takes what both sides send, a frame at a time, while a call is up."""

    def frame(self, caller: LineSamples, box: LineSamples) -> None: ...


class Exchange:
    """Implements :class:`firmware.virtual.line.SubscriberLine`. ``start`` is the monotonic second of the first frame;
    ``listener`` gets every frame that the caller hears. While ``calls_held`` is set no new call is begun."""

    def __init__(
        self,
        plan: LinePlan,
        start: float,
        seed: int,
        recorder: CallRecorder | None = None,
        listener: Callable[[LineSamples], None] | None = None,
    ) -> None:
        self.calls_held = False
        self._plan = plan
        self._start = start
        self._recorder = recorder
        self._listener = listener
        self._frames = 0
        self._state = ExchangeState.IDLE
        self._frames_in_state = 0
        self._calls_begun = 0
        self._loop = SubscriberLoop(plan.flash_min_s, plan.flash_max_s)
        noises = [np.random.default_rng(branch) for branch in np.random.SeedSequence(seed).spawn(2)]
        paths = [LinePath(plan.impairment, noise) for noise in noises]
        self._box_ear, self._caller_ear = (Receiver(path, plan.after_caller) for path in paths)
        self._box_sound = SoundMeter()
        self._attentive_until = start
        self._caller: VirtualCaller | None = None
        self._rings: RingCadence | None = None
        self._register: DigitRegister | None = None
        self._extension: Extension | None = None
        self._log: list[log.LineEvent] = []

    # ---------------------------------------------------------------- what others may see

    @property
    def state(self) -> ExchangeState:
        """As of the last frame."""
        return self._state

    @property
    def caller(self) -> VirtualCaller | None:
        """Who is on the line now, for live commands between two frames; None between calls."""
        return self._caller

    @property
    def finished(self) -> bool:
        """All calls of the plan are over and the box is on hook."""
        at_rest = self._state is ExchangeState.IDLE and self._loop.state is LoopState.ON_HOOK
        return at_rest and self._calls_begun == len(self._plan.calls)

    def take_log(self) -> list[log.LineEvent]:
        """What happened since the last time, in the order of noticing."""
        events, self._log = self._log, []
        return events

    def exchange_frame(self, sent: LineSamples, off_hook: bool, now: float) -> LineFrame:
        """See SubscriberLine. The line's clock is the frames counted from ``start``; ``now`` is not used."""
        del now
        at = self._start + self._frames * FRAME_S
        self._frames += 1
        self._frames_in_state += 1
        self._watch_loop(off_hook, at)
        ring = self._advance_call(at)
        self._advance_transfer(sent, at)
        from_caller = self._hear_caller(sent, at)
        self._meter_box(sent if off_hook else _SILENCE, at)
        if self._recorder is not None and self._state is not ExchangeState.IDLE:
            self._recorder.frame(from_caller, sent)
        heard = self._box_ear.frame(BOX_HEARS[self._state], from_caller, self._extension, own=sent)
        reversed_now = self._state is ExchangeState.CALLER_GONE and self._plan.after_caller is AfterCaller.REVERSAL
        return LineFrame(heard if off_hook else _SILENCE.copy(), ring.ringing, ring.caller_id, reversed_now)

    # ---------------------------------------------------------------- the box's loop

    def _watch_loop(self, off_hook: bool, at: float) -> None:
        match self._loop.watch(off_hook):
            case LoopClosed():
                if self._state is ExchangeState.IDLE:
                    self._log.append(log.BoxTookIdleLine(at))
                answering = self._state is ExchangeState.RINGING
                self._take(Signal.LOOP_CLOSED, at)
                if answering and self._caller is not None:
                    self._log.append(log.BoxAnswered(at))
                    self._caller.answered()
            case LoopFlashed(duration_s):
                self._log.append(log.FlashSeen(at, duration_s))
                self._flash(at)
            case LoopReleased(ago_s):
                self._log.append(log.BoxHungUp(at - ago_s))
                self._release(at)
            case None:
                pass

    def _flash(self, at: float) -> None:
        if self._state is ExchangeState.CONNECTED and self._plan.extension is None:
            return  # a line without transfer service takes no notice
        if self._state in HELD:
            self._log.append(log.CallerTakenBack(at))
        self._take(Signal.FLASHED, at)
        if self._state is ExchangeState.HELD_DIAL_TONE and self._plan.extension is not None:
            self._register = DigitRegister(self._plan.extension)

    def _release(self, at: float) -> None:
        before = self._state
        self._take(Signal.LOOP_RELEASED, at)
        if before in EXTENSION_IN_PLAY & HELD and self._plan.extension is not None:
            self._log.append(log.Transferred(at, self._plan.extension.number))
        elif before in DIALLING:
            self._log.append(log.TransferFailed(at, log.TransferFailure.HUNG_UP_TOO_EARLY))

    # ---------------------------------------------------------------- calls

    def _advance_call(self, at: float) -> RingMoment:
        if self._state is ExchangeState.IDLE and self._call_due():
            self._begin_call(at)
        if self._state is not ExchangeState.RINGING or self._rings is None:
            return _NO_RING
        if self._in_state_s() > self._plan.calls[self._calls_begun - 1].answer_within_s:
            self._log.append(log.CallerGaveUp(at))
            self._take(Signal.PATIENCE_OVER, at)
            return _NO_RING
        ring = self._rings.tick()
        if ring.began:
            self._log.append(log.RingSent(at, ring.began))
        if ring.caller_id is not None:
            self._log.append(log.CallerIdSent(at, masked_caller(self._plan.calls[self._calls_begun - 1])))
        return ring

    def _call_due(self) -> bool:
        if self.calls_held or self._calls_begun == len(self._plan.calls):
            return False
        pause_s = self._plan.pause_s if self._calls_begun else self._plan.first_call_after_s
        return self._loop.state is LoopState.ON_HOOK and self._in_state_s() > pause_s

    def _begin_call(self, at: float) -> None:
        call = self._plan.calls[self._calls_begun]
        self._calls_begun += 1
        self._take(Signal.CALL_DUE, at)
        self._caller = VirtualCaller(call.steps, self._plan.interactive)
        self._rings = RingCadence(self._plan, call)
        self._log.append(log.CallArrived(at, self._calls_begun, masked_caller(call)))

    def _hear_caller(self, sent: LineSamples, at: float) -> LineSamples:
        heard = self._caller_ear.frame(CALLER_HEARS[self._state], sent, self._extension)
        if self._listener is not None:
            self._listener(heard)
        if self._caller is None or (self._caller.gone and self._state is ExchangeState.CALLER_GONE):
            return _SILENCE
        from_caller = self._caller.frame(heard, at)
        self._log += self._caller.take_events()
        if level_dbm0(from_caller) > SOUND_DBM0:
            self._attentive_until = at + ATTENTIVE_S
        if self._caller.gone:
            self._log.append(log.CallerHungUp(at))
            self._take(Signal.CALLER_LEFT, at)
        return from_caller

    def _meter_box(self, sent: LineSamples, at: float) -> None:
        towards_caller = sent if self._state is ExchangeState.CONNECTED else _SILENCE
        hangover_s = CUT_S if at <= self._attentive_until else PROMPT_PAUSE_S
        for span in self._box_sound.hear(towards_caller, at, hangover_s):
            ended_at = span.ended_at
            self._log.append(log.BoxSoundBegan(span.began_at) if ended_at is None else log.BoxSoundEnded(ended_at))

    # ---------------------------------------------------------------- transfers

    def _advance_transfer(self, sent: LineSamples, at: float) -> None:
        if self._state in DIALLING and self._register is not None:
            self._read_digits(self._register, sent, at)
        elif self._state in EXTENSION_IN_PLAY and self._extension is not None:
            self._attend_extension(self._extension, at)

    def _read_digits(self, register: DigitRegister, sent: LineSamples, at: float) -> None:
        for taken in register.read(sent, at):
            self._log.append(log.DigitDialled(taken.at, taken.digit))
            self._frames_in_state = 0
            if taken.number is NumberState.OPEN:
                self._take(Signal.DIGIT, at)
            elif taken.number is NumberState.FREE and self._plan.extension is not None:
                self._extension = Extension(self._plan.extension)
                self._take(Signal.NUMBER_FREE, at)
            else:
                self._fail(Signal.NUMBER_USELESS, _FAILURE_OF[taken.number], at)
        patience_s = FIRST_DIGIT_WITHIN_S if register.empty else NEXT_DIGIT_WITHIN_S
        if self._state in DIALLING and self._in_state_s() > patience_s:
            failure = log.TransferFailure.NO_DIGITS if register.empty else log.TransferFailure.WRONG_NUMBER
            self._fail(Signal.TIMED_OUT, failure, at)

    def _attend_extension(self, extension: Extension, at: float) -> None:
        if extension.tick():
            self._log.append(log.ExtensionAnswered(at))
            self._take(Signal.EXTENSION_ANSWERED, at)
        elif extension.left:
            if self._state in HELD:
                self._fail(Signal.EXTENSION_LEFT, log.TransferFailure.EXTENSION_LEFT, at)
            else:
                self._take(Signal.EXTENSION_LEFT, at)
        elif extension.rung_out:
            self._fail(Signal.TIMED_OUT, log.TransferFailure.NO_ANSWER, at)

    def _fail(self, signal: Signal, failure: log.TransferFailure, at: float) -> None:
        self._log.append(log.TransferFailed(at, failure))
        self._take(signal, at)

    # ---------------------------------------------------------------- the table

    def _in_state_s(self) -> float:
        # Half a frame less: the sum of frames is not exactly the seconds of a plan.
        return self._frames_in_state * FRAME_S - FRAME_S / 2

    def _take(self, signal: Signal, at: float) -> None:
        before, self._state = self._state, next_state(self._state, signal)
        if self._state is before:
            return
        self._frames_in_state = 0
        if self._state is ExchangeState.IDLE:
            self._caller = self._rings = None
            self._log.append(log.CallEnded(at, self._calls_begun))
