"""MODEL.md of a model folder: what it is made from, under which licences, how well it hears whom. The text is pure."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from box.training import recipe as recipes
from box.training.evaluate import Report, Score, score
from box.training.features import LISTENING_DITHER
from box.training.people import folder_hash
from box.training.people_score import PeopleScore, score_people
from box.training.pronunciations import PRONUNCIATIONS
from box.training.recipe import Places, Recipe
from box.training.workers import mapped

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
| festvox-ru 0.5 (festival's msu_ru_nsh_clunits): units cut from one man's recordings | BSD-like |
| espeak-ng, Russian, twelve variants; also the stress of words that no table has | GPL-3.0-or-later |
| people's read speech as cepstra, GitHub nsu-ai-team/voxforge_ru_sphinx_experiments | GPL-3.0-or-later |

No voice under a non-commercial licence was trained on. Voices of such licences were used to judge only.
"""

_SCORING = """## Scores

By voices that training never heard. Whole utterances right; in brackets unsure / wrong. «Out of grammar»: rejected by
each of the three word lists. linear8_quiet: peaks 24 dB below full scale, 8 bits. The bare model, without the box's
endpointer and understanding; `linebox speech-report` has those. RHVoice is the engine of most of the training: its
unheard voices flatter. The sets of people are for judging only: none was trained or tuned on.
"""

_ABOUT: Mapping[str, str] = {
    "rhvoice-development-voices": "Four RHVoice voices; the cost of `[unk]` was chosen on more speech of theirs.",
    "rhvoice-voices-set-aside": "Ten RHVoice voices. Looked at while earlier networks of this recipe were made.",
    "rhvoice-blind": "The same ten voices, other texts; not looked at before everything was chosen.",
    "ru-tts-engine-left-out": "ru-tts 6.2, 8 bits at 10 kHz: an engine never trained on. Looked at meanwhile, not "
    "tuned on.",
    "ru-tts-blind": "The same engine, other texts; not looked at before everything was chosen.",
    "one-person-telephone-announcer": "One woman's studio prompts, joined. Looked at while earlier networks were made.",
    "people-five-digits": "Two people's studio prompts, joined to five digits. Looked at meanwhile, not tuned on.",
    "people-twenty-words": "Nineteen speakers (one of them a synthesiser, one several people) with the words of a "
    "toy:\n«один», «два», «три»; the others are out of grammar.",
}
"""What the judging corpora are, by the names of their folders."""

_UNTRIED = """## What falls short

- An engine unlike those of training (ru-tts): digit errors far above the 3 % aimed at, and it got worse in the second
  half of the training while nearly everything else got better. Three synthesisers and 440 readers are not all voices.
- Two people's joined digits: more than the 2 % of digit errors aimed at, most on lines of 8 bits; some of it is `[unk]`
  in place of a digit, which the box asks again.
- Faint speech on 8 bits: other speech is taken for answers more often than one time in twenty by people it never heard.
- Single words of other people, heard in a list of short words («два», «три»), are the hardest to reject.

## Not tried on

- Telephone calls by people: none were at hand. The people it learned from read sentences into their own microphones,
  and noise reduction was part of how their features were published.
- Children, strong accents, speech impediments, people far from the handset, loud rooms with other voices near.
- Packet loss and clipping (training had both), mobile codecs newer than AMR, echo of the box's own prompts.
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
    garbage_words: int
    model_hash: str


def write_card(recipe: Recipe, places: Places, model: Path, corpora: Sequence[Path]) -> None:
    """Scores ``model`` on each corpus and writes the card and the scores beside it. Raises TrainingInputWrong."""
    reports = mapped(partial(score, model), corpora, min(recipe.processes, len(corpora)))
    heard = {corpus.name: report for corpus, report in zip(corpora, reports, strict=True)}
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
        garbage_words=len(recipes.garbage_ways()),
        model_hash=hashlib.sha256((model / "am" / "final.mdl").read_bytes()).hexdigest(),
    )
    (model / CARD).write_text(card(facts), "utf-8")
    scores = {name: _without_repeats(report) for name, report in heard.items()}
    (model / SCORES).write_text(json.dumps(scores, ensure_ascii=False, indent=1) + "\n", "utf-8")
    logger.info("%s and %s are written", model / CARD, model / SCORES)


def _without_repeats(report: Report) -> dict[str, object]:
    """The scores; what was misheard stands with the kinds and not once more with the voices."""
    row = asdict(report)
    for tallies in row["by_voice"].values():
        for tally in tallies.values():
            del tally["missed"]
    return row


def card(facts: Facts) -> str:
    """The page, in Markdown."""
    tables = [part for name, report in facts.heard.items() for part in (_line_scores(name, report), _voices(report))]
    parts = [_HEAD, _LICENCES, _made(facts), _SCORING, *tables, _people(facts), _UNTRIED]
    return "\n".join(part for part in parts if part)


def _made(facts: Facts) -> str:
    recipe, costs = facts.recipe, facts.recipe.costs
    garbage = f"{costs.garbage_phone:g} nats a phone, or {costs.garbage_word:g} nats for one of {facts.garbage_words}"
    voices = ", ".join(f"{voice} {count}" for voice, count in facts.clips.items())
    return f"""## How

- {sum(facts.clips.values())} synthetic clips ({voices}).
- Seven of ten clips went through a vocoder and came out as another person (box/training/revoicing.py).
- {recipe.copies} copies of them, varied as speakers, rooms, handsets and lines vary (GSM, AMR, lost packets and
  clipping among that), and {recipe.quiet_copies} more as faint callers on 8-bit lines (box/training/augmentation.py).
- {facts.people_used} utterances of {facts.people_speakers} people, varied as features (box/training/variation.py).
  SHA-256 over that material: `{facts.people_hash or "none was used"}`
- {recipe.steps} batches, {recipe.people_share:.0%} of the utterances people's; lattice-free MMI, flat start.
- Six hidden layers of {recipe.width}; {len(PRONUNCIATIONS)} words.
- `[unk]`: {garbage} pronunciations of
  everyday words.
- SHA-256 of am/final.mdl: `{facts.model_hash}`
"""


def _line_scores(name: str, report: Report) -> str:
    lines = [
        f"### {name}",
        "",
        *((_ABOUT[name], "") if name in _ABOUT else ()),
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
