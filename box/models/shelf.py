"""The folder of installed models: a model appears there whole and tried, or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from box.listening.model_folder import CHECKSUMS, missing_model_parts, sample_rate_hz, write_checksums
from box.models.archives import MOST_BYTES, copy_folder, is_archive_name, model_root, staged, stem, unpack
from box.models.catalogue import NAME, CatalogueEntry
from box.models.download import sha256_of
from box.models.durable_files import flush, flush_tree
from box.models.errors import ModelRefused, WrongUse
from box.models.inspection import Inspection, inspect
from box.models.vocabulary_of_model import complete_words
from box.one_at_a_time import one_at_a_time
from box.settings import HOME, Settings
from box.toml_tables import did_you_mean

ORIGIN = "ORIGIN.json"
"""Beside the model's files: where it came from, its archive's hash and when it was installed."""

_STAGING, _REMOVING, _KEPT = ".installing-", ".removing-", ".download-"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model is taken from: a ``folder``, or an ``archive`` whose hash is ``sha256``."""

    what: str
    folder: Path | None = None
    archive: Path | None = None
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Shelved:
    """One installed model."""

    name: str
    folder: Path
    size_bytes: int
    rate_hz: int
    whole: bool
    in_use: bool
    origin: str


class Shelf:
    """The models of one installation. Methods raise ModelRefused, ModelBroken or WrongUse and then have changed
    nothing that was there before."""

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.data / "models"
        used = settings.recognition.model
        self.used = HOME / used if used else None

    def open(self) -> None:
        """Make the folder where it is missing, and clear away what a power cut has left unfinished."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for path in [*self.folder.glob(f"{_STAGING}*"), *self.folder.glob(f"{_REMOVING}*")]:
                shutil.rmtree(path, ignore_errors=True)
        except OSError as error:
            raise ModelRefused(
                f"{self.folder}: cannot be written: {error.strerror}; run this as the box's user"
            ) from None

    def models(self) -> list[Shelved]:
        """What is installed, by name."""
        if not self.folder.is_dir():
            return []
        folders = (path for path in sorted(self.folder.iterdir()) if path.is_dir() and NAME.fullmatch(path.name))
        return [self._shelved(path) for path in folders]

    def place(self, name: str) -> Path:
        """Where a model of this name lies or would lie. Raises WrongUse for what is no name."""
        if not NAME.fullmatch(name):
            raise WrongUse(f"{name!r} is no name for a model: 1 to 60 letters, digits, - . _ (choose one with --name)")
        return self.folder / name

    def kept_download(self, sha256: str) -> Path:
        """Where an archive of this hash waits for its hash to be confirmed."""
        return self.folder / f"{_KEPT}{sha256}"

    def keep_download(self, archive: Path, sha256: str) -> Path:
        """Keep ``archive`` for a second try with its hash confirmed; the one kept before goes."""
        for path in self.folder.glob(f"{_KEPT}*"):
            path.unlink()
        return archive.rename(self.kept_download(sha256))

    def install(self, name: str, source: Source, now: datetime) -> Inspection:
        """Take a model in under ``name``: unpack, complete, check, try, then move it into its place in one step."""
        target = self.place(name)
        self.open()
        with one_at_a_time(self.folder / ".lock", "an installation of a model"):
            if target.exists():
                raise ModelRefused(f"{name} is installed already; `linebox model remove {name}` first, or give --name")
            self._check_room(source)
            with staged(self.folder, _STAGING) as stage:
                fetched = stage / "model"
                fetched.mkdir()
                if source.folder is not None:
                    copy_folder(source.folder, fetched)
                elif source.archive is not None:
                    unpack(source.archive, fetched)
                root = model_root(fetched)
                found = self._checked(root, source)
                self._write_origin(root, source, now)
                if not (root / CHECKSUMS).exists():
                    write_checksums(root)
                flush_tree(root)
                root.rename(target)
                flush(self.folder)
        if source.sha256:
            self.kept_download(source.sha256).unlink(missing_ok=True)
        return found

    def remove(self, name: str) -> None:
        """Delete a model that no line uses."""
        target = self.place(name)
        if not target.is_dir():
            names = [each.name for each in self.models()]
            raise WrongUse(
                f"no model {name!r} is installed{did_you_mean(name, names)}; `linebox model list` shows them"
            )
        if self._is_used(target):
            raise ModelRefused(f"{name} is in use (recognition.model); use another one first")
        going = target.with_name(f"{_REMOVING}{name}")
        try:
            target.rename(going)
            shutil.rmtree(going)
        except OSError as error:
            raise ModelRefused(f"{name} cannot be removed: {error.strerror}; run this as the box's user") from None

    def _checked(self, root: Path, source: Source) -> Inspection:
        """The model in ``root``, whole and useful; errors name the source, not the folder that it was unpacked to."""
        complete_words(root)
        try:
            found = inspect(root)
        except Exception as error:
            error.args = tuple(str(arg).replace(str(root), source.what) for arg in error.args)
            raise
        lost = found.coverage.essential_lost
        if lost:
            raise ModelRefused(f"{source.what}: cannot hear {', '.join(lost)}: no entry could be given by voice")
        return found

    def _check_room(self, source: Source) -> None:
        paths = [source.archive] if source.archive else list(source.folder.rglob("*")) if source.folder else []
        needed = sum(path.stat().st_size for path in paths if path.is_file()) * (3 if source.archive else 1)
        free = shutil.disk_usage(self.folder).free
        if free < min(needed, MOST_BYTES):
            raise ModelRefused(f"{self.folder}: {needed >> 20} MB are wanted and {free >> 20} MB are free; make room")

    def _write_origin(self, root: Path, source: Source, now: datetime) -> None:
        facts = {"from": source.what, "sha256": source.sha256, "installed": now.isoformat(timespec="seconds")}
        (root / ORIGIN).write_text(json.dumps(facts, ensure_ascii=False) + "\n", "utf-8")

    def _shelved(self, folder: Path) -> Shelved:
        parts = [path for path in folder.rglob("*") if path.is_file()]
        try:
            origin = str(json.loads((folder / ORIGIN).read_text("utf-8"))["from"])
        except (OSError, ValueError, KeyError, TypeError):
            origin = ""
        return Shelved(
            folder.name,
            folder,
            sum(part.stat().st_size for part in parts),
            sample_rate_hz(folder),
            not missing_model_parts(folder),
            self._is_used(folder),
            origin,
        )

    def _is_used(self, folder: Path) -> bool:
        return self.used is not None and self.used.resolve() == folder.resolve()


def find_source(
    wanted: str,
    sha256: str,
    entries: dict[str, CatalogueEntry],
    shelf: Shelf,
    fetch: Callable[[str, Path], str],
) -> tuple[str, Source]:
    """(name to install under, source) of what the user asks for: a name of the catalogue, a folder, an archive or an
    address. ``fetch`` downloads and returns the hash. Raises WrongUse, ModelAway, and ModelRefused when nobody vouches
    for a download or its hash is another one."""
    entry = entries.get(wanted)
    if entry is not None and entry.url:
        return wanted, _downloaded(entry.url, sha256 or entry.sha256, shelf, fetch)
    if "://" in wanted:
        return stem(Path(wanted).name), _downloaded(wanted, sha256, shelf, fetch)
    path = HOME / entry.folder if entry is not None else Path(wanted)
    if path.is_dir():
        if sha256:
            raise WrongUse("--sha256 is of an archive; a folder carries its own list SHA256SUMS")
        return (wanted if entry is not None else path.resolve().name), Source(str(path), folder=path)
    if not path.is_file():
        known = did_you_mean(wanted, list(entries)) or f"; the catalogue has: {', '.join(entries)}"
        raise WrongUse(f"{wanted}: no such name, folder, archive or https address{known}")
    if not is_archive_name(path.name):
        raise WrongUse(f"{path}: neither a model's folder nor a .zip or .tar.gz of one")
    found = sha256_of(path)
    if sha256 and found != sha256:
        raise ModelRefused(f"{path}: its hash is {found}, not the one given; it was not installed")
    return stem(path.name), Source(str(path), archive=path, sha256=found)


def _downloaded(url: str, sha256: str, shelf: Shelf, fetch: Callable[[str, Path], str]) -> Source:
    """An archive whose hash somebody vouches for; kept on the disk until it has been installed."""
    if not is_archive_name(Path(url).name):
        raise WrongUse(f"{url}: the address of a .zip or .tar.gz is wanted")
    shelf.open()
    kept = shelf.kept_download(sha256) if sha256 else None
    if kept is None or not kept.is_file() or sha256_of(kept) != sha256:
        with staged(shelf.folder, _STAGING) as stage:
            found = fetch(url, stage / "archive")
            if sha256 and found != sha256:
                raise ModelRefused(f"{url}: its hash is {found}, not {sha256}; it was not installed")
            kept = shelf.keep_download(stage / "archive", found)
        if not sha256:
            raise ModelRefused(
                f"{url}: nobody vouches for this file, and nothing was installed. Its SHA-256 is {found}: compare it "
                f"with the publisher's or with a second download elsewhere, then repeat with --sha256 {found}"
            )
    return Source(url, archive=kept, sha256=sha256)
