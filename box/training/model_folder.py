"""A whole Vosk model folder from the layers of a network. Writes files; what is in them comes from the pure writers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from box.training.features import CEPSTRA, RATE_HZ, mfcc_conf
from box.training.garbage import forest_of
from box.training.graph_writer import (
    Costs,
    any_word_text,
    graph_text,
    lexicon_arcs,
    word_boundary_int,
    word_ids,
    words_txt,
)
from box.training.model_writer import Layer, final_mdl
from box.training.openfst import constant_acceptor, lookahead_graph

# phone-determinize=false is essential with a garbage word that is a loop of phones: determinising every phone sequence
# apart runs into the memory limit of lattices, and seconds of unknown speech take tens of seconds.
MODEL_CONF = """--min-active=200
--max-active=3000
--beam=12.0
--lattice-beam=4.0
--phone-determinize=false
--acoustic-scale=1.0
--frame-subsampling-factor=3
--endpoint.silence-phones=1
--endpoint.rule2.min-trailing-silence=0.5
--endpoint.rule3.min-trailing-silence=0.75
--endpoint.rule4.min-trailing-silence=1.0
"""


def write_model(
    folder: Path,
    layers: Sequence[Layer],
    ways: Mapping[str, Sequence[Sequence[str]]],
    costs: Costs,
    other: Iterable[tuple[str, ...]] = (),
    rate_hz: int = RATE_HZ,
) -> None:
    """am/, conf/ and graph/ in ``folder``, for the words of ``ways`` in sound of ``rate_hz``. The garbage word
    is any of the pronunciations ``other``, or any phones. Raises TrainingInputWrong
    without OpenFst."""
    ids = word_ids(list(ways))
    hclr, relabelled = lookahead_graph(graph_text(lexicon_arcs(ways, ids, costs, forest_of(other))))
    words, final = words_txt(ids, relabelled)
    files: dict[str, bytes] = {
        "am/final.mdl": final_mdl(layers, CEPSTRA),
        "conf/mfcc.conf": mfcc_conf(rate_hz).encode(),
        "conf/model.conf": MODEL_CONF.encode(),
        "graph/HCLr.fst": hclr,
        "graph/Gr.fst": constant_acceptor(any_word_text(sorted(final.values()))),
        "graph/disambig_tid.int": b"",  # must exist; nothing was determinised, so there is nothing to disambiguate
        "graph/words.txt": words.encode(),
        "graph/phones/word_boundary.int": word_boundary_int().encode(),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
