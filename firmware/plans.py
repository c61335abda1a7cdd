"""Straight-line talks with the modem: what to send next, given the answer to what was sent before.

A plan is a generator: it yields one step at a time and is sent the reply; it returns its result or raises a declared
error. Pure: a plan neither waits nor writes, and time reaches it only in replies.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TypeAlias, TypeVar

from firmware.at_events import COMMAND_S, AtCommand, CommandDone
from firmware.codes import REGAIN_COMMAND_STATE
from firmware.errors import CommandRefused, CommandTimedOut

QUIET_S = 0.3
"""After bare codes or a reset, before the next AT (voice-modem.md §7, last line)."""

PROBE_S = 1.0
"""For a bare AT, which every modem answers at once."""

PROBES = 2


@dataclass(frozen=True, slots=True)
class Wait:
    """Write ``first`` (may be empty), then let time pass; what comes meanwhile is not an answer."""

    duration_s: float
    first: bytes = b""


@dataclass(frozen=True, slots=True)
class Waited:
    """The wait is over; ``rang`` = the line rang during it."""

    at: float
    rang: bool


Step: TypeAlias = AtCommand | Wait
Reply: TypeAlias = CommandDone | Waited
Result = TypeVar("Result")
Plan: TypeAlias = Generator[Step, Reply, Result]


def ask(text: str, *, timeout_s: float = COMMAND_S, wants_information: bool = False) -> Plan[CommandDone]:
    """One command and whatever comes of it."""
    reply = yield AtCommand(text, timeout_s=timeout_s, wants_information=wants_information)
    assert isinstance(reply, CommandDone)
    return reply


def insist(text: str) -> Plan[CommandDone]:
    """A command that may safely be sent twice: an answer that got lost costs a repetition, no call. Raises
    CommandTimedOut if both stay unanswered."""
    for _ in range(2):
        done = yield from ask(text)
        if done.result is not None:
            return done
    raise CommandTimedOut(f"the modem does not answer {text}")


def need(text: str) -> Plan[CommandDone]:
    """As :func:`insist`; raises CommandRefused for any answer but OK."""
    done = yield from insist(text)
    if not done.ok:
        assert done.result is not None
        raise CommandRefused(f"the modem answers {text} with {done.result.value}")
    return done


def wait(duration_s: float, first: bytes = b"") -> Plan[Waited]:
    """Let time pass."""
    reply = yield Wait(duration_s, first)
    assert isinstance(reply, Waited)
    return reply


def answers() -> Plan[bool]:
    """Whether the modem answers a bare AT."""
    for _ in range(PROBES):
        done = yield from ask("AT", timeout_s=PROBE_S)
        if done.ok:
            # Answers to former probes may still be on their way.
            yield from wait(QUIET_S)
            return True
    return False


def regain_command_state() -> Plan[None]:
    """Out of whatever stream or half-typed line the modem is in, and on hook. Raises CommandTimedOut if it stays
    silent: then only dropping DTR or the power helps."""
    yield from wait(QUIET_S, REGAIN_COMMAND_STATE)
    if not (yield from answers()):
        raise CommandTimedOut("the modem does not answer AT")
    for text in ("AT+VLS=0", "ATH", "AT+FCLASS=0"):
        yield from ask(text)
