"""What a scenario expects against what a call left behind: each difference is one line, and nothing else is."""

from __future__ import annotations

import pytest

from box.rehearsal.scenario import Expectation, ExpectedReading
from box.rehearsal.verdict import CallFacts, Request, accepted_s, differences

READING = ExpectedReading("1234567890", "40817655", {"T1": "01578"}, "voice")
RIGHT = CallFacts(
    "reading-accepted",
    ("greeting", "check", "accepted.one"),
    (READING,),
    (Request("phone_saved"), Request("call_back", "plumbing")),
    31.0,
)
WANTED = Expectation(
    "reading-accepted",
    readings=(READING,),
    said=("greeting", "accepted.one"),
    never_said=("refused.lower",),
    phones_saved=1,
    call_backs=1,
    call_back_services=("plumbing",),
    accepted_within_s=45,
)


def test_a_call_as_expected() -> None:
    assert differences(WANTED, RIGHT) == []


@pytest.mark.parametrize(
    ("expected", "begins"),
    [
        ({"outcome": "informed"}, "outcome: "),
        ({"readings": ()}, "readings: "),
        ({"said": ("accepted.one", "greeting")}, "said: greeting"),
        ({"never_said": ("check",)}, "never_said: check"),
        ({"phones_saved": 0}, "phones_saved: 1 instead of 0"),
        ({"phones_forgotten": 1}, "phones_forgotten: 0 instead of 1"),
        ({"pay_links": 2}, "pay_links: 0 instead of 2"),
        ({"call_backs": 0}, "call_backs: 1 instead of 0"),
        ({"call_back_services": ("",)}, "call_back_services: "),
        ({"accepted_within_s": 30}, "accepted_within_s: 31.0 instead of 30"),
    ],
)
def test_each_difference_is_one_line(expected: dict[str, object], begins: str) -> None:
    fields = {field: getattr(WANTED, field) for field in WANTED.__struct_fields__} | expected
    [line] = differences(Expectation(**fields), RIGHT)
    assert line.startswith(begins)


def test_what_is_not_named_is_not_looked_at() -> None:
    facts = CallFacts("informed", ("x",), (), (Request("call_back", "renovation"),))
    assert differences(Expectation("informed", call_backs=1), facts) == []


def test_the_time_to_the_first_accepted_reading() -> None:
    spoken = [(10.0, ("greeting",)), (40.5, ("accepted.zone",)), (60.0, ("accepted.next_zone",))]
    assert accepted_s(spoken) == 30.5
    assert accepted_s(spoken[:1]) is None
    assert accepted_s([]) is None
