"""`linebox voices` from its command line: the virtual line, the sound card that is not there, forgetting."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from box.cli.errors import one_line_errors
from box.cli.main import linebox
from box.listening.corpus import load_corpus
from box.listening.wav import read_wav
from box.settings import HOME

CLIPS = HOME / "prompts" / "audio" / "phrases"

CALL = """
[line]
caller = "74995550101"

[[caller]]
wait = "question"
say = "yes.wav"

[[caller]]
wait = "question"
say = "speech.wav"

[[caller]]
wait = "question"
say = "speech.wav"

[[caller]]
wait = "question"
{last}

[[caller]]
wait = "end"
"""


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def program(arguments: tuple[str, ...]) -> None:
    """The whole program, declared errors as lines."""
    with one_line_errors():
        linebox.main(args=list(arguments), prog_name="linebox")


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program, ["--", "voices", *map(str, arguments)])


@pytest.fixture
def line_file(tmp_path: Path) -> Path:
    for name, id_ in (("yes.wav", "collect.say.yes.1"), ("speech.wav", "collect.say.readings.3")):
        samples, rate_hz = read_wav(CLIPS / f"{id_}.wav")
        with wave.open(str(tmp_path / name), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(rate_hz)
            file.writeframes(samples.tobytes())
    path = tmp_path / "line.toml"
    path.write_text(CALL.format(last='press = "0"'), "utf-8")
    return path


def test_a_call_on_the_virtual_line_and_its_withdrawal(tmp_path: Path, line_file: Path) -> None:
    out = tmp_path / "corpus"
    done = call("collect", "--virtual", line_file, "--out", out, "--json")
    assert done.exit_code == 0, done.output
    [result] = json.loads(done.stdout)["calls"]
    assert (result["consent"], result["kept"], result["withdrawn"]) == (True, 2, False)
    assert [clip.voice for clip in load_corpus(out)] == [result["speaker"]] * 2
    number = result["speaker"].removeprefix("v")
    assert f"{out} holds nothing" in call("forget", "999999" if number != "999999" else "1" * 6, "--out", out).stderr
    told = call("forget", number, "--out", out, "--lang", "en")
    assert told.stdout == f"v{number}: 2 recordings deleted\n"
    assert list(out.glob("*.wav")) == []
    assert json.loads((out / "labels.json").read_text("utf-8")) == []


def test_who_withdraws_is_told_of_in_the_language_that_is_wanted(tmp_path: Path, line_file: Path) -> None:
    line_file.write_text(CALL.format(last='press = "9"'), "utf-8")
    done = call("collect", "--virtual", line_file, "--out", tmp_path / "c", "--lang", "en")
    assert done.exit_code == 0, done.output
    assert "withdrawn, the recordings are deleted" in done.stdout
    assert list((tmp_path / "c").glob("*.wav")) == []


def test_without_a_sound_library_the_handset_names_the_package(tmp_path: Path) -> None:
    try:
        import sounddevice  # noqa: F401 - whether it can be is the question
    except OSError:
        pass
    else:
        pytest.skip("PortAudio is installed here")
    done = call("collect", "--handset", "--out", tmp_path / "c")
    assert done.exit_code == 1
    assert done.stderr == "linebox: PortAudio is absent: sudo apt install libportaudio2\n"


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["collect", "--out", "c"], 2, "name one of"),
        (["collect", "--out", "c", "--handset", "--port", "/dev/null"], 2, "name one of"),
        (["collect", "--handset"], 2, "--out"),
        (["collect", "--virtual", "/nowhere.toml", "--out", "{tmp}/c"], 2, "/nowhere.toml"),
        (["collect", "--virtual", "/nowhere.toml", "--out", "/proc/c"], 1, "cannot be used"),
        (["collect", "--handset", "--out", "{tmp}/c", "--count", "0"], 2, "--count"),
        (["forget", "Anna", "--out", "{tmp}"], 2, "no speaker"),
        (["forget", "123456", "--out", "/nowhere"], 2, "does not exist"),
    ],
)
def test_wrong_use_is_one_line(tmp_path: Path, arguments: list[str], code: int, said: str) -> None:
    done = call(*(argument.replace("{tmp}", str(tmp_path)) for argument in arguments))
    assert done.exit_code == code, done.output
    lines = [line for line in done.stderr.splitlines() if line and not line.startswith(("Usage:", "Try "))]
    assert len(lines) == 1, done.stderr
    assert said in lines[0]
