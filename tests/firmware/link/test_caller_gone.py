"""When reports of the modem mean that the caller has gone."""

from __future__ import annotations

import pytest

from firmware.caller_gone import GoneWatch
from firmware.codes import ResultCode
from firmware.profiles import GoneRules
from firmware.vocabulary import GoneReason

RULES = GoneRules(
    busy_reports_needed=2,
    busy_window_s=10.0,
    dial_tone_reports_needed=2,
    dial_tone_window_s=8.0,
    dial_tone_believed_in_streams=False,
    loop_break_believed=True,
)


def changed(**fields: object) -> GoneRules:
    return GoneRules(**{**{name: getattr(RULES, name) for name in RULES.__struct_fields__}, **fields})  # type: ignore[arg-type]


def watch(rules: GoneRules, *reports: tuple[str, float], in_stream: bool = True) -> list[GoneReason | None]:
    gone = GoneWatch(rules)
    return [gone.code(ord(code), at, in_stream=in_stream) for code, at in reports]


def test_busy_must_be_repeated() -> None:
    assert watch(RULES, ("b", 0), ("b", 4)) == [None, GoneReason.BUSY_REPORTED]
    assert watch(RULES, ("K", 0), ("b", 4)) == [None, GoneReason.BUSY_REPORTED]


def test_busy_long_ago_does_not_count() -> None:
    assert watch(RULES, ("b", 0), ("b", 10.1), ("b", 14)) == [None, None, GoneReason.BUSY_REPORTED]


def test_one_busy_is_enough_where_the_profile_says_so() -> None:
    assert watch(changed(busy_reports_needed=1), ("b", 0)) == [GoneReason.BUSY_REPORTED]


def test_it_is_told_once() -> None:
    assert watch(RULES, ("b", 0), ("b", 1), ("b", 2), ("l", 3)) == [None, GoneReason.BUSY_REPORTED, None, None]


def test_dial_tone_is_not_believed_in_streams() -> None:
    assert watch(RULES, ("d", 0), ("d", 3), ("d", 6)) == [None, None, None]
    assert watch(RULES, ("d", 0), ("i", 3), in_stream=False) == [None, GoneReason.DIAL_TONE_REPORTED]
    believed = changed(dial_tone_believed_in_streams=True)
    assert watch(believed, ("d", 0), ("d", 3)) == [None, GoneReason.DIAL_TONE_REPORTED]
    assert watch(changed(dial_tone_reports_needed=0), ("d", 0), ("d", 1), in_stream=False) == [None, None]


def test_loop_break() -> None:
    assert watch(RULES, ("l", 0)) == [GoneReason.LOOP_BREAK]
    assert watch(changed(loop_break_believed=False), ("l", 0)) == [None]


@pytest.mark.parametrize("code", list("LcermasquRhHpPoTJ$wtvVEY@QS5"))
def test_nothing_else_is_a_sign(code: str) -> None:
    assert watch(RULES, *((code, at) for at in range(5))) == [None] * 5


def test_words() -> None:
    assert GoneWatch(RULES).text(ResultCode.BUSY) is GoneReason.BUSY_REPORTED
    assert GoneWatch(RULES).text(ResultCode.NO_CARRIER) is GoneReason.NO_CARRIER
    assert GoneWatch(RULES).text(ResultCode.NO_DIALTONE) is None
