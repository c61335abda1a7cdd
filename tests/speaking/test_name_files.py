"""The files of rendered names: found by the words, whole or absent, and readable by anyone."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.speaking.name_files import NameFiles, name_key
from box.speaking.script import Contour, Takes
from box.speaking.sound_files import alaw_decoded, alaw_encoded, alaw_wav, wav_texts
from firmware.vocabulary import Samples

BOTH = (Contour.HOLD, Contour.END)


def sound(seed: int, count: int = 800) -> Samples:
    noise = np.random.default_rng(seed).integers(-9000, 9000, count).astype(np.int16)
    return alaw_decoded(alaw_encoded(noise))


def takes(seed: int) -> Takes:
    return {Contour.HOLD: sound(seed), Contour.END: sound(seed + 1)}


def test_what_was_stored_is_found_by_the_words_alone(tmp_path: Path) -> None:
    files = NameFiles(tmp_path / "names")
    assert files.takes("улица Ёлочная") is None
    assert not files.has("улица Ёлочная", "recipe", BOTH)
    grown = files.store("улица Ёлочная", "recipe", takes(1), "whistle")
    assert grown == files.size_bytes() > 1600
    assert files.has("Улица ёлочная", "recipe", BOTH)
    assert not files.has("улица Ёлочная", "other", BOTH)
    found = files.takes("УЛИЦА ЕЛОЧНАЯ")
    assert found is not None
    for contour, samples in takes(1).items():
        assert np.array_equal(found[contour], samples)
    assert files.takes("улица Ёлочкина") is None


def test_a_file_says_in_itself_what_it_says_and_who_made_it(tmp_path: Path) -> None:
    files = NameFiles(tmp_path)
    files.store("метро Сокол", "recipe", takes(1), "whistle")
    assert [(each.text, each.made_by) for each in files.listing()] == [("метро Сокол", "whistle")] * 2


@pytest.mark.skipif(shutil.which("sox") is None, reason="sox is not installed")
def test_sox_reads_a_file_with_its_text(tmp_path: Path) -> None:
    path = tmp_path / "name.wav"
    path.write_bytes(alaw_wav(sound(3, 801), {"INAM": "метро Сокол", "ISFT": "whistle!"}))
    raw = subprocess.run(
        ["sox", path, "-t", "raw", "-e", "signed", "-b", "16", "-"], capture_output=True, check=True
    ).stdout
    assert np.array_equal(np.frombuffer(raw, "<i2"), sound(3, 801))


@given(st.dictionaries(st.sampled_from(["INAM", "ISFT", "ICMT"]), st.text(st.characters(exclude_characters="\0"))))
@settings(deadline=None)
def test_texts_come_back_from_a_file(texts: dict[str, str]) -> None:
    assert wav_texts(alaw_wav(sound(4, 7), texts)) == texts


def test_a_better_voice_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    files = NameFiles(tmp_path)
    files.store("метро Сокол", "old", takes(1), "espeak")
    grown = files.store("метро Сокол", "new", takes(5), "RHVoice")
    assert grown == len(b"RHVoice\0") * 2 - len(b"espeak\0\0") * 2
    assert {each.made_by for each in files.listing()} == {"RHVoice"}
    found = files.takes("метро Сокол")
    assert found is not None
    assert np.array_equal(found[Contour.END], takes(5)[Contour.END])


def test_a_take_that_is_damaged_or_gone_leaves_the_other(tmp_path: Path) -> None:
    files = NameFiles(tmp_path)
    files.store("метро Сокол", "recipe", takes(1), "whistle")
    first, second = (each.path for each in files.listing())
    first.write_bytes(b"")
    assert not files.has("метро Сокол", "recipe", BOTH)
    assert len(files.takes("метро Сокол") or {}) == 1
    second.unlink()
    assert files.takes("метро Сокол") is None


@given(st.binary(max_size=200))
@settings(deadline=None)
def test_any_file_in_the_way_is_passed_over(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("names")
    key = name_key("метро Сокол")
    (folder / key[:2]).mkdir()
    for name in (f"{key}-recipe.hold.wav", f"{key}-recipe.wav", f"{key}-.end.wav", f"{key}-x.low.wav"):
        (folder / key[:2] / name).write_bytes(content)
    files = NameFiles(folder)
    assert files.takes("метро Сокол") is None
    assert list(files.listing()) == []


def test_what_a_power_failure_left_half_written_is_never_heard_and_goes(tmp_path: Path) -> None:
    files = NameFiles(tmp_path)
    files.store("метро Сокол", "recipe", takes(1), "whistle")
    whole = next(iter(files.listing())).path
    half = whole.with_name(whole.name + ".part")
    half.write_bytes(whole.read_bytes()[:100])
    size = sum(each.size_bytes for each in files.listing())
    assert files.size_bytes() == size
    assert not half.exists()


def test_eviction_takes_what_was_needed_longest_ago_and_nothing_that_is_spared(tmp_path: Path) -> None:
    files = NameFiles(tmp_path)
    names = ["Сокол", "Аэропорт", "Динамо", "Беговая"]
    for age, name in enumerate(names):
        files.store(name, "recipe", takes(age), "whistle")
        for each in files.listing():
            if each.text == name:
                os.utime(each.path, (age, age))
    files.needed_again("Аэропорт")
    one_name = files.size_bytes() // 4
    assert files.evict(one_name + 1, frozenset({name_key("Сокол")})) == pytest.approx(1.5 * one_name, rel=0.1)
    left = {each.text for each in files.listing()}
    assert {"Сокол", "Аэропорт"} <= left
    assert "Динамо" not in left
    assert files.evict(10**9, frozenset({name_key("Сокол")})) > 0
    assert {each.text for each in files.listing()} == {"Сокол"}
