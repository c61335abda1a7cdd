"""The modem's attention to the line: rings and caller numbers while on hook, keys and tones while off hook.

Turns frames into bytes for the host (by the profile's spelling and the +VLS masks) and into log events.
"""

from __future__ import annotations

from dataclasses import dataclass

from firmware.virtual import modem_events as told
from firmware.virtual.line import FRAME_S, LineFrame
from firmware.virtual.modem_channel import information, result_code
from firmware.virtual.modem_ear import KeyEar, KeyStarted, SilenceEar
from firmware.virtual.modem_profiles import EventBit, ModemProfile, reports
from firmware.virtual.modem_progress import ProgressEar, ProgressTone
from firmware.virtual.modem_reports import (
    TONE_CODES,
    KeyReporter,
    RingWatch,
    ToneReporter,
    caller_id_lines,
    masked_number,
)
from firmware.virtual.modem_settings import Settings
from firmware.virtual.modem_state import RECEIVING, SENDING, ModemState
from firmware.virtual.modem_stream import event

_NOMINAL_SILENCE_DBM0 = -40.0  # +VSD sensitivity 128; one dB a step (USR 5637-OEM guide)
_LOWEST_SILENCE_DBM0 = -60.0  # a converter's own noise: no setting hears silence below it

_SPEAKING = frozenset({ModemState.TONES, ModemState.DIALLING, ModemState.ANSWERING})


@dataclass(slots=True)
class Heard:
    """What one frame comes to."""

    to_host: bytes
    log: list[told.ModemEvent]
    tone: ProgressTone | None = None
    rang: bool = False


class Hearing:
    """All the detectors of one modem and how they report."""

    def __init__(self, profile: ModemProfile, settings: Settings) -> None:
        self._profile = profile
        self._settings = settings
        self.rings = RingWatch()
        self._reversed = False
        self.fresh_ears()

    def fresh_ears(self) -> None:
        """A new call begins: nothing heard before counts."""
        self._key_ear = KeyEar()
        self._progress_ear = ProgressEar()
        self._silence_ear: SilenceEar | None = None
        self._keys = KeyReporter(self._profile.manner.key_style)
        self._tones = ToneReporter(self._profile.manner.busy_repeat_s)
        self._false_dial_in_s: float | None = None

    @property
    def tone_s(self) -> float:
        """How long a supervision tone has been on without a break."""
        return self._progress_ear.tone_s

    def stream_begins(self, receiving: bool) -> None:
        """Arm what belongs to one stream: silence detection, and the profile's false dial tone."""
        sensitivity, tenths = self._settings.parameter("+VSD")
        works = self._profile.manner.silence_detection and sensitivity and tenths
        threshold = max(_NOMINAL_SILENCE_DBM0 + sensitivity - 128, _LOWEST_SILENCE_DBM0)
        self._silence_ear = SilenceEar(threshold, tenths / 10) if works and receiving else None
        self._false_dial_in_s = self._profile.manner.false_dial_tone_after_s or None

    # ------------------------------------------------------------ on hook

    def on_hook(self, frame: LineFrame, now: float) -> Heard:
        """Rings and caller-ID."""
        heard = Heard(b"", [])
        for line in self.rings.hear(frame.ringing, now, self._settings.parameter("+VDR")):
            self._report_ring(line, now, heard)
        if frame.caller_id is not None and self._caller_id_wanted():
            lines = caller_id_lines(
                frame.caller_id, self._profile.manner.caller_id_spaces, self._settings.parameter("+VCID")[0] == 2
            )
            heard.to_host += self._caller_id_text(lines)
            heard.log.append(told.CallerIdSent(now, masked_number(frame.caller_id)))
        return heard

    def _report_ring(self, line: str, now: float, heard: Heard) -> None:
        verbose = bool(self._settings.now.basic["V"])
        if line != "RING":
            if not self._settings.voice_class:
                heard.to_host += information([line], verbose)
            return
        heard.rang = True
        self._settings.now.registers[1] = min(255, self.rings.count)
        heard.log.append(told.Ring(now, self.rings.count))
        heard.to_host += event("R") if self._settings.voice_class else result_code("RING", verbose)

    def _caller_id_wanted(self) -> bool:
        return bool(self._settings.parameter("+VCID")[0] or self._settings.parameter("-SCID")[0])

    def _caller_id_text(self, lines: list[str]) -> bytes:
        if self._settings.voice_class and self._profile.manner.caller_id_in_voice == "packet":
            return event("X") + information(lines, verbose=False) + event(".")
        return information(lines, bool(self._settings.now.basic["V"]))

    # ------------------------------------------------------------ off hook

    def off_hook(self, frame: LineFrame, state: ModemState, now: float) -> Heard:
        """Keys, tones, silence and polarity, spelt for the host where class and mask allow it."""
        heard = Heard(b"", [])
        speaking = state in _SPEAKING
        for change in self._key_ear.hear(frame.heard):
            if isinstance(change, KeyStarted):
                if speaking or not self._allowed(EventBit.DTMF, state):
                    continue
                heard.log.append(told.KeyReported(now, change.key))
            heard.to_host += self._keys.report(change, now)
        heard.to_host += self._keys.repeat(now)
        heard.tone = self._progress_ear.hear(frame.heard)
        if heard.tone is not None and not speaking:
            code, bit = TONE_CODES[heard.tone]
            if self._allowed(bit, state) and self._tones.due(heard.tone, now):
                self._tell(heard, code, heard.tone.value, now)
        self._hear_silence(frame, state, now, heard)
        self._false_dial_tone(state, now, heard)
        if frame.polarity_reversed != self._reversed:
            self._reversed = frame.polarity_reversed
            heard.to_host += event("L") if self._allowed(EventBit.POLARITY, state) else b""
        return heard

    def _tell(self, heard: Heard, code: str, name: str, now: float) -> None:
        heard.to_host += event(code)
        heard.log.append(told.ToneReported(now, name))

    def _hear_silence(self, frame: LineFrame, state: ModemState, now: float, heard: Heard) -> None:
        if self._silence_ear is None or state not in RECEIVING:
            return
        found = self._silence_ear.hear(frame.heard)
        if found == "silence" and self._allowed(EventBit.SILENCE, state):
            self._tell(heard, "s", found, now)
        elif found == "quiet" and self._allowed(EventBit.QUIET, state):
            self._tell(heard, "q", found, now)

    def _false_dial_tone(self, state: ModemState, now: float, heard: Heard) -> None:
        """Some firmware takes speech for dial tone; here once a stream, at a fixed moment."""
        if self._false_dial_in_s is None or state not in SENDING | RECEIVING:
            return
        self._false_dial_in_s -= FRAME_S
        if self._false_dial_in_s <= 0:
            self._false_dial_in_s = None
            self._tell(heard, "d", "dial_tone", now)

    def _allowed(self, bit: EventBit, state: ModemState) -> bool:
        if not self._settings.voice_class:
            return False
        columns = [0] if state in SENDING else []
        columns += [1] if state in RECEIVING else []
        return any(reports(self._settings.label, column, bit) for column in columns or [2])

    def underrun_code(self, state: ModemState) -> bytes:
        """<DLE>u where the label reports it."""
        return event("u") if self._allowed(EventBit.TX_UNDERRUN, state) else b""
