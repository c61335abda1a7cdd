"""The phone inventory, the hand-made pronunciations, and espeak-ng's phonemes translated."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from box.training.lexicon import Lexicon, base_word, phones_of_espeak, stress_marked
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
from box.training.texts import COMMANDS, NO, YES
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
    ("phonemes", "phones"),
    [
        ("S;_'8_t_tS;_i_k", "sch o1 t ch i0 k"),  # «счётчик», tt/tS; made single as far as phones are alike
        ("Z_'y_z;_n", "zh y1 zj n"),
        ("j_a_z_'y_k", "j a0 z y1 k"),
        ("s_t_'o_l_b", "s t o1 l p"),  # the last consonant loses its voice
        ("'ja_b_l_@-_k_V", "j a1 b l k a0"),
        ("t_t_'A", "t a1"),
        ("q_Q", ""),
    ],
)
def test_espeak_phonemes_in_our_phones(phonemes: str, phones: str) -> None:
    assert phones_of_espeak(phonemes.split("_")) == tuple(phones.split())


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


HEARD_BY_THEIR_SOUNDS_ALONE = {"мою", "показаний", "со", "счётчик"}
"""Forms of other words of the model; the outputs are phones, so a word need not have been said in training."""


def test_what_the_voices_say_covers_the_words_of_the_model() -> None:
    """Commands, yes and no are spoken in training; digits and numbers come from their own generator."""
    spoken = {word for phrase in (*YES, *NO, *COMMANDS) for word in phrase.split()}
    digits_and_numbers = list(PRONUNCIATIONS)[: list(PRONUNCIATIONS).index("да")]
    assert set(PRONUNCIATIONS) - spoken - set(digits_and_numbers) == HEARD_BY_THEIR_SOUNDS_ALONE
