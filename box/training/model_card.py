"""MODEL.md of a model folder: what it is made from, under which licences, how well it hears whom. The text is pure."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from box.training import recipe as recipes
from box.training.evaluate import Report, Score, score
from box.training.features import LISTENING_DITHER
from box.training.people import folder_hash
from box.training.people_score import PeopleScore, score_people
from box.training.pronunciations import PRONUNCIATIONS
from box.training.recipe import Places, Recipe

logger = logging.getLogger(__name__)

CARD = "MODEL.md"
SCORES = "scores.json"

_HEAD = f"""# The acoustic model of linebox

Russian words of one telephone dialogue, for Vosk 0.3.45, 8 kHz. Made by `python -m box.training all`; nothing in it was
taken from another model. This page is written by that command: do not edit it.

Open it at 8000 Hz with a word list (`KaldiRecognizer(model, 8000, '["да", "нет", "[unk]"]')`) and name `[unk]` in every
list: it takes what is not in the list. Add noise of standard deviation {LISTENING_DITHER:g} (in 16-bit
steps, fixed seed) to the samples before they are fed: `conf/mfcc.conf` has dither off, so that results are the same on
every run.
"""

_LICENCES = """## Made from

| what | licence |
|---|---|
| RHVoice voices anna, aleksandr, irina (synthetic speech) | GPL-2.0-or-later |
| RHVoice voice elena | GPL-3.0 |
| espeak-ng, Russian, twelve variants; also pronunciations of words outside the dialogue | GPL-3.0-or-later |
| people's read speech as cepstra, GitHub nsu-ai-team/voxforge_ru_sphinx_experiments | GPL-3.0-or-later |

No voice under a non-commercial licence was trained on. Voices of such licences were used to judge only.
"""

_SCORING = """## Scores

By voices that training never heard. Whole utterances right; in brackets unsure / wrong. «Out of grammar»: rejected by
each of the three word lists. linear8_quiet: peaks 24 dB below full scale, 8 bits. The bare model, without the box's
endpointer and understanding. RHVoice is the engine of most of the training: its unheard voices flatter.
"""

_UNTRIED = """## Not tried on

- Telephone calls by people: none were at hand. The people it learned from read sentences into their own microphones,
  and noise reduction was part of how their features were published.
- Children, strong accents, speech impediments, people far from the handset, loud rooms with other voices near.
- AMR and other mobile codecs (GSM full rate was), packet loss, echo of the box's own prompts.
- Another ear than x86-64; the files are little-endian and otherwise know no architecture.

Word confidences separate right from wrong only partly; reading back what was heard stays necessary.
"""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything that the card says and that is not always the same."""

    recipe: Recipe
    clips: Mapping[str, int]
    people_hash: str
    people_used: int
    people_speakers: int
    heard: Mapping[str, Report]  # by the name of the corpus
    people: PeopleScore | None
    model_hash: str


def write_card(recipe: Recipe, places: Places, model: Path, corpora: Sequence[Path]) -> None:
    """Scores ``model`` on each corpus and writes the card and the scores beside it. Raises TrainingInputWrong."""
    heard = {corpus.name: score(model, corpus) for corpus in corpora}
    training, judging = recipes.people_for_training(places), recipes.people_for_judging(places)
    people = None
    if judging:
        lexicon = recipes.lexicon_for(judging)
        bigram = recipes.judging_bigram(judging, lexicon)
        people = score_people(recipes.trained_layers(places), judging, lexicon, bigram)
    facts = Facts(
        recipe=recipe,
        clips=recipes.voices_used(places),
        people_hash=folder_hash(places.people) if places.people else "",
        people_used=len(training),
        people_speakers=len({example.speaker for example in training}),
        heard=heard,
        people=people,
        model_hash=hashlib.sha256((model / "am" / "final.mdl").read_bytes()).hexdigest(),
    )
    (model / CARD).write_text(card(facts), "utf-8")
    scores = {name: asdict(report) for name, report in heard.items()}
    (model / SCORES).write_text(json.dumps(scores, ensure_ascii=False, indent=1) + "\n", "utf-8")
    logger.info("%s and %s are written", model / CARD, model / SCORES)


def card(facts: Facts) -> str:
    """The page, in Markdown."""
    tables = [part for name, report in facts.heard.items() for part in (_line_scores(name, report), _voices(report))]
    parts = [_HEAD, _LICENCES, _made(facts), _SCORING, *tables, _people(facts), _UNTRIED]
    return "\n".join(part for part in parts if part)


def _made(facts: Facts) -> str:
    recipe = facts.recipe
    voices = ", ".join(f"{voice} {count}" for voice, count in facts.clips.items())
    return f"""## How

- {sum(facts.clips.values())} synthetic clips ({voices}).
- {recipe.copies} copies of them, varied as speakers, rooms, handsets and lines vary, and {recipe.quiet_copies} more as
  faint callers on 8-bit lines (box/training/augmentation.py).
- {facts.people_used} utterances of {facts.people_speakers} people, varied as features (box/training/variation.py).
  SHA-256 over that material: `{facts.people_hash or "none was used"}`
- {recipe.steps} batches, {recipe.people_share:.0%} of the utterances people's; lattice-free MMI, flat start.
- Six hidden layers of {recipe.width}; {len(PRONUNCIATIONS)} words.
- `[unk]`: {recipe.costs.garbage_phone:g} nats a phone.
- SHA-256 of am/final.mdl: `{facts.model_hash}`
"""


def _line_scores(name: str, report: Report) -> str:
    lines = [
        f"### {name}",
        "",
        "| condition | commands | yes, no | digit strings | digit errors | out of grammar |",
        "|---|---|---|---|---|---|",
    ]
    for condition, kinds in report.by_kind.items():
        digits = kinds.get("digit_strings", Score())
        rate = f"{digits.digit_errors / digits.digits:.1%}" if digits.digits else "–"
        cells = [_cell(kinds.get(kind, Score())) for kind in ("commands", "yes_no", "digit_strings")]
        lines.append(f"| {condition} | {' | '.join(cells)} | {rate} | {_cell(kinds.get('out_of_grammar', Score()))} |")
    lines += ["", f"Real-time factor on one core of the machine that made it: {report.real_time_factor:g}.", ""]
    return "\n".join(lines)


def _voices(report: Report) -> str:
    """One row a voice, on the clean line."""
    rows: dict[str, dict[str, Score]] = {}
    for name, tally in report.by_voice.get("clean", {}).items():
        voice, kind = name.rsplit(" ", 1)
        rows.setdefault(voice, {})[kind] = tally
    kinds = ("commands", "yes_no", "digit_strings", "out_of_grammar")
    lines = ["| voice, clean | commands | yes, no | digit strings | out of grammar |", "|---|---|---|---|---|"]
    lines += [
        f"| {voice} | {' | '.join(_cell(tallies.get(kind, Score())) for kind in kinds)} |"
        for voice, tallies in sorted(rows.items())
    ]
    return "\n".join([*lines, ""])


def _people(facts: Facts) -> str:
    people = facts.people
    if people is None:
        return ""
    digits = people.digits - people.digit_errors
    return "\n".join(
        [
            "## People",
            "",
            f"{people.speakers} people kept apart from training, by their published features, without line or noise:",
            f"phone error rate {people.phone_errors / max(people.phones, 1):.1%} of {people.phones} (free phone loop,",
            f"bigram of phones); of {people.digits} digit words in read sentences {digits} were told from the others.",
            f"Confused: {', '.join(f'{pair} {count}' for pair, count in people.confused.items()) or 'none'}.",
            "",
        ]
    )


def _cell(tally: Score) -> str:
    return f"{tally.right}/{tally.n} ({tally.unsure} / {tally.wrong})" if tally.n else "–"
