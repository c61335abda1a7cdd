"""The sounds that the model tells apart, and their numbers in the model's files. Knows no words.

A reduced set of Russian phones: a vowel is stressed (1) or not (0), unstressed «о» is ``a0`` and unstressed «е», «я»
are ``i0``; ``j`` at the end of a consonant means palatalised. Long consonants count as single.
"""

from __future__ import annotations

from enum import IntEnum

VOWELS = (
    "a0", "i0", "u0", "y0", "a1", "e1", "i1", "o1", "u1", "y1",
)  # fmt: skip
CONSONANTS = (
    "b", "bj", "v", "vj", "g", "gj", "d", "dj", "zh", "z", "zj", "j", "k", "kj", "l", "lj", "m", "mj", "n",
    "nj", "p", "pj", "r", "rj", "s", "sj", "t", "tj", "f", "fj", "h", "hj", "c", "ch", "sh", "sch",
)  # fmt: skip
PHONES = VOWELS + CONSONANTS
SILENCE = 0
"""The unit of silence; phone ``p`` is unit ``UNIT_OF[p]``, counted from 1."""
UNIT_OF = {phone: number for number, phone in enumerate(PHONES, start=1)}
UNITS = len(PHONES) + 1
OUTPUTS = 2 * UNITS
"""Network outputs: for each unit one for its first frame and one for every further frame."""


class Place(IntEnum):
    """Where in its word a phone stands; libvosk finds word limits in a lattice by it (Kaldi's ``_B _I _E _S``)."""

    BEGIN = 0
    INTERNAL = 1
    END = 2
    SINGLETON = 3


SILENCE_ID = 1
PHONE_IDS = 1 + len(Place) * len(PHONES)
"""Phone ids of the model files run from 1 (silence) to this."""


def entry_output(unit: int) -> int:
    """The network output of a unit's first frame."""
    return 2 * unit


def stay_output(unit: int) -> int:
    """The network output of a unit's further frames."""
    return 2 * unit + 1


def phone_id(phone: str, place: Place) -> int:
    """The number of a phone at a place of its word in the model files."""
    return SILENCE_ID + 1 + len(Place) * (UNIT_OF[phone] - 1) + place


def unit_of_id(number: int) -> int:
    """The unit behind a phone id: its variants by place share the network's outputs."""
    return SILENCE if number == SILENCE_ID else (number - SILENCE_ID - 1) // len(Place) + 1


def place_in_word(index: int, length: int) -> Place:
    """Of phone ``index`` (from 0) of a word of ``length`` phones."""
    if length == 1:
        return Place.SINGLETON
    if index == 0:
        return Place.BEGIN
    return Place.END if index == length - 1 else Place.INTERNAL
