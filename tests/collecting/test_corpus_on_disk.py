"""The folder of recordings: whole after every step, one writer, nothing left of whoever withdraws. And what training
takes of it."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.collecting.corpus_entries import HELD_OUT_SHARE, Condition, Consent, is_held_out
from box.collecting.corpus_folder import CorpusFolder, CorpusNotWritable, open_corpus
from box.collecting.corpus_for_training import LEAST_SPEAKERS, recordings
from box.listening.corpus import CorpusWrong, load_corpus
from box.listening.recording import read_answer
from box.listening.wav import NotAWav
from box.one_at_a_time import AlreadyRuns
from tests.kit.tone_words import tone

CONDITION = Condition("line", "ulaw", "generic")
CONSENT = Consent("0123456789ab", "2026-11-20T12:00:00+00:00", "event", "voice")
SOUND = tone(500, 0.4)
MANY = [f"v{number:06d}" for number in range(30)]


def keep(corpus: CorpusFolder, speaker: str, text: str = "да", label: str = "yes") -> Path:
    return corpus.keep(speaker, label, text, SOUND, CONDITION, CONSENT)


def filled(folder: Path, speakers: list[str], each: int = 1) -> Path:
    with open_corpus(folder) as corpus:
        for speaker in speakers:
            for _ in range(each):
                keep(corpus, speaker)
    return folder


@pytest.fixture(scope="module")
def stock(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of all of MANY, made once."""
    return filled(tmp_path_factory.mktemp("stock") / "corpus", MANY)


@pytest.fixture
def many(stock: Path, tmp_path: Path) -> Path:
    """A copy of it to be spoilt."""
    return Path(shutil.copytree(stock, tmp_path / "many"))


def test_what_is_kept_can_be_read_by_everybody(tmp_path: Path) -> None:
    filled(tmp_path / "c", ["v000001", "v000002"], 2)
    clips = load_corpus(tmp_path / "c")
    assert [(clip.file, clip.label, clip.text, clip.voice) for clip in clips] == [
        (f"{speaker}-{n:04d}.wav", "yes", "да", speaker) for speaker in ("v000001", "v000002") for n in (0, 1)
    ]
    assert np.array_equal(read_answer(tmp_path / "c" / clips[0].file), SOUND)
    [entry, *_] = json.loads((tmp_path / "c" / "labels.json").read_text("utf-8"))
    assert entry["condition"] == {"channel": "line", "codec": "ulaw", "modem": "generic"}
    assert entry["consent"] == {"text": "0123456789ab", "at": CONSENT.at, "event": "event", "by": "voice"}


def test_a_corpus_is_gone_on_with(tmp_path: Path) -> None:
    filled(tmp_path, ["v000001"])
    with open_corpus(tmp_path) as corpus:
        assert corpus.speakers == {"v000001"}
        assert keep(corpus, "v000001").name == "v000001-0001.wav"
    assert len(load_corpus(tmp_path)) == 2


@given(st.lists(st.tuples(st.sampled_from(MANY[:4]), st.booleans()), max_size=12))
@settings(deadline=None, max_examples=10)
def test_whatever_is_kept_and_forgotten_list_and_files_agree(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, bool]]
) -> None:
    folder = tmp_path_factory.mktemp("corpus")
    wanted: dict[str, int] = {}
    with open_corpus(folder) as corpus:
        for speaker, keeps in steps:
            if keeps:
                keep(corpus, speaker)
                wanted[speaker] = wanted.get(speaker, 0) + 1
            else:
                assert corpus.forget(speaker) == wanted.pop(speaker, 0)
            files = {path.name for path in folder.glob("*.wav")}
            listed = json.loads((folder / "labels.json").read_text("utf-8"))
            assert files == {entry["file"] for entry in listed}
            assert len(files) == len(listed)
            assert {s: sum(e["voice"] == s for e in listed) for s in corpus.speakers} == wanted


def test_a_recording_without_an_entry_is_deleted_at_the_next_start(tmp_path: Path) -> None:
    filled(tmp_path, ["v000001"])
    shutil.copy(tmp_path / "v000001-0000.wav", tmp_path / "v000002-0000.wav")
    shutil.copy(tmp_path / "v000001-0000.wav", tmp_path / ".v000002-0001.wav.part")
    (tmp_path / "notes.wav").write_bytes(b"somebody else's")
    filled(tmp_path, ["v000003"])
    left = sorted(path.name for path in tmp_path.iterdir() if "wav" in path.name)
    assert left == ["notes.wav", "v000001-0000.wav", "v000003-0000.wav"]


def test_forgetting_goes_on_where_power_failed(tmp_path: Path) -> None:
    filled(tmp_path, ["v000001", "v000002"], 2)
    (tmp_path / "v000001-0000.wav").unlink()
    with pytest.raises(CorpusWrong, match="no such file"):
        load_corpus(tmp_path)
    with open_corpus(tmp_path) as corpus:
        assert corpus.forget("v000001") == 2
    assert [clip.voice for clip in load_corpus(tmp_path)] == ["v000002"] * 2


def test_two_cannot_write_at_once(tmp_path: Path) -> None:
    with open_corpus(tmp_path), pytest.raises(AlreadyRuns), open_corpus(tmp_path):
        pass


def test_a_writer_that_is_killed_leaves_a_whole_corpus(tmp_path: Path) -> None:
    """A process of its own that stores recordings until it is killed in the middle of whatever it does."""
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from tests.collecting.test_corpus_on_disk import keep, open_corpus\n"
        "with open_corpus(Path(sys.argv[1])) as corpus:\n"
        "    for n in range(100000):\n"
        "        keep(corpus, f'v{n % 7:06d}')\n"
        "        print(n, flush=True)\n"
    )
    for stop_at in (2, 7):
        child = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        for line in child.stdout:
            if int(line) >= stop_at:
                break
        child.kill()
        child.wait()
        child.stdout.close()
        with open_corpus(tmp_path) as corpus:
            assert len(load_corpus(tmp_path)) >= stop_at + 1
            files = {path.name for path in tmp_path.glob("*.wav")}
            assert files == {clip.file for clip in load_corpus(tmp_path)}
            assert sum(corpus.count(speaker) for speaker in corpus.speakers) == len(files)


@pytest.mark.parametrize("content", ["", "{}", '[{"file": "a.wav", "label": "yes", "text": "да", "voice": "v000001"}]'])
def test_somebody_else_s_corpus_is_left_alone(tmp_path: Path, content: str) -> None:
    (tmp_path / "labels.json").write_text(content, "utf-8")
    with pytest.raises(CorpusNotWritable, match=r"labels\.json"), open_corpus(tmp_path):
        pass
    assert (tmp_path / "labels.json").read_text("utf-8") == content


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(CorpusNotWritable), open_corpus(tmp_path / "file"):
        pass


# ------------------------------------------------------------ what training takes


def test_every_recording_with_its_words_and_side(many: Path) -> None:
    with open_corpus(many) as corpus:
        keep(corpus, MANY[3], "Ноль пять", "digits:05")
    found = recordings([many])
    assert len(found) == len(MANY) + 1
    assert {each.words for each in found} == {("ноль", "пять"), ("да",)}
    assert {each.speaker for each in found} == set(MANY)
    assert all(each.held_out == is_held_out(each.speaker) for each in found)
    assert 0 < len({each.speaker for each in found if each.held_out}) < 15
    assert all(each.path.is_file() for each in found)


def test_a_speaker_stays_on_his_side_when_others_join(tmp_path: Path) -> None:
    filled(tmp_path, MANY[:12])
    before = {each.speaker: each.held_out for each in recordings([tmp_path])}
    filled(tmp_path, MANY[12:16])
    after = {each.speaker: each.held_out for each in recordings([tmp_path])}
    assert {speaker: after[speaker] for speaker in before} == before


def test_about_one_in_five_is_kept_apart() -> None:
    rng = random.Random(1)
    kept = sum(is_held_out(f"v{rng.randrange(10**6):06d}") for _ in range(5000))
    assert abs(kept / 5000 - HELD_OUT_SHARE) < 0.02


def test_nine_people_are_no_training_and_are_offered_for_judging(tmp_path: Path) -> None:
    filled(tmp_path, MANY[: LEAST_SPEAKERS - 1], 2)
    with pytest.raises(CorpusWrong, match=r"9 speakers.*model compare A B"):
        recordings([tmp_path])
    filled(tmp_path, [MANY[LEAST_SPEAKERS - 1]])
    assert len(recordings([tmp_path])) == 19


def test_a_small_corpus_is_refused_beside_a_large_one(tmp_path: Path, many: Path) -> None:
    small = filled(tmp_path / "small", MANY[:3])
    with pytest.raises(CorpusWrong, match="small: 3 speakers"):
        recordings([many, small])


def test_speakers_all_of_one_side_train_nothing(tmp_path: Path) -> None:
    filled(tmp_path, [speaker for speaker in MANY if not is_held_out(speaker)])
    with pytest.raises(CorpusWrong, match="nobody to judge by"):
        recordings([tmp_path])


def change(folder: Path, place: int, **values: object) -> None:
    path = folder / "labels.json"
    entries = json.loads(path.read_text("utf-8"))
    for key, value in values.items():
        if value is None:
            del entries[place][key]
        else:
            entries[place][key] = value
    path.write_text(json.dumps(entries), "utf-8")


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"consent": None}, "consent"),
        ({"consent": {"text": "", "at": "x", "event": "y", "by": "key"}}, "no consent"),
        ({"consent": {"text": "x", "at": "x", "event": "", "by": "key"}}, "no consent"),
        ({"consent": {"text": "x", "at": "x", "event": "y", "by": "hearsay"}}, "by"),
        ({"condition": None}, "condition"),
        ({"voice": "Anna"}, "'Anna' is no speaker"),
        ({"text": "  "}, "no words"),
        ({"label": "weather"}, "no label"),
        ({"file": "absent.wav"}, "no such file"),
    ],
)
def test_one_bad_entry_stops_the_training(many: Path, values: dict[str, object], said: str) -> None:
    change(many, 17, **values)
    with pytest.raises(CorpusWrong, match=said) as wrong:
        recordings([many])
    assert "\n" not in str(wrong.value)


def test_a_recording_at_another_rate_stops_the_training(many: Path) -> None:
    path = many / "v000005-0000.wav"
    content = bytearray(path.read_bytes())
    content[24:28] = (16000).to_bytes(4, "little")
    path.write_bytes(content)
    with pytest.raises(NotAWav, match="16000 Hz"):
        recordings([many])
