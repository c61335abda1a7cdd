"""What the log may hold of a call: a whole rehearsed call is searched for everything personal in it."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from box.calls.story import log_line, open_story
from box.calls.vocabulary import Told
from box.rehearsal.scenario import FOLDER, load_scenario
from box.speaking.opening import open_voice
from tests.kit.simulated_call import SimulatedCall

PERSONAL = ("1234567890", "34567890", "4995550177", "5550177", "01578", "40817655", "Школьная", "школьная", "Ленина")


def test_a_call_s_log_holds_nothing_personal(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    call = SimulatedCall(load_scenario(FOLDER / "unknown-phone-save.toml"), tmp_path, open_voice())
    with open_story("") as tell:
        call.run()
        for told in call.told:
            tell(told)
    text = caplog.text
    assert "accepted.one" in text
    assert "ReadingsSaved" in text
    assert "caller answer: digits" in text
    assert [what for what in PERSONAL if what in text] == []
    assert any("01578" in told.text for told in call.told)  # the unmasked story does hold it


@pytest.mark.parametrize(
    ("told", "line"),
    [
        (Told(0, "caller", "key", "5"), ""),
        (Told(0, "caller", "answer", "01578 (keys)"), "caller answer: digits"),
        (Told(0, "caller", "answer", "SaidYes"), "caller answer: SaidYes"),
        (Told(0, "caller", "gone", ""), "caller gone"),
        (Told(0, "box", "said", "Адрес …", "", ("address.ask", "hint.yes_no")), "box said: address.ask hint.yes_no"),
    ],
)
def test_log_lines(told: Told, line: str) -> None:
    assert log_line(told) == line
