"""Taking the line and giving it back."""

from __future__ import annotations

from firmware.errors import CommandRefused
from firmware.init_plan import IdentifiedModem, select_format
from firmware.plans import Plan, insist, need, wait

RETRY_S = 0.3
RETRY_FOR_S = 2.0
"""USR ignores +VLS=1 during a ring burst, which lasts 1 s: again after 300 ms, for 2 s (voice-modem.md §15, 8)."""


def take_line(modem: IdentifiedModem) -> Plan[None]:
    """Class 8, the chosen format, off hook, and the time that relay and line need. Raises CommandRefused if the line
    goes on ringing or the modem refuses."""
    yield from need("AT+FCLASS=8")
    yield from need(select_format(modem.format))
    for text in modem.voice_setup:
        yield from insist(text)
    first_tried_at = None
    while True:
        done = yield from insist("AT+VLS=1")
        first_tried_at = done.at if first_tried_at is None else first_tried_at
        if done.ok:
            settled = yield from wait(modem.profile.settle_s)
            if not settled.rang:
                return
            trouble, now = "the line rings on after AT+VLS=1", settled.at
        else:
            assert done.result is not None
            trouble, now = f"the modem answers AT+VLS=1 with {done.result.value}", done.at
        if now - first_tried_at >= RETRY_FOR_S:
            raise CommandRefused(trouble)
        yield from wait(RETRY_S)


def release_line(modem: IdentifiedModem) -> Plan[None]:
    """On hook, back to class 0 so that the next ring comes as text, caller ID on again. Raises CommandRefused if
    neither way of hanging up is accepted."""
    first = yield from insist("AT+VLS=0")
    second = yield from insist("ATH")
    if not (first.ok or second.ok):
        raise CommandRefused("the modem refuses both AT+VLS=0 and ATH: the line may still be held")
    yield from need("AT+FCLASS=0")
    yield from insist(modem.profile.caller_id)
