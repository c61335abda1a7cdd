"""What a spoken phrase can mean, before anyone asks which question it answers. Data only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Sense(Enum):
    """What sort of thing a phrase means."""

    YES = "yes"
    NO = "no"
    DIGIT = "digit"
    NUMBER = "number"  # ten and above: «двадцать», «сто», «тысяча»
    COMMA = "comma"
    NOT = "not"  # begins a correction: «не пять, а шесть»
    BUT = "but"  # its middle
    RESTART = "restart"  # «сначала»: what came before does not count
    COMMAND = "command"
    INTENT = "intent"


@dataclass(frozen=True, slots=True)
class Meaning:
    """``value`` is the digit, the number, the command or the intent; '' for the others."""

    sense: Sense
    value: str = ""
