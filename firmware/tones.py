"""Flashes, digits and pauses to one ``+VTS`` (V.253, voice-modem.md §5).

Every element carries its length, because ``+VTD`` is 1 s by default and a flash of 1 s is a hang-up.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from firmware.errors import Misuse
from firmware.profiles import ToneLimits
from firmware.vocabulary import KEYS, DialKey, Flash, Pause, ToneElement

UNIT_S = 0.010
SHORTEST_FLASH_S, LONGEST_FLASH_S = 0.08, 0.9
"""Equipment takes less for noise and more for a hang-up (voice-modem.md §11)."""

SHORTEST_KEY_S = 0.04
"""Q.24: a receiver must accept 40 ms and may reject less."""


def vts_line(elements: Sequence[ToneElement], limits: ToneLimits) -> str:
    """The whole command. Raises Misuse for an empty list, an element that no exchange would understand, or a list that
    is longer than the modem's command line."""
    if not elements:
        raise Misuse("there is nothing to send: no tone elements")
    line = "AT+VTS=" + ",".join(_spell(element, limits) for element in elements)
    if len(line) > limits.longest_line_chars:
        raise Misuse(f"{line} is longer than the {limits.longest_line_chars} characters that this modem takes")
    return line


def duration_s(elements: Sequence[ToneElement]) -> float:
    """How long the modem needs to play ``elements``."""
    return sum(element.duration_s for element in elements)


def _spell(element: ToneElement, limits: ToneLimits) -> str:
    match element:
        case Flash(length_s):
            if not SHORTEST_FLASH_S <= length_s <= LONGEST_FLASH_S:
                raise Misuse(f"a flash of {length_s} s; wanted {SHORTEST_FLASH_S} to {LONGEST_FLASH_S} s")
            return f"{{!,{_units(length_s)}}}"
        case DialKey(key, length_s):
            if len(key) != 1 or key not in KEYS or not SHORTEST_KEY_S <= length_s <= limits.longest_element_s:
                raise Misuse(
                    f"key {key!r} for {length_s} s; wanted one of {KEYS} "
                    f"for {SHORTEST_KEY_S} to {limits.longest_element_s} s"
                )
            return f"{{{key},{_units(length_s)}}}"
        case Pause(length_s):
            return ",".join(limits.pause.format(t=units) for units in _pieces(length_s, limits))


def _pieces(length_s: float, limits: ToneLimits) -> list[int]:
    """A pause in units, in as few equal parts as the limit allows."""
    if not UNIT_S <= length_s <= 60:
        raise Misuse(f"a pause of {length_s} s; wanted {UNIT_S} to 60 s")
    units, longest = _units(length_s), _units(limits.longest_element_s)
    parts = ceil(units / longest)
    return [units * (part + 1) // parts - units * part // parts for part in range(parts)]


def _units(length_s: float) -> int:
    return round(length_s / UNIT_S)
