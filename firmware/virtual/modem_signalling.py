"""+VTS, ATD and ATA: tones and flashes that the modem makes itself, and what comes of an outgoing call.

The answer heuristics are those of +VRA and +VRN (V.253 10.2.8 and 10.2.9).
"""

from __future__ import annotations

from collections.abc import Callable

from firmware.virtual import modem_events as told
from firmware.virtual.line import FRAME_S
from firmware.virtual.modem_core import ModemCore
from firmware.virtual.modem_progress import ProgressTone
from firmware.virtual.modem_state import ModemState, Step
from firmware.virtual.modem_syntax import LF
from firmware.virtual.modem_tones import PlayedFrame, TonePlayer, ToneStep

_ABORT_DEAF_S = 0.125  # V.250 5.6.1: characters so soon after a command do not abort it


class AnswerWatch:
    """Follows the tones of an outgoing call frame by frame until it can name the result code."""

    def __init__(self, voice: bool, patience_s: float, ringback_gone_s: float, ringback_never_s: float) -> None:
        self._voice = voice
        self._patience_s = patience_s
        self._ringback_gone_s = ringback_gone_s
        self._ringback_never_s = ringback_never_s
        self._waited_s = 0.0
        self._since_ringback_s: float | None = None

    def hear(self, tone: ProgressTone | None, tone_s: float) -> str | None:
        """The result code, once it is known. ``tone_s``: how long 425 Hz has been on without a break."""
        self._waited_s += FRAME_S
        if tone is ProgressTone.BUSY:
            return "BUSY"
        if tone is ProgressTone.RINGBACK:
            self._since_ringback_s = 0.0
        elif self._since_ringback_s is not None:
            self._since_ringback_s = 0.0 if tone_s else self._since_ringback_s + FRAME_S
        if self._voice and self._is_answered(tone_s):
            return "VCON"
        if self._waited_s >= self._patience_s:
            return "NO ANSWER" if self._voice else "NO CARRIER"
        return None

    def _is_answered(self, tone_s: float) -> bool:
        if self._since_ringback_s is not None:
            return self._since_ringback_s >= self._ringback_gone_s
        return not tone_s and self._waited_s >= self._ringback_never_s


class Signalling:
    """What the modem itself sends. ``command_goes_on`` is called when the rest of a command line may run."""

    def __init__(self, core: ModemCore, command_goes_on: Callable[[], None]) -> None:
        self._core = core
        self._command_goes_on = command_goes_on
        self._player: TonePlayer | None = None
        self._text = ""
        self._watch: AnswerWatch | None = None
        self._begun_at = 0.0

    @property
    def playing(self) -> bool:
        """Tones, flashes or waits are under way."""
        return self._player is not None

    def tones(self, steps: list[ToneStep], text: str) -> None:
        """+VTS."""
        self._core.move(Step.TONES_BEGIN)
        self._player, self._text = TonePlayer(steps), text

    def dial(self, steps: list[ToneStep], digits: int, wait_for_answer: bool) -> None:
        """ATD."""
        core, now = self._core, self._core.settings.now
        core.move(Step.DIAL)
        self._player, self._text, self._begun_at, self._watch = TonePlayer(steps), str(digits), core.now, None
        if wait_for_answer:
            gone_s, never_s = now.parameters["+VRA"][0] / 10, float(now.parameters["+VRN"][0])
            self._watch = AnswerWatch(core.settings.voice_class, float(now.registers[7]), gone_s, never_s)

    def await_carrier(self) -> None:
        """ATA in data class: nobody will train with us, so S7 runs out."""
        self._core.move(Step.ANSWER)
        self._begun_at = self._core.now

    def host_byte(self, byte: int) -> None:
        """A character while dialling or answering gives up; while tones play it means nothing."""
        deaf = self._core.now - self._begun_at < _ABORT_DEAF_S or byte == LF
        if self._core.state is not ModemState.TONES and not deaf:
            self._over("NO CARRIER")

    def next_frame(self, begins: float, tone_s: float) -> PlayedFrame | None:
        """The frame that begins now, None when nothing is being sent."""
        if self._player is not None and self._player.done:
            self._all_sent(self._player.failed)
        if self._player is None:
            return None
        played = self._player.next_frame(tone_s)
        if played.flash_s:
            self._core.tell(told.Flashed(begins, played.flash_s))
        return played

    def hear(self, tone: ProgressTone | None, tone_s: float) -> None:
        """One more frame of the line while a call attempt waits for its outcome."""
        core = self._core
        if core.state is ModemState.ANSWERING and core.now - self._begun_at >= core.settings.now.registers[7]:
            self._over("NO CARRIER")
        elif core.state is ModemState.DIALLING and self._player is None and self._watch is not None:
            result = self._watch.hear(tone, tone_s)
            if result is not None:
                self._over(result)

    def drop(self) -> None:
        """The line is dropped: forget everything."""
        self._player = self._watch = None

    def _all_sent(self, failed: bool) -> None:
        core, self._player = self._core, None
        if core.state is ModemState.TONES:
            core.tell(told.TonesSent(core.now, self._text))
            core.move(Step.TONES_DONE)
            self._command_goes_on()
        elif failed:
            self._over("NO DIALTONE")
        else:
            core.tell(told.Dialled(core.now, int(self._text)))
            if self._watch is None:
                core.move(Step.DIAL_OVER)
                self._command_goes_on()

    def _over(self, result: str) -> None:
        """The call attempt has come to an end; without an answer the line is released."""
        core = self._core
        self.drop()
        core.move(Step.DIAL_OVER if core.state is ModemState.DIALLING else Step.ANSWER_OVER)
        if result != "VCON":
            core.hang_up()
            core.settings.label = core.profile.label[0]
        core.finish(result)
