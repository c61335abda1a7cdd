"""config/dialogue.toml, the days of the window, and what is wrong with a file, all at once."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.dialogue.config import load_dialogue_config
from box.dialogue.window import is_open, next_opening
from box.errors import SettingsWrong
from tests.dialogue.phrase_file import PHRASES

FILE = Path(__file__).resolve().parents[2] / "config" / "dialogue.toml"


def test_the_file_holds_what_was_promised() -> None:
    """The instruction: three attempts, 15th to 26th; the time-outs of caller-service.md §3."""
    config = load_dialogue_config(FILE)
    assert config.attempts.per_question == 3
    assert (config.window.first_day, config.window.last_day) == (15, 26)
    timeouts = config.timeouts
    assert (timeouts.yes_no_s, timeouts.first_digit_s, timeouts.between_keys_s) == (5.0, 8.0, 4.0)
    assert (timeouts.expected_length_s, timeouts.hold_s) == (2.0, 60.0)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    text = FILE.read_text("utf-8")
    text = text.replace("yes_no_s = 5.0", "yes_no = 5.0").replace("digits = 10", 'digits = "ten"')
    text = text.replace("[balance]", "[ballance]")
    file = tmp_path / "dialogue.toml"
    file.write_text(text, "utf-8")
    with pytest.raises(SettingsWrong) as wrong:
        load_dialogue_config(file)
    told = "\n".join(wrong.value.problems)
    for part in ("yes_no: unknown setting; did you mean yes_no_s?", "yes_no_s: missing", "account.digits", "ballance"):
        assert part in told


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("yes_no_s = 5.0", "yes_no_s = 0.0", "timeouts.yes_no_s"),
        ("per_question = 3", "per_question = 0", "attempts.per_question"),
        ("questions_per_call = 60", "questions_per_call = 9", "attempts.questions_per_call"),
        ("first_day = 15", "first_day = 0", "window.first_day"),
        ("last_day = 26", "last_day = 32", "window.last_day"),
        ("digits = 10", "digits = 3", "account.digits"),
        ("old_after_days = 3", "old_after_days = -1", "balance.old_after_days"),
        ('phone = "74995509550"', 'phone = "+7 499"', "operator.phone"),
        ("high_percent = 200", "high_percent = 99", "plausibility.high_percent"),
        ("high_above_kwh = 150", "high_above_kwh = -1", "plausibility.high_above_kwh"),
        ("rollover_from_percent = 90", "rollover_from_percent = 101", "plausibility.rollover_from_percent"),
        ("unknown_period_days = 31", "unknown_period_days = 0", "plausibility.unknown_period_days"),
    ],
)
def test_values_out_of_range_are_named(tmp_path: Path, old: str, new: str, told: str) -> None:
    text = FILE.read_text("utf-8")
    assert old in text
    file = tmp_path / "dialogue.toml"
    file.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(SettingsWrong) as wrong:
        load_dialogue_config(file)
    assert [problem.partition(":")[0] for problem in wrong.value.problems] == [told]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            '5 = "renovation"',
            '5 = "plumbing"',
            ["keys.services: wants one key for plumbing (found 2)", "renovation (found 0)"],
        ),
        ('5 = "renovation"', '5 = "balance"', ["keys.services.5: 'balance' is no choice of this menu", "renovation"]),
        ('5 = "renovation"', '0 = "renovation"', ["keys.services.0: wants a key from 1 to 9"]),
        ('5 = "renovation"', '55 = "renovation"', ["keys.services.55: wants a key from 1 to 9"]),
        ('9 = "more"\n', "", ["keys.main: wants one key for more (found 0)"]),
    ],
)
def test_every_choice_of_a_menu_has_one_key(tmp_path: Path, old: str, new: str, told: list[str]) -> None:
    text = FILE.read_text("utf-8")
    assert text.count(old) == 1
    file = tmp_path / "dialogue.toml"
    file.write_text(text.replace(old, new), "utf-8")
    with pytest.raises(SettingsWrong) as wrong:
        load_dialogue_config(file)
    assert len(wrong.value.problems) == len(told)
    for problem, part in zip(wrong.value.problems, told, strict=True):
        assert part in problem


def test_the_services_prompt_names_the_keys_as_they_are() -> None:
    """«Нажмите 1 — …»: each service by its own word, behind its key."""
    text = PHRASES["services.keys"]["text"] + " " + PHRASES["services.keys_rest"]["text"]
    named = dict(re.findall(r"(\d) — ([^,.]+)", text))
    words = {
        "meter_replacement": "замена электросчётчика",
        "water_meters": "счётчики воды",
        "electrical_work": "электромонтаж",
        "plumbing": "сантехника",
        "renovation": "ремонт квартиры",
    }
    assert named == {key: words[service] for key, service in load_dialogue_config(FILE).keys.services.items()}


@pytest.mark.parametrize(
    ("first", "last", "day", "inside"),
    [
        (15, 26, 14, False),
        (15, 26, 15, True),
        (15, 26, 26, True),
        (15, 26, 27, False),
        (28, 3, 28, True),
        (28, 3, 3, True),
        (28, 3, 4, False),
        (28, 3, 27, False),
    ],
)
def test_window_days(first: int, last: int, day: int, inside: bool) -> None:
    assert is_open(first, last, date(2026, 11, day)) is inside


@pytest.mark.parametrize(
    ("first", "today", "opens"),
    [
        (15, date(2026, 11, 14), date(2026, 11, 15)),
        (15, date(2026, 11, 28), date(2026, 12, 15)),
        (15, date(2026, 12, 31), date(2027, 1, 15)),
        (31, date(2026, 2, 1), date(2026, 2, 28)),
        (28, date(2026, 1, 31), date(2026, 2, 28)),
    ],
)
def test_next_opening(first: int, today: date, opens: date) -> None:
    assert next_opening(first, today) == opens


@given(st.integers(1, 28), st.integers(1, 28), st.dates(date(2024, 1, 1), date(2030, 1, 1)))
def test_the_next_opening_is_the_first_day_that_opens(first: int, last: int, today: date) -> None:
    opens = next_opening(first, today)
    assert opens > today
    assert is_open(first, last, opens)
    if not is_open(first, last, today):
        days = (today + timedelta(days=n) for n in range(1, 40))
        assert next(day for day in days if is_open(first, last, day)) == opens
