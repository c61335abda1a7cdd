"""``linebox say`` and ``linebox prompts`` as a person or a program calls them."""

from __future__ import annotations

import hashlib
import json
import shutil
import wave
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result

from box.cli.errors import one_line_errors
from box.cli.main import linebox
from box.speaking.name_files import NameFiles
from box.speaking.opening import PROMPTS
from box.speaking.script import Contour


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def program(arguments: tuple[str, ...]) -> None:
    """The whole program, declared errors as lines."""
    with one_line_errors():
        linebox.main(args=list(arguments), prog_name="linebox")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["--", *arguments])


def facts(*arguments: str) -> Any:
    result = call(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_sum() -> None:
    said = facts("say", "--money", "4100000")
    assert said["text"] == "Сорок одна тысяча рублей."
    assert said["clips"] == ["сорок/mid", "одна/mid", "тысяча/mid", "рублей/end"]
    assert 1 < said["duration_s"] < 4


def test_a_number_with_its_unit() -> None:
    assert facts("say", "--number", "121", "--unit", "kilowatt_hour")["text"] == "Сто двадцать один киловатт-час."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("digits=01578", "ноль один пять семь восемь"),
        ("digits=digits:0", "ноль"),
        ("digits=account:12", "один два"),
        ("digits=phone:74995550101", "четыре девять девять пять пять пять ноль один ноль один"),
        ("digits=money:-150", "один рубль пятьдесят копеек"),
        ("digits=count:3/address", "три адреса"),
        ("digits=date:2025-11-12", "двенадцатого ноября"),
        ("digits=ondate:2025-11-12", "двенадцатое ноября"),
        ("digits=day:15", "пятнадцатого"),
        ("digits=onday:26", "двадцать шестое"),
        ("digits=time:08:30", "восьми тридцати"),
        ("digits=zone:ночная зона", "ночная зона"),
        ("digits=address:ул. Ленина|12А|34", "улица Ленина, дом двенадцать, литера А, квартира тридцать четыре"),
        ("digits=settled:г. Москва|ул. Мира|5", "город Москва, улица Мира, дом пять"),
        ("digits=month:2025-10", "октябрь"),
        ("digits=hours:07:00-23:00", "с семи до двадцати трёх"),
        (
            "digits=week:1-5=09:00-20:00,6=10:00-16:00,7=-",
            "по будням с девяти до двадцати, в субботу с десяти до шестнадцати, воскресенье — выходной",
        ),
        ("digits=name:ул. Мира", "улица Мира"),
    ],
)
def test_a_prompt_with_a_value_of_each_kind(value: str, text: str) -> None:
    said = facts("say", "--prompt", "accepted.one", "--value", value)
    assert said["text"] == f"Показания приняты: {text}."
    alone = facts("say", "--as", value.partition("=")[2])["text"]
    assert alone.lower() == f"{text}.".lower()


def test_the_sound_is_written(tmp_path: Path) -> None:
    out = tmp_path / "sum.wav"
    said = facts("say", "--money", "1", "--out", str(out))
    with wave.open(str(out)) as file:
        assert file.getparams()[:3] == (1, 2, 8000)
        assert file.getnframes() / 8000 == pytest.approx(said["duration_s"], abs=0.001)


def test_free_words() -> None:
    assert facts("say", "не слышу ответа")["clips"] == ["lead.silence"]
    lacking = call("say", "пять абракадабра")
    assert (lacking.exit_code, lacking.stderr) == (1, "linebox: there is no recording of: абракадабра\n")


def test_a_street_without_a_recording_is_told() -> None:
    result = call("say", "--prompt", "address.ask", "--value", "address=address:ул. Неизвестная|1")
    assert result.exit_code == 0
    assert "left out" in result.stderr
    assert result.stdout.startswith("Адрес: дом один. Верно?\n")


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["say"], 2, "say one thing"),
        (["say", "да", "--money", "1"], 2, "say one thing"),
        (["say", "--number", "1"], 2, "--number and --unit go together"),
        (["say", "да", "--value", "a=1"], 2, "--value goes with --prompt"),
        (["say", "--prompt", "accepted.one", "--value", "digits"], 2, "wants NAME=KIND:VALUE"),
        (["say", "--prompt", "accepted.one", "--value", "digits=mood:good"], 2, "the kinds are"),
        (["say", "--prompt", "accepted.one", "--value", "digits=time:25:00"], 2, "'25:00' is no time"),
        (["say", "--prompt", "accepted.one", "--value", "digits=count:3"], 2, "is no count"),
        (["say", "--as", "hours:09:00"], 2, "--as hours:09:00: '09:00' is no hours"),
        (["say", "--as", "month:13"], 2, "is no month"),
        (["say", "--as", "week:1-5"], 2, "is no week"),
        (["say", "--as", "week:8=09:00-18:00"], 1, "a day of the week is"),
        (["say", "--as", "mood:good"], 2, "the kinds are"),
        (["say", "--as", "digits:1", "--money", "1"], 2, "say one thing"),
        (["say", "да", "--names", "/nowhere"], 2, "does not exist"),
        (["say", "--prompt", "accepted.one"], 1, "wants a value for digits"),
        (["say", "--prompt", "no.such"], 1, "there is no prompt no.such"),
        (["say", "--number", "1", "--unit", "parsec"], 1, "nothing is known of the noun parsec"),
        (["say", "--number", "-1", "--unit", "day"], 2, "not in the range"),
        (["say", "--money", "1", "--out", "/nowhere/at/all.wav"], 2, "cannot be written"),
        (["prompts", "render", "--only", "no.such"], 2, "no such prompt"),
        (["prompts", "render", "--rhvoice", "/nowhere"], 2, "does not exist"),
    ],
)
def test_wrong_use_is_one_clear_line(arguments: list[str], code: int, complaint: str) -> None:
    result = call(*arguments)
    assert result.exit_code == code
    assert complaint in result.stderr
    assert "Traceback" not in result.output


def test_prompts_are_listed_each_with_its_recordings() -> None:
    listed = facts("prompts", "list")
    silence = next(row for row in listed["prompts"] if row["id"] == "lead.silence")
    assert (silence["text"], silence["gloss"], silence["values"]) == ("Не слышу ответа.", "I hear no answer.", [])
    (clip,) = silence["clips"]
    assert (clip["text"], clip["take"], clip["file"]) == ("Не слышу ответа", 1, "audio/phrases/lead.silence.wav")
    assert clip["sha256"] == hashlib.sha256((PROMPTS / clip["file"]).read_bytes()).hexdigest()
    twenty = next(row for row in listed["words"] if row["id"] == "двадцать")
    assert [each["contour"] for each in twenty["clips"]] == ["mid", "hold", "end"]
    everything = [clip for row in listed["prompts"] + listed["words"] for clip in row["clips"]]
    assert all(clip["current"] and 0.05 < clip["duration_s"] < 12 for clip in everything)
    assert "I hear no answer." in call("prompts", "list").stdout


def test_the_brief_is_written_anew_and_a_stale_one_is_found(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PROMPTS, tmp_path / "prompts"))
    path = folder / "RECORDING.md"
    fresh = path.read_text(encoding="utf-8")
    path.write_text(fresh.replace("Не слышу ответа", "Не слышу"), encoding="utf-8")
    stale = call("prompts", "check", "--folder", str(folder))
    assert stale.exit_code == 1
    assert "RECORDING.md is not of these texts" in stale.stdout
    assert call("prompts", "brief", "--folder", str(folder)).exit_code == 0
    assert path.read_text(encoding="utf-8") == fresh


def test_names_are_listed_and_those_that_nobody_has_heard_are_found(tmp_path: Path) -> None:
    files = NameFiles(tmp_path)
    sound = np.ones(800, np.int16)
    for text in ("улица Трубникова", "город Ёлкино"):
        files.store(text, "recipe", {Contour.END: sound}, "whistle")
    listed = call("prompts", "names", "--names", str(tmp_path))
    assert listed.exit_code == 0
    assert listed.stdout.splitlines() == [
        "город Ёлкино: checked (whistle)",
        "улица Трубникова: трубникова (whistle)",
        "2 names, 1 with words whose stress nobody has checked",
    ]
    unchecked = call("prompts", "names", "--unchecked", "--names", str(tmp_path), "--json")
    assert unchecked.exit_code == 1
    assert [row["text"] for row in json.loads(unchecked.stdout)["names"]] == ["улица Трубникова"]
    assert facts("say", "--as", "name:ул. Трубникова", "--names", str(tmp_path))["clips"] == ["(place)"]


def test_the_names_of_a_box_that_has_none_are_none(tmp_path: Path) -> None:
    settings = tmp_path / "box.toml"
    settings.write_text(f'[box]\ndata = "{tmp_path}"\n', encoding="utf-8")
    assert facts("prompts", "names", "--unchecked", "--settings", str(settings)) == {"names": []}


def test_the_prompts_of_the_product_pass_their_check() -> None:
    checked = facts("prompts", "check")
    assert checked["problems"] == []
    assert checked["level_spread_db"] <= 3
    assert "all good" in call("prompts", "check").stdout


def test_a_check_that_finds_something_says_so_and_exits_one(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PROMPTS, tmp_path / "prompts"))
    (folder / "audio" / "phrases" / "lead.silence.wav").unlink()
    result = call("prompts", "check", "--folder", str(folder))
    assert result.exit_code == 1
    assert "lead.silence cannot be read" in result.stdout
    assert "1 problems" in result.stdout


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
def test_a_prompt_is_rendered_by_espeak(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PROMPTS, tmp_path / "prompts"))
    done = facts("prompts", "render", "--engine", "espeak", "--only", "lead.silence", "--folder", str(folder))
    assert done["made"] == ["lead.silence"]
    assert done["made_by"].startswith("espeak-ng")
    assert call("prompts", "check", "--folder", str(folder)).exit_code == 0


def test_an_import_without_files_is_told(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PROMPTS, tmp_path / "prompts"))
    (tmp_path / "studio").mkdir()
    result = call("prompts", "import", str(tmp_path / "studio"), "--folder", str(folder))
    assert result.exit_code == 2
    assert "holds no file" in result.stderr
