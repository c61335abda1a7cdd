"""``linebox model compare`` and ``linebox model train``."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from box.cli.options import json_option, lang_option, settings_option
from box.settings import load_settings, settings_file
from box.texts import Texts

if TYPE_CHECKING:
    from box.models.comparison import Comparison, Difference, Outcomes

WRONG_USE = 2


def _texts(settings_name: str | None, lang: str | None) -> Texts:
    language = lang or load_settings(settings_file(settings_name)).box.language
    return Texts("en" if language == "en" else "ru")


@click.command(epilog="Example: ./linebox model compare box/listening/model new-model recordings/ --held-out")
@click.argument("first", metavar="A", type=click.Path(path_type=Path))
@click.argument("second", metavar="B", type=click.Path(path_type=Path))
@click.argument("folders", nargs=-1, required=True, metavar="DIR...", type=click.Path(path_type=Path))
@click.option("--held-out", is_flag=True, help="Only people whom `model train` keeps apart from training.")
@lang_option
@settings_option
@json_option
def compare(
    first: Path,
    second: Path,
    folders: tuple[Path, ...],
    held_out: bool,
    lang: str | None,
    settings_name: str | None,
    as_json: bool,
) -> None:
    """Hear every recording of the corpora DIR with the models A and B, and say whether B is better, by how much, and
    whether that may be chance. Speech that nothing should answer counts as right when it is rejected. A model that was
    trained on a corpus is flattered by it: take --held-out then. Ends with 2 if a model or corpus cannot be used."""
    from box.collecting.corpus_for_training import is_held_out
    from box.listening.corpus import CorpusWrong
    from box.listening.model_folder import ModelBroken
    from box.listening.wav import NotAWav
    from box.models.comparison import compare as judged
    from box.models.scoring import pairs

    texts = _texts(settings_name, lang)
    try:
        heard = pairs(first, second, folders, is_held_out if held_out else lambda _: True)
    except (CorpusWrong, NotAWav, ModelBroken) as error:
        click.echo(f"linebox: {error}", err=True)
        raise SystemExit(WRONG_USE) from None
    sets = {str(folder): [pair for pair in heard if pair.set == str(folder)] for folder in folders}
    results = {name: judged(own) for name, own in sets.items() if own}
    whole = judged(heard)
    if as_json:
        told: dict[str, Any] = {"first": str(first), "second": str(second)}
        told["sets"] = {name: _as_json(result) for name, result in results.items()}
        click.echo(json.dumps({**told, "all": _as_json(whole)}, ensure_ascii=False))
        return
    for name, result in results.items():
        _print(name, result, first, second, texts)
    if len(results) > 1:
        _print(texts("speech_models.compared_all"), whole, first, second, texts)
    if whole.drawn != "voices":
        click.echo(texts("speech_models.few_voices"))
    key = whole.verdict.name.lower()
    click.echo(texts(f"speech_models.verdict_{key}", n=whole.n, voices=whole.voices))


def _print(name: str, result: Comparison, first: Path, second: Path, texts: Texts) -> None:
    click.echo(texts("speech_models.compared_set", name=name, n=result.n, voices=result.voices))
    for which, counts in ((first, result.first), (second, result.second)):
        row = {"right": counts.right, "wrong": counts.wrong, "unsure": counts.unsure}
        click.echo(texts("speech_models.compared_row", which=which, **row))
    for key, found in (("right", result.right), ("wrong", result.wrong)):
        bounds = {"share": found.share, "low": found.low, "high": found.high, "p": found.p}
        click.echo(texts("speech_models.compared_difference", what=texts(f"speech_models.compared_{key}"), **bounds))


def _as_json(result: Comparison) -> dict[str, Any]:
    return {
        "n": result.n,
        "voices": result.voices,
        "drawn": result.drawn,
        "first": _counts(result.first),
        "second": _counts(result.second),
        "right": _difference(result.right),
        "wrong": _difference(result.wrong),
        "verdict": result.verdict.value,
    }


def _counts(counts: Outcomes) -> dict[str, int]:
    return {"right": counts.right, "wrong": counts.wrong, "unsure": counts.unsure}


def _difference(found: Difference) -> dict[str, Any]:
    return {
        "difference": round(found.share, 5),
        "interval": [round(found.low, 5), round(found.high, 5)],
        "gained": found.gained,
        "lost": found.lost,
        "p": found.p,
    }


@click.command(epilog="Example: ./linebox model train --with recordings/ --out models/ours -- --people voxforge_ru")
@click.option(
    "--with",
    "folders",
    multiple=True,
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="A corpus of `voices collect`; may be repeated.",
)
@click.option("--work", default=Path(".training"), show_default=True, type=click.Path(path_type=Path), metavar="W",
              help="Folder of everything that is made on the way; taken up again.")  # fmt: skip
@click.option("--out", default=Path("trained-model"), show_default=True, type=click.Path(path_type=Path),
              metavar="MODEL", help="Folder that gets the model.")  # fmt: skip
@click.option("--python", default="", metavar="PROGRAM", help="A Python that has torch (else this program's own).")
@click.argument("options", nargs=-1, metavar="[-- OPTION...]", type=click.UNPROCESSED)
@lang_option
@settings_option
@json_option
def train(
    folders: tuple[Path, ...],
    work: Path,
    out: Path,
    python: str,
    options: tuple[str, ...],
    lang: str | None,
    settings_name: str | None,
    as_json: bool,
) -> None:
    """Train a model with recordings of people besides the synthetic speech; hours of work for a computer, not for a
    box. Options after -- go to `python -m box.training` (such as --people DIR or --steps N). Each DIR is checked first:
    format, consent, and ten speakers at least; fewer may only judge models (`model compare`)."""
    from box.collecting.corpus_for_training import recordings
    from box.listening.corpus import CorpusWrong
    from box.listening.wav import NotAWav
    from box.models.training_run import TrainingOrder, run

    texts = _texts(settings_name, lang)
    try:
        found = recordings(folders)
    except (CorpusWrong, NotAWav) as error:
        click.echo(f"linebox: {error}", err=True)
        raise SystemExit(WRONG_USE) from None
    speakers = {each.speaker for each in found}
    kept = {each.speaker for each in found if each.held_out}
    counts = {"recordings": len(found), "speakers": len(speakers), "held_out": len(kept)}
    click.echo(texts("speech_models.training", **counts), err=True)
    order = TrainingOrder(folders, work, out, python or sys.executable, options)
    status = run(order)
    if status:
        click.echo(f"linebox: the training ended with {status}; its last lines say why", err=True)
        raise SystemExit(1)
    if as_json:
        click.echo(json.dumps({"model": str(out), **counts}))
        return
    click.echo(texts("speech_models.trained", folder=out, corpora=" ".join(map(str, folders))))
