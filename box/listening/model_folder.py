"""A Vosk model's folder: whether it is whole. Knows the files, not the library that reads them.

A cut file can bring the library down with the process, so all is checked before it is loaded: the list of checksums
where the folder has one (ours does), and the first bytes of each file always.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from box.errors import BoxError

CHECKSUMS = "SHA256SUMS"
"""Lines «hash  path», as the program sha256sum writes and checks them."""

NETWORK = "am/final.mdl"
CONFIGURATION = "conf/model.conf"
WORDS = "graph/words.txt"
LOOKAHEAD_GRAPH = ("graph/HCLr.fst", "graph/Gr.fst")
STATIC_GRAPH = "graph/HCLG.fst"

_KALDI_BINARY = b"\0B"
_OPENFST = bytes.fromhex("d6fdb27e")
"""The magic number 2125659606 of every OpenFst file, little-endian (fst/fst.h, kFstMagicNumber)."""

DEFAULT_RATE_HZ = 16000
"""Kaldi's own when a feature file does not say otherwise (mfcc-options)."""


class ModelBroken(BoxError):
    """The speech model cannot be used; the text names the file and what to do."""

    code = "model"


def missing_model_parts(folder: Path) -> list[str]:
    """What a Vosk model in ``folder`` lacks; empty = all there."""
    if not folder.is_dir():
        return [f"{folder} (no such folder)"]
    wanted = [NETWORK, CONFIGURATION, WORDS, *LOOKAHEAD_GRAPH]
    if (folder / STATIC_GRAPH).exists():
        wanted = [part for part in wanted if part not in LOOKAHEAD_GRAPH]
    return [part for part in wanted if not (folder / part).is_file()]


def check_model(folder: Path) -> None:
    """Raises ModelBroken, with one line about the first thing that is wrong."""
    missing = missing_model_parts(folder)
    if missing:
        raise ModelBroken(f"{folder}: no whole speech model: missing {', '.join(missing)}; copy the folder again")
    if (folder / STATIC_GRAPH).exists():
        raise ModelBroken(
            f"{folder}: this model has a fixed graph ({STATIC_GRAPH}) and takes no word lists; use a «small» model"
        )
    try:
        _check_heads(folder)
        if (folder / CHECKSUMS).is_file():
            _check_sums(folder)
    except OSError as error:
        raise ModelBroken(f"{folder}: cannot be read: {error.strerror or error}") from None


def _check_heads(folder: Path) -> None:
    heads = {NETWORK: _KALDI_BINARY, **dict.fromkeys(LOOKAHEAD_GRAPH, _OPENFST)}
    for name, head in heads.items():
        with (folder / name).open("rb") as file:
            if file.read(len(head)) != head:
                raise ModelBroken(f"{folder / name}: damaged or cut short; copy the model's folder again")
    if not (folder / WORDS).read_text("utf-8", "replace").strip():
        raise ModelBroken(f"{folder / WORDS}: empty; copy the model's folder again")


def _check_sums(folder: Path) -> None:
    for line in (folder / CHECKSUMS).read_text("utf-8").splitlines():
        digest, _, name = line.partition("  ")
        part = folder / name
        if not part.is_file():
            raise ModelBroken(f"{part}: missing; copy the model's folder again")
        if hashlib.sha256(part.read_bytes()).hexdigest() != digest:
            raise ModelBroken(f"{part}: damaged or cut short; copy the model's folder again")


def write_checksums(folder: Path) -> None:
    """(Re)write the list for every file of a model, once it is made."""
    parts = sorted(part for part in folder.rglob("*") if part.is_file() and part.name != CHECKSUMS)
    lines = [
        f"{hashlib.sha256(part.read_bytes()).hexdigest()}  {part.relative_to(folder).as_posix()}" for part in parts
    ]
    (folder / CHECKSUMS).write_text("\n".join(lines) + "\n", "utf-8")


def sample_rate_hz(folder: Path) -> int:
    """The rate that the model's features are made for."""
    for name in ("conf/mfcc.conf", "conf/fbank.conf"):
        if (folder / name).is_file():
            text = (folder / name).read_text("utf-8", "replace")
            found = re.search(r"^--sample-frequency=(\d+)(?:\.0*)?\s*$", text, re.MULTILINE)
            return int(found[1]) if found else DEFAULT_RATE_HZ
    return DEFAULT_RATE_HZ
