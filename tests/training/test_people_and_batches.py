"""Feature files of people, the laying out of batches, and scores over features."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from box.training.batches import CONTEXT, SUBSAMPLING, chain_of, laid_out, outputs_of, padded
from box.training.copies import Example
from box.training.errors import TrainingInputWrong
from box.training.features import BINS, CEPSTRA, FROM_LOG_MEL, TO_LOG_MEL
from box.training.lexicon import Lexicon
from box.training.mmi import bigram_of
from box.training.model_writer import Layer
from box.training.people import band_offsets, folder_hash, held_out, people_examples, read_mfc, speaker_of
from box.training.people_score import best_units, distance, outputs_for, score_people
from box.training.phones import OUTPUTS, SILENCE, UNIT_OF, entry_output, stay_output

# ------------------------------------------------------------------ people


def write_mfc(path: Path, cepstra: NDArray[np.float32]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cepstra.size.to_bytes(4, "little") + cepstra.astype("<f4").tobytes())


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """Two sessions of three utterances; one transcript is empty, one file is absent, one is too short for its words."""
    rng = np.random.default_rng(0)
    for session, name, frames in (
        ("ann-20120101-abc", "a1", 30),
        ("bob-20120101-xyz", "b1", 40),
        ("bob-20120101-xyz", "b2", 2),
    ):
        write_mfc(tmp_path / "feat" / session / "wav" / f"{name}.mfc", rng.normal(size=(frames, CEPSTRA)))
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc" / "PROMPTS_all").write_text(
        "<s> он ткнул <sil> трубкой </s> (ann-20120101-abc/wav/a1)\n"
        "<s> да </s> (bob-20120101-xyz/wav/b1)\n"
        "<s> слишком коротко </s> (bob-20120101-xyz/wav/b2)\n"
        "<s> нет файла </s> (bob-20120101-xyz/wav/b3)\n"
        "<s> </s> (bob-20120101-xyz/wav/b1)\n",
        "utf-8",
    )
    return tmp_path


def test_people_come_with_words_and_speaker(people: Path) -> None:
    examples = list(people_examples(people))
    assert [(e.words, e.speaker, e.energies.shape) for e in examples] == [
        (("он", "ткнул", "трубкой"), "ann", (30, BINS)),
        (("да",), "bob", (40, BINS)),
    ]


def test_energies_hold_the_published_cepstra(people: Path) -> None:
    cepstra = read_mfc(people / "feat" / "ann-20120101-abc" / "wav" / "a1.mfc")
    energies = next(people_examples(people)).energies.astype(float) - band_offsets()
    assert energies == pytest.approx(cepstra @ TO_LOG_MEL, abs=0.02)
    assert energies @ FROM_LOG_MEL == pytest.approx(cepstra, abs=0.6)


def test_another_folder_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(TrainingInputWrong, match="name the folder voxforge_ru"):
        list(people_examples(tmp_path))


@pytest.mark.parametrize("content", [b"", b"\x02\0\0\0" + bytes(8), b"\x1a\0\0\0" + bytes(26), bytes(100)])
def test_a_damaged_feature_file_is_one_clear_line(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "cut.mfc"
    path.write_bytes(content)
    if content == b"":
        path.write_bytes(b"\x0d\0\0\0")
    with pytest.raises(TrainingInputWrong, match="is the checkout complete"):
        read_mfc(path)


@pytest.mark.parametrize(
    ("session", "speaker"),
    [
        ("1981-20120705-haq", "1981"),
        ("anonymous-20120705-haq", "anonymous-20120705-haq"),
        ("a-b-20100101-qqq", "a-b"),
    ],
)
def test_speakers(session: str, speaker: str) -> None:
    assert speaker_of(session) == speaker


def test_about_one_speaker_in_twelve_is_kept_apart() -> None:
    kept = sum(held_out(f"speaker {n}") for n in range(4000))
    assert 0.07 < kept / 4000 < 0.1


def test_hash_sees_every_byte(people: Path) -> None:
    before = folder_hash(people)
    assert folder_hash(people) == before
    write_mfc(people / "feat" / "bob-20120101-xyz" / "wav" / "b1.mfc", np.zeros((40, CEPSTRA), np.float32))
    assert folder_hash(people) != before


# ------------------------------------------------------------------ batches


@given(frames=st.integers(1, 200))
@settings(max_examples=40, deadline=None)
def test_padding_repeats_the_ends_and_fits_the_outputs(frames: int) -> None:
    features = np.arange(frames, dtype=np.float32)[:, None] + 5
    made = padded(features)
    assert len(made) % SUBSAMPLING == 0
    assert (made[:CONTEXT] == 5).all()
    assert (made[CONTEXT : CONTEXT + frames] == features).all()
    assert (made[CONTEXT + frames :] == frames + 4).all()
    last_centre = CONTEXT + (outputs_of(frames) - 1) * SUBSAMPLING
    assert last_centre < CONTEXT + frames <= last_centre + SUBSAMPLING
    assert last_centre + CONTEXT < len(made) <= last_centre + CONTEXT + SUBSAMPLING


def test_pieces_do_not_overlap_and_keep_their_chains() -> None:
    utterances = [(np.full((n, 2), n, np.float32), (0, n, 0)) for n in (7, 31, 60)]
    rows, pieces = laid_out(utterances)
    outputs_in_all = (len(rows) - 2 * CONTEXT - 1) // SUBSAMPLING + 1
    for (features, chain), piece in zip(utterances, pieces, strict=True):
        assert piece.chain == chain
        assert piece.outputs.stop - piece.outputs.start == outputs_of(len(features))
        for output in range(piece.outputs.start, piece.outputs.stop):
            window = rows[output * SUBSAMPLING : output * SUBSAMPLING + 2 * CONTEXT + 1]
            assert (window == len(features)).all(), "an output sees another utterance"
    assert pieces[-1].outputs.stop <= outputs_in_all


def test_chains_have_silence_around_every_word() -> None:
    chain = chain_of(["да", "тысяча#1"], Lexicon(), random.Random(1))
    assert chain == tuple(UNIT_OF.get(p, SILENCE) for p in ["sil", "d", "a1", "sil", "t", "y1", "sch", "a0", "sil"])


def test_the_careful_way_is_drawn_most_often() -> None:
    lexicon, rng = Lexicon(), random.Random(2)
    drawn = [chain_of(["пятьдесят"], lexicon, rng) for _ in range(300)]
    assert sum(chain == drawn[0] for chain in drawn) / 300 > 0.65 or len(set(drawn)) == 4
    careful = (SILENCE, *(UNIT_OF[p] for p in lexicon.of("пятьдесят")[0]), SILENCE)
    assert drawn.count(careful) > 200
    assert len(set(drawn)) == 4


# ------------------------------------------------------------------ scores over features


def test_layers_are_evaluated_as_the_torch_network_is() -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed (requirements-training.txt)")
    from box.training.network import Network, Shape, plain_layers

    torch.manual_seed(0)
    network = Network(Shape(width=24))
    for _ in range(5):
        network(torch.randn(1, CEPSTRA, 200) * 4 + 2)
    network.eval()
    layers = plain_layers(network.state_dict())
    rng = np.random.default_rng(0)
    utterances = [rng.normal(12, 3, (frames, BINS)) for frames in (31, 50, 77, 99)]
    rows, pieces = laid_out([((u @ FROM_LOG_MEL).astype(np.float32), (0,)) for u in utterances])
    with torch.no_grad():
        outputs = network(torch.from_numpy(rows.T.copy())[None])[0].T.numpy()
    for utterance, piece in zip(utterances, pieces, strict=True):
        assert outputs_for(layers, utterance) == pytest.approx(outputs[piece.outputs], abs=1e-4)


def certain(units: list[int], held: int = 2) -> NDArray[np.float64]:
    """Outputs that say ``units`` without doubt, each held for ``held`` further frames."""
    rows = []
    for unit in units:
        for output in [entry_output(unit)] + [stay_output(unit)] * held:
            row = np.full(OUTPUTS, -20.0)
            row[output] = 0
            rows.append(row)
    return np.array(rows)


def test_best_units_reads_what_is_certain() -> None:
    units = [0, 12, 5, 12, 0, 30]
    bigram = bigram_of([(0, 12, 5, 0), (0, 30, 0)])
    assert best_units(certain(units), bigram) == units


@given(a=st.lists(st.integers(0, 3), max_size=7), b=st.lists(st.integers(0, 3), max_size=7))
def test_distance_is_that_of_levenshtein(a: list[int], b: list[int]) -> None:
    def plain(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return i + j
        return min(plain(i - 1, j) + 1, plain(i, j - 1) + 1, plain(i - 1, j - 1) + (a[i - 1] != b[j - 1]))

    assert distance(a, b) == plain(len(a), len(b))


def test_a_network_that_hears_nothing_gets_the_score_of_nothing() -> None:
    """Constant outputs: silence all along, so every phone of the transcript is an error."""
    bias = np.zeros(OUTPUTS)
    bias[:2] = 9.0
    layers = [
        Layer((-2, -1, 0, 1, 2), np.zeros((4, 5 * CEPSTRA)), np.zeros(4), rectified=True),
        Layer((-1, 0, 1), np.zeros((4, 12)), np.zeros(4), rectified=True),
        *[Layer((-3, 0, 3), np.zeros((4, 12)), np.zeros(4), rectified=True)] * 4,
        Layer((0,), np.zeros((OUTPUTS, 4)), bias, rectified=False),
    ]
    example = Example(np.zeros((60, BINS), np.float16), ("семь", "да"), "voice")
    score = score_people(layers, [example], Lexicon(), bigram_of([(0, 3, 0)]))
    assert (score.speakers, score.phones, score.phone_errors, score.digits) == (1, 5, 5, 1)
