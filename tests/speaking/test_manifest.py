"""The manifest: how texts are cut into clips, and every mistake in a file told at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.errors import PromptsBroken
from box.speaking.manifest import Clip, file_stem, load_manifest
from box.speaking.opening import PROMPTS
from box.speaking.phrase_texts import Slot, Words, cut
from box.speaking.script import Contour, Pause
from tests.speaking.small_prompts import make_folder


@given(st.text(alphabet='аяБЁ {}ab_.,:!?—«»"1+', max_size=60))
@settings(deadline=None)
def test_a_text_cut_and_joined_is_the_text(text: str) -> None:
    parts = [
        part.text if isinstance(part, Words) else part.mark if isinstance(part, Pause) else f"{{{part.name}}}"
        for part in cut(text)
    ]
    assert "".join(parts) == text


def test_a_phrase_is_cut_at_its_values_and_punctuation(tmp_path: Path) -> None:
    entry = load_manifest(make_folder(tmp_path)).phrases["accepted.zone"]
    first, colon, digits, comma, zone, stop = entry.parts
    assert isinstance(first, Clip)
    assert (first.name, first.text, first.spoken) == ("accepted.zone#1", "Показания приняты", "Показания приняты:")
    assert first.contour is Contour.HOLD
    assert first.file == "phrases/accepted.zone.1.wav"
    assert (digits, zone) == (Slot("digits"), Slot("zone"))
    assert [p.mark for p in (colon, comma, stop) if isinstance(p, Pause)] == [": ", ", ", "."]
    assert entry.values == {"digits", "zone"}


def test_a_phrase_without_values_is_one_clip_of_its_own_name(tmp_path: Path) -> None:
    clip = load_manifest(make_folder(tmp_path)).phrases["greeting"].parts[0]
    assert isinstance(clip, Clip)
    assert (clip.name, clip.file, clip.contour) == ("greeting", "phrases/greeting.wav", Contour.END)


def test_words_before_a_value_flow_into_it(tmp_path: Path) -> None:
    parts = load_manifest(make_folder(tmp_path)).phrases["window"].parts
    clips = [part for part in parts if isinstance(part, Clip)]
    assert [(clip.text, clip.contour) for clip in clips] == [("Приём с", Contour.FLOW), ("по", Contour.FLOW)]


def test_a_word_has_the_contours_it_names_and_lends_the_nearest(tmp_path: Path) -> None:
    words = load_manifest(make_folder(tmp_path)).words
    assert [clip.spoken for clip in words["пять"].clips.values()] == ["пять", "пять,", "пять."]
    assert words["одна"].clip(Contour.END).name == "одна/mid"
    assert words["Б"].clip(Contour.FLOW).name == "Б/hold"


def test_every_clip_of_the_product_has_a_name_and_a_plain_file_name_of_its_own() -> None:
    clips = list(load_manifest(PROMPTS).clips())
    assert len({clip.name for clip in clips}) == len(clips)
    assert all(clip.file.isascii() for clip in clips)
    assert file_stem("Заречная") == "zarechnaya"


@pytest.mark.parametrize(
    ("addition", "complaint"),
    [
        ('[[phrase]]\nid = "x"\ntext = "Нажмите 1."\ngloss = "g"', "cannot be read aloud: 1"),
        ('[[phrase]]\nid = "x"\ntext = "Cчёт."\ngloss = "g"', "cannot be read aloud: C"),  # a Latin C
        ('[[phrase]]\nid = "x"\ntext = "Счёт {Sum}."\ngloss = "{Sum}"', "{Sum} is not a value's name"),
        ('[[phrase]]\nid = "x"\ntext = "Счёт {sum."\ngloss = "g"', "a brace stands alone"),
        ('[[phrase]]\nid = "x"\ntext = "Счёт {sum}."\ngloss = "g"', "gloss: has not the values of text"),
        ('[[phrase]]\nid = "x"\ntext = "А, {b}."\nspoken = "А {b}."\ngloss = "{b}"', "spoken: has not the values"),
        ('[[phrase]]\nid = "X Y"\ntext = "Счёт."\ngloss = "g"', "an id is lower-case Latin words"),
        ('[[phrase]]\nid = "x"\ntext = "..."\ngloss = "g"', "says nothing"),
        ('[[phrase]]\nid = "x"\ngloss = "g"', "text: missing"),
        ('[[phrase]]\nid = "x"\ntxet = "Счёт."\ngloss = "g"', "did you mean text?"),
        ('[[phrase]]\ntext = "Счёт."\ngloss = "g"', "has no id"),
        ('[[phrase]]\nid = "greeting"\ntext = "Счёт."\ngloss = "g"', "[greeting]: stands twice"),
        ('[[phrases]]\nid = "x"', "phrases: unknown; entries are [[phrase]]"),
    ],
)
def test_a_mistake_in_a_phrase_is_named(tmp_path: Path, addition: str, complaint: str) -> None:
    path = make_folder(tmp_path) / "phrases.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n" + addition, encoding="utf-8")
    with pytest.raises(PromptsBroken, match=r"phrases\.toml") as caught:
        load_manifest(tmp_path)
    assert complaint in str(caught.value)


@pytest.mark.parametrize(
    ("addition", "complaint"),
    [
        ('[[word]]\nid = "five"\ngloss = "g"', "the id of a word is the word itself"),
        ('[[word]]\nid = "икс"\ngloss = "g"\ncontours = ["low"]', "low is none of mid, hold, end"),
        ('[[word]]\nid = "икс"\ngloss = "g"\ncontours = []', "name one at least"),
        ('[[word]]\nid = "Пять"\ngloss = "g"', "two clips would share the file"),
    ],
)
def test_a_mistake_in_a_word_is_named(tmp_path: Path, addition: str, complaint: str) -> None:
    path = make_folder(tmp_path) / "numbers.toml"
    path.write_text(path.read_text(encoding="utf-8") + "\n" + addition, encoding="utf-8")
    with pytest.raises(PromptsBroken) as caught:
        load_manifest(tmp_path)
    assert complaint in str(caught.value)


def test_a_word_in_two_files_is_named(tmp_path: Path) -> None:
    path = make_folder(tmp_path) / "places.toml"
    path.write_text(path.read_text(encoding="utf-8") + '\n[[word]]\nid = "пять"\ngloss = "g"\n', encoding="utf-8")
    with pytest.raises(PromptsBroken, match=r"\[пять\]: stands in two files"):
        load_manifest(tmp_path)


def test_all_mistakes_of_all_files_are_told_at_once(tmp_path: Path) -> None:
    make_folder(tmp_path)
    (tmp_path / "phrases.toml").write_text("this is no TOML", encoding="utf-8")
    (tmp_path / "numbers.toml").unlink()
    (tmp_path / "places.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PromptsBroken) as caught:
        load_manifest(tmp_path)
    text = str(caught.value)
    assert "is not TOML" in text
    assert "there is no such file" in text
    assert "is not UTF-8" in text
    assert "\n" not in text
