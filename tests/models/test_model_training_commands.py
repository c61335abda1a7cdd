"""`model compare` and `model train` from their command lines: the real library on recordings; the training's own
command line as a real program gets it."""

from __future__ import annotations

import json
import os
import sys
import wave
from pathlib import Path
from typing import Any

import click
import numpy as np
import pytest
from click.testing import CliRunner, Result

from box.cli.errors import one_line_errors
from box.cli.main import linebox
from box.collecting.corpus_entries import Condition, Consent, is_held_out
from box.collecting.corpus_folder import open_corpus
from box.listening.model_folder import missing_model_parts
from box.listening.wav import read_wav
from box.models.training_run import TrainingOrder, command
from box.settings import HOME
from firmware.vocabulary import Samples
from tests.models.making import OWN, without_words

pytestmark = pytest.mark.skipif(bool(missing_model_parts(OWN)), reason="no speech model in box/listening/model")

CLIPS = HOME / "prompts" / "audio" / "phrases"
SAID = {"balance": "баланс", "tariff": "тариф", "payment": "оплата", "office": "офис", "oov": "подержи трубку"}
NUMBERS = {"oov": 2}
CONSENT = Consent("0123456789ab", "2026-11-20T12:00:00+00:00", "event", "voice")


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def program(arguments: tuple[str, ...]) -> None:
    """The whole program, declared errors as lines."""
    with one_line_errors():
        linebox.main(args=list(arguments), prog_name="linebox")


def call(*arguments: str | Path) -> Result:
    return CliRunner().invoke(program, ["--", "model", *map(str, arguments)])


def spoken(label: str) -> Samples:
    sound, _ = read_wav(CLIPS / f"collect.say.{label}.{NUMBERS.get(label, 1)}.wav")
    quiet = np.zeros(2400, np.int16)
    return np.concatenate((quiet, sound, quiet))


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixteen «voices» that say five things each; it is one voice, which is enough to count by."""
    folder = tmp_path_factory.mktemp("corpus") / "c"
    with open_corpus(folder) as opened:
        for number in range(16):
            for label, text in SAID.items():
                condition = Condition("line", "ulaw")
                opened.keep(f"v{number:06d}", label, text, spoken(label), condition, CONSENT)
    return folder


@pytest.fixture(scope="module")
def deaf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed model that lacks two words: «тарифы» stands in for one of them, nothing for the other."""
    return without_words(tmp_path_factory.mktemp("deaf") / "m", "тариф", "оплата")


def test_a_model_that_lacks_words_is_worse_and_by_so_much(corpus: Path, deaf: Path) -> None:
    done = call("compare", OWN, deaf, corpus, "--json")
    assert done.exit_code == 0, done.output
    told: dict[str, Any] = json.loads(done.stdout)["all"]
    assert told["n"] == 80
    assert (told["voices"], told["drawn"]) == (16, "voices")
    assert told["first"] == {"right": 80, "wrong": 0, "unsure": 0}
    assert told["second"]["right"] == 64
    assert told["right"]["difference"] == pytest.approx(-0.2)
    assert told["right"]["interval"] == pytest.approx([-0.2, -0.2])
    assert told["right"]["p"] == pytest.approx(2 / 2**16)
    assert told["verdict"] == "worse"
    turned = call("compare", deaf, OWN, corpus, "--lang", "en")
    assert turned.stdout.splitlines()[-1] == "the second model is better than the first"


def test_the_same_model_twice_on_a_few_of_them(corpus: Path) -> None:
    done = call("compare", OWN, OWN, corpus, "--held-out", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)["all"]
    kept = sum(is_held_out(f"v{number:06d}") for number in range(16))
    assert 0 < kept < 16
    assert (told["voices"], told["n"]) == (kept, 5 * kept)
    assert told["verdict"] == "cannot-be-told-apart"


def test_several_corpora_are_told_apart_and_together(corpus: Path, deaf: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    with wave.open(str(other / "a.wav"), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(spoken("balance").tobytes())
    voice = next(name for name in ("a", "b", "c", "d", "e") if not is_held_out(name))
    (other / "labels.json").write_text(f'[{{"file": "a.wav", "label": "balance", "voice": "{voice}"}}]', "utf-8")
    told = json.loads(call("compare", OWN, deaf, other, corpus, "--held-out", "--json").stdout)
    assert list(told["sets"]) == [str(corpus)], "the voice of the other one was trained on, for all that is known"
    told = json.loads(call("compare", OWN, deaf, other, corpus, "--json").stdout)
    assert {name: found["n"] for name, found in told["sets"].items()} == {str(other): 1, str(corpus): 80}
    assert told["all"]["n"] == 81
    alone = call("compare", OWN, deaf, other, "--lang", "en").stdout
    assert "fewer than five voices" in alone
    assert alone.splitlines()[-1] == "with 1 recordings of 1 voices the two cannot be told apart"
    nobody = call("compare", OWN, deaf, other, "--held-out")
    assert nobody.exit_code == 2
    assert "none of the voices" in nobody.stderr


# ------------------------------------------------------------ training


def fake_python(folder: Path, exit_status: int = 0, torch: str = "pass") -> Path:
    """A program in the place of a Python with torch: it writes down how it was called."""
    path = folder / "python"
    path.write_text(
        f"#!{sys.executable}\n"
        "import json, os, pathlib, sys\n"
        f"if sys.argv[1:2] == ['-c']:\n    {torch}\n    sys.exit(0)\n"
        f"pathlib.Path({str(folder / 'called.json')!r}).write_text(json.dumps([sys.argv[1:], os.getcwd()]))\n"
        "print('training talks')\n"
        f"sys.exit({exit_status})\n",
        "utf-8",
    )
    path.chmod(0o755)
    return path


def test_the_training_is_run_with_the_recordings(corpus: Path, tmp_path: Path) -> None:
    python = fake_python(tmp_path)
    places = ["--work", str(tmp_path / "work"), "--out", str(tmp_path / "out")]
    done = call("train", "--with", corpus, *places, "--python", python, "--json", "--", "--steps", "10")
    assert done.exit_code == 0, done.output
    called, folder = json.loads((tmp_path / "called.json").read_text("utf-8"))
    assert called == [
        *("-m", "box.training", "all", "--work", str(tmp_path / "work"), "--model", str(tmp_path / "out")),
        *("--with", str(corpus), "--steps", "10"),
    ]
    assert folder == str(HOME)
    assert json.loads(done.stdout)["speakers"] == 16


def test_a_training_that_fails_is_told(corpus: Path, tmp_path: Path) -> None:
    done = call("train", "--with", corpus, "--work", tmp_path / "w", "--python", fake_python(tmp_path, exit_status=1))
    assert done.exit_code == 1
    assert "the training ended with 1" in done.stderr


@pytest.mark.parametrize(
    ("torch", "said"),
    [
        ("raise ModuleNotFoundError(\"No module named 'torch'\")", "requirements-training.txt"),
        ("raise OSError('libgomp is absent')", "torch cannot be used: OSError: libgomp is absent"),
    ],
)
def test_without_torch_nothing_is_begun(corpus: Path, tmp_path: Path, torch: str, said: str) -> None:
    done = call("train", "--with", corpus, "--work", tmp_path / "w", "--python", fake_python(tmp_path, torch=torch))
    assert done.exit_code == 1
    assert said in done.stderr.splitlines()[-1]
    assert not (tmp_path / "w").exists()
    assert not (tmp_path / "called.json").exists()


def test_a_python_that_is_not_there(corpus: Path, tmp_path: Path) -> None:
    done = call("train", "--with", corpus, "--work", tmp_path / "w", "--python", "/nowhere/python")
    assert done.exit_code == 1
    assert "/nowhere/python: cannot be run" in done.stderr


def test_too_few_people_are_offered_for_judging(tmp_path: Path) -> None:
    with open_corpus(tmp_path / "c") as opened:
        opened.keep("v000001", "balance", "баланс", spoken("balance"), Condition("line", "ulaw"), CONSENT)
    done = call("train", "--with", tmp_path / "c")
    assert done.exit_code == 2
    assert "linebox model compare" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_command_line_by_itself() -> None:
    order = TrainingOrder((Path("/a"), Path("/b")), Path("/w"), Path("/m"), "python3", ("--people", "p"))
    assert command(order)[-5:] == ["--with", "/a", "/b", "--people", "p"]
    assert os.path.isabs(command(order)[5])  # noqa: PTH117 - an argument, not a path of ours
