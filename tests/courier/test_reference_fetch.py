"""Tariffs, offices and names on their way down: at their own pace, in nobody's way, told when they are stored."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from box.accounts.model import Address, ClockTrust
from box.centre.authority import Credentials, Use
from box.courier.courier import TIDY_AGAIN_S, TIDY_EVERY_S, Courier, deliver_and_fetch
from box.courier.errors import CallerRefused, CentreAnswerWrong, CentreBusy
from box.courier.https_client import CentreClient
from box.courier.messages import (
    AccountChange,
    AccountRecord,
    AddressRecord,
    Feed,
    PriceRangeRecord,
    ReferenceDocument,
    TariffRecord,
    TariffZoneRecord,
)
from box.courier.names import AT_ONCE, MOST_WAITING, NamesInBackground
from box.courier.running import run_courier, run_courier_once
from box.courier.vocabulary import FetchedReference, Name
from box.errors import CentreAway, DiskFull
from box.store.account_book import AccountBook
from box.store.connection import open_store
from box.store.reference_shelf import ReferenceShelf
from tests.centre.loopback import Fleet, SetClock, link_of, publication, reading_event
from tests.courier.bad_network import TlsServer, answer, fixed
from tests.courier.memory import MemoryKeeper, MemoryOutbox, MemoryReference, ScriptedCentre, box_side
from tests.courier.test_courier_process import settings_of

TARIFF = TariffRecord("city-1", (TariffZoneRecord("T1", "день"),), (PriceRangeRecord({"T1": 890}),), "2026-01-01")
DOCUMENT = ReferenceDocument((TARIFF,))


def published(etag: str) -> FetchedReference | None:
    """A centre whose document is marked v1."""
    return None if etag == '"v1"' else FetchedReference(DOCUMENT, '"v1"')


class Rig:
    """A courier with everything around it, under a clock that is moved by hand."""

    def __init__(self, centre: ScriptedCentre, waiting: int = 0) -> None:
        self.clock = SetClock()
        self.outbox = MemoryOutbox()
        for seq in range(1, waiting + 1):
            self.outbox.put(reading_event("box1", seq))
        self.told: list[Name] = []
        self.box = box_side(self.outbox, names_arrived=self.told.extend)
        self.centre = centre
        self.courier = Courier(self.box, centre, self.clock, feed_every_s=300, jitter=lambda: 1.0)

    @property
    def reference(self) -> MemoryReference:
        assert isinstance(self.box.reference, MemoryReference)
        return self.box.reference

    def walk(self, seconds: int) -> None:
        for _ in range(seconds):
            while self.courier.tick():
                pass
            self.clock.forward(1)


def test_it_is_taken_once_and_then_asked_about() -> None:
    rig = Rig(ScriptedCentre(reference=published))
    rig.walk(1)
    assert (rig.reference.document, rig.reference.mark, rig.told) == (DOCUMENT, '"v1"', ["день"])
    rig.walk(601)
    assert rig.centre.asked_for_reference == ["", '"v1"', '"v1"']
    assert rig.told == ["день"]


@pytest.mark.parametrize(
    "error", [CentreAway("away"), CentreAnswerWrong("no ETag"), CallerRefused("403"), CentreBusy("503", 2.0)]
)
def test_its_failures_hold_up_neither_events_nor_accounts(error: Exception) -> None:
    def failing(etag: str) -> FetchedReference | None:
        raise error

    rig = Rig(ScriptedCentre(reference=failing), waiting=3)
    rig.walk(10)
    rig.outbox.put(reading_event("box1", 4))
    rig.walk(292)
    assert rig.outbox.states() == ["accepted"] * 4
    assert len(rig.centre.asked) == 2, "the feed keeps its own pace"
    assert rig.outbox.noted == []
    assert 5 <= len(rig.centre.asked_for_reference) <= 10, "with growing patience"
    rig.centre.reference = published
    rig.walk(300)
    assert rig.reference.mark == '"v1"'


def test_a_centre_that_does_not_give_the_feed_is_not_asked_for_more() -> None:
    def away(after: str, limit: int) -> Feed:
        raise CentreAway("away")

    rig = Rig(ScriptedCentre(feed=away, reference=published))
    rig.walk(100)
    assert rig.centre.asked_for_reference == []
    rig.centre.feed = lambda after, limit: Feed((), after, False)
    rig.walk(300)
    assert rig.reference.mark == '"v1"'


def test_new_addresses_are_told_page_by_page() -> None:
    def feed(after: str, limit: int) -> Feed:
        assert rig.told == [Address("", f"улица {n}", "") for n in range(int(after or 0))], "told before the next page"
        change = AccountChange("1", AccountRecord("1", AddressRecord("", f"улица {after or 0}", "")))
        place = int(after or 0) + 1
        return Feed((change,), str(place), place < 3)

    rig = Rig(ScriptedCentre(feed=feed))
    rig.walk(1)
    assert len(rig.told) == 3


def test_once_means_all_of_it() -> None:
    told: list[Name] = []
    box = box_side(names_arrived=told.extend)
    assert deliver_and_fetch(box, ScriptedCentre(reference=published), SetClock()) == ""
    assert (box.reference.etag(), told) == ('"v1"', ["день"])
    assert isinstance(box.keeper, MemoryKeeper)
    assert len(box.keeper.calls) == 1

    def silent(names: Iterable[Name]) -> None:
        raise DiskFull("no room for sounds: free some space")

    box = replace(box_side(), names_arrived=silent)
    assert deliver_and_fetch(box, ScriptedCentre(reference=published), SetClock()).startswith("no room for sounds")
    assert box.reference.etag() == '"v1"', "stored all the same"


class HoldoverClock(SetClock):
    """A clock that may be set later."""

    trusted = ClockTrust.HOLDOVER

    def trust(self) -> ClockTrust:
        return self.trusted


def test_old_records_are_deleted_daily_as_soon_as_the_clock_is_set() -> None:
    rig = Rig(ScriptedCentre())
    clock = HoldoverClock()
    rig.courier = Courier(rig.box, rig.centre, clock, feed_every_s=1e9)
    assert isinstance(rig.box.keeper, MemoryKeeper)
    calls = rig.box.keeper.calls
    for forward_s in (0, 1, TIDY_AGAIN_S, 1):
        clock.forward(forward_s)
        rig.courier.tick()
    assert [trust for _, trust in calls] == [ClockTrust.HOLDOVER] * 2
    clock.trusted = ClockTrust.SYNCED
    for forward_s in (TIDY_AGAIN_S, TIDY_AGAIN_S, TIDY_EVERY_S - TIDY_AGAIN_S - 1, 1):
        clock.forward(forward_s)
        rig.courier.tick()
    assert [trust for _, trust in calls[2:]] == [ClockTrust.SYNCED] * 2
    assert calls[3][0] - calls[2][0] == timedelta(seconds=TIDY_EVERY_S)


# ---------------------------------------------------------------- over TLS


@pytest.fixture(scope="module")
def server_files(fleet: Fleet) -> Credentials:
    return fleet.files("centre", use=Use.SERVER, names=["127.0.0.1"])


def test_from_billing_to_the_box_and_304_from_then_on(fleet: Fleet) -> None:
    with fleet.client("billing:tariffs") as billing, fleet.client("box:tariffs") as box:
        first = billing.publish_reference(DOCUMENT)
        fetched = box.get_reference("")
        assert fetched == FetchedReference(DOCUMENT, first.version)
        assert box.get_reference(first.version) is None
        assert billing.publish_reference(DOCUMENT).changed is False
        second = billing.publish_reference(ReferenceDocument((TARIFF,), holidays=("2027-01-01",)))
        assert second.changed
        newer = box.get_reference(first.version)
        assert newer is not None
        assert (newer.etag, newer.document.holidays) == (second.version, ("2027-01-01",))


@pytest.mark.parametrize(
    ("reply", "wanted"),
    [
        (answer("404 Not Found", b"{}"), None),
        (answer("304 Not Modified", b"", 'ETag: "v1"'), None),
        (answer("200 OK", b"{}"), CentreAnswerWrong),
        (answer("200 OK", b"{}", 'ETag: W/"v2"'), CentreAnswerWrong),
        (answer("200 OK", b"{}", f'ETag: "{"x" * 300}"'), CentreAnswerWrong),
        (answer("200 OK", b'{"tariffs": 5}', 'ETag: "v2"'), CentreAnswerWrong),
        (answer("200 OK", b"{}", 'ETag: "v2"'), FetchedReference(ReferenceDocument(), '"v2"')),
        (answer("503 Service Unavailable", b"{}"), CentreBusy),
        (answer("403 Forbidden", b"{}"), CallerRefused),
    ],
)
def test_what_a_centre_may_answer(fleet: Fleet, server_files: Credentials, reply: bytes, wanted: object) -> None:
    seen: list[bytes] = []
    with (
        TlsServer(server_files, fixed(reply, seen=seen)) as server,
        CentreClient(link_of(server.url, fleet.files("box:asks"))) as client,
    ):
        if isinstance(wanted, type):
            with pytest.raises(wanted):
                client.get_reference('"v1"')
        else:
            assert client.get_reference('"v1"') == wanted
    assert b'if-none-match: "v1"' in seen[0].lower()


def test_304_to_whom_asked_for_any_is_no_answer(fleet: Fleet, server_files: Credentials) -> None:
    with (
        TlsServer(server_files, fixed(answer("304 Not Modified", b""))) as server,
        CentreClient(link_of(server.url, fleet.files("box:asks-any"))) as client,
        pytest.raises(CentreAnswerWrong),
    ):
        client.get_reference("")


def test_the_courier_process_stores_it_and_hands_names_over(fleet: Fleet, tmp_path: Path) -> None:
    fleet.talker("billing:names").post(
        "/v1/accounts", {"accounts": [publication("5000000001", ("names",), "ул. Первая")]}
    )
    with fleet.client("billing:names") as billing:
        version = billing.publish_reference(DOCUMENT).version
    settings = settings_of(fleet, "names", tmp_path)
    told: list[Name] = []
    assert run_courier_once(settings, names_arrived=told.extend) == ""
    assert set(told) == {Address("Москва", "ул. Первая", "1"), "день"}
    with open_store(settings.database) as store:
        assert ReferenceShelf(store).book().version == version
        assert AccountBook(store).count() >= 1
    # A courier that starts later goes through everything once more: the one before may have been cut off.
    again: list[Name] = []
    stop = threading.Event()

    def speakable(names: Iterable[Name]) -> None:
        again.extend(names)
        if len(again) >= 2:
            stop.set()

    run_courier(settings, stop, names_arrived=speakable)
    assert again[0] == "день"
    assert Address("Москва", "ул. Первая", "1") in again


# ---------------------------------------------------------------- names in the background


class Hall:
    """Names made speakable on the background thread; ``arrive`` waits, without a clock, for so many."""

    def __init__(self) -> None:
        self.said: list[Name] = []
        self._changed = threading.Condition()
        self.fails: Callable[[Name], Exception | None] = lambda name: None

    def speakable(self, names: Iterable[Name]) -> None:
        for name in names:
            if error := self.fails(name):
                raise error
            with self._changed:
                self.said.append(name)
                self._changed.notify()

    def arrive(self, count: int) -> list[Name]:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.said) >= count, timeout=60)
            return list(self.said)


def nothing() -> Generator[Name, None, None]:
    yield from ()


def test_everything_first_then_what_arrives_in_order() -> None:
    hall = Hall()

    def everything() -> Generator[Name, None, None]:
        yield from (f"old {n}" for n in range(AT_ONCE + 5))

    with NamesInBackground(hall.speakable, everything) as names:
        names.arrived(["new 1", "new 2"])
        names.arrived(iter(["new 3"]))
        said = hall.arrive(AT_ONCE + 8)
    assert said == [*(f"old {n}" for n in range(AT_ONCE + 5)), "new 1", "new 2", "new 3"]


def test_what_fails_costs_its_batch_and_no_more(caplog: pytest.LogCaptureFixture) -> None:
    hall = Hall()
    hall.fails = lambda name: {"bad": DiskFull("no room"), "worse": ZeroDivisionError()}.get(str(name))
    with NamesInBackground(hall.speakable, nothing) as names:
        for name in ("bad", "worse", "good"):
            names.arrived([name] * AT_ONCE)
        hall.arrive(AT_ONCE)
    assert set(hall.said) == {"good"}
    assert "names are not ready to be said (disk-full): no room" in caplog.text
    assert "a defect while names were made ready" in caplog.text


def test_more_than_may_wait_is_gone_through_again() -> None:
    hall, gate = Hall(), threading.Event()
    rounds = iter([["first round"], ["second round"]])

    def everything() -> Iterator[Name]:
        yield from next(rounds)
        gate.wait(60)

    with NamesInBackground(hall.speakable, everything) as names:  # type: ignore[arg-type]
        names.arrived(str(n) for n in range(MOST_WAITING + 1))
        gate.set()
        assert hall.arrive(2) == ["first round", "second round"]


def test_after_a_quiet_while_there_is_another_chance() -> None:
    nudged = threading.Event()

    def speakable(names: Iterable[Name]) -> None:
        if list(names) == []:
            nudged.set()

    with NamesInBackground(speakable, nothing, nudge_s=0.001):
        assert nudged.wait(60)


def test_a_stop_waits_for_one_name_only() -> None:
    entered, gate = threading.Event(), threading.Event()
    said: list[Name] = []

    def slow(names: Iterable[Name]) -> None:
        for name in names:
            said.append(name)
            entered.set()
            gate.wait(60)

    names = NamesInBackground(slow, nothing)
    names.arrived(str(n) for n in range(1000))
    entered.wait(60)
    stopping = threading.Thread(target=names.stop)
    stopping.start()
    while not names._stopping:
        pass
    gate.set()
    stopping.join()
    assert said == ["0"]


def test_a_database_that_cannot_be_read_is_one_line(caplog: pytest.LogCaptureFixture) -> None:
    def everything() -> Generator[Name, None, None]:
        raise DiskFull("no room")
        yield ""

    hall = Hall()
    with NamesInBackground(hall.speakable, everything) as names:
        names.arrived(["new"])
        hall.arrive(1)
    assert "the names that the box knows cannot be read (disk-full): no room" in caplog.text
