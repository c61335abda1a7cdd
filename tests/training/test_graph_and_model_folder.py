"""The decoding graph as text, walked by hand; a whole model folder in libvosk; and the model that is committed."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from box.training.errors import TrainingInputWrong
from box.training.features import CEPSTRA, mfcc_conf
from box.training.garbage import Node, forest_of
from box.training.graph_writer import (
    GARBAGE,
    Arc,
    Costs,
    any_word_text,
    graph_text,
    lexicon_arcs,
    word_boundary_int,
    word_ids,
    words_txt,
)
from box.training.model_folder import MODEL_CONF, write_model
from box.training.model_writer import Layer, transition_id
from box.training.phones import OUTPUTS, PHONE_IDS, SILENCE_ID, Place, phone_id, place_in_word
from box.training.pronunciations import PRONUNCIATIONS
from box.training.recipe import with_plain_spelling
from box.understanding.words import load_words

HOME = Path(__file__).resolve().parents[2]
COMMITTED = HOME / "box" / "listening" / "model"
WAYS = {"да": (("d", "a1"),), "а": (("a0",), ("a1",)), "ещё": (("i0", "sch", "o1"),)}
needs_openfst = pytest.mark.skipif(
    shutil.which("fstconvert") is None, reason="OpenFst (libfst-tools, libfst22-plugins-base) is not installed"
)


def arcs_from(arcs: list[Arc]) -> dict[int, list[Arc]]:
    leaving: dict[int, list[Arc]] = defaultdict(list)
    for arc in arcs:
        leaving[arc.source].append(arc)
    return leaving


def said(arcs: list[Arc], transitions: list[int]) -> list[tuple[tuple[int, ...], float]]:
    """Every (words, cost) with which the graph takes the transition ids, by a search over all paths."""
    leaving, found = arcs_from(arcs), []
    front: list[tuple[int, int, tuple[int, ...], float]] = [(0, 0, (), 0.0)]
    while front:
        state, place, words, cost = front.pop()
        if place == len(transitions) and state == 1:
            found.append((words, cost))
        for arc in leaving[state]:
            labels = words + ((arc.label_out,) if arc.label_out else ())
            if arc.label_in == 0:
                front.append((arc.target, place, labels, cost + arc.cost))
            elif place < len(transitions) and arc.label_in == transitions[place]:
                front.append((arc.target, place + 1, labels, cost + arc.cost))
    return found


def sounds(*phones: str, held: int = 1) -> list[int]:
    """Transition ids of one word: each phone entered and held."""
    row: list[int] = []
    for index, phone in enumerate(phones):
        place = Place.SINGLETON if len(phones) == 1 else Place.INTERNAL
        if len(phones) > 1 and index in (0, len(phones) - 1):
            place = Place.BEGIN if index == 0 else Place.END
        number = phone_id(phone, place)
        row += [transition_id(number, stay=False)] + [transition_id(number, stay=True)] * held
    return row


SILENT = [transition_id(SILENCE_ID, stay=False), *[transition_id(SILENCE_ID, stay=True)] * 3]


def words_of(transitions: list[int], costs: Costs | None = None) -> list[tuple[list[str], float]]:
    ids = word_ids(list(WAYS))
    names = {number: word for word, number in ids.items()}
    found = said(lexicon_arcs(WAYS, ids, costs or Costs()), transitions)
    return [([names[word] for word in words], cost) for words, cost in found]


def test_words_with_and_without_pauses() -> None:
    for row in (
        sounds("d", "a1") + sounds("i0", "sch", "o1", held=0),
        SILENT + sounds("d", "a1", held=4) + SILENT + sounds("i0", "sch", "o1") + SILENT,
    ):
        heard = [words for words, _ in words_of(row)]
        assert ["да", "ещё"] in heard
        assert all(GARBAGE in words or words == ["да", "ещё"] for words in heard)


def test_pronunciations_share_the_probability_of_their_word() -> None:
    ((_, one),) = [found for found in words_of(sounds("a1")) if found[0] == ["а"]]
    assert one == pytest.approx(np.log(2) + 2 * Costs().no_pause)


def test_garbage_takes_any_two_sounds_at_their_price() -> None:
    costs = Costs(garbage_phone=2.0)
    for phones in (("zh", "u1"), ("k", "o1", "t", "y0")):
        ((words, cost),) = words_of(sounds(*phones), costs)
        assert words == [GARBAGE]
        assert cost == pytest.approx(2.0 * len(phones) + 2 * costs.no_pause)


def test_garbage_takes_words_that_it_knows_at_one_price() -> None:
    ways = [("k", "o1", "t"), ("k", "a1", "t"), ("k", "o1", "t", "y0"), ("r", "o1", "t"), ("j", "a1")]
    costs, ids = Costs(garbage_phone=5.0, garbage_word=3.0), word_ids(list(WAYS))
    arcs = lexicon_arcs(WAYS, ids, costs, forest_of(ways))
    for way in ways:
        found = sorted(said(arcs, sounds(*way)), key=lambda one: one[1])
        assert [words for words, _ in found] == [(ids[GARBAGE],)] * 2  # as a word, and as any sounds
        assert [cost for _, cost in found] == pytest.approx([3 + 1.4, 5.0 * len(way) + 1.4])
    for part in (("k", "o1"), ("o1", "t"), ("t", "y0")):
        assert [cost for _, cost in said(arcs, sounds(*part))] == pytest.approx([5.0 * len(part) + 1.4])


@given(st.sets(st.lists(st.sampled_from(["k", "o1", "t", "a0", "nj"]), min_size=2, max_size=5).map(tuple), max_size=20))
@settings(max_examples=60, deadline=None)
def test_forest_holds_the_words_and_nothing_else(ways: set[tuple[str, ...]]) -> None:
    forest = forest_of(ways)

    def rows(node: Node) -> list[tuple[int, ...]]:
        return [(node.phone, *rest) for after in node.after for rest in rows(after)] or [(node.phone,)]

    held = [row for node in forest.first for row in rows(node)]
    assert sorted(held) == sorted(tuple(phone_id(p, place_in_word(i, len(w))) for i, p in enumerate(w)) for w in ways)
    assert len(forest.nodes) <= sum(map(len, ways))
    order = {id(node): place for place, node in enumerate(forest.nodes)}
    assert all(order[id(after)] < order[id(node)] for node in forest.nodes for after in node.after)


def test_nothing_takes_a_phone_held_before_it_is_entered() -> None:
    backwards = [transition_id(phone_id("d", Place.BEGIN), stay=True), *sounds("d", "a1")]
    assert words_of(backwards) == []


def test_graph_text_is_what_fstcompile_reads() -> None:
    lines = graph_text(lexicon_arcs(WAYS, word_ids(list(WAYS)), Costs())).splitlines()
    assert lines[0].startswith("0\t")
    assert lines[-1] == "1"
    assert all(re.fullmatch(r"\d+\t\d+\t\d+\t\d+\t[\d.e-]+", line) for line in lines[:-1])


def test_words_txt_follows_the_relabelling() -> None:
    text, final = words_txt(word_ids(["да", "нет", "так"]), {1: 3, 2: 1, 4: 2})
    assert final == {"да": 3, "нет": 1, GARBAGE: 2, "так": 4}
    assert text == "<eps> 0\nнет 1\n[unk] 2\nда 3\nтак 4\n"


def test_default_language_model_takes_every_word() -> None:
    rows = any_word_text([1, 2, 3, 4]).splitlines()
    assert rows[-1] == "0"
    assert [row.split("\t")[2] for row in rows[:-1]] == ["1", "2", "3", "4"]
    assert all(float(row.split("\t")[4]) == pytest.approx(np.log(4), rel=1e-4) for row in rows[:-1])


def test_word_boundaries_name_every_phone() -> None:
    rows = [line.split() for line in word_boundary_int().splitlines()]
    assert sorted(int(number) for number, _ in rows) == list(range(1, PHONE_IDS + 1))
    assert rows[0] == ["1", "nonword"]
    assert {kind for _, kind in rows[1:]} == {"begin", "internal", "end", "singleton"}


def test_both_spellings_of_yo() -> None:
    assert with_plain_spelling({"ещё": ((("o1",),)), "да": ((("a1",),))}).keys() == {"ещё", "еще", "да"}


def random_layers(width: int = 16) -> list[Layer]:
    rng = np.random.default_rng(4)
    return [
        Layer((-2, -1, 0, 1, 2), rng.normal(0, 0.02, (width, 5 * CEPSTRA)), np.zeros(width), rectified=True),
        Layer((-1, 0, 1), rng.normal(0, 0.1, (width, 3 * width)), np.zeros(width), rectified=True),
        Layer((-3, 0, 3), rng.normal(0, 0.1, (width, 3 * width)), np.zeros(width), rectified=True),
        Layer((0,), rng.normal(0, 0.1, (OUTPUTS, width)), np.zeros(OUTPUTS), rectified=False),
    ]


@needs_openfst
def test_a_folder_of_ours_loads_in_libvosk(tmp_path: Path) -> None:
    vosk = pytest.importorskip("vosk")
    vosk.SetLogLevel(-1)
    write_model(tmp_path, random_layers(), WAYS, Costs())
    model = vosk.Model(str(tmp_path))
    listed = dict(line.rsplit(" ", 1) for line in (tmp_path / "graph" / "words.txt").read_text("utf-8").splitlines())
    for word in (*WAYS, GARBAGE):
        assert model.vosk_model_find_word(word) == int(listed[word])
    recogniser = vosk.KaldiRecognizer(model, 8000, json.dumps(["да", GARBAGE], ensure_ascii=False))
    recogniser.AcceptWaveform(bytes(16000))
    assert set(json.loads(recogniser.FinalResult())["text"].split()) <= {"да", GARBAGE}


def test_without_openfst_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(TrainingInputWrong, match="libfst-tools libfst22-plugins-base"):
        write_model(tmp_path / "model", random_layers(), WAYS, Costs())
    assert not (tmp_path / "model").exists()


def test_the_committed_model_is_whole_and_small() -> None:
    files = [path for path in COMMITTED.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 6_000_000
    assert (COMMITTED / "conf" / "mfcc.conf").read_text() == mfcc_conf()
    assert (COMMITTED / "conf" / "model.conf").read_text() == MODEL_CONF
    card = (COMMITTED / "MODEL.md").read_text("utf-8")
    network = (COMMITTED / "am" / "final.mdl").read_bytes()
    assert hashlib.sha256(network).hexdigest() in card, "the card is of another model: run the evaluate command"


def test_the_committed_model_knows_the_words_of_the_dialogue() -> None:
    vosk = pytest.importorskip("vosk")
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(COMMITTED))
    words = {word for phrase in load_words(HOME / "config" / "intents.toml").meanings for word in phrase}
    assert [w for w in sorted(words | set(PRONUNCIATIONS) | {GARBAGE}) if model.vosk_model_find_word(w) < 0] == []


@pytest.mark.parametrize("word", ["конечно", "трансформатор"])
def test_a_word_outside_the_model_is_told(word: str) -> None:
    vosk = pytest.importorskip("vosk")
    vosk.SetLogLevel(-1)
    assert (vosk.Model(str(COMMITTED)).vosk_model_find_word(word) >= 0) == (word in PRONUNCIATIONS)


def test_silence_is_heard_as_nothing_on_every_run() -> None:
    vosk = pytest.importorskip("vosk")
    vosk.SetLogLevel(-1)
    model = vosk.Model(str(COMMITTED))
    sound = np.round(np.random.default_rng(1).normal(0, 3, 24000)).astype("<i2").tobytes()
    for _ in range(2):
        recogniser = vosk.KaldiRecognizer(model, 8000, json.dumps(["да", "нет", GARBAGE], ensure_ascii=False))
        recogniser.AcceptWaveform(sound)
        assert json.loads(recogniser.FinalResult())["text"] == ""
