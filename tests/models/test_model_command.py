"""`linebox model` from its command line: real models, the real library in a process of its own, files on the disk."""

from __future__ import annotations

import hashlib
import json
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from box.cli.errors import one_line_errors
from box.cli.main import linebox
from box.listening.model_folder import CHECKSUMS, check_model, missing_model_parts
from tests.models.making import OWN, as_published, copy_of, evil_zip, tarred, without_words, zipped

pytestmark = pytest.mark.skipif(bool(missing_model_parts(OWN)), reason="no speech model in box/listening/model")


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []})
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def program(arguments: tuple[str, ...]) -> None:
    """The whole program, declared errors as lines."""
    with one_line_errors():
        linebox.main(args=list(arguments), prog_name="linebox")


class Box:
    """An installation with a settings file and a data folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.settings = folder / "box.toml"
        self.models = folder / "data" / "models"
        self.settings.write_text(f'# mine\n[box]\ndata = "{folder / "data"}"   # kept\nlanguage = "en"\n', "utf-8")

    def call(self, *arguments: str | Path) -> Result:
        return CliRunner().invoke(program, ["--", "model", *map(str, arguments), "--settings", str(self.settings)])

    def facts(self, *arguments: str | Path) -> Any:
        result = self.call(*arguments, "--json")
        assert result.exit_code == 0, result.output
        return json.loads(result.stdout)

    def complaint(self, *arguments: str | Path, code: int = 1) -> str:
        """The one line that a failing command says."""
        result = self.call(*arguments)
        assert result.exit_code == code, result.output
        assert "Traceback" not in result.output
        lines = [line for line in result.stderr.splitlines() if not line.startswith(("Usage:", "Try ")) and line]
        assert len(lines) == 1, result.stderr
        return lines[0]

    @property
    def shelf(self) -> list[str]:
        """Everything in the models folder but its lock."""
        return (
            sorted(path.name for path in self.models.iterdir() if path.name != ".lock") if self.models.exists() else []
        )

    @property
    def used(self) -> str | None:
        table = tomllib.loads(self.settings.read_text("utf-8"))
        return table.get("recognition", {}).get("model")


@pytest.fixture
def box(tmp_path: Path) -> Box:
    return Box(tmp_path)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_published_model_is_installed_used_and_heard_with(tmp_path: Path, box: Box) -> None:
    """The whole way of a box with another model: an archive in the shape of public small models, --use, then
    `recognise` with the settings as they are now."""
    archive = zipped(as_published(tmp_path / "m"), tmp_path / "vosk-model-x.zip", "vosk-model-x")
    done = box.facts("install", archive, "--sha256", sha256(archive).upper(), "--use")
    folder = box.models / "vosk-model-x"
    assert (done["name"], done["folder"], done["used"], done["rate_hz"]) == ("vosk-model-x", str(folder), True, 8000)
    assert done["missing"] == done["lost"] == []
    assert box.shelf == ["vosk-model-x"]
    check_model(folder)
    assert (folder / CHECKSUMS).is_file(), "from now on damage is found at every start"
    assert box.used == str(folder)
    assert box.settings.read_text("utf-8").startswith("# mine\n")
    sound = OWN.parents[2] / "prompts" / "audio" / "phrases" / "collect.say.balance.1.wav"
    heard = CliRunner().invoke(
        program, ["--", "recognise", "--ask", "menu", "--json", "--settings", str(box.settings), str(sound)]
    )
    assert json.loads(heard.stdout)["results"][0]["value"] == "balance", heard.output
    listed = box.facts("list")
    assert [(m["name"], m["in_use"], m["whole"]) for m in listed["installed"]] == [("vosk-model-x", True, True)]
    assert "in use" in box.complaint("remove", "vosk-model-x")
    assert box.shelf == ["vosk-model-x"]


def test_a_folder_is_installed_under_a_name_told_how_to_use_and_removed(tmp_path: Path, box: Box) -> None:
    source = copy_of(tmp_path / "mine")
    done = box.call("install", source, "--name", "ours")
    assert done.exit_code == 0, done.output
    assert f'[recognition]\nmodel = "{box.models / "ours"}"' in done.stdout
    assert "every word of the dialogue is in it" in done.stdout
    assert box.used is None
    assert sorted(p.name for p in source.iterdir()) == ["am", "conf", "graph"], "the source is left as it was"
    assert "installed already" in box.complaint("install", source, "--name", "ours")
    assert "ours" in box.call("list").stdout
    assert box.call("remove", "ours").exit_code == 0
    assert box.shelf == []
    assert "no model 'ours'" in box.complaint("remove", "ours", code=2)


def test_a_tar_is_installed(tmp_path: Path, box: Box) -> None:
    archive = tarred(copy_of(tmp_path / "m"), tmp_path / "m.tar.gz", "deep/er")
    assert box.facts("install", archive)["name"] == "m"
    assert box.shelf == ["m"]


def test_another_hash_is_refused_and_nothing_stays(tmp_path: Path, box: Box) -> None:
    archive = zipped(OWN, tmp_path / "m.zip")
    said = box.complaint("install", archive, "--sha256", "0" * 64)
    assert sha256(archive) in said
    assert box.shelf == []


def cut(part: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        content = (folder / part).read_bytes()
        (folder / part).write_bytes(content[: len(content) * 2 // 3])

    return damage


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (cut("graph/HCLr.fst"), "Vosk cannot use this model"),
        (cut("am/final.mdl"), "Vosk cannot"),
        (lambda folder: (folder / "am/final.mdl").unlink(), "missing am/final.mdl"),
        (lambda folder: (folder / "graph/HCLr.fst").write_bytes(b""), "damaged or cut short"),
        (lambda folder: (folder / "graph/HCLG.fst").write_bytes(b"x"), "word lists"),
        (lambda folder: (folder / "conf/mfcc.conf").write_text("--sample-frequency=11025\n"), "11025"),
    ],
)  # fmt: skip
def test_a_damaged_model_is_one_line_and_nothing_stays(
    tmp_path: Path, box: Box, damage: Callable[[Path], None], said: str
) -> None:
    folder = copy_of(tmp_path / "m")
    damage(folder)
    told = box.complaint("install", folder)
    assert said in told
    assert str(folder) in told, "the name that the user gave, not that of a passing folder"
    assert box.shelf == []


def test_a_list_of_checksums_that_is_not_its_own_is_found(tmp_path: Path, box: Box) -> None:
    folder = Path(shutil.copytree(OWN, tmp_path / "m"))
    with (folder / "conf" / "model.conf").open("a") as file:
        file.write("\n")
    assert "damaged" in box.complaint("install", folder)


def test_missing_words_are_named_with_what_they_cost(tmp_path: Path, box: Box) -> None:
    folder = without_words(tmp_path / "m", "тариф", "тарифы", "ага")
    checked = box.call("check", folder)
    assert checked.exit_code == 1
    assert "ага, тариф, тарифы" in checked.stdout
    assert "the model can be used" in checked.stdout
    done = box.facts("install", folder)
    assert done["missing"] == ["ага", "тариф", "тарифы"]
    assert done["usable"]
    assert "ага" in done["weakened"]["yes"]


@pytest.mark.parametrize(("gone", "said"), [("семь", "cannot hear digit 7"), ("[unk]", "no garbage word")])
def test_a_model_that_no_entry_can_be_made_with_is_refused(tmp_path: Path, box: Box, gone: str, said: str) -> None:
    folder = without_words(tmp_path / "m", gone)
    assert said in box.complaint("install", folder)
    assert box.shelf == []


def test_check_writes_nothing_and_needs_no_words_txt(tmp_path: Path, box: Box) -> None:
    folder = as_published(tmp_path / "m")
    before = sorted(path.name for path in folder.rglob("*"))
    checked = box.facts("check", folder)
    assert checked["words"] > 400
    assert checked["folder"] == str(folder)
    assert sorted(path.name for path in folder.rglob("*")) == before
    (folder / "graph" / "Gr.fst").write_bytes((folder / "graph" / "Gr.fst").read_bytes()[:100])
    assert "words.txt" in box.complaint("check", folder)


def test_the_shipped_model_is_known_by_name(box: Box) -> None:
    box.settings.write_text(box.settings.read_text("utf-8") + '[recognition]\nmodel = "elsewhere"\n', "utf-8")
    done = box.facts("install", "own", "--use")
    assert done["folder"] == str(OWN)
    assert box.used == str(OWN)
    assert box.shelf == []


def test_use_without_a_settings_file_to_change_says_what_to_write(tmp_path: Path, box: Box) -> None:
    box.settings.write_text(f'recognition.model = "x"\n[box]\ndata = "{tmp_path / "data"}"\n', "utf-8")
    done = box.call("install", copy_of(tmp_path / "m"), "--use", "--lang", "en")
    assert done.exit_code == 1
    assert "[recognition]\nmodel = " in done.stdout
    assert "was not changed" in done.stderr
    assert box.shelf == ["m"], "installed all the same"


def test_what_a_power_cut_left_is_cleared_away(tmp_path: Path, box: Box) -> None:
    (box.models / ".installing-abc" / "model").mkdir(parents=True)
    (box.models / ".removing-old").mkdir()
    assert box.facts("list")["installed"] == []
    assert box.call("install", copy_of(tmp_path / "m")).exit_code == 0
    assert box.shelf == ["m"]


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["install", "vosk-model-small-ru-0.33"], 2, "did you mean vosk-model-small-ru-0.22"),
        (["install", "http://models.example/m.zip"], 2, "https://"),
        (["install", "https://models.example/m.rar"], 2, "address of a .zip"),
        (["install", "own", "--sha256", "abc"], 2, "64 hexadecimal"),
        (["install", "/etc/hostname"], 2, "neither a model's folder nor"),
        (["install", str(OWN), "--name", "../up"], 2, "no name for a model"),
        (["install", str(OWN), "--sha256", "0" * 64], 2, "is of an archive"),
        (["check", "/nowhere"], 2, "no such folder"),
        (["remove", "../up"], 2, "no name"),
        (["compare", "/nowhere", str(OWN), "/nowhere"], 2, "no whole speech model"),
        (["train", "--with", "/nowhere"], 2, "labels.json"),
    ],
)
def test_wrong_use_is_one_line(box: Box, arguments: list[str], code: int, said: str) -> None:
    assert said in box.complaint(*arguments, code=code)
    assert box.shelf == []


def test_an_archive_without_a_model_and_one_that_means_harm(tmp_path: Path, box: Box) -> None:
    assert "missing am/final.mdl" in box.complaint("install", evil_zip(tmp_path / "a.zip", "readme.txt"))
    assert "outside its folder" in box.complaint("install", evil_zip(tmp_path / "b.zip", "../../box.toml"))
    assert box.shelf == []


def test_russian_is_the_box_s_language_unless_told_otherwise(box: Box) -> None:
    box.settings.write_text(box.settings.read_text("utf-8").replace('"en"', '"ru"'), "utf-8")
    assert "линии используют" in box.call("list").stdout
    assert "the lines use" in box.call("list", "--lang", "en").stdout
