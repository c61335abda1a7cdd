"""The serial port over real pseudo-terminals: what is plugged in, pulled out, blocked or taken."""

from __future__ import annotations

import os
import queue
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from firmware.backoff import Backoff
from firmware.port import BytesRead, DtrDropped, ModemPort, PortEvent, PortLost, PortOpened

Kind = TypeVar("Kind", PortOpened, BytesRead, PortLost, DtrDropped)

PATIENCE_S = 30.0  # how long a test waits for what must come; never reached when all is well


class Cable:
    """A pseudo-terminal behind a link with a fixed name: the link is the udev name, the master is the modem."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.master: int | None = None

    def plug_in(self) -> None:
        self.master, slave = os.openpty()
        os.set_blocking(self.master, False)
        fresh = self.link.with_name("fresh")
        fresh.symlink_to(os.ttyname(slave))
        fresh.replace(self.link)
        os.close(slave)

    def pull_out(self) -> None:
        assert self.master is not None
        self.link.unlink()
        os.close(self.master)
        self.master = None

    def send(self, data: bytes) -> None:
        assert self.master is not None
        assert os.write(self.master, data) == len(data)

    def take(self, length: int) -> bytes:
        """``length`` bytes that the port has written."""
        assert self.master is not None
        taken = b""
        while len(taken) < length:
            assert select.select([self.master], [], [], PATIENCE_S)[0], f"only {taken!r} came"
            taken += os.read(self.master, length - len(taken))
        return taken


class Listener:
    """Takes the events of a port and hands them out one by one."""

    def __init__(self) -> None:
        self.events: queue.Queue[PortEvent] = queue.Queue()

    def next(self) -> PortEvent:
        return self.events.get(timeout=PATIENCE_S)

    def expect(self, kind: type[Kind]) -> Kind:
        event = self.next()
        assert isinstance(event, kind), event
        return event

    def bytes_read(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            data += self.expect(BytesRead).data
        return data


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[Cable]:
    cable = Cable(tmp_path / "ttyLINE0")
    cable.plug_in()
    yield cable
    if cable.master is not None:
        os.close(cable.master)


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def make_port(cable: Cable, listener: Listener, tmp_path: Path) -> Iterator[Callable[..., ModemPort]]:
    ports: list[ModemPort] = []

    def make(**options: object) -> ModemPort:
        settings: dict[str, object] = {"post": listener.events.put, "backoff": Backoff(0.005, 0.02), **options}
        port = ModemPort(str(cable.link), lock_folder=tmp_path, **settings)  # type: ignore[arg-type]
        ports.append(port)
        port.start()
        return port

    yield make
    for port in ports:
        port.close()
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if str(cable.link) in name]


def test_opens_and_sends_a_bare_carriage_return(
    make_port: Callable[..., ModemPort], cable: Cable, listener: Listener
) -> None:
    make_port(monotonic=lambda: 12.5)
    assert listener.next() == PortOpened(12.5)
    assert cable.take(1) == b"\r"


def test_every_byte_passes_unchanged_both_ways(
    make_port: Callable[..., ModemPort], cable: Cable, listener: Listener
) -> None:
    """Control characters, XON, XOFF, NUL, DLE and what is no UTF-8."""
    port = make_port()
    listener.expect(PortOpened)
    cable.take(1)
    everything = bytes(range(256)) * 3
    cable.send(everything)
    assert listener.bytes_read(len(everything)) == everything
    assert port.write(everything)
    assert cable.take(len(everything)) == everything


def test_what_arrived_before_the_opening_is_discarded(
    make_port: Callable[..., ModemPort], cable: Cable, listener: Listener
) -> None:
    cable.send(b"old words\n")
    make_port()
    listener.expect(PortOpened)
    cable.take(1)
    cable.send(b"new")
    assert listener.bytes_read(3) == b"new"


def test_pulled_out_and_plugged_in_again(make_port: Callable[..., ModemPort], cable: Cable, listener: Listener) -> None:
    port = make_port()
    listener.expect(PortOpened)
    for _ in range(3):
        cable.pull_out()
        assert "vanished while it was open" in listener.expect(PortLost).reason
        assert not port.write(b"AT\r")
        assert "is absent: plug the modem in" in listener.expect(PortLost).reason
        cable.plug_in()
        listener.expect(PortOpened)
        assert cable.take(1) == b"\r"
        cable.send(b"RING")
        assert listener.bytes_read(4) == b"RING"
        assert port.write(b"ATZ\r")
        assert cable.take(4) == b"ATZ\r"


def test_an_absent_port_is_told_once_and_found_when_it_comes(
    make_port: Callable[..., ModemPort], cable: Cable, listener: Listener
) -> None:
    cable.pull_out()
    make_port()
    reason = listener.expect(PortLost).reason
    assert reason == f"{cable.link} is absent: plug the modem in, or correct the port in the settings"
    cable.plug_in()
    listener.expect(PortOpened)
    assert listener.events.empty()


def test_a_plain_file_is_no_serial_port(make_port: Callable[..., ModemPort], cable: Cable, listener: Listener) -> None:
    cable.pull_out()
    cable.link.write_bytes(b"not a device")
    make_port()
    assert "is not a serial port" in listener.expect(PortLost).reason
    assert cable.link.read_bytes() == b"not a device"


def test_a_modem_that_takes_nothing_is_let_go(
    make_port: Callable[..., ModemPort], cable: Cable, listener: Listener
) -> None:
    port = make_port(write_timeout_s=0.02)
    listener.expect(PortOpened)
    assert not port.write(bytes(1_000_000))
    assert "took no bytes for 0.02 s: the modem hangs" in listener.expect(PortLost).reason
    listener.expect(PortOpened)


def test_discarded_output_never_reaches_the_modem(
    make_port: Callable[..., ModemPort], cable: Cable, listener: Listener
) -> None:
    """What has passed into the modem's own 4 KiB stays there; the rest of the queue is gone."""
    port = make_port()
    listener.expect(PortOpened)
    assert cable.take(1) == b"\r"
    assert port.write(b"x" * 12_000)
    port.discard_output()
    assert port.write(b"END")
    came = b""
    while not came.endswith(b"END"):
        came += cable.take(1)
    assert len(came) <= 4096 + 3


def test_reopening_on_request(make_port: Callable[..., ModemPort], cable: Cable, listener: Listener) -> None:
    """At once, however long the back-off."""
    port = make_port(backoff=Backoff(1000.0, 1000.0))
    listener.expect(PortOpened)
    assert cable.take(1) == b"\r"
    for _ in range(2):
        port.reopen()
        assert "closed to be opened anew" in listener.expect(PortLost).reason
        listener.expect(PortOpened)
        assert cable.take(1) == b"\r"


def test_reopening_ends_a_wait(make_port: Callable[..., ModemPort], cable: Cable, listener: Listener) -> None:
    cable.pull_out()
    port = make_port(backoff=Backoff(1000.0, 1000.0))
    listener.expect(PortLost)
    cable.plug_in()
    port.reopen()
    listener.expect(PortOpened)


def test_the_waits_start_anew_once_the_modem_speaks(
    make_port: Callable[..., ModemPort], cable: Cable, listener: Listener
) -> None:
    backoff = Backoff(0.5, 1000.0)
    for _ in range(9):
        backoff.next_s()
    make_port(backoff=backoff)
    listener.expect(PortOpened)
    cable.take(1)
    cable.send(b"OK")
    listener.expect(BytesRead)
    assert backoff.next_s() == 0.5


def test_a_port_without_dtr_says_so(make_port: Callable[..., ModemPort], cable: Cable, listener: Listener) -> None:
    port = make_port()
    listener.expect(PortOpened)
    port.drop_dtr(0.6)
    assert listener.expect(DtrDropped).done is False
    cable.take(1)
    assert port.write(b"AT\r")
    assert cable.take(3) == b"AT\r"


def test_dtr_of_a_closed_port(make_port: Callable[..., ModemPort], cable: Cable, listener: Listener) -> None:
    cable.pull_out()
    port = make_port(backoff=Backoff(1000.0, 1000.0))
    listener.expect(PortLost)
    port.drop_dtr(0.6)
    assert listener.expect(DtrDropped).done is False


HOLDER = """
import fcntl, sys
port = open(sys.argv[1], "rb", 0)
fcntl.flock(port, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


def test_a_port_in_use_names_the_program_and_waits_for_it(
    make_port: Callable[..., ModemPort], cable: Cable, listener: Listener
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(cable.link)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        make_port()
        reason = listener.expect(PortLost).reason
        assert f"is in use by process {other.pid} (python" in reason
        assert "\n" not in reason
        assert other.stdin is not None
        other.stdin.close()
        other.wait(PATIENCE_S)
    listener.expect(PortOpened)


def test_we_hold_the_port_against_others(make_port: Callable[..., ModemPort], cable: Cable, listener: Listener) -> None:
    make_port()
    listener.expect(PortOpened)
    second = Listener()
    other = ModemPort(
        str(cable.link), post=second.events.put, backoff=Backoff(0.005, 0.02), lock_folder=cable.link.parent / "none"
    )
    with other:
        assert "is in use by" in second.expect(PortLost).reason


def test_the_uucp_lock_lasts_as_long_as_the_port_is_open(
    make_port: Callable[..., ModemPort], cable: Cable, listener: Listener, tmp_path: Path
) -> None:
    port = make_port()
    listener.expect(PortOpened)
    (lock,) = tmp_path.glob("LCK..*")
    assert lock.name == "LCK.." + os.path.realpath(cable.link).removeprefix("/dev/").replace("/", "_")
    assert lock.read_text() == f"{os.getpid():>10}\n"
    port.close()
    assert not list(tmp_path.glob("L*K..*"))


def test_a_lock_of_another_program_keeps_us_away(
    make_port: Callable[..., ModemPort], cable: Cable, listener: Listener, tmp_path: Path
) -> None:
    name = "LCK.." + os.path.realpath(cable.link).removeprefix("/dev/").replace("/", "_")
    with subprocess.Popen(["sleep", "600"]) as other:
        (tmp_path / name).write_text(f"{other.pid:>10}\n")
        make_port()
        assert f"is in use by process {other.pid} (sleep): stop that program" in listener.expect(PortLost).reason
        assert cable.master is not None
        other.kill()
    listener.expect(PortOpened)


def test_a_listener_that_fails_does_not_cost_the_port(
    make_port: Callable[..., ModemPort], cable: Cable, listener: Listener, caplog: pytest.LogCaptureFixture
) -> None:
    def post(event: PortEvent) -> None:
        listener.events.put(event)
        if isinstance(event, BytesRead) and event.data == b"bad":
            raise ValueError("of the listener's own")

    make_port(post=post)
    listener.expect(PortOpened)
    cable.take(1)
    cable.send(b"bad")
    assert listener.bytes_read(3) == b"bad"
    cable.send(b"good")
    assert listener.bytes_read(4) == b"good"
    assert "nobody took BytesRead" in caplog.text


def test_closing_from_within_an_event(make_port: Callable[..., ModemPort], cable: Cable, listener: Listener) -> None:
    ports: list[ModemPort] = []

    def post(event: PortEvent) -> None:
        if isinstance(event, BytesRead):
            ports[0].close()
        listener.events.put(event)

    ports.append(make_port(post=post))
    listener.expect(PortOpened)
    cable.send(b"x")
    listener.expect(BytesRead)
    ports[0].close()
    assert not ports[0].write(b"AT\r")


def test_after_closing_nothing_happens(make_port: Callable[..., ModemPort], cable: Cable, listener: Listener) -> None:
    port = make_port()
    listener.expect(PortOpened)
    port.close()
    port.close()
    port.reopen()
    port.discard_output()
    assert not port.write(b"AT\r")
    assert listener.events.empty()


def test_a_port_never_started_closes(cable: Cable, listener: Listener, tmp_path: Path) -> None:
    port = ModemPort(str(cable.link), post=listener.events.put, lock_folder=tmp_path)
    assert not port.write(b"AT\r")
    port.close()
    assert listener.events.empty()
