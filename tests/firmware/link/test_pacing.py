"""Writes stay 100 to 200 ms ahead of the clock, whatever the shell's wake-ups do."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware.pacing import Pacer
from firmware.sound_formats import FORMATS, bytes_per_second
from firmware.transmission import CLOSING_LEAD_S, Transmission

LEAD_S = 0.2
RATE = 8000


def test_the_first_frames_fill_the_lead_and_no_more() -> None:
    transmission = Transmission("ulaw", LEAD_S)
    transmission.add(np.zeros(RATE, np.int16))
    frames = transmission.frames(10.0)
    assert [len(frame) for frame in frames] == [160] * 10
    assert transmission.frames(10.0) == []
    assert transmission.due_at(10.0) == pytest.approx(10.02)
    assert [len(frame) for frame in transmission.frames(10.02)] == [160]


@given(st.lists(st.floats(min_value=0.0, max_value=0.15), min_size=1, max_size=200))
def test_the_lead_is_never_above_its_limit_and_refilled_at_once(delays: list[float]) -> None:
    """Wake-ups may be late by up to 150 ms: the modem never runs dry and never holds more than 200 ms."""
    pacer, now = Pacer(RATE, LEAD_S), 1000.0
    for delay_s in delays:
        now = max(pacer.next_frame_at(now), now) + delay_s
        assert pacer.lead_s(now) > 0 or pacer.sent_s == 0
        while pacer.frame_fits(now):
            pacer.sent(160, now)
        assert pacer.lead_s(now) + 1e-6 > LEAD_S - 0.02
        assert pacer.lead_s(now) <= LEAD_S + 1e-6
    assert pacer.dry_spells == 0


@given(st.lists(st.floats(min_value=0.0, max_value=30.0), min_size=1, max_size=50))
def test_a_stalled_shell_resumes_with_the_ordinary_lead(delays: list[float]) -> None:
    pacer, now = Pacer(RATE, LEAD_S), 1000.0
    for delay_s in delays:
        now += delay_s
        written = 0
        while pacer.frame_fits(now):
            pacer.sent(160, now)
            written += 160
        assert written <= RATE * LEAD_S + 160
        assert pacer.lead_s(now) <= LEAD_S + 1e-6
        assert 0 <= pacer.played_s(now) <= pacer.sent_s


def test_a_dry_spell_is_counted() -> None:
    pacer = Pacer(RATE, LEAD_S)
    pacer.sent(160, 1.0)
    pacer.sent(160, 5.0)
    assert pacer.dry_spells == 1
    assert pacer.played_s(5.0) == pytest.approx(0.02)
    assert pacer.lead_s(5.0) == pytest.approx(0.02)


@pytest.mark.parametrize("name", FORMATS)
def test_a_frame_is_twenty_milliseconds_in_every_format(name: str) -> None:
    transmission = Transmission(name, LEAD_S)
    transmission.add(np.zeros(RATE, np.int16))
    assert len(transmission.frames(0.0)[0]) == bytes_per_second(name) // 50


def test_sound_added_late_follows_without_a_gap_and_nothing_is_lost() -> None:
    transmission, now, total = Transmission("linear16", LEAD_S), 0.0, 0
    transmission.add(np.full(1000, 7, np.int16))
    transmission.add(np.full(333, 9, np.int16))
    sound = b""
    while not transmission.played_out(now):
        for frame in transmission.frames(now):
            sound += frame
        now = transmission.due_at(now)
        total += 1
        assert total < 100
    assert np.array_equal(np.frombuffer(sound, "<i2"), np.array([7] * 1000 + [9] * 333))
    assert now == pytest.approx(1333 / RATE - CLOSING_LEAD_S)
    assert transmission.sent_s == pytest.approx(1333 / RATE)


def test_dropped_sound_is_not_written() -> None:
    transmission = Transmission("ulaw", LEAD_S)
    transmission.add(np.zeros(RATE, np.int16))
    transmission.frames(0.0)
    transmission.drop()
    assert transmission.frames(5.0) == []
    assert transmission.heard_s(0.05) == pytest.approx(0.05)
    assert transmission.heard_s(5.0) == pytest.approx(0.2)
