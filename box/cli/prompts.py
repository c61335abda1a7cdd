"""``linebox prompts``: list, render, import and check what the box says."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from box.cli.options import json_option

folder_option = click.option(
    "--folder",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    metavar="FOLDER",
    help="Another folder with a manifest and audio/ (default: prompts/ of this program).",
)


@click.group(epilog="Example: ./linebox prompts check")
def prompts() -> None:
    """What the box says: prompts/phrases.toml, numbers.toml, places.toml and the recordings in prompts/audio."""


@prompts.command(name="list", epilog="Example: ./linebox prompts list --json")
@folder_option
@json_option
def list_(folder: Path | None, as_json: bool) -> None:
    """List every prompt: id, text, English."""
    from box.speaking.manifest import load_manifest

    manifest = load_manifest(_folder(folder))
    if as_json:
        rows = [
            {"id": p.id, "text": p.text, "gloss": p.gloss, "values": sorted(p.values)}
            for p in manifest.phrases.values()
        ]
        click.echo(json.dumps({"prompts": rows, "words": sorted(manifest.words)}, ensure_ascii=False))
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
    if as_json:
        facts = {"made": done.made, "kept": done.kept, "removed": done.removed, "made_by": chosen.name}
        click.echo(json.dumps(facts, ensure_ascii=False))
        return
    click.echo(f"{len(done.made)} made by {chosen.name}, {done.kept} left as they were, {len(done.removed)} removed")


@prompts.command(name="import", epilog="Example: ./linebox prompts import studio-session/")
@click.argument("studio", type=click.Path(file_okay=False, exists=True, path_type=Path))
@folder_option
def import_(studio: Path, folder: Path | None) -> None:
    """Take in a person's recordings: WAV files below STUDIO named as in prompts/audio (see prompts/RECORDING.md)."""
    from box.speaking.manifest import load_manifest
    from box.speaking.rendering import take_in

    where = _folder(folder)
    manifest = load_manifest(where)
    taken = take_in(manifest, where, studio)
    count = sum(1 for _ in manifest.clips())
    click.echo(f"{len(taken)} of {count} recordings taken in")
    if not taken:
        raise click.UsageError(
            f"{studio} holds no file named as in prompts/audio; `linebox prompts list` and RECORDING.md"
        )


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
    problems = recording_problems(manifest, where)
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


def _folder(folder: Path | None) -> Path:
    from box.speaking.opening import PROMPTS

    return folder or PROMPTS


def _show_progress(name: str, number: int, count: int) -> None:
    click.echo(f"{number}/{count} {name}", err=True)
