"""The studio brief and the inventory: every recording is in both, with a sentence in which it is really said."""

from __future__ import annotations

import re
import wave
from pathlib import Path

import pytest

from box.speaking.addresses import Places
from box.speaking.brief import MARK, brief, with_brief
from box.speaking.examples import SLOT_TEXTS, phrase_example, word_examples
from box.speaking.inventory import inventory
from box.speaking.manifest import Clip, load_manifest
from box.speaking.name_words import load_abbreviations
from box.speaking.opening import ABBREVIATIONS, PROMPTS, STRESS
from box.speaking.phrase_texts import Slot
from box.speaking.rendering import load_stress
from box.speaking.stress_checks import unchecked_words
from tests.speaking.small_prompts import make_folder, record_all

MANIFEST = load_manifest(PROMPTS)
PLACES = Places(load_abbreviations(ABBREVIATIONS), {word.id: word.gloss for word in MANIFEST.words.values()})
EXAMPLES = word_examples(MANIFEST, PLACES)


def test_the_brief_in_the_repository_is_of_these_texts() -> None:
    text = (PROMPTS / "RECORDING.md").read_text(encoding="utf-8")
    assert text == with_brief(text, MANIFEST, PLACES, load_stress(STRESS)), "run ./linebox prompts brief"


def test_every_file_stands_in_the_brief_once_with_its_melody_and_words_in_bold() -> None:
    rows = re.findall(r"^\| `(\S+)` \| (mid|hold|end) \| (\d+) \| (.+) \|$", brief(MANIFEST, PLACES, {}), re.MULTILINE)
    clips = {clip.file: clip for clip in MANIFEST.clips()}
    assert sorted(row[0] for row in rows) == sorted(clips)
    for file, melody, take, text in rows:
        clip = clips[file]
        assert (melody, int(take)) == (clip.contour.value, clip.take)
        bold = re.findall(r"\*\*(.+?)\*\*", text)
        plain = clip.spoken.replace("+", "").rstrip('.,:;!?…—– «»"()')
        assert [each.replace("\u0301", "") for each in bold] == [plain], file


def test_stresses_are_acutes_for_the_speaker() -> None:
    text = brief(MANIFEST, PLACES, {"счётчик": "сч+ётчик", "улица": "+улица"})
    assert "а\u0301дреса" in text
    assert "**у\u0301лица**" in text
    assert "+" not in text


def test_what_people_wrote_above_the_mark_is_kept() -> None:
    text = with_brief("# How\n\nto record", MANIFEST, PLACES, {})
    assert text.startswith(f"# How\n\nto record\n\n{MARK}\n")
    assert with_brief(text, MANIFEST, PLACES, {}) == text


def test_every_word_but_the_greatest_is_read_in_a_sentence_of_the_box() -> None:
    names = {clip.name for word in MANIFEST.words.values() for clip in word.clips.values()}
    assert {name for name in names - EXAMPLES.keys() if not name.startswith("милли")} == set()
    assert EXAMPLES["рублей/end"].endswith("**рублей**.")
    assert re.search(r"\*\*двадцать\*\* \w+", EXAMPLES["двадцать/mid"])
    assert "**рублей**," in EXAMPLES["рублей/hold"]
    assert EXAMPLES["до двадцати/mid"] != "**до двадцати**."


def test_a_phrase_is_shown_with_values_in_their_places() -> None:
    entry = MANIFEST.phrases["accepted.zone"]
    first = entry.parts[0]
    assert isinstance(first, Clip)
    assert phrase_example(entry, first) == "**Показания приняты**: ноль один пять семь восемь, дневная зона."


def test_every_value_of_a_phrase_has_something_to_read() -> None:
    slots = {part.name for phrase in MANIFEST.phrases.values() for part in phrase.parts if isinstance(part, Slot)}
    assert slots <= {name.rpartition(".")[2] for name in SLOT_TEXTS}


def test_the_inventory_leads_from_every_text_to_its_file_and_back(tmp_path: Path) -> None:
    folder = record_all(make_folder(tmp_path))
    manifest = load_manifest(folder)
    (folder / "audio" / "phrases" / "window.1.wav").unlink()
    path = folder / "phrases.toml"
    path.write_text(path.read_text(encoding="utf-8").replace("Добрый день", "Добрый вечер"), encoding="utf-8")
    records = inventory(load_manifest(folder), folder)
    assert sorted(each.file for clips in records.values() for each in clips) == sorted(
        f"audio/{clip.file}" for clip in manifest.clips()
    )
    greeting, (first, second) = records["greeting"][0], records["window"]
    assert (greeting.text, greeting.contour, greeting.take, greeting.made_by, greeting.current) == (
        ("Добрый вечер", "end", 1, "whistle", False)
    )
    assert (first.duration_s, second.current) == (None, True)
    assert len(second.sha256) == 64
    assert second.duration_s == pytest.approx(((folder / second.file).stat().st_size - 58) / 8000, abs=0.001)


def test_the_stress_of_a_word_is_checked_when_a_person_has_marked_or_recorded_it() -> None:
    stress = {"масловка": "м+асловка"}
    assert unchecked_words("улица Верхняя Масловка", stress, {"улица"}) == ["верхняя"]
    assert unchecked_words("Ёлочный проезд, дом", {}, {"проезд"}) == []
    assert unchecked_words("Красно-Пресненская, Красно-Пресненская", {}, ()) == ["красно-пресненская"]
    assert unchecked_words("Китай-город, Юг-город", {"китай": "кит+ай", "город": "г+ород"}, ()) == []
    assert unchecked_words("Китай-город", {"китай": "кит+ай"}, ()) == ["китай-город"]


def test_durations_are_those_of_the_files() -> None:
    """The length told of a clip of the product, against the header that sox and players read."""
    record = inventory(MANIFEST, PROMPTS)["lead.silence"][0]
    data = (PROMPTS / record.file).read_bytes()
    with pytest.raises(wave.Error):
        wave.open(str(PROMPTS / record.file))  # noqa: SIM115 - A-law: the standard library reads none
    assert record.duration_s == round(int.from_bytes(data[data.index(b"data") + 4 :][:4], "little") / 8000, 3)
