"""What is special about one family of modems, as data: ``config/modems/*.toml`` to frozen objects.

Reads and checks files; sends nothing. Sample formats are no part of a profile: they are chosen by name from the
modem's own list.
"""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from firmware.errors import ProfileWrong

GENERIC = "generic"
"""The profile of a modem that no other recognises; its file must exist."""

AtLine = Annotated[str, Meta(pattern=r"^AT[ -~]*$", max_length=80)]
Count = Annotated[int, Meta(ge=1, le=10)]
Name = Annotated[str, Meta(pattern=r"^[a-z0-9_]+$")]


class Evidence(Struct, frozen=True, forbid_unknown_fields=True):
    """One way to know the family: ``pattern`` (regular expression, whole line, any case) in the answer to ``ask``."""

    ask: Literal["ATI0", "ATI3", "AT+GMI", "AT+GMM"]
    pattern: str


class SetupLine(Struct, frozen=True, forbid_unknown_fields=True):
    """A command of the start; ``needed`` = the modem cannot be used if it answers ERROR. ``{country}`` is filled in."""

    send: AtLine
    needed: bool = False


class ToneLimits(Struct, frozen=True, forbid_unknown_fields=True):
    """What +VTS takes. ``pause`` spells silence, ``{t}`` in 10 ms."""

    longest_element_s: Annotated[float, Meta(ge=1.0, le=10.0)]
    longest_line_chars: Annotated[int, Meta(ge=40, le=1000)]
    pause: Literal["[,,{t}]", "[0,0,{t}]"]


class GoneRules(Struct, frozen=True, forbid_unknown_fields=True):
    """When the modem's reports mean that the caller has hung up (voice-modem.md §10)."""

    busy_reports_needed: Count
    busy_window_s: Annotated[float, Meta(gt=0, le=60)]
    dial_tone_reports_needed: Annotated[int, Meta(ge=0, le=10)]
    """0 = never believed."""

    dial_tone_window_s: Annotated[float, Meta(gt=0, le=60)]
    dial_tone_believed_in_streams: bool
    loop_break_believed: bool


class ModemProfile(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One family of modems. Every field is required in the file: a profile hides nothing in defaults."""

    name: Name
    title: str
    identity: tuple[Evidence, ...]
    setup: tuple[SetupLine, ...]
    """On hook, in class 0, after ATZ and ATE0."""

    voice_setup: tuple[SetupLine, ...]
    """In class 8: at the start, and again before each call since some units forget it in class 0."""

    caller_id: AtLine
    """Sent at the start and after every call: some units forget it."""

    settle_s: Annotated[float, Meta(ge=0, le=2)]
    """From +VLS=1 to the first sample."""

    transmit_lead_s: Annotated[float, Meta(ge=0.1, le=0.2)]
    """How far playback is written ahead of the clock."""

    ok_after_receive_s: Annotated[float, Meta(ge=0.05, le=5)]
    """How long to wait for the OK behind ``<DLE><ETX>``; going on without it is no error."""

    no_voice_hint: str
    """What to tell a technician whose modem of this family refuses class 8; may be empty."""

    tones: ToneLimits
    gone: GoneRules


def read_profile(text: str, file: str) -> ModemProfile:
    """The profile in ``text``. Raises ProfileWrong naming ``file``, the key and what is wanted."""
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ProfileWrong(f"{file}: not TOML: {error}") from None
    try:
        profile = msgspec.convert(table, ModemProfile, strict=True)
    except msgspec.ValidationError as error:
        raise ProfileWrong(f"{file}: {_explain(str(error))}") from None
    for place, evidence in enumerate(profile.identity):
        try:
            re.compile(evidence.pattern)
        except re.error as error:
            raise ProfileWrong(f"{file}: identity[{place}].pattern: not a regular expression: {error}") from None
    return profile


def load_profiles(folder: Path) -> tuple[ModemProfile, ...]:
    """Every profile of ``folder``, by file name. Raises ProfileWrong for the first that cannot be used, for a name that
    is not its file's, and if there is no generic one."""
    profiles = []
    for path in sorted(folder.glob("*.toml")):
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ProfileWrong(f"{path}: cannot be read: {error}") from None
        profile = read_profile(text, str(path))
        if profile.name != path.stem:
            raise ProfileWrong(f"{path}: name: must be that of the file, {path.stem!r}, not {profile.name!r}")
        profiles.append(profile)
    if GENERIC not in {profile.name for profile in profiles}:
        raise ProfileWrong(f"{folder}: {GENERIC}.toml: is missing; it is the profile of unknown modems")
    return tuple(profiles)


def choose_profile(profiles: Iterable[ModemProfile], identity: Mapping[str, Iterable[str]]) -> ModemProfile:
    """The first profile with evidence in ``identity`` (question → lines of its answer), else the generic one. Raises
    ProfileWrong if that is missing."""
    generic = None
    for profile in profiles:
        generic = profile if profile.name == GENERIC else generic
        for evidence in profile.identity:
            lines = identity.get(evidence.ask, ())
            if any(re.fullmatch(evidence.pattern, line.strip(), re.IGNORECASE) for line in lines):
                return profile
    if generic is None:
        raise ProfileWrong(f"no profile fits this modem and there is no {GENERIC!r} one")
    return generic


_MISSING = re.compile(r"Object missing required field `(?P<key>\w+)`(?: - at `\$\.?(?P<place>[^`]*)`)?")
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<key>\w+)`(?: - at `\$\.?(?P<place>[^`]*)`)?")
_OTHER = re.compile(r"(?P<what>.*) - at `\$\.?(?P<place>[^`]*)`")
_STRUCTS = (ModemProfile, Evidence, SetupLine, ToneLimits, GoneRules)
_KEYS = sorted({field for struct in _STRUCTS for field in struct.__struct_fields__})


def _explain(message: str) -> str:
    """msgspec's message with the key in front."""
    if match := _MISSING.fullmatch(message):
        return f"{_key(match)}: is missing"
    if match := _UNKNOWN.fullmatch(message):
        near = difflib.get_close_matches(match["key"], _KEYS, n=1)
        return f"{_key(match)}: there is no such key" + (f"; did you mean {near[0]!r}?" if near else "")
    if match := _OTHER.fullmatch(message):
        return f"{match['place']}: {match['what'][0].lower()}{match['what'][1:]}"
    return message


def _key(match: re.Match[str]) -> str:
    return f"{match['place']}.{match['key']}" if match["place"] else match["key"]
