"""What sample formats a modem offers in its answer to ``+VSM=?``, and which of them we take.

Formats are recognised by name and bit count, never by number: known layouts of one vendor disagree (129 is IMA ADPCM on
one Conexant part, some other ADPCM on the next; 130 is unsigned PCM or A-law). A name that could mean two codings
("4 Bit ADPCM", 14-bit PCM without a justification) is passed over, since a wrong guess is noise in the caller's ear.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from firmware.errors import NotAVoiceModem

PREFERENCE = ("ulaw", "alaw", "linear8u", "linear8s", "linear16", "ima4")
"""µ-law and A-law first: 13 bits of range for the same 8000 B/s as 8-bit linear. 16-bit linear stands late because its
16 000 B/s each way pass neither a 115 200 bit/s bridge nor, in duplex, a CX93001 (about 30 kB/s both ways together)."""

WANTED_RATE_HZ = 8000

# V.253 §+VSM: <cml>,<cmid>,<bps>,<tm>,<vsr>,<sds>,<sel>. Lucent and USR leave out all but the rates; old ZyXEL parts
# with semicolons; the prefix "+VSM: " is optional, and so are the quotes.
_LINE = re.compile(
    r'^\s*(?:\+VSM\s*[:=])?\s*(?P<id>\d{1,3})\s*[,;]\s*(?:"(?P<quoted>[^"]*)"|(?P<bare>[^,;"]+))(?P<rest>.*)$', re.I
)
_FIELD = re.compile(r"\(([^)]*)\)|([^,;()]+)")
_BITS_IN_NAME = re.compile(r"\b(\d{1,2})[\s-]*BITS?\b")

# Standard sampling rates of voice modems; a range such as 7200-8000 is understood to hold those inside it.
_RATES_HZ = (7200, 8000, 9600, 11025)


@dataclass(frozen=True, slots=True)
class OfferedFormat:
    """One usable line of ``+VSM=?``: the number to select it by, our name for the coding, the rates it can run at."""

    id: int
    name: str
    rates_hz: tuple[int, ...]


def parse_sample_formats(lines: Iterable[str]) -> tuple[OfferedFormat, ...]:
    """The formats that we can decode, in the modem's order. Lines of any other kind are passed over in silence."""
    offers = (_parse_line(line) for line in lines)
    return tuple(offer for offer in offers if offer is not None)


def choose_format(offered: Sequence[OfferedFormat], preferred: Sequence[str] = PREFERENCE) -> OfferedFormat:
    """The first of ``preferred`` that is offered at 8000 Hz. Raises NotAVoiceModem if there is none."""
    for name in preferred:
        for offer in offered:
            if offer.name == name and WANTED_RATE_HZ in offer.rates_hz:
                return offer
    listing = ", ".join(
        f"{offer.id} {offer.name} at {'/'.join(map(str, offer.rates_hz)) or '?'} Hz" for offer in offered
    )
    raise NotAVoiceModem(
        f"the modem offers none of {', '.join(preferred)} at {WANTED_RATE_HZ} Hz "
        f"(it offers: {listing or 'nothing known'}); send its answer to AT+VSM=? with the report"
    )


def _parse_line(line: str) -> OfferedFormat | None:
    match = _LINE.match(line)
    if match is None:
        return None
    title = (match["quoted"] if match["quoted"] is not None else match["bare"]).upper()
    fields = [_numbers(group or single) for group, single in _FIELD.findall(match["rest"]) if (group or single).strip()]
    bits = _bits(title, fields)
    name = _coding(title, bits)
    if name is None:
        return None
    return OfferedFormat(int(match["id"]), name, _rates(fields))


def _numbers(field: str) -> tuple[int, ...]:
    """The numbers of one field: ``8000``, ``7200,8000`` or, with the standard rates inside it, ``7200-11025``."""
    numbers: list[int] = []
    for item in field.split(","):
        low, dash, high = item.strip().partition("-")
        if not low.strip().isdecimal() or (dash and not high.strip().isdecimal()):
            continue
        if dash:
            numbers += [rate for rate in _RATES_HZ if int(low) <= rate <= int(high)]
        else:
            numbers.append(int(low))
    return tuple(numbers)


def _bits(title: str, fields: list[tuple[int, ...]]) -> int | None:
    in_name = _BITS_IN_NAME.search(title)
    if fields and len(fields[0]) == 1 and fields[0][0] <= 32:
        return fields[0][0]
    return int(in_name[1]) if in_name else None


def _rates(fields: list[tuple[int, ...]]) -> tuple[int, ...]:
    """The first field whose numbers can only be sampling rates: bit counts and timing marks stay far below them."""
    return next((field for field in fields if field and min(field) >= 4000), ())


def _coding(title: str, bits: int | None) -> str | None:
    """Our name for the coding that a modem calls ``title``, or None if it is unknown or could be two things."""
    words = re.sub(r"[^A-Z0-9]+", " ", title.replace("Μ", "U").replace("µ", "U")).split()
    joined = " ".join(words)
    if re.search(r"\b(?:U|MU) ?(?:LAW|LOG)\b", joined):
        return "ulaw" if bits in (8, None) else None
    if re.search(r"\bA ?(?:LAW|LOG)\b", joined):
        return "alaw" if bits in (8, None) else None
    if "ADPCM" in words:
        return "ima4" if "IMA" in words and bits in (4, None) else None
    if "PCM" not in words and "LINEAR" not in words:
        return None
    if "SIGNED" in words:
        return {8: "linear8s", 16: "linear16"}.get(bits or 0)
    if "UNSIGNED" in words:
        return "linear8u" if bits == 8 else None
    # Without a word on the sign: eight bits are unsigned on every unit seen (V.253 no. 1, USR 128), sixteen are signed.
    return {8: "linear8u", 16: "linear16"}.get(bits or 0)
