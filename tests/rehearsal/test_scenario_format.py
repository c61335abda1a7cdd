"""Scenario files: what they may say, and one clear line for every mistake."""

from __future__ import annotations

from pathlib import Path

import pytest

from box.errors import ScenarioWrong
from box.rehearsal.scenario import Scenario, load_scenario

WHOLE = """
title = "Т"
gloss = "T"
proves = "П"
[line]
caller = "4995550101"
voice = "rutts-man"
[world]
now = 2026-11-20T11:00:00+03:00
line = "consultation"
speech = true
[world.reference]
holidays = ["2026-11-04"]
[[world.reference.tariffs]]
id = "A"
zones = [{ zone = "T1", hours = [["07:00", "23:00"]] }]
ranges = [{ prices = { T1 = 655 }, up_to_kwh = 3900 }, { prices = { T1 = 900 } }]
valid_from = "2026-01-01"
[[world.reference.offices]]
id = "1"
address = { settlement = "г. Москва", street = "ул. Ленина", house = "1" }
hours = [{ weekday = 0, opens = "09:00", closes = "20:00" }, { weekday = 6 }]
metro = ["сокол"]
[[world.accounts]]
number = "1234567890"
address = { settlement = "г. Москва", street = "ул. Ленина", house = "12" }
tariff = "A"
debt = { month = "2026-10", opening = 0, charged = 100, recalculated = 0, paid = 0, penalty = 0, to_pay = 100 }
pay_link = { event_id = "e", state = "sent", on = "2026-11-19" }
[expect]
outcome = "informed"
pay_links = 1
phones_forgotten = 1
call_back_services = ["plumbing"]
"""


def scenario_of(folder: Path, text: str) -> Scenario:
    path = folder / "mine.toml"
    path.write_text(text, "utf-8")
    return load_scenario(path)


def test_a_whole_file(tmp_path: Path) -> None:
    scenario = scenario_of(tmp_path, WHOLE)
    assert (scenario.name, scenario.world.line, scenario.voice, scenario.spoken) == (
        *("mine", "consultation", "rutts-man", True),
    )
    [tariff], [office] = scenario.world.reference.tariffs, scenario.world.reference.offices
    assert tariff.zones[0].hours == (("07:00", "23:00"),)
    assert [each.up_to_kwh for each in tariff.ranges] == [3900, None]
    assert (office.hours[1].opens, office.metro) == ("", ("сокол",))
    [account] = scenario.world.accounts
    assert account.debt is not None
    assert account.debt.to_pay == 100
    assert scenario.expect.call_back_services == ("plumbing",)


def test_what_is_left_out_has_its_default(tmp_path: Path) -> None:
    text = '[world]\nnow = 2026-11-20T11:00:00+03:00\n[expect]\noutcome = "informed"\n'
    scenario = scenario_of(tmp_path, text)
    assert (scenario.world.line, scenario.world.speech, scenario.spoken) == ("readings", False, False)
    assert scenario.expect.call_back_services is None


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ('line = "consultation"', 'line = "consultations"', "world.line: "),
        ('outcome = "informed"', 'outcome = "informd"', "did you mean informed?"),
        ("pay_links = 1", "pay_link = 1", "did you mean pay_links?"),
        ("+03:00\n", "\n", "world.now: wants an offset"),
        ("[world.reference]\n", "[world.referense]\n", "did you mean reference?"),
        ('holidays = ["2026-11-04"]', "holidays = 4", "world.reference.holidays"),
        ('valid_from = "2026-01-01"', 'valid_form = "2026-01-01"', "did you mean valid_from?"),
        ('title = "Т"', "[wrold]\nx = 1\n", "did you mean world?"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, right: str, wrong: str, words: str) -> None:
    assert right in WHOLE
    with pytest.raises(ScenarioWrong, match=r"mine\.toml") as caught:
        scenario_of(tmp_path, WHOLE.replace(right, wrong, 1))
    assert any(words in problem for problem in caught.value.problems)
    assert all("\n" not in problem for problem in caught.value.problems)
