"""The courier's loop under a clock that is moved by hand, between neighbours in memory."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest

from box.courier.courier import Courier, deliver_and_fetch, deliver_once
from box.courier.delivery import Pace
from box.courier.errors import CallerRefused, CentreAnswerWrong, CentreBusy, ContentRefused, CursorForgotten
from box.courier.fetching import fetch_feed_once
from box.courier.messages import AccountChange, EventVerdict, EventVerdicts, Feed
from box.errors import CentreAway, DiskFull, SettingsWrong
from tests.centre.loopback import SetClock, reading_event
from tests.courier.memory import MemoryAccounts, MemoryOutbox, ScriptedCentre, accept_all, box_side


def filled(count: int) -> MemoryOutbox:
    outbox = MemoryOutbox()
    for seq in range(1, count + 1):
        outbox.put(reading_event("box1", seq))
    return outbox


def raising(*errors: Exception) -> Callable[[list[str]], EventVerdicts]:
    """A centre that fails so often, then is well."""
    left = list(errors)

    def events(names: list[str]) -> EventVerdicts:
        if left:
            raise left.pop(0)
        return accept_all(names)

    return events


class Rig:
    """A courier with everything around it; ``walk`` lets simulated time pass in steps of a second."""

    def __init__(self, count: int, centre: ScriptedCentre, jitter: float = 1.0) -> None:
        self.clock = SetClock()
        self.outbox = filled(count)
        self.accounts = MemoryAccounts()
        self.centre = centre
        self.box = box_side(self.outbox, self.accounts)
        self.courier = Courier(self.box, centre, self.clock, feed_every_s=300, jitter=lambda: jitter)

    def walk(self, seconds: int) -> list[int]:
        """How many requests with events had been sent after each second."""
        sent = []
        for _ in range(seconds):
            while self.courier.tick():
                pass
            sent.append(len(self.centre.batches))
            self.clock.forward(1)
        return sent


def test_everything_is_delivered_in_order_and_once() -> None:
    rig = Rig(1234, ScriptedCentre())
    rig.walk(1)
    assert rig.outbox.states() == ["accepted"] * 1234
    assert [name for batch in rig.centre.batches for name in batch] == [one.event_id for one in rig.outbox.kept]
    assert max(map(len, rig.centre.batches)) == 100


def test_a_new_reading_leaves_at_the_next_look() -> None:
    rig = Rig(0, ScriptedCentre())
    assert rig.walk(3) == [0, 0, 0]
    rig.outbox.put(reading_event("box1", 1))
    assert rig.walk(1) == [1]


def test_a_centre_that_is_away_is_asked_less_and_less_often() -> None:
    rig = Rig(1, ScriptedCentre(raising(*[CentreAway("away")] * 5)))
    # Failures at 0, 1, 3, 7, 15; success at 31: full doubling, since the jitter here is 1.
    sent = rig.walk(33)
    assert [second for second in range(1, 33) if sent[second] > sent[second - 1]] == [1, 3, 7, 15, 31]
    assert sent[0] == 1
    assert rig.outbox.states() == ["accepted"]
    noted = [next_try_at - now for now, next_try_at, _ in rig.outbox.noted]
    assert noted == pytest.approx([1, 2, 4, 8, 16])


def test_the_centre_s_wish_is_obeyed() -> None:
    rig = Rig(1, ScriptedCentre(raising(CentreBusy("503", 60.0))), jitter=0.0)
    assert rig.walk(62) == [1] * 60 + [2] * 2


def test_a_poisoned_event_is_set_aside_and_the_rest_delivered(caplog: pytest.LogCaptureFixture) -> None:
    def events(names: list[str]) -> EventVerdicts:
        if poison in names:
            raise ContentRefused("the centre answered 400 (malformed)")
        return accept_all(names)

    rig = Rig(60, ScriptedCentre(events))
    poison = rig.outbox.kept[17].event_id
    rig.walk(1)
    assert rig.outbox.states() == ["accepted"] * 17 + ["rejected"] + ["accepted"] * 42
    assert rig.outbox.kept[17].reason == "the centre answered 400 (malformed)"
    assert f"event {poison} set aside for a person" in caplog.text


def test_a_refused_box_keeps_its_events_and_calls_a_person(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig(60, ScriptedCentre(raising(*[CallerRefused("the centre answered 403 (certificate-expired)")] * 9)))
    rig.walk(400)
    assert set(rig.outbox.states()) == {"waiting"}
    assert rig.centre.batches[0] == [one.event_id for one in rig.outbox.kept]
    assert any(record.levelno == logging.ERROR and "certificate-expired" in record.message for record in caplog.records)


def test_a_wrong_answer_settles_nothing() -> None:
    def events(names: list[str]) -> EventVerdicts:
        return EventVerdicts((*accept_all(names).results, EventVerdict("somebody-else", "accepted")))

    rig = Rig(3, ScriptedCentre(events))
    rig.walk(1)
    assert rig.outbox.states() == ["waiting"] * 3
    rig.centre.events = accept_all
    rig.walk(3)
    assert rig.outbox.states() == ["accepted"] * 3


def test_rejected_events_go_to_a_person() -> None:
    def events(names: list[str]) -> EventVerdicts:
        return EventVerdicts(
            tuple(EventVerdict(name, "rejected" if n == 1 else "duplicate", "why") for n, name in enumerate(names))
        )

    rig = Rig(3, ScriptedCentre(events))
    rig.walk(1)
    assert rig.outbox.states() == ["duplicate", "rejected", "duplicate"]


# ---------------------------------------------------------------- the feed


def paged(total: int, page: int) -> Callable[[str, int], Feed]:
    """A feed of ``total`` tombstones whose cursors are numbers."""

    def feed(after: str, limit: int) -> Feed:
        start = int(after or 0)
        end = min(start + min(page, limit), total)
        changes = tuple(AccountChange(f"{number:010}") for number in range(start, end))
        return Feed(changes, str(end), end < total)

    return feed


def test_the_feed_is_taken_page_by_page() -> None:
    accounts, centre = MemoryAccounts(), ScriptedCentre(feed=paged(450, 200))
    assert fetch_feed_once(box_side(accounts=accounts), centre) == 450
    assert (accounts.pages, accounts.place, centre.asked) == ([200, 200, 50], "450", ["", "200", "400"])
    assert fetch_feed_once(box_side(accounts=accounts), centre) == 0
    assert accounts.pages == [200, 200, 50]


def test_the_feed_goes_on_where_it_broke_off() -> None:
    whole = paged(450, 200)

    def broken(after: str, limit: int) -> Feed:
        if after == "400":
            raise CentreAway("broke")
        return whole(after, limit)

    accounts = MemoryAccounts()
    with pytest.raises(CentreAway):
        fetch_feed_once(box_side(accounts=accounts), ScriptedCentre(feed=broken))
    assert accounts.place == "400"
    assert fetch_feed_once(box_side(accounts=accounts), ScriptedCentre(feed=whole)) == 50


def test_a_forgotten_place_means_from_the_start() -> None:
    whole = paged(10, 5)

    def forgetful(after: str, limit: int) -> Feed:
        if after == "777":
            raise CursorForgotten("410")
        return whole(after, limit)

    accounts = MemoryAccounts(place="777")
    centre = ScriptedCentre(feed=forgetful)
    assert fetch_feed_once(box_side(accounts=accounts), centre) == 10
    assert centre.asked == ["777", "", "5"]

    def always(after: str, limit: int) -> Feed:
        raise CursorForgotten("410")

    with pytest.raises(CursorForgotten):
        fetch_feed_once(box_side(accounts=MemoryAccounts(place="777")), ScriptedCentre(feed=always))


@pytest.mark.parametrize("changes", [(), (AccountChange("1"),)])
def test_a_feed_that_does_not_move_on_is_not_followed_for_ever(changes: tuple[AccountChange, ...]) -> None:
    with pytest.raises(CentreAnswerWrong):
        fetch_feed_once(
            box_side(accounts=MemoryAccounts(place="5")),
            ScriptedCentre(feed=lambda after, limit: Feed(changes, "5", True)),
        )


def test_a_stop_between_pages_is_heeded() -> None:
    accounts = MemoryAccounts()
    fetch_feed_once(
        box_side(accounts=accounts), ScriptedCentre(feed=paged(450, 100)), stopping=lambda: len(accounts.pages) == 2
    )
    assert accounts.pages == [100, 100]


def test_the_feed_has_its_own_pace() -> None:
    def away(after: str, limit: int) -> Feed:
        raise CentreAway("away")

    rig = Rig(0, ScriptedCentre(feed=away))
    rig.walk(16)
    assert len(rig.centre.asked) == 5  # at 0, 1, 3, 7, 15
    rig.centre.feed = paged(3, 10)
    rig.walk(16 + 299)
    assert rig.accounts.pages == [3]
    assert len(rig.centre.asked) == 6
    rig.walk(300)
    assert len(rig.centre.asked) == 7
    assert rig.outbox.noted == []


# ---------------------------------------------------------------- what a loop must survive


def test_trouble_on_the_box_is_waited_out(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig(2, ScriptedCentre())
    whole = rig.outbox.settle

    def full(verdicts: object, now_unix_s: float) -> None:
        raise DiskFull("no room to write: free some space")

    rig.outbox.settle = full  # type: ignore[method-assign]
    rig.walk(10)
    assert (len(rig.centre.batches), rig.outbox.states()) == (1, ["waiting", "waiting"])
    assert "cannot work (disk-full)" in caplog.text
    rig.outbox.settle = whole  # type: ignore[method-assign]
    rig.walk(30)
    assert rig.outbox.states() == ["accepted", "accepted"]


def test_a_missing_certificate_is_waited_for(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig(1, ScriptedCentre(raising(SettingsWrong(["centre: cannot read box.pem"]))))
    rig.walk(40)
    assert rig.outbox.states() == ["accepted"]
    assert "cannot work (settings)" in caplog.text
    assert "defect" not in caplog.text


def test_a_defect_is_logged_with_its_place_and_survived(caplog: pytest.LogCaptureFixture) -> None:
    rig = Rig(1, ScriptedCentre(raising(ZeroDivisionError())))
    rig.walk(40)
    assert rig.outbox.states() == ["accepted"]
    (record,) = [record for record in caplog.records if record.exc_info]
    assert "a defect in the courier" in record.message


def test_the_loop_runs_until_it_is_stopped() -> None:
    rig = Rig(0, ScriptedCentre())
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        rig.clock.forward(seconds)
        if len(waits) == 3:
            rig.outbox.put(reading_event("box1", 1))

    rig.courier.run(lambda: len(waits) >= 6, wait, poll_s=2.0)
    assert waits == [2.0] * 6
    assert rig.outbox.states() == ["accepted"]


def test_once_says_what_is_in_the_way() -> None:
    clock = SetClock()
    outbox = filled(700)
    assert deliver_and_fetch(box_side(outbox), ScriptedCentre(), clock) == ""
    assert set(outbox.states()) == {"accepted"}
    outbox = filled(1)
    away = ScriptedCentre(raising(CentreAway("the centre cannot be reached")))
    assert deliver_and_fetch(box_side(outbox), away, clock) == "the centre cannot be reached"
    outbox.next_try_at = clock.wall().timestamp() + 50
    assert deliver_and_fetch(box_side(outbox), away, clock) == "1 events wait for their next try"


def test_logs_name_no_contents(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    outbox = filled(2)
    deliver_once(outbox, ScriptedCentre(raising(CentreAway("away"))), Pace(), SetClock())
    outbox.next_try_at = 0
    deliver_once(outbox, ScriptedCentre(), Pace(), SetClock())
    assert "delivered: 2 accepted" in caplog.text
    for secret in ("1234567890", "01578", "0042"):
        assert secret not in caplog.text
