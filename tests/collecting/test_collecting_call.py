"""Whole calls of volunteers: real driver, session, endpointer, recogniser and voice against the virtual modem and
exchange, in simulated time. The volunteer speaks with the committed recordings of the prompts."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from box.collecting.volunteer_call import Collected, consent_version
from box.listening.corpus import load_corpus
from box.listening.recording import read_answer
from box.models.scoring import score
from box.settings import HOME
from firmware.virtual.line_plan import Impairment, Step
from tests.collecting.bench import (
    END,
    NO,
    TEXTS,
    YES,
    asked,
    collect,
    first_number,
    hangs_up,
    numbers,
    presses,
    repeats,
    says,
    spoken,
)

NUMBER = first_number()
SPEAKER = f"v{NUMBER}"


def entries(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / "labels.json").read_text("utf-8"))
    return found


def sounds(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.wav"))


@pytest.mark.parametrize(("profile", "codec"), [("generic", "mulaw"), ("conexant", ""), ("usr5637", "")])
def test_a_whole_call_lands_in_the_corpus(tmp_path: Path, profile: str, codec: str) -> None:
    things = asked(NUMBER, 6)
    steps = (says(spoken(YES)), *(repeats(thing) for thing in things), END)
    assert collect(tmp_path, steps, count=6, profile=profile) == [Collected(SPEAKER, True, 6, False)]
    found = entries(tmp_path)
    assert [(e["label"], e["text"], e["voice"]) for e in found] == [(t.label, t.text, SPEAKER) for t in things]
    assert [e["file"] for e in found] == [f"{SPEAKER}-{n:04d}.wav" for n in range(6)] == sounds(tmp_path)
    for entry in found:
        assert entry["condition"]["channel"] == "virtual"
        assert entry["condition"]["codec"]
        assert entry["consent"]["text"] == consent_version(TEXTS)
        assert entry["consent"]["by"] == "voice"
        assert entry["consent"]["at"].startswith("2026-11-20T12:0")
        assert entry["consent"]["event"] == found[0]["consent"]["event"]
    assert "5550101" not in (tmp_path / "labels.json").read_text("utf-8"), "no telephone number"


def test_what_lands_there_is_what_the_box_hears(tmp_path: Path) -> None:
    things = asked(NUMBER, 12)
    collect(tmp_path, (says(spoken(YES)), *(repeats(thing) for thing in things), END), count=12)
    assert len(load_corpus(tmp_path)) == 12
    rows = score(HOME / "box" / "listening" / "model", [tmp_path])
    assert sum(outcome.right for *_, outcome in rows) >= 10
    for thing, name in zip(things, sounds(tmp_path), strict=True):
        samples = read_answer(tmp_path / name)
        with wave.open(str(tmp_path / name)) as file:
            assert file.getparams()[:3] == (1, 2, 8000)
        assert np.abs(samples[: 8000 // 5]).max() < 3000, "pre-roll before the speech"
        assert np.abs(samples[-8000 // 10 :]).max() < 3000, "quiet behind it"
        assert len(samples) / 8000 >= 0.5 + 0.1 * thing.words


@pytest.mark.parametrize(
    "steps",
    [
        (says(spoken(NO)), END),
        (presses("2"), END),
        (presses("0"), END),
        (presses("9"), END),
        (hangs_up(),),
        (END,),
    ],
    ids=["no", "key 2", "key 0", "key 9", "hangs up", "silent"],
)
def test_without_consent_nothing_is_kept(tmp_path: Path, steps: tuple[Step, ...]) -> None:
    assert collect(tmp_path, steps) == [Collected(SPEAKER, False, 0, False)]
    assert sounds(tmp_path) == []
    assert not (tmp_path / "labels.json").exists()


def test_another_answer_is_no_consent(tmp_path: Path) -> None:
    steps = tuple(says(spoken("collect.say.balance.1")) for _ in range(3))
    assert collect(tmp_path, (*steps, END)) == [Collected(SPEAKER, False, 0, False)]
    assert sounds(tmp_path) == []


def test_consent_by_key_is_recorded_as_such_and_works_without_a_model(tmp_path: Path) -> None:
    things = asked(NUMBER, 1)
    collect(tmp_path, (presses("1"), repeats(things[0]), END), count=1, hears=False)
    assert [entry["consent"]["by"] for entry in entries(tmp_path)] == ["key"]


def test_who_hangs_up_leaves_what_was_given(tmp_path: Path) -> None:
    things = asked(NUMBER, 5)
    steps = (says(spoken(YES)), repeats(things[0]), repeats(things[1]), hangs_up())
    assert collect(tmp_path, steps, count=5) == [Collected(SPEAKER, True, 2, False)]
    assert sounds(tmp_path) == [f"{SPEAKER}-0000.wav", f"{SPEAKER}-0001.wav"]


@pytest.mark.parametrize("after", [1, 3], ids=["in the middle", "after the thanks"])
def test_key_9_deletes_this_speaker_s_recordings_and_no_other_s(tmp_path: Path, after: int) -> None:
    draws = numbers(3)
    first = (presses("1"), *(repeats(thing) for thing in asked(first_number(3), 3)), END)
    [one] = collect(tmp_path, first, count=3, random_bytes=draws)
    others = sounds(tmp_path)
    assert len(others) == one.kept == 3
    steps = (presses("1"), *[says(spoken("collect.say.readings.3"))] * after, presses("9"), END)
    [two] = collect(tmp_path, steps, count=3, random_bytes=draws)
    assert two.speaker != one.speaker
    assert two.consented
    assert two.withdrawn
    assert two.kept == 0
    assert sounds(tmp_path) == others
    assert {entry["voice"] for entry in entries(tmp_path)} == {one.speaker}


def test_keys_repeat_skip_and_end(tmp_path: Path) -> None:
    things = asked(NUMBER, 4)
    steps = (says(spoken(YES)), presses("*"), repeats(things[0]), presses("#"), repeats(things[2]), presses("0"), END)
    assert collect(tmp_path, steps, count=4) == [Collected(SPEAKER, True, 2, False)]
    assert [entry["label"] for entry in entries(tmp_path)] == [things[0].label, things[2].label]


def test_a_key_during_a_prompt_counts_at_once(tmp_path: Path) -> None:
    from firmware.virtual.line_plan import Press, Wait

    things = asked(NUMBER, 2)
    early = Step(Wait.SPEECH, Press("#"), after_s=0.5)
    steps = (presses("1"), early, repeats(things[1]), END)
    assert collect(tmp_path, steps, count=2) == [Collected(SPEAKER, True, 1, False)]
    assert [entry["label"] for entry in entries(tmp_path)] == [things[1].label]


def test_quiet_and_cut_off_speech_is_asked_for_again(tmp_path: Path) -> None:
    thing = asked(NUMBER, 1)[0]
    steps = (presses("1"), repeats(thing, gain=0.012), repeats(thing), END)
    assert collect(tmp_path, steps, count=1) == [Collected(SPEAKER, True, 1, False)]
    kept = read_answer(tmp_path / f"{SPEAKER}-0000.wav")
    assert np.abs(kept).max() > 3000, "the second, loud one"


def test_a_noisy_line_with_hum_is_recorded_all_the_same(tmp_path: Path) -> None:
    things = asked(NUMBER, 3)
    steps = (presses("1"), *(repeats(thing) for thing in things), END)
    noisy = Impairment(attenuation_db=8, noise_dbm0=-50, hum_dbm0=-52)
    assert collect(tmp_path, steps, impairment=noisy) == [Collected(SPEAKER, True, 3, False)]


def test_several_volunteers_one_after_another(tmp_path: Path) -> None:
    call = (presses("1"), *[says(spoken("collect.say.readings.3"))] * 2, presses("0"), END)
    done = collect(tmp_path, call, call, call, count=30)
    assert len({result.speaker for result in done}) == 3
    assert [result.kept for result in done] == [2, 2, 2]
    assert len({entry["consent"]["event"] for entry in entries(tmp_path)}) == 3


def test_nobody_there_after_consent_ends_the_call(tmp_path: Path) -> None:
    assert collect(tmp_path, (presses("1"), END), count=20) == [Collected(SPEAKER, True, 0, False)]


def test_a_disk_that_takes_no_more_is_told_and_ends_the_call(tmp_path: Path) -> None:
    things = asked(NUMBER, 3)
    (tmp_path / f".{SPEAKER}-0001.wav.part").mkdir()  # in the way of the second recording
    steps = (presses("1"), *(repeats(thing) for thing in things), END)
    assert collect(tmp_path, steps) == [Collected(SPEAKER, True, 1, False)]
    assert sounds(tmp_path) == [f"{SPEAKER}-0000.wav"]
