"""+VTX, +VRX and +VTR: opening a stream, the <DLE> codes inside it, its frames and its end.

The three streams share one set of rules because V.253 does; which bytes mean what is in ``modem_stream``.
"""

from __future__ import annotations

from firmware.virtual import modem_events as told
from firmware.virtual.line import LineFrame, LineSamples
from firmware.virtual.modem_core import ModemCore
from firmware.virtual.modem_hearing import Hearing
from firmware.virtual.modem_sound import new_codec
from firmware.virtual.modem_state import SENDING, ModemState, Step
from firmware.virtual.modem_stream import CAN, DLE, ESC, ETX, DleSplitter, ReceiveStream, TransmitStream, event

_RECEIVE_BUFFER_BYTES = 4096  # what the chip holds for a host that does not read; beyond it frames are lost
_END_OF_STREAM = bytes((DLE, ETX))


class VoiceStreams:
    """The streams of one modem; at most one command's worth at a time."""

    def __init__(self, core: ModemCore, hearing: Hearing) -> None:
        self._core = core
        self._hearing = hearing
        self._splitter = DleSplitter()
        self._transmit: TransmitStream | None = None
        self._receive: ReceiveStream | None = None
        self._paused = False
        self._transmit_told = False
        self._receive_opened = False

    @property
    def free_bytes(self) -> int:
        """Room for bytes of the host."""
        capacity = self._core.profile.manner.transmit_buffer_bytes
        return capacity if self._transmit is None else self._transmit.free_bytes

    def begin(self, transmit: bool, receive: bool) -> None:
        """Open a stream; CONNECT follows from the caller."""
        core = self._core
        step = {(True, False): Step.TRANSMIT_BEGIN, (False, True): Step.RECEIVE_BEGIN}.get((transmit, receive))
        core.move(step or Step.DUPLEX_BEGIN)
        self._splitter = DleSplitter()
        self._paused = self._transmit_told = False
        codec, rate_hz, manner = core.settings.sound.codec, core.settings.rate_hz, core.profile.manner
        if transmit:
            self._transmit = TransmitStream(new_codec(codec), rate_hz, manner.transmit_buffer_bytes)
        if receive:
            self._receive = ReceiveStream(new_codec(codec), rate_hz, manner.short_dle)
            self._receive_opened = True
            core.tell(told.ReceiveStarted(core.now))
        self._hearing.stream_begins(receive)

    def close(self) -> None:
        """End whatever runs, without a word to the host."""
        core, transmit, receive = self._core, self._transmit, self._receive
        self._transmit = self._receive = None
        if transmit is not None:
            played, dropped = transmit.played_samples, transmit.drop()
            aborted, ended = told.TransmitAborted(core.now, played, dropped), told.TransmitEnded(core.now, played)
            core.tell(aborted if dropped else ended)
        if receive is not None:
            core.tell(told.ReceiveEnded(core.now, receive.samples, receive.lost_samples))

    # ------------------------------------------------------------ from the host

    def take(self, data: bytes, place: int) -> int:
        """Bytes of the host while a stream is open, from ``place`` on; where reading goes on."""
        audio, code, place = self._splitter.take(data, place)
        if audio and self._transmit is not None and self._takes_sound():
            self._transmit.take(audio)
        if code is not None and not self._core.faults.stuck_in_stream:
            self._obey(code)
        return place

    def _takes_sound(self) -> bool:
        return self._core.state in (ModemState.TRANSMIT, ModemState.DUPLEX)

    def _obey(self, code: int) -> None:
        """A <DLE> code; what a state has no use for is dropped, as V.253 wants."""
        state, manner, sends = self._core.state, self._core.profile.manner, self._takes_sound()
        if state is ModemState.DUPLEX and chr(code) in manner.duplex_end:
            self._end_receiving()
        elif code == ETX and sends and (state is ModemState.TRANSMIT or "ETX" in manner.duplex_end):
            self._core.move(Step.END_ASKED)
        elif code == CAN and state in SENDING:
            self._cancel()
        elif state is ModemState.RECEIVE and (code == ord("!") or (code == ESC and manner.graceful_record_end)):
            self._end_receiving()
        elif manner.pause_codes and sends and code in b"pr":
            self._paused = code == ord("p")
        elif code in b"ud":
            self._nudge_gain("+VGT" if sends else "+VGR", 1 if code == ord("u") else -1)

    def _nudge_gain(self, name: str, change: int) -> None:
        gain = self._core.settings.parameter(name)
        gain[0] = min(255, max(0, gain[0] + change))

    def _cancel(self) -> None:
        assert self._transmit is not None
        played, dropped = self._transmit.played_samples, self._transmit.drop()
        self._paused = False
        self._core.tell(told.TransmitAborted(self._core.now, played, dropped))
        if self._core.state is ModemState.DRAINING:
            self._finish_transmit()

    # ------------------------------------------------------------ frames

    def deliver(self, frame: LineFrame) -> None:
        """What the line carried goes to the host, if it receives."""
        receive, core = self._receive, self._core
        if receive is None:
            return
        if self._receive_opened:
            self._receive_opened = False  # the frame during which the stream was opened is not its first
        elif core.channel.queued_bytes > _RECEIVE_BUFFER_BYTES:
            if not receive.lost_samples:
                core.send(event("o"))
            receive.lose(frame.heard)
        else:
            core.send(receive.encode(frame.heard))

    def next_frame(self, begins: float, host_wrote_at: float) -> LineSamples | None:
        """What the stream puts on the line in the frame that begins now; None = silence."""
        transmit, core = self._transmit, self._core
        if transmit is None or self._paused:
            return None
        ending = core.state in (ModemState.DRAINING, ModemState.DUPLEX_DRAINING)
        if ending and transmit.empty:
            self._drained()
            return None
        if transmit.empty and begins - host_wrote_at > (core.settings.parameter("+VIT")[0] or float("inf")):
            self._inactive()
        samples = transmit.next_frame(ending)
        if samples is not None and not self._transmit_told:
            self._transmit_told = True
            core.tell(told.TransmitStarted(begins))
        if transmit.underrun:
            core.send(self._hearing.underrun_code(core.state))
            core.tell(told.TransmitUnderrun(begins))
        return samples

    def _inactive(self) -> None:
        """+VIT: a host that sends nothing for so long has ended its transmission (V.253 10.2.5)."""
        if self._core.state is ModemState.TRANSMIT:
            self._core.move(Step.END_ASKED)

    def _drained(self) -> None:
        if self._core.state is ModemState.DUPLEX_DRAINING:
            self._end_receiving()
        else:
            self._finish_transmit()

    def _finish_transmit(self) -> None:
        """Everything has been played: the usual <DLE>u of the empty buffer, then OK."""
        self._core.send(self._hearing.underrun_code(self._core.state))
        self.close()
        self._core.move(Step.STREAM_OVER)
        self._core.finish("OK")

    def _end_receiving(self) -> None:
        duplex = self._core.state is not ModemState.RECEIVE
        self.close()
        self._core.move(Step.STREAM_OVER)
        self._core.send(_END_OF_STREAM)
        if duplex or self._core.profile.manner.record_end_result:
            self._core.finish("OK")
