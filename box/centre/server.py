"""The centre as a running thing: its folder made at first use, its port, its start and its stop.

The one user of uvicorn. ``run_centre`` serves until a signal; ``CentreThread`` serves beside something else, as in a
rehearsal.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import uvicorn

from box.centre.application import CentreApplication
from box.centre.authority import Authority, Use, certificate_serves, issue_certificate, make_authority
from box.centre.database import Database, open_database
from box.centre.peer_protocol import PeerNamingProtocol, server_context
from box.clock import Clock, SystemClock
from box.errors import SettingsWrong

log = logging.getLogger(__name__)

LOOPBACK = ("localhost", "127.0.0.1", "::1")

RENEWED_BEFORE = timedelta(days=30)
"""A server certificate that ends sooner is made anew at the start."""

KEEP_ALIVE_S = 15
"""Longer than the courier keeps an idle connection, so that the centre is never the one to close it."""

BACKLOG = 512
"""Connections that may wait to be taken: a fleet comes back together after an outage."""

STOP_PATIENCE_S = 10
"""Requests in progress may end; what is cut off is repeated by its client."""


@dataclass(frozen=True, slots=True)
class CentreFolder:
    """What the centre keeps, and where."""

    folder: Path

    @property
    def authority(self) -> Authority:
        """The fleet's authority."""
        return Authority(self.folder / "ca")

    @property
    def server(self) -> Path:
        """The centre's own certificate and key."""
        return self.folder / "server"

    @property
    def database_file(self) -> Path:
        """The SQLite database, where no server is named."""
        return self.folder / "centre.sqlite3"


def prepare_folder(place: CentreFolder, names: Sequence[str]) -> bool:
    """Make what is missing: folder, authority, server certificate for loopback and ``names``. Whether the authority was
    new. Raises SettingsWrong. Dates follow the machine's own clock, since clients' TLS libraries do."""
    fresh = not place.authority.exists
    try:
        place.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsWrong([f"cannot make {place.folder}: {error.strerror}"]) from error
    if fresh:
        make_authority(place.authority.folder)
        log.info("made the fleet's authority in %s; keep a copy of it in a safe", place.authority.folder)
    wanted = tuple(dict.fromkeys((*LOOPBACK, *names)))
    if not certificate_serves(place.server / "certificate.pem", wanted, SystemClock().wall() + RENEWED_BEFORE):
        issue_certificate(place.authority, "centre", place.server, use=Use.SERVER, names=wanted)
        log.info("made the centre's certificate for %s", ", ".join(wanted))
    return fresh


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one. Raises SettingsWrong when the port is taken."""
    try:
        return _bound(host, port)
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise SettingsWrong([f"cannot listen on {host}:{port}: {reason}; choose another --port or --host"]) from error


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with ExitStack() as undo:
        # With its protocol named, asyncio switches Nagle's algorithm off on what is accepted; else each answer, written
        # as head and body, would wait 40 ms for the client's delayed acknowledgement.
        listening = undo.enter_context(socket.socket(family, kind, protocol))
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(BACKLOG)
        undo.pop_all()
    return listening


def url_of(listening: socket.socket) -> str:
    """https://HOST:PORT of a listening socket; an address that means «every» is told as loopback."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read here, not bound
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"


def make_server(place: CentreFolder, database: Database, clock: Clock) -> uvicorn.Server:
    """A server for the folder's certificates and the database; it is given its socket when it runs."""
    config = uvicorn.Config(
        CentreApplication(database, clock).asgi(),
        http=PeerNamingProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=STOP_PATIENCE_S,
    )
    config.load()
    try:
        config.ssl = server_context(
            str(place.authority.certificate_file),
            str(place.server / "certificate.pem"),
            str(place.server / "key.pem"),
        )
    except OSError as error:
        raise SettingsWrong([f"the centre's certificate in {place.server} cannot be used: {error}"]) from error
    # uvicorn tells of its own life at INFO; ours is told here.
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    return uvicorn.Server(config)


def run_centre(
    folder: Path,
    host: str,
    port: int,
    *,
    names: Sequence[str] = (),
    database_url: str | None = None,
    clock: Clock | None = None,
    on_listening: Callable[[str], None] = lambda _: None,
) -> bool:
    """Serve until SIGINT or SIGTERM; then whether this was the first run in the folder. ``on_listening`` gets the
    address as soon as it can be connected to. Raises SettingsWrong and StoreBroken."""
    clock = clock or SystemClock()
    place = CentreFolder(folder)
    fresh = prepare_folder(place, names)
    with _database(place, database_url) as database, listen(host, port) as listening, _quiet_signals():
        server = make_server(place, database, clock)
        on_listening(url_of(listening))
        log.info("the centre listens on %s", url_of(listening))
        server.run(sockets=[listening])
        log.info("the centre stops")
    return fresh


class CentreThread:
    """A centre on a thread of this process, from construction to ``stop``. ``url`` is where it listens."""

    def __init__(
        self,
        folder: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        database_url: str | None = None,
        clock: Clock | None = None,
    ) -> None:
        clock = clock or SystemClock()
        self.place = CentreFolder(folder)
        prepare_folder(self.place, ())
        self.database = open_database(database_url or self.place.database_file)
        self._listening = listen(host, port)
        self.url = url_of(self._listening)
        self._server = make_server(self.place, self.database, clock)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._listening]}, name="centre", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """End requests in progress, then everything."""
        self._server.should_exit = True
        self._thread.join()
        self._listening.close()
        self.database.close()

    def __enter__(self) -> CentreThread:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@contextmanager
def _database(place: CentreFolder, url: str | None) -> Iterator[Database]:
    database = open_database(url or place.database_file)
    try:
        yield database
    finally:
        database.close()


@contextmanager
def _quiet_signals() -> Iterator[None]:
    """uvicorn stops gracefully on a signal and then raises it again, which would end us with an error."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
