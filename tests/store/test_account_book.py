"""The box's copy of the accounts: the feed applied, phones from two sides, and what a call finds."""

from __future__ import annotations

import json
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.accounts.model import (
    Account,
    AccountNumber,
    Address,
    Balance,
    DebtParts,
    KilowattHours,
    Kopecks,
    Meter,
    PayLink,
    PayLinkState,
    PhoneNumber,
    RefusedReading,
    Register,
)
from box.courier.messages import AccountChange, EventVerdict, MeterRecord, RegisterRecord
from box.errors import StoreBroken, StoreMisused
from box.store.account_book import MOST_OF_A_PHONE, NAMES_AT_ONCE, AccountBook
from box.store.account_facts import pack, unpack
from box.store.connection import Store
from box.store.ledger import Ledger
from box.store.outbox import Outbox
from tests.store.making import (
    ACCOUNT,
    METER,
    NOW,
    PHONE,
    change,
    forget_phone,
    open_call,
    outbox_rows,
    record,
    save,
    save_phone,
    tombstone,
)

OTHER = "9876543210"
SECOND_PHONE = "74995550102"


@pytest.fixture
def book(store: Store) -> AccountBook:
    return AccountBook(store)


def phones(book: AccountBook, number: str = ACCOUNT) -> list[str]:
    account = book.find(AccountNumber(number))
    assert account is not None
    return [phone.digits for phone in account.phones]


def accounts_of(book: AccountBook, phone: str) -> list[str]:
    return [account.number.digits for account in book.of_phone(PhoneNumber(phone))]


class TestFeed:
    def test_from_nothing(self, book: AccountBook) -> None:
        assert book.cursor() == ""
        assert book.find(AccountNumber(ACCOUNT)) is None
        book.apply_feed([change(phones=[PHONE]), change(OTHER, phones=[PHONE, SECOND_PHONE])], "page-1")
        assert book.cursor() == "page-1"
        assert book.count() == 2
        assert accounts_of(book, PHONE) == [ACCOUNT, OTHER]
        assert accounts_of(book, SECOND_PHONE) == [OTHER]
        account = book.find(AccountNumber(ACCOUNT))
        assert account == Account(
            number=AccountNumber(ACCOUNT),
            address=Address("Москва", "ул. Образцовая", "5", "", "12"),
            meters=(Meter(METER, 5, (Register("T1", "", "01500", date(2026, 10, 20)),)),),
            phones=(PhoneNumber(PHONE),),
        )

    def test_the_last_word_counts_even_inside_one_page(self, book: AccountBook) -> None:
        book.apply_feed([change(house="1"), tombstone(), change(house="2"), change(OTHER), tombstone(OTHER)], "c")
        account = book.find(AccountNumber(ACCOUNT))
        assert account is not None
        assert account.address.house == "2"
        assert book.find(AccountNumber(OTHER)) is None

    def test_a_tombstone_takes_the_phones_and_leaves_the_readings(
        self, store: Store, ledger: Ledger, book: AccountBook
    ) -> None:
        book.apply_feed([change(phones=[PHONE])], "1")
        save(ledger, "e1")
        save_phone(ledger, "e2", phone=SECOND_PHONE)
        book.apply_feed([tombstone()], "2")
        assert accounts_of(book, PHONE) == accounts_of(book, SECOND_PHONE) == []
        assert [row[3] for row in outbox_rows(store)] == ["waiting", "waiting"]
        assert len(ledger.readings_of("call-1")) == 1

    def test_a_page_that_cannot_be_written_changes_nothing(self, store: Store, book: AccountBook) -> None:
        book.apply_feed([change()], "1")
        with store.writing() as db:
            db.execute("CREATE TRIGGER t BEFORE UPDATE ON feed BEGIN SELECT RAISE(ABORT, 'no'); END")
        with pytest.raises(StoreBroken):
            book.apply_feed([tombstone(), change(OTHER)], "2")
        assert (book.count(), book.cursor()) == (1, "1")

    def test_the_same_again_writes_no_account(self, store: Store, book: AccountBook) -> None:
        page = [change(f"{n:010d}", phones=[PHONE]) for n in range(50)]
        book.apply_feed(page, "1")
        before = store.db.conn.total_changes
        book.apply_feed(page, "2")
        assert store.db.conn.total_changes - before == 1  # the cursor

    def test_a_wrong_record_is_passed_over_and_logged_without_personal_data(
        self, book: AccountBook, caplog: pytest.LogCaptureFixture
    ) -> None:
        book.apply_feed([change(house="1")], "1")
        wrong = [
            AccountChange(ACCOUNT, record(house="2", last="123456")),
            AccountChange(ACCOUNT, record(OTHER)),
            change(OTHER, phones=["12345"]),
        ]
        book.apply_feed([*wrong, change("0000000001")], "2")
        account = book.find(AccountNumber(ACCOUNT))
        assert account is not None
        assert account.address.house == "1"
        assert (book.count(), book.cursor()) == (2, "2")
        assert len(caplog.records) == 3
        assert "last is not up to 5 digits; correct it in billing and publish the account again" in caplog.text
        for personal in (ACCOUNT, OTHER, "12345", "Образцовая"):
            assert personal not in caplog.text

    def test_a_document_that_is_not_ours_is_one_line(self, store: Store, book: AccountBook) -> None:
        book.apply_feed([change(phones=[PHONE])], "1")
        with store.writing() as db:
            db.execute("UPDATE account SET facts = ?", [b'{"an": "object"}'])
        for look in (lambda: book.find(AccountNumber(ACCOUNT)), lambda: book.of_phone(PhoneNumber(PHONE))):
            with pytest.raises(StoreBroken, match="load the accounts anew"):
                look()


class TestPhonesFromTwoSides:
    """caller-service.md §10: the centre wins, as soon as it can know."""

    @pytest.fixture
    def saved(self, ledger: Ledger, book: AccountBook) -> AccountBook:
        book.apply_feed([change(phones=[PHONE])], "1")
        save_phone(ledger, "e1", phone=SECOND_PHONE)
        return book

    def test_a_phone_that_waits_for_the_centre_survives_its_feed(self, saved: AccountBook) -> None:
        saved.apply_feed([change(house="6")], "2")
        assert phones(saved) == [SECOND_PHONE]

    @pytest.mark.parametrize("verdict", ["accepted", "duplicate", "rejected"])
    def test_once_the_centre_has_it_its_next_word_decides(self, store: Store, saved: AccountBook, verdict: str) -> None:
        Outbox(store).settle([EventVerdict("e1", verdict)], 1.0)  # type: ignore[arg-type]
        assert phones(saved) == [PHONE, SECOND_PHONE]
        saved.apply_feed([change(phones=[PHONE])], "2")
        assert phones(saved) == [PHONE]

    def test_the_centre_may_name_it_before_the_acknowledgement_arrives(self, store: Store, saved: AccountBook) -> None:
        saved.apply_feed([change(phones=[PHONE, SECOND_PHONE])], "2")
        saved.apply_feed([change(phones=[PHONE])], "3")
        assert phones(saved) == [PHONE]

    def test_saving_what_the_centre_knows_leaves_it_the_centres(self, ledger: Ledger, saved: AccountBook) -> None:
        save_phone(ledger, "e2", phone=PHONE)
        saved.apply_feed([change()], "2")
        assert phones(saved) == [SECOND_PHONE]

    def test_a_phone_of_another_account_is_not_touched(self, saved: AccountBook) -> None:
        saved.apply_feed([change(OTHER, phones=[SECOND_PHONE])], "2")
        saved.apply_feed([tombstone()], "3")
        assert accounts_of(saved, SECOND_PHONE) == [OTHER]


class TestPhonesTakenBack:
    """The mirror of it: what a caller took back does not come in again before the centre can know."""

    @pytest.fixture
    def forgotten(self, ledger: Ledger, book: AccountBook) -> AccountBook:
        book.apply_feed([change(phones=[PHONE, SECOND_PHONE]), change(OTHER, phones=[PHONE])], "1")
        forget_phone(ledger, "e1")
        return book

    def test_is_forgotten_for_every_account_at_once(self, store: Store, forgotten: AccountBook) -> None:
        assert (phones(forgotten), phones(forgotten, OTHER)) == ([SECOND_PHONE], [])
        assert accounts_of(forgotten, PHONE) == []
        (row,) = Outbox(store).due(0.0)
        body = json.loads(row.body)["body"]
        assert (row.kind, body["phone"], body["accounts"]) == ("phone_forgotten", PHONE, [ACCOUNT, OTHER])

    def test_does_not_come_back_with_the_feed(self, forgotten: AccountBook) -> None:
        forgotten.apply_feed([change(phones=[PHONE], house="6"), tombstone(OTHER)], "2")
        forgotten.apply_feed([change(OTHER, phones=[PHONE, SECOND_PHONE])], "3")
        assert (phones(forgotten), phones(forgotten, OTHER)) == ([], [SECOND_PHONE])

    @pytest.mark.parametrize("verdict", ["accepted", "duplicate", "rejected"])
    def test_once_the_centre_has_it_its_next_word_decides(
        self, store: Store, forgotten: AccountBook, verdict: str
    ) -> None:
        Outbox(store).settle([EventVerdict("e1", verdict)], 1.0)  # type: ignore[arg-type]
        assert phones(forgotten) == [SECOND_PHONE]
        forgotten.apply_feed([change(phones=[PHONE])], "2")
        assert phones(forgotten) == [PHONE]

    def test_whoever_saves_it_again_means_it(self, ledger: Ledger, forgotten: AccountBook) -> None:
        save_phone(ledger, "e2")
        assert phones(forgotten) == [PHONE, SECOND_PHONE]
        forgotten.apply_feed([change(phones=[PHONE]), change(OTHER, phones=[PHONE])], "2")
        assert (phones(forgotten), phones(forgotten, OTHER)) == ([PHONE], [])

    def test_a_wish_that_was_set_aside_and_sent_again_does_not_undo_a_later_one(
        self, store: Store, ledger: Ledger, forgotten: AccountBook
    ) -> None:
        outbox = Outbox(store)
        outbox.settle([EventVerdict("e1", "rejected")], 1.0)
        save_phone(ledger, "e2")
        outbox.settle([EventVerdict("e2", "accepted")], 2.0)
        assert outbox.requeue("e1")
        forgotten.apply_feed([change(phones=[PHONE])], "2")
        assert phones(forgotten) == [PHONE]

    def test_a_phone_saved_here_and_taken_back_before_the_centre_knew(
        self, store: Store, ledger: Ledger, book: AccountBook
    ) -> None:
        book.apply_feed([change()], "1")
        save_phone(ledger, "e1")
        forget_phone(ledger, "e2")
        assert phones(book) == []
        assert [row[2] for row in outbox_rows(store)] == ["phone_saved", "phone_forgotten"]
        Outbox(store).settle([EventVerdict("e1", "accepted")], 1.0)
        book.apply_feed([change(phones=[PHONE])], "2")
        assert phones(book) == [], "the centre has heard the first of the two"

    def test_a_phone_that_nobody_knows_is_taken_back_all_the_same(self, store: Store, ledger: Ledger) -> None:
        assert forget_phone(ledger, "e1") == forget_phone(ledger, "e1") == 1
        assert json.loads(Outbox(store).due(0.0)[0].body)["body"]["accounts"] == []

    def test_a_repeat_tells_of_the_same_accounts(self, store: Store, ledger: Ledger, forgotten: AccountBook) -> None:
        body = Outbox(store).due(0.0)[0].body
        assert forget_phone(ledger, "e1") == 1
        assert [row.body for row in Outbox(store).due(0.0)] == [body]
        with pytest.raises(StoreMisused):
            forget_phone(ledger, "e1", phone=SECOND_PHONE)
        assert phones(forgotten) == [SECOND_PHONE]


class TestNames:
    """What calls may have to say of accounts, told when it is new."""

    def test_only_what_is_new(self, book: AccountBook) -> None:
        assert book.apply_feed([change(house="1"), change(OTHER, house="1")], "1") == (home("1"),)
        assert book.apply_feed([change(house="1", phones=[PHONE]), tombstone(OTHER)], "2") == ()
        assert book.apply_feed([change(house="2")], "3") == (home("2"),)

    def test_all_of_them_in_pieces(self, book: AccountBook) -> None:
        book.apply_feed([change(f"{n:010d}", house=str(n)) for n in range(NAMES_AT_ONCE + 3)], "1")
        names = book.names()
        assert next(names) == home("0")
        book.apply_feed([change(OTHER, house="9999")], "2")  # nobody is kept waiting by the reader
        assert [*names] == [home(str(n)) for n in [*range(1, NAMES_AT_ONCE + 3), 9999]]

    def test_names_of_zones(self, book: AccountBook) -> None:
        two_rates = msgspec.structs.replace(
            record(), meters=(MeterRecord(METER, 5, (RegisterRecord("T1", "день"), RegisterRecord("T2", "ночь"))),)
        )
        assert book.apply_feed([AccountChange(ACCOUNT, two_rates)], "1") == (home("5"), "день", "ночь")


def home(house: str) -> Address:
    return Address("Москва", "ул. Образцовая", house, "", "12")


class TestLookUps:
    def test_a_phone_of_very_many_accounts(self, book: AccountBook) -> None:
        book.apply_feed([change(f"{n:010d}", phones=[PHONE]) for n in range(MOST_OF_A_PHONE + 10)], "1")
        assert accounts_of(book, PHONE) == [f"{n:010d}" for n in range(MOST_OF_A_PHONE)]

    def test_leading_zeros_are_part_of_a_number(self, book: AccountBook) -> None:
        book.apply_feed([change("0012345678")], "1")
        assert book.find(AccountNumber("12345678")) is None
        assert book.find(AccountNumber("0012345678")) is not None

    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT facts FROM account WHERE number = '1'",
            "SELECT facts FROM phone JOIN account ON account.number = phone.account WHERE phone = '1' ORDER BY account",
            "SELECT phone FROM phone WHERE account = '1'",
            "SELECT seq FROM reading JOIN outbox USING (seq) WHERE account = '1' AND call_started_at >= ''",
            "SELECT seq FROM outbox WHERE state = 'waiting' ORDER BY seq LIMIT 100",
            "SELECT phone FROM forgotten_phone JOIN outbox ON outbox.seq = forgotten_seq WHERE account = '1'",
            "SELECT at FROM guess WHERE caller = '1' AND refused = 0",
            "SELECT at FROM guess WHERE caller = '' AND line = '1' AND refused = 0",
            "SELECT count(*) FROM guess WHERE call_id = '1'",
            "DELETE FROM outbox WHERE seq = 1",
            "DELETE FROM call WHERE summary_seq = 1",
        ],
    )
    def test_nothing_that_a_call_or_the_courier_does_reads_a_whole_table(self, store: Store, sql: str) -> None:
        plan = [row[3] for row in store.db.execute(f"EXPLAIN QUERY PLAN {sql}")]
        assert plan
        assert [line for line in plan if line.startswith("SCAN") and "INDEX" not in line] == []

    def test_readings_in_the_order_of_confirmation_without_refused_ones(
        self, store: Store, ledger: Ledger, book: AccountBook
    ) -> None:
        open_call(ledger, "earlier", started_at=NOW - timedelta(days=1))
        save(ledger, "e1", digits="00001")
        save(ledger, "e2", digits="00002", call="earlier")
        save(ledger, "e3", digits="00003")
        save(ledger, "e4", account=OTHER)
        Outbox(store).settle([EventVerdict("e3", "rejected"), EventVerdict("e1", "accepted")], 1.0)
        number = AccountNumber(ACCOUNT)
        found = book.readings_since(number, NOW - timedelta(days=1))
        assert [(each.reading.event_id, each.given_at) for each in found] == [
            ("e1", NOW),
            ("e2", NOW - timedelta(days=1)),
        ]
        assert found[0].reading.zones == (("T1", "00001"),)
        assert [each.reading.event_id for each in book.readings_since(number, NOW)] == ["e1"]
        assert book.readings_since(number, NOW + timedelta(milliseconds=1)) == ()


texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12)
digits = st.text("0123456789", min_size=1, max_size=8)
days = st.none() | st.dates()
registers = st.builds(Register, texts, texts, digits | st.just(""), days, st.booleans(), digits | st.just(""))
meters = st.builds(
    Meter,
    texts,
    st.integers(4, 8),
    st.lists(registers, max_size=3).map(tuple),
    st.integers(0, 4),
    st.integers(0, 10**6).map(KilowattHours),
    st.integers(1, 100),
    st.integers(1, 31),
    st.integers(1, 31),
    days,
    st.booleans(),
)
kopecks = st.integers(-(10**13), 10**13).map(Kopecks)
refusals = st.builds(
    RefusedReading, texts, texts, st.dates(), st.lists(st.tuples(texts, digits), max_size=3).map(tuple), texts
)
accounts = st.builds(
    Account,
    digits.map(AccountNumber),
    st.builds(Address, texts, texts, texts, texts, texts),
    st.lists(meters, max_size=2).map(tuple),
    st.none() | st.builds(Balance, kopecks, st.dates()),
    st.lists(digits.map(PhoneNumber), max_size=3).map(tuple),
    tariff=texts,
    debt=st.none() | st.builds(DebtParts, st.dates(), *[kopecks] * 6),
    refused=st.lists(refusals, max_size=2).map(tuple),
    pay_link=st.none() | st.builds(PayLink, texts, st.sampled_from(PayLinkState), st.dates()),
    office=texts,
)


@given(accounts)
def test_no_field_is_lost_on_the_way_to_the_disk_and_back(account: Account) -> None:
    assert unpack(account.number.digits, pack(account), tuple(p.digits for p in account.phones)) == account


def test_a_document_of_a_later_release_opens() -> None:
    """Fields that it added at the end of a list are passed over."""
    register = ["T1", "", "1", None, False, "", "new"]
    meter = ["m", 5, [register], 0, 0, 15, 15, 26, None, False, "new"]
    facts = [["", "", "1", "", ""], [meter], None, None, "", None, [], None, "", "new"]
    account = unpack("1", json.dumps(facts).encode())
    assert account.meters == (Meter("m", 5, (Register("T1", "", "1"),)),)


def test_a_document_of_the_first_release_opens() -> None:
    """Byte for byte as that release wrote it."""
    facts = (
        '[["Москва","ул. Образцовая","5","","12"],'
        '[["01234567",5,[["T1","","01500","2026-10-20",false,""]],0,0,15,15,26]],-34550,"2026-11-19"]'
    )
    assert unpack("1234567890", facts.encode(), (PHONE,)) == Account(
        AccountNumber("1234567890"),
        Address("Москва", "ул. Образцовая", "5", "", "12"),
        (Meter("01234567", 5, (Register("T1", "", "01500", date(2026, 10, 20)),)),),
        Balance(Kopecks(-34550), date(2026, 11, 19)),
        (PhoneNumber(PHONE),),
    )


def test_the_first_release_reads_the_beginning_of_what_is_written_now() -> None:
    """Its four positions stay where they are: an automatic return to it must find its accounts."""
    account = Account(
        AccountNumber("1"),
        Address("", "", "1"),
        (Meter("m", 5, (Register("T1", last="00001"),), installed_on=date(2026, 1, 1)),),
        Balance(Kopecks(5), date(2026, 11, 19)),
        tariff="t",
        office="o",
    )
    address, (meter,), kopecks_, as_of, *_ = json.loads(pack(account))
    assert (address, kopecks_, as_of) == (["", "", "1", "", ""], 5, "2026-11-19")
    assert meter[:8] == ["m", 5, [["T1", "", "00001", None, False, ""]], 0, 0, 15, 15, 26]
