"""Networks and centres that misbehave, on loopback with real TLS: sockets and bytes, nothing of the product's own code.

``TlsServer`` hands each connection to a function. ``FaultProxy`` stands between a box and a real centre, takes whole
requests apart from the stream and does to each what its list of faults says.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from box.centre.authority import Credentials

GONE = (ConnectionError, ssl.SSLError, OSError)


class TlsServer:
    """Listens on loopback until ``close``; ``serve`` gets each connection in turn, on one thread."""

    def __init__(self, files: Credentials, serve: Callable[[ssl.SSLSocket], None]) -> None:
        self._serve = serve
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(files.certificate_file, files.key_file)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"https://127.0.0.1:{self._listening.getsockname()[1]}"
        self._closing = False
        self._thread = threading.Thread(target=self._accept)
        self._thread.start()

    def close(self) -> None:
        """Stop; the connection in progress must have been closed by its client."""
        self._closing = True
        with socket.create_connection(self._listening.getsockname()):
            pass
        self._thread.join()
        self._listening.close()

    def __enter__(self) -> TlsServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _accept(self) -> None:
        while True:
            plain, _ = self._listening.accept()
            with plain:
                if self._closing:
                    return
                with contextlib.suppress(*GONE), self._context.wrap_socket(plain, server_side=True) as connection:
                    self._serve(connection)


def read_message(connection: ssl.SSLSocket) -> bytes:
    """One whole HTTP message with a Content-Length (or none and no body), b'' at the end of the stream."""
    data = b""
    while b"\r\n\r\n" not in data:
        if not (part := connection.recv(65536)):
            return b""
        data += part
    head, _, body = data.partition(b"\r\n\r\n")
    length = 0
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    while len(body) < length:
        if not (part := connection.recv(65536)):
            return b""
        body += part
    return head + b"\r\n\r\n" + body


def answer(status: str, body: bytes, *headers: str) -> bytes:
    """The bytes of an HTTP answer."""
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@dataclass(frozen=True)
class Fault:
    """What happens to one request. ``at`` is a byte offset where that matters."""

    kind: str
    at: int = 0


PASS = Fault("pass")
KINDS = (
    "pass",
    "drop before",  # the connection breaks before anything reached the centre
    "cut request",  # the centre gets only the first bytes
    "drop after",  # the centre did its work, the answer is lost
    "cut response",  # the answer breaks off
    "503",  # refused on the way, with Retry-After
    "500 after",  # the centre did its work, something on the way says it did not
    "twice",  # delivered two times, one after the other
    "twice at once",  # delivered two times at the same moment
    "late copy",  # a copy of the request arrives again before the next one
    "old answer",  # the answer of an earlier request
    "wrong answer",  # an answer about somebody else's event
    "no answer",  # an answer that is none
)


class FaultProxy:
    """Between one box and the centre at ``url``, with the box's own certificate towards the centre."""

    def __init__(self, url: str, server: Credentials, client: Credentials) -> None:
        place = urlsplit(url)
        self._centre = (place.hostname, place.port)
        self._context = ssl.create_default_context(cafile=str(client.ca_file))
        self._context.load_cert_chain(client.certificate_file, client.key_file)
        self.faults: Iterator[Fault] = iter(())
        self.seen: list[Fault] = []
        self._old = answer("200 OK", b'{"results":[]}')
        self._late: bytes = b""
        self._server = TlsServer(server, self._serve)
        self.url = self._server.url

    def close(self) -> None:
        """Stop."""
        self._server.close()

    def __enter__(self) -> FaultProxy:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _serve(self, box: ssl.SSLSocket) -> None:
        while request := read_message(box):
            fault = next(self.faults, PASS)
            self.seen.append(fault)
            if self._late:
                late, self._late = self._late, b""
                self._forward(late)
            reply = self._reply(fault, request)
            if reply is None:
                return
            box.sendall(reply)
            if fault.kind == "cut response":
                return

    def _reply(self, fault: Fault, request: bytes) -> bytes | None:
        """The bytes for the box; None = break the connection."""
        match fault.kind:
            case "drop before":
                return None
            case "cut request":
                self._forward(request[: fault.at % len(request)], whole=False)
                return None
            case "503":
                return answer("503 Service Unavailable", b"{}", "Retry-After: 3")
            case "wrong answer":
                return answer("200 OK", b'{"results":[{"event_id":"nobody","status":"accepted"}]}')
            case "no answer":
                return answer("200 OK", b"<html>Sign in to the network</html>")
            case "twice at once":
                copy = threading.Thread(target=self._forward, args=[request])
                copy.start()
                reply = self._forward(request)
                copy.join()
            case "twice":
                self._forward(request)
                reply = self._forward(request)
            case _:
                reply = self._forward(request)
        old, self._old = self._old, reply
        if fault.kind == "late copy":
            self._late = request
        changed: dict[str, bytes | None] = {
            "drop after": None,
            "500 after": answer("500 Internal Server Error", b""),
            "old answer": old,
            "cut response": reply[: fault.at % max(len(reply), 1)],
        }
        return changed.get(fault.kind, reply)

    def _forward(self, request: bytes, *, whole: bool = True) -> bytes:
        """What the centre answers to these bytes."""
        with (
            contextlib.suppress(*GONE),
            socket.create_connection(self._centre) as plain,
            self._context.wrap_socket(plain, server_hostname=str(self._centre[0])) as centre,
        ):
            centre.sendall(request)
            if whole:
                return read_message(centre)
        return b""


def fixed(reply: bytes, *, seen: list[bytes] | None = None) -> Callable[[Any], None]:
    """A server that answers every request with the same bytes and closes."""

    def serve(connection: ssl.SSLSocket) -> None:
        request = read_message(connection)
        if seen is not None:
            seen.append(request)
        if request:
            connection.sendall(reply)

    return serve
