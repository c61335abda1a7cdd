"""`linebox scenarios` and `linebox callers`: what they list, and clear words for what they cannot do."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from box.cli.callers import callers
from box.cli.scenarios import scenarios
from box.rehearsal.scenario import FOLDER
from firmware.virtual.caller_voice import voice_names


def test_every_scenario_is_listed_with_the_sentence_that_it_proves() -> None:
    done = CliRunner().invoke(scenarios, ["--json"])
    rows = json.loads(done.stdout)["scenarios"]
    assert {row["name"] for row in rows} == {path.stem for path in FOLDER.glob("*.toml")}
    assert all(row[key].strip() for row in rows for key in ("title", "gloss", "proves", "line", "by"))
    by = {row["name"]: row["by"] for row in rows}
    assert by["known-one-address"] == "keys"
    assert by["known-one-address-spoken"] == "voice"
    assert by["mixed-entry"] == "keys+voice"
    assert by["silence-to-operator"] == "silence"
    assert {row["line"] for row in rows} <= {"readings", "consultation", "services"}


def test_people_get_the_same_list() -> None:
    done = CliRunner().invoke(scenarios)
    assert done.exit_code == 0
    assert "known-one-address-spoken" in done.stdout
    assert "readings, voice: Знакомый телефон, один адрес, голосом" in done.stdout


def test_voices_are_listed_with_engine_licence_and_texts() -> None:
    rows = json.loads(CliRunner().invoke(callers, ["list", "--json"]).stdout)["voices"]
    assert [row["name"] for row in rows] == voice_names()
    assert all(row["engine"] and row["licence"] and "ноль" in row["texts"] for row in rows)
    assert "rutts-man: ru_tts" in CliRunner().invoke(callers, ["list"]).stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--voice", "rutts-men"), "did you mean rutts-man?"),
        (("--program", "ru_tts"), "wants NAME=PATH"),
        (("--program", "ru_tts=/no/such/program"), "wants NAME=PATH of a program that is there"),
    ],
)
def test_wrong_use_gets_one_clear_line(arguments: tuple[str, ...], words: str) -> None:
    done = CliRunner().invoke(callers, ["render", *arguments])
    assert done.exit_code == 2
    assert words in done.output
