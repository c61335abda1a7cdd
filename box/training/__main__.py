"""``python -m box.training``: makes speech, trains on it, writes the model that the box ships."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from box.listening.model_folder import write_checksums
from box.training import recipe as recipes
from box.training.errors import TrainingInputWrong
from box.training.recipe import Places, Recipe

_EXAMPLE = """Example (the committed model; some three hours on two cores):
  python -m box.training all --people voxforge_ru_sphinx_experiments/voxforge_ru --corpus dev
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 = done, 1 = something that training needs is missing or damaged, 2 = wrong use."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    try:
        _STEPS[options.step](options)
    except TrainingInputWrong as error:
        print(f"training: {error}", file=sys.stderr)  # noqa: T201  the command's own answer
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    usual = Recipe()
    parser = argparse.ArgumentParser(
        prog="python -m box.training",
        description="Makes the acoustic model: data (synthetic speech), train, export, evaluate, or all of them.",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("step", choices=sorted(_STEPS), help="what to do; finished parts are kept and taken up again")
    parser.add_argument("--work", type=Path, default=Path(".training"), help="folder of all that is made on the way")
    parser.add_argument("--people", type=Path, help="folder voxforge_ru of nsu-ai-team/voxforge_ru_sphinx_experiments")
    parser.add_argument(
        "--with", type=Path, nargs="+", default=[], dest="collected", metavar="DIR",
        help="corpora of `linebox voices collect`, ten speakers or more each; a fifth of them is kept for judging",
    )  # fmt: skip
    parser.add_argument("--model", type=Path, default=Path("box/listening/model"), help="folder that export writes")
    parser.add_argument("--corpus", type=Path, nargs="+", default=[], help="speech corpora (labels.json) for evaluate")
    parser.add_argument("--rhvoice", default="RHVoice-test", metavar="PROGRAM", help="the program of RHVoice 1.14")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--clips", type=int, default=usual.clips, help="utterances to synthesise")
    parser.add_argument("--copies", type=int, default=usual.copies, help="varied copies of them")
    parser.add_argument(
        "--quiet-copies", type=int, default=usual.quiet_copies, help="more of them, faint and of 8 bits"
    )
    parser.add_argument("--steps", type=int, default=usual.steps, help="batches to train on")
    parser.add_argument("--width", type=int, default=usual.width, help="of the network's hidden layers")
    parser.add_argument(
        "--rate", type=int, default=usual.rate_hz, help="of the sound that the model wants: 8000 or 16000"
    )
    parser.add_argument("--processes", type=int, default=usual.processes, help="that make data at once")
    parser.add_argument("--people-share", type=float, default=usual.people_share, help="of the utterances of a batch")
    parser.add_argument(
        "--threads", type=int, default=usual.threads, help="of torch; another number rounds differently"
    )
    return parser


def _recipe(options: argparse.Namespace) -> Recipe:
    return Recipe(
        seed=options.seed,
        clips=options.clips,
        copies=options.copies,
        quiet_copies=options.quiet_copies,
        steps=options.steps,
        width=options.width,
        people_share=options.people_share,
        threads=options.threads,
        processes=options.processes,
        rate_hz=options.rate,
    )


def _places(options: argparse.Namespace) -> Places:
    return Places(options.work, options.people, tuple(options.collected))


def _data(options: argparse.Namespace) -> None:
    recipes.make_data(_recipe(options), _places(options), options.rhvoice)


def _train(options: argparse.Namespace) -> None:
    recipes.train(_recipe(options), _places(options))


def _export(options: argparse.Namespace) -> None:
    recipes.export(_recipe(options), _places(options), options.model)
    write_checksums(options.model)


def _evaluate(options: argparse.Namespace) -> None:
    from box.training.model_card import write_card

    if not options.corpus:
        raise TrainingInputWrong("name a speech corpus with --corpus")
    write_card(_recipe(options), _places(options), options.model, options.corpus)
    write_checksums(options.model)  # the card is one of its files


def _all(options: argparse.Namespace) -> None:
    for step in (_data, _train, _export, *((_evaluate,) if options.corpus else ())):
        step(options)


_STEPS: dict[str, Callable[[argparse.Namespace], None]] = {
    "data": _data, "train": _train, "export": _export, "evaluate": _evaluate, "all": _all,
}  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
