"""The words inside a graph: read as OpenFst's own program writes them, and never past the end of a damaged file."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from box.models.errors import ModelRefused
from box.models.vocabulary_of_model import (
    NoSymbols,
    complete_words,
    listed_words,
    output_symbols,
    words_of,
    words_text,
)
from tests.models.making import OWN, as_published, copy_of, with_symbols_inside

WORDS = (OWN / "graph" / "words.txt").read_text("utf-8")
GR = (OWN / "graph" / "Gr.fst").read_bytes()


@pytest.mark.skipif(shutil.which("fstsymbols") is None, reason="OpenFst's programs are not installed")
@pytest.mark.parametrize("tables", [["--osymbols"], ["--isymbols", "--osymbols"]])
def test_a_table_written_by_openfst_is_read(tmp_path: Path, tables: list[str]) -> None:
    out = tmp_path / "Gr.fst"
    options = [f"{table}={OWN / 'graph' / 'words.txt'}" for table in tables]
    text, plain = tmp_path / "graph.txt", tmp_path / "graph.fst"
    text.write_text("0 0 1 1\n0\n")
    subprocess.run(["fstcompile", str(text), str(plain)], check=True)
    subprocess.run(["fstsymbols", *options, str(plain), str(out)], check=True)
    assert output_symbols(out.read_bytes()) == listed_words(WORDS)


def test_our_own_graph_has_no_table() -> None:
    with pytest.raises(NoSymbols, match="no table"):
        output_symbols(GR)
    assert output_symbols(with_symbols_inside(GR, WORDS)) == listed_words(WORDS)


@given(st.integers(0, 400))
def test_a_cut_table_is_a_declared_error(length: int) -> None:
    with pytest.raises(NoSymbols):
        output_symbols(with_symbols_inside(GR, WORDS)[:length])


@given(st.binary(max_size=300))
def test_garbage_is_a_declared_error(data: bytes) -> None:
    for content in (data, GR[:60] + data, with_symbols_inside(GR, WORDS)[:90] + data):
        with pytest.raises(NoSymbols):
            output_symbols(content)


def test_words_txt_there_and_back() -> None:
    assert listed_words(words_text(listed_words(WORDS))) == listed_words(WORDS)
    assert listed_words("да 1\n\nbroken\n# x y z\n") == {"да": 1}


def test_a_published_model_gets_its_list_of_words(tmp_path: Path) -> None:
    folder = as_published(tmp_path / "published")
    assert words_of(folder) == frozenset(listed_words(WORDS))
    assert complete_words(folder)
    assert listed_words((folder / "graph" / "words.txt").read_text("utf-8")) == listed_words(WORDS)
    assert not complete_words(folder), "what is there is left alone"


def test_a_model_without_words_anywhere(tmp_path: Path) -> None:
    folder = copy_of(tmp_path / "model")
    (folder / "graph" / "words.txt").unlink()
    assert not complete_words(folder)
    with pytest.raises(ModelRefused, match="list of words"):
        words_of(folder)
