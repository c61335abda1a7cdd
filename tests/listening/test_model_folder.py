"""A model's folder that is not whole is told in one line, before the library sees it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from box.listening.model_folder import (
    CHECKSUMS,
    ModelBroken,
    check_model,
    missing_model_parts,
    sample_rate_hz,
    write_checksums,
)

FILES = {
    "am/final.mdl": b"\0B<TransitionModel> and so on",
    "conf/model.conf": b"--beam=12.0\n",
    "conf/mfcc.conf": b"--use-energy=false\n--sample-frequency=8000\n",
    "graph/words.txt": "<eps> 0\nда 1\n".encode(),
    "graph/HCLr.fst": bytes.fromhex("d6fdb27e") + b"rest",
    "graph/Gr.fst": bytes.fromhex("d6fdb27e") + b"rest",
}


@pytest.fixture
def model(tmp_path: Path) -> Path:
    folder = tmp_path / "model"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def problem(folder: Path) -> str:
    with pytest.raises(ModelBroken) as broken:
        check_model(folder)
    assert "\n" not in str(broken.value)
    return str(broken.value)


def test_a_whole_model_is_taken(model: Path) -> None:
    check_model(model)
    assert missing_model_parts(model) == []
    assert sample_rate_hz(model) == 8000


@pytest.mark.parametrize("name", [name for name in FILES if name != "conf/mfcc.conf"])
def test_a_missing_file_is_named(model: Path, name: str) -> None:
    (model / name).unlink()
    assert missing_model_parts(model) == [name]
    assert name in problem(model)


def test_no_folder_at_all(tmp_path: Path) -> None:
    assert "no such folder" in problem(tmp_path / "absent")


@pytest.mark.parametrize("name", ["am/final.mdl", "graph/HCLr.fst", "graph/Gr.fst", "graph/words.txt"])
def test_an_empty_or_foreign_file_is_named(model: Path, name: str) -> None:
    (model / name).write_bytes(b"")
    assert name in problem(model)


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_file_cut_by_one_byte_is_found_by_its_checksum(model: Path, name: str) -> None:
    write_checksums(model)
    check_model(model)
    (model / name).write_bytes(FILES[name][:-1])
    assert name in problem(model)


def test_a_listed_file_that_is_away_is_named(model: Path) -> None:
    write_checksums(model)
    (model / "conf/mfcc.conf").unlink()
    assert "conf/mfcc.conf" in problem(model)


def test_the_list_is_one_that_sha256sum_reads(model: Path) -> None:
    if shutil.which("sha256sum") is None:
        pytest.skip("sha256sum is not installed")
    write_checksums(model)
    subprocess.run(["sha256sum", "--check", "--strict", CHECKSUMS], cwd=model, check=True, capture_output=True)


def test_a_model_with_a_fixed_graph_takes_no_word_lists(model: Path) -> None:
    (model / "graph/HCLG.fst").write_bytes(b"x")
    assert "word lists" in problem(model)


def test_the_rate_is_kaldi_s_own_where_nothing_is_said(model: Path) -> None:
    (model / "conf/mfcc.conf").write_text("--num-ceps=40\n")
    assert sample_rate_hz(model) == 16000
    (model / "conf/mfcc.conf").write_text("--sample-frequency=16000.0\n")
    assert sample_rate_hz(model) == 16000
    (model / "conf/mfcc.conf").unlink()
    assert sample_rate_hz(model) == 16000
