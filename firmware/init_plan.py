"""From an open port to a modem that waits for calls: identify, choose profile and sample format, set up."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from firmware.codes import REGAIN_COMMAND_STATE
from firmware.errors import CommandTimedOut, NotAVoiceModem
from firmware.plans import QUIET_S, Plan, answers, ask, insist, need, wait
from firmware.profiles import ModemProfile, SetupLine, choose_profile
from firmware.sound_formats import PREFERENCE, OfferedFormat, choose_format, parse_sample_formats
from firmware.vocabulary import SAMPLE_RATE_HZ

RESET_S = 10.0
"""Allowance for ATZ (voice-modem.md §8)."""

QUESTIONS = ("ATI0", "ATI3", "AT+GMI", "AT+GMM")

_VOICE_CLASS = re.compile(r"(?<![\d.])8(?![\d.])")


@dataclass(frozen=True, slots=True)
class LinkSettings:
    """What the owner of the box may choose about a line.

    ``country`` is the ITU-T T.35 country code for +GCI (Russia B8); ``profile`` forces a profile by name instead of
    recognising the modem; ``formats`` are names of sample formats, the best first."""

    country: str = "B8"
    profile: str | None = None
    formats: tuple[str, ...] = PREFERENCE


@dataclass(frozen=True, slots=True)
class IdentifiedModem:
    """What the start has found out. ``refused`` are set-up lines that the modem answered with ERROR."""

    profile: ModemProfile
    identity: str
    offered: tuple[OfferedFormat, ...]
    format: OfferedFormat
    voice_setup: tuple[str, ...]
    refused: tuple[str, ...]


def initialise(profiles: Sequence[ModemProfile], settings: LinkSettings) -> Plan[IdentifiedModem]:
    """Raises CommandTimedOut (silent), NotAVoiceModem, CommandRefused or ProfileWrong."""
    yield from _wake()
    yield from ask("ATZ", timeout_s=RESET_S)
    yield from wait(QUIET_S)
    yield from insist("ATE0V1Q0")
    identity = yield from _identify()
    profile = _profile(profiles, settings, identity)
    yield from _check_voice_class(profile)
    refused = yield from _set_up(profile.setup, settings)
    entered = yield from insist("AT+FCLASS=8")
    if not entered.ok:
        raise _no_voice(profile, "refuses AT+FCLASS=8")
    listing = yield from ask("AT+VSM=?", wants_information=True)
    offered = parse_sample_formats(listing.information)
    chosen = yield from _select_format(offered, settings)
    refused += yield from _set_up(profile.voice_setup, settings)
    yield from need("AT+FCLASS=0")
    yield from insist(profile.caller_id)
    lines = (line.send.format(country=settings.country) for line in profile.voice_setup)
    return IdentifiedModem(
        profile=profile,
        identity=" ".join(line for question in QUESTIONS for line in identity[question]),
        offered=offered,
        format=chosen,
        voice_setup=tuple(line for line in lines if line not in refused),
        refused=refused,
    )


def select_format(chosen: OfferedFormat) -> str:
    """The command that selects ``chosen``."""
    return f"AT+VSM={chosen.id},{SAMPLE_RATE_HZ}"


def _wake() -> Plan[None]:
    """A bare CR ends what the kernel may have echoed into the modem between open and set-up. A process that died in a
    call may have left a stream open; then the modem hears no AT until that is ended."""
    yield from wait(QUIET_S, b"\r")
    if (yield from answers()):
        return
    yield from wait(QUIET_S, REGAIN_COMMAND_STATE)
    if not (yield from answers()):
        raise CommandTimedOut("the modem does not answer AT; check its power, cable and port name")


def _identify() -> Plan[dict[str, tuple[str, ...]]]:
    identity = {}
    for question in QUESTIONS:
        done = yield from ask(question, wants_information=True)
        identity[question] = done.information
    return identity


def _profile(
    profiles: Sequence[ModemProfile], settings: LinkSettings, identity: dict[str, tuple[str, ...]]
) -> ModemProfile:
    for profile in profiles:
        if profile.name == settings.profile:
            return profile
    return choose_profile(profiles, identity)


def _check_voice_class(profile: ModemProfile) -> Plan[None]:
    classes = yield from ask("AT+FCLASS=?", wants_information=True)
    if not any(_VOICE_CLASS.search(line) for line in classes.information):
        raise _no_voice(profile, f"lists the classes {' '.join(classes.information) or '(none)'} and no 8")


def _no_voice(profile: ModemProfile, what: str) -> NotAVoiceModem:
    hint = f"; {profile.no_voice_hint}" if profile.no_voice_hint else "; use a voice modem"
    return NotAVoiceModem(f"{profile.title} {what}{hint}")


def _set_up(lines: Sequence[SetupLine], settings: LinkSettings) -> Plan[tuple[str, ...]]:
    """Sends ``lines``; those that were refused although they may be."""
    refused = []
    for line in lines:
        text = line.send.format(country=settings.country)
        done = yield from (need(text) if line.needed else insist(text))
        if not done.ok:
            refused.append(text)
    return tuple(refused)


def _select_format(offered: Sequence[OfferedFormat], settings: LinkSettings) -> Plan[OfferedFormat]:
    """The best format that the modem not only lists but takes. Raises NotAVoiceModem if there is none."""
    left = list(offered)
    while True:
        chosen = choose_format(left, settings.formats)
        done = yield from insist(select_format(chosen))
        if done.ok:
            return chosen
        left.remove(chosen)
