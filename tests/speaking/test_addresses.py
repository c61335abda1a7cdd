"""Addresses as billing writes them, as they are said."""

from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.accounts.model import Address
from box.errors import CannotSay, SettingsWrong
from box.speaking.addresses import PLACE_CLIP, Places
from box.speaking.house_numbers import house_groups
from box.speaking.manifest import load_manifest
from box.speaking.name_words import load_abbreviations
from box.speaking.opening import ABBREVIATIONS, PROMPTS
from box.speaking.script import Contour, Said, Takes, text_of

SHORT = load_abbreviations(ABBREVIATIONS)
GLOSSES = {word.id: word.gloss for word in load_manifest(PROMPTS).words.values()}
PLACES = Places(SHORT, GLOSSES)


def said(address: Address, *, settlement: bool = False, places: Places = PLACES) -> str:
    return text_of(places.address(address, settlement=settlement).pieces)


@pytest.mark.parametrize(
    ("street", "house", "building", "flat", "text"),
    [
        ("ул. Ленина", "12А", "", "34", "Улица Ленина, дом двенадцать, литера А, квартира тридцать четыре"),
        ("ул.Ленина", "5/2", "", "", "Улица Ленина, дом пять дробь два"),
        ("УЛ МИРА", "12 к.1 стр. 3", "", "7", "Улица Мира, дом двенадцать, корпус один, строение три, квартира семь"),
        ("Садовая ул.", "д. 101", "2", "кв. 15", "Садовая улица, дом сто один, корпус два, квартира пятнадцать"),
        ("пр-кт Мира", "12к1", "", "2а", "Проспект Мира, дом двенадцать, корпус один, квартира два, литера А"),
        ("ул. Молодежная", "40", "стр. 5", "", "Улица Молодёжная, дом сорок, строение пять"),
        ("1-я Парковая ул.", "вл. 8", "", "", "Первая Парковая улица, владение восемь"),
        ("ул. 8 Марта", "12К", "", "", "Улица восьмого марта, дом двенадцать, литера К"),
        ("2-й Лесная", "3", "А", "оф. 21", "Второй Лесная, дом три, корпус литера А, офис двадцать один"),
        ("ул. Мира", "12 лит. Б", "", "", "Улица Мира, дом двенадцать, литера Б"),
        ("ул. Мира", "12-Б", "", "", "Улица Мира, дом двенадцать, литера Б"),
        ("ул. Мира", "12B", "", "", "Улица Мира, дом двенадцать, литера В"),  # a Latin B, as typed by mistake
        ("наб. Мира", "007", "", "", "Набережная Мира, дом семь"),
        ("СНТ Победы", "уч. 12", "", "", "СНТ Победы, участок двенадцать"),
    ],
)
def test_addresses_are_said_in_full(street: str, house: str, building: str, flat: str, text: str) -> None:
    address = Address("", street, house, building, flat)
    rendered = PLACES.address(address)
    assert text_of(rendered.pieces) == text
    assert rendered.complete


def test_the_place_of_a_letter_decides_what_it_means() -> None:
    address = Address("д. Москва", "ул. Мира", "д. 5", "", "")
    assert said(address, settlement=True) == "Деревня Москва, улица Мира, дом пять"


def test_the_settlement_is_said_only_when_asked() -> None:
    address = Address("г. Москва", "ул. Мира", "5", "", "1")
    assert said(address) == "Улица Мира, дом пять, квартира один"
    assert said(address, settlement=True) == "Город Москва, улица Мира, дом пять, квартира один"


@pytest.mark.parametrize("abbreviation", sorted(SHORT.before_name))
def test_every_kind_of_place_has_a_recording(abbreviation: str) -> None:
    assert PLACES.name(f"{abbreviation}. Ленина").complete


@pytest.mark.parametrize("abbreviation", sorted(SHORT.before_number))
def test_every_part_of_a_house_has_a_recording(abbreviation: str) -> None:
    assert said(Address("", "", f"{abbreviation}. 5", "", "")).lower() == f"{SHORT.before_number[abbreviation]} пять"


def test_the_abbreviations_of_the_reference_are_all_known() -> None:
    reference = (
        "ул улица, пр-кт проспект, б-р бульвар, ш шоссе, наб набережная, пер переулок, пр-д проезд, пл площадь, "
        "туп тупик, мкр микрорайон, кв-л квартал, г город, п посёлок, д деревня, снт СНТ"
    )
    for pair in reference.split(", "):
        short, full = pair.split()
        assert SHORT.before_name[short] == full
    assert [SHORT.before_number[short] for short in ("д", "к", "корп", "стр", "вл", "лит", "кв")] == (
        ["дом", "корпус", "корпус", "строение", "владение", "литера", "квартира"]
    )


def test_an_unknown_street_is_left_out_and_said_to_be_missing() -> None:
    rendered = PLACES.address(Address("", "ул. Верхняя Масловка", "12", "", "3"))
    assert text_of(rendered.pieces) == "Дом двенадцать, квартира три"
    assert not rendered.complete


def test_an_unknown_street_is_said_from_place_audio_by_its_full_words() -> None:
    asked: list[str] = []

    def place_audio(name: str) -> Takes | None:
        asked.append(name)
        return {Contour.HOLD: np.ones(800, np.int16)}

    places = Places(SHORT, GLOSSES, place_audio)
    rendered = places.address(Address("", "ул. Верхняя Масловка", "12", "", ""))
    assert asked == ["улица Верхняя Масловка"]
    assert rendered.complete
    assert text_of(rendered.pieces) == "Улица Верхняя Масловка, дом двенадцать"
    first = rendered.pieces[0]
    assert isinstance(first, Said)
    assert first.clip == PLACE_CLIP
    assert first.takes is not None


def test_place_audio_is_not_asked_for_what_has_clips_and_may_have_nothing() -> None:
    asked: list[str] = []

    def nothing(name: str) -> Takes | None:
        asked.append(name)

    places = Places(SHORT, GLOSSES, nothing)
    assert places.name("ул. Ленина").complete
    assert asked == []
    assert not places.name("ул. С. Перовской").complete
    assert asked == ["улица Перовской"]


@pytest.mark.parametrize("house", ["12-14", "12 34", "12+1", "двенадцать", "12/", "/2", "1234567", "12АБ"])
def test_a_house_number_that_could_mean_two_things_is_left_out(house: str) -> None:
    rendered = PLACES.address(Address("", "ул. Мира", house, "", ""))
    assert text_of(rendered.pieces) == "Улица Мира"
    assert not rendered.complete


@given(st.text(max_size=12))
@settings(deadline=None)
def test_any_text_as_a_house_number_is_words_or_a_declared_error(text: str) -> None:
    try:
        groups = house_groups(text, "дом", SHORT.before_number)
    except CannotSay:
        return
    assert all(groups)


@given(st.text(max_size=30), st.text(max_size=10))
@settings(deadline=None)
def test_any_address_is_said_as_far_as_it_can_be(street: str, house: str) -> None:
    rendered = PLACES.address(Address(street, street, house, house, house), settlement=True)
    assert all(not isinstance(piece, Said) or piece.clip in GLOSSES for piece in rendered.pieces)


def test_figures_in_names_are_words_before_place_audio_is_asked() -> None:
    asked: list[str] = []
    places = Places(SHORT, GLOSSES, asked.append)
    assert text_of(places.name("32-я Парковая ул.").pieces) == "Тридцать вторая Парковая улица"
    places.name("ул. 1905 года")
    assert asked == ["улица тысяча девятьсот пятого года"]


def test_what_no_clips_can_say_is_told_once_for_each_name() -> None:
    def unrecorded(what: Address | str) -> list[str]:
        return [words.text for words in PLACES.unrecorded(what)]

    assert unrecorded(Address("г. Москва", "ул. Ленина", "5")) == []
    assert unrecorded(Address("г. Химки", "Б. Черкасский пер.", "5")) == ["город Химки", "Большой Черкасский переулок"]
    assert unrecorded("м. Сокольничья") == ["метро Сокольничья"]
    assert unrecorded("м. Сокол") == unrecorded("ВДНХ") == []
    assert unrecorded("") == []


def test_a_street_of_which_only_the_kind_can_be_read_is_not_said() -> None:
    rendered = PLACES.address(Address("", "Пролетарск. ул.", "5"))
    assert text_of(rendered.pieces) == "Дом пять"
    assert not rendered.complete
    (words,) = PLACES.unrecorded("Пролетарск. ул.")
    assert (words.words, words.unknown) == ((), ("Пролетарск",))


@pytest.mark.parametrize("kind", ["metro", "district"])
def test_places_by_which_callers_choose_an_office_can_be_said_without_text_to_speech(kind: str) -> None:
    """Written as callers say them and as billing writes them."""
    names = tomllib.loads((ABBREVIATIONS.parent / "places.toml").read_text("utf-8"))[kind]
    assert [name for name in names if not PLACES.name(name).complete] == []
    assert PLACES.name("Китай-город").complete
    assert PLACES.name("Орехово-Борисово").complete


def test_the_conjunction_and_the_letter_are_two_words() -> None:
    assert PLACES.name("Мира и Победы").pieces[2].text == "и"  # type: ignore[union-attr]
    assert said(Address("", "", "5И")) == "Дом пять, литера И"


def test_an_empty_address_says_nothing() -> None:
    assert PLACES.address(Address("", "", "")).pieces == ()


def test_wrong_abbreviations_are_all_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "abbreviations.toml"
    path.write_text(
        '[before_nam]\n[before_number]\n"к" = 5\n[in_name]\n[adjectives]\n"б" = ["Большой"]\n', encoding="utf-8"
    )
    with pytest.raises(SettingsWrong) as caught:
        load_abbreviations(path)
    text = " / ".join(caught.value.problems)
    assert "before_name" in text
    assert "к" in text


def test_zones_are_said_by_their_names() -> None:
    assert text_of(PLACES.name("дневная зона").pieces) == "Дневная зона"
    assert text_of(PLACES.name("Т1, пиковая зона").pieces) == "Т один пиковая зона"
    assert PLACES.name("").pieces == ()
    assert not PLACES.name("сумеречная зона").complete
