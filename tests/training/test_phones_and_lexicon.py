"""The phone inventory, the hand-made pronunciations, and the rules of spelling."""

from __future__ import annotations

import random
import shutil
import tomllib
from pathlib import Path

import pytest

from box.training.lexicon import Lexicon, base_word, stress_marked, stress_of_espeak
from box.training.other_speech import all_words, other_speech
from box.training.phones import (
    OUTPUTS,
    PHONE_IDS,
    PHONES,
    SILENCE,
    SILENCE_ID,
    UNIT_OF,
    Place,
    entry_output,
    phone_id,
    place_in_word,
    stay_output,
    unit_of_id,
)
from box.training.pronunciations import PRONUNCIATIONS
from box.training.spelling import spoken
from box.training.texts import phrases
from box.understanding.words import load_words

INTENTS = Path(__file__).resolve().parents[2] / "config" / "intents.toml"


def test_ids_are_dense_and_lead_back_to_their_unit() -> None:
    ids = {phone_id(phone, place): UNIT_OF[phone] for phone in PHONES for place in Place}
    assert sorted([SILENCE_ID, *ids]) == list(range(1, PHONE_IDS + 1))
    assert {number: unit_of_id(number) for number in ids} == ids
    assert unit_of_id(SILENCE_ID) == SILENCE


def test_outputs_are_numbered_without_gaps() -> None:
    units = [SILENCE, *UNIT_OF.values()]
    assert sorted(f(unit) for unit in units for f in (entry_output, stay_output)) == list(range(OUTPUTS))


@pytest.mark.parametrize(
    ("length", "places"),
    [
        (1, [Place.SINGLETON]),
        (2, [Place.BEGIN, Place.END]),
        (4, [Place.BEGIN, Place.INTERNAL, Place.INTERNAL, Place.END]),
    ],
)
def test_places_in_a_word(length: int, places: list[Place]) -> None:
    assert [place_in_word(index, length) for index in range(length)] == places


def test_every_pronunciation_is_made_of_known_phones_and_has_its_stress() -> None:
    used = {phone for ways in PRONUNCIATIONS.values() for way in ways for phone in way}
    assert used <= set(PHONES)
    assert stress_marked(PRONUNCIATIONS) == []


def test_no_word_has_one_pronunciation_twice() -> None:
    assert [word for word, ways in PRONUNCIATIONS.items() if len(set(ways)) != len(ways)] == []


def test_no_two_words_of_one_question_sound_alike() -> None:
    """Two words with one careful pronunciation could never be told apart."""
    seen: dict[tuple[str, ...], str] = {}
    for word, ways in PRONUNCIATIONS.items():
        assert ways[0] not in seen, f"{word} and {seen.get(ways[0])}"
        seen[ways[0]] = word


def test_every_word_of_the_dialogue_is_in_the_model() -> None:
    """What callers may answer comes from config/intents.toml, where «ё» and «е» are one."""
    known = {word.replace("ё", "е") for word in PRONUNCIATIONS}
    wanted = {word for phrase in load_words(INTENTS).meanings for word in phrase}
    assert sorted(wanted - known) == []


def test_numbers_up_to_thousands_can_be_said() -> None:
    words = [
        "одна",
        "две",
        "нуль",
        "десять",
        "девятнадцать",
        "двадцать",
        "девяносто",
        "сто",
        "двести",
        "девятьсот",
        "тысяча",
        "тысячи",
        "тысяч",
        "запятая",
    ]
    assert [word for word in words if word not in PRONUNCIATIONS] == []


def test_a_marked_word_has_one_pronunciation() -> None:
    lexicon = Lexicon()
    assert lexicon.of("пятьдесят#3") == (("pj", "i0", "sj", "a1", "t"),)
    assert len(lexicon.of("пятьдесят")) == 4
    assert base_word("тысяча#1") == "тысяча"
    assert lexicon.knows(["тысяча#1", "да"])
    assert not lexicon.knows(["да", "трансформатор"])


@pytest.mark.parametrize(
    ("word", "stressed", "phones"),
    [
        ("щука", 0, "sch u1 k a0"),
        ("язык", 1, "j i0 z y1 k"),
        ("столб", 0, "s t o1 l p"),  # the last consonant loses its voice
        ("сделать", 0, "zj dj e1 l a0 tj"),  # takes voice and softness from the next one
        ("лодка", 0, "l o1 t k a0"),
        ("день", None, "dj e1 nj"),
        ("деньги", 0, "dj e1 nj gj i0"),
        ("лестница", 0, "lj e1 sj nj i0 c a0"),
        ("учиться", 1, "u0 ch i1 c a0"),
        ("семья", 1, "sj i0 mj j a1"),
        ("объявление", 2, "a0 b j i0 v lj e1 nj i0 j i0"),
        ("сегодня", 1, "sj i0 v o1 d nj a0"),
        ("которого", 1, "k a0 t o1 r a0 v a0"),
        ("счётчик", None, "sch o1 ch i0 k"),  # «ё» tells the stress
        ("аллея", 1, "a0 lj e1 j a0"),  # long consonants are single
        ("жизнь", None, "zh y1 zj nj"),
        ("centre", 0, ""),
    ],
)
def test_spelling_in_our_phones(word: str, stressed: int | None, phones: str) -> None:
    assert spoken(word, stressed) == tuple(phones.split())


@pytest.mark.parametrize(
    ("word", "phonemes", "stressed"),
    [
        ("лодка", "l_'o_t_k_V", 0),
        ("ботанический", "b_V_t_V_n_I^_'i_tS;_I_s_k;_I_j", 2),  # a vowel more than written
        ("театр", "t;_i_'A_t_@-_r", 1),  # @- is no vowel
        ("да", "d_a", None),
    ],
)
def test_stress_as_espeak_hears_it(word: str, phonemes: str, stressed: int | None) -> None:
    assert stress_of_espeak(phonemes.split("_"), word) == stressed


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_unknown_words_are_taken_from_espeak() -> None:
    lexicon = Lexicon()
    lexicon.learn(["трансформатор", "да", "из-за", "щука"])
    assert lexicon.of("щука") == (("sch", "u1", "k", "a0"),)
    assert lexicon.of("да") == PRONUNCIATIONS["да"]
    for word in ("трансформатор", "из-за"):
        assert set(lexicon.of(word)[0]) <= set(PHONES)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_hand_made_pronunciations_are_close_to_espeak_where_it_is_regular() -> None:
    """A second opinion on the table: a slip of the hand shows as a word that differs in most of its sounds."""
    words = [word for word in PRONUNCIATIONS if len(word) > 3]
    second = Lexicon(ways={})
    second.learn(words)
    far = [word for word in words if min(_difference(way, second.of(word)[0]) for way in PRONUNCIATIONS[word]) > 0.45]
    assert far == []


def _difference(a: tuple[str, ...], b: tuple[str, ...]) -> float:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, start=1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, start=1):
            diagonal, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, diagonal + (x.rstrip("01") != y.rstrip("01")))
    return row[-1] / max(len(a), len(b))


def test_what_the_voices_say_covers_the_words_of_the_model() -> None:
    """Every phrase of the settings is spoken in training; digits and numbers come from their own generator."""
    known = phrases()
    spoken = {word for phrase in (*known.yes_no, *known.commands, *known.places) for word in phrase.split()}
    digits_and_numbers = list(PRONUNCIATIONS)[: list(PRONUNCIATIONS).index("да")]
    unspoken = {"вднх", "и", "человек"}  # an abbreviation; forms of other words of the model
    assert set(PRONUNCIATIONS) - spoken - set(digits_and_numbers) == unspoken


def test_every_place_is_in_the_model() -> None:
    places = tomllib.loads((INTENTS.parent / "places.toml").read_text("utf-8"))
    assert set(places) == {"metro", "district"}
    assert [
        word for names in places.values() for name in names for word in name.split() if word not in PRONUNCIATIONS
    ] == []
    assert all(len(names) == len(set(names)) for names in places.values())


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_other_speech_can_be_spelled() -> None:
    lexicon = Lexicon()
    lexicon.learn(all_words())
    assert lexicon.knows(all_words())
    rng = random.Random(4)
    said = {other_speech(rng) for _ in range(3000)}
    assert len(said) > 1500
    assert {word for words in said for word in words} <= all_words()
