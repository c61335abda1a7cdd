"""What missing words cost."""

from __future__ import annotations

from pathlib import Path

import pytest

from box.models.coverage import GARBAGE, coverage, place_names
from box.settings import HOME
from box.toml_tables import read_toml
from box.understanding.words import load_words

WORDS = load_words(HOME / "config" / "intents.toml")
ALL = frozenset(WORDS.spellings.values()) | {GARBAGE}
PLACES = ("проспект мира", "сокол", "тёплый стан")


def test_everything_there() -> None:
    found = coverage(WORDS, (), ALL)
    assert found.complete
    assert found.usable
    assert (found.missing, found.lost, dict(found.weakened)) == ((), (), {})


def test_a_model_that_writes_e_for_yo_lacks_nothing() -> None:
    assert coverage(WORDS, (), {word.replace("ё", "е") for word in ALL}).complete


def test_a_digit_that_has_another_word_is_weakened_and_one_that_has_none_is_lost() -> None:
    found = coverage(WORDS, (), ALL - {"нуль", "семь"})
    assert found.missing == ("нуль", "семь")
    assert found.lost == ("digit 7",)
    assert found.weakened["digit 0"] == ("нуль",)
    assert found.essential_lost == ("digit 7",)
    assert not found.usable


def test_a_lost_command_can_be_lived_with() -> None:
    tariff = {word for phrase, meaning in WORDS.meanings.items() if meaning.value == "tariff" for word in phrase}
    others = {word for phrase, meaning in WORDS.meanings.items() if meaning.value != "tariff" for word in phrase}
    found = coverage(WORDS, (), ALL - {WORDS.spellings[word] for word in tariff - others})
    assert "tariff" in (*found.lost, *found.weakened)
    assert found.usable
    assert not found.complete


def test_a_word_in_the_middle_of_a_phrase_counts_too() -> None:
    found = coverage(WORDS, (), ALL - {"счётчика"})
    assert found.missing == ("счётчика",)
    assert "показания счётчика" in found.weakened["readings"]


@pytest.mark.parametrize("gone", ["да", "нет"])
def test_yes_and_no_have_other_words(gone: str) -> None:
    found = coverage(WORDS, (), ALL - {gone})
    assert not found.complete
    assert found.usable


def test_without_the_garbage_word_nothing_is_usable() -> None:
    assert not coverage(WORDS, (), ALL - {GARBAGE}).usable


def test_places_are_counted_by_name() -> None:
    found = coverage(WORDS, PLACES, ALL | {"проспект", "теплый", "стан"})
    assert (found.places_lost, found.places) == (2, 3)
    assert {"мира", "сокол"} <= set(found.missing)
    assert found.usable


def test_the_places_of_the_product_are_found_in_its_file() -> None:
    path = HOME / "config" / "places.toml"
    if not path.is_file():
        pytest.skip("config/places.toml is not there")
    names = place_names(read_toml(path)[0])
    assert "сокольники" in names
    assert len(names) == len(set(names)) > 200
    assert all(name == name.strip().lower() for name in names)


def test_only_lists_of_strings_are_places(tmp_path: Path) -> None:
    assert place_names({"metro": ["сокол", "сокол", 5], "about": "text", "more": {"a": ["b"]}}) == ("сокол",)
