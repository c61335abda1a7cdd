"""Answer latencies of logs written by hand: what was pressed, what sounded, and what must come out."""

from __future__ import annotations

import pytest

from firmware.virtual.latencies import AnswerLatency, answer_latencies
from firmware.virtual.line_events import (
    BoxAnswered,
    BoxSoundBegan,
    BoxSoundEnded,
    CallEnded,
    CallerHungUp,
    CallerPressed,
    CallerSpoke,
    LineEvent,
)


def sound(*spans: tuple[float, float]) -> list[LineEvent]:
    return [event for began, ended in spans for event in (BoxSoundBegan(began), BoxSoundEnded(ended))]


def key(began: float, ended: float | None = None, name: str = "1", final: bool = True) -> CallerPressed:
    ended = began + 0.1 if ended is None else ended
    return CallerPressed(ended, name, began, ended, final)


def spoke(began: float, ended: float, *, digits: bool = False, more: bool = False) -> CallerSpoke:
    return CallerSpoke(ended, "да", began, ended, digits, more)


def told(*events: LineEvent) -> list[tuple[str, float, float | None]]:
    return [
        (
            latency.kind,
            pytest.approx(latency.seconds, abs=1e-6),
            None if latency.fell_silent_s is None else pytest.approx(latency.fell_silent_s, abs=1e-6),
        )
        for latency in answer_latencies(events)
    ]


def test_first_prompt() -> None:
    assert told(BoxAnswered(10.0), *sound((10.7, 14.0))) == [("first_prompt", 0.7, None)]


def test_a_key_in_silence() -> None:
    assert told(*sound((0.0, 5.0)), key(6.0), *sound((6.25, 9.0))) == [("keys", 0.25, None)]


def test_the_last_of_a_row_of_keys_counts() -> None:
    row = [key(6.0, final=False), key(6.2, name="2", final=False), key(6.4, name="#")]
    assert told(*sound((0.0, 5.0)), *row, *sound((6.7, 9.0))) == [("keys", 0.3, None)]


def test_sound_between_two_keys_of_a_row_is_not_the_answer() -> None:
    row = [key(6.0, final=False), key(7.0, name="#")]
    assert told(*row, *sound((6.3, 6.6), (7.4, 9.0))) == [("keys", 0.4, None)]


def test_an_answer_may_come_before_the_key_has_ended() -> None:
    assert told(key(6.0, 6.3), *sound((6.1, 8.0))) == [("keys", 0.1, None)]


def test_sound_sooner_than_any_detector_is_no_answer() -> None:
    assert told(*sound((0, 2)), key(6.0, 6.1), *sound((6.01, 6.2), (6.5, 9.0))) == [("keys", 0.5, 0.2)]


def test_a_prompt_that_a_key_cuts_short() -> None:
    log = [*sound((0.0, 6.08)), key(6.0), *sound((6.3, 9.0))]
    assert told(*log) == [("keys", 0.3, 0.08)]


def test_pieces_of_the_old_prompt_are_not_the_answer() -> None:
    log = [*sound((0.0, 5.9), (6.05, 6.11)), key(6.0), *sound((6.35, 6.8), (6.95, 9.0))]
    assert told(*log) == [("keys", 0.35, 0.11)]


def test_a_prompt_cut_in_its_own_pause() -> None:
    log = [*sound((0.0, 5.9)), key(6.0), *sound((6.2, 9.0))]
    assert told(*log) == [("keys", 0.2, None)]


def test_a_prompt_that_goes_on_regardless() -> None:
    log = [*sound((0.0, 8.0)), key(6.0), *sound((8.5, 9.0), (10.0, 12.0))]
    assert told(*log) == [("keys", 2.5, 2.0)]


def test_pauses_in_a_quick_answer_do_not_hide_its_beginning() -> None:
    log = [*sound((0.0, 3.0)), key(6.0), *sound((6.15, 6.4), (6.8, 9.0))]
    assert told(*log) == [("keys", 0.15, None)]


def test_speech() -> None:
    assert told(*sound((0, 2)), spoke(3.0, 3.8), *sound((4.5, 6.0))) == [("speech_words", 0.7, None)]


def test_digits_are_told_from_words_and_from_digits_that_more_may_follow() -> None:
    whole, half = spoke(3.0, 3.8, digits=True), spoke(13.0, 13.8, digits=True, more=True)
    log = [whole, *sound((4.6, 6.0)), half, *sound((16.8, 18.0))]
    assert told(*log) == [("speech_digits", 0.8, None), ("speech_unfinished", 3.0, None)]


def test_speech_shorter_than_its_tail() -> None:
    assert told(spoke(3.0, 3.06), *sound((3.5, 6.0))) == [("speech_words", 0.44, None)]


def test_an_answer_comes_before_the_next_action() -> None:
    log = [key(1.0), key(2.0), *sound((2.4, 3.0)), key(4.0), CallerHungUp(4.5), *sound((4.6, 5.0))]
    assert told(*log) == [("keys", 0.4, None)]


def test_calls_do_not_mix() -> None:
    log = [BoxAnswered(0.0), key(1.0), CallEnded(3.0, 1), BoxAnswered(9.0), *sound((9.5, 11.0))]
    assert told(*log) == [("first_prompt", 0.5, None)]


def test_the_order_of_noticing_does_not_matter() -> None:
    log = [BoxAnswered(0.0), *sound((0.5, 3.0)), key(4.0), *sound((4.2, 5.0)), spoke(6.0, 7.0), *sound((7.5, 8.0))]
    assert answer_latencies(reversed(log)) == answer_latencies(log)
    assert [latency.at for latency in answer_latencies(log)] == [0.0, 4.0, 7.0]


def test_nothing_from_nothing() -> None:
    assert answer_latencies([]) == []
    assert answer_latencies([key(1.0)]) == []
    assert answer_latencies([key(1.0, final=False), *sound((1.5, 2.0))]) == []


def test_a_sound_that_still_lasts_is_an_answer() -> None:
    assert answer_latencies([key(1.0), BoxSoundBegan(1.2)]) == [AnswerLatency("keys", pytest.approx(0.2), 1.0)]
