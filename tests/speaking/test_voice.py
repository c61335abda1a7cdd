"""The box's mouth: what is written is what is heard, without clicks and without pauses that end the turn."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.accounts.model import AccountNumber, Address, Kopecks, PhoneNumber
from box.accounts.reference import DayHours
from box.dialogue.vocabulary import (
    ClockTime,
    Count,
    DateForm,
    DayOrdinal,
    DigitRow,
    FullAddress,
    Hours,
    Money,
    MonthName,
    Phrase,
    SpokenDate,
    SpokenName,
    Value,
    WeekHours,
    Zone,
)
from box.errors import CannotSay
from box.speaking.catalogue import load_catalogue
from box.speaking.clip_checks import longest_silence_s
from box.speaking.free_text import compose_text
from box.speaking.name_words import load_abbreviations
from box.speaking.numbers import NOUNS
from box.speaking.opening import ABBREVIATIONS, PROMPTS
from box.speaking.script import Contour
from box.speaking.values import render
from box.speaking.voice import Spoken, Voice
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

CATALOGUE = load_catalogue(PROMPTS)
VOICE = Voice(CATALOGUE, load_abbreviations(ABBREVIATIONS))
CLIPS = {clip.name: clip for clip in CATALOGUE.manifest.clips()}
CLICK = 1200
"""A step between two samples at a joint that could be heard as a click; speech itself steps by up to ten times that."""

VALUES: st.SearchStrategy[Value] = st.one_of(
    st.builds(DigitRow, st.text("0123456789", min_size=1, max_size=12)),
    st.builds(Count, st.integers(0, 10**9), st.sampled_from(sorted(NOUNS))),
    st.builds(SpokenDate, st.dates(), st.sampled_from(DateForm)),
    st.builds(DayOrdinal, st.integers(1, 31), st.sampled_from(DateForm)),
    st.builds(ClockTime, st.times()),
    st.builds(MonthName, st.dates()),
    st.builds(Hours, st.times(), st.times()),
    st.builds(
        lambda days: WeekHours(tuple(days)),
        st.lists(
            st.builds(
                DayHours,
                st.integers(0, 6),
                st.sampled_from([None, time(9), time(10)]),
                st.sampled_from([time(18), time(20, 30)]),
            ),
            max_size=8,
        ),
    ),
    st.builds(SpokenName, st.sampled_from(["", "ул. Мира", "Неведомая", "мкн. Мира"])),
    st.builds(Zone, st.sampled_from(["", "дневная зона", "ночная зона", "Т2, пиковая зона", "нигде"])),
    st.builds(lambda kopecks: Money(Kopecks(kopecks)), st.integers(-(10**12), 10**12)),
    st.builds(AccountNumber, st.text("0123456789", min_size=1, max_size=12)),
    st.just(PhoneNumber("74995550101")),
    st.just(Address("г. Москва", "ул. Ленина", "12А", "", "34")),
    st.just(FullAddress(Address("г. Москва", "ул. Неизвестная", "5/2", "1", "7"))),
)


def phrase_strategy() -> st.SearchStrategy[Phrase]:
    def filled(id_: str) -> st.SearchStrategy[Phrase]:
        names = sorted(CATALOGUE.manifest.phrases[id_].values)
        return st.fixed_dictionaries(dict.fromkeys(names, VALUES)).map(lambda values: Phrase(id_, values))

    return st.sampled_from(sorted(CATALOGUE.manifest.phrases)).flatmap(filled)


def words(text: str) -> list[str]:
    return re.findall(r"[\w-]+", text.lower())


def say(id_: str, **values: Value) -> Spoken:
    return VOICE.speak([Phrase(id_, values)])


@given(st.lists(phrase_strategy(), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_what_is_written_is_what_the_clips_say(phrases: list[Phrase]) -> None:
    spoken = VOICE.speak(phrases)
    assert words(spoken.text) == [word for name in spoken.clips for word in words(CLIPS[name].text)]
    assert "  " not in spoken.text
    assert not re.search(r" [.,:;?]|[,:—] ?[.?]|[.,:?]{2}|\{", spoken.text)


@given(st.lists(phrase_strategy(), min_size=1, max_size=3))
@settings(max_examples=150, deadline=None)
def test_nothing_clicks_and_no_pause_ends_the_turn(phrases: list[Phrase]) -> None:
    spoken = VOICE.speak(phrases)
    if not spoken.clips:
        return
    assert longest_silence_s(spoken.samples) < 0.5
    steps = np.abs(np.diff(spoken.samples.astype(np.int32)))
    for joint in joints(spoken):
        assert steps[max(joint - 8, 0) : joint + 8].max(initial=0) < CLICK
    assert max(abs(int(spoken.samples[0])), abs(int(spoken.samples[-1]))) < CLICK


def joints(spoken: Spoken) -> list[int]:
    """Sample numbers where a clip begins, found by looking for the clips in the sound one after another."""
    sound, places, start = spoken.samples.tobytes(), [], 0
    for name in spoken.clips:
        clip = CATALOGUE.samples(name).tobytes()
        start = sound.index(clip, start)
        places.append(start // 2)
        start += len(clip)
    return places[1:]


def gaps_s(spoken: Spoken) -> list[float]:
    """Quiet between the speech of neighbouring clips: what was put between them and the quiet edge of both."""
    starts = [0, *joints(spoken)]
    ends = [start + len(CATALOGUE.samples(name)) for start, name in zip(starts, spoken.clips, strict=True)]
    return [round((b - a) / SAMPLE_RATE_HZ + 0.02, 3) for a, b in zip(ends, starts[1:], strict=False)]


def test_digits_have_a_breath_after_every_third() -> None:
    assert gaps_s(say("accepted.one", digits=DigitRow("01578")))[1:] == [0.25, 0.25, 0.45, 0.25]


def test_an_account_is_said_five_three_two() -> None:
    gaps = gaps_s(say("account.check", account=AccountNumber("1234567890")))[1:-1]
    assert gaps == [0.25] * 4 + [0.45] + [0.25] * 2 + [0.45] + [0.25]


def test_a_phone_is_said_three_three_two_two_without_its_country_code() -> None:
    spoken = say("callback.short", phone=PhoneNumber("74995550102"))
    assert spoken.text == "Перезвонить на номер четыре девять девять пять пять пять ноль один ноль два?"
    assert gaps_s(spoken)[1:] == [0.25, 0.25, 0.45, 0.25, 0.25, 0.45, 0.25, 0.45, 0.25]


def test_an_account_of_another_length_is_said_in_threes() -> None:
    gaps = gaps_s(say("account.check", account=AccountNumber("123456789")))[1:-1]
    assert gaps == [0.25, 0.25, 0.45, 0.25, 0.25, 0.45, 0.25, 0.25]


def test_the_voice_falls_at_the_end_stays_up_before_a_comma_and_flows_inside_a_number() -> None:
    spoken = say("balance.debt", amount=Money(Kopecks(-4_210_000)), date=SpokenDate(date(2025, 11, 12), DateForm.ON))
    assert spoken.text == "Задолженность сорок две тысячи сто рублей на двенадцатое ноября."
    assert spoken.clips[1:6] == ("сорок/mid", "две/mid", "тысячи/mid", "сто/mid", "рублей/mid")
    assert spoken.clips[-1] == "ноября/end"
    zone = say("accepted.zone", digits=DigitRow("12"), zone=Zone("ночная зона"))
    assert zone.clips[-2:] == ("два/hold", "ночная зона/end")
    assert say("account.check_short", account=AccountNumber("12")).clips[-2:] == ("два/hold", "account.check_short#1")


def test_a_zone_without_a_name_takes_its_comma_along() -> None:
    assert say("accepted.zone", digits=DigitRow("12"), zone=Zone("")).text == "Показания приняты: один два."
    asked = say("reading.ask_zone", zone=Zone(""), count=Count(5, "digit"))
    assert asked.text == "Показания: назовите по одной цифре, пять цифр до запятой."
    assert asked.gloss == "The reading: say one digit at a time, 5 digits before the comma."


def test_an_unknown_street_is_left_out_of_text_and_sound_and_told() -> None:
    spoken = say("address.ask", address=Address("", "ул. Неизвестная", "1", "", ""))
    assert spoken.text == "Адрес: дом один. Верно?"
    assert not spoken.complete
    assert say("address.ask", address=Address("", "ул. Мира", "1", "", "")).complete


def test_place_audio_is_joined_like_a_clip() -> None:
    whistle: Samples = (3000 * np.sin(np.arange(4000) / 3) * np.hanning(4000)).astype(np.int16)
    takes = {Contour.HOLD: whistle, Contour.END: -whistle}
    voice = Voice(CATALOGUE, load_abbreviations(ABBREVIATIONS), lambda name: takes if "Неизвестная" in name else None)
    spoken = voice.speak([Phrase("address.ask", {"address": Address("", "ул. Неизвестная", "1", "", "")})])
    assert spoken.complete
    assert spoken.text == "Адрес: улица Неизвестная, дом один. Верно?"
    assert spoken.clips[1] == "(place)"
    found = [i for i in range(len(spoken.samples) - 4000) if np.array_equal(spoken.samples[i : i + 4000], whistle)]
    assert len(found) == 1
    at_the_end = voice.say_value(SpokenName("Неизвестная"))
    assert at_the_end.text == "Неизвестная."
    assert np.array_equal(at_the_end.samples, -whistle)


def test_a_value_at_the_start_of_a_sentence_begins_with_a_capital() -> None:
    assert say("address.short", address=Address("", "ул. Мира", "3")).text == "Улица Мира, дом три, верно?"


def test_sentences_follow_each_other_with_a_sentence_pause() -> None:
    spoken = VOICE.speak([Phrase("lead.silence"), Phrase("hint.yes_no_short")])
    assert spoken.text == "Не слышу ответа. Да или нет?"
    assert gaps_s(spoken) == [0.42]
    assert spoken.clips == ("lead.silence", "hint.yes_no_short")


@pytest.mark.parametrize(
    ("value", "gloss"),
    [
        (Money(Kopecks(-123_456)), "1,234 roubles 56 kopecks"),
        (Money(Kopecks(100)), "1 rouble"),
        (Money(Kopecks(0)), "0 roubles"),
        (Count(3, "address"), "3 addresses"),
        (DigitRow("015"), "0 1 5"),
        (AccountNumber("1234567890"), "12345-678-90"),
        (PhoneNumber("74995550101"), "499-555-01-01"),
        (SpokenDate(date(2025, 11, 12), DateForm.ON), "12 November"),
        (DayOrdinal(22, DateForm.BARE), "22nd"),
        (DayOrdinal(13, DateForm.BARE), "13th"),
        (ClockTime(time(8, 5)), "08:05"),
        (MonthName(date(2025, 10, 1)), "October"),
        (Hours(time(7), time(23)), "07:00-23:00"),
        (WeekHours((DayHours(0, time(9), time(18)), DayHours(6))), "Monday 09:00-18:00, Sunday closed"),
        (SpokenName("ул. Мира"), "street Mira"),
        (Zone("ночная зона"), "night zone"),
        (Address("", "ул. Мира", "5"), "street Mira, house five"),
    ],
)
def test_values_have_an_english_gloss(value: Value, gloss: str) -> None:
    assert render(value, VOICE.places).gloss == gloss


@pytest.mark.parametrize(
    ("id_", "values", "complaint"),
    [
        ("no.such", {}, "there is no prompt no.such"),
        ("accepted.one", {}, "wants a value for digits"),
        ("lead.silence", {"digits": DigitRow("1")}, "has no place for digits"),
        ("accepted.one", {"digits": DigitRow("1x")}, "nothing but digits"),
        ("accepted.one", {"digits": DayOrdinal(32, DateForm.ON)}, "a day of the month"),
        ("accepted.one", {"digits": WeekHours((DayHours(7, time(9), time(18)),))}, "a day of the week"),
        ("accepted.one", {"digits": "12"}, "a str is not a value"),
    ],
)
def test_what_cannot_be_said_is_a_declared_error(id_: str, values: Mapping[str, Value], complaint: str) -> None:
    with pytest.raises(CannotSay, match=complaint):
        VOICE.speak([Phrase(id_, values)])


def test_sound_given_out_cannot_be_spoilt_and_a_fixed_prompt_is_made_once() -> None:
    first, second = say("lead.silence"), say("lead.silence")
    assert first is second
    with pytest.raises(ValueError, match="read-only"):
        first.samples[0] = 1


def test_what_is_spoken_prints_none_of_it() -> None:
    spoken = say("account.check", account=AccountNumber("1234567890"))
    assert "один" not in f"{spoken} {spoken!r}"


def test_nothing_to_say_is_no_sound() -> None:
    spoken = VOICE.speak([])
    assert (spoken.text, spoken.duration_s, spoken.clips) == ("", 0.0, ())


def test_free_text_uses_the_longest_clips_and_figures_become_words() -> None:
    spoken = VOICE.say(compose_text("не слышу ответа. 41 РУБЛЬ.", VOICE.manifest))
    assert spoken.clips == ("lead.silence", "сорок/mid", "один/mid", "рубль/end")
    assert VOICE.say(compose_text("пять, шесть.", VOICE.manifest)).clips == ("пять/hold", "шесть/end")


def test_free_text_names_every_word_without_a_recording() -> None:
    with pytest.raises(CannotSay, match=r"there is no recording of: абракадабра, hello$"):
        compose_text("пять абракадабра hello абракадабра", VOICE.manifest)
    with pytest.raises(CannotSay, match="nothing to say"):
        compose_text(" ... ", VOICE.manifest)


@given(st.text(max_size=40))
@settings(deadline=None)
def test_any_text_is_said_or_refused(text: str) -> None:
    try:
        spoken = VOICE.say(compose_text(text, VOICE.manifest))
    except CannotSay:
        return
    assert spoken.duration_s > 0
