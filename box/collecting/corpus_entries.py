"""What a collected corpus says of each recording, and how its people are split. Pure; knows no files.

The list is labels.json of a speech corpus («file», «label», «text», «voice») with two more keys: the condition that it
was recorded under, and the speaker's consent. A speaker is a random number: no name, no telephone.
"""

from __future__ import annotations

import hashlib
import re
from typing import Literal

import msgspec

SPEAKER = re.compile(r"v[0-9]{6}")

LEAST_SPEAKERS = 10
"""A corpus of fewer people is for judging only: a model would learn who they are, not how people speak."""

HELD_OUT_SHARE = 0.2
_SALT = b"linebox collected speaker "


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """How the sound came: ``channel`` line, virtual or handset; ``codec`` the modem's sample format as it names it;
    ``modem`` its profile."""

    channel: Literal["line", "virtual", "handset"]
    codec: str
    modem: str = ""


class Consent(msgspec.Struct, frozen=True, forbid_unknown_fields=False):
    """What the speaker agreed to: ``text`` is a hash of the words that were spoken to them, ``at`` the moment (ISO 8601
    with offset), ``event`` its id, ``by`` how they said yes."""

    text: str
    at: str
    event: str
    by: Literal["voice", "key"]


class Entry(msgspec.Struct, frozen=True):
    """One recording. ``text`` is what the speaker was asked to say, in words."""

    file: str
    label: str
    text: str
    voice: str
    condition: Condition
    consent: Consent


def is_held_out(speaker: str) -> bool:
    """Whether a speaker is kept for judging and never trained on: about one in five, by a hash of the speaker alone, so
    that it stays so when others join."""
    digest = hashlib.sha256(_SALT + speaker.encode()).digest()
    return int.from_bytes(digest[:4], "big") < HELD_OUT_SHARE * 2**32
