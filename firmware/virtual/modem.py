"""A software voice modem without I/O: bytes of the host and frames of the line in, bytes and frames out.

The caller hands in the time and moves the bytes; :mod:`firmware.virtual.pty_shell` does so over a pty. Gains (+VGT,
+VGR) are taken and shown, the sound passes unchanged.
"""

from __future__ import annotations

import numpy as np

from firmware.virtual import modem_events as told
from firmware.virtual.line import FRAME_S, FRAME_SAMPLES, LineFrame, LineSamples, SubscriberLine
from firmware.virtual.modem_actions import Outcome
from firmware.virtual.modem_commands import CommandInterpreter
from firmware.virtual.modem_core import ModemCore
from firmware.virtual.modem_faults import AnswerFault, Faults
from firmware.virtual.modem_hearing import Hearing
from firmware.virtual.modem_profiles import ModemProfile
from firmware.virtual.modem_signalling import Signalling
from firmware.virtual.modem_state import RECEIVING, SENDING, ModemState, Step
from firmware.virtual.modem_syntax import CommandLineReader
from firmware.virtual.modem_tones import ToneStep
from firmware.virtual.modem_voice import VoiceStreams

_SILENCE: LineSamples = np.zeros(FRAME_SAMPLES, dtype=np.int16)


class VirtualModem:
    """One modem on one line. All times are monotonic seconds; ``start`` is when its first frame begins."""

    def __init__(self, profile: ModemProfile, line: SubscriberLine, start: float, faults: Faults | None = None) -> None:
        self.faults = faults if faults is not None else Faults()
        self.unplugged = False
        self._core = ModemCore(profile, self.faults, start)
        self._hearing = Hearing(profile, self._core.settings)
        self._streams = VoiceStreams(self._core, self._hearing)
        self._signalling = Signalling(self._core, lambda: self._conclude(self._commands.resume()))
        self._commands = CommandInterpreter(profile, self._core.settings, self)
        self._reader = CommandLineReader()
        self._line = line
        self._start, self._frames = start, 0
        self._host_wrote_at = start
        self._on_wire = False
        self._last: LineFrame | None = None

    @property
    def state(self) -> ModemState:
        """What the serial channel means at present."""
        return self._core.state

    @property
    def off_hook(self) -> bool:
        """Whether the modem holds the line (or will, when a ring burst is over)."""
        return self._core.off_hook

    # ------------------------------------------------------------ what the shell calls

    def receive(self, data: bytes, now: float) -> None:
        """Bytes from the host."""
        self._core.now = max(self._core.now, now)
        if self.unplugged or not data:
            return
        self._host_wrote_at = self._core.now
        place = 0
        while place < len(data):
            if self.state in SENDING or self.state in RECEIVING:
                place = self._streams.take(data, place)
                continue
            if self.state is ModemState.COMMAND:
                self._command_byte(data[place])
            else:
                self._signalling.host_byte(data[place])
            place += 1

    def advance(self, now: float) -> None:
        """Run every frame of the line that begins by ``now``."""
        while (begins := self._start + self._frames * FRAME_S) <= now:
            self._core.now = max(self._core.now, begins)
            self._check_plug(begins)
            self._frame(begins)
            self._frames += 1
        self._core.now = max(self._core.now, now)

    def take_output(self) -> bytes:
        """Bytes for the host that may leave by the time last handed in."""
        return self._core.channel.take(self._core.now)

    def free_space(self) -> int:
        """How many bytes of the host may be read now; 0 while the transmit buffer is full."""
        return self._streams.free_bytes

    def next_deadline(self) -> float:
        """When :meth:`advance` is next needed."""
        frame, due = self._start + self._frames * FRAME_S, self._core.channel.next_due()
        return frame if due is None else min(frame, due)

    def host_opened(self, now: float) -> None:
        """A program has the port open, with DTR up."""
        self._core.now = max(self._core.now, now)
        self._core.channel.clear()
        self._core.tell(told.HostOpened(self._core.now))

    def host_closed(self, now: float) -> None:
        """The port was closed or DTR dropped (speed B0): hang up, command state, class 0. With &D3 a reset besides."""
        self._core.now = max(self._core.now, now)
        self._drop_everything()
        if self._core.settings.now.basic["&D"] == 3:
            self._core.settings.reset()
        self._core.tell(told.HostClosed(self._core.now))

    def take_log(self) -> list[told.ModemEvent]:
        """What has happened since the last call."""
        log, self._core.log = self._core.log, []
        return log

    # ------------------------------------------------------------ command lines

    def _command_byte(self, byte: int) -> None:
        if self._core.settings.now.basic["E"]:
            self._core.send(bytes((byte,)))
        line = self._reader.take(byte)
        if line is not None:
            self._execute(line)

    def _execute(self, line: str) -> None:
        core = self._core
        core.tell(told.CommandTaken(core.now, _loggable(line)))
        core.fault = self.faults.for_command(line)
        kind = core.fault.kind if core.fault else None
        if kind is AnswerFault.NO_ANSWER:
            return
        if kind is AnswerFault.REFUSED or self._refused_in_ring(line):
            core.finish("ERROR")
        else:
            self._conclude(self._commands.execute(line))

    def _refused_in_ring(self, line: str) -> bool:
        ringing = self._last is not None and self._last.ringing
        return self.faults.line_refused_in_ring and ringing and "+VLS=1" in line.upper()

    def _conclude(self, outcome: Outcome) -> None:
        if outcome is not Outcome.LATER:
            self._core.finish(outcome.value)

    # ------------------------------------------------------------ what commands do (ModemActions)

    def inform(self, lines: list[str]) -> None:
        """Information text to the host."""
        self._core.inform(lines)

    def take_line(self) -> None:
        """Off hook."""
        if not self._core.off_hook:
            self._core.off_hook = True
            self._hearing.rings.forget()
            self._core.tell(told.OffHook(self._core.now))

    def hang_up(self) -> None:
        """On hook."""
        self._core.hang_up()

    def begin_stream(self, transmit: bool, receive: bool) -> None:
        """+VTX, +VRX, +VTR."""
        self._streams.begin(transmit, receive)

    def play_tones(self, steps: list[ToneStep], text: str) -> None:
        """+VTS."""
        self._signalling.tones(steps, text)

    def dial(self, steps: list[ToneStep], digits: int, wait_for_answer: bool) -> None:
        """ATD."""
        self._signalling.dial(steps, digits, wait_for_answer)

    def await_carrier(self) -> None:
        """ATA in data class."""
        self._signalling.await_carrier()

    # ------------------------------------------------------------ one frame of the line

    def _frame(self, begins: float) -> None:
        if self._last is not None:
            self._hear(self._last, begins)
        sent, on_wire = self._send(begins)
        if on_wire and not self._on_wire and not self._signalling.playing:
            self._hearing.fresh_ears()
        self._on_wire = on_wire
        self._last = self._line.exchange_frame(sent, on_wire, begins)

    def _hear(self, frame: LineFrame, now: float) -> None:
        """What the wires carried in the frame that has just ended."""
        if self._on_wire or self._signalling.playing:
            heard = self._hearing.off_hook(frame, self.state, now)
        elif not self.off_hook:
            heard = self._hearing.on_hook(frame, now)
        else:
            return  # waiting for the end of a ring burst to take the line
        self._core.log += heard.log
        self._streams.deliver(frame)
        self._core.send(heard.to_host)
        if heard.rang:
            self._auto_answer()
        self._signalling.hear(heard.tone, self._hearing.tone_s)

    def _auto_answer(self) -> None:
        """S0 rings are enough: as if the host had said ATA."""
        wanted = self._core.settings.now.registers[0]
        if wanted and self._hearing.rings.count >= wanted and self.state is ModemState.COMMAND:
            self._conclude(self._commands.execute("A"))

    def _send(self, begins: float) -> tuple[LineSamples, bool]:
        """Samples and hook state for the frame that begins now."""
        played = self._signalling.next_frame(begins, self._hearing.tone_s)
        if played is not None:
            return played.samples, played.off_hook and self.off_hook
        late = self._core.profile.manner.line_late_in_ring and self._last is not None and self._last.ringing
        if self.off_hook and late and not self._on_wire:
            return _SILENCE, False
        samples = self._streams.next_frame(begins, self._host_wrote_at)
        return _SILENCE if samples is None else samples, self.off_hook

    # ------------------------------------------------------------ resets

    def _drop_everything(self) -> None:
        core = self._core
        self._streams.close()
        self._signalling.drop()
        core.fault = None
        core.move(Step.LINE_DROPPED)
        core.hang_up()
        core.settings.label, core.settings.voice_class = core.profile.label[0], False
        self._reader.clear()
        core.channel.clear()

    def _check_plug(self, now: float) -> None:
        gone = self.faults.port_is_gone(now)
        if gone and not self.unplugged:
            self._drop_everything()
            self._core.tell(told.Unplugged(now))
        elif self.unplugged and not gone:
            self._core.settings.reset()
        self.unplugged = gone


def _loggable(line: str) -> str:
    """A command line without the number that it dials."""
    upper = line.strip().upper()
    return "D" + "." * len(upper[1:]) if upper.startswith("D") else upper
