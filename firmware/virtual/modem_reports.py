"""How the modem spells what it hears to the host: keys, supervision tones, rings and caller numbers.

Pure text and timing; what was heard comes from ``modem_ear`` and ``modem_progress``.
"""

from __future__ import annotations

from firmware.virtual.line import FRAME_S, CallerIdBlock
from firmware.virtual.modem_ear import KeyEnded, KeyStarted
from firmware.virtual.modem_profiles import EventBit, KeyStyle
from firmware.virtual.modem_progress import ProgressTone
from firmware.virtual.modem_stream import event

_KEY_REPEAT_S = 0.07  # IS-101
_DIAL_TONE_REPEAT_S = 3.0
_STRETCH_ENDS_S = 2.0  # a tone that has been away so long is a new one
_RING_SURE_S = 0.2  # ringing current for so long is a ring

TONE_CODES = {
    ProgressTone.BUSY: ("b", EventBit.BUSY),
    ProgressTone.DIAL_TONE: ("d", EventBit.DIAL_TONE),
    ProgressTone.RINGBACK: ("r", EventBit.RINGBACK),
}


class KeyReporter:
    """DTMF reports in the spelling of the profile."""

    def __init__(self, style: KeyStyle) -> None:
        self._style = style
        self._open_key: str | None = None
        self._repeat_at = 0.0

    def report(self, change: KeyStarted | KeyEnded, now: float) -> bytes:
        """What goes to the host when a key starts or ends."""
        if isinstance(change, KeyEnded):
            return self.close()
        if self._style is KeyStyle.BARE:
            return event(change.key)
        self._open_key, self._repeat_at = change.key, now + _KEY_REPEAT_S
        return event("/") + event(change.key)

    def repeat(self, now: float) -> bytes:
        """The digit again, while it lasts and the profile repeats it."""
        if self._open_key is None or self._style is not KeyStyle.SHIELDED_REPEATED or now < self._repeat_at:
            return b""
        self._repeat_at += _KEY_REPEAT_S
        return event(self._open_key)

    def close(self) -> bytes:
        """End the shielding, if it is open."""
        was_open, self._open_key = self._open_key is not None, None
        return event("~") if was_open else b""


class ToneReporter:
    """Decides when a lasting tone is told again."""

    def __init__(self, busy_repeat_s: float) -> None:
        self._every_s = {
            ProgressTone.BUSY: busy_repeat_s,
            ProgressTone.DIAL_TONE: _DIAL_TONE_REPEAT_S,
            ProgressTone.RINGBACK: FRAME_S,
        }
        self._heard_at: dict[ProgressTone, float] = {}
        self._told_at: dict[ProgressTone, float] = {}

    def due(self, tone: ProgressTone, now: float) -> bool:
        """Whether this sighting of ``tone`` is to be reported."""
        is_new = now - self._heard_at.get(tone, -1e9) > _STRETCH_ENDS_S
        self._heard_at[tone] = now
        every_s = self._every_s[tone]
        if not is_new and not (every_s and now - self._told_at[tone] >= every_s):
            return False
        self._told_at[tone] = now
        return True


class RingWatch:
    """Ringing current to RING, and to the timing of distinctive rings (V.253 10.1.3 +VDR)."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """The call was taken or has gone: count from one again."""
        self.count = self._bursts = 0
        self._on_s = self._off_s = 0.0
        self._told = False
        self._report_at: float | None = None

    def hear(self, ringing: bool, now: float, distinctive: list[int]) -> list[str]:
        """The lines to send after one more frame: "RING", "DRON=10", "DROF=40"."""
        detailed, delay_s = bool(distinctive[0]), distinctive[1] / 10
        lines: list[str] = []
        if ringing:
            if not self._on_s and self._bursts and detailed:
                lines.append(f"DROF={round(self._off_s * 10)}")
            self._on_s, self._off_s = self._on_s + FRAME_S, 0.0
            if not detailed and not self._told and self._on_s >= _RING_SURE_S:
                lines.append(self._ring())
        else:
            if self._on_s >= _RING_SURE_S:
                self._bursts += 1
            if self._on_s >= _RING_SURE_S and detailed:
                lines.append(f"DRON={round(self._on_s * 10)}")
                self._report_at = now + delay_s
            self._on_s, self._off_s, self._told = 0.0, self._off_s + FRAME_S, False
            if self._off_s > 8.0:  # twice the longest pause between two rings
                self.forget()
        if self._report_at is not None and now >= self._report_at:
            self._report_at = None
            lines.append(self._ring())
        return lines

    def _ring(self) -> str:
        self.count += 1
        self._told = True
        return "RING"


def caller_id_lines(block: CallerIdBlock, spaces: bool, unformatted: bool) -> list[str]:
    """The lines of a caller-ID report: formatted, or the multiple data message in hexadecimal (TR-NWT-000031)."""
    equals = " = " if spaces else "="
    absent = "P" if block.withheld else "O"
    if unformatted:
        number = (b"\x02", block.number.encode("ascii")) if block.number else (b"\x04", absent.encode("ascii"))
        parts = ((b"\x01", (block.month_day + block.hour_minute).encode("ascii")), number)
        body = b"".join(kind + bytes((len(value),)) + value for kind, value in parts)
        message = b"\x80" + bytes((len(body),)) + body
        return [f"MESG{equals}{(message + bytes((-sum(message) & 0xFF,))).hex().upper()}"]
    return [
        f"DATE{equals}{block.month_day}",
        f"TIME{equals}{block.hour_minute}",
        f"NMBR{equals}{block.number or absent}",
    ]


def masked_number(block: CallerIdBlock) -> str:
    """The number as a log may show it."""
    if block.number is None:
        return "P" if block.withheld else "O"
    return "*" * max(0, len(block.number) - 2) + block.number[-2:]
