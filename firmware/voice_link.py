"""The modem as the application sees it: commands and bytes in, line events and bytes out.

A core in the manner of h11 and aioquic: no clock, no port, no thread. After every call the shell takes
:meth:`VoiceLink.data_to_send`, writes each element with one write, and arms its timer for
:meth:`VoiceLink.next_deadline`.

This file sorts what has come: which decoder reads it, what it is. What follows from it stands in
:mod:`firmware.link_table`, how that is done in :mod:`firmware.link_actions`.
"""

from __future__ import annotations

from collections.abc import Sequence

from firmware.at_events import (
    AtEvent,
    CallerIdLine,
    CodeSeen,
    CommandDone,
    LineDropped,
    RingSeen,
    StrayResult,
    UnknownText,
)
from firmware.caller_id import BLOCK_QUIET_S, CallerIdBlock
from firmware.codes import DLE, FromModem, ResultCode
from firmware.dle import Packet, Pair, Sound, StreamDecoder, StreamEnded
from firmware.flight_recorder import FlightRecorder
from firmware.init_plan import IdentifiedModem, LinkSettings
from firmware.link_actions import LinkActions
from firmware.link_table import Input, State
from firmware.profiles import ModemProfile
from firmware.vocabulary import (
    CallerIdReceived,
    LineCommand,
    LineEvent,
    Listen,
    Open,
    Play,
    ReleaseLine,
    RingingStopped,
    SendTones,
    StopListening,
    StopPlaying,
    TakeLine,
)

MAX_UNKNOWN_LINES = 50
"""So many lines of nonsense, without one that means something between them, are a flood: wrong device, wrong rate."""

_COMMANDS: dict[type[LineCommand], Input] = {
    Open: Input.OPEN,
    TakeLine: Input.TAKE_LINE,
    Play: Input.PLAY,
    StopPlaying: Input.STOP_PLAYING,
    Listen: Input.LISTEN,
    StopListening: Input.STOP_LISTENING,
    SendTones: Input.SEND_TONES,
    ReleaseLine: Input.RELEASE_LINE,
}


class VoiceLink:
    """One modem. ``profiles`` must hold the generic one; without a ``recorder`` nothing is recorded.

    ``now`` is monotonic seconds and never goes back. The one exception raised is Misuse, for a command that the state
    does not allow: a defect of the caller. Whatever the modem does ends in events, the last resort being LinkFailed,
    after which commands other than Open are void (they may have been under way already).
    """

    def __init__(
        self,
        profiles: Sequence[ModemProfile],
        settings: LinkSettings | None = None,
        recorder: FlightRecorder | None = None,
    ) -> None:
        self._machine = LinkActions(profiles, settings or LinkSettings())
        self._recorder = recorder
        self._caller_id = CallerIdBlock()
        self._caller_id_due: float | None = None
        self._unknown_lines = 0
        self._now = 0.0

    @property
    def state(self) -> State:
        """Where the modem is."""
        return self._machine.state

    @property
    def playing(self) -> bool:
        """Whether a playback is being opened, is running or drains."""
        return self.state in (State.OPENING_TRANSMIT, State.PLAYING, State.DRAINING)

    @property
    def modem(self) -> IdentifiedModem | None:
        """What the last start has found out; None before the first."""
        return self._machine.modem

    def command(self, command: LineCommand, now: float) -> list[LineEvent]:
        """Do ``command``, now or as soon as the state allows. Raises Misuse."""
        self._now = now
        if isinstance(command, Open | TakeLine):
            self._end_caller_id(now)
            self._caller_id.forget()
        self._machine.take(_COMMANDS[type(command)], command, now)
        if self._recorder is not None:
            self._recorder.commanded(command, now)
        return self._drain_events(now)

    def receive(self, data: bytes, now: float) -> list[LineEvent]:
        """Bytes from the modem, cut anywhere."""
        self._now = now
        while data:
            stream = self._machine.stream
            if stream is None:
                data = self._receive_lines(data, now)
            else:
                data = self._receive_stream(stream, data, now)
        return self._drain_events(now)

    def next_deadline(self) -> float | None:
        """When :meth:`on_deadline` wants to be called; may change with every call."""
        dues = (self._machine.next_deadline(), self._machine.engine.next_deadline(), self._caller_id_due)
        return min((due for due in dues if due is not None), default=None)

    def on_deadline(self, now: float) -> list[LineEvent]:
        """Time has passed. Harmless when nothing is due."""
        self._now = now
        if self._caller_id_due is not None and now >= self._caller_id_due:
            self._end_caller_id(now)
        for event in self._machine.engine.on_deadline(now):
            self._sort(event, now)
        self._machine.collect_commands()
        self._machine.on_deadline(now)
        return self._drain_events(now)

    def data_to_send(self) -> list[bytes]:
        """What is to be written, in order, each element with one write (a write of one frame keeps what the kernel
        queues ahead of the modem small). Empties the list."""
        items, self._machine.outgoing = self._machine.outgoing, []
        if self._recorder is not None:
            for item in items:
                if item.sound_bytes is None:
                    self._recorder.sent(item.data, self._now)
                else:
                    self._recorder.sent_sound(item.sound_bytes, self._now)
        return [item.data for item in items]

    # ------------------------------------------------------------ command state, and the transmitting stream

    def _receive_lines(self, data: bytes, now: float) -> bytes:
        """Reads lines; returns what belongs to a receiving stream that opened in the middle of ``data``."""
        engine = self._machine.engine
        engine.feed(data, now)
        rest = b""
        while (event := engine.next_event(now)) is not None:
            self._sort(event, now)
            if self._machine.stream is not None:
                rest = engine.hand_over()
                break
        if self._recorder is not None:
            self._recorder.received(data[: len(data) - len(rest)], now)
        return rest

    def _sort(self, event: AtEvent, now: float) -> None:
        machine = self._machine
        if not isinstance(event, UnknownText):
            self._unknown_lines = 0
        match event:
            case CommandDone():
                machine.command_done(event, now)
            case RingSeen():
                self._rang(now)
            case CallerIdLine(_, field, value):
                if self._caller_id_due is None and machine.state is State.ON_HOOK:
                    self._caller_id.forget()  # a block before the first ring begins another call
                self._report_caller(self._caller_id.add(field, value, now), now)
                self._caller_id_due = now + BLOCK_QUIET_S
            case CodeSeen(_, code):
                self._sort_code(code, self._key(code), now)
            case LineDropped(_, result):
                self._line_dropped(result, now)
            case StrayResult(_, result):
                stray = Input.STRAY_CONNECT if result is ResultCode.CONNECT else Input.STRAY_RESULT
                machine.take(stray, None, now)
            case UnknownText():
                self._unknown_lines += 1
                if self._unknown_lines > MAX_UNKNOWN_LINES:
                    self._unknown_lines = 0
                    machine.take(Input.GARBAGE_FLOOD, None, now)

    def _key(self, code: int) -> str | None:
        return self._machine.keys.take(code)

    def _line_dropped(self, result: ResultCode, now: float) -> None:
        gone = self._machine.gone
        reason = gone.text(result) if gone is not None else None
        if reason is not None:
            self._machine.take(Input.GONE, reason, now)

    def _rang(self, now: float) -> None:
        self._end_caller_id(now)
        self._machine.take(Input.RING, None, now)

    def _end_caller_id(self, now: float) -> None:
        self._caller_id_due = None
        self._report_caller(self._caller_id.end(now), now)

    def _report_caller(self, received: CallerIdReceived | None, now: float) -> None:
        if received is not None:
            self._machine.take(Input.CALLER_ID, received, now)

    # ------------------------------------------------------------ the receiving stream

    def _receive_stream(self, stream: StreamDecoder, data: bytes, now: float) -> bytes:
        """Reads samples and codes; returns what follows the end of the stream."""
        self._machine.stream_alive(now)
        for item in stream.feed(data):
            self._record_item(item, now)
            match item:
                case Sound(samples):
                    self._machine.take(Input.SOUND, samples, now)
                case Pair(code, key):
                    self._sort_code(code, key, now)
                case Packet():
                    pass  # call waiting or a late caller ID: in the middle of a call it is nobody's call
                case StreamEnded():
                    self._machine.stream_ended(now)
        return stream.rest

    def _sort_code(self, code: int, key: str | None, now: float) -> None:
        machine = self._machine
        if key is not None:
            machine.take(Input.KEY, key, now)
        elif code == FromModem.RING:
            self._rang(now)
        elif code == FromModem.END_OF_STREAM:
            machine.take(Input.STREAM_ENDED, None, now)
        elif machine.gone is not None:
            in_stream = machine.state in (State.PLAYING, State.DRAINING, State.LISTENING, State.CLOSING_RECEIVE)
            reason = machine.gone.code(code, now, in_stream=in_stream)
            if reason is not None:
                machine.take(Input.GONE, reason, now)

    def _record_item(self, item: Sound | Pair | Packet | StreamEnded, now: float) -> None:
        if self._recorder is None:
            return
        match item:
            case Sound(samples):
                self._recorder.received_sound(len(samples), now)
            case Pair(code):
                self._recorder.received(bytes([DLE, code]), now)
            case Packet(inside):
                body = inside.replace(bytes([DLE]), bytes([DLE, DLE]))
                self._recorder.received(
                    bytes([DLE, FromModem.PACKET_BEGINS]) + body + bytes([DLE, FromModem.PACKET_ENDS]), now
                )
            case StreamEnded():
                self._recorder.received(bytes([DLE, FromModem.END_OF_STREAM]), now)

    def _drain_events(self, now: float) -> list[LineEvent]:
        machine = self._machine
        events, machine.events = machine.events, []
        if any(isinstance(event, RingingStopped) for event in events):
            self._caller_id.forget()
        if self._recorder is not None:
            for event in events:
                self._recorder.reported(event, now)
        return events
