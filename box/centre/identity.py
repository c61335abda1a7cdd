"""Who is asking: the role and the name in a verified client certificate.

Pure. The certificate was verified against the fleet's authority, except for its dates: those are judged here, so that a
box whose certificate ran out gets an answer that says so instead of a broken connection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from box.centre.problems import Problems, Refusal

PEER = "linebox.peer"
"""Where in the ASGI scope the certificate of the other side lies: PeerCertificate or None."""

NAME = re.compile(r"(box|billing):([A-Za-z0-9][A-Za-z0-9_.-]{0,62})")
"""The common name of a client: role, colon, name. X.520 allows a common name 64 characters."""


class Role(Enum):
    """Who may do what."""

    BOX = "box"
    BILLING = "billing"


@dataclass(frozen=True, slots=True)
class Caller:
    """A client whose certificate was verified."""

    role: Role
    name: str

    def __str__(self) -> str:
        return f"{self.role.value}:{self.name}"


@dataclass(frozen=True, slots=True)
class PeerCertificate:
    """What matters of a certificate that OpenSSL traced to the authority. ``starts`` and ``ends`` are aware."""

    common_names: tuple[str, ...]
    starts: datetime
    ends: datetime


def caller_of(peer: PeerCertificate | None, now: datetime) -> Caller:
    """The caller behind a connection. Raises Refusal CERTIFICATE_MISSING, _EXPIRED or _STRANGE."""
    if peer is None:
        raise Refusal(Problems.CERTIFICATE_MISSING)
    if not peer.starts <= now <= peer.ends:
        raise Refusal(
            Problems.CERTIFICATE_EXPIRED, f"{peer.starts.date().isoformat()} … {peer.ends.date().isoformat()}"
        )
    named = [NAME.fullmatch(name) for name in peer.common_names]
    if len(named) != 1 or named[0] is None:
        raise Refusal(Problems.CERTIFICATE_STRANGE, "CN: box:… | billing:…")
    return Caller(Role(named[0][1]), named[0][2])
