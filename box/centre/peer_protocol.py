"""HTTP/1.1 over mutual TLS for uvicorn, which does not tell the application who its peer is: this does.

The verified client certificate goes into the scope of each request as ``scope["linebox.peer"]``. What breaks HTTP
itself is answered with a problem document too. A client that fails the handshake leaves a log line.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

from box.centre.identity import PEER, PeerCertificate
from box.centre.problems import Problems, Refusal

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveCallable, ASGISendCallable, Scope

log = logging.getLogger(__name__)

X509_V_FLAG_NO_CHECK_TIME = 0x200000
"""x509_vfy.h of OpenSSL ≥ 1.1; Python has no name for it."""


class LoggedHandshake(ssl.SSLObject):
    """A TLS connection whose refusal is on record."""

    def do_handshake(self) -> None:
        try:
            super().do_handshake()
        except ssl.SSLCertVerificationError as error:
            log.warning("a client was refused at the door: %s", error.verify_message)
            raise
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            raise
        except ssl.SSLError as error:
            log.warning("a connection was refused at the door: %s", error.reason)
            raise


def server_context(ca_file: str, certificate_file: str, key_file: str) -> ssl.SSLContext:
    """TLS 1.2 or newer for the centre. A client certificate must come from the authority; one that is missing or out of
    date is let through to the application, which refuses it in words. Raises OSError (ssl.SSLError) for bad files."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate_file, key_file)
    context.load_verify_locations(ca_file)
    context.verify_mode = ssl.CERT_OPTIONAL
    context.verify_flags |= ssl.VerifyFlags.VERIFY_X509_STRICT
    context.verify_flags |= X509_V_FLAG_NO_CHECK_TIME
    context.sslobject_class = LoggedHandshake
    return context


class PeerNamingProtocol(H11Protocol):
    """uvicorn's protocol, with the peer in the scope of each request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """The handshake is done."""
        super().connection_made(transport)
        # It would tell query strings; the application tells its own story.
        self.access_log = False
        peer = peer_certificate(transport.get_extra_info("ssl_object"))
        served = self.app

        async def named(scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
            extended: Any = {**dict(scope), PEER: peer}
            await served(extended, receive, send)

        self.app = named
        # uvicorn starts this timer after the first answer only; a client that never asks would stay for ever.
        self.timeout_keep_alive_task = self.loop.call_later(self.timeout_keep_alive, self.timeout_keep_alive_handler)

    def send_400_response(self, msg: str) -> None:
        """Bytes that are no HTTP request."""
        refusal = Refusal(Problems.MALFORMED, "HTTP")
        headers = {**refusal.headers(), "Connection": "close"}
        start = h11.Response(status_code=400, headers=list(headers.items()), reason=b"Bad Request")
        for event in (start, h11.Data(data=refusal.body()), h11.EndOfMessage()):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def peer_certificate(connection: ssl.SSLObject | None) -> PeerCertificate | None:
    """The verified certificate of the other side, None when it showed none: OpenSSL ends a handshake with any that does
    not come from the authority."""
    found: Any = connection.getpeercert() if connection is not None else None
    if not found:
        return None
    names = tuple(value for part in found["subject"] for kind, value in part if kind == "commonName")
    return PeerCertificate(names, _moment(found["notBefore"]), _moment(found["notAfter"]))


def _moment(text: str) -> datetime:
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(text), UTC)
