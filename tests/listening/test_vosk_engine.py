"""The committed model in the real library: what it is given, what comes of broken folders, equal results each time."""

from __future__ import annotations

import json
import shutil
import wave
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from box.cli.recognise import recognise
from box.cli.speech_report import speech_report
from box.dialogue.vocabulary import Question, QuestionKind
from box.listening.conditions import CONDITIONS, missing_program
from box.listening.corpus import edit_distance
from box.listening.model_folder import CHECKSUMS, ModelBroken, missing_model_parts
from box.listening.wav import read_wav
from box.settings import HOME
from box.understanding.words import load_words
from firmware.vocabulary import Samples
from tests.kit.tone_words import silence, tone

MODEL = HOME / "box" / "listening" / "model"
WORDS = load_words(HOME / "config" / "intents.toml")

pytestmark = pytest.mark.skipif(bool(missing_model_parts(MODEL)), reason="no speech model in box/listening/model")


def write_wav(path: Path, samples: Samples, rate_hz: int = 8000, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate_hz)
        file.writeframes(samples.tobytes())
    return path


def hiss(duration_s: float) -> Samples:
    return silence(duration_s, 2000.0)


def test_the_model_has_every_word_of_the_dialogue() -> None:
    from box.listening.vosk_recogniser import VoskEngine

    assert VoskEngine(MODEL, WORDS).missing == ()


def test_what_is_no_speech_is_never_an_answer(tmp_path: Path) -> None:
    files = [
        write_wav(tmp_path / "hiss.wav", np.concatenate((silence(1.0), hiss(1.0), silence(1.0)))),
        write_wav(tmp_path / "tone.wav", np.concatenate((silence(1.0), tone(440, 1.0), silence(1.0)))),
        write_wav(tmp_path / "quiet.wav", silence(3.0)),
    ]
    for ask in ("yes_no", "menu", "digits"):
        done = CliRunner().invoke(recognise, ["--ask", ask, "--json", *map(str, files)])
        assert done.exit_code == 0, done.output
        results = json.loads(done.stdout)["results"]
        assert [r["file"] for r in results] == [str(f) for f in files]
        assert all(r["status"] in ("rejected", "unsure", "silence") for r in results), results
        assert all(r["value"] is None for r in results)
        assert results[2]["status"] == "silence"


def test_results_are_the_same_on_every_run(tmp_path: Path) -> None:
    from box.listening.vosk_recogniser import VoskEngine

    sound = np.concatenate((silence(0.5), tone(300, 0.2), hiss(0.2), tone(700, 0.3), silence(1.0)))
    question = Question("q", QuestionKind.DIGITS, length=5)
    results = []
    for _ in range(2):
        decoder = VoskEngine(MODEL, WORDS).decoder(question)
        for place in range(0, len(sound), 1200):
            decoder.accept(sound[place : place + 1200])
        results.append(decoder.result())
    assert results[0] == results[1]


@pytest.mark.parametrize("checked", [True, False])
@pytest.mark.parametrize(
    "name", ["am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst", "graph/words.txt", "conf/model.conf"]
)
def test_a_model_with_a_missing_file_is_one_line(tmp_path: Path, name: str, checked: bool) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder, ignore=None if checked else shutil.ignore_patterns(CHECKSUMS))
    (folder / name).unlink()
    sound = write_wav(tmp_path / "a.wav", silence(1.0))
    done = CliRunner().invoke(recognise, ["--ask", "menu", "--model", str(folder), str(sound)])
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert name in done.stderr


def test_names_that_a_menu_offers_are_listened_for_if_the_model_has_them() -> None:
    from box.listening.vosk_recogniser import VoskEngine

    asked = Question("q", QuestionKind.MENU, names={"таганская": "office-1", "эйяфьядлайёкюдль": "office-2"})
    decoder = VoskEngine(MODEL, WORDS).decoder(asked)
    sound, _ = read_wav(HOME / "prompts" / "audio" / "stations" / "taganskaya.end.wav")
    decoder.accept(np.concatenate((silence(0.4), sound, silence(0.4))))
    assert decoder.result()[0].words == ("таганская",)


@pytest.mark.parametrize("name", ["am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst", "graph/words.txt"])
def test_a_cut_model_is_one_line_and_no_crash(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder, ignore=shutil.ignore_patterns(CHECKSUMS))
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) * 2 // 3])
    sound = write_wav(tmp_path / "a.wav", silence(1.0))
    done = CliRunner().invoke(recognise, ["--ask", "menu", "--model", str(folder), str(sound)])
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert str(folder) in done.stderr


def test_bad_recordings_are_one_line_each_and_the_others_are_heard(tmp_path: Path) -> None:
    bad = [
        write_wav(tmp_path / "rate.wav", silence(1.0), rate_hz=16000),
        write_wav(tmp_path / "stereo.wav", silence(1.0), channels=2),
        write_wav(tmp_path / "empty.wav", silence(0.0)),
        write_wav(tmp_path / "long.wav", np.zeros(600 * 8000, np.int16)),
        tmp_path / "text.wav",
        tmp_path / "absent.wav",
    ]
    bad[4].write_text("no sound")
    good = write_wav(tmp_path / "good.wav", silence(1.0))
    done = CliRunner().invoke(recognise, ["--ask", "digits", "--length", "5", "--json", *map(str, bad), str(good)])
    assert done.exit_code == 2
    assert [r["file"] for r in json.loads(done.stdout)["results"]] == [str(good)]
    lines = done.stderr.splitlines()
    assert len(lines) == len(bad)
    assert all(str(path) in line for path, line in zip(bad, lines, strict=True))


def test_wrong_use_of_the_commands(tmp_path: Path) -> None:
    sound = str(write_wav(tmp_path / "a.wav", silence(1.0)))
    for arguments in (["--ask", "weather", sound], ["--ask", "menu", "--length", "5", sound], ["--ask", "digits"]):
        assert CliRunner().invoke(recognise, arguments).exit_code == 2
    assert "no such folder" in CliRunner().invoke(recognise, ["--ask", "menu", "--model", "absent", sound]).stderr


def test_a_report_counts_every_clip(tmp_path: Path) -> None:
    write_wav(tmp_path / "quiet.wav", silence(1.0))
    labels = ["balance", "operator", "yes", "no", "digits:01578", "digits:7", "oov"]
    clips = [{"file": "quiet.wav", "label": label, "text": "", "voice": "nobody"} for label in labels]
    (tmp_path / "labels.json").write_text(json.dumps(clips), "utf-8")
    done = CliRunner().invoke(speech_report, ["--json", str(tmp_path)])
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    found = report["sets"][str(tmp_path)]
    assert found["commands"] == {"n": 2, "right": 0, "wrong": 0, "unsure": 2}
    assert found["yes_no"] == {"n": 2, "right": 0, "wrong": 0, "unsure": 2}
    assert found["digit_strings"] == {"n": 2, "right": 0, "wrong": 0, "unsure": 2, "digit_error_rate": 1.0}
    assert found["out_of_grammar"] == {"n": 1, "rejected": 1, "accepted": 0}
    assert found["real_time_factor"] >= 0


def corpus_of_hiss(folder: Path) -> Path:
    write_wav(folder / "hiss.wav", np.concatenate((silence(0.5), hiss(0.6), silence(0.5))))
    clips = [{"file": "hiss.wav", "label": label} for label in ("yes", "digits:01578", "oov")]
    (folder / "labels.json").write_text(json.dumps(clips), "utf-8")
    return folder


def test_a_report_under_conditions_and_certainties_has_further_keys_only(tmp_path: Path) -> None:
    folder = str(corpus_of_hiss(tmp_path))
    plain = json.loads(CliRunner().invoke(speech_report, ["--json", folder]).stdout)
    asked = ["--json", "--condition", "all", "--certainty", "0.3", "--certainty", "0.9", folder]
    done = CliRunner().invoke(speech_report, asked)
    assert done.exit_code == 0, done.output
    report = json.loads(done.stdout)
    found = report["sets"][folder]
    rows = ("commands", "yes_no", "digit_strings", "out_of_grammar")
    assert {row: found[row] for row in rows} == {row: plain["sets"][folder][row] for row in rows}
    made = {name for name in CONDITIONS if name != "clean" and not missing_program(name)}
    assert set(found["conditions"]) == made
    assert set(report["skipped"]) == set(CONDITIONS) - made - {"clean"}
    assert all(found["conditions"][name]["digit_strings"]["n"] == 1 for name in made)
    assert {(each["certainty"], each["condition"]) for each in found["certainties"]} == {
        (p, name) for p in (0.3, 0.9) for name in ("clean", *made)
    }
    text = CliRunner().invoke(speech_report, ["--condition", "hum", folder]).stdout
    assert "  hum\n" in text


def test_a_condition_that_cannot_be_made_is_left_out_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))  # a machine without sox
    done = CliRunner().invoke(speech_report, ["--json", "--condition", "gsm", str(corpus_of_hiss(tmp_path))])
    assert done.exit_code == 0, done.output
    assert "gsm" in done.stderr
    assert json.loads(done.stdout)["skipped"] == {"gsm": "sox"}


def test_an_unknown_condition_is_one_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(speech_report, ["--condition", "underwater", str(corpus_of_hiss(tmp_path))])
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "ulaw_20db" in done.stderr


def test_what_was_heard_besides_the_answer_is_in_the_result(tmp_path: Path) -> None:
    def heard(sound: Samples) -> dict[str, object]:
        path = write_wav(tmp_path / "a.wav", sound)
        done = CliRunner().invoke(recognise, ["--ask", "yes_no", "--json", str(path)])
        [result] = json.loads(done.stdout)["results"]
        assert isinstance(result, dict)
        return result

    quiet = heard(silence(2.0))
    assert (quiet["status"], quiet["level"], quiet["events"]) == ("silence", "good", [])
    shouted = np.clip(hiss(0.6).astype(np.int32) * 40, -32768, 32767).astype(np.int16)
    for sound, level in ((shouted, "too-loud"), (hiss(0.6) // 16, "too-quiet"), (hiss(0.6), "good")):
        result = heard(np.concatenate((silence(1.0), sound, silence(1.0))))
        assert result["level"] == level
        events = result["events"]
        assert isinstance(events, list)
        assert events[0]["what"] == "speech-began"
        assert events[0]["at_s"] == pytest.approx(1.1, abs=0.2)


@pytest.mark.parametrize(
    "labels", ["", "{}", "[]", '[{"file": "a.wav"}]', '[{"file": "absent.wav", "label": "yes"}]',
               '[{"file": "a.wav", "label": "perhaps"}]', '[{"file": "a.wav", "label": "digits:"}]']
)  # fmt: skip
def test_a_bad_corpus_is_one_line(tmp_path: Path, labels: str) -> None:
    write_wav(tmp_path / "a.wav", silence(0.5))
    (tmp_path / "labels.json").write_text(labels, "utf-8")
    done = CliRunner().invoke(speech_report, [str(tmp_path)])
    assert done.exit_code == 2
    assert done.stderr.count("\n") == 1
    assert "labels.json" in done.stderr


def test_a_model_for_another_rate_is_refused_with_a_reason(tmp_path: Path) -> None:
    from box.listening.vosk_recogniser import VoskEngine

    folder = tmp_path / "model"
    shutil.copytree(MODEL, folder, ignore=shutil.ignore_patterns(CHECKSUMS))
    (folder / "conf/mfcc.conf").write_text("--sample-frequency=11025\n")
    with pytest.raises(ModelBroken, match="11025"):
        VoskEngine(folder, WORDS)


@pytest.mark.parametrize(
    ("wanted", "heard", "errors"), [("01578", "01578", 0), ("01578", "1578", 1), ("123", "", 3), ("123", "1453", 2)]
)
def test_digit_errors_are_edits(wanted: str, heard: str, errors: int) -> None:
    assert edit_distance(wanted, heard) == errors
