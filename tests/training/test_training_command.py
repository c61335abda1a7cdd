"""What is said and by whom, the judging of answers, the card, and the command's own manners."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from box.training.__main__ import main
from box.training.evaluate import CONDITIONS, DIGIT_OF, QUESTIONS, Report, Score, in_condition, judge
from box.training.graph_writer import GARBAGE
from box.training.lexicon import base_word
from box.training.model_card import Facts, card
from box.training.other_speech import all_words
from box.training.people_score import PeopleScore
from box.training.pronunciations import PRONUNCIATIONS
from box.training.recipe import Recipe
from box.training.texts import phrases, utterance
from box.training.voices import ESPEAK_VARIANTS, RHVOICE_VOICES, all_voices


def test_utterances_are_of_known_words_or_other_speech() -> None:
    rng, known = random.Random(1), phrases()
    said = [utterance(rng, known, elisions=number % 2 == 0) for number in range(3000)]
    words = {base_word(word) for one in said for word in one.words}
    assert words <= set(PRONUNCIATIONS) | all_words()
    assert set(DIGIT_OF) - {"нуль", "одна", "две"} <= words
    assert {"нуль", "одна", "две", "тысяч", "девятнадцать", "двести", "оператором", "запятая", "площадь"} <= words
    careless = [word for one in said for word in one.words if "#" in word]
    assert careless
    assert all(int(word.partition("#")[2]) < len(PRONUNCIATIONS[base_word(word)]) for word in careless)
    assert {len(one.words) for one in said if base_word(one.words[0]) in DIGIT_OF} >= set(range(1, 11))


def test_only_what_is_read_as_stress_is_marked_with_plus() -> None:
    rng, known = random.Random(2), phrases()
    assert not any("+" in utterance(rng, known, elisions=False).text for _ in range(1000))


def test_voices_are_those_that_may_be_trained_on() -> None:
    names = {voice.name for voice in all_voices("RHVoice-test")}
    rhvoice = {f"rhvoice/{v}" for v in ("anna", "aleksandr", "elena", "irina")}
    assert names == rhvoice | {f"espeak-ng/ru{v}" for v in ESPEAK_VARIANTS} | {"festival/msu_ru_nsh_clunits"}
    assert len(RHVOICE_VOICES) == 4


@pytest.mark.parametrize(
    ("label", "words", "result"),
    [
        ("yes", "верно", "right"),
        ("yes", "да верно", "right"),
        ("yes", "нет", "wrong"),
        ("yes", "да нет", "wrong"),
        ("no", "", "unsure"),
        ("no", "[unk]", "unsure"),
        ("debt", "задолженность", "right"),
        ("debt", "узнать задолженность", "right"),
        ("debt", "узнать", "wrong"),
        ("operator", "соедините с оператором", "right"),
        ("debt", "[unk] задолженность", "unsure"),
        ("digits:012", "нуль одна две", "right"),
        ("digits:012", "ноль один", "wrong"),
        ("digits:012", "ноль один [unk]", "unsure"),
        ("oov", "[unk]", "right"),
        ("oov", "", "right"),
        ("oov", "да", "wrong"),
    ],
)
def test_judging(label: str, words: str, result: str) -> None:
    tally = Score()
    judge(tally, label, words.split(), "a.wav")
    assert {name: getattr(tally, name) for name in ("right", "wrong", "unsure")} == {
        name: int(name == result) for name in ("right", "wrong", "unsure")
    }
    assert bool(tally.missed) == (result != "right")


def test_digit_errors_are_counted() -> None:
    tally = Score()
    judge(tally, "digits:0123", ["ноль", "два", "три"], "a.wav")
    judge(tally, "digits:5", ["пять", "пять"], "b.wav")
    assert (tally.digits, tally.digit_errors) == (5, 2)


def test_word_lists_are_of_the_model() -> None:
    known = set(PRONUNCIATIONS)
    assert [word for words in QUESTIONS.values() for word in words if word not in known] == []
    assert all(GARBAGE not in words for words in QUESTIONS.values())


@pytest.mark.parametrize("condition", [c for c in CONDITIONS if c not in ("gsm", "amr")])
def test_conditions_are_repeatable_and_keep_the_length(condition: str) -> None:
    sound = 0.3 * np.sin(np.arange(4000) * 0.4)
    first, second = (in_condition(sound, condition, seed=4) for _ in range(2))
    assert np.array_equal(first, second)
    assert len(first) == len(sound)
    assert np.abs(first).max() <= 32768


def facts(people: PeopleScore | None) -> Facts:
    good, bad = Score(n=8, right=8), Score(n=10, right=7, unsure=2, wrong=1, digits=50, digit_errors=3)
    heard = Report({"clean": {"commands": good, "digit_strings": bad}}, {"clean": {"pavel commands": good}}, 0.005)
    return Facts(Recipe(), {"rhvoice/anna": 5}, "ab12", 100, 9, {"dev": heard}, people, 1600, "cd34")


def test_card_says_what_was_measured() -> None:
    text = card(facts(PeopleScore(3, 200, 50, 10, 1, {"семь → шесть": 1})))
    for part in ("| clean | 8/8 (0 / 0) | – | 7/10 (2 / 1) | 6.0% | – |", "| pavel | 8/8 (0 / 0) | – |", "25.0% of 200",
                 "ab12", "cd34", "семь → шесть 1", "GPL-3.0", "Not tried on", "rhvoice/anna 5"):  # fmt: skip
        assert part in text


def test_card_without_people_has_no_chapter_of_theirs() -> None:
    assert "## People" not in card(facts(None))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["export"], "run the train command first"),
        (["evaluate"], "--corpus"),
        (["data", "--rhvoice", "no-such-program"], "no-such-program"),
    ],
)
def test_what_is_missing_is_one_clear_line(
    arguments: list[str], said: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert main([*arguments, "--work", str(tmp_path), "--clips", "3", "--copies", "1", "--processes", "1"]) == 1
    lines = capfd.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert said in lines[0]


def test_training_without_data_or_torch_is_one_clear_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["train", "--work", str(tmp_path)]) == 1
    said = capfd.readouterr().err
    assert "requirements-training.txt" in said or "data command" in said


def test_wrong_use(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(["dance"])
    assert stopped.value.code == 2
    assert "invalid choice" in capfd.readouterr().err
