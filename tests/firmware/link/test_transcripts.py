"""Every transcript of tests/transcripts, replayed byte by byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware.transcript import read_transcript, write_transcript
from tests.kit.replay import check

FOLDER = Path(__file__).resolve().parents[2] / "transcripts"
FILES = sorted(FOLDER.glob("*/*.txt"))
PROFILES = {"generic", "conexant_cx930xx", "usr5637"}


def test_there_is_one_for_each_profile() -> None:
    assert {path.parent.name for path in FILES} >= PROFILES


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_link_says_and_reports_what_the_transcript_does(path: Path) -> None:
    check(read_transcript(path.read_text("utf-8"), path.name))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_reading_and_writing_loses_nothing(path: Path) -> None:
    transcript = read_transcript(path.read_text("utf-8"), path.name)
    again = read_transcript(write_transcript(transcript, masked=False), "again")
    assert [entry.data for entry in again.entries] == [entry.data for entry in transcript.entries]
    assert [entry.text for entry in again.entries] == [entry.text for entry in transcript.entries]


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_changed_byte_is_noticed(path: Path) -> None:
    """The replay itself can fail."""
    text = path.read_text("utf-8").replace("AT+VRX", "AT+VRY", 1)
    with pytest.raises(AssertionError):
        check(read_transcript(text, path.name))
