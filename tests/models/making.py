"""Speech models for tests: the committed one in every shape that one may arrive in, and archives that mean harm."""

from __future__ import annotations

import io
import shutil
import struct
import tarfile
import zipfile
from pathlib import Path

from box.listening.model_folder import CHECKSUMS
from box.settings import HOME

OWN = HOME / "box" / "listening" / "model"
EXTRA = (CHECKSUMS, "MODEL.md", "scores.json")


def copy_of(folder: Path) -> Path:
    """The committed model without its list of checksums, as a stranger's model comes."""
    shutil.copytree(OWN, folder, ignore=shutil.ignore_patterns(*EXTRA))
    return folder


def zipped(folder: Path, archive: Path, top: str = "") -> Path:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                file.write(path, Path(top, path.relative_to(folder)).as_posix())
    return archive


def tarred(folder: Path, archive: Path, top: str) -> Path:
    with tarfile.open(archive, "w:gz") as file:
        file.add(folder, top)
    return archive


def evil_zip(archive: Path, name: str, content: bytes = b"x", mode: int = 0o100644) -> Path:
    with zipfile.ZipFile(archive, "w") as file:
        info = zipfile.ZipInfo(name)
        info.external_attr = mode << 16
        file.writestr(info, content)
    return archive


def evil_tar(archive: Path, name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> Path:
    with tarfile.open(archive, "w:gz") as file:
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        info.size = 1 if kind == tarfile.REGTYPE else 0
        file.addfile(info, io.BytesIO(b"x"))
    return archive


def with_symbols_inside(gr: bytes, words: str) -> bytes:
    """An OpenFst file with a table of output symbols, as public small models carry it: written here from the format's
    description, apart from the product's reader."""
    at = 4
    for _ in range(2):  # kind of graph, kind of arcs
        (length,) = struct.unpack_from("<i", gr, at)
        at += 4 + length
    flags_at, header_end = at + 4, at + 8 + 8 + 3 * 8
    rows = [line.split() for line in words.splitlines()]
    table = struct.pack("<i", 2125658996) + struct.pack("<i", 5) + b"words" + struct.pack("<qq", len(rows), len(rows))
    for word, number in rows:
        data = word.encode()
        table += struct.pack("<i", len(data)) + data + struct.pack("<q", int(number))
    (flags,) = struct.unpack_from("<i", gr, flags_at)
    return gr[:flags_at] + struct.pack("<i", flags | 2) + gr[flags_at + 4 : header_end] + table + gr[header_end:]


def as_published(folder: Path) -> Path:
    """The committed model in the shape of public small models: no graph/words.txt, the words inside Gr.fst."""
    copy_of(folder)
    words = folder / "graph" / "words.txt"
    gr = folder / "graph" / "Gr.fst"
    gr.write_bytes(with_symbols_inside(gr.read_bytes(), words.read_text("utf-8")))
    words.unlink()
    return folder


def without_words(folder: Path, *gone: str) -> Path:
    """The committed model with some words under other names: it cannot hear them any more."""
    copy_of(folder)
    path = folder / "graph" / "words.txt"
    lines = [line.split() for line in path.read_text("utf-8").splitlines()]
    path.write_text("".join(f"{'x' + w if w in gone else w} {n}\n" for w, n in lines), "utf-8")
    return folder
