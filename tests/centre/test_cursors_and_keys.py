"""Cursors that cannot be made up, and keys that do their work once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from box.centre.cursors import Stream, read_cursor, write_cursor
from box.centre.database import Database
from box.centre.idempotency import AnsweredOnce, Work, read_key
from box.centre.problems import Refusal

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
STORE = b"12345678"
numbers = st.integers(0, 2**63)


@given(st.sampled_from(Stream), numbers)
def test_a_cursor_comes_back(stream: Stream, number: int) -> None:
    assert read_cursor(write_cursor(stream, STORE, number), stream, STORE, number) == number


@given(numbers, st.integers(0, 27), st.sampled_from("ABCxyz019-_+/= \nё"))
def test_an_altered_cursor_is_refused(number: int, place: int, letter: str) -> None:
    cursor = write_cursor(Stream.FEED, STORE, number)
    altered = cursor[:place] + letter + cursor[place + 1 :]
    if altered == cursor:
        return
    with pytest.raises(Refusal, match="cursor-wrong"):
        read_cursor(altered, Stream.FEED, STORE, 2**63)


@given(st.text(max_size=60))
def test_any_text_is_refused_or_read(text: str) -> None:
    with pytest.raises(Refusal):
        read_cursor(text, Stream.READINGS, STORE, 10)


def test_strange_cursors_are_told_apart() -> None:
    cursor = write_cursor(Stream.READINGS, STORE, 7)
    for stream, store, last, name in (
        (Stream.FEED, STORE, 7, "cursor-wrong"),
        (Stream.READINGS, b"87654321", 7, "cursor-unknown"),
        (Stream.READINGS, STORE, 6, "cursor-unknown"),
    ):
        with pytest.raises(Refusal, match=name):
            read_cursor(cursor, stream, store, last)


@pytest.mark.parametrize(
    ("header", "key"),
    [
        ('"8e03978e-40d5-43e8-bc93-6894a57f9324"', "8e03978e-40d5-43e8-bc93-6894a57f9324"),
        ('"a \\"quoted\\" word"', 'a "quoted" word'),
        ('"back\\\\slash"', "back\\slash"),
        ("bare.key", "bare.key"),
        (' "spaced" ', "spaced"),
    ],
)
def test_keys_as_rfc_8941_writes_them(header: str, key: str) -> None:
    assert read_key(header) == key


@pytest.mark.parametrize("header", [None, "", " ", '""', '"open', 'open"', '"a"b"', "a b", '"\x7f"', "ключ", "k" * 256])
def test_what_is_no_key(header: str | None) -> None:
    with pytest.raises(Refusal, match="key-missing"):
        read_key(header)


def test_a_request_that_still_runs_is_told_so(database: Database) -> None:
    keys = AnsweredOnce(database)
    started, go_on = threading.Event(), threading.Event()
    done: list[tuple[bytes, bool]] = []

    def slow(_: Connection) -> Work:
        started.set()
        go_on.wait()
        return Work(b"done")

    thread = threading.Thread(target=lambda: done.append(keys.answer("box:a", "k", b"x", NOW, slow)))
    thread.start()
    started.wait()
    try:
        with pytest.raises(Refusal, match="still-running") as refused:
            keys.answer("box:a", "k", b"x", NOW, lambda _: Work(b"second"))
    finally:
        go_on.set()
        thread.join()
    assert refused.value.retry_after_s == 1
    assert done == [(b"done", False)]
    assert keys.answer("box:a", "k", b"x", NOW, slow) == (b"done", True)


def test_work_that_fails_frees_its_key(database: Database) -> None:
    keys = AnsweredOnce(database)

    def fail(_: Connection) -> Work:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        keys.answer("box:a", "k", b"x", NOW, fail)
    assert keys.answer("box:a", "k", b"other", NOW, lambda _: Work(b"done")) == (b"done", False)


def test_keys_are_kept_for_45_days_and_more(database: Database) -> None:
    keys = AnsweredOnce(database)
    keys.answer("box:a", "k", b"x", NOW, lambda _: Work(b"first"))
    assert keys.forget_old(NOW + timedelta(days=45)) == 0
    assert keys.answer("box:a", "k", b"x", NOW, lambda _: Work(b"second")) == (b"first", True)
    assert keys.forget_old(NOW + timedelta(days=61)) == 1
    assert keys.answer("box:a", "k", b"x", NOW, lambda _: Work(b"second")) == (b"second", False)
