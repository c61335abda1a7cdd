"""``linebox say`` and ``linebox prompts`` as a person or a program calls them."""

from __future__ import annotations

import json
import shutil
import wave
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from box.cli.errors import one_line_errors
from box.cli.main import linebox
from box.speaking.opening import PROMPTS


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
    ],
)
def test_a_prompt_with_a_value_of_each_kind(value: str, text: str) -> None:
    said = facts("say", "--prompt", "accepted.one", "--value", value)
    assert said["text"] == f"Показания приняты: {text}."


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


def test_prompts_are_listed() -> None:
    listed = facts("prompts", "list")
    assert {"id": "lead.silence", "text": "Не слышу ответа.", "gloss": "I hear no answer.", "values": []} in (
        listed["prompts"]
    )
    assert "двадцать" in listed["words"]
    assert "I hear no answer." in call("prompts", "list").stdout


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
