"""Models in archives: unpacked so that nothing lands outside the folder and no disk is filled.

Only plain files and folders are taken, by names that stay inside; sizes are counted while writing, since the sizes that
an archive states about itself can lie.
"""

from __future__ import annotations

import shutil
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO

from box.listening.model_folder import NETWORK
from box.models.errors import ModelRefused

MOST_BYTES = 1 << 30
"""Unpacked; small Vosk models are 40-130 MB, those for servers with gigabytes are no use on a box."""

MOST_FILES = 2000
_PIECE = 1 << 20
_NAMES = (".zip", ".tar.gz", ".tgz", ".tar")
_DEEPEST = 3


def is_archive_name(name: str) -> bool:
    """Whether a file of this name is unpacked."""
    return name.lower().endswith(_NAMES)


def stem(name: str) -> str:
    """The name of an archive without its ending."""
    return next((name[: -len(ending)] for ending in _NAMES if name.lower().endswith(ending)), name)


def unpack(archive: Path, folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """Everything of ``archive`` into ``folder``, which exists and is empty. Raises ModelRefused; what was unpacked by
    then is left to whoever made the folder."""
    left, count = most_bytes, 0
    try:
        members = _zip_members if zipfile.is_zipfile(archive) else _tar_members
        for name, is_folder, opened in members(archive):
            count += 1
            if count > MOST_FILES:
                raise ModelRefused(f"{archive}: holds more than {MOST_FILES} files; this is no speech model")
            target = folder / _inside(archive, name)
            if is_folder:
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            with opened() as source, target.open("xb") as file:
                left -= _copy(source, file, left, archive)
    except (zipfile.BadZipFile, tarfile.TarError, EOFError, zlib.error, ValueError, NotImplementedError) as error:
        raise ModelRefused(f"{archive}: damaged or cut short ({_line(error)}); take it anew") from None
    except RuntimeError as error:  # zipfile: a password is wanted
        raise ModelRefused(f"{archive}: cannot be unpacked: {_line(error)}") from None
    except FileExistsError as error:
        raise ModelRefused(f"{archive}: holds {Path(error.filename).name} twice; this is no speech model") from None
    except OSError as error:
        raise ModelRefused(f"{archive}: cannot be unpacked: {error.strerror or _line(error)}") from None


def copy_folder(source: Path, folder: Path, most_bytes: int = MOST_BYTES) -> None:
    """The plain files of a model's folder into ``folder``. Raises ModelRefused, for a link among them too."""
    left = most_bytes
    try:
        for path in sorted(source.rglob("*")):
            target = folder / path.relative_to(source)
            if path.is_symlink():
                raise ModelRefused(f"{path}: a link; a model's folder holds files only")
            if path.is_dir():
                target.mkdir(parents=True, exist_ok=True)
            elif path.is_file():
                target.parent.mkdir(parents=True, exist_ok=True)
                with path.open("rb") as opened, target.open("xb") as file:
                    left -= _copy(opened, file, left, source)
    except OSError as error:
        raise ModelRefused(f"{source}: cannot be copied: {error.strerror or _line(error)}") from None


def model_root(folder: Path) -> Path:
    """The folder at or below ``folder`` that holds a model; ``folder`` itself when there is none."""
    candidates = [path.parent.parent for path in folder.rglob(Path(NETWORK).name) if path.match(f"*/{NETWORK}")]
    near = [path for path in candidates if len(path.relative_to(folder).parts) <= _DEEPEST]
    return min(near, key=lambda path: (len(path.parts), str(path)), default=folder)


def _inside(archive: Path, name: str) -> Path:
    path = PurePosixPath(name.replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or ":" in path.parts[0] or "\0" in name:
        raise ModelRefused(f"{archive}: wants to write outside its folder ({name!r}); it was not unpacked")
    return Path(*path.parts)


def _copy(source: IO[bytes], file: IO[bytes], left: int, archive: Path) -> int:
    written = 0
    while piece := source.read(_PIECE):
        written += len(piece)
        if written > left:
            raise ModelRefused(f"{archive}: too large for a box when unpacked; use a «small» model")
        file.write(piece)
    return written


_Member = tuple[str, bool, Callable[[], IO[bytes]]]
"""Name, whether it is a folder, and what opens it."""


def _zip_members(archive: Path) -> Iterator[_Member]:
    with zipfile.ZipFile(archive) as opened:
        for info in opened.infolist():
            kind = info.external_attr >> 28
            if kind not in (0, 0o4, 0o10):  # of the file's mode (S_IFMT): unknown, folder, plain file
                raise ModelRefused(f"{archive}: {info.filename!r} is neither a file nor a folder; it was not unpacked")
            if info.filename.strip("/."):
                yield info.filename, info.is_dir(), partial(opened.open, info)


def _tar_members(archive: Path) -> Iterator[_Member]:
    with tarfile.open(archive, "r:*") as opened:
        for info in opened:
            if not (info.isfile() or info.isdir()):
                raise ModelRefused(f"{archive}: {info.name!r} is neither a file nor a folder; it was not unpacked")
            if info.name.strip("/."):
                yield info.name, info.isdir(), partial(_opened, opened, info)
        while opened.fileobj is not None and opened.fileobj.read(_PIECE):
            pass  # to the end of the compressed stream, whose length and sum are checked there


def _opened(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    content = archive.extractfile(info)
    assert content is not None, "a plain file has content"
    return content


@contextmanager
def staged(parent: Path, prefix: str) -> Iterator[Path]:
    """A new folder in ``parent``, gone at the end of the block with whatever is still in it."""
    folder = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _line(error: BaseException) -> str:
    return " ".join(str(error).split()) or type(error).__name__
