"""OpenFst's programs: text into the binary graphs that libvosk reads. Thin: starts programs, knows no model.

Debian: packages libfst-tools and libfst22-plugins-base (1.7.9). The second holds the look-ahead type, which the
programs find only with the plug-in folder in LD_LIBRARY_PATH.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from box.training.errors import TrainingInputWrong

PLUGIN_FOLDERS = ("/usr/lib/x86_64-linux-gnu/fst/22", "/usr/lib/aarch64-linux-gnu/fst/22")
_INSTALL = "install it: apt install libfst-tools libfst22-plugins-base"


def lookahead_graph(text: str) -> tuple[bytes, dict[int, int]]:
    """The olabel_lookahead graph of ``text`` and its relabelling of output labels, old -> new."""
    sorted_graph = _run(["fstarcsort", "--sort_type=olabel"], _run(["fstcompile"], text.encode()))
    with tempfile.TemporaryDirectory() as folder:
        pairs = Path(folder) / "relabel"
        graph = _run(["fstconvert", "--fst_type=olabel_lookahead", f"--save_relabel_opairs={pairs}"], sorted_graph)
        rows = [line.split() for line in pairs.read_text("ascii").splitlines() if line.strip()]
    return graph, {int(old): int(new) for old, new in rows}


def constant_acceptor(text: str) -> bytes:
    """The const graph of ``text``, sorted for composition."""
    sorted_graph = _run(["fstarcsort", "--sort_type=ilabel"], _run(["fstcompile"], text.encode()))
    return _run(["fstconvert", "--fst_type=const"], sorted_graph)


def _run(command: Sequence[str], given: bytes) -> bytes:
    environment = os.environ | {"LD_LIBRARY_PATH": ":".join(PLUGIN_FOLDERS)}
    try:
        return subprocess.run(command, input=given, capture_output=True, check=True, env=environment).stdout
    except FileNotFoundError:
        raise TrainingInputWrong(f"{command[0]} is missing; {_INSTALL}") from None
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines()
        raise TrainingInputWrong(f"{command[0]} failed ({said[-1] if said else 'silently'}); {_INSTALL}") from None
