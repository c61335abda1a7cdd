"""What volunteers are asked to say: the prompts of the product agree with their labels, and the draws are even."""

from __future__ import annotations

import random
import re
import tomllib
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.collecting import conversation
from box.collecting.conversation import CONSENT_TEXT
from box.collecting.things_to_say import SHARES, Thing, draw, plain, row_of, things_in
from box.collecting.volunteer_call import consent_version
from box.dialogue.vocabulary import NoMatch, Phrase, QuestionKind
from box.listening.corpus import set_of
from box.listening.recording import question_for, value_of
from box.settings import HOME
from box.understanding.words import load_words

PROMPTS = tomllib.loads((HOME / "prompts" / "phrases.toml").read_text("utf-8"))["phrase"]
TEXTS = {entry["id"]: entry["text"] for entry in PROMPTS if entry["id"].startswith("collect.")}
THINGS = things_in(TEXTS)
WORDS = load_words(HOME / "config" / "intents.toml")


@pytest.mark.parametrize("thing", THINGS, ids=[thing.prompt.id for thing in THINGS])
def test_the_box_understands_each_thing_as_its_label(thing: Thing) -> None:
    row = set_of(thing.label)
    kind = {"commands": QuestionKind.MENU, "yes_no": QuestionKind.YES_NO, "digit_strings": QuestionKind.DIGITS}
    if row == "out_of_grammar":
        for each in QuestionKind:
            assert WORDS.answer(question_for(each, WORDS, 5), thing.text.split()) == NoMatch()
        return
    wanted = thing.label.removeprefix("digits:")
    answer = WORDS.answer(question_for(kind[row or ""], WORDS, len(wanted)), thing.text.split())
    assert value_of(answer) == wanted


def test_every_label_of_a_corpus_has_prompts() -> None:
    assert {set_of(thing.label) for thing in THINGS} == set(SHARES)
    commands = Counter(thing.label for thing in THINGS if set_of(thing.label) == "commands")
    assert len(commands) == 8
    assert min(commands.values()) >= 2


def test_every_phrase_of_the_talk_is_in_the_file_and_every_phrase_of_the_file_is_said() -> None:
    sources = [HOME / "box" / "collecting" / name for name in ("conversation.py", "things_to_say.py")]
    code = "\n".join(path.read_text("utf-8") for path in sources)
    said = set(re.findall(r'"(collect\.[a-z_]+)"', code))
    assert said == {id_ for id_ in TEXTS if not id_.startswith("collect.say.")}
    assert {phrase.id for phrase in CONSENT_TEXT} <= said
    assert conversation.TABLE.keys() == set(conversation.Stage)


def test_an_id_that_is_no_label_is_named() -> None:
    with pytest.raises(ValueError, match="'weather' is no label"):
        things_in({"collect.say.weather.1": "Погода."})


def test_the_words_of_a_prompt() -> None:
    assert plain("Да, верно.") == "да верно"
    assert row_of("015").text == "ноль один пять"
    assert row_of("015").label == "digits:015"


def test_other_words_are_another_consent() -> None:
    version = consent_version(TEXTS)
    assert re.fullmatch("[0-9a-f]{12}", version)
    assert consent_version(dict(TEXTS)) == version
    assert consent_version({**TEXTS, "collect.purpose": "Для всего."}) != version
    assert consent_version({**TEXTS, "collect.thanks": "Спасибо."}) == version


@given(count=st.integers(1, 120), seed=st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_as_many_things_as_were_wanted_in_their_shares(count: int, seed: int) -> None:
    things = draw(THINGS, count, random.Random(seed))
    assert len(things) == count
    assert things == draw(THINGS, count, random.Random(seed))
    found = Counter(set_of(thing.label) for thing in things)
    for name, share in SHARES.items():
        assert abs(found[name] - count * share) < 1


def test_another_seed_asks_for_other_things() -> None:
    assert draw(THINGS, 20, random.Random(1)) != draw(THINGS, 20, random.Random(2))


def test_digits_are_said_equally_often_and_nothing_comes_twice_before_all_have_come() -> None:
    things = draw(THINGS, 200, random.Random(5))
    rows = [t for t in things if t.label.startswith("digits:") and t.prompt.id == "collect.row"]
    counts = Counter(digit for thing in rows for digit in thing.label.removeprefix("digits:"))
    assert set(counts) == set("0123456789")
    assert max(counts.values()) - min(counts.values()) <= 1
    others = Counter(thing.prompt.id for thing in things if set_of(thing.label) == "out_of_grammar")
    assert max(others.values()) - min(others.values()) <= 1


def test_without_prompts_rows_of_digits_are_left_and_nothing_is_an_error() -> None:
    only = (Thing("yes", "да", Phrase("collect.say.yes.1")),)
    assert {set_of(thing.label) for thing in draw(only, 30, random.Random(1))} == {"digit_strings", "yes_no"}
    with pytest.raises(ValueError, match="nothing to say"):
        draw((), 5, random.Random(1))
