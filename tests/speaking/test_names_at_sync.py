"""Names rendered at sync: once, by the best voice that speaks, within their room; trouble is one line and no more."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from box.accounts.model import Address
from box.dialogue.vocabulary import Phrase, SpokenName
from box.speaking.addresses import Places
from box.speaking.clip_checks import findings, measure
from box.speaking.engines import Engine, Espeak, SpeechEngineAway
from box.speaking.line_sound import Sound
from box.speaking.name_files import NameFiles
from box.speaking.name_words import load_abbreviations
from box.speaking.names_at_sync import RETRY_S, NameRenderer, name_clip, open_names, voice_of_prompts
from box.speaking.opening import ABBREVIATIONS, PROMPTS, open_voice
from box.speaking.script import Contour
from tests.speaking.small_prompts import Whistle

SHORT = load_abbreviations(ABBREVIATIONS)
PLACES = Places(SHORT, {"улица": "street", "Мира": "Mira", "город": "town", "Москва": "Moscow"})
HOME = Address("г. Москва", "ул. Верхняя Масловка", "5")


class Mute(Whistle):
    """An engine that is installed and does not work."""

    def sound(self, text: str) -> tuple[Sound, int]:
        raise SpeechEngineAway("no voice today")


class Choosy(Whistle):
    """An engine that cannot say one name."""

    def sound(self, text: str) -> tuple[Sound, int]:
        if "Сокол" in text:
            raise SpeechEngineAway("what is this?")
        return super().sound(text)


class Desk:
    """A renderer over ``folder`` with engines, room and time in the test's hands."""

    def __init__(self, folder: Path, *engines: Engine, most_bytes: int = 10**9) -> None:
        self.files = NameFiles(folder)
        self.engines: Sequence[Engine] = engines
        self.now_s = 0.0
        self.renderer = NameRenderer(
            self.files,
            PLACES,
            lambda: self.engines,
            {"масловка": "м+асловка"},
            most_bytes=most_bytes,
            now=lambda: self.now_s,
        )

    def texts(self) -> set[str]:
        return {each.text for each in self.files.listing()}


def warnings_in(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Without what is only for information: how much of that is kept is for other tests to change."""
    return [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]


def test_what_no_clips_can_say_is_rendered_once_with_its_stress(tmp_path: Path) -> None:
    whistle = Whistle()
    desk = Desk(tmp_path, whistle)
    desk.renderer.names_arrived([HOME, Address("г. Москва", "ул. Мира", "1"), "м. Сокол", HOME])
    assert whistle.heard == [
        "да",
        "улица Верхняя М+асловка, па.".replace("М+а", "м+а"),
        "улица Верхняя м+асловка.",
        "метро Сокол, па.",
        "метро Сокол.",
    ]
    assert desk.texts() == {"улица Верхняя Масловка", "метро Сокол"}
    desk.renderer.names_arrived([HOME, "м. Сокол"])
    again = Whistle()
    Desk(tmp_path, again).renderer.names_arrived([HOME, "м. Сокол"])
    assert (len(whistle.heard), again.heard) == (5, ["да"])


def test_names_have_the_level_of_the_prompts(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Whistle())
    desk.renderer.names_arrived([HOME])
    takes = desk.files.takes("улица Верхняя Масловка")
    assert takes is not None
    for contour, samples in takes.items():
        assert findings(name_clip("улица Верхняя Масловка", contour), samples) == []
        assert measure(samples).level_dbm0 == pytest.approx(-18, abs=0.5)


def test_another_voice_or_version_or_stress_makes_them_anew(tmp_path: Path) -> None:
    Desk(tmp_path, Whistle()).renderer.names_arrived([HOME])
    for engine in (Whistle(name="better"), Whistle(name="better", version="2")):
        Desk(tmp_path, engine).renderer.names_arrived([HOME])
        assert len(engine.heard) == 3
    assert {each.made_by for each in NameFiles(tmp_path).listing()} == {"better"}
    assert len(list(NameFiles(tmp_path).listing())) == 2


def test_the_best_engine_that_speaks_is_taken(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Mute(), Whistle(name="second"))
    desk.renderer.names_arrived([HOME])
    assert {each.made_by for each in desk.files.listing()} == {"second"}


def test_without_an_engine_one_line_is_logged_and_the_names_wait(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(tmp_path)
    for number in range(3):
        desk.renderer.names_arrived([HOME, "м. Сокол", f"Новая {number + 1}-я"])
        desk.now_s += RETRY_S
    lines = warnings_in(caplog)
    assert len(lines) == 1
    assert lines[0].startswith("text-to-speech: new names are left out")
    assert "apt install" in lines[0]
    assert desk.texts() == set()
    desk.engines = [Whistle()]
    desk.now_s += RETRY_S
    desk.renderer.names_arrived([])
    assert len(desk.texts()) == 5


def test_a_failed_engine_is_not_tried_for_every_name(tmp_path: Path) -> None:
    tried: list[int] = []

    class Counting(Mute):
        def sound(self, text: str) -> tuple[Sound, int]:
            tried.append(1)
            return super().sound(text)

    desk = Desk(tmp_path, Counting())
    desk.renderer.names_arrived(f"Новая {number}-я" for number in range(1, 50))
    assert len(tried) == 1


def test_a_name_that_the_voice_cannot_say_is_passed_over(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    desk = Desk(tmp_path, Choosy())
    desk.renderer.names_arrived(["м. Сокол", "Динамо"])
    assert desk.texts() == {"Динамо"}
    assert "name-unspoken" in caplog.text
    assert "Сокол" not in caplog.text


def test_a_disk_that_cannot_be_written_is_one_line_and_another_try_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    in_the_way = tmp_path / "names"
    in_the_way.write_bytes(b"")
    desk = Desk(in_the_way, Whistle())
    desk.renderer.names_arrived([HOME, "м. Сокол"])
    assert [line.partition(":")[0] for line in warnings_in(caplog)] == ["names-disk"]
    in_the_way.unlink()
    desk.now_s += RETRY_S
    desk.renderer.names_arrived([])
    assert len(desk.texts()) == 2


def test_an_unknown_abbreviation_is_told_once_and_no_street_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(tmp_path, Whistle())
    desk.renderer.names_arrived(["мкн. Северный", Address("мкн. Южный", "Пролетарск. ул.", "1")])
    lines = warnings_in(caplog)
    assert [line.partition("»")[0] for line in lines] == [
        "abbreviation-unknown: «мкн",
        "abbreviation-unknown: «Пролетарск",
    ]
    assert "config/abbreviations.toml" in lines[0]
    assert "Северный" not in caplog.text
    assert desk.texts() == {"Северный", "Южный"}


def test_names_that_nobody_needs_make_room_and_those_in_use_stay(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    old = Desk(tmp_path, Whistle())
    old.renderer.names_arrived([f"Старая {number}-я" for number in range(1, 6)])
    room = old.files.size_bytes()
    with caplog.at_level(logging.INFO):
        desk = Desk(tmp_path, Whistle(), most_bytes=room)
        desk.renderer.names_arrived(["Старая 1-я", "Новая 1-я", "Новая 2-я"])
    assert {"Старая первая", "Новая первая", "Новая вторая"} <= desk.texts()
    assert desk.files.size_bytes() <= room * 1.3
    assert "made room" in caplog.text


def test_when_everything_is_needed_new_names_are_left_out_and_that_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    desk = Desk(tmp_path, Whistle(), most_bytes=30_000)
    desk.renderer.names_arrived(f"Новая {number}-я" for number in range(1, 30))
    assert 1 <= len(desk.texts()) < 29
    assert desk.files.size_bytes() < 60_000
    assert [line.partition(":")[0] for line in warnings_in(caplog)] == ["names-full"]


def test_a_line_says_what_the_courier_rendered(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Whistle())
    desk.renderer.names_arrived([HOME])
    spoken = open_voice(place_audio=NameFiles(tmp_path).takes).speak([Phrase("address.ask", {"address": HOME})])
    assert spoken.complete
    assert spoken.text == "Адрес: улица Верхняя Масловка, дом пять. Верно?"
    held = (desk.files.takes("улица Верхняя Масловка") or {})[Contour.HOLD]
    assert held.tobytes() in spoken.samples.tobytes()


def test_the_voice_of_the_prompts_is_the_voice_of_names() -> None:
    assert voice_of_prompts(PROMPTS) == "anna"


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_espeak_says_names_without_the_carrier_syllable(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Espeak())
    names = ["Северный", "Химки", "ул. Верхняя Масловка", "м. Сокол"]
    desk.renderer.names_arrived(names)
    for text in desk.texts():
        takes = desk.files.takes(text) or {}
        for contour, samples in takes.items():
            assert findings(name_clip(text, contour), samples) == []
        assert len(takes[Contour.HOLD]) < len(takes[Contour.END]) * 1.15 + 400, text


def test_the_box_opens_its_names_and_speaks_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    renderer = open_names(tmp_path)
    renderer.names_arrived([HOME])
    voice = open_voice(place_audio=NameFiles(tmp_path / "names").takes)
    assert not voice.say_value(SpokenName("ул. Верхняя Масловка")).complete


def test_a_phrase_about_a_name_without_sound_is_left_out_whole(tmp_path: Path) -> None:
    voice = open_voice(place_audio=NameFiles(tmp_path / "names").takes)
    unknown, known = (Phrase("office.metro", {"name": SpokenName(name)}) for name in ("Тридевятая", "Таганская"))
    assert (voice.speak([unknown]).text, voice.speak([unknown]).complete) == ("", False)
    assert voice.speak([unknown, known]).text == voice.speak([known]).text == "Метро Таганская."


def test_silence_is_no_name(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Silent(Whistle):
        def sound(self, text: str) -> tuple[Sound, int]:
            return np.zeros(8000), 24_000

    desk = Desk(tmp_path, Silent())
    desk.renderer.names_arrived([HOME])
    assert desk.texts() == set()
    assert "name-unspoken" in caplog.text
