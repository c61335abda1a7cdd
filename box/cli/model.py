"""``linebox model``: install, list, check and remove speech models; compare and train them."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from box.cli.model_training import compare, train
from box.cli.options import json_option, lang_option, settings_option
from box.errors import BoxError
from box.settings import HOME, Settings, load_settings, settings_file
from box.texts import Texts

if TYPE_CHECKING:
    from box.models.inspection import Inspection

WRONG_USE = 2
_MB = 1_000_000
_SHOWN = 40


@click.group(epilog="Example: ./linebox model list")
def model() -> None:
    """Speech models: install another one, check it, compare two, train one with recordings of your own."""


model.add_command(compare)
model.add_command(train)


@model.command(epilog="Example: ./linebox model install vosk-model-small-ru-0.22 --sha256 HASH --use")
@click.argument("wanted", metavar="NAME|PATH|URL")
@click.option("--sha256", default="", metavar="HASH", help="Of the archive; a download is installed only with it.")
@click.option("--name", default="", metavar="NAME", help="Install under this name.")
@click.option("--use", is_flag=True, help="Write it into the settings file as the lines' model.")
@lang_option
@settings_option
@json_option
def install(
    wanted: str, sha256: str, name: str, use: bool, lang: str | None, settings_name: str | None, as_json: bool
) -> None:
    """Install a model: a NAME of config/models.toml, a folder or archive, or an https address of an archive. It is
    unpacked, checked and tried in a process of its own before it appears among the installed ones."""
    from box.clock import SystemClock
    from box.models.catalogue import SHA256, load_catalogue
    from box.models.download import download
    from box.models.shelf import Shelf, find_source

    if sha256 and not SHA256.fullmatch(sha256.lower()):
        raise click.UsageError("--sha256 wants 64 hexadecimal digits")
    settings, texts = _opened(settings_name, lang)
    shelf = Shelf(settings)
    entries = load_catalogue()

    def fetch(url: str, target: Path) -> str:
        return download(url, target, progress=_progress(texts))

    if wanted in entries and entries[wanted].folder and not name:
        _use_shipped(wanted, HOME / entries[wanted].folder, use, settings_name, texts, as_json)
        return
    with _wrong_use():
        found_name, source = find_source(wanted, sha256.lower(), entries, shelf, fetch)
        inspection = shelf.install(name or found_name, source, SystemClock().wall())
    folder = shelf.place(name or found_name)
    said = _saying(as_json)
    said(texts("speech_models.installed", name=folder.name, folder=folder))
    _tell(inspection, texts, said)
    used = _choose(folder, use, settings_name, texts, said)
    if as_json:
        click.echo(json.dumps({"name": folder.name, **_facts(inspection), "folder": str(folder), "used": used}))


@model.command(name="list", epilog="Example: ./linebox model list --json")
@lang_option
@settings_option
@json_option
def list_(lang: str | None, settings_name: str | None, as_json: bool) -> None:
    """The installed models, and those of the catalogue."""
    from box.models.catalogue import load_catalogue
    from box.models.shelf import Shelf

    settings, texts = _opened(settings_name, lang)
    shelf = Shelf(settings)
    installed, entries = shelf.models(), load_catalogue()
    if as_json:
        rows = [
            {
                "name": each.name, "folder": str(each.folder), "rate_hz": each.rate_hz, "bytes": each.size_bytes,
                "whole": each.whole, "in_use": each.in_use, "from": each.origin,
            }
            for each in installed
        ]  # fmt: skip
        known = [{"name": n, "about": e.about, "licence": e.licence, "url": e.url} for n, e in entries.items()]
        used = str(shelf.used) if shelf.used else None
        click.echo(json.dumps({"installed": rows, "catalogue": known, "used": used}, ensure_ascii=False))
        return
    for each in installed:
        key = "speech_models.row_installed" if each.whole else "speech_models.row_broken"
        size_mb, mark = each.size_bytes / _MB, "*" if each.in_use else " "
        row = {"mark": mark, "name": each.name, "folder": each.folder, "rate_hz": each.rate_hz, "size_mb": size_mb}
        click.echo(texts(key, **row))
    for name, entry in entries.items():
        if name not in {each.name for each in installed}:
            about = {"about": entry.about, "licence": entry.licence, "rate_hz": entry.rate_hz}
            click.echo(texts("speech_models.row_known", name=name, **about))
    if shelf.used:
        click.echo(texts("speech_models.row_used", folder=shelf.used))
    else:
        click.echo(texts("speech_models.row_used_none"))


@model.command(epilog="Example: ./linebox model check ~/vosk-model-small-ru-0.22")
@click.argument("folder", metavar="PATH", type=click.Path(path_type=Path))
@lang_option
@settings_option
@json_option
def check(folder: Path, lang: str | None, settings_name: str | None, as_json: bool) -> None:
    """Check a model's folder: files, sound rate, words of the dialogue, and a trial in a process of its own. Ends with
    1 when anything is missing or the model cannot be used."""
    from box.models.inspection import inspect

    _, texts = _opened(settings_name, lang)
    if not folder.is_dir():
        raise click.UsageError(f"{folder}: no such folder")
    inspection = inspect(folder)
    if as_json:
        click.echo(json.dumps(_facts(inspection), ensure_ascii=False))
    else:
        _tell(inspection, texts, click.echo)
    sys.exit(0 if inspection.coverage.complete else 1)


@model.command(epilog="Example: ./linebox model remove vosk-model-small-ru-0.22")
@click.argument("name")
@lang_option
@settings_option
@json_option
def remove(name: str, lang: str | None, settings_name: str | None, as_json: bool) -> None:
    """Remove an installed model that the lines do not use."""
    from box.models.shelf import Shelf

    settings, texts = _opened(settings_name, lang)
    with _wrong_use():
        Shelf(settings).remove(name)
    click.echo(json.dumps({"removed": name}) if as_json else texts("speech_models.removed", name=name))


def _opened(settings_name: str | None, lang: str | None) -> tuple[Settings, Texts]:
    settings = load_settings(settings_file(settings_name))
    return settings, Texts("en" if (lang or settings.box.language) == "en" else "ru")


@contextmanager
def _wrong_use() -> Iterator[None]:
    """A block whose WrongUse ends the command with 2."""
    from box.models.errors import WrongUse

    try:
        yield
    except WrongUse as error:
        raise click.UsageError(str(error)) from None


def _saying(as_json: bool) -> Callable[[str], None]:
    """Lines for a person: beside the JSON where that is wanted."""

    def say(line: str) -> None:
        click.echo(line, err=as_json)

    return say


def _use_shipped(name: str, folder: Path, use: bool, settings_name: str | None, texts: Texts, as_json: bool) -> None:
    """The model that is part of the program needs no installing: it is checked, and used if that is wanted."""
    from box.models.inspection import inspect

    inspection = inspect(folder)
    said = _saying(as_json)
    _tell(inspection, texts, said)
    used = _choose(folder, use, settings_name, texts, said)
    if as_json:
        click.echo(json.dumps({"name": name, **_facts(inspection), "folder": str(folder), "used": used}))


def _choose(folder: Path, use: bool, settings_name: str | None, texts: Texts, said: Callable[[str], None]) -> bool:
    """Make ``folder`` the lines' model in the settings file, or say which lines do it. Whether it was done."""
    from box.models.durable_files import replace_file
    from box.models.settings_line import NotByProgram, model_lines, with_model

    path = settings_file(settings_name)
    if use and path is not None:
        try:
            text = path.read_bytes().decode("utf-8-sig")
            replace_file(path, with_model(text, str(folder)).encode())
        except (OSError, NotByProgram) as error:
            why = error.strerror if isinstance(error, OSError) else error
            click.echo(f"linebox: {path}: was not changed: {why}", err=True)
        else:
            said(texts("speech_models.used", file=path, folder=folder))
            return True
    said(texts("speech_models.write_line"))
    said(model_lines(str(folder)).rstrip())
    if use:
        raise BoxError("the model is not in use yet: no settings file was changed (name one with --settings)")
    return False


def _tell(found: Inspection, texts: Texts, said: Callable[[str], None]) -> None:
    """The facts of a model for a person."""
    size_mb, factor = found.size_bytes / _MB, found.real_time_factor
    measured = {"load_s": found.load_s, "factor": factor, "memory_mb": found.memory_mb}
    said(texts("speech_models.facts", rate_hz=found.rate_hz, size_mb=size_mb, words=found.words, **measured))
    if found.rate_hz != 8000:
        said(texts("speech_models.resampled", rate_hz=found.rate_hz))
    reach = found.coverage
    if reach.complete:
        said(texts("speech_models.all_words"))
        return
    more = f" … (+{len(reach.missing) - _SHOWN})" if len(reach.missing) > _SHOWN else ""
    missing = ", ".join(reach.missing[:_SHOWN]) + more
    said(texts("speech_models.missing_words", count=len(reach.missing), words=missing))
    if reach.lost:
        said(texts("speech_models.lost", meanings=", ".join(reach.lost)))
    if reach.weakened:
        said(texts("speech_models.weakened", meanings=", ".join(reach.weakened)))
    if reach.places_lost:
        said(texts("speech_models.places", lost=reach.places_lost, count=reach.places))
    said(texts("speech_models.usable" if reach.usable else "speech_models.not_usable"))


def _facts(found: Inspection) -> dict[str, Any]:
    """A model's entry in the JSON of install and check."""
    reach = found.coverage
    return {
        "folder": str(found.folder),
        "rate_hz": found.rate_hz,
        "bytes": found.size_bytes,
        "words": found.words,
        "missing": list(reach.missing),
        "lost": list(reach.lost),
        "weakened": {name: list(phrases) for name, phrases in reach.weakened.items()},
        "places_lost": reach.places_lost,
        "usable": reach.usable,
        "load_s": found.load_s,
        "real_time_factor": found.real_time_factor,
        "memory_mb": found.memory_mb,
    }


def _progress(texts: Texts) -> Callable[[int, int | None], None]:
    """Tells each further ten megabytes on standard error."""
    told = [0]

    def tell(got: int, _: int | None) -> None:
        if got // (10 * _MB) > told[0]:
            told[0] = got // (10 * _MB)
            click.echo(texts("speech_models.fetching", got_mb=got // _MB), err=True)

    return tell
