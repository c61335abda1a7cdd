"""Volunteers' recordings become training material: only those that are not kept for judging, as other lines would carry
them, and only where consent is written down."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from box.collecting.corpus_entries import Condition, Consent, is_held_out
from box.collecting.corpus_folder import open_corpus
from box.training.__main__ import main
from box.training.copies import read_shards
from box.training.errors import TrainingInputWrong
from box.training.recipe import COPIES_OF_A_RECORDING, Places, Recipe, copy_collected
from firmware.vocabulary import SAMPLE_RATE_HZ, Samples

SPEAKERS = [f"v{number:06d}" for number in range(12)]
NOISE: Samples = np.rint(np.random.default_rng(1).normal(0, 3000, SAMPLE_RATE_HZ // 2)).astype(np.int16)


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    consent = Consent("0123456789ab", "2026-11-20T12:00:00+00:00", "event", "voice")
    with open_corpus(tmp_path / "corpus") as corpus:
        for speaker in SPEAKERS:
            corpus.keep(speaker, "yes", "да", NOISE, Condition("line", "ulaw", "generic"), consent)
    return tmp_path / "corpus"


@pytest.mark.skipif(not shutil.which("sox"), reason="sox is not installed")
def test_volunteers_who_are_not_kept_for_judging_are_trained_on(corpus: Path, tmp_path: Path) -> None:
    places = Places(tmp_path / "work", collected=(corpus,))
    copy_collected(Recipe(processes=1), places)
    made = list(read_shards(places.collected_copies))
    wanted = {f"volunteer/{speaker}" for speaker in SPEAKERS if not is_held_out(speaker)}
    assert {example.speaker for example in made} <= wanted < {f"volunteer/{speaker}" for speaker in SPEAKERS}
    assert len(made) == COPIES_OF_A_RECORDING * len(wanted)
    assert {word for example in made for word in example.words} == {"да"}
    assert len({example.energies.tobytes() for example in made}) == len(made), "every copy is another line"


def test_a_corpus_that_has_grown_is_copied_anew(corpus: Path, tmp_path: Path) -> None:
    places = Places(tmp_path / "work", collected=(corpus,))
    before = places.collected_copies
    labels = json.loads((corpus / "labels.json").read_text("utf-8"))
    (corpus / "labels.json").write_text(json.dumps(labels[1:]), "utf-8")
    assert places.collected_copies != before


def test_without_consent_nothing_is_copied(corpus: Path, tmp_path: Path) -> None:
    labels = json.loads((corpus / "labels.json").read_text("utf-8"))
    labels[3]["consent"]["event"] = ""
    (corpus / "labels.json").write_text(json.dumps(labels), "utf-8")
    with pytest.raises(TrainingInputWrong, match="no consent"):
        copy_collected(Recipe(processes=1), Places(tmp_path / "work", collected=(corpus,)))


def test_the_command_takes_the_folders(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "--with DIR" in " ".join(capsys.readouterr().out.split())
