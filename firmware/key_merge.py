"""One press, two witnesses: joins the modem's key reports with our own detections so that each press counts once.

The rule. Each witness reports presses in the order in which they were made, each press once. The first report of a
press is the press; the other witness's report of it is swallowed. Two reports of one key are the same press if the
modem's comes not earlier than 150 ms before and not later than 400 + 150 ms after the tone began: a modem takes up to
about 400 ms to report (the length of the tone and its buffer; no manual states it), and the two clocks are good for an
agreement within 150 ms. Among several candidates the oldest is taken, so that the same key pressed again within 93 ms
(the fastest cycle of ITU-T Q.24) still counts twice when both witnesses, or either one, saw both presses. Once a press
is confirmed, reports of earlier ones can no longer be: a witness that missed them has gone past them.

The limits. (1) If of two presses of one key within 550 ms one is seen by the modem only and the other by the sound
only, they count as one. (2) A press that only the modem saw is reported when the modem says so, which may be after a
later press that the sound saw at once. Either needs a witness to miss what the other found plain; an entry is read back
to the caller before anything comes of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from firmware.vocabulary import KeyPressed, KeySource

AGREEMENT_S = 0.150
LONGEST_MODEM_DELAY_S = 0.400
_LATEST_S = LONGEST_MODEM_DELAY_S + AGREEMENT_S


@dataclass(frozen=True, slots=True)
class _Report:
    """A press that one witness has reported and the other has not (yet). ``at``: for the modem when its report came,
    for the sound when the tone began."""

    key: str
    at: float


class KeyMerge:
    """One line. The reports of each witness come in the order of its times; the two may be interleaved anyhow."""

    def __init__(self) -> None:
        self._heard: list[_Report] = []  # by the sound, not yet confirmed by the modem
        self._told: list[_Report] = []  # by the modem, not yet confirmed by the sound

    def modem(self, key: str, at: float) -> KeyPressed | None:
        """The modem reported ``key`` at ``at`` (s, monotonic). The press, or None if the sound has counted it."""
        self._heard = [heard for heard in self._heard if at - heard.at <= _LATEST_S]
        for number, heard in enumerate(self._heard):
            if heard.key == key and at - heard.at >= -AGREEMENT_S:
                self._heard = self._heard[number + 1 :]
                self._told = []
                return None
        self._told.append(_Report(key, at))
        return KeyPressed(at, key, KeySource.MODEM)

    def sound(self, key: str, began_at: float, at: float) -> KeyPressed | None:
        """Our detector is certain at ``at`` of ``key`` pressed since ``began_at`` (s, monotonic). The press, or None if
        the modem has reported it already."""
        self._told = [told for told in self._told if told.at - began_at >= -AGREEMENT_S]
        for number, told in enumerate(self._told):
            if told.key == key and told.at - began_at <= _LATEST_S:
                self._told = self._told[number + 1 :]
                self._heard = []
                return None
        self._heard.append(_Report(key, began_at))
        return KeyPressed(at, key, KeySource.SOUND)
