"""The lines that a box can answer, by the role that its settings name."""

from __future__ import annotations

from collections.abc import Mapping

from box.dialogue.consultation import CONSULTATION_LINE
from box.dialogue.engine import Line
from box.dialogue.readings import READINGS_LINE
from box.dialogue.services import SERVICES_LINE

LINES: Mapping[str, Line] = {line.name: line for line in (READINGS_LINE, CONSULTATION_LINE, SERVICES_LINE)}
"""By role: "readings", "consultation", "services"."""
