"""The accounts feed against a model: boxes that follow it, each at its own pace, end with what billing published."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from box.centre.database import Database, open_database
from box.centre.publications import feed_page, publish
from box.courier.messages import AccountRecord, Publication
from tests.centre.loopback import fresh_target, publication

BOXES = ("box1", "box2", "box3")
NUMBERS = tuple(f"90000000{n:02}" for n in range(8))


def published(number: str, boxes: tuple[str, ...] = (), street: str = "ул. Ленина") -> Publication:
    return msgspec.convert(publication(number, boxes, street), Publication)


def follow(database: Database, box: str, here: dict[str, AccountRecord], cursor: str, limit: int) -> str:
    """What a box does with the feed until it has no more; the new cursor."""
    while True:
        page = feed_page(database, box, cursor, limit)
        assert len(page.changes) <= limit
        for change in page.changes:
            if change.account is None:
                here.pop(change.number, None)
            else:
                here[change.number] = change.account
        if not page.more:
            return page.cursor
        assert page.cursor != cursor
        cursor = page.cursor


class Feed(RuleBasedStateMachine):
    """Billing publishes, widens, narrows and takes back; boxes follow now and then; one page may be lost."""

    @initialize()
    def start(self) -> None:
        self.folder = TemporaryDirectory()
        self.database = open_database(fresh_target(Path(self.folder.name)))
        self.truth: dict[str, Publication] = {}
        self.here: dict[str, dict[str, AccountRecord]] = {box: {} for box in BOXES}
        self.cursors = dict.fromkeys(BOXES, "")

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()

    @rule(
        wanted=st.dictionaries(
            st.sampled_from(NUMBERS),
            st.one_of(
                st.none(),
                st.tuples(st.lists(st.sampled_from(BOXES), max_size=2, unique=True).map(tuple), st.sampled_from("АБВ")),
            ),
            min_size=1,
        )
    )
    def publish(self, wanted: dict[str, tuple[tuple[str, ...], str] | None]) -> None:
        messages = [
            Publication(number) if how is None else published(number, how[0], how[1]) for number, how in wanted.items()
        ]
        with self.database.writing() as connection:
            done = publish(connection, messages)
            again = publish(connection, messages)
        assert done.changed + done.unchanged == len(wanted)
        assert (again.changed, again.unchanged) == (0, len(wanted))
        self.truth.update({message.number: message for message in messages})

    @rule(box=st.sampled_from(BOXES), limit=st.integers(1, 5))
    def take_one_page_and_lose_it(self, box: str, limit: int) -> None:
        feed_page(self.database, box, self.cursors[box], limit)

    @rule(box=st.sampled_from(BOXES), limit=st.integers(1, 5))
    def follow(self, box: str, limit: int) -> None:
        self.cursors[box] = follow(self.database, box, self.here[box], self.cursors[box], limit)
        assert self.here[box] == self.wanted_at(box)

    def wanted_at(self, box: str) -> dict[str, AccountRecord]:
        return {
            number: message.account
            for number, message in self.truth.items()
            if message.account is not None and (not message.boxes or box in message.boxes)
        }

    @invariant()
    def a_new_box_gets_everything_at_once(self) -> None:
        if hasattr(self, "database"):
            here: dict[str, AccountRecord] = {}
            follow(self.database, "box3", here, "", 3)
            assert here == self.wanted_at("box3")


TestFeed = Feed.TestCase
TestFeed.settings = settings(
    max_examples=30, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
)


def test_a_box_never_hears_of_accounts_that_are_not_its_own(database: Database) -> None:
    with database.writing() as connection:
        publish(connection, [published("1", ("box1",)), published("2", ("box2",)), published("3")])
    assert [change.number for change in feed_page(database, "box1", "", 10).changes] == ["1", "3"]
    assert [change.number for change in feed_page(database, "box3", "", 10).changes] == ["3"]


def test_what_was_published_twice_as_it_was_costs_the_boxes_nothing(database: Database) -> None:
    with database.writing() as connection:
        publish(connection, [published(number) for number in NUMBERS])
    cursor = feed_page(database, "box1", "", 100).cursor
    with database.writing() as connection:
        publish(connection, [published(number) for number in NUMBERS])
        publish(connection, [Publication("777")])  # nobody ever heard of it
    page = feed_page(database, "box1", cursor, 100)
    assert (page.changes, page.cursor, page.more) == ((), cursor, False)


def test_of_two_publications_of_one_account_the_later_counts(database: Database) -> None:
    with database.writing() as connection:
        publish(connection, [published("1", street="А"), published("1", street="Б")])
    (change,) = feed_page(database, "box1", "", 10).changes
    assert change.account is not None
    assert change.account.address.street == "Б"
