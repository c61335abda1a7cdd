"""Whether the modem's reports mean that the caller has hung up: counted per profile, told once a call.

Only the modem's own words; tones heard in the received sound are judged elsewhere.
"""

from __future__ import annotations

from firmware.codes import FromModem, ResultCode
from firmware.profiles import GoneRules
from firmware.vocabulary import GoneReason

_BUSY = frozenset({FromModem.BUSY, FromModem.BUSY_ROCKWELL})
_DIAL_TONE = frozenset({FromModem.DIAL_TONE, FromModem.DIAL_TONE_ROCKWELL})
_TEXT = {ResultCode.BUSY: GoneReason.BUSY_REPORTED, ResultCode.NO_CARRIER: GoneReason.NO_CARRIER}


class GoneWatch:
    """One call. After the first reason it stays silent."""

    def __init__(self, rules: GoneRules) -> None:
        self._rules = rules
        self._busy_at: list[float] = []
        self._dial_tone_at: list[float] = []
        self.gone = False

    def code(self, code: int, now: float, *, in_stream: bool) -> GoneReason | None:
        """A shielded code; the reason if it settles the matter."""
        rules = self._rules
        if code in _BUSY:
            settled = _enough(self._busy_at, now, rules.busy_reports_needed, rules.busy_window_s)
            return self._conclude(GoneReason.BUSY_REPORTED, settled)
        if code in _DIAL_TONE:
            believed = rules.dial_tone_reports_needed > 0 and (rules.dial_tone_believed_in_streams or not in_stream)
            if not believed:
                return None
            settled = _enough(self._dial_tone_at, now, rules.dial_tone_reports_needed, rules.dial_tone_window_s)
            return self._conclude(GoneReason.DIAL_TONE_REPORTED, settled)
        return self._conclude(GoneReason.LOOP_BREAK, code == FromModem.LOOP_BREAK and rules.loop_break_believed)

    def text(self, result: ResultCode) -> GoneReason | None:
        """BUSY or NO CARRIER in words: the modem itself has judged, once is enough."""
        reason = _TEXT.get(result)
        return None if reason is None else self._conclude(reason, settled=True)

    def _conclude(self, reason: GoneReason, settled: bool) -> GoneReason | None:
        if not settled or self.gone:
            return None
        self.gone = True
        return reason


def _enough(reports: list[float], now: float, needed: int, window_s: float) -> bool:
    """Adds a report; whether ``needed`` of them lie within the window."""
    reports.append(now)
    reports[:] = [at for at in reports if now - at <= window_s]
    return len(reports) >= needed
