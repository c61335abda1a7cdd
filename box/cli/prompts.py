"""``linebox prompts``: list, render, import and check what the box says."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from box.cli.options import json_option
from box.cli.prompt_names import names

if TYPE_CHECKING:
    from box.speaking.manifest import Manifest

BRIEF_FILE = "RECORDING.md"

folder_option = click.option(
    "--folder",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="FOLDER",
    help="Another folder with a manifest and audio/ (default: prompts/ of this program).",
)


@click.group(epilog="Example: ./linebox prompts check")
def prompts() -> None:
    """What the box says: the texts in prompts/*.toml and the recordings in prompts/audio."""


prompts.add_command(names)


@prompts.command(name="list", epilog="Example: ./linebox prompts list --json")
@folder_option
@json_option
def list_(folder: Path | None, as_json: bool) -> None:
    """List every prompt: id, text, English; with --json every recording too: its text, file, hash, maker and length."""
    from box.speaking.manifest import load_manifest

    manifest = load_manifest(_folder(folder))
    if as_json:
        click.echo(json.dumps(_listing(manifest, _folder(folder)), ensure_ascii=False))
        return
    width = max(map(len, manifest.phrases), default=0)
    for phrase in manifest.phrases.values():
        click.echo(f"{phrase.id:{width}}  {phrase.text}")
        click.echo(f"{'':{width}}  {phrase.gloss}")
    click.echo(f"{len(manifest.phrases)} prompts, {len(manifest.words)} words of numbers and places")


@prompts.command(epilog="Example: ./linebox prompts render --only accepted.zone --only рубль")
@click.option(
    "--engine", type=click.Choice(["rhvoice", "espeak"]), help="Default: RHVoice where it is, else espeak-ng."
)
@click.option(
    "--rhvoice",
    "program",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    metavar="PROGRAM",
    help="RHVoice, called as `PROGRAM say VOICE OUT.wav RATE < text`; default: RHVoice-test on the PATH.",
)
@click.option("--voice", default="anna", show_default=True, help="A voice of RHVoice; mind its licence.")
@click.option("--only", multiple=True, metavar="ID", help="Make these anew and nothing else; may be repeated.")
@folder_option
@json_option
def render(
    engine: str | None, program: Path | None, voice: str, only: tuple[str, ...], folder: Path | None, as_json: bool
) -> None:
    """Make the recordings that are missing or whose text, stress, take or voice has changed."""
    from box.speaking import rendering
    from box.speaking.engines import choose_engine
    from box.speaking.manifest import load_manifest
    from box.speaking.opening import STRESS

    where = _folder(folder)
    manifest = load_manifest(where)
    unknown = set(only) - {name for clip in manifest.clips() for name in rendering.names_of(clip)}
    if unknown:
        raise click.UsageError(f"--only {', '.join(sorted(unknown))}: no such prompt; see ./linebox prompts list")
    stress = rendering.load_stress(STRESS)
    chosen = choose_engine(engine, voice, program)
    done = rendering.render(manifest, where, chosen, stress, only=only, progress=None if as_json else _show_progress)
    if (where / BRIEF_FILE).exists():
        _write_brief(where)
    if as_json:
        facts = {"made": done.made, "kept": done.kept, "removed": done.removed, "made_by": chosen.name}
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    click.echo(f"{len(done.made)} made by {chosen.name}, {done.kept} left as they were, {len(done.removed)} removed")


@prompts.command(name="import", epilog="Example: ./linebox prompts import studio-session/")
@click.argument("studio", type=click.Path(file_okay=False, exists=True, path_type=Path))
@folder_option
@json_option
def import_(studio: Path, folder: Path | None, as_json: bool) -> None:
    """Take in a person's recordings: WAV files below STUDIO named as in prompts/audio (see prompts/RECORDING.md)."""
    from box.speaking.manifest import load_manifest
    from box.speaking.studio import take_in

    where = _folder(folder)
    manifest = load_manifest(where)
    delivery = take_in(manifest, where, studio)
    count = len(delivery.taken) + len(delivery.missing)
    for stray in delivery.strays:
        click.echo(f"{stray}: no recording has this name", err=True)
    if not delivery.taken:
        raise click.UsageError(f"{studio} holds no file named as in prompts/audio; RECORDING.md lists the names")
    if as_json:
        click.echo(json.dumps(dataclasses.asdict(delivery), ensure_ascii=False))
        return
    click.echo(f"{len(delivery.taken)} of {count} recordings taken in, {len(delivery.missing)} not delivered")


@prompts.command(epilog="Example: ./linebox prompts brief")
@folder_option
def brief(folder: Path | None) -> None:
    """Write into RECORDING.md the list of everything that a person must read to replace the synthesised voice."""
    written = _write_brief(_folder(folder))
    click.echo(f"{written}: written")


@prompts.command(epilog="Example: ./linebox prompts check --json")
@folder_option
@json_option
def check(folder: Path | None, as_json: bool) -> None:
    """Check texts, hashes and the sound of every recording; exit 1 when something is wrong."""
    from box.speaking.catalogue import AUDIO_FOLDER, recording_problems, sound_clip
    from box.speaking.clip_checks import findings, is_weak, measure
    from box.speaking.manifest import load_manifest

    where = _folder(folder)
    manifest = load_manifest(where)
    problems = recording_problems(manifest, where) + _brief_problems(where)
    levels: list[float] = []
    clips = sum(1 for _ in manifest.clips())
    duration_s = 0.0
    for clip in manifest.clips():
        samples = sound_clip(clip, where)
        if samples is None:
            continue
        problems += findings(clip, samples)
        facts = measure(samples)
        duration_s += facts.duration_s
        levels += [] if is_weak(clip) else [facts.level_dbm0]
    spread_db = max(levels) - min(levels) if levels else 0.0
    size = sum(path.stat().st_size for path in (where / AUDIO_FOLDER).rglob("*.wav"))
    if as_json:
        facts_json = {
            "problems": problems,
            "clips": clips,
            "duration_s": round(duration_s, 1),
            "bytes": size,
            "level_spread_db": round(spread_db, 2),
        }
        click.echo(json.dumps(facts_json, ensure_ascii=False))
    else:
        for problem in problems:
            click.echo(problem)
        click.echo(
            f"{clips} clips, {duration_s:.0f} s, {size / 1e6:.1f} MB, levels within {spread_db:.1f} dB: "
            + (f"{len(problems)} problems" if problems else "all good")
        )
    sys.exit(1 if problems else 0)


def _listing(manifest: Manifest, folder: Path) -> dict[str, object]:
    from box.speaking.inventory import inventory

    clips = {id_: [dataclasses.asdict(clip) for clip in each] for id_, each in inventory(manifest, folder).items()}
    return {
        "prompts": [
            {"id": p.id, "text": p.text, "gloss": p.gloss, "values": sorted(p.values), "clips": clips[p.id]}
            for p in manifest.phrases.values()
        ],
        "words": [{"id": word.id, "gloss": word.gloss, "clips": clips[word.id]} for word in manifest.words.values()],
    }


def _brief(folder: Path) -> str:
    """RECORDING.md of ``folder`` as it ought to be."""
    from box.speaking.addresses import Places
    from box.speaking.brief import with_brief
    from box.speaking.manifest import load_manifest
    from box.speaking.name_words import load_abbreviations
    from box.speaking.opening import ABBREVIATIONS, STRESS
    from box.speaking.rendering import load_stress

    manifest = load_manifest(folder)
    places = Places(load_abbreviations(ABBREVIATIONS), {word.id: word.gloss for word in manifest.words.values()})
    path = folder / BRIEF_FILE
    return with_brief(path.read_text("utf-8") if path.exists() else "", manifest, places, load_stress(STRESS))


def _write_brief(folder: Path) -> Path:
    path = folder / BRIEF_FILE
    path.write_text(_brief(folder), "utf-8")
    return path


def _brief_problems(folder: Path) -> list[str]:
    path = folder / BRIEF_FILE
    if not path.exists() or path.read_text("utf-8") == _brief(folder):
        return []
    return [f"{BRIEF_FILE} is not of these texts: run `linebox prompts brief`"]


def _folder(folder: Path | None) -> Path:
    from box.speaking.opening import PROMPTS

    return folder or PROMPTS


def _show_progress(name: str, number: int, count: int) -> None:
    click.echo(f"{number}/{count} {name}", err=True)
